"""Messages in bridge.db: kept before they are read, and kept when they cannot be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import apsw
import msgspec

from pos_bridge.ledger.times import instant, micros
from pos_bridge.ledger.views import KeptMessage
from pos_bridge.messages import RawMessage, State
from sync.statements import Row, one, run, run_many

MOST_WHY = 2000
"""Letters of why a message was refused, or of what in it was passed over."""


def keep(connection: apsw.Connection, messages: Sequence[RawMessage]) -> int:
    """Write messages that are not known by their source and key; return how many."""
    rows = [
        {
            "source": message.source,
            "key": message.key,
            "received_at": micros(message.received_at),
            "headers": msgspec.json.encode(dict(message.headers)),
            "body": message.body,
        }
        for message in messages
    ]
    return len(run_many(connection, "pos_bridge/bridge.keep_message", rows))


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


def _message(row: Row) -> RawMessage:
    _, source, key, received_at, headers, body, *_ = row
    return RawMessage(
        source=source,
        key=key,
        received_at=instant(received_at),
        headers=msgspec.json.decode(bytes(headers), type=dict[str, str]),
        body=bytes(body),
    )
