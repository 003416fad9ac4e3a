"""The devices of one kiosk, as its staff page tells of them: there or not, its own word, and how long since.

Every frame and every finished label is noted by the threads that have it; nothing here asks a device anything.
"""

from collections.abc import Callable, Sequence

from kiosk.flow.staff_values import AidsSeen, PanelSeen, PrinterSeen, ScannerSeen
from kiosk.flow.values import Printer
from kiosk.ports import Answering
from photocore.seams import Clock


class StationDevices:
    """What is known of scanner and printer. Safe from any thread: each fact is one assignment."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._scanner: tuple[str, Callable[[], bool]] | None = None
        self._printer: tuple[str, Callable[[], str]] | None = None
        self._panels: Callable[[], Sequence[tuple[str, bool]]] = tuple
        self._aids: Callable[[], bool | None] = lambda: None
        self._scanned_at: float | None = None
        self._proven_at: float | None = None

    def has_scanner(self, name: str, is_there: Callable[[], bool]) -> None:
        """Take note of a scanner, and of what tells whether it is there."""
        self._scanner = (name, is_there)

    def has_printer(self, name: str, word: Callable[[], str]) -> None:
        """Take note of a printer, and of what tells its state in one word."""
        self._printer = (name, word)

    def has_panels(self, seen: Callable[[], Sequence[tuple[str, bool]]]) -> None:
        """Take note of what tells of each touch panel's name and whether it is there."""
        self._panels = seen

    def has_aids(self, are_there: Callable[[], bool | None]) -> None:
        """Take note of what tells whether keypad, headset socket and voice work; None where there are none."""
        self._aids = are_there

    def note_scan(self) -> None:
        """Note that a code came just now."""
        self._scanned_at = self._clock.monotonic()

    def note_proof(self) -> None:
        """Note that a label was proven printed just now."""
        self._proven_at = self._clock.monotonic()

    def scanners(self) -> Sequence[ScannerSeen]:
        """Return each scanner: its name, whether it is there, seconds since its last code."""
        if self._scanner is None:
            return ()
        name, is_there = self._scanner
        return (ScannerSeen(name=name, is_there=is_there(), good_s=self._since(self._scanned_at)),)

    def printers(self) -> Sequence[PrinterSeen]:
        """Return each printer: its name, what it says of itself, seconds since its last proven label."""
        if self._printer is None:
            return ()
        name, word = self._printer
        return (PrinterSeen(name=name, printer=Printer(word()), good_s=self._since(self._proven_at)),)

    def panels(self) -> Sequence[PanelSeen]:
        """Return each touch panel: its name, and whether it is there."""
        return tuple(PanelSeen(name=name, is_there=is_there) for name, is_there in self._panels())

    def aids(self) -> AidsSeen | None:
        """Return how keypad, headset socket and voice are, where the store has any."""
        are_there = self._aids()
        return None if are_there is None else AidsSeen(are_there=are_there)

    def _since(self, moment: float | None) -> float | None:
        return None if moment is None else max(0.0, self._clock.monotonic() - moment)


class NoScanner(Answering):
    """A kiosk without a scanner: its keypad needs no answers."""

    def answer(self, ok: bool) -> bool:
        """Say nothing."""
        del ok
        return False
