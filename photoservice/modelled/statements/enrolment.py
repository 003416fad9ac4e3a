"""What ``db/queries/enrolment.sql`` asks."""

from collections.abc import Sequence
from datetime import datetime

from photoservice.modelled.schema import ModelStore
from photoservice.modelled.tables import ModelRow, pick


def insert_code(db: ModelStore, mac: bytes, store: str, role: str, expires_at: datetime) -> int:
    """Keep the HMAC of a fresh enrolment code."""
    db.enrol_code.add(mac=mac, store=store, role=role, expires_at=expires_at)
    return 1


def take_code(db: ModelStore, mac: bytes) -> Sequence[ModelRow]:
    """Find a code."""
    row = db.enrol_code.get(mac)
    return [pick(row, "store", "role", "expires_at", "station")] if row else []


def spend_code(db: ModelStore, mac: bytes, station: str) -> int:
    """Mark a code as spent by a station."""
    row = db.enrol_code.get(mac)
    return db.enrol_code.change(row, station=station) if row else 0
