"""Write what came back into a restored journal: each event in its place, with all that followed from it.

Each is owed once more, since the photoservice answers a duplicate with what it made of it: so verdicts and outcomes
come back by the ordinary way, after a crash in the middle too. Nothing that came back prints by itself (DESIGN 5F): the
papers of before the restore are in doubt, and a person says what is on paper.
"""

import apsw
import structlog

from photocore.errors import EventError
from photocore.events import Event, encode_event, event_hash, without_box
from photocore.kinds import StaffOverrode
from sync.counter import Counter
from sync.drafts import Drafter
from sync.errors import ReturnRefused
from sync.journal import Transaction
from sync.rebuilding import CAME_BACK, Rebuilding
from sync.statements import execute, number, one, run

_log = structlog.get_logger()


def bring_back(connection: apsw.Connection, counter: Counter, events: list[Event]) -> None:
    """Write events of this station that follow what is held of their epoch, and rebuild what they told.

    Raises:
        ReturnRefused: one stands in this journal already, at another place.
    """
    for event in events:
        _store(connection, event)
        _rebuild(connection, counter, event)


def doubt_old_papers(connection: apsw.Connection, newest: int) -> None:
    """Let nothing print that was queued up to the job ``newest``: it may be on paper already."""
    run(connection, "restoring.doubt_old", {"newest": newest, "why": CAME_BACK})


def newest_paper(connection: apsw.Connection) -> int:
    """Return the number of the newest paper queued here."""
    return number(connection, "restoring.newest_paper")


def count_restored(connection: apsw.Connection) -> int:
    """Return how many events came back that staff have not taken note of."""
    return number(connection, "restoring.count_unnoted")


def note_restored(transaction: Transaction, drafter: Drafter, staff: str) -> int:
    """Write that staff took note of what came back, and return how many events it was; of none, nothing is written."""
    events = count_restored(transaction.connection)
    if events:
        body = StaffOverrode(staff=staff, act="station_restored", reason=f"{events} events came back")
        transaction.append(drafter.draft(body))
        run(transaction.connection, "restoring.note_all")
    return events


def _store(connection: apsw.Connection, event: Event) -> None:
    if one(connection, "journal.event_by_id", {"id": event.id}) is not None:
        raise ReturnRefused(f"event {event.id} stands here already, at another place")
    found = one(connection, "outbox.epoch_of", {"epoch": event.epoch})
    if found is None:
        run(connection, "restoring.begin_epoch", {"epoch": event.epoch})
        found = run(connection, "outbox.epoch_of", {"epoch": event.epoch})[0]
    place = {"ordinal": found[0], "seq": event.seq}
    digest, line = event_hash(event), encode_event(without_box(event, sealed=False))
    row = {"id": event.id, "kind": event.kind, "at": event.at, "hash": digest, "line": line}
    run(connection, "journal.add_event", place | row)
    run(connection, "journal.owe_event", place | {"event": event.id})
    run(connection, "journal.advance_epoch", {"ordinal": found[0], "last": event.seq, "head": digest})
    run(connection, "restoring.note_back", {"event": event.id})


def _rebuild(connection: apsw.Connection, counter: Counter, event: Event) -> None:
    """Rebuild what one event told; where that cannot be, the event stands all the same, and the log says so."""
    execute(connection, "SAVEPOINT one_event")
    try:
        Rebuilding(connection=connection, counter=counter).rebuild(event)
    except (EventError, apsw.ConstraintError, ValueError) as cause:
        execute(connection, "ROLLBACK TO one_event")
        _log.error("event_not_rebuilt", event_id=event.id, kind=event.kind, cause=str(cause))
    execute(connection, "RELEASE one_event")
