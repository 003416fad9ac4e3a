"""What ``db/queries/locks.sql`` asks."""

from collections.abc import Sequence

from photoservice.modelled.schema import ModelStore
from photoservice.modelled.statements.registrations import roots_of
from photoservice.modelled.tables import ModelRow


def take(db: ModelStore, names: Sequence[str]) -> Sequence[ModelRow]:
    """Take no lock: one transaction runs at a time."""
    return []


def take_of_items(db: ModelStore, names: Sequence[str], items: Sequence[str]) -> Sequence[ModelRow]:
    """Take no lock, and return the packages that items are known to belong to."""
    return roots_of(db, items)


def ping(db: ModelStore) -> Sequence[ModelRow]:
    """Answer when the database does."""
    return [ModelRow(one=1)]
