"""The screen as values: what stands on it, what can be touched, and what a voice would say.

This is the single truth. The Kivy widgets draw it, the tests read it, and a reader for people who cannot see the
screen can speak it; none of them may know more than stands here (research: pos_kiosk 2.4, kivy 5.3).
"""

from dataclasses import dataclass
from typing import Literal, Protocol

Tone = Literal["plain", "good", "warn", "bad"]
TicketLook = Literal["waiting", "printing", "proven", "maybe", "later", "planned"]
Layout = Literal["attract", "slots", "confirm", "labels", "message", "keypad", "busy"]


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


@dataclass(frozen=True, kw_only=True)
class StepMark:
    """One of the three steps on top: your film, your card, your labels."""

    text: str
    state: Literal["done", "now", "next"]


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

    kind: Literal["roll", "receipt"]
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


@dataclass(frozen=True, kw_only=True)
class Overlay:
    """A question over the page. ``share`` is how much of the time is left, 1 to 0; None where there is no hurry."""

    title: str
    text: str
    buttons: tuple[Button, ...]
    share: float | None = None
    icon: str = "help"


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
    progress: float | None = None
    buttons: tuple[Button, ...] = ()
    overlay: Overlay | None = None
    leaves_by_itself: bool = False
    """The page ends without a touch: the desk is at work, and the wait is bounded."""
    store: str = ""
    light: LightMark = DARK
    tools: tuple[Button, ...] = ()
    foot: str = ""
    say: str = ""
    has_contrast: bool = False

    def touchable(self) -> tuple[Button, ...]:
        """Return what can be touched now; an overlay covers the rest."""
        if self.overlay:
            return self.overlay.buttons
        return (*self.buttons, *(row.button for row in self.rows if row.button), *self.tools)

    def button_ids(self) -> frozenset[str]:
        """Return the ids of everything touchable, the keypad's keys included."""
        ids = {button.id for button in self.touchable()}
        if self.keypad and not self.overlay:
            ids |= {f"key:{key}" for row in self.keypad.rows for key in row}
        return frozenset(ids)
