"""What the station is told when film changes hands at once, a ledger is lost, or a manager is done with it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from photocore.cards import CardNumber
from pos_bridge.matching.facts import Ruling
from pos_bridge.sale import SaleObserved
from pos_bridge.sighting import CardSighting, Sighting
from pos_bridge.testing import PACKAGE_GTIN, STORE, BridgeBench, package_id
from pos_bridge.testing_bridge import SetClock, TestedBridge
from pos_bridge.testing_days import BEGIN, CARDS, FILM, LATER, piece
from sync.errors import DeskReason

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ANN, BOB = (CardNumber(table="club", number=number) for number in ("9912345678", "9912345679"))
ONE = piece(FILM, 1)


def sale(sequence: str, minute: float, **told: Any) -> SaleObserved:
    values: dict[str, Any] = {"source": "shop", "event": f"e{sequence}", "store": STORE, "till": "T1", "line": 1}
    values |= {"gtin": PACKAGE_GTIN, "business_day": "2026-11-22", "sequence": sequence, "serial": package_id(1)}
    return SaleObserved(**values | {"at": (NOON + timedelta(minutes=minute)).isoformat()} | told)


@pytest.mark.parametrize("is_late", [False, True], ids=["in one file", "the return comes last"])
def test_O19_film_given_back_and_sold_again_registers_to_its_new_buyer(
    tmp_path: Path, eventually: Callable[..., None], is_late: bool
):
    """Ann's registration ends, and Bob's is made, whichever of the till's words is heard first."""
    with BridgeBench(folder=tmp_path / "station", clock=SetClock(NOON)).opened() as opened:
        ledger, desk = opened.ledger, opened.station.desk

        def settle() -> None:
            opened.bridge.wake()
            eventually(lambda: not (ledger.figures().dirty or ledger.figures().untold))

        ledger.saw_card(CardSighting(id="a", at=NOON, lane="1", card=ANN))
        ledger.keep_sales([sale("1", 1)])
        settle()
        ledger.saw_card(CardSighting(id="b", at=NOON + timedelta(minutes=61), lane="1", card=BOB))
        told = [sale("2", 30, kind="returned"), sale("3", 62)]
        for lines in [told[1:], told[:1]] if is_late else [told]:
            ledger.keep_sales(lines)
            settle()
        assert sorted(one.withdrawn for one in desk.recent()) == [False, True]
        assert ledger.cases() == ()


def test_O19_where_a_till_tells_its_sales_later_the_claim_waits_for_them(
    tmp_path: Path, eventually: Callable[..., None]
):
    settings = BridgeBench.settings.replace(
        'tills = ["T1", "till-1"]', 'tills = ["T1"]\nregisters = "at_scan"\nprinter_port = "tap"'
    )
    bench = BridgeBench(folder=tmp_path / "station", clock=SetClock(NOON), settings=settings)
    with bench.opened() as opened:
        opened.ledger.saw(
            Sighting(id="s", at=NOON, via="tee", lane="1", item=package_id(1), gtin=PACKAGE_GTIN, receipt="7")
        )
        opened.ledger.saw_card(CardSighting(id="c", at=NOON, lane="1", card=ANN, receipt="7"))
        opened.bridge.wake()
        eventually(lambda: opened.station.desk.recent() and not opened.ledger.figures().untold)
        opened.station.courier.sync_now()
    (claim,) = [event.public for event in bench.service.held.values() if event.kind == "PackageClaimed"]
    assert claim["activation"] == "till"


def test_K5_a_ledger_that_begins_anew_tells_again_what_the_one_before_took_back(tmp_path: Path):
    """The disk is lost and the sale is heard of again: it is told in another round, not taken for told."""
    sold = sale("1", 0, store="4012345000009", till="kasse-1", gtin=FILM, serial=ONE)
    first = TestedBridge(tmp_path / "first")
    first.keep(sold)
    first.settle(LATER)
    first.keep(sale("1", 0, till="kasse-1", gtin=FILM, serial=ONE, source="office", event="o", quantity=2))
    first.settle(LATER)
    assert first.desk.standing() == set()
    first.ledger.close()
    second = TestedBridge(tmp_path / "second", desk=first.desk)
    second.keep(sold)
    second.settle(LATER)
    assert {row[:2] for row in second.desk.standing()} == {("sold", ONE)}
    second.ledger.close()


def test_K5_a_refusal_that_a_manager_has_closed_counts_as_open_no_more(tmp_path: Path):
    till = TestedBridge(tmp_path)
    till.desk.refuses[ONE] = DeskReason.UNIT_SOLD
    till.keep(sale("1", 0, till="kasse-1", gtin=FILM, serial=ONE))
    till.settle(LATER)
    (case,) = till.ledger.cases()
    assert till.ledger.figures().cases == {"not_told": 1}
    till.ledger.rule(Ruling(id="close-it", case=case.key, decision="close", at=BEGIN))
    assert (till.ledger.figures().cases_open, till.ledger.cases()) == (0, ())
    till.ledger.close()


def test_K5_a_card_scanned_as_if_it_were_goods_is_kept_nowhere(tmp_path: Path):
    till = TestedBridge(tmp_path)
    number = CARDS[0].number
    till.keep(sale("1", 0, till="kasse-1", gtin=None, serial=None, code=number, customer=None))
    till.settle(LATER)
    till.ledger.close()
    assert not any(number.encode() in path.read_bytes() for path in tmp_path.iterdir())
