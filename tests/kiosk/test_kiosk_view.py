"""Every screen there is: words, ways out, what a voice would say, languages."""

import importlib.util
import re
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from kiosk.errors import LanguageUnknown
from kiosk.flow.states import Limits, State
from kiosk.flow.step import next_deadline
from kiosk.language import lengthened, speak
from kiosk.testing.gallery import gallery
from kiosk.testing.gallery_values import PRIVACY
from kiosk.ui.theme import CONTRAST, PAPER, Theme, contrast_ratio
from kiosk.view import Screen, view

SCREENS = dict(gallery())
DEVICE_NAMES = {
    "Counter scanner",
    "Label printer",
    "ELO Touch 2402L",
    "st-90b1c7",
    "counter-left-scanner",
    "counter-right-scanner",
    "hand-scanner",
    "desk-scanner",
}
"""What the store called its devices."""
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", SCREENS)
def test_K1_every_screen_says_something_and_has_a_way_out(name: str) -> None:
    """A say text, a title, and a button or a bounded wait: on every screen of the tour."""
    state = SCREENS[name]
    screen = view(state, speak("en").strings)
    assert screen.title
    assert screen.say
    if screen.leaves_by_itself:
        assert next_deadline(state) is not None
    else:
        assert screen.button_ids() - {"access", "language"} or next_deadline(state) is not None
    assert screen.light.text


@pytest.mark.parametrize("name", SCREENS)
def test_K1_no_screen_shows_a_whole_card_number(name: str) -> None:
    """Only the last four, everywhere."""
    assert (
        "29000000" not in " ".join(_texts(view(SCREENS[name], speak("en").strings))).replace(" ", "") or "type" in name
    )


@pytest.mark.parametrize("name", SCREENS)
def test_K1_every_word_on_every_screen_goes_through_the_catalogue(name: str) -> None:
    """In the pseudo-language each word is accented, so one that is not was never given to the translators."""
    screen = view(SCREENS[name], speak("en_XA").strings)
    facts = {row.value for row in screen.rows} | {slot.value for slot in screen.slots}
    buttons = (
        *screen.touchable(),
        *screen.languages,
        *screen.tools,
        *(screen.overlay.buttons if screen.overlay else ()),
    )
    facts |= {button.text for button in buttons if button.language}
    facts |= {slot.film.name for slot in screen.slots if slot.film} | DEVICE_NAMES
    facts |= {entry.title for entry in screen.entries if entry.is_code}
    facts |= {part for row in screen.rows for part in (row.detail, row.value)}
    facts |= {ticket.code for ticket in screen.tickets} | {ticket.line for ticket in screen.tickets}
    notice = PRIVACY.notices["en"]  # data of its own, by language and version
    facts |= {notice.title} | {text for part in notice.section for text in (part.title, part.text)}
    ids = re.compile(r"^(\[.*\].*|.*·.*|[^a-z]*|.*\(01\).*)$", re.DOTALL)
    own = {"en", screen.name, screen.layout, screen.picture, screen.store, screen.number, screen.say}
    own.add(screen.qr)  # in no words at all
    for text in _texts(screen):
        if text in facts or text in own or _is_word_of_ours(text):
            continue
        assert ids.match(text), f"{text!r} on {name} is not translated"


def test_K1_the_template_for_translators_is_up_to_date() -> None:
    """`python scripts/kiosk_words.py` was run after the last change of words."""
    spec = importlib.util.spec_from_file_location("kiosk_words", ROOT / "scripts" / "kiosk_words.py")
    assert spec is not None
    assert spec.loader is not None
    words = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(words)
    assert words.template_path().read_bytes() == words.make_template()


def test_K1_a_language_without_catalogue_is_refused_by_name() -> None:
    """A wrong setting is said at the start, not by an empty screen."""
    with pytest.raises(LanguageUnknown, match="xx"):
        speak("xx")


def test_K1_the_pseudo_language_keeps_placeholders_and_is_a_third_longer() -> None:
    """So that it formats like a real one, and finds what does not fit."""
    assert "{n}" in lengthened("{n} rolls")
    long = "Hold the square code on the box under the red light."
    assert 1.2 * len(long) <= len(lengthened(long)) <= 1.6 * len(long)


@pytest.mark.parametrize("theme", [PAPER, CONTRAST], ids=lambda theme: theme.name)
@pytest.mark.parametrize("ground", ["bg", "surface"])
def test_K1_text_has_4_5_to_1_and_outlines_3_to_1(theme: Theme, ground: str) -> None:
    """WCAG 2.2, 1.4.3 and 1.4.11, on both grounds of both themes."""
    for ink in ("ink", "ink2", "ok", "warn", "bad"):
        assert contrast_ratio(theme[ink], theme[ground]) >= 4.5, ink
    for line in ("edge", "accent_line", "ok", "bad"):
        assert contrast_ratio(theme[line], theme[ground]) >= 3.0, line


@pytest.mark.parametrize("theme", [PAPER, CONTRAST], ids=lambda theme: theme.name)
def test_K1_words_on_washes_and_buttons_keep_4_5_to_1(theme: Theme) -> None:
    """Notices, chips, the primary and the danger button."""
    pairs = [
        ("accent_ink", "accent"),
        ("on_strong", "bad"),
        ("ok", "ok_wash"),
        ("warn", "warn_wash"),
        ("bad", "bad_wash"),
    ]
    for ink, wash in [*pairs, ("ink", "warn_wash"), ("ink", "ok_wash")]:
        assert contrast_ratio(theme[ink], theme[wash]) >= 4.5, (ink, wash)


def test_K1_the_defaults_give_at_least_twenty_seconds_to_ask_for_more_time() -> None:
    """WCAG 2.2.1: warned, with twenty seconds to answer by a simple action."""
    assert Limits().warn_s >= 20
    assert State().warned_for_s is None


def _texts(thing: object) -> list[str]:
    if isinstance(thing, str):
        return [thing] if thing else []
    if isinstance(thing, tuple):
        return [text for part in thing for text in _texts(part)]
    if is_dataclass(thing):
        return [text for field in fields(thing) for text in _texts(getattr(thing, field.name))]
    return []


def _is_word_of_ours(text: str) -> bool:
    """Names the screen model uses for itself: icons, tones, states, ids."""
    return re.fullmatch(r"[a-z_]+(:[A-Za-z0-9_-]+)?", text) is not None


def test_K1_a_screen_is_a_value() -> None:
    """Two views of one state are equal, so nothing is drawn anew without a change."""
    state = next(iter(SCREENS.values()))
    assert isinstance(view(state, speak("en").strings), Screen)
    assert view(state, speak("en").strings) == view(state, speak("en").strings)
