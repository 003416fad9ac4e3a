"""Whole walks by a shopper who cannot see: what was said decides the next key, and nothing else does."""

import pytest

from kiosk.flow.states import Attract
from kiosk.language import OFFERED
from kiosk.speech.narrator import NO_VOICE
from kiosk.speech.tongues import TONGUES
from kiosk.testing.counter import CARD, PACKAGE
from kiosk.testing.listener import LANGUAGES, WALKS, Listener, heard_path, heard_text, listened


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("walk", WALKS)
def test_K1_a_walk_by_ear_alone_is_its_transcript(walk: str, language: str):
    found = heard_path(walk, language).read_text(encoding="utf-8")
    assert heard_text(walk, language) == found, "read aloud what changed; kiosk.testing.listener writes it anew"


@pytest.mark.parametrize("language", OFFERED)
def test_K1_in_every_language_a_shopper_who_cannot_see_registers(language: str):
    shopper = listened("register", language)
    assert len(shopper.counter.desk.held) == 1
    assert isinstance(shopper.counter.machine.state.page, Attract)
    assert {sentence.language for sentence in shopper.sentences} == {language if language in TONGUES else "en"}
    assert (f"    - {NO_VOICE}" in shopper.transcript) == (language not in TONGUES)


@pytest.mark.parametrize("language", OFFERED)
def test_K1_in_every_language_a_mistake_is_undone_by_ear(language: str):
    held = listened("mistake", language).counter.desk.held
    assert [registration.withdrawn for registration in held.values()] == [True]


def test_S5_what_is_heard_tells_neither_the_whole_card_nor_a_secret():
    """The access code stands on the receipt alone; the card is said by four digits, however often it is asked for."""
    for walk in WALKS:
        heard = heard_text(walk, "en").replace(", ", "").replace(". ", "")
        assert CARD[-4:] in heard
        assert CARD not in heard
        assert CARD[:-4] not in heard
        assert PACKAGE[-4:] in heard


def test_S5_the_end_of_a_session_leaves_nothing_to_be_heard():
    """Who puts on the headset next hears the greeting, the usual volume, and nothing of the one before."""
    shopper = listened("mistake")
    before = len(shopper.transcript)
    shopper.put_headset(is_in=True)
    shopper.key("repeat")
    heard = "\n".join(shopper.transcript[before:])
    assert "1, M, P, X" not in heard
    assert CARD[-4:] not in heard.replace(", ", "")
    assert shopper.counter.machine.state.access.volume == 3


def test_S6_staff_hear_no_digit_of_a_pin_they_type():
    shopper: Listener = listened("register")
    shopper.put_headset(is_in=True)
    before = len(shopper.transcript)
    shopper.counter.sign_in("271828")
    heard = shopper.transcript[before:]
    assert any("digit" in line for line in heard)
    assert not any("2, 7" in line or line.endswith(" 271828.") for line in heard)
