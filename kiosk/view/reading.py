"""The screen as a list to be read: each part's role, name, value and state, in the order it is read and walked.

Speech says it, the keypad's focus walks it, the large-text layout draws it, tests check it. There is no other order.

The order is what a person needs next: what the page is about, what happened, what to do, what there is to choose, the
page's buttons; then what it all rests on, such as facts, keys and labels, as they are drawn; last the frame. A page is
read out whole as it comes, so who listens is at its buttons after few keys, and walks on only to hear a thing again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from kiosk.flow.access import HEADING
from kiosk.view.screen import (
    Block,
    Button,
    Chip,
    Entry,
    Keypad,
    Overlay,
    Pager,
    Row,
    Screen,
    Slot,
    StaffMark,
    Stepper,
    Ticket,
    TicketLook,
    Tone,
)

Role = Literal["heading", "text", "status", "fact", "item", "field", "value", "button", "key", "step", "alert"]
PartState = Literal["", "chosen", "done", "now", "next", "good", "warn", "bad"]

SLOT_STATES: Final[dict[str, PartState]] = {"live": "now", "busy": "next", "done": "done"}
TICKET_STATES: Final[dict[TicketLook, PartState]] = {
    "waiting": "next",
    "printing": "now",
    "proven": "done",
    "maybe": "warn",
    "later": "next",
    "planned": "next",
}


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part. ``id`` is the button's where it can be pressed, else a name that is unique on this screen.

    ``value`` is what it holds besides its name; ``spells`` says that the value is a code, to be said sign by sign.
    ``language`` is the code of the language its name is in, where that is not the screen's.
    """

    id: str
    role: Role
    name: str
    value: str = ""
    detail: str = ""
    """What more is drawn of it, in words; said before a value that is spelled, which is long."""
    spells: bool = False
    is_overheard: bool = False
    """Not to be said now: it is part of a secret, and others would hear it (EN 301 549, 5.1.3.8)."""
    state: PartState = ""
    can_press: bool = False
    language: str = ""


def reading(screen: Screen) -> tuple[Part, ...]:
    """Return every part in reading order; while a question lies over the page, the question's alone."""
    return tuple(_question(screen.overlay) if screen.overlay else _page(screen))


def focused(screen: Screen) -> Part | None:
    """Return the part the keypad stands on, or None."""
    return next((part for part in reading(screen) if part.id == screen.access.focus), None)


def pressable(button: Button) -> Part:
    """Return a button as a part."""
    return Part(
        id=button.id,
        role="button",
        name=button.text,
        state="chosen" if button.is_chosen else "",
        can_press=True,
        language=button.language,
    )


def _question(question: Overlay) -> Iterator[Part]:
    yield Part(id=HEADING, role="heading", name=question.title)
    yield from _text("guidance", question.text)
    yield from map(pressable, question.buttons)


def _page(screen: Screen) -> Iterator[Part]:
    yield Part(id=HEADING, role="heading", name=_line(screen.title))
    for n, chip in enumerate(screen.chips):
        yield _chip(n, chip)
    yield from _text("guidance", screen.guidance)
    if screen.notice:
        yield Part(id="notice", role="alert", name=_line(screen.notice.text), state=_state(screen.notice.tone))
    yield from _choices(screen)
    yield from map(pressable, screen.buttons)
    yield from _grounds(screen)
    yield from map(pressable, screen.languages)
    if screen.staff:
        yield from _staff(screen.staff)
    yield from map(pressable, screen.tools)
    for n, step in enumerate(screen.steps):
        yield Part(id=f"step:{n}", role="step", name=step.text, state=step.state)
    if screen.light.text:
        yield Part(id="light", role="status", name=screen.light.text, state=_state(screen.light.tone))
    yield from _text("store", screen.store)
    yield from _text("foot", screen.foot)


def _choices(screen: Screen) -> Iterator[Part]:
    """Yield what a person must have heard, or chooses from, before a button makes sense."""
    for n, block in enumerate(screen.blocks):
        yield _block(n, block)
    for n, entry in enumerate(screen.entries):
        yield _entry(n, entry)
    if not screen.entries:
        yield from _text("empty", screen.empty)
    if screen.pager:
        yield from _pager(screen.pager)
    if screen.keypad and not screen.stepper:
        yield _field(screen.keypad, screen)


