"""The screen as values: what stands on it, what can be touched, and what a voice would say.

This is the single truth. The Kivy widgets draw it, the tests read it, and a reader for people who cannot see the
screen can speak it; none of them may know more than stands here (research: pos_kiosk 2.4, kivy 5.3).
"""

from dataclasses import dataclass, field
from typing import Literal, Protocol

from kiosk.flow.access import NOTHING, Access

Tone = Literal["plain", "good", "warn", "bad"]
TicketLook = Literal["waiting", "printing", "proven", "maybe", "later", "planned"]
Layout = Literal["attract", "slots", "confirm", "labels", "message", "keypad", "busy", "count", "list"]
"""``count`` is facts, a stepper and a pad of digits; ``list`` is facts, labels and entries under each other."""


class Strings(Protocol):
    """The words of one language, as :mod:`gettext` gives them."""

    def gettext(self, message: str, /) -> str:
        """Return ``message`` in the shopper's language."""
        ...

    def ngettext(self, singular: str, plural: str, n: int, /) -> str:
        """Return the form for ``n`` in the shopper's language."""
        ...


@dataclass(frozen=True, kw_only=True)
class Button:
    """Something to touch. One that would do nothing is not shown, so none needs an ``enabled``."""

    id: str
    text: str
    icon: str = ""
    kind: Literal["primary", "ghost", "inline", "danger"] = "ghost"
    language: str = ""
    """The code of the language ``text`` is written in, where it is not the screen's: each has its own script."""
    is_chosen: bool = False
    """This is how it is now, one of several."""


@dataclass(frozen=True, kw_only=True)
class StepMark:
    """One of the three steps on top: your film, your card, your labels."""

    text: str
    state: Literal["done", "now", "next"]


@dataclass(frozen=True, kw_only=True)
class Film:
    """What stands on a drawn box: the film's name, its speed and its size; what is not known is empty."""

    name: str = ""
    speed: str = ""
    format: str = ""


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A place for a package or a card, with its picture as the instruction."""

    kind: Literal["package", "card"]
    title: str
    value: str
    state: Literal["live", "busy", "done"]
    is_code: bool = False
    detail: str = ""
    tag: str = ""
    hint: Literal["", "square_code", "linear_code"] = ""
    film: Film | None = None


@dataclass(frozen=True, kw_only=True)
class Row:
    """One fact: an icon, what it is, and its value."""

    icon: str
    title: str
    value: str
    is_code: bool = False
    detail: str = ""
    tag: str = ""
    tone: Tone = "good"
    button: Button | None = None
    is_narrow: bool = False
    """Short enough to share its line with another such row."""


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """A label or receipt on its way to paper. The picture carries no code a scanner could read."""

    kind: Literal["roll", "package", "receipt"]
    title: str
    line: str
    code: str
    word: str
    look: TicketLook


@dataclass(frozen=True, kw_only=True)
class Notice:
    """A sentence in a box: what was scanned last and why it is not it, or good news."""

    tone: Tone
    text: str


@dataclass(frozen=True, kw_only=True)
class Block:
    """One paragraph of a message: what happened, what is safe, what to do."""

    icon: str
    title: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Keypad:
    """The keypad: what is typed so far and the rows of keys; each key is the button ``key:<symbol>``."""

    text: str
    placeholder: str
    rows: tuple[str, ...]
    example: str
    is_secret: bool = False
    """``text`` is one dot a digit; the digits themselves are nowhere in the screen."""
    told: str = ""
    """How much of a secret is typed, in words: what can be said of it aloud."""
    is_overheard: bool = False
    """A secret is typed, and the kiosk speaks into the room."""


@dataclass(frozen=True, kw_only=True)
class Stepper:
    """A number to be set: large, between two buttons; one that has reached its end is None, and keeps its place."""

    value: int
    unit: str
    minus: Button | None
    plus: Button | None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a list. With ``button`` the whole line is touched, and ``button.text`` is what that does.

    ``word`` is its state in a word, in the tone's colour; ``is_code`` says that the title is an identity.
    """

    icon: str
    title: str
    detail: str = ""
    word: str = ""
    tone: Tone = "plain"
    is_code: bool = False
    button: Button | None = None


