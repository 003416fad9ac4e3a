"""Codes drawn and read back by zxing-cpp, an independent implementation, mean to us what was put into them."""

import pytest
import zxingcpp

from photocore import codes
from photocore.cards import CardNumber, read_card_tables
from photocore.digital_link import link_for
from photocore.ids import HouseCode, Sgtin, label_elements
from photocore.settings import load_toml, locate_config
from photocore.symbology import (
    CardScan,
    ClaimCodeScan,
    CopyScan,
    PackageScan,
    ProductScan,
    ReceiptScan,
    RefusalReason,
    Refused,
    RollScan,
    read_frame,
)
from photocore.testing import KnownShop, SeededEntropy

SHOP = KnownShop(
    {"09521141012345": "package", "09521141012369": "roll"},
    read_card_tables(load_toml(locate_config() / "cards" / "demo.toml")),
)
PACKAGE, ROLL = Sgtin("09521141012345", "PKG-7Q2M9/XKD.4F8T"), Sgtin("09521141012369", "ROLL0001")
HOUSE_ROLL = HouseCode(codes.mint_house_roll(SeededEntropy(4)))
NUMBER, CLAIM = codes.mint_registration_number(SeededEntropy(4)), codes.mint_claim_code(SeededEntropy(4))
GSRN = CardScan(card=CardNumber(table="demo-gsrn", number="952114100000000018"))


def frame_of(text, form, *, gs1=False):
    """Draw ``text`` and read it back, as a scanner with AIM ids on would send it."""
    drawn = zxingcpp.create_barcode(text, zxingcpp.barcode_format_from_str(form), gs1=gs1)
    read = zxingcpp.read_barcode(zxingcpp.write_barcode_to_image(drawn, scale=4))
    return read.symbology_identifier.encode() + read.bytes


@pytest.mark.parametrize("form", ["DataMatrix", "Code128", "QRCode", "Aztec"])
@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        (PACKAGE.elements, PackageScan(item=str(PACKAGE))),
        (ROLL.elements, RollScan(item=str(ROLL))),
        (label_elements(ROLL, "7Q2M9X"), CopyScan(item=str(ROLL), copy="7Q2M9X")),
        (label_elements(HOUSE_ROLL, "7Q2M9X"), CopyScan(item=str(HOUSE_ROLL), copy="7Q2M9X")),
    ],
)
def test_K2_gs1_symbols_read_back_as_what_they_name(form, elements, expected):
    """GS1 DataMatrix (also its rectangular kind), GS1-128, GS1 QR and GS1 Aztec: FNC1 comes through as GS."""
    assert read_frame(frame_of(elements.bracketed, form, gs1=True), SHOP) == expected


@pytest.mark.parametrize("form", ["QRCode", "DataMatrix"])
def test_K2_a_digital_link_reads_back_from_any_square_code(form):
    """One link serves the shopper's phone and the counter, its percent-escapes included."""
    link = link_for(PACKAGE.elements, "https://go.example/p")
    assert read_frame(frame_of(link, form), SHOP) == PackageScan(item=str(PACKAGE))


@pytest.mark.parametrize(
    ("text", "form", "gs1", "expected"),
    [
        (HOUSE_ROLL.code, "Code128", False, RollScan(item=HOUSE_ROLL.code)),
        (NUMBER, "Code128", False, ReceiptScan(number=NUMBER)),
        (NUMBER, "QRCode", False, ReceiptScan(number=NUMBER)),
        (CLAIM, "DataMatrix", False, ClaimCodeScan(code=CLAIM)),
        ("(8018)952114100000000018", "Code128", True, GSRN),
        ("2900000047112", "EAN13", False, CardScan(card=CardNumber(table="demo-club", number="2900000047112"))),
        ("4006381333931", "EAN13", False, ProductScan(gtin="04006381333931")),
        ("96385074", "EAN8", False, ProductScan(gtin="00000096385074")),
        ("036000291452", "UPCA", False, ProductScan(gtin="00036000291452")),
    ],
)
def test_K2_each_printed_code_reads_back_as_itself(text, form, gs1, expected):
    """House code, receipt, claim code, cards and price codes, each in the symbol it is printed in."""
    assert read_frame(frame_of(text, form, gs1=gs1), SHOP) == expected


@pytest.mark.parametrize(("text", "form"), [("018444", "ITF"), ("115-10/11A", "DXFilmEdge")])
def test_K2_the_films_own_codes_are_told_apart(text, form):
    """A cartridge's ITF and the DX edge code name the kind of film: refused with that reason."""
    scan = read_frame(frame_of(text, form), SHOP)
    assert isinstance(scan, Refused)
    assert scan.reason is RefusalReason.CARTRIDGE_CODE
