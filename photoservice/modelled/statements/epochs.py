"""What ``db/queries/epochs.sql`` asks."""

from collections.abc import Sequence
from itertools import pairwise

from photoservice.modelled.schema import ModelStore
from photoservice.modelled.tables import ModelRow, pick

_PLACE = ("station", "epoch", "seq")


def open_(db: ModelStore, station: str, epoch: str) -> Sequence[ModelRow]:
    """Return an epoch's mark, beginning the epoch when it is new."""
    row = db.station_epoch.get((station, epoch)) or db.station_epoch.add(station=station, epoch=epoch)
    return [pick(row, "high_seq", "high_hash")]


def place(db: ModelStore, station: str, epoch: str) -> Sequence[ModelRow]:
    """Return the place of an epoch in the order they began."""
    row = db.station_epoch.get((station, epoch))
    return [pick(row, "place")] if row else []


def above(db: ModelStore, station: str, epoch: str, seq: int, limit: int) -> Sequence[ModelRow]:
    """Return the next events of an epoch above a seq."""
    seqs = db.event.places_above((station, epoch), seq)[:limit]
    return [pick(row, "seq", "hash") for one in seqs if (row := db.event.only(_PLACE, (station, epoch, one)))]


def move(db: ModelStore, station: str, epoch: str, seq: int, hash_: str | None) -> int:
    """Write an epoch's mark."""
    row = db.station_epoch.get((station, epoch))
    return db.station_epoch.change(row, high_seq=seq, high_hash=hash_) if row and row["high_seq"] <= seq else 0


def gaps(db: ModelStore, station: str, epoch: str, seq: int, limit: int) -> Sequence[ModelRow]:
    """Return the closed ranges missing between a seq and the highest one held."""
    steps = pairwise([seq, *db.event.places_above((station, epoch), seq)])
    missing = [(before + 1, after - 1) for before, after in steps if after > before + 1]
    return [ModelRow(first=first, last=last) for first, last in missing[:limit]]


def of_station(db: ModelStore, station: str) -> Sequence[ModelRow]:
    """Return all epochs of a station in the order they began."""
    rows = sorted(db.station_epoch.by("station", station), key=lambda row: row["place"])
    return [pick(row, "epoch", "high_seq", "high_hash") for row in rows]


def disagreeing(
    db: ModelStore, station: str, epochs: Sequence[str], seqs: Sequence[int], hashes: Sequence[str]
) -> Sequence[ModelRow]:
    """Find epochs whose event at a place hashes to something else than the station says."""
    found: list[ModelRow] = []
    for epoch, seq, hash_ in zip(epochs, seqs, hashes, strict=True):
        row = db.event.only(_PLACE, (station, epoch, seq))
        if row is not None and row["hash"] is not None and row["hash"] != hash_:
            found.append(ModelRow(epoch=epoch))
    return found
