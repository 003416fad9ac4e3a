"""Everything by six keys: whole walks with their transcripts, every part of every page, and no way that is stuck."""

import random
from dataclasses import replace
from typing import get_args

import pytest

from kiosk.flow.access import Access, Key
from kiosk.flow.events import Focused, JackSaid, Keyed, VoiceReady
from kiosk.flow.focus import begin_speech, end_speech
from kiosk.flow.states import Attract, State
from kiosk.language import speak
from kiosk.testing import Counter, SilentScanner, card_frame, film_store, frame, stocked_desk
from kiosk.testing.counter import CARD, PACKAGE
from kiosk.testing.gallery import gallery
from kiosk.testing.keypad import Hand
from kiosk.testing.keypad_walks import WALKS, transcript, transcript_path, walked
from kiosk.view import Screen, view
from kiosk.view.keying import meant, start_of
from kiosk.view.reading import focused, reading
from photocore.testing import ManualClock

SCREENS = dict(gallery())
KEYS: tuple[Key, ...] = get_args(Key)


@pytest.mark.parametrize("is_heard", [True, False], ids=["heard", "unheard"])
@pytest.mark.parametrize("name", WALKS)
def test_K1_a_whole_walk_by_keypad_alone_is_its_transcript(name: str, is_heard: bool) -> None:
    """Each key, where one stands after it, and what is said: as written down and read by a person."""
    found = transcript_path(name, is_heard=is_heard).read_text(encoding="utf-8")
    assert transcript(name, is_heard=is_heard) == found, "read what changed; kiosk.testing.keypad_walks writes it anew"


def test_K1_O19_a_registration_by_keypad_alone_takes_two_scans_and_six_keys() -> None:
    """Start, register and finish are where the focus begins; a listener needs a few more to walk there."""
    assert walked("register", is_heard=False).keys <= 6
    assert walked("register").keys <= 13


def test_K1_what_the_keypad_did_is_done() -> None:
    """Registered, withdrawn, printed again: the same desk as by touch."""
    assert len(walked("register").counter.desk.held) == 1
    undone = walked("type_and_undo").counter.desk.held
    assert [held.withdrawn for held in undone.values()] == [True]
    again = next(iter(walked("staff_reprint").counter.desk.held.values()))
    assert len({job.copy for job in again.jobs}) == len(again.jobs)
    for name in WALKS:
        assert isinstance(walked(name).counter.machine.state.page, Attract)


@pytest.mark.parametrize("is_heard", [True, False], ids=["heard", "unheard"])
def test_K1_every_part_that_can_be_pressed_is_reached_by_either_key_from_anywhere(is_heard: bool) -> None:
    """On every page: a ring without holes, the same both ways round; over the texts too, for who listens."""
    for name, state in SCREENS.items():
        screen = _focused(view(_using(state, is_heard=is_heard), speak("en").strings))
        parts = reading(screen)
        wanted = {part.id for part in parts if part.can_press or is_heard} or {screen.access.focus}
        forwards = _ring(screen, "next", len(parts) + 1)
        assert set(forwards) == wanted, name
        assert _ring(screen, "previous", len(parts) + 1) == [forwards[0], *reversed(forwards[1:])], name
        for part in parts:
            there = replace(screen, access=replace(screen.access, focus=part.id))
            pressed = meant(there, Keyed(at=0.0, key="press"))
            assert getattr(pressed, "button", None) == (part.id if part.can_press else None), name


def test_K1_no_keys_in_any_order_get_stuck_or_lose_the_focus() -> None:
    """A dozen keys at random from every fifth page: always a part to stand on, and a way home. Nightly: all pages."""
    _storm(list(SCREENS)[::5], count=12)


@pytest.mark.nightly
def test_K1_no_keys_in_any_order_get_stuck_on_any_page() -> None:
    """A hundred keys from each."""
    _storm(list(SCREENS), count=100)


def _storm(names: list[str], *, count: int) -> None:
    for name in names:
        chance = random.Random(name.partition("_")[2])
        for is_heard in (True, False):
            counter = _at(SCREENS[name], is_heard=is_heard)
            for _ in range(count):
                counter.wait(0.5)
                counter.machine.key(chance.choice(KEYS))
                counter.settle()
                screen = counter.screen
                assert not screen.access.focus or focused(screen), f"{screen.access.focus} on {screen.name} from {name}"
        counter.wait(900.0)
        assert counter.screen.name in ("attract", "closed"), name


def test_K1_one_key_leads_back_in_the_pages_own_words_or_says_again_where_one_is() -> None:
    """Never to a deed: not to finishing, undoing, registering or an end that was asked about."""
    for name, state in SCREENS.items():
        screen = _focused(view(_using(state, is_heard=True), speak("en").strings))
        back = meant(screen, Keyed(at=0.0, key="back"))
        assert getattr(back, "button", "more") in ("more", "close", "no", "back", "cancel"), name


