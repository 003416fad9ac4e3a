"""The hub's store on a disk, with the care of a station's journal: WAL, FULL, every PRAGMA read back, one writer.

A request is kept as it came, for it is its signature that makes it worth forwarding. Once the photoservice has
answered, its word is kept instead, for as long as a station keeps its events.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import apsw
import msgspec

from photocore.seams import HttpRequest
from photocore.signed import Signed
from photocore.wire import EpochMark, EventVerdict, Mark, Verdict
from store_hub.store import Batch, Kept, Owed, Place, Word
from sync.database import PRAGMAS, Pragma, Schema, open_database, sync_folder
from sync.lock import WriterLock
from sync.outbox import KEEP_ACKED
from sync.statements import Row, number, one, run, run_many
from sync.writer import StraightWriter

DATABASE = "hub.db"
LOCK = "hub.lock"
SCHEMA = Schema(application_id=0x54574E48, what="store hub's database", room="store_hub")
"""``TWNH`` in the file's header."""

MAX_GAPS = 100
PRUNE_AT_ONCE = 1000
_STRIDE = 1000


class SqliteStore:
    """The :class:`store_hub.store.HubStore` of a real hub, in its folder. One caller at a time; close it.

    ``vfs`` and ``pragmas`` are for tests that put a failing disk under it.

    Raises:
        JournalBusy: another process writes it.
        JournalDown: it cannot be opened.
    """

    def __init__(self, folder: Path, *, vfs: str | None = None, pragmas: tuple[Pragma, ...] = PRAGMAS) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = WriterLock(folder / LOCK)

        def opened() -> apsw.Connection:
            connection = open_database(folder / DATABASE, pragmas=pragmas, vfs=vfs, schema=SCHEMA)
            sync_folder(folder)
            return connection

        self._writer = StraightWriter(opened, on_commit=_nothing, on_failure=_drop)
        try:
            self._writer.start()
        except Exception:
            self._lock.release()
            raise

    def close(self) -> None:
        """Empty the WAL, and give the lock back."""
        self._writer.close()
        self._lock.release()

    def keep(self, batch: Batch, taken_at: str, *, known_to: int = 0) -> Kept:
        """Store a batch whole, unless every event of it is owed upward already, or known there up to ``known_to``."""
        return self._writer.write(lambda connection: _keep(connection, batch, taken_at, known_to))

    def owed(self, *, station: str | None = None, after: int = 0, limit: int = 1) -> list[Owed]:
        """Return the oldest requests owed upward beyond the number ``after``: of one station, or of all."""
        query = "store_hub/relay.owed" if station is None else "store_hub/relay.owed_of"
        values = {"after": after, "limit": limit} | ({} if station is None else {"station": station})
        return [_owed(row) for row in self._writer.read(lambda connection: run(connection, query, values))]

    def count_owed(self) -> int:
        """Return how many requests are owed upward."""
        return self._writer.read(lambda connection: number(connection, "store_hub/relay.count_owed"))

    def answered(self, number: int, ack: Signed, at: str) -> None:
        """Keep the photoservice's word on a request, in place of what the station sent."""
        values = {"number": number, "ack": msgspec.json.encode(ack), "at": at}
        self._writer.write(lambda connection: run(connection, "store_hub/relay.answered", values))

    def refused(self, number: int) -> None:
        """Give a request up that the photoservice cannot take: its station still has every event of it."""
        self._writer.write(lambda connection: _refused(connection, number))

    def words_for(self, station: str, epoch: str, seqs: Sequence[int], limit: int) -> list[Word]:
        """Return the photoservice's words on these events, and those that the station was not told yet."""
        values = {"station": station, "epoch": epoch, "seqs": _json(seqs), "limit": limit}

        def look(connection: apsw.Connection) -> list[Row]:
            spoken = run(connection, "store_hub/relay.spoken_of", values)
            return [*spoken, *run(connection, "store_hub/relay.untold", {"station": station, "limit": limit})]

        found = {row[0]: bytes(row[1]) for row in self._writer.read(look)}
        return [
            Word(number=number, ack=msgspec.json.decode(found[number], type=Signed))
            for number in sorted(list(found)[:limit])
        ]

    def told(self, numbers: Sequence[int]) -> None:
        """Note which words are on their way to their station."""
        values = {"numbers": _json(numbers)}
        self._writer.write(lambda connection: run(connection, "store_hub/relay.tell", values))

    def marks(self, station: str) -> tuple[EpochMark, ...]:
        """Return how far each epoch of a station is held."""

        def look(connection: apsw.Connection) -> tuple[EpochMark, ...]:
            rows = run(connection, "store_hub/relay.epochs", {"station": station})
            return tuple(_mark(connection, station, row[0]) for row in rows)

        return self._writer.read(look)

    def prune(self, *, keep: timedelta = KEEP_ACKED) -> int:
        """Drop what was told long ago by the photoservice's own time, and return how much it was."""
        return self._writer.write(lambda connection: _prune(connection, keep))