def _grounds(screen: Screen) -> Iterator[Part]:
    """Yield what the page shows besides; a number that is drawn large stands among the rows already."""
    for slot in screen.slots:
        yield _slot(slot)
    for n, row in enumerate(screen.rows):
        yield from _row(n, row)
    if screen.progress is not None:
        yield Part(id="progress", role="status", name=screen.progress_words or f"{screen.progress:.0%}")
    if screen.stepper:
        yield from _stepper(screen.stepper)
    if screen.keypad:
        yield from _keys(screen.keypad)
    for n, ticket in enumerate(screen.tickets):
        yield _ticket(n, ticket)


def _slot(slot: Slot) -> Part:
    return Part(
        id=f"slot:{slot.kind}",
        role="item",
        name=slot.title,
        value=slot.value,
        detail=_joined(slot.detail, slot.tag),
        spells=slot.is_code,
        state=SLOT_STATES[slot.state],
    )


def _row(n: int, row: Row) -> Iterator[Part]:
    yield Part(
        id=f"row:{n}",
        role="fact",
        name=row.title,
        value=row.value,
        detail=_joined(row.detail, row.tag),
        spells=row.is_code,
        state=_state(row.tone),
    )
    if row.button:
        yield pressable(row.button)


def _chip(n: int, chip: Chip) -> Part:
    return Part(id=f"chip:{n}", role="status", name=chip.text, state=_state(chip.tone))


def _block(n: int, block: Block) -> Part:
    return Part(id=f"block:{n}", role="text", name=block.title, value=block.text)


def _ticket(n: int, ticket: Ticket) -> Part:
    return Part(
        id=f"ticket:{n}",
        role="item",
        name=ticket.title,
        value=ticket.code,
        detail=_joined(ticket.word, ticket.line),
        spells=bool(ticket.code),
        state=TICKET_STATES[ticket.look],
    )


def _stepper(stepper: Stepper) -> Iterator[Part]:
    if stepper.minus:
        yield pressable(stepper.minus)
    yield Part(id="stepper", role="value", name=stepper.unit, value=str(stepper.value))
    if stepper.plus:
        yield pressable(stepper.plus)


def _field(keypad: Keypad, screen: Screen) -> Part:
    """Return what is typed; of a secret only the number of signs is said, as it is drawn.

    Where a stepper stands above the keys it holds the number, and the keys have no field of their own.
    """
    typed = keypad.told if keypad.is_secret else keypad.text
    return Part(
        id="field",
        role="field",
        name=_line(screen.title),
        value=typed or keypad.placeholder,
        detail=keypad.example,
        spells=bool(keypad.text) and not keypad.is_secret,
    )


def _keys(keypad: Keypad) -> Iterator[Part]:
    for symbol in "".join(keypad.rows):
        yield Part(id=f"key:{symbol}", role="key", name=symbol, is_overheard=keypad.is_overheard, can_press=True)


def _entry(n: int, entry: Entry) -> Part:
    """Return one line of a list; where its title is an identity it is named by its words, and the identity spelled."""
    words = _joined(entry.detail, entry.word)
    is_spelled = entry.is_code and bool(words)
    return Part(
        id=entry.button.id if entry.button else f"entry:{n}",
        role="button" if entry.button else "item",
        name=words if is_spelled else entry.title,
        value=entry.title if is_spelled else entry.word,
        detail="" if is_spelled else entry.detail,
        spells=is_spelled,
        state=_state(entry.tone),
        can_press=entry.button is not None,
    )


def _pager(pager: Pager) -> Iterator[Part]:
    if pager.before:
        yield pressable(pager.before)
    yield Part(id="pager", role="status", name=pager.text)
    if pager.after:
        yield pressable(pager.after)


def _staff(staff: StaffMark) -> Iterator[Part]:
    yield Part(id="staff", role="status", name=staff.text)
    yield from map(pressable, staff.buttons)


def _text(name: str, words: str) -> Iterator[Part]:
    if words:
        yield Part(id=name, role="text", name=_line(words))


def _line(words: str) -> str:
    return words.replace("\n", " ")


def _joined(*words: str) -> str:
    return " · ".join(word for word in words if word)


def _state(tone: Tone) -> PartState:
    return "" if tone == "plain" else tone
