"""Clocks that may be wrong: a machine's wall clock stands off by its own error; monotonic time begins with its boot."""

from datetime import datetime, timedelta

from twincheck.simulate.loop import Loop, wall


class MachineClock:
    """The clock of one machine: ``off_ms`` is how far its wall clock is ahead, negative when it is behind."""

    def __init__(self, loop: Loop, off_ms: int = 0) -> None:
        self.off_ms = off_ms
        self._loop = loop
        self._booted_ms = loop.now_ms

    def now(self) -> datetime:
        """Return the wall time this machine believes in."""
        return wall(self._loop.now_ms) + timedelta(milliseconds=self.off_ms)

    def monotonic(self) -> float:
        """Return seconds since the machine was switched on."""
        return (self._loop.now_ms - self._booted_ms) / 1000

    def reboot(self) -> None:
        """Begin to count afresh, as a machine does that was switched on."""
        self._booted_ms = self._loop.now_ms
