"""Check the chain of a journal, event by event: what a flipped, dropped or swapped record cannot survive."""

import apsw
import msgspec

from photocore.errors import EventError
from photocore.events import Event, Prev, SealedPart, decode_event, event_hash, verify_event
from sync.errors import JournalDamaged
from sync.statements import Row, one, run


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
    written: Prev | None = None  # the last event of the last epoch that was written here, not brought back
    count = 0
    for epoch, seq, _, digest, line, is_back in run(connection, "journal.all_events"):
        expected = previous.seq + 1 if previous and previous.epoch == epoch else 1
        if seq != expected:
            raise JournalDamaged(f"epoch {epoch}: seq {expected} is missing")
        if line is not None:
            event = read_event((line, digest, None))
            verify_event(event, station_public)
            if event.prev != (previous if seq > 1 else written) and not _branches_off(connection, event, is_back):
                raise JournalDamaged(f"event {event.id} does not follow the one before it")
        previous = Prev(epoch=epoch, seq=seq, hash=digest)
        written = written if is_back else previous
        count += 1
    return count


def _branches_off(connection: apsw.Connection, event: Event, is_back: int) -> bool:
    """Say whether an epoch's first event rightly names an older one: the journal was restored from a copy there.

    An epoch written here names an event whose successor came back. One that came back names an event that is held; or
    one that is lost, as it was never sent; or none, if it began a journal: the station's first, or one that was wiped.
    """
    if event.seq > 1:
        return False
    if event.prev is None:
        return bool(is_back)
    found = one(connection, "journal.branch_at", {"epoch": event.prev.epoch, "seq": event.prev.seq})
    if found is None:
        return bool(is_back)
    digest, is_followed_by_returned = found
    return digest == event.prev.hash and bool(is_back or is_followed_by_returned)
