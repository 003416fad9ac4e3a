"""What ``db/queries/stations.sql`` asks."""

from collections.abc import Sequence
from datetime import datetime

from photoservice.modelled.schema import ModelStore
from photoservice.modelled.tables import ModelRow, pick


def insert(db: ModelStore, id_: str, store: str, role: str, name: str, public_key: bytes, enrolled_at: datetime) -> int:
    """Add an enrolled station."""
    db.station.add(id=id_, store=store, role=role, name=name, public_key=public_key, enrolled_at=enrolled_at)
    return 1


def enrolled(db: ModelStore) -> Sequence[ModelRow]:
    """Return all stations, as the ledger beside the keys must have them."""
    columns = ("id", "store", "role", "name", "public_key", "enrolled_at", "revoked_at")
    return sorted((pick(row, *columns) for row in db.station), key=lambda row: (row["enrolled_at"], row["id"]))


def by_id(db: ModelStore, station: str) -> Sequence[ModelRow]:
    """Return one station."""
    row = db.station.get(station)
    return [row] if row else []


def by_key(db: ModelStore, public_key: bytes) -> Sequence[ModelRow]:
    """Return the station that has this public key."""
    row = db.station.only(("public_key",), public_key)
    return [pick(row, "id")] if row else []


def hold(db: ModelStore, station: str) -> Sequence[ModelRow]:
    """Return one station; nobody else is here to be kept waiting."""
    return by_id(db, station)


def open_batch(db: ModelStore, station: str, epoch: str) -> Sequence[ModelRow]:
    """Do the same, and return with it the mark of an epoch, beginning the epoch when it is new."""
    row = db.station.get(station)
    if row is None:
        return []
    opened = db.station_epoch.get((station, epoch)) or db.station_epoch.add(station=station, epoch=epoch)
    return [ModelRow({**row, **pick(opened, "high_seq", "high_hash")})]


def seen(db: ModelStore, station: str, at: datetime, skew_s: float) -> int:
    """Note that a station spoke."""
    return _change(db, station, seen_at=at, skew_s=skew_s)


def software(db: ModelStore, station: str, name: str) -> int:
    """Note which software a station runs."""
    return _change(db, station, software=name)


def revoke(db: ModelStore, station: str, at: datetime) -> int:
    """End a station's key."""
    row = db.station.get(station)
    return db.station.change(row, revoked_at=at) if row and row["revoked_at"] is None else 0


def stop(db: ModelStore, station: str, at: datetime, why: str) -> int:
    """Hold a station after a fork."""
    row = db.station.get(station)
    return db.station.change(row, held_at=at, held_why=why) if row and row["held_at"] is None else 0


def release(db: ModelStore, station: str) -> int:
    """Let a held station go on."""
    row = db.station.get(station)
    return db.station.change(row, held_at=None, held_why="") if row and row["held_at"] is not None else 0


def list_(db: ModelStore) -> Sequence[ModelRow]:
    """List all stations with what is parked of each."""
    rows = [_listed(db, row) for row in db.station]
    return sorted(rows, key=lambda row: (row["store_name"], row["name"], row["id"]))


def _listed(db: ModelStore, station: ModelRow) -> ModelRow:
    store = db.store.get(station["store"])
    assert store is not None  # noqa: S101  # a foreign key holds it
    parked = [
        event
        for event in db.event.by("not_applied", station["id"])
        if event["verdict"] != "parked" or db.event_correction.get((event["station"], event["id"])) is None
    ]
    applied = len(db.event.by("applied", station["id"]))
    return ModelRow({**station, "store_name": store["name"], "applied": applied, "parked": len(parked)})


def _change(db: ModelStore, station: str, **columns: object) -> int:
    row = db.station.get(station)
    return db.station.change(row, **columns) if row else 0
