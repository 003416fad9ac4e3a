"""What the threads of the rooms below call; each word becomes a letter in the inbox."""

import threading
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

import structlog

from hardware.scanner import Condition, Frame, LinkState
from kiosk.devices import StationDevices
from kiosk.flow import events as told
from kiosk.flow.values import Printer
from kiosk.inbox import Inbox
from kiosk.machine import Machine
from photocore.seams import Clock

if TYPE_CHECKING:
    from kiosk.app import Letter

MOST_UNREAD: Final = 100
"""Codes of one scanner that may wait for the screen. A hand scans three a second, a device gone mad a hundred thousand;
what it sends beyond this is neither taken nor answered."""
FLOOD_TOLD_S: Final = 60.0
"""How often that is logged at most."""


class Ears:
    """For any thread, and quick."""

    def __init__(self, inbox: "Inbox[Letter]", clock: Clock) -> None:
        self._inbox = inbox
        self._clock = clock
        self.devices = StationDevices(clock)
        self._lock = threading.Lock()
        self._is_moved = False
        self._scanners: dict[str, Condition] = {}
        self._is_there_unread: bool | None = None
        self._codes_unread = Counter[str]()
        self._flooded_at: dict[str, float] = {}
        self.on_moved: Callable[[], None] = lambda: None

    def tell(self, event: told.Happened) -> None:
        """Pass the worker's answer on."""
        self._inbox.put(lambda machine: machine.happen(event))

    def moved(self) -> None:
        """Pass on that the journal changed: one letter is enough, however often it is said before it is read."""
        self.on_moved()
        with self._lock:
            if self._is_moved:
                return
            self._is_moved = True
        self._inbox.put(self._read_again)

    def expect(self, scanner: str) -> Callable[[Frame], None]:
        """Take note of a scanner, before any is read; return what passes its codes on."""
        self._scanners[scanner] = Condition.OPENING
        return partial(self._frame, scanner)

    def scanner(self, state: LinkState) -> None:
        """Pass on whether any scanner is there: one is enough. While one is being opened nothing is said."""
        if state.condition not in (Condition.UP, Condition.DOWN):
            return
        with self._lock:
            self._scanners[state.name] = state.condition
            seen = set(self._scanners.values())
            is_there = Condition.UP in seen
            if (not is_there and Condition.OPENING in seen) or self._is_there_unread is is_there:
                return
            self._is_there_unread = is_there
            event = told.ScannerSaid(at=self._clock.monotonic(), is_there=is_there)
            self._inbox.put(partial(self._read_state, event))  # in here, so that the newest word is the last

    def printer(self, word: str) -> None:
        """Pass on what the printer says of itself."""
        event = told.PrinterSaid(at=self._clock.monotonic(), printer=Printer(word))
        self._inbox.put(lambda machine: machine.happen(event))

    def _frame(self, scanner: str, frame: Frame) -> None:
        with self._lock:
            is_taken = self._codes_unread[scanner] < MOST_UNREAD
            self._codes_unread[scanner] += is_taken
            now = self._clock.monotonic()
            is_news = not is_taken and now - self._flooded_at.get(scanner, -FLOOD_TOLD_S) >= FLOOD_TOLD_S
            if is_news:
                self._flooded_at[scanner] = now
        if is_taken:
            self._inbox.put(partial(self._read_code, scanner, frame))
        elif is_news:
            structlog.get_logger().warning("scanner.codes_dropped", scanner=scanner, unread=MOST_UNREAD)

    def _read_code(self, scanner: str, frame: Frame, machine: Machine) -> None:
        with self._lock:
            self._codes_unread[scanner] -= 1
        machine.scan(frame.data, is_repeated=frame.repeated, scanner=scanner)

    def _read_state(self, event: told.ScannerSaid, machine: Machine) -> None:
        with self._lock:
            self._is_there_unread = None
        machine.happen(event)

    def _read_again(self, machine: Machine) -> None:
        with self._lock:
            self._is_moved = False
        machine.happen(told.JournalMoved(at=self._clock.monotonic()))
