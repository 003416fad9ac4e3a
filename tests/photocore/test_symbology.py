"""From scanner bytes and typed text to exactly one meaning."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photocore import codes
from photocore.cards import CardNumber, CardTable, read_card_tables
from photocore.errors import CodeError, SettingsError
from photocore.settings import load_toml, locate_config
from photocore.symbology import (
    BadgeScan,
    CardScan,
    ClaimCodeScan,
    CopyScan,
    OrderCodeScan,
    PackageScan,
    ProductScan,
    Reading,
    ReceiptScan,
    RefusalReason,
    Refused,
    RollScan,
    Scan,
    decode,
    describe,
    interpret,
    interpret_typed,
    read_frame,
)
from photocore.testing import KnownShop, SeededEntropy

PACKAGE_GTIN, ROLL_GTIN, OTHER_GTIN = "09521141012345", "09521141012369", "04006381333931"
PACKAGE = f"(01){PACKAGE_GTIN}(21)PKG7Q2M9"
ROLL = f"(01){ROLL_GTIN}(21)ROLL0001"
UNKNOWN = f"(01){OTHER_GTIN}(21)SERIAL-01"
CLUB = CardScan(card=CardNumber(table="demo-club", number="2900000047112"))
GSRN = CardNumber(table="demo-gsrn", number="952114100000000018")
CLAIM, ACCESS = codes.mint_claim_code(SeededEntropy(1)), codes.mint_access_code(SeededEntropy(1))
NUMBER, ORDER = codes.mint_registration_number(SeededEntropy(1)), codes.mint_order_code(SeededEntropy(1))
HOUSE_PACKAGE, HOUSE_ROLL = codes.mint_house_package(SeededEntropy(1)), codes.mint_house_roll(SeededEntropy(1))

TABLES = read_card_tables(load_toml(locate_config() / "cards" / "demo.toml"))
SHOP = KnownShop({PACKAGE_GTIN: "package", ROLL_GTIN: "roll"}, TABLES)


def refused(reason):
    """Return what a refusal looks like, whatever its detail."""
    return lambda scan: isinstance(scan, Refused) and scan.reason is reason


MEANINGS = [
    ("]d2010952114101234521PKG7Q2M9", PackageScan(item=PACKAGE)),
    ("]C1010952114101234521PKG7Q2M9", PackageScan(item=PACKAGE)),
    ("]Q3010952114101234521PKG7Q2M9", PackageScan(item=PACKAGE)),
    ("]d2010952114101234510LOT1\x1d21PKG7Q2M9", PackageScan(item=PACKAGE)),
    ("]d20109521141012345\x1d17270131\x1d21PKG7Q2M9\x1d", PackageScan(item=PACKAGE)),
    ("]Q1https://go.example/p/01/09521141012345/21/PKG7Q2M9", PackageScan(item=PACKAGE)),
    ("]d1https://go.example/01/9521141012345/21/PKG7Q2M9", PackageScan(item=PACKAGE)),
    ("]d2010952114101236921ROLL0001", RollScan(item=ROLL)),
    ("]d20104006381333931" + "21SERIAL-01", PackageScan(item=UNKNOWN, known=False)),
    ("]d2010952114101236921ROLL0001\x1d917Q2M9X", CopyScan(item=ROLL, copy="7Q2M9X")),
    ("]d20104006381333931" + "21SERIAL-01\x1d917Q2M9X", CopyScan(item=UNKNOWN, copy="7Q2M9X", level=None)),
    ("]d2010952114101234521PKG7Q2M9\x1d917Q2M9X", PackageScan(item=PACKAGE)),  # the maker's own (91)
    ("]d2010952114101236921ROLL0001\x1d91LINE-4/B", RollScan(item=ROLL)),  # likewise
    (f"]d290{HOUSE_ROLL}\x1d917Q2M9X", CopyScan(item=HOUSE_ROLL, copy="7Q2M9X")),
    (f"]d290{HOUSE_PACKAGE}\x1d917Q2M9X", PackageScan(item=HOUSE_PACKAGE)),
    (f"]C0{HOUSE_ROLL}", RollScan(item=HOUSE_ROLL)),
    (f"]C0{HOUSE_PACKAGE}", PackageScan(item=HOUSE_PACKAGE)),
    (f"]C0{NUMBER}", ReceiptScan(number=NUMBER)),
    (f"]Q1{NUMBER}", ReceiptScan(number=NUMBER)),
    (f"]C0{ORDER}", OrderCodeScan(code=ORDER)),
    (f"]d1{CLAIM}", ClaimCodeScan(code=CLAIM)),
    (f"]Q1{codes.grouped(CLAIM)}", ClaimCodeScan(code=CLAIM)),
    (f"]C0{CLAIM}", refused(RefusalReason.NOT_OURS)),  # no secret stands in a linear code
    (f"]Q1{ACCESS}", refused(RefusalReason.ACCESS_CODE)),
    (f"]Q1https://photos.example/r#{ACCESS}", refused(RefusalReason.ACCESS_CODE)),
    ("]C18018952114100000000018", CardScan(card=GSRN)),
    ("]C18018952114100000000018\x1d801901", CardScan(card=GSRN)),  # re-issued: the same card
    ("]Q1https://id.gs1.org/8018/952114100000000018", CardScan(card=GSRN)),
    ("]C18017952114100000000018", BadgeScan(card=CardNumber(table="demo-staff", number=GSRN.number))),
    ("]C18018400638133393100001", refused(RefusalReason.MISREAD)),
    ("]C18018400638133393100004", refused(RefusalReason.UNKNOWN_CARD)),
    ("]E02900000047112", CLUB),
    ("]C0PC123456782", CardScan(card=CardNumber(table="demo-photo-pass", number="PC123456782"))),
    ("]E09521141012345", ProductScan(gtin=PACKAGE_GTIN, level="package")),
    ("]E04006381333931", ProductScan(gtin=OTHER_GTIN)),
    ("]E0036000291452", ProductScan(gtin="00036000291452")),  # UPC-A sent with 12 digits
    ("]E00036000291452", ProductScan(gtin="00036000291452")),  # ... and with 13
    ("]E496385074", ProductScan(gtin="00000096385074")),
    ("]e00109521141012345", ProductScan(gtin=PACKAGE_GTIN, level="package")),
    ("]d2010952114101234510LOT1", ProductScan(gtin=PACKAGE_GTIN, level="package")),
    ("]E02100000047116", refused(RefusalReason.NOT_OURS)),  # some shop's price or card
    ("]E04006381333932", refused(RefusalReason.MISREAD)),
    ("]E3400638133393112", refused(RefusalReason.NOT_OURS)),
    ("]d2010952114101234521R0001", refused(RefusalReason.SERIAL_TOO_SHORT)),
    ("]d2010952114101234621PKG7Q2M9", refused(RefusalReason.MISREAD)),
    ("]d2010952114101234517271331", refused(RefusalReason.BROKEN_GS1)),
    ("]d200095211410000000014", refused(RefusalReason.SHIPPING_CASE)),
    ("]Q1https://id.gs1.org/414/9521141000007", refused(RefusalReason.SHIPPING_CASE)),
    ("]Q1https://www.example.com/films", refused(RefusalReason.LINK_ELSEWHERE)),
    ("]Q1https://id.gs1.org/01/09521141012346/21/PKG7Q2M9", refused(RefusalReason.MISREAD)),
    ("]I1018444", refused(RefusalReason.CARTRIDGE_CODE)),  # the DX code of a cartridge
    ("]I109521141012345", refused(RefusalReason.CARTRIDGE_CODE)),
    ("]XF115-10/11A", refused(RefusalReason.CARTRIDGE_CODE)),
    (f"]C0{NUMBER[:-1]}" + ("0" if NUMBER[-1] != "0" else "1"), refused(RefusalReason.MISREAD)),
    ("]C0HELLO", refused(RefusalReason.NOT_OURS)),
    ("]d290SHELF-4", refused(RefusalReason.NOT_OURS)),
    # a scanner that sends no AIM id: told by shape
    ("010952114101234521PKG7Q2M9", PackageScan(item=PACKAGE)),
    (PACKAGE, PackageScan(item=PACKAGE)),
    ("2900000047112", CLUB),
    ("4006381333931", ProductScan(gtin=OTHER_GTIN)),
    (CLAIM, ClaimCodeScan(code=CLAIM)),
    ("952114100000000018", refused(RefusalReason.AMBIGUOUS)),  # card or badge
]


@pytest.mark.parametrize(("frame", "expected"), MEANINGS)
def test_K2_each_code_means_exactly_one_thing(frame, expected):
    """Package, roll, card, badge, claim code, receipt, copy, order code, product, or refused with its reason."""
    scan = read_frame(frame.encode(), SHOP)
    assert expected(scan) if callable(expected) else scan == expected


TYPED = [
    ("(01)09521141012345(21)PKG7Q2M9", PackageScan(item=PACKAGE, typed=True)),
    ("(01) 0952 1141 0123 45 (21) pkg7q2m9", PackageScan(item=PACKAGE, typed=True)),
    ("010952114101234521PKG7Q2M9", PackageScan(item=PACKAGE, typed=True)),
    ("0109-5211-4101-2345-21PKG7Q2M9", PackageScan(item=PACKAGE, typed=True)),
    ("(01)09521141012345(17)270131(21)PKG7Q2M9", PackageScan(item=PACKAGE, typed=True)),
    ("(01)09521141012369(21)ROLL0001(91)7Q2M9X", RollScan(item=ROLL, typed=True)),  # a typed copy proves nothing
    ("(01)04006381333931(21)Serial-01", PackageScan(item=f"(01){OTHER_GTIN}(21)Serial-01", known=False, typed=True)),
    (HOUSE_ROLL.lower().replace("-", ""), RollScan(item=HOUSE_ROLL, typed=True)),
    (HOUSE_PACKAGE, PackageScan(item=HOUSE_PACKAGE, typed=True)),
    (codes.grouped(CLAIM).lower(), ClaimCodeScan(code=CLAIM, typed=True)),
    (codes.grouped(NUMBER), ReceiptScan(number=NUMBER, typed=True)),
    (ORDER, OrderCodeScan(code=ORDER, typed=True)),
    ("2900 0000 4711 2", CardScan(card=CLUB.card, typed=True)),
    ("952114100000000018", CardScan(card=GSRN, typed=True)),
    ("(8018) 952114100000000018", CardScan(card=GSRN, typed=True)),
    ("4006381333931", ProductScan(gtin=OTHER_GTIN, typed=True)),
    ("(01)09521141012345", ProductScan(gtin=PACKAGE_GTIN, level="package", typed=True)),
    ("https://go.example/01/09521141012345/21/PKG7Q2M9", PackageScan(item=PACKAGE, typed=True)),
    (ACCESS, refused(RefusalReason.ACCESS_CODE)),
    ("(01)09521141012345(21)R0001", refused(RefusalReason.SERIAL_TOO_SHORT)),
    ("(01)09521141012346(21)PKG7Q2M9", refused(RefusalReason.MISREAD)),
    ("4006381333932", refused(RefusalReason.MISREAD)),
    (CLAIM[:-1] + ("0" if CLAIM[-1] != "0" else "1"), refused(RefusalReason.MISREAD)),
    ("8017952114100000000018", refused(RefusalReason.NOT_OURS)),  # no badge is typed
    ("film", refused(RefusalReason.NOT_OURS)),
    ("  ", refused(RefusalReason.NOTHING_TYPED)),
    ("A" * 600, refused(RefusalReason.TOO_LONG)),
]


@pytest.mark.parametrize(("text", "expected"), TYPED)
def test_K1_what_is_typed_means_one_thing_and_is_marked_as_typed(text, expected):
    """Package ID, roll ID, card, claim code and our numbers, in any spacing, with or without brackets."""
    scan = interpret_typed(text, SHOP)
    assert scan.typed
    assert expected(scan) if callable(expected) else scan == expected


@given(st.binary(max_size=80), st.sampled_from([b"", b"]d2", b"]C1", b"]C0", b"]E0", b"]Q1", b"]I1", b"]Q1https://a/"]))
def test_K2_random_bytes_give_one_scan_or_a_code_error(noise, head):
    """Whatever comes out of the wire, there is exactly one answer and no crash."""
    try:
        reading = decode(head + noise)
    except CodeError:
        assert isinstance(read_frame(head + noise, SHOP), Refused)
        return
    scan = interpret(reading, SHOP)
    assert isinstance(scan, Scan)
    assert read_frame(head + noise, SHOP) == scan


@given(st.text(max_size=60) | st.sampled_from([frame for frame, _ in MEANINGS]))
def test_K1_any_typed_text_gives_one_scan(text):
    """Nothing typed makes the kiosk fall over."""
    assert interpret_typed(text, SHOP).typed


@given(st.sampled_from(MEANINGS), st.integers(min_value=0), st.integers(min_value=0, max_value=31).map(chr))
def test_A01_a_control_character_anywhere_refuses_the_whole_frame(meaning, place, control):
    """BadBarcode: of all controls only GS may stand in a code, and then only where GS1 puts it."""
    frame, _ = meaning
    at = place % (len(frame) + 1)
    spoiled = (frame[:at] + control + frame[at:]).encode()
    if control == "\x1d":
        assert isinstance(read_frame(spoiled, SHOP), Scan)
    else:
        assert refused(RefusalReason.UNREADABLE)(read_frame(spoiled, SHOP))


@pytest.mark.parametrize("frame", [b"", b"]d2", b"\x7f", b"caf\xc3\xa9", b"\x1b[200~", b"4006381333931\r", b"A" * 513])
def test_A01_decode_refuses_what_no_code_holds(frame):
    """Empty, only an AIM id, DEL, not ASCII, escape sequences, a terminator left over, overlong."""
    with pytest.raises(CodeError):
        decode(frame)


def test_K2_two_codes_in_one_frame_are_never_read_as_the_first():
    """A lost terminator glues two reads together: refused, not half taken."""
    glued = b"]d2010952114101234521PKG7Q2M9]E02900000047112"
    assert isinstance(read_frame(glued, SHOP), Refused)
    assert isinstance(read_frame(b"40063813339312900000047112", SHOP), Refused)


def test_K2_a_reading_keeps_its_bytes_and_hides_them_from_logs():
    """Meaning can be decided again later; a log line shows the symbol only."""
    reading = decode(b"]d2010952114101234510L\x1d21PKG7Q2M9")
    assert (reading.aim, reading.raw[:3]) == ("]d2", b"]d2")
    assert "PKG7Q2M9" not in repr(reading)


@pytest.mark.parametrize("substitute", ["|", "^", "<GS>", "~1~", "\x1e"])
def test_K2_a_scanner_may_send_something_else_for_gs(substitute):
    """The profile names the stand-in; it is put right before anything is read."""
    frame = f"]d2010952114101234510LOT1{substitute}21PKG7Q2M9".encode()
    assert read_frame(frame, SHOP, gs_substitute=substitute) == PackageScan(item=PACKAGE)


@pytest.mark.parametrize("substitute", ["A", "7", "-", "GS", "é"])
def test_K2_a_stand_in_that_data_may_hold_is_a_settings_error(substitute):
    """Such a profile is wrong, and says so on the first frame."""
    with pytest.raises(SettingsError):
        decode(b"]d2010952114101234521PKG7Q2M9", gs_substitute=substitute)


def test_K2_a_stand_in_is_not_looked_for_outside_element_strings():
    """A link or a card may hold that character itself."""
    link = b"]Q1https://go.example/a|b/01/09521141012345/21/PKG7Q2M9"
    assert read_frame(link, SHOP, gs_substitute="|") == PackageScan(item=PACKAGE)
    assert decode(b"]C0A|B", gs_substitute="|").text == "A|B"


def test_K2_a_scanner_that_drops_gs_is_believed_only_where_one_reading_is_left():
    """Lost separators: a plain serial is taken, one that hides an identifier is refused as ambiguous."""
    assert read_frame(b"]d2010952114101234521PKGAXQMZ", SHOP, gs_substitute="") == PackageScan(
        item=f"(01){PACKAGE_GTIN}(21)PKGAXQMZ"
    )
    hidden = read_frame(b"]d2010952114101234521PKG7Q10M9", SHOP, gs_substitute="")
    assert refused(RefusalReason.AMBIGUOUS)(hidden)


def test_K2_eci_marks_are_taken_out():
    """A symbol that announces UTF-8 reads like one that does not."""
    assert read_frame(rb"]Q2\000026https://a.example/01/09521141012345/21/PKG7Q2M9", SHOP) == PackageScan(item=PACKAGE)


def test_O19_a_number_of_two_tables_is_refused_as_ambiguous():
    """Two retailers' tables that both take a number: nobody guesses whose customer this is."""
    twin = CardTable(name="other", kind="card", symbologies=("ean-13",), pattern=r"29\d{11}", check="gs1")
    assert refused(RefusalReason.AMBIGUOUS)(read_frame(b"]E02900000047112", KnownShop({}, (*TABLES, twin))))


