"""What the threads of the rooms below call; each word becomes a letter in the inbox."""

import threading
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from hardware.scanner import Condition, Frame, LinkState
from kiosk.devices import StationDevices
from kiosk.flow import events as told
from kiosk.flow.values import Printer
from kiosk.inbox import Inbox
from kiosk.machine import Machine
from photocore.seams import Clock

if TYPE_CHECKING:
    from kiosk.app import Letter


class Ears:
    """For any thread, and quick."""

    def __init__(self, inbox: "Inbox[Letter]", clock: Clock) -> None:
        self._inbox = inbox
        self._clock = clock
        self.devices = StationDevices(clock)
        self._lock = threading.Lock()
        self._is_moved = False
        self._scanners: dict[str, Condition] = {}
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
        """Take note of a scanner that will be read; return what passes its codes on."""
        self._scanners[scanner] = Condition.OPENING
        return partial(self._frame, scanner)

    def scanner(self, state: LinkState) -> None:
        """Pass on whether any scanner is there: one is enough. While one is being opened nothing is said."""
        if state.condition not in (Condition.UP, Condition.DOWN):
            return
        with self._lock:
            self._scanners[state.name] = state.condition
            seen = set(self._scanners.values())
        if Condition.UP in seen or Condition.OPENING not in seen:
            event = told.ScannerSaid(at=self._clock.monotonic(), is_there=Condition.UP in seen)
            self._inbox.put(lambda machine: machine.happen(event))

    def printer(self, word: str) -> None:
        """Pass on what the printer says of itself."""
        event = told.PrinterSaid(at=self._clock.monotonic(), printer=Printer(word))
        self._inbox.put(lambda machine: machine.happen(event))

    def _frame(self, scanner: str, frame: Frame) -> None:
        self._inbox.put(lambda machine: machine.scan(frame.data, is_repeated=frame.repeated, scanner=scanner))

    def _read_again(self, machine: Machine) -> None:
        with self._lock:
            self._is_moved = False
        machine.happen(told.JournalMoved(at=self._clock.monotonic()))
