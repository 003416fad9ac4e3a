"""What can happen to the kiosk: a code is scanned, the screen is touched, time passes, an answer comes.

Every event carries ``at`` (seconds of a monotonic clock), so the flow needs no clock. An answer carries the number
of the session that asked; one of an older session is dropped.
"""

from dataclasses import dataclass

from kiosk.flow.values import Label, Level, Light, Package, Printer, Registration
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
    """A button of the screen, by its id."""

    button: str


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
    """What the worker says to an effect of session ``session``."""

    session: int


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
class NotStored(Answer):
    """The journal could not keep it: treat it as not registered."""


@dataclass(frozen=True, kw_only=True)
class DeskRefused(Answer):
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
    """The withdrawal is durable; every label of the claim is void."""

    claim: str


@dataclass(frozen=True, kw_only=True)
class LabelsReplaced(Answer):
    """New copies are queued; the old ones are void."""

    claim: str
    labels: tuple[Label, ...]


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
class Failed(Answer):
    """The worker met a fault nobody foresaw while doing ``doing``; it is logged where it happened."""

    doing: str