def test_O19_a_card_that_the_roster_knows_as_film_is_ambiguous_until_a_card_is_asked_for():
    """Both readings stand; the screen's question settles it, and only between meanings that exist."""
    shop = KnownShop({"02900000047112": "package"}, TABLES)
    assert refused(RefusalReason.AMBIGUOUS)(read_frame(b"]E02900000047112", shop))
    assert read_frame(b"]E02900000047112", shop, expecting=(CardScan,)) == CLUB
    product = ProductScan(gtin="02900000047112", level="package")
    assert read_frame(b"]E02900000047112", shop, expecting=(ProductScan,)) == product
    assert read_frame(b"]E04006381333931", shop, expecting=(CardScan,)) == ProductScan(gtin=OTHER_GTIN)


def test_O19_itf_is_read_only_where_a_card_table_asks_for_it():
    """A short, misread-prone symbol: refused, unless the retailer's cards bear it."""
    itf = CardTable(name="old", kind="card", symbologies=("itf",), pattern=r"\d{10}", check="luhn")
    assert refused(RefusalReason.CARTRIDGE_CODE)(read_frame(b"]I01234567897", SHOP))
    assert read_frame(b"]I01234567897", KnownShop({}, (itf,))) == CardScan(
        card=CardNumber(table="old", number="1234567897")
    )


