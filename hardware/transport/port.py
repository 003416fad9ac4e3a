"""What every byte channel to a device is, whatever it runs over.

One thread reads, any thread may write, cancel or close. All waiting is bounded and can be broken off, because a
shop shuts its kiosk down by its switch, and because pyserial's own blocking calls fail in four different ways when a
plug is pulled (SerialException, OSError EIO, TypeError, nothing at all).
"""

from dataclasses import dataclass
from typing import Literal, Protocol, runtime_checkable


@dataclass(frozen=True, kw_only=True)
class PortSettings:
    """How to talk over a line. Serial fields mean nothing on TCP, and nothing on a pty.

    ``vanished_after_s`` is how long a TCP peer may leave bytes, or our asking, unacknowledged before it counts as gone.
    """

    baud: int = 9600
    data_bits: Literal[7, 8] = 8
    parity: Literal["none", "even", "odd"] = "none"
    stop_bits: Literal[1, 2] = 1
    flow: Literal["none", "xonxoff", "rtscts", "dsrdtr"] = "none"
    connect_timeout_s: float = 3.0
    write_deadline_s: float = 5.0
    vanished_after_s: float = 25.0
    is_exclusive: bool = True
    """What an input device sends comes to us alone, and not to the window too; means nothing elsewhere."""
    marks_wrong_parity: bool = True
    """A byte whose parity is wrong is marked by two more; a tee, which changes nothing, lets it pass as it is."""


class Port(Protocol):
    """An open way to one device."""

    @property
    def url(self) -> str:
        """Return the address it was opened by."""
        ...

    def read(self, timeout: float | None) -> bytes:
        """Return what has come in, at most 64 KiB, waiting up to ``timeout`` seconds for the first byte.

        None waits for ever. Empty when nothing came in time, or :meth:`cancel` was called.

        Raises:
            PortDown: the device went away, or the port is closed.
        """
        ...

    def write(self, data: bytes, *, timeout: float | None = None) -> None:
        """Hand all of ``data`` to the line within ``timeout`` seconds (None: the settings' ``write_deadline_s``).

        It has then left us; that the device has seen it is another matter.

        Raises:
            PortDown: not all of it went; ``written`` tells how many bytes did.
        """
        ...

    def cancel(self) -> None:
        """Let the read that waits now, else the next one, come back empty at once. For any thread."""
        ...

    def close(self) -> None:
        """Give the device free. For any thread, also while another one reads; closing twice is no fault."""
        ...


@runtime_checkable
class HoldsBack(Protocol):
    """A port that knows how much of what was written has not yet left this machine."""

    def unsent(self) -> int:
        """Return how many bytes the system still holds for the device; 0 where it does not say."""
        ...


class PortOpener(Protocol):
    """Opens ports: :func:`hardware.transport.open_port`, or a fake of it."""

    def __call__(self, url: str, *, settings: PortSettings | None = None) -> Port:
        """Open ``url``.

        Raises:
            PortDown: it cannot be opened now.
            PortUrlWrong: it can never be.
        """
        ...
