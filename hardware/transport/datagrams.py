"""Unix datagrams between the processes of one machine: what is sent is whole or not there, and nobody waits.

A lane's tee tells the bridge what it saw this way. A bridge that is dead or hangs must cost a scan nothing, so
sending never blocks: it says whether the other side took it.
"""

import os
import select
import socket
import stat
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

from hardware.errors import PortDown, PortFault
from hardware.transport.descriptor import fault_of

MOST_BYTES: Final = 131_072
"""Of one datagram; the system's own limit is near 208 KiB."""
ROOM_BYTES: Final = 1 << 20

Sent = Literal["taken", "busy", "absent"]
"""``busy``: the other side is there and its queue is full, as when it hangs. ``absent``: nobody listens."""


class _SendingEnd:
    """A socket that sends and takes answers, and waits for neither."""

    def __init__(self) -> None:
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._line.setblocking(False)  # noqa: FBT003  the socket module's own
        self._line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM_BYTES)

    def receive(self) -> bytes | None:
        """Return an answer that has come, or None; never wait."""
        try:
            return self._line.recv(MOST_BYTES)
        except OSError:
            return None

    def close(self) -> None:
        """Let go of the socket."""
        self._line.close()


class DatagramSender(_SendingEnd):
    """Sends to one address, whoever listens there now; it may come and go.

    With ``answers_at`` it has an address of its own, where answers come in; a socket left there by a run that died is
    taken over.
    """

    def __init__(self, to: Path, *, answers_at: Path | None = None) -> None:
        """Make the socket; nothing is connected.

        Raises:
            PortDown: there can be no socket at ``answers_at``.
        """
        super().__init__()
        self._to = str(to)
        self._answers_at = answers_at
        if answers_at is not None:
            _bind(self._line, answers_at)

    def fileno(self) -> int:
        """Return the descriptor, to wait for answers on."""
        return self._line.fileno()

    def send(self, datagram: bytes) -> Sent:
        """Send, or do not; never wait."""
        return _sent(lambda: self._line.sendto(datagram, self._to))

    def close(self) -> None:
        """Let go of the socket and of its address."""
        super().close()
        if self._answers_at is not None:
            self._answers_at.unlink(missing_ok=True)


class DatagramLine(_SendingEnd):
    """Sends to whoever listens at one address, and tells one listener from the next; only that one may answer.

    Its own name is the system's choice and no file. Processes that share it by a fork share what it is joined to.
    """

    def __init__(self, to: Path) -> None:
        """Make the socket; it is joined to nobody yet."""
        super().__init__()
        self._to = str(to)
        self._line.bind("")

    def join(self) -> bool:
        """Join whoever listens there now; say whether somebody does."""
        try:
            self._line.connect(self._to)
        except OSError:
            return False
        return True

    def send(self, datagram: bytes) -> Sent:
        """Send to whoever was joined; never wait. ``absent``: they are gone for good, or nobody was joined."""
        return _sent(lambda: self._line.send(datagram))


def _sent(send: Callable[[], object]) -> Sent:
    try:
        send()
    except BlockingIOError:
        return "busy"
    except OSError:
        return "absent"
    return "taken"


class DatagramReceiver:
    """Listens at ``path``, for this user alone. One thread receives; any may cancel."""

    def __init__(self, path: Path) -> None:
        """Listen at once; a socket left there by a run that died is taken over.

        Raises:
            PortDown: something that is no socket stands there, the folder is missing, the name is too long.
        """
        self.path = path
        self._line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._line.setblocking(False)  # noqa: FBT003  the socket module's own
        self._line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM_BYTES)
        self._line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM_BYTES)
        _bind(self._line, path)
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._wake, False)
        self._poll = select.poll()
        self._poll.register(self._line, select.POLLIN)
        self._poll.register(self._woken, select.POLLIN)

    def receive(self, timeout: float | None) -> tuple[bytes, str] | None:
        """Return the next datagram and where to answer ("" if nowhere); None after ``timeout`` s or a cancel."""
        ready = dict(self._poll.poll(None if timeout is None else max(0.0, timeout * 1000)))
        if self._woken in ready:
            os.read(self._woken, 512)
        if self._line.fileno() not in ready:
            return None
        try:
            datagram, sender = self._line.recvfrom(MOST_BYTES)
        except OSError:
            return None
        return datagram, os.fsdecode(sender) if sender else ""

    def answer(self, to: str, datagram: bytes) -> bool:
        """Send to whoever asked; say whether it was taken. Never waits."""
        try:
            self._line.sendto(datagram, to)
        except OSError:
            return False
        return True

    def cancel(self) -> None:
        """Let the receive that waits now, else the next one, come back at once. For any thread."""
        with suppress(BlockingIOError):
            os.write(self._wake, b"!")

    def close(self) -> None:
        """Stop listening; from the thread that receives, or once it has ended."""
        self._line.close()
        self.path.unlink(missing_ok=True)
        os.close(self._woken)
        os.close(self._wake)


def _bind(line: socket.socket, path: Path) -> None:
    try:
        if path.exists() and not stat.S_ISSOCK(path.stat().st_mode):
            raise PortDown(str(path), PortFault.NOT_A_DEVICE, "it is no socket")
        path.unlink(missing_ok=True)
        line.bind(str(path))
        path.chmod(0o600)
    except OSError as cause:
        line.close()
        raise PortDown(str(path), fault_of(cause, PortFault.UNREACHABLE), str(cause)) from cause
    except PortDown:
        line.close()
        raise
