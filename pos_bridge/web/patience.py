"""How long, and how much, a connection may take to say what it wants, and how many there may be.

uvicorn waits for ever for the rest of a request. Without bounds one machine of the store's network holds every file
handle of the bridge by opening connections, and then neither journal nor printer can be opened either. The door speaks
h11's HTTP whatever else is installed: it bounds a request's head.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

from pos_bridge.web.guard import is_loopback

MOST_HEAD_BYTES: Final = 65_536
"""Of request line and headers together."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """Seconds for a request's head and for its body, and connections: in all, and of one address elsewhere.

    What lies on this machine may be a tunnel with many behind it: it has all of them.
    """

    head_s: float = 10.0
    body_s: float = 30.0
    most: int = 512
    most_of_one: int = 64


class PatientProtocol(H11Protocol):
    """HTTP/1.1 with bounded patience; a connection beyond it is closed without an answer."""

    patience: ClassVar[Patience] = Patience()

    def __init__(self, *args: Any, **more: Any) -> None:  # noqa: ANN401  uvicorn's own, passed on
        super().__init__(*args, **more)
        self._waits_for: str | None = None
        self._limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a first request; hang up where there are too many already."""
        super().connection_made(transport)
        if self._are_too_many():
            transport.abort()
        else:
            self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._wait_for(None, 0)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, and see what is waited for now."""
        super().data_received(data)
        self._look()

    def _look(self) -> None:
        """Wait for the rest of a head or of a body; else it is ours to answer, or the line may rest."""
        state = self.conn.their_state.__name__
        within_s = {"IDLE": self.patience.head_s, "SEND_BODY": self.patience.body_s}.get(state)
        if within_s is None:
            self._wait_for(None, 0)
        else:
            self._wait_for(state, within_s)

    def _wait_for(self, what: str | None, within_s: float) -> None:
        if what == self._waits_for:
            return
        self._waits_for = what
        if self._limit is not None:
            self._limit.cancel()
        self._limit = self.loop.call_later(within_s, self.transport.close) if what is not None else None

    def _are_too_many(self) -> bool:
        host = _host(self)
        same = 0 if is_loopback(host) else sum(1 for one in self.connections if _host(one) == host)
        return same > self.patience.most_of_one or len(self.connections) > self.patience.most


def _host(connection: object) -> str:
    client: tuple[str, int] | None = getattr(connection, "client", None)  # HTTP's and WebSockets' both have it
    return client[0] if client else ""


def patient(patience: Patience) -> type[PatientProtocol]:
    """Return the protocol with this patience, as uvicorn wants it: a class."""
    return type("PatientProtocol", (PatientProtocol,), {"patience": patience})
