"""What a voice says: of a whole page, of what changed on it, of the part the keypad has come to.

All of it is read off :func:`kiosk.view.reading.reading`, so nothing is spoken that does not stand on the screen, and
nothing that a person must know is left to the eye (EN 301 549, 5.1.3.1; 36 CFR 1194.25). Codes are said sign by sign,
in groups: in full where somebody walked up to one, by their last signs where a page is read out. A card is always
said by the four digits that are shown. Of a secret only the number of signs is on the screen, so no more can be said.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import ceil
from typing import Final

from kiosk.flow.access import LOUDEST
from kiosk.view.reading import HEADING, Part, reading
from kiosk.view.screen import Screen, Strings

GROUP: Final = 4
"""So many signs are said in one breath."""
LONG_CODE: Final = 9
"""A code of this length or more is said by its last signs, unless somebody asks for it."""
MASK: Final = "•"
PARTS_OF_COUNTDOWN: Final = 4
"""The countdown is heard when it begins and at each quarter of the time, not at every second."""

NOT_READ_OUT: Final = ("step", "button", "key")
FRAME: Final = frozenset({"light", "store", "foot", "staff", "pager"})
"""What stands on every page is heard where the keypad comes to it, and not with each page again."""


@dataclass(frozen=True, kw_only=True)
class Utterance:
    """One sentence. ``language`` is the code of the language it is in, where that is not the screen's."""

    text: str
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Speech:
    """What is to be said now. With ``cuts_in`` it takes the place of what is being said; else it waits for its end.

    ``is_countdown``: it warns of the end of the session, and its being said is no sign that anybody is there.
    """

    utterances: tuple[Utterance, ...]
    cuts_in: bool = True
    is_countdown: bool = False


def page(screen: Screen, t: Strings) -> tuple[Utterance, ...]:
    """Return the whole page: its heading, what it says, and what it holds."""
    greeting = (Utterance(text=_sentence(screen.greeting)),) if screen.greeting else ()
    return (*greeting, *_told((part for part in reading(screen) if _is_read_out(part)), t))


def change(before: Screen | None, after: Screen, t: Strings) -> Speech | None:
    """Return what to say now that ``after`` stands where ``before`` stood; None where there is nothing to say."""
    if not after.access.speaks:
        return None
    if before is None or not before.access.speaks or _is_asked_again(before, after) or _is_other(before, after):
        return _new_page(before, after, t)
    if before.access.volume != after.access.volume:
        words = t.gettext("Volume {n} of {of}").format(n=after.access.volume, of=LOUDEST)
        return Speech(utterances=(Utterance(text=_sentence(words)),))
    if before.overlay and after.overlay and after.overlay.share is not None:
        return _countdown(before, after, t)
    return _same_page(before, after, t)


def _is_asked_again(before: Screen, after: Screen) -> bool:
    return before.access.asked_again != after.access.asked_again


def _is_other(before: Screen, after: Screen) -> bool:
    """Say whether it is another page, or another question over it; a page that only says more is the same one."""
    asks = [screen.overlay.title if screen.overlay else "" for screen in (before, after)]
    return asks[0] != asks[1] or (before.name, before.language) != (after.name, after.language)


def _new_page(before: Screen | None, after: Screen, t: Strings) -> Speech:
    """Say the page, and the part the keypad stands on where that is another than the heading."""
    here = next((part for part in reading(after) if part.id == after.access.focus), None)
    is_moved = before is None or before.access.focus != after.access.focus
    tail = told(here, t) if here and here.id != HEADING and is_moved else ()
    is_countdown = after.overlay is not None and after.overlay.share is not None
    return Speech(utterances=(*page(after, t), *tail), is_countdown=is_countdown)


def _countdown(before: Screen, after: Screen, t: Strings) -> Speech | None:
    if before.access.focus != after.access.focus:
        here = next((part for part in reading(after) if part.id == after.access.focus), None)
        said = told(here, t) if here else ()
        return Speech(utterances=said) if said else None
    if _quarter(before) == _quarter(after):
        return None
    said = [part for part in reading(after) if part.id == "guidance"]
    return Speech(utterances=_told(said, t), cuts_in=False, is_countdown=True)


def _quarter(screen: Screen) -> int:
    share = screen.overlay.share if screen.overlay else None
    return -1 if share is None else ceil(share * PARTS_OF_COUNTDOWN)


def _same_page(before: Screen, after: Screen, t: Strings) -> Speech | None:
    """Say what is new on the page, what to do last; and the part the keypad has come to, or that has changed there."""
    old = {part.id: part for part in reading(before)}
    parts = reading(after)
    new = [part for part in parts if _is_news(old.get(part.id), part, after)]
    here = next((part for part in parts if part.id == after.access.focus), None)
    is_moved = before.access.focus != after.access.focus
    rest = [part for part in sorted(new, key=_is_what_to_do) if part != here or not is_moved]
    said = [one for part in rest for one in _news(old.get(part.id), part, t)]
    if here and is_moved:
        said += told(here, t)
    elif here and here.can_press and here.id in old and here != old[here.id]:
        said += told(here, t, was=old[here.id])
    is_answer = is_moved or any(part.id in (HEADING, "notice", "field", "stepper") for part in new)
    return Speech(utterances=tuple(said), cuts_in=is_answer or not new) if said else None


