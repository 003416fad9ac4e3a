"""How long, and how much, a connection may take to say what it wants: a stranger who says nothing costs nothing.

uvicorn waits for ever for the rest of a request, and keeps whatever header comes. Without bounds one machine holds
every file handle by opening connections, or all memory with one endless header (research, reliability A29).
"""

import asyncio
from datetime import timedelta
from typing import Any, ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES: Final = 65_536
"""Of request line and headers together; what comes in one piece with the end of them is not counted."""

UPLOADS: Final = b"/uploads"
LEAST_RATE: Final = 1024
"""Bytes a second of an upload, or of an answer, below which it is no slow line any more."""


class PatientProtocol(HttpToolsProtocol):
    """HTTP/1.1 with bounded patience; a connection beyond it is closed without an answer.

    ``headers_within`` counts from connecting, or from a request's first byte; ``body_within`` from its headers on. An
    upload may take as long as it needs: of its body enough must come within each ``body_within``, for as long as nobody
    has answered it; an answer that comes before its end (a wrong key) leaves it the time of any other. Of an answer
    enough must be taken within each ``body_within``, too.
    """

    headers_within: ClassVar = timedelta(seconds=5)
    body_within: ClassVar = timedelta(seconds=60)

    def __init__(self, *args: Any, **more: Any) -> None:  # noqa: ANN401  # uvicorn's own, passed on
        super().__init__(*args, **more)
        self._limit: asyncio.TimerHandle | None = None
        self._head_bytes = 0
        self._in_head = True
        self._body_bytes = 0
        self._unread: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a first request."""
        super().connection_made(transport)
        self._close_after(self.headers_within)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._wait_no_more()
        self._is_read()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on, unless the headers have become too many."""
        if self._in_head and self._head_bytes > MAX_HEAD_BYTES:
            self.transport.close()
            return
        self._head_bytes += len(data)
        super().data_received(data)

    def on_message_begin(self) -> None:
        """Wait for the headers of a request."""
        self._in_head, self._head_bytes = True, 0
        self._close_after(self.headers_within)
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Wait for its body."""
        self._in_head = False
        self._body_bytes = 0
        if self.url.startswith(UPLOADS):
            self._close_unless_more_comes()
        else:
            self._close_after(self.body_within)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Count what comes."""
        self._body_bytes += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Wait for nothing: now it is ours to answer."""
        self._wait_no_more()
        super().on_message_complete()

    def pause_writing(self) -> None:
        """Wait for who asked to take what is answered: pictures that nobody takes would fill the memory."""
        super().pause_writing()
        self._look_how_much_is_taken(None)

    def resume_writing(self) -> None:
        """Go on."""
        self._is_read()
        super().resume_writing()

    def _look_how_much_is_taken(self, before: int | None) -> None:
        left = self.transport.get_write_buffer_size()
        if before is not None and before - left < LEAST_RATE * self.body_within.total_seconds():
            self.transport.abort()  # closing would wait for what is left to be taken
        else:
            self._unread = self.loop.call_later(self.body_within.total_seconds(), self._look_how_much_is_taken, left)

    def _is_read(self) -> None:
        if self._unread is not None:
            self._unread.cancel()
            self._unread = None

    def _close_unless_more_comes(self) -> None:
        self._wait_no_more()
        self._limit = self.loop.call_later(self.body_within.total_seconds(), self._look_how_much_came)

    def _look_how_much_came(self) -> None:
        enough = self._body_bytes >= LEAST_RATE * self.body_within.total_seconds()
        is_ours = self.flow.read_paused  # we are slow, as while a disk flushes: what waits at the door is not read
        if (enough or is_ours) and not self.cycle.response_complete:
            self._body_bytes = 0
            self._close_unless_more_comes()
        else:
            self.transport.close()

    def _close_after(self, time: timedelta) -> None:
        self._wait_no_more()
        self._limit = self.loop.call_later(time.total_seconds(), self.transport.close)

    def _wait_no_more(self) -> None:
        if self._limit is not None:
            self._limit.cancel()
            self._limit = None


def patient(*, headers_within: timedelta, body_within: timedelta) -> type[PatientProtocol]:
    """Return the protocol with this patience, as uvicorn wants it: a class."""
    bounds = {"headers_within": headers_within, "body_within": body_within}
    return type("PatientProtocol", (PatientProtocol,), bounds)
