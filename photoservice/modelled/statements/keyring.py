"""What ``db/queries/keyring.sql`` asks."""

from collections.abc import Sequence

from photoservice.modelled.schema import ModelStore
from photoservice.modelled.tables import ModelRow, pick


def mark(db: ModelStore, own: bytes) -> Sequence[ModelRow]:
    """Keep the mark of the keys this database began with, and return the mark it has."""
    return [pick(db.keyring_mark.get(True) or db.keyring_mark.add(mark=own), "mark")]  # the key
