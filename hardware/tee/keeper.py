"""The process that holds the ports and sees to it that somebody moves the bytes.

It opens both sides, forks the forwarder, and forks it anew when it was killed, or does not move while bytes wait. When
the keeper itself is killed, the forwarder takes its place and forks another: no single death interrupts a till. A
forwarder that fails before it moved a byte is followed at once a few times, then after pauses that grow to a second.
A side that is unplugged is looked for until it is back, and the other side's port stays where it is.
"""

import contextlib
import gc
import os
import select
import signal
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Final, Protocol, runtime_checkable

from hardware.backoff import BackOff
from hardware.errors import PortDown
from hardware.tee.flow import Flow
from hardware.tee.forwarder import End, Forwarder
from hardware.tee.shared import BEAT, COPIES_LOST, Shared
from photocore.seams import Clock

TICK_S: Final = 0.03
STILL_TICKS: Final = 3
"""A forwarder that has not moved for so many looks, while bytes wait, is replaced."""
AT_ONCE: Final = 3
"""So many forwarders that fail before they moved a byte are followed at once, as bytes wait; then ever later."""
STEADY_S: Final = 1.0
"""One that lives so long has not failed, though nothing came that it could have moved."""
MOST_STILL_TICKS: Final = 24
"""Of one that has never moved since its fork: on a machine that is busy, another would begin no sooner."""
LOSSES_TOLD_S: Final = 10.0
"""How often at most it is said that a listener misses copies."""
STOPPING: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@runtime_checkable
class Side(Protocol):
    """A port that is held open."""

    def fileno(self) -> int:
        """Return its descriptor, non-blocking."""
        ...

    def close(self) -> None:
        """Give it free."""
        ...


@dataclass
class Held:
    """One side: how it is opened, and the open port, if it is there. ``name`` is for the log."""

    name: str
    open: Callable[[], Side]
    side: Side | None = None
    retry_at: float = 0.0
    is_told: bool = False

    @property
    def fd(self) -> int | None:
        """Return the descriptor, None while it is away."""
        return None if self.side is None else self.side.fileno()


