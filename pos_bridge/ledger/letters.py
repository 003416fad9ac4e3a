"""Messages in bridge.db: kept before they are read, and kept when they cannot be."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import apsw
import msgspec

from pos_bridge.ledger.times import instant, micros
from pos_bridge.ledger.views import KeptMessage, LeftOut
from pos_bridge.messages import RawMessage, State
from sync.statements import Row, one, run, run_many

MOST_WHY = 2000
"""Letters of why a message was refused, or of what in it was passed over."""


MOST_OTHERS = 20
"""Bodies kept of one name beside the first."""


def keep(connection: apsw.Connection, messages: Sequence[RawMessage]) -> int:
    """Write messages that are not known by their source and key; return how many."""
    return len(run_many(connection, "pos_bridge/bridge.keep_message", [_row(message) for message in messages]))


def keep_told(connection: apsw.Connection, messages: Sequence[RawMessage]) -> tuple[int, tuple[RawMessage, ...]]:
    """Write the same, and beside them what came under a known name with another body; return how many, and which."""
    rows = [_row(message) for message in messages]
    new = [(row[0], row[1]) for row in run_many(connection, "pos_bridge/bridge.keep_message", rows)]
    if len(new) == len(rows):
        return len(new), ()
    others: list[RawMessage] = []
    first = set(new)
    for message, row in zip(messages, rows, strict=True):
        name = message.source, message.key
        if name in first:
            first.remove(name)
        elif one(connection, "pos_bridge/bridge.has_other_body", row) is not None:
            _keep_other(connection, row)
            others.append(message)
    return len(new), tuple(others)


def _keep_other(connection: apsw.Connection, row: dict[str, Any]) -> None:
    kept = row | {"digest": hashlib.sha256(row["body"]).digest()[:16], "most": MOST_OTHERS}
    if not run(connection, "pos_bridge/bridge.keep_other", kept):
        run(connection, "pos_bridge/bridge.count_other", row)


def left_out(connection: apsw.Connection, source: str, limit: int) -> tuple[LeftOut, ...]:
    """Return what a source told and what counts for nothing, the newest first."""
    rows = run(connection, "pos_bridge/door.left_out", {"source": source, "limit": limit})
    return tuple(
        LeftOut(source=row[0], key=row[1], received_at=instant(row[2]), why=row[3], times=row[4]) for row in rows
    )


def count_left_out(connection: apsw.Connection, source: str, since: datetime) -> int:
    """Return how many of a source's messages since an instant hold such a thing."""
    return run(connection, "pos_bridge/door.count_left_out", {"source": source, "since": micros(since)})[0][0]


def count_told_again(connection: apsw.Connection) -> dict[str, int]:
    """Return how often each source told a message again with another body."""
    return {row[0]: row[1] for row in run(connection, "pos_bridge/door.count_told_again")}


def unread(connection: apsw.Connection, limit: int) -> tuple[KeptMessage, ...]:
    """Return messages that are new, the oldest first."""
    rows = run(connection, "pos_bridge/bridge.unread", {"limit": limit})
    return tuple(KeptMessage(number=row[0], message=_message(row), state="new") for row in rows)


def source_of(connection: apsw.Connection, number: int) -> str:
    """Return whose message it is. Raises KeyError: there is none."""
    row = one(connection, "pos_bridge/bridge.source_of", {"number": number})
    if row is None:
        raise KeyError(f"no message {number} is kept")
    return row[0]


def judged(connection: apsw.Connection, number: int, state: State, why: str) -> None:
    """Write how reading a message went."""
    run(connection, "pos_bridge/bridge.judged", {"number": number, "state": state, "why": why[:MOST_WHY]})


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which kept messages are meant: of a source, since an instant, in a state; None is any."""

    source: str | None = None
    since: datetime | None = None
    state: State | None = None


def messages(connection: apsw.Connection, which: Wanted, *, after: int, limit: int) -> tuple[KeptMessage, ...]:
    """Return messages whose text is still there."""
    wanted = _chosen(which) | {"after": after, "limit": limit}
    rows = run(connection, "pos_bridge/bridge.messages", wanted)
    return tuple(KeptMessage(number=row[0], message=_message(row), state=row[6], why=row[7]) for row in rows)


def read_again(connection: apsw.Connection, which: Wanted) -> int:
    """Make messages new again."""
    return len(run(connection, "pos_bridge/bridge.read_again", _chosen(which)))


def want(connection: apsw.Connection, source: str, names: Sequence[str]) -> None:
    """Write what a message told of and did not hold."""
    run_many(connection, "pos_bridge/bridge.want", [{"source": source, "name": name} for name in names])


def wanted(connection: apsw.Connection, source: str, limit: int) -> tuple[str, ...]:
    """Return what is to be fetched."""
    return tuple(row[0] for row in run(connection, "pos_bridge/bridge.wanted", {"source": source, "limit": limit}))


def got(connection: apsw.Connection, source: str, names: Sequence[str]) -> None:
    """Forget what was to be fetched."""
    run(connection, "pos_bridge/bridge.got", {"source": source, "names": msgspec.json.encode(list(names)).decode()})


def _chosen(which: Wanted) -> dict[str, object]:
    return {"source": which.source, "since": micros(which.since) if which.since else 0, "state": which.state}


def _row(message: RawMessage) -> dict[str, Any]:
    return {
        "source": message.source,
        "key": message.key,
        "received_at": micros(message.received_at),
        "headers": msgspec.json.encode(dict(message.headers)),
        "body": message.body,
    }


def _message(row: Row) -> RawMessage:
    _, source, key, received_at, headers, body, *_ = row
    return RawMessage(
        source=source,
        key=key,
        received_at=instant(received_at),
        headers=msgspec.json.decode(bytes(headers), type=dict[str, str]),
        body=bytes(body),
    )