def test_K1_the_first_key_shows_where_one_stands_and_does_nothing_else(counter: Counter) -> None:
    """On the attract page and in the middle of a walk: nobody presses what they have not seen the mark on."""
    hand = Hand(counter)
    hand.key("press")
    assert (counter.screen.name, counter.screen.access.focus) == ("attract", "start")
    hand.key("press")
    assert counter.screen.name == "scan"
    counter.machine.touch()
    assert counter.screen.access.focus == ""
    counter.scan(frame(PACKAGE), card_frame(CARD))
    hand.key("press")
    assert (counter.screen.name, counter.screen.access.focus) == ("confirm", "register")


def test_K1_a_touch_takes_the_mark_away_but_not_the_place_of_who_listens(counter: Counter) -> None:
    """A sleeve touches the glass too."""
    hand = Hand(counter)
    hand.plug_in()
    hand.press("start")
    hand.go_to("type")
    counter.machine.touch()
    assert counter.screen.access.focus == "type"
    hand.pull_out()
    counter.machine.touch()
    assert counter.screen.access.focus == ""


def test_K1_a_finger_that_trembles_presses_once(counter: Counter) -> None:
    """EN 301 549, 5.8: the same key again within a set time is the same stroke; 0.5 s can be set."""
    machine = counter.machine
    machine.state = replace(machine.state, limits=replace(machine.state.limits, strike_s=0.5))
    hand = Hand(counter)
    hand.key("next")
    hand.go_to("access")
    counter.wait(1.0)
    for _ in range(3):
        counter.machine.key("next")
    assert counter.screen.access.focus == "start"
    counter.wait(0.5)
    counter.machine.key("next")
    assert counter.screen.access.focus == "access"


def test_K1_a_press_meant_for_the_page_before_is_not_taken_on_this_one(counter: Counter) -> None:
    """A second stroke on Register does not leave the labels' page."""
    counter.scan(frame(PACKAGE), card_frame(CARD))
    counter.wait(1.0)
    counter.machine.key("press")
    counter.wait(1.0)
    counter.machine.key("press")
    counter.settle()
    counter.wait(0.2)
    counter.machine.key("press")
    assert (counter.screen.name, counter.screen.overlay) == ("labels_printing", None)


def test_K1_the_focus_stays_under_the_finger_when_a_page_goes_on_by_itself(counter: Counter) -> None:
    """Labels come out while somebody is about to press Undo: that is still what the next press does."""
    from kiosk.flow import effects as ask
    from sync.label_states import LabelState

    claim = counter.register()
    hand = Hand(counter)
    hand.key("next")
    hand.go_to("undo")
    counter.desk.settle(claim, LabelState.PRINTED)
    counter.owed.append(ask.ReadClaim(session=counter.machine.state.session, claim=claim))
    counter.settle()
    assert (counter.screen.name, counter.screen.access.focus) == ("labels_done", "undo")


def test_K1_a_question_takes_the_focus_and_gives_it_back(counter: Counter) -> None:
    """The menu, the choice of language, the warning: who typed half a code goes on where they were."""
    hand = Hand(counter)
    hand.plug_in()
    hand.press("start", "type", "key:7")
    counter.wait(counter.machine.state.idle_s + 1.0)
    assert (counter.screen.overlay is not None, counter.screen.access.focus) == (True, "title")
    hand.key("back")
    assert (counter.screen.overlay, counter.screen.access.focus) == (None, "key:7")
    assert counter.screen.keypad is not None
    assert counter.screen.keypad.text == "7"


def test_K1_a_key_says_it_again_and_a_key_changes_the_volume_of_this_session_alone(counter: Counter) -> None:
    """36 CFR 1194.25(f): louder step by step, and reset after each user."""
    hand = Hand(counter)
    hand.plug_in()
    hand.key("repeat")
    assert counter.screen.access.asked_again == 1
    heard = []
    for _ in range(5):
        hand.key("volume")
        heard.append(counter.screen.access.volume)
    assert heard == [4, 5, 1, 2, 3]
    hand.key("volume")
    hand.press("start")
    hand.key("back")
    assert (counter.screen.name, counter.screen.access.volume) == ("attract", 3)


def _using(state: State, *, is_heard: bool) -> State:
    access = begin_speech(state.access) if is_heard else end_speech(state.access)
    station = replace(state.station, voice="jack", is_jack_in=is_heard)
    return replace(state, access=access, station=station)


def _ring(screen: Screen, key: Key, most: int) -> list[str]:
    """Return where one comes by pressing ``key`` until one is back."""
    found = [screen.access.focus]
    for _ in range(most):
        step = meant(screen, Keyed(at=0.0, key=key))
        assert isinstance(step, Focused)
        if step.part == found[0]:
            return found
        found.append(step.part)
        screen = replace(screen, access=replace(screen.access, focus=step.part))
    raise AssertionError(f"{key} does not come round on {screen.name}")


def _focused(screen: Screen) -> Screen:
    return replace(screen, access=replace(screen.access, focus=start_of(screen)))


def _at(state: State, *, is_heard: bool) -> Counter:
    counter = Counter(clock=ManualClock(), desk=stocked_desk(), store=film_store(), scanner=SilentScanner())
    counter.machine.restore(replace(state, home_language="en", access=Access()))
    now = counter.clock.monotonic()
    counter.machine.happen(VoiceReady(at=now, voice="jack"))
    counter.machine.happen(JackSaid(at=now, is_in=is_heard))
    return counter