def _is_what_to_do(part: Part) -> bool:
    return part.id in (HEADING, "guidance")


def _is_read_out(part: Part) -> bool:
    """Say whether a part belongs to its page read aloud. An empty slot is what the heading asks for already."""
    if part.role in NOT_READ_OUT or part.id in FRAME or part.id.startswith("ticket:"):
        return False
    return part.spells or not part.id.startswith("slot:")


def _is_news(old: Part | None, part: Part, screen: Screen) -> bool:
    """Say whether a part is worth a word because it changed. Of papers that is where they end: out, or in doubt."""
    if part == old:
        return False
    if part.id.startswith("ticket:"):
        return old is not None and old.state != part.state and part.state in ("done", "warn")
    if part.id == "progress":
        return not screen.tickets
    return _is_read_out(part)


def _news(old: Part | None, part: Part, t: Strings) -> tuple[Utterance, ...]:
    """Say what is new of a part: of what is typed the last sign, where it is one sign more; no code a second time."""
    if part.role == "field" and part.spells and old:
        held = old.value if old.spells else ""
        if part.value[:-1] == held:
            return (Utterance(text=_sentence(_sign(part.value[-1], t))),)
    if part.role == "field":
        part = replace(part, detail="")
    is_paper = part.id.startswith("ticket:")
    if is_paper or (part.spells and part.detail and old and old.value == part.value):
        part = replace(part, value="", spells=False)
    return told(part, t, is_short=True)


def _told(parts: Iterable[Part], t: Strings) -> tuple[Utterance, ...]:
    return tuple(one for part in parts for one in told(part, t, is_short=True))


def told(part: Part, t: Strings, *, is_short: bool = False, was: Part | None = None) -> tuple[Utterance, ...]:
    """Return one part as a sentence: name, what it holds, what it is and how it stands.

    ``is_short`` says a long code by its last signs; ``was`` is the part before it changed. A name in a language of its
    own is a sentence of its own, for a voice of its own.
    """
    value = spelled(part.value, t, is_short=is_short) if part.spells else part.value
    holds = [value, part.detail] if not part.spells else [part.detail, value]
    words = ". ".join(_plain(word) for word in holds if word)
    name = spelled(part.name, t) if part.role == "key" else _plain(part.name)
    is_named = not (is_short and part.role == "field")  # its page is named as it is
    text = t.gettext("{what}: {value}").format(what=name, value=words) if words and is_named else words or name
    if part.is_overheard:
        return ()  # a key of a secret, where the whole room listens (EN 301 549, 5.1.3.8)
    roles = ", ".join(_role_words(part, was, t))
    if part.language and roles:
        return Utterance(text=_sentence(text), language=part.language), Utterance(text=_sentence(roles))
    joined = f"{text.rstrip('.')}, {roles}" if roles else text
    return (Utterance(text=_sentence(joined), language=part.language),)


def _role_words(part: Part, was: Part | None, t: Strings) -> Iterator[str]:
    if part.role == "button":
        yield t.gettext("button")
    if part.state == "chosen":
        yield t.gettext("chosen")
    elif was and was.state == "chosen":
        yield t.gettext("not chosen")
    if part.role == "step":
        yield {"done": t.gettext("done"), "now": t.gettext("now"), "next": t.gettext("still to come")}[part.state]


def spelled(code: str, t: Strings, *, is_short: bool = False) -> str:
    """Return a code sign by sign, in groups of a breath; what is masked is said by the signs that are shown."""
    shown = code.replace(MASK, "")
    blocks = shown.replace("(", " ").replace(")", " ").split()
    signs = "".join(blocks)
    if MASK in code or (is_short and len(signs) >= LONG_CODE):
        return t.gettext("ending in {signs}").format(signs=_breath(signs[-GROUP:], t))
    groups = [block[at : at + GROUP] for block in blocks for at in range(0, len(block), GROUP)]
    return ". ".join(_breath(group, t) for group in groups)


def _breath(signs: str, t: Strings) -> str:
    return ", ".join(_sign(sign, t) for sign in signs)


def _sign(sign: str, t: Strings) -> str:
    return t.gettext("dash") if sign == "-" else sign


def _plain(words: str) -> str:
    """Return words without what is for the eye: dots between them are pauses to the ear."""
    return words.replace(" · ", ", ").replace("\n", " ")


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!", "。", "？", "！", "।", "؟")) else f"{text}."
