"""What all pollers share: one question with its troubles named, and a cursor that cannot fall between two answers.

A list is asked for from ``since`` on, page by page; only when its last page is kept does ``since`` move, to a while
before the newest thing seen. It is measured on the system's own stamps, so that its clock and ours may differ, and
what was being written while we asked is asked for again: what comes twice has the same key.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import msgspec

from photocore.errors import ChannelDown, EventMalformed
from photocore.jsontext import read_json
from photocore.seams import Channel, HttpRequest, HttpResponse
from pos_bridge.errors import SourceDown
from pos_bridge.settings import SourceSettings

Shape = TypeVar("Shape")

OVERLAP: Final = timedelta(minutes=15)
FIRST: Final = timedelta(days=2)
"""How far back the very first question goes, when ``options.first_days`` does not say."""
PAGE: Final = 100
_LONGEST_WAIT_S: Final = 3600.0


class PollCursor(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a list stands: what it is asked from, the page to ask for next, the newest stamp seen in it."""

    since: datetime
    page: str = ""
    seen: datetime | None = None


class Refused(SourceDown):
    """It answered, with a status of 400 or above that is not about waiting or letting in."""

    def __init__(self, status: int) -> None:
        super().__init__(f"it answered {status}")
        self.status = status


@dataclass(frozen=True, kw_only=True)
class Turned:
    """The cursor after a page, as it is kept."""

    text: str
    is_last: bool


def read_cursor(text: str, source: SourceSettings, now: datetime) -> PollCursor:
    """Return where a list stands: at first, and if the note is broken, some days back (which loses nothing)."""
    try:
        cursor = msgspec.json.decode(text or "null", type=PollCursor)
        if cursor.since.tzinfo is not None and (cursor.seen is None or cursor.seen.tzinfo is not None):
            return cursor
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass
    days: Any = source.options.get("first_days", FIRST.days)
    back = timedelta(days=days) if isinstance(days, int) and 0 <= days <= 366 else FIRST
    return PollCursor(since=now - back)


def turn(cursor: PollCursor, page: str, stamps: Iterable[datetime], now: datetime) -> Turned:
    """Return the cursor after a page: on to ``page``, or with "" to where the next round starts.

    Raises:
        SourceDown: the next page is the one that was just asked for.
    """
    known = [*stamps, *([cursor.seen] if cursor.seen else [])]
    seen = max(known) if known else None
    if page:
        if page == cursor.page:
            raise SourceDown("its list goes round in a circle")
        onward = PollCursor(since=cursor.since, page=page, seen=seen)
        return Turned(text=msgspec.json.encode(onward).decode(), is_last=False)
    reached = cursor.since if seen is None else max(cursor.since, min(seen, now) - OVERLAP)
    return Turned(text=msgspec.json.encode(PollCursor(since=reached)).decode(), is_last=True)


def ask(channel: Channel, request: HttpRequest) -> HttpResponse:
    """Return the answer to a question.

    Raises:
        SourceDown: none came, it was asked to wait, or it was refused; what is said of it names no secret.
    """
    try:
        answer = channel.exchange(request)
    except ChannelDown as cause:
        raise SourceDown(f"no answer: {cause}") from cause
    if 200 <= answer.status < 300:
        return answer
    if answer.status in (429, 503):
        raise SourceDown(f"it asks us to wait ({answer.status})", retry_after_s=_wait(answer))
    if answer.status in (401, 403):
        raise SourceDown(f"it does not let us in ({answer.status}): is the token in till.toml still good?")
    raise Refused(answer.status)


def read_answer(answer: HttpResponse, shape: type[Shape]) -> Shape:
    """Return an answer's JSON as ``shape``. Raises SourceDown: it is something else."""
    try:
        return read_json(answer.body, shape)
    except EventMalformed as cause:
        raise SourceDown(f"an answer that is not as documented: {str(cause)[:200]}") from cause


def read_list(answer: HttpResponse, shape: type[Shape]) -> list[Shape]:
    """Return an answer that is a list, each of it as ``shape``. Raises SourceDown: it is something else."""
    try:
        return [msgspec.json.decode(raw, type=shape) for raw in read_answer(answer, list[msgspec.Raw])]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        raise SourceDown(f"an answer that is not as documented: {str(cause)[:200]}") from cause


def stamp(text: str) -> datetime:
    """Return a system's stamp in UTC; without a zone it is UTC. Raises SourceDown: none."""
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as cause:
        raise SourceDown("an answer with a time that is none") from cause


def _wait(answer: HttpResponse) -> float | None:
    """Return the seconds of Retry-After (Shopify writes decimals), an hour at most."""
    text = answer.headers.get("retry-after", "")
    try:
        seconds = float(text)
    except ValueError:
        return None
    return min(seconds, _LONGEST_WAIT_S) if seconds >= 0 else None
