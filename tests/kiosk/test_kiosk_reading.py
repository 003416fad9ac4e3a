"""The headless screen: every picture of the gallery as parts with roles, names, values and an order (EN 301 549)."""

import re
from dataclasses import fields, is_dataclass, replace
from functools import cache

from kiosk.language import speak
from kiosk.testing.gallery import gallery
from kiosk.view import Screen, view
from kiosk.view.reading import HEADING, focused, reading
from kiosk.view.screen import Keypad

SCREENS = dict(gallery())
UNSAID = {
    *("icon", "id", "kind", "picture", "language", "say", "layout", "look", "name", "film", "hint", "access"),
    *("greeting", "leaves", "qr"),
}
"""Fields of the screen that are drawn as shapes, or name a thing for the program: nothing to be read out."""


@cache
def _shown(name: str) -> Screen:
    return view(SCREENS[name], speak("en").strings)


def test_K1_what_is_touched_is_exactly_one_part_that_can_be_pressed() -> None:
    """Nothing can be done by touch alone, and nothing is offered twice."""
    for name in SCREENS:
        screen = _shown(name)
        pressed = [part.id for part in reading(screen) if part.can_press]
        assert sorted(pressed) == sorted(screen.button_ids()), name


def test_K1_every_part_has_a_name_and_an_id_of_its_own_and_the_heading_is_first() -> None:
    """So that a voice has something to say, and the focus one place to stand."""
    for name in SCREENS:
        parts = reading(_shown(name))
        assert [part for part in parts if not part.name.strip()] == [], name
        assert len({part.id for part in parts}) == len(parts), name
        assert [part.id for part in parts if part.role == "heading"] == [parts[0].id] == [HEADING], name


def test_K1_what_is_drawn_in_words_is_read() -> None:
    """Every word of the screen stands in some part: in its name, its value or its detail."""
    for name in SCREENS:
        screen = _shown(name)
        said = " ".join(f"{part.name} {part.value} {part.detail}" for part in reading(screen))
        for text in _words(screen.overlay or screen):
            assert text in said, f"{text!r} of {name} is drawn and never read"


def test_K1_a_code_is_spelled_and_a_sentence_is_not() -> None:
    """What is spelled is one identity, never a sentence with one in it; and identities of packages are spelled."""
    for name in SCREENS:
        for part in reading(_shown(name)):
            if part.spells:
                assert re.fullmatch(r"[A-Za-z0-9()•· \u2009-]+", part.value), part
            else:
                assert "(01)" not in part.name + part.value, part


def test_K1_of_a_pin_the_number_of_its_digits_is_read_and_no_more() -> None:
    """The dots have no name; how many there are has."""
    typed = next(part for part in reading(_shown(_named("pin_typed"))) if part.id == "field")
    assert (typed.value, typed.spells) == ("6 digits typed", False)
    empty = next(part for part in reading(_shown(_named("pin"))) if part.id == "field")
    assert empty.value == "Touch the keys below"


def test_K1_a_question_over_the_page_hides_the_page_from_the_reader_too() -> None:
    """What cannot be touched is neither read nor walked to."""
    parts = reading(_shown(_named("undo_question")))
    assert [part.id for part in parts] == ["title", "guidance", "no", "yes"]


def test_K1_what_to_do_and_its_buttons_come_before_the_facts_and_the_frame() -> None:
    """Heading, what happened, what to do, buttons; then facts and papers; last tools, steps, light and foot."""
    wanted = ["title", "guidance", "cancel", "register", "row:0", "claim_code", "ticket:0", "access", "step:0", "foot"]
    parts = [part.id for part in reading(_shown(_named("confirm")))]
    assert [part for part in parts if part in wanted] == wanted
    parts = [part.id for part in reading(_shown(_named("trouble_no_answer")))]
    assert parts.index("block:2") < parts.index("finish")


def test_K1_the_buttons_of_a_page_are_near_its_heading() -> None:
    """Few keys, whatever the page holds; a list is its own choice."""
    for name in SCREENS:
        screen = _shown(name)
        parts = [part.id for part in reading(screen)]
        if screen.buttons and not (screen.overlay or screen.entries):
            assert parts.index(screen.buttons[0].id) <= 7, name


def test_K1_no_state_is_told_by_colour_alone() -> None:
    """Who sees no colour reads a word or a sign: WCAG 2.2, 1.4.1; 36 CFR 1194.25(g)."""
    for name in SCREENS:
        screen = _shown(name)
        assert all(entry.word for entry in screen.entries if entry.tone != "plain"), name
        assert all(chip.text and chip.icon for chip in screen.chips), name
        assert all(row.tag or row.detail for row in screen.rows if row.tone in ("warn", "bad")), name
        assert all(ticket.word for ticket in screen.tickets), name
        assert not screen.light.text or screen.light.icon, name
        buttons = (*screen.touchable(), *screen.languages)
        assert all(button.icon == "check" for button in buttons if button.is_chosen), name


def test_K1_what_is_drawn_without_words_has_words_for_the_ear() -> None:
    """A bar of progress, a drawn box, a large number with its square code: each is said by some part."""
    for name in SCREENS:
        screen = _shown(name)
        said = " ".join(f"{part.name} {part.value} {part.detail}" for part in reading(replace(screen, overlay=None)))
        assert screen.progress is None or screen.progress_words in said, name
        assert not screen.number or screen.number in said, name
        films = [slot.film for slot in screen.slots if slot.film]
        assert all(film.name in said for film in films), name
        assert not screen.picture or screen.guidance or screen.blocks or screen.rows, name


def test_K1_each_language_is_named_in_its_own() -> None:
    """A voice can say the name of a language as those do who speak it."""
    parts = {part.id: part for part in reading(_shown(_named("language")))}
    assert parts["language:de"].language == "de"
    assert parts["language:en"].state == "chosen"


def test_K1_the_focus_stands_on_no_part_while_nobody_uses_the_keypad() -> None:
    """Touch alone needs no mark."""
    assert focused(_shown(_named("attract"))) is None


def _named(name: str) -> str:
    return next(key for key in SCREENS if re.fullmatch(rf"\d+_{name}", key))


def _words(thing: object, field: str = "") -> list[str]:
    """Return every text drawn in ``thing``, in lines as a part joins them."""
    if isinstance(thing, str):
        return [thing.replace("\n", " ")] if thing and field not in UNSAID and not _is_drawn_otherwise(thing) else []
    if isinstance(thing, tuple):
        return [text for part in thing for text in _words(part, field)]
    if is_dataclass(thing):
        if field == "button" or field in UNSAID:
            return []
        if isinstance(thing, Keypad):
            thing = replace(thing, rows=(), placeholder="" if thing.text else thing.placeholder)
        return [text for each in fields(thing) for text in _words(getattr(thing, each.name), each.name)]
    return []


def _is_drawn_otherwise(text: str) -> bool:
    """Tell dots, states and tones from words: those are read as a count and as the part's state."""
    states = {"done", "now", "next", "live", "busy", "plain", "good", "warn", "bad"}
    return set(text) == {"•"} or text in states
