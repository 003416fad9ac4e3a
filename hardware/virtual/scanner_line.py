"""Where a virtual scanner is plugged in: a pty behind a name that stays, or TCP as behind a serial device server."""

from pathlib import Path
from typing import Final, Protocol

from hardware.errors import HardwareError, PortDown
from hardware.transport import Listener, Port, listen
from hardware.virtual.pty import PtySocket

ACCEPT_WAIT_S: Final = 1.0


class ScannerLine(Protocol):
    """The scanner's end of a cable."""

    @property
    def url(self) -> str:
        """What a host opens."""
        ...

    @property
    def is_plugged(self) -> bool:
        """Say whether the cable is in."""
        ...

    @property
    def port(self) -> Port:
        """Return the line to the host.

        Raises:
            HardwareError: unplugged, or no host has ever been there.
        """
        ...

    def plug(self) -> None:
        """Put the cable in."""
        ...

    def unplug(self) -> None:
        """Pull it out."""
        ...

    def await_host(self) -> Port | None:
        """Return the line to the next host, or None when there was none for a moment; for the listening thread."""
        ...

    def tidy(self) -> None:
        """Let go of what an unplugged cable still holds, once nobody listens any more."""
        ...


class PtyCable(PtySocket):
    """A pty: its host may come and go, the line stays."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)

    @property
    def url(self) -> str:
        """Return the path a host opens."""
        return str(self.path)

    def await_host(self) -> Port | None:
        """Return the line, if the cable is in."""
        return self._port

    def tidy(self) -> None:
        """Nothing is left."""


class TcpCable:
    """TCP: one host at a time, and another line for each."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self._host = host
        self._number = port
        self._listener: Listener | None = None
        self._ended: list[Listener] = []
        self._port: Port | None = None

    @property
    def url(self) -> str:
        """Return the address; known once it was plugged in."""
        return f"tcp://{self._host}:{self._number}"

    @property
    def is_plugged(self) -> bool:
        """Say whether it listens."""
        return self._listener is not None

    @property
    def port(self) -> Port:
        """Return the line to the host that is there now."""
        if self._port is None:
            raise HardwareError(f"Nobody is connected to {self.url}.")
        return self._port

    def plug(self) -> None:
        """Listen, on the same port as before."""
        if self._listener is None:
            self._listener = listen(self._host, self._number)
            self._number = self._listener.port

    def unplug(self) -> None:
        """Listen no more, and hang up."""
        listener, self._listener = self._listener, None
        port, self._port = self._port, None
        if listener is not None:
            listener.cancel()
            self._ended.append(listener)
        if port is not None:
            port.close()

    def await_host(self) -> Port | None:
        """Return the line to the next host."""
        listener = self._listener
        if listener is None:
            return None
        try:
            client = listener.accept(ACCEPT_WAIT_S)
        except PortDown:
            return None
        if client is not None and self._port is not None:
            self._port.close()
        self._port = client or self._port
        return client

    def tidy(self) -> None:
        """Close what was listened on."""
        while self._ended:
            self._ended.pop().close()
