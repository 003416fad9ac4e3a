"""Check the chain of a journal, event by event: what a flipped, dropped or swapped record cannot survive."""

import apsw
import msgspec

from photocore.errors import EventError
from photocore.events import Event, Prev, SealedPart, decode_event, event_hash, verify_event
from sync.errors import JournalDamaged
from sync.statements import Row, run


def read_event(row: Row) -> Event:
    """Return the event of a (line, hash, box) row, its secret's ciphertext put back.

    Raises:
        JournalDamaged: the line was pruned, is no event, or does not have the hash it was stored with.
    """
    line, digest, box = row
    if line is None:
        raise JournalDamaged("the event was pruned to its hash")
    try:
        event = decode_event(bytes(line))
    except EventError as cause:
        raise JournalDamaged(f"a stored line is no event: {cause}") from cause
    if event_hash(event) != digest:
        raise JournalDamaged(f"event {event.id} does not have its stored hash")
    if box is not None and event.secrets is not None:
        secrets = SealedPart(hash=event.secrets.hash, box=box)
        return msgspec.structs.replace(event, secrets=secrets)
    return event


def check_chain(connection: apsw.Connection, station_public: bytes) -> int:
    """Check every hash, signature, gap and predecessor, and return how many events there are.

    Raises:
        JournalDamaged: with the first place that is wrong.
        SignatureBroken: an event is not the station's.
    """
    previous: Prev | None = None
    count = 0
    for epoch, seq, _, digest, line in run(connection, "journal.all_events"):
        expected = previous.seq + 1 if previous and previous.epoch == epoch else 1
        if seq != expected:
            raise JournalDamaged(f"epoch {epoch}: seq {expected} is missing")
        if line is not None:
            _check_link(read_event((line, digest, None)), previous, station_public)
        previous = Prev(epoch=epoch, seq=seq, hash=digest)
        count += 1
    return count


def _check_link(event: Event, previous: Prev | None, station_public: bytes) -> None:
    verify_event(event, station_public)
    if event.prev != previous:
        raise JournalDamaged(f"event {event.id} does not follow the one before it")
