"""The devices of one kiosk, as its staff page tells of them: there or not, its own word, and how long since.

Every good code and every finished label is noted by the threads that have it; nothing here asks a device anything. What
the device book makes of a device that is missing (another one is plugged in: is this the new one?) is looked at when
the page is read, and answered by staff.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from hardware.errors import DeviceBookWrong, PortFault
from hardware.inventory import Inventory, Question, Standing, question_of
from hardware.scanner import LinkState
from kiosk.flow.staff_values import AidsSeen, NewDevice, PanelSeen, Place, PrinterSeen, ScannerSeen
from kiosk.flow.values import Printer
from photocore.seams import Clock

LONGEST_TITLE = 60
"""A device may say anything of itself; so much of it is shown."""


class StationDevices:
    """What is known of scanners and printer. Safe from any thread: each fact is one assignment."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._scanners: Mapping[str, Callable[[], LinkState]] = {}
        self._printer: tuple[str, str, Callable[[], str]] | None = None
        self._panels: Callable[[], Sequence[tuple[str, bool]]] = tuple
        self._aids: Callable[[], bool | None] = lambda: None
        self._good_at: dict[str, float] = {}
        self._proven_at: float | None = None
        self._inventory: Inventory | None = None

    def has_scanner(self, name: str, state: Callable[[], LinkState]) -> None:
        """Take note of a scanner, and of what tells how it is."""
        self._scanners = {**self._scanners, name: state}

    def has_printer(self, name: str, title: str, word: Callable[[], str]) -> None:
        """Take note of a printer, of what staff call it, and of what tells its state in one word."""
        self._printer = (name, title, word)

    def has_book(self, inventory: Inventory) -> None:
        """Take note of who knows what the names of the device book stand for."""
        self._inventory = inventory

    def has_panels(self, seen: Callable[[], Sequence[tuple[str, bool]]]) -> None:
        """Take note of what tells of each touch panel's name and whether it is there."""
        self._panels = seen

    def has_aids(self, are_there: Callable[[], bool | None]) -> None:
        """Take note of what tells whether keypad, headset socket and voice work; None where there are none."""
        self._aids = are_there

    def note_good(self, scanner: str) -> None:
        """Note that a code of this scanner was taken just now."""
        self._good_at[scanner] = self._clock.monotonic()

    def note_proof(self) -> None:
        """Note that a label was proven printed just now."""
        self._proven_at = self._clock.monotonic()

    def scanners(self) -> Sequence[ScannerSeen]:
        """Return each scanner: whether it is there, since when it read nothing, what it has lived through."""
        places = self._places()
        return tuple(self._scanner(name, state(), places) for name, state in self._scanners.items())

    def printers(self) -> Sequence[PrinterSeen]:
        """Return each printer: its name, what it says of itself, seconds since its last proven label."""
        if self._printer is None:
            return ()
        name, title, word = self._printer
        seen = PrinterSeen(name=title, printer=Printer(word()), good_s=self._since(self._proven_at))
        return (replace(seen, place=self._places().get(name, seen.place)),)

    def panels(self) -> Sequence[PanelSeen]:
        """Return each touch panel: its name, and whether it is there."""
        return tuple(PanelSeen(name=name, is_there=is_there) for name, is_there in self._panels())

    def aids(self) -> AidsSeen | None:
        """Return how keypad, headset socket and voice are, where the store has any."""
        are_there = self._aids()
        return None if are_there is None else AidsSeen(are_there=are_there)

    def settle_new(self, device: NewDevice, *, is_new: bool) -> bool:
        """Let a name stand for the device from now on, or let it not be asked about again while it is plugged in.

        Say whether that was done: not if it was unplugged meanwhile, or the device book cannot be written.
        """
        questions = self._inventory.questions() if self._inventory else ()
        for question in questions:
            if self._inventory and asked_about(question) == device:
                try:
                    self._inventory.answer(question, is_new=is_new)
                except DeviceBookWrong:
                    return False
                return True
        return False

    def _scanner(self, name: str, state: LinkState, places: Mapping[str, Place]) -> ScannerSeen:
        counts = state.counts
        framing = counts.framing
        seen = ScannerSeen(
            name=name,
            is_there=state.is_up,
            good_s=self._since(self._good_at.get(name)),
            outages=counts.outages,
            lost=framing.overlong + framing.unfinished + framing.broken,
            is_doubted=bool(state.doubt),
        )
        return replace(seen, place=places.get(name, seen.place))

    def _places(self) -> Mapping[str, Place]:
        """Return where the device book has each name; nothing is looked at where the book is empty."""
        if self._inventory is None or not tuple(self._inventory.book):
            return {}
        return {standing.name: place_of(standing) for standing in self._inventory.look()}

    def _since(self, moment: float | None) -> float | None:
        return None if moment is None else max(0.0, self._clock.monotonic() - moment)


def place_of(standing: Standing) -> Place:
    """Return what staff are told of where a device of the book is."""
    question = question_of(standing)
    return Place(
        new=asked_about(question) if question else None,
        is_unclear=question is None and standing.fault in (PortFault.AMBIGUOUS, PortFault.REPLACED),
        swapped_with=standing.swapped_with,
    )


def asked_about(question: Question) -> NewDevice:
    """Return the device of a question, in the kiosk's own words."""
    device = question.device
    return NewDevice(
        name=question.name,
        title=device.title[:LONGEST_TITLE],
        node=device.node,
        identity=device.identity,
        is_same_model=question.is_same_model,
    )
