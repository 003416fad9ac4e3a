"""What ``db/queries/locks.sql`` asks."""

from collections.abc import Sequence

from photoservice.modelled.schema import ModelStore
from photoservice.modelled.tables import ModelRow


def take(db: ModelStore, names: Sequence[str]) -> Sequence[ModelRow]:
    """Take no lock: one transaction runs at a time."""
    return []


def ping(db: ModelStore) -> Sequence[ModelRow]:
    """Answer when the database does."""
    return [ModelRow(one=1)]
