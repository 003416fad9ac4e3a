"""Where a virtual printer is reached: TCP like port 9100, or a pty like a serial cable."""

import threading
from pathlib import Path
from typing import Protocol

from hardware.transport import Listener, Port, listen
from hardware.virtual.pty import PtySocket

WAIT_S = 1.0


class PrinterLine(Protocol):
    """The socket at the back of a printer; used by the printer's own thread alone, but for ``wake``."""

    @property
    def url(self) -> str:
        """What a host opens."""
        ...

    def power_on(self) -> None:
        """Be reachable."""
        ...

    def power_off(self) -> None:
        """Be gone."""
        ...

    def client(self) -> Port | None:
        """Return the host's line, or None when there is none after a moment."""
        ...

    def wake(self) -> None:
        """Let ``client`` come back at once. For any thread."""
        ...


class TcpLine:
    """One client at a time, as on port 9100; the same port again after power comes back."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen at once; port 0 takes a free one.

        Raises:
            PortDown: the address is in use, or not ours.
        """
        self._host = host
        self._switching = threading.Lock()
        self._listener: Listener | None = listen(host, port)
        self._port = self._listener.port
        self._url = self._listener.url

    @property
    def url(self) -> str:
        """``tcp://host:port``."""
        return self._url

    def power_on(self) -> None:
        """Listen (again)."""
        if self._listener is None:
            self._listener = listen(self._host, self._port)

    def power_off(self) -> None:
        """Stop listening: a host is refused, as by a printer without power behind a live switch."""
        with self._switching:
            listener, self._listener = self._listener, None
            if listener is not None:
                listener.close()

    def client(self) -> Port | None:
        """Return the next host that connects."""
        return self._listener.accept(WAIT_S) if self._listener is not None else None

    def wake(self) -> None:
        """End the waiting; the line must be powered off and on before it waits again."""
        with self._switching:
            if self._listener is not None:
                self._listener.cancel()


class PtyLine:
    """A serial cable: it stays plugged in when the power goes, and only says nothing."""

    def __init__(self, path: Path) -> None:
        """Plug in at once; ``path`` becomes a link to the pty."""
        self._socket = PtySocket(path)
        self._socket.plug()

    @property
    def url(self) -> str:
        """The path a host opens."""
        return str(self._socket.path)

    def power_on(self) -> None:
        """Plug in, if someone pulled the cable."""
        self._socket.plug()

    def power_off(self) -> None:
        """Leave the cable where it is: a pty needs no power."""

    def client(self) -> Port | None:
        """Return the device's end of the cable."""
        return self._socket.port if self._socket.is_plugged else None

    def wake(self) -> None:
        """Nothing waits here."""

    def unplug(self) -> None:
        """Pull the cable for good."""
        self._socket.unplug()
