"""How long, and how much, a connection may take to say what it wants, and how many there may be.

uvicorn waits for ever for the rest of a request, and keeps whatever header comes. Without bounds one machine of the
store's network holds every file handle of the bridge by opening connections, and then neither journal nor printer can
be opened either; or all memory with one endless header.
"""

import asyncio
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from pos_bridge.web.guard import is_loopback

MOST_HEAD_BYTES: Final = 65_536
"""Of request line and headers together; what comes in one piece with the end of them is not counted."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """Seconds for a request's head and for its body, and connections: in all, and of one address elsewhere.

    What lies on this machine may be a tunnel with many behind it: it has all of them. A WebSocket is asked for a sign
    of life every ``ping_s``, and is gone where it gave none within ``pong_s``.
    """

    head_s: float = 10.0
    body_s: float = 30.0
    most: int = 512
    most_of_one: int = 64
    ping_s: float = 5.0
    pong_s: float = 5.0


class PatientProtocol(HttpToolsProtocol):
    """HTTP/1.1 with bounded patience; a connection beyond it is closed without an answer."""

    patience: ClassVar[Patience] = Patience()

    def __init__(self, *args: Any, **more: Any) -> None:  # noqa: ANN401  # uvicorn's own, passed on
        super().__init__(*args, **more)
        self._limit: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._in_head = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a first request; hang up where there are too many already."""
        super().connection_made(transport)
        if self._are_too_many():
            transport.abort()
        else:
            self._close_after(self.patience.head_s)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._wait_no_more()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless the headers have become too many."""
        if self._in_head:
            if self._head_bytes > MOST_HEAD_BYTES:
                self.transport.close()
                return
            self._head_bytes += len(data)
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Wait for the headers of a request."""
        self._in_head, self._head_bytes = True, 0
        self._close_after(self.patience.head_s)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Wait for its body."""
        self._in_head = False
        self._close_after(self.patience.body_s)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Wait for nothing: now it is ours to answer."""
        self._wait_no_more()
        super().on_message_complete()

    def _close_after(self, within_s: float) -> None:
        self._wait_no_more()
        self._limit = self.loop.call_later(within_s, self.transport.close)

    def _wait_no_more(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None

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
