"""What ``db/queries/make_ups.sql`` asks."""

from collections.abc import Sequence
from datetime import datetime

from photoservice.modelled.schema import ModelStore
from photoservice.modelled.tables import ModelRow, pick


def withdraw(db: ModelStore, package: str, store: str, station: str, event: str, at: datetime) -> int:
    """Write that a store took a make-up back."""
    row = {"package": package, "store": store, "station": station, "event": event, "at": at}
    return 1 if db.make_up_withdrawal.add_unless_taken(**row) else 0


def withdrawal(db: ModelStore, package: str, store: str) -> Sequence[ModelRow]:
    """Tell whether a store took the make-up of a package back."""
    row = db.make_up_withdrawal.get((package, store))
    return [pick(row, "event")] if row else []