@dataclass(frozen=True, kw_only=True)
class Pager:
    """Which part of a long list this is, and the ways to the others; None at either end."""

    text: str
    before: Button | None
    after: Button | None


@dataclass(frozen=True, kw_only=True)
class StaffMark:
    """Who of the staff is signed in: on every page, as long as it is so."""

    text: str
    buttons: tuple[Button, ...]


@dataclass(frozen=True, kw_only=True)
class Overlay:
    """A question over the page. ``share`` is how much of the time is left, 1 to 0; None where there is no hurry.

    With ``is_list`` the buttons stand under each other: so many, or so long.
    """

    title: str
    text: str
    buttons: tuple[Button, ...]
    share: float | None = None
    icon: str = "help"
    is_list: bool = False


@dataclass(frozen=True, kw_only=True)
class LightMark:
    """The always-visible light."""

    text: str
    tone: Tone
    icon: str


@dataclass(frozen=True, kw_only=True)
class Chip:
    """How far the registration has come, in one of DESIGN 5H's words."""

    text: str
    tone: Tone
    icon: str


DARK = LightMark(text="", tone="plain", icon="")


@dataclass(frozen=True, kw_only=True)
class Screen:
    """Everything on the screen at one moment.

    A page gives what is its own; :func:`kiosk.view.view` adds the frame every screen has: store, light, tools, the
    idle warning and what a voice would say.
    """

    name: str
    layout: Layout
    title: str
    guidance: str = ""
    tone: Tone = "plain"
    picture: str = ""
    steps: tuple[StepMark, ...] = ()
    slots: tuple[Slot, ...] = ()
    rows: tuple[Row, ...] = ()
    chips: tuple[Chip, ...] = ()
    tickets: tuple[Ticket, ...] = ()
    blocks: tuple[Block, ...] = ()
    notice: Notice | None = None
    keypad: Keypad | None = None
    number: str = ""
    """A registration number to be photographed, shown large and as a QR code; empty where the receipt has it."""
    qr: str = field(default="", repr=False)
    """A secret link to be photographed, shown as a QR code and in no other way."""
    progress: float | None = None
    progress_words: str = ""
    stepper: Stepper | None = None
    entries: tuple[Entry, ...] = ()
    empty: str = ""
    """What stands in place of the entries, where there are none."""
    pager: Pager | None = None
    buttons: tuple[Button, ...] = ()
    overlay: Overlay | None = None
    leaves_by_itself: bool = False
    """The page ends without a touch: the desk is at work, and the wait is bounded."""
    store: str = ""
    light: LightMark = DARK
    tools: tuple[Button, ...] = ()
    languages: tuple[Button, ...] = ()
    """Each language in its own script, to be touched at once: on the attract page only."""
    leaves: tuple[Button, ...] = ()
    """The ways to the parts before and after of a page in large text; where it is cut, its drawing alone knows."""
    staff: StaffMark | None = None
    language: str = "en"
    """The code of the language all of this is in: it says which way to read."""
    foot: str = ""
    say: str = ""
    greeting: str = ""
    """What is said first to a person whose speech has just begun; ``say`` begins with it."""
    access: Access = NOTHING
    """How it is drawn and whether it is spoken; ``access.focus`` is the id of the part the keypad stands on."""

    def touchable(self) -> tuple[Button, ...]:
        """Return what can be touched now; an overlay covers the rest."""
        if self.overlay:
            return self.overlay.buttons
        pager, stepper = self.pager, self.stepper
        ends = (pager.before, pager.after) if pager else ()
        signs = (stepper.minus, stepper.plus) if stepper else ()
        lines = (part.button for part in (*self.rows, *self.entries))
        staff = self.staff.buttons if self.staff else ()
        found = (*self.buttons, *lines, *signs, *ends, *staff, *self.languages, *self.tools)
        return tuple(button for button in found if button)

    def button_ids(self) -> frozenset[str]:
        """Return the ids of everything touchable, the keypad's keys included."""
        ids = {button.id for button in self.touchable()}
        if self.keypad and not self.overlay:
            ids |= {f"key:{key}" for row in self.keypad.rows for key in row}
        return frozenset(ids)
