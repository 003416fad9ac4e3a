"""What can happen to the kiosk: a code is scanned, the screen is touched, time passes, an answer comes.

Every event carries ``at`` (seconds of a monotonic clock), so the flow needs no clock. An answer carries the question
it answers: what was asked for another card, another package or an older session is never taken for this one.
"""

from dataclasses import dataclass, field
from typing import Literal

from kiosk.flow.access import Key
from kiosk.flow.effects import Asked
from kiosk.flow.values import Label, Level, Light, Package, Printer, Registration, Troubles, Voice
from photocore.symbology import Scan


@dataclass(frozen=True, kw_only=True)
class Happened:
    """Anything that happens, at a time."""

    at: float


@dataclass(frozen=True, kw_only=True)
class Scanned(Happened):
    """A code came in and means ``scan``; from the scanner, or typed (then ``scan.typed``)."""

    scan: Scan


@dataclass(frozen=True, kw_only=True)
class Pressed(Happened):
    """A button of the screen, by its id; touched, or pressed by the keypad."""

    button: str
    by_key: bool = False


@dataclass(frozen=True, kw_only=True)
class Keyed(Happened):
    """A key of the tactile keypad. What it means on this screen is found by :mod:`kiosk.view.keying`."""

    key: Key


@dataclass(frozen=True, kw_only=True)
class Focused(Happened):
    """The keypad moved on to this part of the screen."""

    part: str


@dataclass(frozen=True, kw_only=True)
class JackSaid(Happened):
    """A headset was put in, or pulled out: speech is private, so it begins and ends with it."""

    is_in: bool


@dataclass(frozen=True, kw_only=True)
class VoiceReady(Happened):
    """The kiosk can speak, and to whom: sent once, soon after the start, if it can at all."""

    voice: Voice


@dataclass(frozen=True, kw_only=True)
class Spoke(Happened):
    """The voice is at it, or has just ended: whoever listens is there. A countdown it speaks is no sign of life."""


@dataclass(frozen=True, kw_only=True)
class Touched(Happened):
    """The screen was touched somewhere: somebody is there."""


@dataclass(frozen=True, kw_only=True)
class Ticked(Happened):
    """Time has passed: the moment :func:`kiosk.flow.step.next_deadline` asked for is here."""


@dataclass(frozen=True, kw_only=True)
class StationRead(Happened):
    """The journal and the courier say how they are."""

    light: Light
    store: str = ""
    prints_labels: bool = True
    make_up: Literal["staff", "shopper"] = "staff"
    troubles: Troubles = field(default_factory=Troubles)


@dataclass(frozen=True, kw_only=True)
class PrinterSaid(Happened):
    """The printer's state changed."""

    printer: Printer


@dataclass(frozen=True, kw_only=True)
class ScannerSaid(Happened):
    """The scanner came or went."""

    is_there: bool


@dataclass(frozen=True, kw_only=True)
class JournalMoved(Happened):
    """Something was written, sent or acknowledged: what we show may be out of date."""


@dataclass(frozen=True, kw_only=True)
class Answer(Happened):
    """What the worker says to the question ``about``."""

    about: Asked = field(repr=False)

    @property
    def session(self) -> int:
        """The session that asked."""
        return self.about.session


@dataclass(frozen=True, kw_only=True)
class Unanswered(Answer):
    """The question got no answer; each kind says why not."""


@dataclass(frozen=True, kw_only=True)
class TypedRead(Answer):
    """What the text from the keypad means; ``scan.typed`` is set."""

    scan: Scan


@dataclass(frozen=True, kw_only=True)
class PackageFound(Answer):
    """The item was looked up; never an error: an unknown one is an answer."""

    package: Package


@dataclass(frozen=True, kw_only=True)
class ClaimChecked(Answer):
    """Item and card were looked at together, and the event's ID was made."""

    package: Package
    event_id: str


@dataclass(frozen=True, kw_only=True)
class Registered(Answer):
    """The registration is durable on this station. Nothing else may make the screen say so."""

    registration: Registration
    labels: tuple[Label, ...]


@dataclass(frozen=True, kw_only=True)
class NotStored(Unanswered):
    """The journal surely did not keep it."""


@dataclass(frozen=True, kw_only=True)
class NobodyKnows(Unanswered):
    """The journal went down in the middle: whether it kept it nobody can tell. The same event ID is safe to retry."""


@dataclass(frozen=True, kw_only=True)
class DeskRefused(Unanswered):
    """The desk will not do it, and says why in one word."""

    reason: str
    claim: str | None = None
    number: str = ""
    """This card's own earlier registration, if that is the reason."""


@dataclass(frozen=True, kw_only=True)
class ClaimRead(Answer):
    """The labels and the level of one claim, as the journal has them now."""

    claim: str
    labels: tuple[Label, ...]
    level: Level
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class UndoStored(Answer):
    """The withdrawal is durable and its papers are void: ``printed`` are out, ``moving`` may be or still come."""

    claim: str
    printed: int
    moving: int


@dataclass(frozen=True, kw_only=True)
class LabelsReplaced(Answer):
    """New copies are queued and the old ones are void; or, ``is_waiting``, the maker's list still has not come."""

    claim: str
    labels: tuple[Label, ...]
    is_waiting: bool = False
    package: Package | None = None
    """The package as it is known now: its rolls may have been named since it was scanned."""


@dataclass(frozen=True, kw_only=True)
class RegistrationFound(Answer):
    """The receipt's registration, with its labels after those that waited were queued; None when not known here."""

    number: str
    registration: Registration | None
    labels: tuple[Label, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CopyChecked(Answer):
    """What the journal says of one printed copy: valid, replaced, void or unknown."""

    item: str
    copy: str
    verdict: str
    package: Package


@dataclass(frozen=True, kw_only=True)
class Failed(Unanswered):
    """The worker met a fault nobody foresaw; it is logged where it happened."""
