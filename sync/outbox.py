"""What a station owes the photoservice: owed, settled or parked, never lost and never in the way (DESIGN 5E).

Every function works inside a transaction its caller has opened. Like the journal, the outbox knows no event kinds.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import apsw
import msgspec

from photocore.events import Event, Prev
from photocore.wire import Ack, EpochHead, EpochMark, EventVerdict, Hello, Mark, Outcome, Verdict, Welcome
from sync.audit import read_event
from sync.errors import AnswerRefused, HistoryForked, JournalDamaged
from sync.news import take_outcome
from sync.statements import Row, number, one, run

KEEP_ACKED = timedelta(days=90)
"""How long acknowledged events stay whole: the photoservice may be restored from a backup and ask again."""

Wanted = Literal["owed", "everything"]

SERVER_TIME = "server_time"
HUB_KEY = "hub_key"
PRUNE_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True)
class Owed:
    """How much is owed: events, the first written one's wall time and its epoch's place, and how many stand aside."""

    unsent: int
    oldest_at: datetime | None
    parked: int
    oldest_ordinal: int = 0


@dataclass(frozen=True, kw_only=True)
class ParkedEvent:
    """An event that stands aside; ``reason`` is a plain sentence, ``cause`` the same in one word.

    ``ended`` is ``corrected`` or ``closed`` once it needs nobody any more.
    """

    id: str
    kind: str
    epoch: str
    seq: int
    at: str
    verdict: str
    reason: str
    cause: str = ""
    ended: str = ""


@dataclass(frozen=True, kw_only=True)
class Answered:
    """What is known of one event upstream; ``level`` is None while nobody has acknowledged it.

    ``outcome`` is the newest there is: the ack's, or that of news since.
    """

    level: str | None
    verdict: str | None
    reason: str
    outcome: dict[str, Any] | None


def read_hello(connection: apsw.Connection) -> Hello:
    """Return the station's handshake: every epoch with its head."""
    rows = run(connection, "outbox.epoch_heads")
    return Hello(epochs=tuple(EpochHead(epoch=row[0], last=row[1], head=row[2]) for row in rows))


def head_of(connection: apsw.Connection, epoch: str) -> Prev | None:
    """Return the last event held of ``epoch``, or None for one that is not known here."""
    row = one(connection, "outbox.head_of", {"epoch": epoch})
    return Prev(epoch=epoch, seq=row[0], hash=row[1]) if row else None


def owed_events(connection: apsw.Connection, limit: int, skipped: tuple[str, ...] = ()) -> list[Row]:
    """Return the oldest owed rows of one epoch, ascending; ``skipped`` event IDs are passed over.

    What the store hub has taken comes last, and only once its word is in doubt.
    """
    values = {"skipped": msgspec.json.encode(skipped).decode(), "limit": limit}
    if oldest := one(connection, "outbox.oldest_owed", values):
        return run(connection, "outbox.owed_of_epoch", values | {"ordinal": oldest[0]})
    if doubted := one(connection, "outbox.oldest_in_doubt", values):
        return run(connection, "outbox.in_doubt_of_epoch", values | {"ordinal": doubted[0]})
    return []


def page(connection: apsw.Connection, wanted: Wanted, after: tuple[int, int], limit: int) -> list[Row]:
    """Return rows beyond the place ``after`` (ordinal, seq): of what the photoservice has not answered, or of all.

    The place of each stands behind the four values that :func:`sound_events` reads.
    """
    values = {"ordinal": after[0], "seq": after[1], "limit": limit}
    return run(connection, f"outbox.page_{wanted}", values)


def events_between(
    connection: apsw.Connection, epoch: str, span: tuple[int, int], limit: int, skipped: tuple[str, ...] = ()
) -> list[Row]:
    """Return the rows of ``epoch`` whose seq is in ``span`` (closed), acknowledged or not, as far as they are kept."""
    found = one(connection, "outbox.epoch_of", {"epoch": epoch})
    if found is None:
        return []
    values = {"ordinal": found[0], "first": span[0], "last": span[1], "limit": limit}
    return run(connection, "outbox.events_between", values | {"skipped": msgspec.json.encode(skipped).decode()})


