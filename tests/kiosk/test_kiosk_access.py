"""Ease of use: the menu on every page, what a headset begins and ends, and the time that people are given."""

from dataclasses import replace

import pytest

from kiosk.flow.access import NOTHING, USUAL_VOLUME
from kiosk.flow.events import JackSaid, Spoke, VoiceReady
from kiosk.flow.states import Attract, Labelling, Limits, Scanning
from kiosk.flow.tool_pages import Cleaning
from kiosk.flow.values import Voice
from kiosk.language import speak
from kiosk.testing import Counter, card_frame, frame
from kiosk.testing.counter import CARD, PACKAGE
from kiosk.testing.gallery import gallery
from kiosk.testing.keypad import Hand
from kiosk.view import view

SCREENS = dict(gallery())


def test_K1_ease_of_use_and_language_are_on_every_page() -> None:
    """On the public page too, and for staff; not while the glass is wiped."""
    for name, state in SCREENS.items():
        if isinstance(state.page, Cleaning):
            continue
        screen = view(replace(state, is_choosing_language=False, is_choosing_access=False), speak("en").strings)
        tools = {tool.id for tool in screen.tools}
        assert "access" in tools, name
        assert "language" in tools or screen.languages, name


def test_K1_each_choice_of_the_menu_shows_at_once_and_the_menu_stays(counter: Counter) -> None:
    """Marked by a sign and by its state, and taken back by the same touch."""
    counter.press("start", "access")
    for button, is_on in (("contrast", "has_contrast"), ("large", "is_large"), ("low", "is_low")):
        counter.press(button)
        assert getattr(counter.screen.access, is_on)
        assert _is_chosen(counter, button)
        counter.press(button)
        assert not getattr(counter.screen.access, is_on)
        assert not _is_chosen(counter, button)
    counter.press("large", "close")
    assert counter.screen.overlay is None
    assert counter.screen.access.is_large


def test_K1_what_one_person_chose_does_not_meet_the_next(counter: Counter) -> None:
    """36 CFR 1194.25(f) for the volume; the rest with it."""
    counter.press("start", "access", "contrast", "large", "low", "close", "cancel")
    assert counter.machine.state.access == NOTHING


def test_K1_what_was_chosen_on_the_public_page_by_somebody_who_walked_on_is_forgotten(counter: Counter) -> None:
    """After the usual silence, without a word, and with the menu closed."""
    counter.press("access", "large")
    counter.wait(counter.limits.idle_s + 1)
    assert counter.machine.state.access == NOTHING
    assert counter.screen.overlay is None


def test_K1_a_second_package_of_the_same_person_keeps_what_they_chose(counter: Counter) -> None:
    """Scanned while the first one's labels are out, as language does."""
    counter.press("start", "access", "large", "close")
    counter.register()
    counter.scan(frame("(01)09506000134352(21)ZX81QQ7730"))
    assert counter.machine.state.access.is_large


@pytest.mark.parametrize(("voice", "is_in", "is_offered"), [("off", True, False), ("jack", False, False)])
def test_K1_speech_is_not_offered_where_it_would_not_reach_the_one_it_is_for(
    counter: Counter, voice: Voice, is_in: bool, is_offered: bool
) -> None:
    """No voice, or no headset: the menu promises nothing."""
    now = counter.clock.monotonic()
    counter.machine.happen(VoiceReady(at=now, voice=voice))
    counter.machine.happen(JackSaid(at=now, is_in=is_in))
    counter.press("access")
    assert ("voice" in counter.screen.button_ids()) is is_offered
    assert not counter.screen.access.speaks


def test_K1_a_headset_begins_speech_with_a_word_on_the_keys_and_takes_nothing_away(counter: Counter) -> None:
    """In the middle of a walk: what was scanned stays, when it is put in and when it is pulled out."""
    counter.scan(frame(PACKAGE))
    hand = Hand(counter)
    hand.plug_in()
    assert (counter.screen.access.speaks, counter.screen.access.focus) == (True, "title")
    assert counter.screen.greeting
    assert counter.screen.say.startswith(counter.screen.greeting)
    counter.scan(card_frame(CARD))
    assert not counter.screen.greeting
    counter.press("register")
    hand.pull_out()
    assert isinstance(counter.machine.state.page, Labelling)
    assert not counter.screen.access.speaks


def test_K1_who_keeps_the_headset_on_is_not_left_in_silence_by_the_end_of_a_session(counter: Counter) -> None:
    """The volume and everything else is reset; the greeting is said anew, for it may be another person."""
    hand = Hand(counter)
    hand.plug_in()
    hand.press("start")
    hand.key("volume")
    hand.key("back")
    access = counter.screen.access
    assert isinstance(counter.machine.state.page, Attract)
    assert (access.speaks, access.greets, access.volume) == (True, True, USUAL_VOLUME)
    session = counter.machine.state.session
    counter.wait(600.0)
    assert counter.machine.state.session == session, "a headset left behind keeps the kiosk busy"