def _keep(connection: apsw.Connection, batch: Batch, taken_at: str, known_to: int) -> Kept:
    where = {"station": batch.station, "epoch": batch.epoch}
    asked = {"seqs": _json([place.seq for place in batch.places]), "ids": _json([place.id for place in batch.places])}
    held = run(connection, "store_hub/relay.held", where | asked)
    until = _last_of(held, batch.places, known_to)
    verdicts = tuple(_verdict(held, place) for place in batch.places)
    if until is None:
        until = _store(connection, batch, taken_at)
    _advance(connection, batch.station, batch.epoch)
    return Kept(verdicts=verdicts, mark=_mark(connection, batch.station, batch.epoch), until=until)


def _last_of(held: list[Row], places: tuple[Place, ...], known_to: int) -> int | None:
    """Return the last request owed upward that holds something of ``places``; None if one of them is in none.

    What was answered is in none, unless the photoservice still has it. 0 says that all is known there.
    """
    found: dict[tuple[str, int, str], int] = {}
    for event_id, seq, digest, is_owed, kept in held:
        if is_owed or seq <= known_to:
            key, at = (event_id, seq, digest), kept if is_owed else 0
            found[key] = min(at, found.get(key, at))
    numbers = [found.get((place.id, place.seq, place.hash)) for place in places]
    return max((one for one in numbers if one is not None), default=0) if None not in numbers else None


def _verdict(held: list[Row], place: Place) -> EventVerdict:
    """Say what a hub may say of an event: taken, held already, or that another stands in its name or place."""
    known = {(event_id, seq, digest) for event_id, seq, digest, _, _ in held}
    if (place.id, place.seq, place.hash) in known:
        return EventVerdict(id=place.id, seq=place.seq, verdict=Verdict.DUPLICATE)
    if any(event_id == place.id or seq == place.seq for event_id, seq, _ in known):
        why = "the store hub holds another event of this name or at this place"
        return EventVerdict(id=place.id, seq=place.seq, verdict=Verdict.FORK, reason=why, cause="fork")
    return EventVerdict(id=place.id, seq=place.seq, verdict=Verdict.APPLIED)


def _store(connection: apsw.Connection, batch: Batch, taken_at: str) -> int:
    request = batch.request
    where = {"station": batch.station, "epoch": batch.epoch}
    row = {
        "digest": batch.digest,
        "method": request.method,
        "url": request.url,
        "headers": msgspec.json.encode(request.headers),
        "body": request.body,
        "taken_at": taken_at,
    }
    kept = int(run(connection, "store_hub/relay.keep", where | row)[0][0])
    inside = [where | {"seq": one.seq, "id": one.id, "hash": one.hash, "number": kept} for one in batch.places]
    run_many(connection, "store_hub/relay.keep_event", inside)
    return kept


def _refused(connection: apsw.Connection, refused: int) -> None:
    for station, epoch in run(connection, "store_hub/relay.refused", {"number": refused}):
        run(connection, "store_hub/relay.drop_mark", {"station": station, "epoch": epoch})
        _advance(connection, station, epoch)


def _advance(connection: apsw.Connection, station: str, epoch: str) -> None:
    """Move an epoch's mark as far as it is held without a hole."""
    where = {"station": station, "epoch": epoch}
    row = one(connection, "store_hub/relay.mark", where)
    begun = last = row[0] if row else 0
    head = ""
    while True:
        rows = run(connection, "store_hub/relay.above", where | {"seq": last, "limit": _STRIDE})
        before = last
        for seq, digest in rows:
            if seq == last + 1:
                last, head = seq, digest
        if last == before:
            break
    if last > begun:
        run(connection, "store_hub/relay.raise_mark", where | {"seq": last, "hash": head})


def _mark(connection: apsw.Connection, station: str, epoch: str) -> EpochMark:
    where = {"station": station, "epoch": epoch}
    row = one(connection, "store_hub/relay.mark", where)
    gaps = run(connection, "store_hub/relay.gaps", where | {"high": row[0] if row else 0, "limit": MAX_GAPS})
    need = tuple((int(first), int(last)) for first, last in gaps)
    return EpochMark(epoch=epoch, high=Mark(seq=row[0], hash=row[1]) if row else None, need=need)


def _prune(connection: apsw.Connection, keep: timedelta) -> int:
    newest = run(connection, "store_hub/relay.newest_word")[0][0]
    if newest is None:
        return 0
    before = datetime.fromisoformat(newest) - max(keep, KEEP_ACKED)
    text = before.strftime("%Y-%m-%dT%H:%M:%S.") + f"{before.microsecond // 1000:03d}Z"
    return len(run(connection, "store_hub/relay.prune", {"before": text, "limit": PRUNE_AT_ONCE}))


def _owed(row: Row) -> Owed:
    kept, station, epoch, digest, method, url, headers, body = row
    request = HttpRequest(
        method=method, url=url, headers=msgspec.json.decode(bytes(headers), type=dict[str, str]), body=bytes(body)
    )
    return Owed(number=kept, station=station, epoch=epoch, digest=digest, request=request)


def _json(values: Sequence[object]) -> str:
    return msgspec.json.encode(values).decode()


def _nothing() -> None:
    """Tell nobody of a commit."""


def _drop(_: BaseException) -> None:
    """Do nothing more: the writer has logged it, and opens the database afresh for whoever comes next."""