class Keeper:
    """Keeps one forwarder going between two ``sides``, the near and the far.

    ``make`` makes the forwarder, in its own process: ``make(near, far, keeper)`` with their descriptors. ``log`` takes
    lines for the service's journal.
    """

    def __init__(
        self,
        shared: Shared,
        flows: tuple[Flow, Flow],
        sides: tuple[Held, Held],
        *,
        make: Callable[[int | None, int | None, int], Forwarder],
        clock: Clock,
        log: Callable[[str], object],
    ) -> None:
        self._shared = shared
        self._flows = flows
        self._near, self._far = sides
        self._make = make
        self._clock = clock
        self._log = log
        self._backoffs = {held.name: BackOff() for held in sides}
        self._child = 0
        self._child_fd = -1
        self._alive = (-1, -1)
        self._is_stopping = False
        self._still = 0
        self._patience = STILL_TICKS
        self._beat = 0
        self._failures = 0
        self._failing = BackOff(first_s=0.01)
        self._fork_at, self._forked_at, self._moved = 0.0, 0.0, 0
        self._lost, self._lost_told_at = 0, -LOSSES_TOLD_S

    def run(self) -> None:
        """Keep bytes moving until told to stop by SIGTERM, SIGINT or SIGHUP."""
        with _signals(self._stop) as woken:
            while not self._is_stopping:
                self._open_sides()
                while not self._child and self._clock.monotonic() >= self._fork_at:
                    self._fork()
                self._wait(woken)
                if self._child:
                    self._look()
                self._tell_losses()
            self._end_child()
        for held in (self._near, self._far):
            if held.side is not None:
                held.side.close()
                held.side = None

    def _stop(self) -> None:
        self._is_stopping = True

    # -- the forwarder ------------------------------------------------------------------------------

    def _fork(self) -> None:
        """Fork a forwarder; when this returns in its process, it has become the keeper."""
        self._renew_pipe()
        ends, begins = os.pipe()
        child = os.fork()
        if child:
            os.close(begins)
            self._child, self._child_fd = child, ends
            self._still = 0
            self._forked_at, self._moved = self._clock.monotonic(), self._moved_bytes()
            if not self._is_down():
                self._log(f"forwarder pid={child} keeper={os.getpid()}")
            return
        os.close(ends)
        self._forward()
        os.close(begins)
        self._log(f"keeper.gone pid={os.getpid()} keeps now")
        self._child, self._failures, self._fork_at = 0, 0, 0.0
        self._failing.succeed()

    def _forward(self) -> None:
        """Forward, in a process of its own; return only if the keeper died, to be the next."""
        status = 1
        handlers = {number: signal.signal(number, signal.SIG_IGN) for number in STOPPING}
        try:
            os.close(self._alive[1])
            self._alive = (self._alive[0], -1)
            gc.freeze()  # a collection has nothing to look through while a byte waits
            end = self._make(self._near.fd, self._far.fd, self._alive[0]).run()
            if end is End.KEEPER_GONE:
                for number, handler in handlers.items():
                    signal.signal(number, handler)
                return
            status = end
        except BaseException as fault:  # noqa: BLE001  a forked process must end here, whatever happens
            if not self._is_down():
                self._log(f"forwarder.fault {fault!r}")
        os._exit(status)

    def _renew_pipe(self) -> None:
        for end in self._alive:
            if end >= 0:
                os.close(end)
        self._alive = os.pipe()

    def _end_child(self, why: str = "") -> None:
        """Kill the forwarder: whatever it was doing, the next one goes on from there."""
        if not self._child:
            return
        if why:
            self._log(f"forwarder.replaced pid={self._child} {why}")
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._child, signal.SIGKILL)
        self._reap()

    def _reap(self) -> int:
        _, status = os.waitpid(self._child, 0)
        os.close(self._child_fd)
        self._child, self._child_fd = 0, -1
        return status

    # -- the watch ----------------------------------------------------------------------------------

    def _wait(self, woken: int) -> None:
        """Sleep for a look's time, or until a signal, or the forwarder's end, or the next one's beginning."""
        poll = select.poll()
        poll.register(woken, select.POLLIN)
        wait_s = TICK_S
        if self._child:
            poll.register(self._child_fd, select.POLLIN)
        else:
            wait_s = min(wait_s, max(0.001, self._fork_at - self._clock.monotonic()))
        if any(fd == woken for fd, _ in poll.poll(wait_s * 1000)):
            with contextlib.suppress(BlockingIOError):
                os.read(woken, 512)

    def _look(self) -> None:
        if self._has_ended():
            self._note_end(self._reap())
        elif self._is_still():
            self._patience = min(self._patience * 2, MOST_STILL_TICKS)
            self._end_child("it did not move")
        elif self._failures and self._has_worked():
            self._note_work()

    def _has_ended(self) -> bool:
        poll = select.poll()
        poll.register(self._child_fd, select.POLLIN)
        return bool(poll.poll(0))

    def _note_end(self, status: int) -> None:
        code = os.waitstatus_to_exitcode(status)
        if code == End.NEAR_GONE:
            self._lose(self._near)
        elif code == End.FAR_GONE:
            self._lose(self._far)
        else:
            self._note_failure(code)

    def _note_failure(self, code: int) -> None:
        """Let the next forwarder begin at once; but after several that moved nothing, later each time."""
        if self._has_worked():
            self._note_work()
        if not self._is_down():
            self._log(f"forwarder.ended status={code}")
        if code == -signal.SIGKILL:
            return  # somebody else's deed, and no fault of the next one's
        self._failures += 1
        if self._failures <= AT_ONCE:
            return
        if self._failures == AT_ONCE + 1:
            self._log(f"forwarder.down failures={self._failures} status={code}: tried on, and told when one works")
        self._fork_at = self._clock.monotonic() + self._failing.fail()

    def _note_work(self) -> None:
        if self._is_down():
            self._log(f"forwarder.up failures={self._failures}")
        self._failures, self._fork_at = 0, 0.0
        self._failing.succeed()

    def _is_down(self) -> bool:
        """Say whether forwarders fail one after the other; it was told once."""
        return self._failures > AT_ONCE

    def _has_worked(self) -> bool:
        """Say whether the forwarder has moved something, or has lived long enough to be ready for it."""
        return self._moved_bytes() != self._moved or self._clock.monotonic() - self._forked_at >= STEADY_S

    def _moved_bytes(self) -> int:
        return sum(flow.read_bytes + flow.taken_bytes for flow in self._flows)

    def _is_still(self) -> bool:
        beat = self._shared.words[BEAT]
        moved, self._beat = beat != self._beat, beat
        self._patience = STILL_TICKS if moved else self._patience
        self._still = 0 if moved or not self._waits() else self._still + 1
        return self._still >= self._patience

    def _waits(self) -> bool:
        """Say whether bytes wait to be moved."""
        if any(flow.waiting() for flow in self._flows):
            return True
        sides = [held.fd for held in (self._near, self._far) if held.fd is not None]
        poll = select.poll()
        for fd in sides:
            poll.register(fd, select.POLLIN)
        return any(event & select.POLLIN for _, event in poll.poll(0))

    def _tell_losses(self) -> None:
        lost, now = self._shared.words[COPIES_LOST], self._clock.monotonic()
        if lost > self._lost and now - self._lost_told_at >= LOSSES_TOLD_S:
            self._log(f"copies.lost bytes={lost - self._lost} in_all={lost}")
            self._lost, self._lost_told_at = lost, now

    # -- the sides ----------------------------------------------------------------------------------

    def _open_sides(self) -> None:
        for held in (self._near, self._far):
            if held.side is None and self._clock.monotonic() >= held.retry_at:
                self._open(held)

    def _open(self, held: Held) -> None:
        backoff = self._backoffs[held.name]
        try:
            held.side = held.open()
        except PortDown as down:
            if not held.is_told:
                self._log(f"{held.name}.down why={down.fault.value!r} detail={down.detail!r}")
                held.is_told = True
            held.retry_at = self._clock.monotonic() + backoff.fail(lasting=down.fault.is_lasting)
            return
        held.is_told = False
        backoff.succeed()
        self._end_child()  # what comes in from now on is for one that has this side
        self._fork_at = 0.0
        self._log(f"{held.name}.up")

    def _lose(self, held: Held) -> None:
        self._log(f"{held.name}.down why='it was unplugged, or the other side hung up'")
        held.is_told = True
        if held.side is not None:
            held.side.close()
            held.side = None
        held.retry_at = self._clock.monotonic() + self._backoffs[held.name].fail()


@contextlib.contextmanager
def _signals(stop: Callable[[], None]) -> Generator[int]:
    """Let ``stop`` be called at the signals that end a service; give a descriptor that they make readable."""
    woken, wake = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake, False)

    def note(_number: int, _frame: object) -> None:
        stop()

    before = {number: signal.signal(number, note) for number in STOPPING}
    was = signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    try:
        yield woken
    finally:
        signal.set_wakeup_fd(was)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(woken)
        os.close(wake)