def test_K1_where_the_store_lets_the_kiosk_speak_aloud_the_first_key_begins_it(counter: Counter) -> None:
    """There may be no headset socket; nobody has to find a menu they cannot see."""
    counter.machine.happen(VoiceReady(at=counter.clock.monotonic(), voice="always"))
    assert not counter.screen.access.speaks
    Hand(counter).key("next")
    assert counter.screen.access.speaks
    assert counter.screen.greeting


def test_K1_the_key_that_says_it_again_begins_speech_where_it_was_switched_off(counter: Counter) -> None:
    """Switched off in the menu, with the headset still on."""
    hand = Hand(counter)
    hand.plug_in()
    hand.press("access", "voice")
    assert not counter.screen.access.speaks
    hand.key("repeat")
    assert counter.screen.access.speaks


def test_K1_a_pin_is_read_out_to_nobody_else(counter: Counter) -> None:
    """EN 301 549, 5.1.3.8: into a headset the keys have names; into the room they have none that is said."""
    from kiosk.testing import badge_frame
    from kiosk.view.reading import reading

    hand = Hand(counter)
    counter.machine.happen(VoiceReady(at=counter.clock.monotonic(), voice="always"))
    hand.key("next")
    counter.scan(badge_frame())
    assert all(part.is_overheard for part in reading(counter.screen) if part.role == "key")
    assert "headset" in counter.screen.guidance
    hand.plug_in()
    assert not any(part.is_overheard for part in reading(counter.screen))


def test_K1_more_time_is_given_as_often_as_it_is_asked_for_by_touch_and_by_key(counter: Counter) -> None:
    """WCAG 2.2.1 asks for ten times; what was scanned is there after the twelfth."""
    counter.scan(frame(PACKAGE))
    hand = Hand(counter)
    for n in range(12):
        counter.wait(counter.machine.state.idle_s + 5.0)
        assert counter.screen.overlay is not None
        if n % 2:
            counter.press("more")
        else:
            hand.key("press")
        assert counter.screen.overlay is None
    page = counter.machine.state.page
    assert isinstance(page, Scanning)
    assert page.item is not None


def test_K1_a_warned_person_has_twenty_seconds_and_one_key_is_enough(counter: Counter) -> None:
    """The warning is said and shown; the key that leads back gives more time, and never ends the session."""
    assert Limits().warn_s >= 20.0
    counter.scan(frame(PACKAGE))
    hand = Hand(counter)
    hand.plug_in()
    counter.wait(counter.machine.state.idle_s + 1.0)
    assert counter.screen.overlay is not None
    assert counter.screen.overlay.title in counter.screen.say
    counter.wait(counter.machine.state.warn_s - 3.0)
    hand.key("back")
    assert (counter.screen.overlay, counter.screen.name) == (None, "scan")


def test_K1_walking_between_the_warnings_buttons_keeps_it_there_with_its_whole_time(counter: Counter) -> None:
    """Nothing is cleared under a finger that is on its way; and who left is gone after it all the same."""
    counter.scan(frame(PACKAGE))
    hand = Hand(counter)
    hand.key("next")
    counter.wait(counter.machine.state.idle_s + 1.0)
    for _ in range(6):
        counter.wait(counter.machine.state.warn_s - 3.0)
        hand.key("next")
        assert counter.screen.overlay is not None
    hand.go_to("end")
    counter.wait(counter.machine.state.warn_s + 1.0)
    assert isinstance(counter.machine.state.page, Attract)


def test_K1_who_listens_or_uses_the_keypad_is_given_longer(counter: Counter) -> None:
    """Twice as long, until the warning and after it; by touch alone it is as before."""
    counter.press("start")
    state = counter.machine.state
    assert (state.idle_s, state.warn_s) == (state.limits.idle_s, state.limits.warn_s)
    Hand(counter).key("next")
    state = counter.machine.state
    assert (state.idle_s, state.warn_s) == (2 * state.limits.idle_s, 2 * state.limits.warn_s)


def test_K1_while_a_page_is_being_read_out_nobody_is_warned(counter: Counter) -> None:
    """A sentence is activity; but the warning itself, being said, does not keep an empty place open."""
    hand = Hand(counter)
    hand.plug_in()
    hand.press("start")
    idle = counter.machine.state.idle_s
    for _ in range(4):
        counter.wait(idle - 5.0)
        counter.machine.happen(Spoke(at=counter.clock.monotonic()))
    assert counter.screen.overlay is None
    counter.wait(idle + 1.0)
    assert counter.screen.overlay is not None
    counter.machine.happen(Spoke(at=counter.clock.monotonic()))
    assert counter.screen.overlay is not None
    counter.wait(counter.machine.state.warn_s)
    assert isinstance(counter.machine.state.page, Attract)


def _is_chosen(counter: Counter, button: str) -> bool:
    overlay = counter.screen.overlay
    assert overlay is not None
    return next(each for each in overlay.buttons if each.id == button).is_chosen
