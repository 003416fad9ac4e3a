"""One shopper, unattended: real touches on the real window, real bytes from the scanner's pty.

The walk measures itself where a person waits, and takes a picture of every page it meets.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kiosk.flow.states import Labelling
from kiosk.testing import Pilot
from twincheck.demo.counter import Counter
from twincheck.demo.stock import BoxedPackage

INITIALISE: Final = b"\x1b@"
"""How every document begins (ESC @); status questions before it are no labels."""

PRINT_WITHIN_S: Final = 40.0
CONFIRM_WITHIN_S: Final = 30.0


@dataclass
class Stopwatch:
    """When what happened, in monotonic seconds; written by the threads where it happens."""

    commits: list[float] = field(default_factory=list[float])
    documents: list[float] = field(default_factory=list[float])

    def note_commit(self) -> None:
        """Note that the journal committed events."""
        self.commits.append(time.monotonic())

    def note_bytes(self, received: bytes) -> None:
        """Note the first bytes of a document at the printer."""
        if INITIALISE in received:
            self.documents.append(time.monotonic())


@dataclass(frozen=True, kw_only=True)
class Walked:
    """What one walk left: the claim, the pictures taken, what the screen said, and the waits in milliseconds."""

    claim: str
    words: tuple[str, ...]
    scan_to_screen_ms: float
    register_commit_ms: float
    first_label_byte_ms: float
    committed_at: float


class Shopper:
    """Walks through the kiosk of ``counter``. Pictures go to ``screens``, numbered in the order they were met."""

    def __init__(self, counter: Counter, watch: Stopwatch, screens: Path) -> None:
        self._counter = counter
        self._watch = watch
        self._screens = screens
        self._pilot = Pilot(counter.kiosk.app, clock=time.monotonic)
        self._pictures = 0
        self.words: list[str] = []

    def register(self, box: BoxedPackage, card: str, on_claim: Callable[[str], None]) -> Walked:
        """Scan ``box`` and ``card``, confirm, and wait for the paper; ``on_claim`` gets the claim once it is stored."""
        pilot = self._pilot
        pilot.until_screen("attract")
        self.look("attract")
        pilot.tap("start")
        pilot.until_screen("scan")
        self.look("scan")
        scan_to_screen = self._scan_package(box)
        self.look("package")
        self._counter.scan_card(card)
        pilot.until_screen("confirm")
        self.look("confirm")
        touched, committed = self._confirm()
        on_claim(self.claim)
        self._await_first_label()
        self.look("printing")
        pilot.until(self.is_printed, deadline_s=PRINT_WITHIN_S, what="all labels printed")
        first_byte = next(at for at in self._watch.documents if at >= committed)
        return Walked(
            claim=self.claim,
            words=tuple(self.words),
            scan_to_screen_ms=scan_to_screen,
            register_commit_ms=(committed - touched) * 1000,
            first_label_byte_ms=(first_byte - committed) * 1000,
            committed_at=committed,
        )

    @property
    def claim(self) -> str:
        """The claim on the screen."""
        page = self._counter.kiosk.machine.state.page
        assert isinstance(page, Labelling)  # noqa: S101
        return page.registration.claim

    def await_word(self, word: str) -> None:
        """Wait until the page says ``word`` of the registration, and note it."""
        self._pilot.until(lambda: word in self._chips(), deadline_s=CONFIRM_WITHIN_S, what=word)
        self._note_words()

    def show_number(self, number: str) -> None:
        """Hold the receipt's registration number under the scanner."""
        self._counter.scanner.scan(number, aim="]C0")

    def finish(self) -> None:
        """Touch "Finish" and see the kiosk forget."""
        self._pilot.tap("finish")
        self._pilot.until_screen("attract")
        self.look("attract_again")

    def look(self, name: str) -> None:
        """Take a picture of the window."""
        self._pictures += 1
        self._pilot.screenshot(self._screens / f"{self._pictures:02d}_{name}.png")

    def linger(self, seconds: float) -> None:
        """Stand there and watch the screen."""
        ends_at = time.monotonic() + seconds
        self._pilot.until(lambda: time.monotonic() > ends_at, deadline_s=seconds + 5, what="time")

    def _scan_package(self, box: BoxedPackage) -> float:
        """Scan the package and return milliseconds from the last byte to the frame that shows it."""
        app, before = self._counter.kiosk.app, self._counter.kiosk.machine.screen
        flips = app.flips
        last_byte = self._counter.scan_item(box.item)

        def is_shown() -> bool:
            nonlocal flips
            if self._counter.kiosk.machine.screen == before:
                flips = app.flips
                return False
            return app.flips > flips

        self._pilot.until(is_shown, what="the package on the screen")
        shown = time.monotonic()
        self._pilot.until(lambda: "busy" not in [slot.state for slot in self._pilot.screen.slots], what="looked up")
        return (shown - last_byte) * 1000

    def _confirm(self) -> tuple[float, float]:
        """Touch "Register" and return when it was touched and when the journal had it."""
        commits = len(self._watch.commits)
        touched = time.monotonic()
        self._pilot.tap("register")
        self._pilot.until(lambda: len(self._watch.commits) > commits, what="the commit")
        committed = self._watch.commits[commits]
        self._pilot.until(lambda: isinstance(self._counter.kiosk.machine.state.page, Labelling), what="the labels")
        self._note_words()
        return touched, committed

    def _await_first_label(self) -> None:
        proven = self._pilot
        proven.until(
            lambda: any(ticket.look == "proven" for ticket in proven.screen.tickets),
            deadline_s=PRINT_WITHIN_S,
            what="the first label printed",
        )

    def is_printed(self) -> bool:
        """Say whether the screen calls all paper proven."""
        tickets = self._pilot.screen.tickets
        return bool(tickets) and all(ticket.look == "proven" for ticket in tickets)

    def _chips(self) -> list[str]:
        return [chip.text for chip in self._pilot.screen.chips]

    def _note_words(self) -> None:
        said = [*self._chips(), self._pilot.screen.light.text]
        self.words += [word for word in said if word not in self.words]


class ConfirmationWatch:
    """Notes when the station first held a verified ack for a claim, from a thread of its own."""

    def __init__(self, counter: Counter) -> None:
        self._desk = counter.kiosk.station.desk
        self._stop = threading.Event()
        self.confirmed_at: float | None = None
        self._thread: threading.Thread | None = None

    def start(self, claim: str) -> None:
        """Watch ``claim`` from now on."""
        self._thread = threading.Thread(target=self._watch, args=(claim,), name="confirmation watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop watching."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()

    def _watch(self, claim: str) -> None:
        while not self._stop.wait(0.003):
            if self._desk.level(claim).verdict is not None:
                self.confirmed_at = time.monotonic()
                return