def sound_events(rows: list[Row]) -> tuple[list[Event], list[tuple[str, str]]]:
    """Return the events in ``rows`` that have their stored hash, and (ID, reason) of those that have not."""
    sound: list[Event] = []
    damaged: list[tuple[str, str]] = []
    for line, digest, box, event_id in rows:
        try:
            sound.append(read_event((line, digest, box)))
        except JournalDamaged as why:
            damaged.append((event_id, str(why)))
    return sound, damaged


def park_damaged(connection: apsw.Connection, damaged: list[tuple[str, str]]) -> None:
    """Set events aside that the disk has spoilt, so that those behind them can go."""
    for event_id, reason in damaged:
        run(connection, "outbox.park_damaged", {"event": event_id, "reason": reason})


def settle(connection: apsw.Connection, ack: Ack) -> None:
    """Take the photoservice's verified ack: verdicts, mark, and the secrets' ciphertext that is no longer needed.

    Raises:
        AnswerRefused: it speaks of events that are not in this journal, or of another history.
    """
    found = one(connection, "outbox.epoch_of", {"epoch": ack.epoch})
    if found is None:
        raise AnswerRefused(f"the ack names epoch {ack.epoch}, which is not ours")
    ordinal, last = found
    is_doubtful = _forks_first(connection, ordinal, ack)
    for verdict in ack.verdicts:
        if not _is_ours(connection, ordinal, verdict):
            raise AnswerRefused(f"the ack judges event {verdict.id}, which is not at seq {verdict.seq}")
        _settle_one(connection, ack, verdict, late=False)
    if is_doubtful:
        run(connection, "outbox.owe_again", {"ordinal": ordinal})
    if ack.high is not None and (ack.high.seq <= last or _is_written_now(connection, ordinal)):
        _check_place(connection, ordinal, ack.high)
        _raise_mark(connection, ordinal, ack.high)
    run(connection, "journal.write_note", {"name": SERVER_TIME, "value": ack.server_time})


def settle_late(connection: apsw.Connection, ack: Ack) -> bool:
    """Take the photoservice's verified word on an earlier request, which came by a detour; false if it is not for us.

    It may be old and may come twice: it changes nothing that the photoservice has said since. A journal put back from
    an old copy does not hold all that is spoken of; such an ack is left alone.
    """
    found = one(connection, "outbox.epoch_of", {"epoch": ack.epoch})
    if found is None or not all(_is_ours(connection, found[0], verdict) for verdict in ack.verdicts):
        return False
    is_doubtful = _forks_first(connection, found[0], ack)
    for verdict in ack.verdicts:
        _settle_one(connection, ack, verdict, late=True)
    if is_doubtful:
        run(connection, "outbox.owe_again", {"ordinal": found[0]})
    if ack.high is not None and _hash_at(connection, found[0], ack.high.seq) == ack.high.hash:
        _raise_mark(connection, found[0], ack.high)
    row = one(connection, "journal.read_note", {"name": SERVER_TIME})
    if row is None or row[0] < ack.server_time:
        run(connection, "journal.write_note", {"name": SERVER_TIME, "value": ack.server_time})
    return True


def _forks_first(connection: apsw.Connection, ordinal: int, ack: Ack) -> bool:
    """Say whether ``ack`` calls an event of an epoch a fork, and none was called one before.

    That tells that another history stands upstream. A photoservice that was put back may have lost ours and taken a
    twin's in its place, which no mark shows: so all it ever took of that epoch is owed once more. What it still has is
    a duplicate then, and the rest is kept as a fork, for a person to look at.
    """
    forks = any(verdict.verdict is Verdict.FORK for verdict in ack.verdicts)
    return forks and one(connection, "outbox.is_forked", {"ordinal": ordinal}) is None


def settle_at_hub(connection: apsw.Connection, ack: Ack) -> tuple[str, ...]:
    """Note what the store hub says it holds, and return the IDs of what it does not.

    It judges nothing: a fork or a parked event is the photoservice's to name, and no secret goes on its word.
    """
    found = one(connection, "outbox.epoch_of", {"epoch": ack.epoch})
    if found is None:
        raise AnswerRefused(f"the hub's ack names epoch {ack.epoch}, which is not ours")
    left: list[str] = []
    for verdict in ack.verdicts:
        is_held = verdict.verdict in (Verdict.APPLIED, Verdict.DUPLICATE)
        if not is_held or not _is_ours(connection, found[0], verdict):
            left.append(verdict.id)
            continue
        values = {"event": verdict.id, "verdict": verdict.verdict.value, "at": ack.server_time}
        run(connection, "outbox.settle_at_hub", values)
    return tuple(left)


