"""What goes by at a till: film, cards and our codes are told; bread is nobody's business."""

from datetime import UTC, datetime

import pytest

from photocore.cards import CardTable
from photocore.codes import mint_registration_number
from photocore.refusals import RefusalReason
from photocore.scans import ReceiptScan
from photocore.testing import KnownShop, SeededEntropy
from pos_bridge.lanes.hearing import CodeSeen, RefusedSeen
from pos_bridge.lanes.meaning import LaneReader, Seen
from pos_bridge.sighting import CardSighting, Sighting

AT = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
PACKAGE, ROLL, BREAD = "09501101530003", "09506000134352", "04006381333931"
CARD = CardTable(name="club", kind="card", symbologies=("ean-13",), pattern=r"29\d{11}", check="gs1")
SHOP = KnownShop({PACKAGE: "package", ROLL: "roll"}, (CARD,))
SEEN = Seen(id="till-1-7-9", at=AT, lane="till-1")


def read(frame: bytes, **wishes):
    return LaneReader(knows=SHOP, knows_code=lambda text: text.startswith("21")).read(frame, SEEN, **wishes)


@pytest.mark.parametrize(
    "frame",
    [
        b"]d2010950110153000321P2026A123\x1d10LOT",
        b"]Q3010950110153000321P2026A123",
        b"010950110153000321P2026A123",
        b"]Q1https://id.gs1.org/01/09501101530003/21/P2026A123",
        b"https://shop.example/01/09501101530003/21/P2026A123?x=1",
    ],
)
def test_K5_a_package_is_one_piece_in_every_carrier(frame) -> None:
    """With an AIM id or without, as element string or as link."""
    assert read(frame) == Sighting(
        id="till-1-7-9", at=AT, via="tee", lane="till-1", item="(01)09501101530003(21)P2026A123", gtin=PACKAGE
    )


def test_K5_a_scanner_that_sends_something_for_gs_is_understood() -> None:
    """As its profile says."""
    seen = read(b"]d2010950110153000321P2026A123{GS}10LOT", gs_substitute="{GS}")
    assert isinstance(seen, Sighting)
    assert seen.item == "(01)09501101530003(21)P2026A123"


@pytest.mark.parametrize("frame", [b"]E09501101530003", b"9501101530003"])
def test_K5_a_price_code_says_which_film_and_counts_no_piece(frame) -> None:
    """A GTIN alone is evidence, no more."""
    seen = read(frame)
    assert isinstance(seen, Sighting)
    assert (seen.item, seen.gtin) == (None, PACKAGE)


@pytest.mark.parametrize(
    "frame",
    [
        b"]E04006381333931",
        b"]d2010400638133393121SERIAL1",
        b"]C0ANYTHING-42",
        b"]E02312345012345",
        b"",
        b"\x00\xff\xfe",
        b"x" * 600,
        b"]d20104006381333932",
        b"]Q1https://example.com/coupon",
    ],
)
def test_K5_what_is_not_ours_is_forgotten(frame) -> None:
    """Bread, medicine with serials, coupons, garbage: no sighting, no sound, nothing kept."""
    assert read(frame) is None


@pytest.mark.parametrize("frame", [b"]E02912345678906", b"2912345678906"])
def test_O19_a_card_at_the_lane_is_seen(frame) -> None:
    """In the retailer's own form; what it is does not show in logs."""
    seen = read(frame)
    assert isinstance(seen, CardSighting)
    assert seen.card.number == "2912345678906"
    assert "2912345678906" not in repr(seen)


def test_S4_order_codes_are_handed_on_as_they_were_read() -> None:
    """By the shop's own layout, before anything else."""
    assert read(b"]E02112345012999") == CodeSeen(id="till-1-7-9", at=AT, lane="till-1", text="2112345012999")


def test_our_own_codes_are_told_apart() -> None:
    """A receipt's number, for whoever serves a return."""
    number = mint_registration_number(SeededEntropy(3))
    seen = read(b"]C0" + number.encode())
    assert isinstance(seen, CodeSeen)
    assert seen.scan == ReceiptScan(number=number)


def test_K5_a_film_code_that_is_broken_is_refused_aloud() -> None:
    """Its GTIN is a film's, and the rest breaks a rule: a person should hear of it."""
    seen = read(b"]d2010950110153000321A1\x1d17991399")
    assert seen == RefusedSeen(id="till-1-7-9", at=AT, lane="till-1", reason=RefusalReason.BROKEN_GS1)
