"""The four seams: clock, randomness, disk and network, as Protocols.

Everything that decides takes these as arguments, so one process can simulate a thousand stores, a power cut or ten
years (DESIGN 4, "Seams, and a world that can be simulated"). Each program's ``wiring.py`` fills them in with the real
ones of :mod:`photocore.host`; a lint rule forbids reaching round them.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time; never sleeps."""

    def now(self) -> datetime:
        """Return the wall time, aware, in UTC. It may be a year off: never order anything by it."""
        ...

    def monotonic(self) -> float:
        """Return seconds since some fixed instant of this process; never goes back."""
        ...


class Entropy(Protocol):
    """Gives random bytes fit for keys and secrets."""

    def token(self, n: int) -> bytes:
        """Return ``n`` random bytes."""
        ...


class Disk(Protocol):
    """Tells what the disk can still hold."""

    def free_bytes(self, path: str) -> int:
        """Return the bytes free for us on the filesystem that holds ``path``."""
        ...


@dataclass(frozen=True, kw_only=True)
class HttpRequest:
    """One request as the channel sends it. Header names are lower case."""

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""


@dataclass(frozen=True, kw_only=True)
class HttpResponse:
    """One answer, already whole. Header names are lower case."""

    status: int
    headers: dict[str, str] = field(default_factory=dict[str, str])
    body: bytes = b""


class Channel(Protocol):
    """The network, one bounded exchange at a time."""

    def exchange(self, request: HttpRequest) -> HttpResponse:
        """Send ``request`` and return the answer, whatever its status.

        Raises:
            ChannelDown: no whole answer came in time; whether the request arrived is unknown.
        """
        ...