def doubt_hub(connection: apsw.Connection) -> None:
    """Send again what only the store hub has."""
    run(connection, "outbox.doubt_hub")


def hub_lacks(connection: apsw.Connection, epoch: str, span: tuple[int, int]) -> None:
    """Owe a stretch of ``epoch`` (closed) as if nobody had it: the store hub itself says that it has it no more."""
    _at_hub(connection, "outbox.forget_hub_between", epoch, span)


def _at_hub(connection: apsw.Connection, change: str, epoch: str, span: tuple[int, int]) -> None:
    if found := one(connection, "outbox.epoch_of", {"epoch": epoch}):
        run(connection, change, {"ordinal": found[0], "first": span[0], "last": span[1]})


def known_hub(connection: apsw.Connection) -> str:
    """Return which store hub's acks stand here: its key's short name, or an empty text."""
    row = one(connection, "journal.read_note", {"name": HUB_KEY})
    return str(row[0]) if row else ""


def meet_hub(connection: apsw.Connection, hub: str) -> None:
    """Note which store hub is pinned now; what another one took is owed as if nobody had it."""
    run(connection, "outbox.forget_hub")
    run(connection, "journal.write_note", {"name": HUB_KEY, "value": hub})


def count_at_hub(connection: apsw.Connection) -> int:
    """Return how many events the store hub has and the photoservice has not answered."""
    return number(connection, "outbox.count_at_hub")


def _is_written_now(connection: apsw.Connection, ordinal: int) -> bool:
    """Say whether an epoch is the one being written: only there, more upstream than here cannot be our own past."""
    return bool(run(connection, "journal.newest_epoch")[0][0] == ordinal)


def _is_ours(connection: apsw.Connection, ordinal: int, verdict: EventVerdict) -> bool:
    place = one(connection, "outbox.event_at", {"ordinal": ordinal, "seq": verdict.seq})
    return place is not None and place[0] == verdict.id


def _settle_one(connection: apsw.Connection, ack: Ack, verdict: EventVerdict, *, late: bool) -> None:
    values = {
        "event": verdict.id,
        "verdict": verdict.verdict.value,
        "reason": verdict.reason,
        "cause": verdict.cause,
        "outcome": msgspec.json.encode(verdict.outcome) if verdict.outcome else None,
        "at": ack.server_time,
        "late": late,
    }
    is_taken = bool(run(connection, "outbox.settle_event", values))
    run(connection, "outbox.drop_secret", {"event": verdict.id})
    if is_taken and verdict.outcome is not None:
        take_outcome(connection, verdict.id, verdict.outcome)


def _raise_mark(connection: apsw.Connection, ordinal: int, mark: Mark) -> None:
    values = {"ordinal": ordinal, "level": "photoservice", "seq": mark.seq, "hash": mark.hash}
    run(connection, "outbox.raise_mark", values)


def _hash_at(connection: apsw.Connection, ordinal: int, seq: int) -> str | None:
    place = one(connection, "outbox.event_at", {"ordinal": ordinal, "seq": seq})
    return place[1] if place else None


def _check_place(connection: apsw.Connection, ordinal: int, mark: Mark) -> None:
    if _hash_at(connection, ordinal, mark.seq) != mark.hash:
        raise HistoryForked(f"the receiver holds another history at seq {mark.seq}: this station may have a twin")


def compare_mark(connection: apsw.Connection, theirs: EpochMark) -> list[tuple[int, int]] | None:
    """Return the seq ranges of an epoch that a handshake shows as lost upstream, or None if we were restored.

    None means that the receiver holds events this journal does not have: it was restored from an old copy.

    Raises:
        AnswerRefused: the two histories differ at one seq.
    """
    found = one(connection, "outbox.epoch_of", {"epoch": theirs.epoch})
    if found is None or (theirs.high is not None and theirs.high.seq > found[1]):
        return None
    ordinal, _ = found
    if theirs.high is not None:
        _check_place(connection, ordinal, theirs.high)
    ours = _last_said(connection, ordinal, is_whole=not theirs.need)
    known = theirs.high.seq if theirs.high else 0
    fallen_back = [(known + 1, ours)] if ours > known else []
    return fallen_back + list(theirs.need)