def test_K2_the_price_code_and_the_square_code_of_one_package_get_one_answer_each():
    """A till scanner may report both; each is classified by itself, neither is guessed from the other."""
    price, square = b"]E09521141012345", b"]Q1https://go.example/01/09521141012345/21/PKG7Q2M9"
    assert read_frame(price, SHOP) == ProductScan(gtin=PACKAGE_GTIN, level="package")
    assert read_frame(square, SHOP) == PackageScan(item=PACKAGE)


@pytest.mark.parametrize("reason", list(RefusalReason))
def test_K1_every_refusal_says_what_happened_and_what_to_do(reason):
    """Two whole sentences a shopper understands, without our jargon."""
    advice = describe(reason)
    for sentence in (advice.happened, advice.do):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
    assert not {"GS1", "AIM", "GTIN", "frame", "parse", "invalid", "error"} & set(str(advice).split())


@given(st.sampled_from(MEANINGS), st.sampled_from(TYPED))
def test_A13_no_scan_shows_a_card_number_or_a_secret_in_a_log(scanned, typed):
    """The repr of what was understood, and the detail of what was refused, hold no card and no secret."""
    for scan in (read_frame(scanned[0].encode(), SHOP), interpret_typed(typed[0], SHOP)):
        for secret in (CLAIM, ACCESS, GSRN.number, CLUB.card.number, "123456782"):
            assert secret not in repr(scan) or isinstance(scan, ProductScan)


def test_K2_readings_can_be_made_by_hand_for_tests_and_replays():
    """A stored reading is judged again without its bytes."""
    assert interpret(Reading("010952114101234521PKG7Q2M9", "]d2"), SHOP) == PackageScan(item=PACKAGE)
