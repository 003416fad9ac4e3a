"""What a voice says: every page has words, nothing is said that is not on the screen, codes are said sign by sign."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import pytest

from kiosk.flow.access import Access
from kiosk.flow.states import Labelling, State, Typing
from kiosk.flow.values import LabelState
from kiosk.language import OFFERED, speak
from kiosk.testing.gallery import gallery
from kiosk.testing.gallery_values import REGISTRATION, at, labels
from kiosk.view import Screen, view
from kiosk.view.reading import HEADING, Part, reading
from kiosk.view.spoken import change, page, spelled, told

ENGLISH = speak("en").strings
AT_NIGHT = [code for code in OFFERED if code not in ("en", "ar", "ja")]
LANGUAGES = ["en", "ar", "ja", *(pytest.param(code, marks=pytest.mark.nightly) for code in AT_NIGHT)]
GALLERY = {name.partition("_")[2]: state for name, state in gallery()}


def words_of(text: str) -> list[str]:
    """Return the words and single signs of a text, in small letters."""
    return re.findall(r"\w+", text.casefold())


SPEAKS = Access(speaks=True, focus=HEADING)
OUR_WORDS = frozenset(words_of("button, not chosen, done, now, still to come, ending in, dash"))
"""What speech adds to the words of the screen: how a part stands, which the eye sees by its shape."""


def screens(language: str = "en") -> Iterator[tuple[str, Screen]]:
    """Yield every picture of the gallery as a screen."""
    strings = speak(language).strings
    for name, state in GALLERY.items():
        yield name, view(replace(state, language=language), strings)


def said(before: Screen | None, after: Screen) -> str:
    """Return what is said of a change, as one text."""
    speech = change(before, after, ENGLISH)
    return " ".join(one.text for one in speech.utterances) if speech else ""


def seen(state: State, access: Access = SPEAKS) -> Screen:
    """Return a state's screen for somebody who listens."""
    return view(replace(state, access=access), ENGLISH)


@pytest.mark.parametrize("language", LANGUAGES)
def test_K1_every_page_begins_with_its_heading_and_has_something_to_say(language: str):
    strings = speak(language).strings
    for name, screen in screens(language):
        first = page(screen, strings)[0].text
        heading = screen.overlay.title if screen.overlay else screen.title.replace("\n", " ")
        assert first.startswith(screen.greeting or heading), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_K1_every_part_of_every_page_can_be_said(language: str):
    strings = speak(language).strings
    for name, screen in screens(language):
        for part in reading(screen):
            spoken = told(part, strings)
            assert spoken or part.is_overheard, (name, part)
            assert all(words_of(one.text) for one in spoken), (name, part)


def test_K1_nothing_is_said_that_does_not_stand_on_the_screen():
    for name, screen in screens():
        shown = " ".join(f"{part.name} {part.value} {part.detail}" for part in reading(screen))
        there = set(words_of(f"{shown} {screen.greeting}")) | set("".join(words_of(shown))) | OUR_WORDS
        parts = [one for part in reading(screen) for one in told(part, ENGLISH)]
        for one in (*page(screen, ENGLISH), *parts):
            assert set(words_of(one.text)) <= there, (name, one.text)


def test_K1_whatever_is_drawn_of_a_page_is_said_somewhere():
    """Each warning, each fact, each paragraph is heard with its page; the rest where the keypad comes to it."""
    for name, screen in screens():
        if screen.overlay:
            continue
        whole = " ".join(one.text for one in page(screen, ENGLISH))
        texts = [screen.guidance, *(block.text for block in screen.blocks), *(row.title for row in screen.rows)]
        texts += [screen.notice.text] if screen.notice else []
        texts += [chip.text for chip in screen.chips]
        for text in texts:
            assert " ".join(text.split()) in whole, (name, text)


def test_S5_of_a_secret_only_the_number_of_signs_is_ever_said():
    for name, screen in screens():
        if not (screen.keypad and screen.keypad.is_secret):
            continue
        field = next(part for part in reading(screen) if part.role == "field")
        spoken = " ".join(one.text for one in told(field, ENGLISH))
        assert not field.spells, name
        assert "•" not in spoken, name
        assert field.value in (screen.keypad.told, screen.keypad.placeholder), name


def test_S5_a_card_is_said_by_the_four_digits_that_are_shown():
    spoken = {
        one.text for _, screen in screens() for one in page(screen, ENGLISH) if "ending in 4, 7, 1, 1" in one.text
    }
    assert spoken
    assert not any("2900000047" in text.replace(", ", "") for _, s in screens() for text in [s.say])