def _last_said(connection: apsw.Connection, ordinal: int, *, is_whole: bool) -> int:
    """Return the last seq of an epoch that the photoservice has signed for, 0 for none.

    It may have taken something above a hole, where no mark reaches, and lost that since. ``is_whole`` says that it
    names no hole now: so it holds nothing above its mark, and all of that is looked for. While there is a hole, what
    stands above it is no news.
    """
    if is_whole and (last := one(connection, "outbox.last_settled", {"ordinal": ordinal})):
        return int(last[0])
    mark = one(connection, "outbox.read_mark", {"ordinal": ordinal, "level": "photoservice"})
    return int(mark[0]) if mark else 0


def count_lost(connection: apsw.Connection, welcome: Welcome) -> int:
    """Return how many events the photoservice acknowledged before and did not hold when it said ``welcome``.

    An older welcome tells nothing: the photoservice has acknowledged more since.
    """
    row = one(connection, "journal.read_note", {"name": SERVER_TIME})
    if row is None or row[0] > welcome.server_time:
        return 0
    return sum(_fallen_back(connection, mark) for mark in welcome.epochs)


def _fallen_back(connection: apsw.Connection, theirs: EpochMark) -> int:
    found = one(connection, "outbox.epoch_of", {"epoch": theirs.epoch})
    ours = _last_said(connection, found[0], is_whole=not theirs.need) if found else 0
    return max(0, ours - (theirs.high.seq if theirs.high else 0))


def count_owed(connection: apsw.Connection) -> Owed:
    """Return how much is owed."""
    parked = number(connection, "outbox.count_troubled")
    first = one(connection, "outbox.first_owed")
    if first is None:
        return Owed(unsent=0, oldest_at=None, parked=parked)
    ordinal, at = first
    unsent = number(connection, "outbox.count_owed")
    return Owed(unsent=unsent, oldest_at=datetime.fromisoformat(at), parked=parked, oldest_ordinal=ordinal)


def list_parked(connection: apsw.Connection, *, ended: bool = False) -> tuple[ParkedEvent, ...]:
    """Return every event that stands aside and waits for a person, oldest first; with ``ended`` also the others."""
    names = ("id", "kind", "epoch", "seq", "at", "verdict", "reason", "cause", "ended")
    rows = run(connection, "outbox.list_troubled", {"ended": ended})
    return tuple(ParkedEvent(**dict(zip(names, row, strict=True))) for row in rows)


def answer_on(connection: apsw.Connection, event_id: str) -> Answered | None:
    """Return what is known of one event upstream, or None for an event that is not ours."""
    row = one(connection, "outbox.answer_on", {"event": event_id})
    if row is None:
        return None
    level, verdict, reason, outcome = row
    return Answered(level=level, verdict=verdict, reason=reason, outcome=_read_outcome(outcome) if outcome else None)


def _read_outcome(blob: bytes) -> dict[str, Any] | None:
    """Return an outcome as it was stored; one that the disk has spoilt says nothing, and no screen fails of it."""
    try:
        body = msgspec.json.decode(blob, type=dict[str, Any])
        msgspec.convert(body, Outcome)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError):
        return None
    return body


def prune(connection: apsw.Connection, *, keep: timedelta = KEEP_ACKED) -> int:
    """Shrink acknowledged events older than ``keep`` to ID and hash, and return how many it were.

    Age is judged by the service's signed time alone: a till's clock that jumps a year ahead must not forget anything.
    """
    row = one(connection, "journal.read_note", {"name": SERVER_TIME})
    if row is None:
        return 0
    before = datetime.fromisoformat(row[0]) - max(keep, KEEP_ACKED)
    text = before.strftime("%Y-%m-%dT%H:%M:%S.") + f"{before.microsecond // 1000:03d}Z"
    return len(run(connection, "outbox.prune_lines", {"before": text, "limit": PRUNE_AT_ONCE}))
