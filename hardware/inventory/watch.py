"""Notices that a device came or went: told by the kernel where it may be heard, else by looking now and then.

The kernel speaks before udev has made its links, so a message means: look soon, and once more when they must be there.
A burst of messages is one look. Without messages it is looked every two seconds, with them every half minute all the
same, since one may be lost.
"""

import threading
from collections.abc import Callable
from typing import Any, Final, Generic, Self, TypeVar

import structlog

from hardware.backoff import BackOff
from hardware.errors import PortDown
from hardware.inventory.uevents import read_uevent
from hardware.transport import Port
from hardware.transport.uevents import open_uevents
from photocore.seams import Clock

SOON_S: Final = 0.15
LINKED_S: Final = 1.0
POLL_S: Final = 2.0
CHECK_S: Final = 30.0

Seen = TypeVar("Seen")


class Attention:
    """When to look next. No clock, no thread: time is an argument (monotonic seconds)."""

    def __init__(self, *, poll_s: float = POLL_S, check_s: float = CHECK_S) -> None:
        self._poll_s = poll_s
        self._check_s = check_s
        self._due_at: list[float] = []
        self.is_told = False
        """The kernel is heard: polling may be rare."""

    def nudge(self, now: float) -> None:
        """Take note that something happened: look soon, and again when udev has made its links."""
        soon = min(*self._due_at, now + SOON_S) if self._due_at else now
        self._due_at = [soon, now + LINKED_S]

    def looked(self, now: float) -> None:
        """Take note that it was looked just now."""
        self._due_at = [at for at in self._due_at if at > now] or [
            now + (self._check_s if self.is_told else self._poll_s)
        ]

    def wait_s(self, now: float) -> float:
        """Return how long to wait before the next look."""
        return max(0.0, min(self._due_at, default=now) - now)


class Watch(Generic[Seen]):
    """Calls ``on_change(seen)`` on a thread of its own whenever ``look()`` returns something else than before.

    The first look is told as well. Both must be quick, and may be called from this thread alone.
    """

    def __init__(
        self,
        look: Callable[[], Seen],
        on_change: Callable[[Seen], object],
        clock: Clock,
        *,
        listen: Callable[[], Port] = open_uevents,
        attention: Attention | None = None,
        recover_s: float = POLL_S,
        log: Any = None,  # noqa: ANN401  structlog's loggers share no useful type
    ) -> None:
        self._look = look
        self._on_change = on_change
        self._clock = clock
        self._listen = listen
        self._attention = attention or Attention()
        self._recover_s = recover_s
        self._log = log or structlog.get_logger()
        self._backoff = BackOff(first_s=recover_s, longest_s=60.0, lasting_s=600.0)
        self._listen_again_at = 0.0
        self._is_deaf_logged = False
        self._stopping = threading.Event()
        self._port: Port | None = None
        self._seen: Seen | None = None
        self._thread = threading.Thread(target=self._run, name="device watch", daemon=True)

    def start(self) -> None:
        """Begin to watch. Once only."""
        self._thread.start()

    def stop(self, timeout: float = 2.0) -> bool:
        """End the thread; say whether that was done within ``timeout`` seconds."""
        self._stopping.set()
        port = self._port
        if port is not None:
            port.cancel()
        if self._thread.is_alive():
            self._thread.join(timeout)
        return not self._thread.is_alive()

    def __enter__(self) -> Self:
        """Watch for the length of a block."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._turn()
            except Exception:  # noqa: BLE001  the device supervisor: a fault of ours must not end the watch
                self._log.exception("device_watch.fault_of_ours")
                self._stopping.wait(self._recover_s)
        if self._port is not None:
            self._port.close()

    def _turn(self) -> None:
        """Look if it is time, and wait for the next reason to."""
        now = self._clock.monotonic()
        if self._port is None and now >= self._listen_again_at:
            self._open(now)
        if self._stopping.is_set():
            return
        if self._attention.wait_s(now) <= 0:
            self._look_now()
        wait_s = self._attention.wait_s(self._clock.monotonic())
        if self._port is None:
            self._stopping.wait(wait_s)
            return
        try:
            message = self._port.read(wait_s)
        except PortDown as down:
            self._lose(down)
            return
        told = read_uevent(message)
        if told and told.concerns_us:
            self._attention.nudge(self._clock.monotonic())

    def _look_now(self) -> None:
        seen = self._look()
        self._attention.looked(self._clock.monotonic())
        if seen != self._seen:
            self._seen = seen
            self._on_change(seen)

    def _open(self, now: float) -> None:
        try:
            self._port = self._listen()
        except PortDown as down:
            self._listen_again_at = now + self._backoff.fail(lasting=True)
            if not self._is_deaf_logged:
                self._is_deaf_logged = True
                self._log.info("device_watch.polling", why=down.detail or down.fault.value)
            return
        self._attention.is_told = True
        self._attention.nudge(now)

    def _lose(self, down: PortDown) -> None:
        """Close what fell silent (its room was full, most likely): look now, and listen anew a little later."""
        if self._port is not None:
            self._port.close()
        self._port = None
        self._attention.is_told = False
        now = self._clock.monotonic()
        self._attention.nudge(now)
        self._listen_again_at = now + self._backoff.fail()
        self._log.info("device_watch.lost", why=down.detail or down.fault.value)