@pytest.mark.parametrize(
    ("code", "short", "whole"),
    [
        ("•••• 4271", "ending in 4, 2, 7, 1", "ending in 4, 2, 7, 1"),
        ("2900471", "2, 9, 0, 0. 4, 7, 1", "2, 9, 0, 0. 4, 7, 1"),
        ("TCN-7Q2M9XKD4", "ending in X, K, D, 4", "T, C, N, dash. 7, Q, 2, M. 9, X, K, D. 4"),
        ("(01) 0950 (21) 7KQ2481MPX", "ending in 1, M, P, X", "0, 1. 0, 9, 5, 0. 2, 1. 7, K, Q, 2. 4, 8, 1, M. P, X"),
    ],
)
def test_K1_a_code_is_said_sign_by_sign_and_a_long_one_by_its_end_until_asked_for(code: str, short: str, whole: str):
    assert spelled(code, ENGLISH, is_short=True) == short
    assert spelled(code, ENGLISH) == whole


# -- what changes -------------------------------------------------------------------------------------------------


def test_K1_nobody_who_did_not_ask_is_spoken_to():
    silent = seen(GALLERY["attract"], Access())
    assert change(None, silent, ENGLISH) is None
    assert change(seen(GALLERY["attract"]), silent, ENGLISH) is None


def test_K1_a_fresh_page_is_said_whole_and_an_unchanged_one_not_again():
    attract, scan = seen(GALLERY["attract"]), seen(GALLERY["scan_empty"])
    assert said(attract, scan) == " ".join(one.text for one in page(scan, ENGLISH))
    assert change(scan, scan, ENGLISH) is None


def test_K1_a_label_that_is_out_is_all_that_is_said_and_waits_for_its_turn():
    shown = Labelling(registration=REGISTRATION, labels=labels(LabelState.SENDING, LabelState.QUEUED))
    one_out = replace(shown, labels=labels(LabelState.PRINTED, LabelState.SENDING))
    before, after = seen(at(shown)), seen(at(one_out))
    speech = change(before, after, ENGLISH)
    assert speech
    assert not speech.cuts_in
    assert [one.text for one in speech.utterances] == ["Roll 1 of 4: printed, Halide Gold 400."]


def test_K1_a_refused_scan_is_answered_at_once():
    before, after = seen(GALLERY["scan_empty"]), seen(GALLERY["scan_price_code"])
    speech = change(before, after, ENGLISH)
    assert speech
    assert speech.cuts_in
    assert speech.utterances[0].text == after.notice.text if after.notice else False


def test_K1_the_focus_says_name_role_and_state_of_the_part_it_comes_to():
    scan = GALLERY["scan_package_here"]
    before = seen(scan)
    assert said(before, seen(scan, replace(SPEAKS, focus="cancel"))) == "Cancel, button."
    assert said(before, seen(scan, replace(SPEAKS, focus="step:0"))) == "Your film, done."
    assert said(before, seen(scan, replace(SPEAKS, focus="slot:package"))).endswith("4, 8, 1, M. P, X.")


def test_K1_a_key_that_was_typed_is_said_and_what_is_deleted_leaves_the_rest():
    at_field = replace(SPEAKS, focus="key:4")
    typing = GALLERY["type_package_text"].page
    assert isinstance(typing, Typing)
    shorter, longer = (seen(at(replace(typing, text=text)), at_field) for text in ("TCP-7", "TCP-7Q"))
    assert said(shorter, longer) == "Q."
    assert said(longer, shorter) == "T, C, P, dash. 7."


def test_K1_the_volume_is_said_when_it_changes_and_the_page_when_it_is_asked_for_again():
    scan = GALLERY["scan_empty"]
    before = seen(scan)
    assert said(before, seen(scan, replace(SPEAKS, volume=4))) == "Volume 4 of 5."
    again = seen(scan, replace(SPEAKS, asked_again=1))
    assert said(before, again) == " ".join(one.text for one in page(again, ENGLISH))


def test_K1_the_countdown_is_heard_at_its_quarters_and_is_no_sign_of_life():
    idle = GALLERY["idle_warning"]
    every_second = [seen(replace(idle, now=float(second))) for second in range(150)]
    begins = next(n for n, screen in enumerate(every_second) if screen.overlay)
    first = change(every_second[begins - 1], every_second[begins], ENGLISH)
    assert first
    assert first.is_countdown
    later = [change(old, new, ENGLISH) for old, new in pairwise(every_second[begins:]) if new.overlay]
    heard = [speech for speech in later if speech]
    assert len(heard) == 4
    assert all(speech.is_countdown and not speech.cuts_in for speech in heard)


def test_K1_a_choice_that_is_switched_says_how_it_is_now():
    part = Part(id="large", role="button", name="Large text", state="chosen", can_press=True)
    on = told(part, ENGLISH)
    off = told(replace(part, state=""), ENGLISH, was=part)
    assert [one.text for one in (*on, *off)] == ["Large text, button, chosen.", "Large text, button, not chosen."]


def test_K1_the_name_of_another_language_is_said_by_that_languages_voice():
    spoken = told(Part(id="language:de", role="button", name="Deutsch", can_press=True, language="de"), ENGLISH)
    assert [(one.text, one.language) for one in spoken] == [("Deutsch.", "de"), ("button.", "")]
