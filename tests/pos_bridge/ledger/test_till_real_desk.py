"""The real station under the ledger: what is matched is told to its own desk, and stands in its journal."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from photocore.cards import CardNumber
from pos_bridge.sale import SaleObserved
from pos_bridge.sighting import CardSighting, Sighting
from pos_bridge.testing import PACKAGE_GTIN, STORE, BridgeBench, package_id
from pos_bridge.testing_bridge import SetClock

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CARD = CardNumber(table="club", number="9912345678")


def sale(sequence: str, minute: float, **told: Any) -> SaleObserved:
    at = (NOON + timedelta(minutes=minute)).isoformat()
    values: dict[str, Any] = {
        "source": "shop",
        "event": f"e{sequence}",
        "store": STORE,
        "till": "T1",
        "gtin": PACKAGE_GTIN,
    }
    values |= {"business_day": "2026-11-22", "sequence": sequence, "line": 1, "amount": 1299, "currency": "EUR"}
    return SaleObserved(**values | {"at": at} | told)


def test_O19_what_is_matched_is_told_to_the_real_desk(tmp_path: Path, eventually: Callable[..., None]):
    """Sold and registered by the basket's card; of another piece, told later: taken back and told anew; given back."""
    with BridgeBench(folder=tmp_path / "station", clock=SetClock(NOON)).opened() as opened:
        ledger, desk = opened.ledger, opened.station.desk

        def settled() -> bool:
            figures = ledger.figures()
            return not figures.dirty and not figures.untold

        ledger.saw(Sighting(id="a", at=NOON, via="tee", lane="1", item=package_id(1), gtin=PACKAGE_GTIN))
        ledger.saw_card(CardSighting(id="c", at=NOON, lane="1", card=CARD))
        ledger.keep_sales([sale("1", 1)])
        opened.bridge.wake()
        eventually(settled)
        (registered,) = desk.recent()
        assert (registered.package, registered.withdrawn) == (package_id(1), False)
        assert desk.till_figures(NOON - timedelta(days=1)).sales == 1

        ledger.keep_sales([sale("1", 1, source="office", event="o", serial=package_id(2))])
        opened.bridge.wake()
        eventually(settled)
        assert {(one.package, one.withdrawn) for one in desk.recent()} == {
            (package_id(1), True),
            (package_id(2), False),
        }

        ledger.keep_sales([sale("2", 20, kind="returned", serial=package_id(2))])
        opened.bridge.wake()
        eventually(settled)
        assert all(one.withdrawn for one in desk.recent())
        figures = desk.till_figures(NOON - timedelta(days=1))
        assert (figures.sales, figures.refunds) == (1, 1)
        assert [case.reason for case in ledger.cases()] == []
