"""The process that moves bytes between a device and a till: woken by the system, asleep otherwise.

*Near* is the device (a scanner, a printer), *far* the till. Flow 0 goes from the near side to the far, flow 1 back.
It never waits for anybody but the system. Where the till's side is a pty that nobody has open, what the device says
goes nowhere, as on a cable that hangs loose; the listener is told all the same, with that.
"""

import enum
import select
from contextlib import suppress
from typing import Final

from hardware.errors import HardwareError
from hardware.tee.copier import Copier
from hardware.tee.flow import Flow, SinkGone, SourceGone
from hardware.tee.shared import BEAT, Shared
from hardware.transport.pty_link import forget_unread, is_open

HELD_WAIT_MS: Final = 40
"""How long it sleeps at most while bytes wait: it shows that it lives."""
LOOSE_WAIT_MS: Final = 50
"""How long a till that has just opened its side may wait to be heard."""
TELL_WAIT_MS: Final = 20
"""How long the line must be quiet before the listener is told: a byte costs no time for it, and a scan is one copy.

Much less would cost: a timer that is the processor's next one is set and taken back with each byte (6 µs for 2 ms).
"""
MOST_PASSES: Final = 64
"""After so many without a pause the listener is told all the same."""
_SHUT: Final = select.POLLHUP | select.POLLERR | select.POLLNVAL


def _no_stamp() -> None:
    pass


class End(enum.IntEnum):
    """Why a forwarder ended, as its exit status."""

    KEEPER_GONE = 40
    NEAR_GONE = 41
    FAR_GONE = 42


class NearGone(HardwareError):
    """The device was unplugged."""


class FarGone(HardwareError):
    """The till's side, a port of its own, was unplugged."""


