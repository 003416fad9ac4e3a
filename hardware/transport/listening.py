"""The other end of TCP: where a virtual device (or a scanner that dials in) is listened for."""

import os
import select
import socket
from types import TracebackType
from typing import Self

from hardware.errors import PortDown, PortFault
from hardware.transport.descriptor import fault_of
from hardware.transport.port import Port, PortSettings
from hardware.transport.tcp import socket_port


def listen(host: str = "127.0.0.1", port: int = 0, *, settings: PortSettings | None = None) -> "Listener":
    """Listen on ``host:port``; port 0 takes a free one, see :attr:`Listener.url`.

    Raises:
        PortDown: the address is in use, or not ours.
    """
    url = f"tcp://{host}:{port}"
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        # Backlog 0: a second client waits unanswered, as with a real printer's port 9100.
        line = socket.create_server((host, port), family=family, backlog=0)
    except OSError as cause:
        raise PortDown(url, fault_of(cause, PortFault.BUSY), str(cause)) from cause
    return Listener(line, settings or PortSettings())


class Listener:
    """A listening address that gives a :class:`Port` for each client."""

    def __init__(self, line: socket.socket, settings: PortSettings) -> None:
        line.settimeout(0)
        self._line = line
        self._settings = settings
        self._woken, self._wake = os.pipe()
        self._is_closed = False

    @property
    def port(self) -> int:
        """Return the TCP port, also when it was chosen by the system."""
        return int(self._line.getsockname()[1])

    @property
    def url(self) -> str:
        """Return the address a client opens."""
        host = str(self._line.getsockname()[0])
        return f"tcp://[{host}]:{self.port}" if ":" in host else f"tcp://{host}:{self.port}"

    def accept(self, timeout: float | None) -> Port | None:
        """Return the next client, or None when none came within ``timeout`` seconds.

        Raises:
            PortDown: it is closed.
        """
        ready, _, _ = select.select([self._line, self._woken], [], [], timeout)
        if self._is_closed:
            raise PortDown("tcp://", PortFault.CLOSED)
        if self._line not in ready:
            return None
        try:
            client, peer = self._line.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return None
        return socket_port(f"tcp://{peer[0]}:{peer[1]}", client, self._settings)

    def cancel(self) -> None:
        """Wake the thread that waits in :meth:`accept` for good: it raises ``PortDown(CLOSED)``."""
        self._is_closed = True
        os.write(self._wake, b"!")

    def close(self) -> None:
        """Stop listening. Call it from the accepting thread, or after that has ended (see :meth:`cancel`)."""
        self._is_closed = True
        self._line.close()
        os.close(self._woken)
        os.close(self._wake)

    def __enter__(self) -> Self:
        """Listen for the length of a block."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
