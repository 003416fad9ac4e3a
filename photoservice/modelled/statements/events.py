"""What ``db/queries/events.sql`` asks."""

from collections.abc import Sequence
from datetime import datetime

from photoservice.modelled.schema import ModelStore
from photoservice.modelled.tables import ModelRow, pick

_PLACE = ("station", "epoch", "seq")


def held(
    db: ModelStore,
    station: str,
    ids: Sequence[str],
    epoch: str,
    seqs: Sequence[int],
    epochs_before: Sequence[str],
    seqs_before: Sequence[int],
) -> Sequence[ModelRow]:
    """Return the events held that share an ID, a place or a neighbouring place with a batch."""
    places = [*((epoch, seq) for seq in seqs), *zip(epochs_before, seqs_before, strict=True)]
    found = [db.event.get((station, id_)) for id_ in ids]
    found += [db.event.only(_PLACE, (station, *place)) for place in places]
    once = {row["id"]: row for row in found if row is not None}
    columns = ("id", "epoch", "seq", "hash", "prev_hash", "verdict", "reason", "cause")
    return [pick(row, *columns) for row in once.values()]


def forks(db: ModelStore, station: str, hashes: Sequence[str]) -> Sequence[ModelRow]:
    """Return the hashes of the forked events kept of a station, among these."""
    return [pick(row, "hash") for hash_ in set(hashes) if (row := db.event_fork.get((station, hash_)))]


def insert_all(db: ModelStore, station: str, epoch: str, received_at: datetime, *columns: Sequence[object]) -> int:
    """Keep events of one epoch with their verdicts."""
    names = ("id", "seq", "hash", "prev_hash", "kind", "verdict", "reason", "cause", "line")
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    for row in rows:
        db.event.add(station=station, epoch=epoch, received_at=received_at, **row)
    return len(rows)


def insert_fork(
    db: ModelStore, station: str, hash_: str, id_: str, epoch: str, seq: int, line: bytes, received_at: datetime
) -> int:
    """Keep an event whose ID or place another one holds."""
    whole = {"station": station, "hash": hash_, "id": id_, "epoch": epoch, "seq": seq, "line": line}
    return 1 if db.event_fork.add_unless_taken(**whole, received_at=received_at) else 0


def insert_unreadable(db: ModelStore, station: str, digest: str, line: bytes, why: str, received_at: datetime) -> int:
    """Keep a line that is no event."""
    row = {"station": station, "digest": digest, "line": line, "why": why, "received_at": received_at}
    return 1 if db.unreadable_line.add_unless_taken(**row) else 0


def insert_correction(db: ModelStore, station: str, event: str, corrected_by: str) -> int:
    """Write that another event stands for this one."""
    return 1 if db.event_correction.add_unless_taken(station=station, event=event, corrected_by=corrected_by) else 0


def parked(db: ModelStore, station: str | None, limit: int, all_too: bool) -> Sequence[ModelRow]:
    """List what is parked or forked, the newest first."""
    stations = [station] if station is not None else db.event.values("not_applied")
    rows = [_parked(db, row) for row in db.event.by_any("not_applied", stations)]
    shown = [row for row in rows if all_too or row["corrected_by"] is None]
    return sorted(shown, key=lambda row: (row["received_at"], row["seq"]), reverse=True)[:limit]


def _parked(db: ModelStore, event: ModelRow) -> ModelRow:
    by = db.event_correction.get((event["station"], event["id"])) if event["verdict"] == "parked" else None
    row = pick(event, "station", "id", "seq", "kind", "verdict", "reason", "cause", "received_at")
    row["corrected_by"] = by["corrected_by"] if by else None
    return row


def parked_of(db: ModelStore, station: str, after_place: int, after_seq: int, limit: int) -> Sequence[ModelRow]:
    """Return the parked events of a station after one of them, in the order it wrote them."""
    rows: list[ModelRow] = []
    for event in db.event.by("not_applied", station):
        epoch = db.station_epoch.get((station, event["epoch"]))
        place = epoch["place"] if epoch else 0
        corrected = db.event_correction.get((station, event["id"]))
        if event["verdict"] == "parked" and (place, event["seq"]) > (after_place, after_seq) and corrected is None:
            rows.append(ModelRow({**pick(event, "id", "epoch", "seq", "line"), "epoch_place": place}))
    return sorted(rows, key=lambda row: (row["epoch_place"], row["seq"]))[:limit]


def settle(db: ModelStore, station: str, id_: str, line: bytes, reason: str, cause: str) -> int:
    """Write that a parked event was applied after all."""
    row = db.event.get((station, id_))
    return db.event.change(row, verdict="applied", reason=reason, cause=cause, line=line) if row else 0


def still_parked(db: ModelStore, station: str, id_: str, reason: str, cause: str) -> int:
    """Write why an event that was tried again stays parked."""
    row = db.event.get((station, id_))
    return db.event.change(row, reason=reason, cause=cause) if row and row["verdict"] == "parked" else 0


def between(db: ModelStore, station: str, epoch: str, first: int, limit: int) -> Sequence[ModelRow]:
    """Return a station's own events of an epoch, so that a restored station has them again."""
    seqs = db.event.places_above((station, epoch), first - 1)
    rows = [row for seq in seqs if (row := db.event.only(_PLACE, (station, epoch, seq)))]
    return [pick(row, "id", "line") for row in rows if row["kind"] != "unreadable"][:limit]