class Forwarder:
    """Moves bytes until a side is lost, or its keeper. ``near`` and ``far`` are descriptors, None for a lost side.

    ``keeper`` is the reading end of a pipe whose other end the keeper alone has. ``far_is_pty`` says that the till's
    side is ours to make, and may be shut.
    """

    def __init__(
        self,
        shared: Shared,
        flows: tuple[Flow, Flow],
        *,
        near: int | None,
        far: int | None,
        keeper: int,
        far_is_pty: bool,
        copier: Copier | None = None,
    ) -> None:
        self.words = shared.words
        self.down, self.up = flows
        self.near, self.far = near, far
        self._keeper = keeper
        self._far_is_pty = far_is_pty
        self._copier = copier
        self._poll = select.poll()
        self._awaited: dict[int, int] = {}
        self._is_loose = False
        self._is_orphan = False

    def run(self) -> End:
        """Move bytes; return why it is over."""
        for flow, sink in ((self.down, self.far), (self.up, self.near)):
            flow.resume()
            if sink is not None:
                flow.aim(sink)
        self.begin()
        for descriptor in (self._keeper, *self.watched()):
            self._await(descriptor, select.POLLIN)
        try:
            while not self._is_orphan:
                self._work()
        except NearGone:
            return End.NEAR_GONE
        except FarGone:
            return End.FAR_GONE
        return End.KEEPER_GONE

    def _work(self) -> None:
        """Wait for what there is to do, and do it."""
        self.words[BEAT] += 1
        self._register()
        events = self._pass_on() if self._is_plain() else self._poll.poll(self._patience_ms())
        if self._copier is not None:
            self._copier.note(is_heard=True)
        self._is_orphan = any(fd == self._keeper for fd, _ in events)
        if not self._is_orphan:
            self.turn(dict(events))

    def _is_plain(self) -> bool:
        """Say whether what the device says may be passed on without further questions: the till listens."""
        return self.near is not None and self.far is not None and not self._is_loose and not self.down.held

    def _pass_on(self) -> list[tuple[int, int]]:
        """Pass on what the device says for as long as nothing else happens; return what else did."""
        near, far = self.near, self.far
        if near is None or far is None:
            return []
        words, poll, make_ready, pass_on = self.words, self._poll.poll, self.down.make_ready, self.down.pass_on
        stamp = self._copier.stamp if self._copier is not None else _no_stamp
        usual = [(near, select.POLLIN)]
        patience = self._patience_ms()
        between = TELL_WAIT_MS if patience is None else min(TELL_WAIT_MS, patience)
        try:
            for _ in range(MOST_PASSES):
                is_ready = make_ready()
                events = poll(patience)
                if events != usual or not is_ready:
                    return events
                is_through = pass_on(near, far)
                words[BEAT] += 1
                stamp()
                if not is_through:
                    return []
                patience = between
        except SourceGone as gone:
            raise NearGone from gone
        except SinkGone as gone:
            self._lose_far(gone)
        return []

    # -- one turn -----------------------------------------------------------------------------------

    def turn(self, events: dict[int, int]) -> None:
        """Do what can be done now, the till's bytes first; the listener is told when there is time for it."""
        self._look_at_far(events)
        if self.near is not None and (event := events.get(self.near, 0)) & (select.POLLIN | _SHUT):
            self._hear_near(self.near, is_shut=bool(event & _SHUT))
        self._carry_down()
        if self._copier is not None:
            self._copier.note(is_heard=self.far is not None and not self._is_loose)
        if self.far is not None and not self._is_loose and events.get(self.far, 0) & (select.POLLIN | _SHUT):
            self._hear_far(self.far)
        self.carry_up()
        if self._copier is not None and self._copier.is_owing:
            self._copier.tell()

    def _hear_near(self, near: int, *, is_shut: bool) -> None:
        if is_shut and not self.down.room:
            raise NearGone
        try:
            self.down.take_in(near)
        except SourceGone as gone:
            raise NearGone from gone

    def _carry_down(self) -> None:
        if not self.down.held:
            return
        if self.far is None or self._is_loose:
            self.down.waste()
            return
        try:
            self.down.send_on(self.far)
        except SinkGone as gone:
            self._lose_far(gone)

    def _hear_far(self, far: int) -> None:
        try:
            self.up.take_in(far)
        except SourceGone as gone:
            self._lose_far(gone)

    def carry_up(self) -> None:
        """Move on what the till says."""
        if not self.up.held:
            return
        if self.near is None:
            self.up.waste()
            return
        self.send_up(self.near)

    def send_up(self, near: int) -> None:
        """Move it to the device: a tap puts its blocks in here."""
        try:
            self.up.send_on(near)
        except SinkGone as gone:
            raise NearGone from gone

    def _look_at_far(self, events: dict[int, int]) -> None:
        """See whether the till has its side open; what an absent one was sent is forgotten."""
        if self.far is None or not self._far_is_pty:
            return
        if not self._is_loose and not events.get(self.far, 0) & _SHUT:
            return
        was_loose, self._is_loose = self._is_loose, not is_open(self.far)
        if self._is_loose:
            self._hear_last_words(self.far)
        if self._is_loose and not was_loose:
            forget_unread(self.far)

    def _hear_last_words(self, far: int) -> None:
        """Read what the till wrote before it shut its side."""
        with suppress(SourceGone):  # a pty whose other side is shut says so once it is empty
            while self.up.take_in(far):
                pass

    def _lose_far(self, cause: Exception) -> None:
        if not self._far_is_pty:
            raise FarGone from cause
        self._is_loose = True

    # -- what it waits for --------------------------------------------------------------------------

    def _register(self) -> None:
        near, far = self.near, self.far
        if near is not None:
            self._await(near, select.POLLIN * (self.down.room > 0) | select.POLLOUT * self.wants_near())
        if far is not None:
            wants = select.POLLIN * (self.up.room > 0) | select.POLLOUT * (self.down.held > 0)
            self._await(far, None if self._is_loose else wants)

    def wants_near(self) -> bool:
        """Say whether bytes wait for the device to take them."""
        return self.up.held > 0

    def _await(self, descriptor: int, events: int | None) -> None:
        if self._awaited.get(descriptor) == events:
            return
        if events is None:
            self._poll.unregister(descriptor)
            del self._awaited[descriptor]
        else:
            self._poll.register(descriptor, events)
            self._awaited[descriptor] = events

    def _patience_ms(self) -> int | None:
        waits = [
            HELD_WAIT_MS if self.down.held or self.up.held else None,
            LOOSE_WAIT_MS if self._is_loose else None,
            self._copier.patience_ms() if self._copier is not None else None,
            self.patience_ms(),
        ]
        return min((wait for wait in waits if wait is not None), default=None)

    def begin(self) -> None:
        """Begin where the forwarder before this one ended; for a tap."""

    def watched(self) -> tuple[int, ...]:
        """Return what else it waits for; for a tap."""
        return ()

    def patience_ms(self) -> int | None:
        """Return when something of its own is due; for a tap."""
        return None
