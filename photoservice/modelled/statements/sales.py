"""What ``db/queries/sales.sql`` asks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from photoservice.modelled.schema import ModelStore
from photoservice.modelled.tables import ModelRow, Table, pick

_SOLD: Final = (
    *("event", "item", "root", "unit", "account", "store", "till", "business_day", "sequence", "line", "how"),
    *("amount", "currency", "box"),
)
_REFUND: Final = ("station", "event", "item", "root", "unit", "refund", "store", "how", "received_at")
_DROP_OFF: Final = ("station", "event", "bag", "store", "scan", "negatives", "number", "at", "received_at")
_DROPPED: Final = ("station", "event", "place", "twin", "process", "stops", "roll", "note")
_PICK_UP: Final = ("station", "event", "bag", "store", "at", "received_at")


def insert_all(db: ModelStore, station: str, *columns: Any) -> int:  # noqa: ANN401  # columns, and the moment at the end
    """Write units of sales as a till told them, each with the card of its basket under its account's key."""
    *given, received_at = columns
    said = [dict(zip(_SOLD, row, strict=True)) for row in zip(*given, strict=True)]
    for row in said:
        box = row.pop("box")
        db.sale.add(station=station, received_at=received_at, **row)
        if box is not None:
            db.event_personal.add(station=station, event=row["event"], account=row["account"], box=box)
    return len(said)


def insert_refund(db: ModelStore, *row: object) -> int:
    """Write that a unit was given back or voided."""
    return _insert(db.sale_refund, _REFUND, row)


def insert_correction(db: ModelStore, station: str, told: str, event: str, at: datetime) -> int:
    """Write that what a till told of a sale was not so."""
    return 1 if db.sale_correction.add_unless_taken(station=station, told=told, event=event, received_at=at) else 0


def roots(db: ModelStore, station: str, events: Sequence[str]) -> Sequence[ModelRow]:
    """Return what these events of a station, sales and refunds, count for."""
    names = [(station, event) for event in events]
    rows = (row for table in (db.sale, db.sale_refund) for name in names if (row := table.get(name)))
    return [ModelRow(root=root) for root in sorted({row["root"] for row in rows})]


def of_accounts(db: ModelStore, accounts: Sequence[str]) -> Sequence[ModelRow]:
    """Return the sales in whose baskets a card of these accounts lay, the earliest first."""
    columns = ("account", "station", "event", "store", "business_day", "item", "amount", "currency", "received_at")
    rows = sorted(
        db.sale.by_any("account", accounts), key=lambda row: (row["received_at"], row["station"], row["event"])
    )
    told = [pick(row, *columns) for row in rows]
    for row in told:
        row["is_corrected"] = db.sale_correction.get((row["station"], row["event"])) is not None
    return told


def move(db: ModelStore, items: Sequence[str], package: str) -> int:
    """Let the sales of these items count for the package they turned out to belong to."""
    return _move(db.sale, items, package)


def move_refunds(db: ModelStore, items: Sequence[str], package: str) -> int:
    """Let the refunds of these items count for the package they turned out to belong to."""
    return _move(db.sale_refund, items, package)


def received(db: ModelStore, roots_: Sequence[str], steps: Sequence[str]) -> Sequence[ModelRow]:
    """Return which rolls of these roots came in: none, for a modelled world has no lab and no pictures."""
    return []


def refunded(db: ModelStore, roots_: Sequence[str]) -> Sequence[ModelRow]:
    """Return which of these roots somebody gave back something of."""
    return [ModelRow(root=root) for root in sorted({row["root"] for row in db.sale_refund.by_any("root", roots_)})]


def write_ended(
    db: ModelStore, roots_: Sequence[str], stations: Sequence[str], claims: Sequence[str], of: Sequence[str]
) -> int:
    """Write which claims on these roots ended with the sales they were tied to, and which did not."""
    ended = dict(zip(zip(stations, claims, strict=True), of, strict=True))
    gone = [row for row in db.ended_claim.by_any("root", roots_) if (row["station"], row["claim"]) not in ended]
    touched = sum(db.ended_claim.remove(row) for row in gone)
    for (station, claim), root in ended.items():
        known = db.ended_claim.get((station, claim))
        if known is None:
            db.ended_claim.add(station=station, claim=claim, root=root)
        elif known["root"] != root:
            db.ended_claim.change(known, root=root)
        touched += 1
    return touched


def insert_drop_off(db: ModelStore, *row: object) -> int:
    """Write that rolls were dropped off in a bag."""
    return _insert(db.drop_off, _DROP_OFF, row)


def insert_dropped_roll(db: ModelStore, *row: object) -> int:
    """Write one roll of a bag."""
    return _insert(db.dropped_roll, _DROPPED, row)


def withdraw_drop_off(db: ModelStore, station: str, dropped: str, event: str, at: datetime) -> int:
    """Write that a drop-off is none."""
    row = {"station": station, "dropped": dropped, "event": event, "received_at": at}
    return 1 if db.drop_off_withdrawal.add_unless_taken(**row) else 0


def insert_pick_up(db: ModelStore, *row: object) -> int:
    """Write that a bag's order was taken away."""
    return _insert(db.pick_up, _PICK_UP, row)


def _insert(table: Table, columns: Sequence[str], row: Sequence[object]) -> int:
    table.add(**dict(zip(columns, row, strict=True)))
    return 1


def _move(table: Table, items: Sequence[str], package: str) -> int:
    rows = [row for row in table.by_any("root", items) if row["root"] != package]
    return sum(table.change(row, root=package) for row in rows)
