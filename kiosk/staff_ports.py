"""What the kiosk needs of the rooms below for staff and for film without serials.

:mod:`kiosk.wiring` fills these with ``sync`` and ``hardware``; :mod:`kiosk.testing` with fakes that behave.
"""

from collections.abc import Sequence
from typing import Protocol

from kiosk.flow.staff_values import AidsSeen, NewDevice, PanelSeen, PrinterSeen, ScannerSeen, Shift
from photocore.cards import CardNumber
from photocore.ids import ItemId
from photocore.kinds import Act
from photocore.roles import Role
from sync.cards import JoinWish
from sync.views import (
    ContestedView,
    JobView,
    MadeUp,
    MadeUpView,
    MakeUpWish,
    ParkedView,
    QueuedJob,
    RegistrationView,
    StaffMember,
    Undone,
)


class MakeUpDesk(Protocol):
    """The desk's part for packages that the store makes up. May raise JournalDown or DeskRefusal, as all of it."""

    def make_up(self, wish: MakeUpWish) -> MadeUp:
        """Make up a package, and with a card register it, in one commit; idempotent by the wish's event ID."""
        ...

    def unmake(self, package: ItemId, *, staff: str, reason: str) -> Undone:
        """Take a made-up package back; its papers become void, and are counted."""
        ...

    def reprint_presale(
        self, package: ItemId, rolls: tuple[ItemId, ...] | None, *, staff: str, reason: str, package_label: bool = False
    ) -> tuple[JobView, ...]:
        """Queue new labels with new claim codes; the old ones are void."""
        ...

    def find_made_up(self, item: ItemId) -> MadeUpView | None:
        """Return the package made up here that an item belongs to."""
        ...


class StaffDesk(Protocol):
    """The desk's part for what only staff may do; each override is an event that names them."""

    def queue(self) -> tuple[QueuedJob, ...]:
        """Return every paper that is not proven printed."""
        ...

    def resume_job(self, job_id: int, *, staff: str, reason: str = "") -> None:
        """Let a paper go that was set aside."""
        ...

    def settle_job(self, job_id: int, *, printed: bool, staff: str, reason: str) -> None:
        """Take a person's word about a doubtful paper."""
        ...

    def recent(self, limit: int = 20) -> tuple[RegistrationView, ...]:
        """Return this station's newest registrations."""
        ...

    def parked(self) -> tuple[ParkedView, ...]:
        """Return what stands aside and waits for a person."""
        ...

    def correct(self, event_id: str, *, staff: str) -> str:
        """Write a parked fact once more."""
        ...

    def close_parked(self, event_id: str, *, staff: str, reason: str) -> None:
        """Say that a parked event needs nothing more."""
        ...

    def join_cards(self, wish: JoinWish) -> None:
        """Write that two cards are one customer's."""
        ...

    def note_restored(self, staff: str) -> None:
        """Take note of what came back after a restore."""
        ...


class ToolDesk(Protocol):
    """The desk's part for the room: the queue as a whole, devices, contested packages."""

    def note_act(self, act: Act, *, staff: str, reason: str = "") -> None:
        """Write what staff did to a device."""
        ...

    def restart_queue(self, *, with_doubtful: bool, staff: str, reason: str) -> int:
        """Let every paper go that was set aside, or in doubt too; returns how many."""
        ...

    def printer_note(self, printer: str) -> str:
        """Return what is kept for a printer."""
        ...

    def keep_printer_note(self, printer: str, value: str, *, staff: str) -> None:
        """Keep a setting of a printer."""
        ...

    def contested(self) -> tuple[ContestedView, ...]:
        """Return the registrations here whose package another card has too."""
        ...


class CounterPrinter(Protocol):
    """The label printer, as staff handle it. For any thread; quick, as nothing here waits for paper."""

    @property
    def name(self) -> str:
        """What its settings are kept under."""
        ...

    def pause(self, *, is_paused: bool) -> None:
        """Let no label go to it, or let them go again."""
        ...

    def print_trial(self, shift: Shift, *, ruler: bool, is_tried: bool) -> None:
        """Print a label that stands for nothing, before everything that waits; ``shift`` is kept, or only tried."""
        ...

    def move(self, shift: Shift) -> None:
        """Print from now on so far to the right, and down."""
        ...


class StaffBook(Protocol):
    """Who may sign in at this station."""

    def sign_in(self, badge: CardNumber, pin: str) -> StaffMember:
        """Return whose badge and PIN these are; raises StaffRefusal or JournalDown."""
        ...

    def role_of(self, staff: str) -> Role | None:
        """Return what a member in the book is; None for nobody of ours. May raise JournalDown."""
        ...


class DeviceFacts(Protocol):
    """The devices of this station, as their links see them now; quick, for any thread, never raising."""

    def scanners(self) -> Sequence[ScannerSeen]:
        """Return each scanner, with the seconds since a code of it was taken (None: none yet)."""
        ...

    def panels(self) -> Sequence[PanelSeen]:
        """Return each touch panel there is, or was since the start, and whether it is there."""
        ...

    def aids(self) -> AidsSeen | None:
        """Return how keypad, headset socket and voice are; None where the store has none of them."""
        ...

    def printers(self) -> Sequence[PrinterSeen]:
        """Return each printer: its name, what it says of itself, seconds since its last proven label."""
        ...

    def settle_new(self, device: NewDevice, *, is_new: bool) -> bool:
        """Take a person's word that a device is the new one of its name, or not; False where that was not done."""
        ...
