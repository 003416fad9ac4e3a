"""Keys of a keyboard or a keypad that behaves as one: through the toolkit's own loop, held, typed by a scanner."""

from collections.abc import Callable

import pytest

from kiosk.keyboard import HUMAN_S, KEYS, Keyboard
from kiosk.testing import Counter, Pilot, card_frame, frame
from kiosk.testing.counter import CARD, PACKAGE
from kiosk.testing.outside import listen, outside
from photocore.testing import ManualClock

Open = Callable[..., tuple[Pilot, Counter]]
DOWN, ENTER, ESCAPE, ROUND_KEY = 0x40000051, 13, 27, 0x4000006F
"""SDL's own numbers, before the toolkit gives them its own: arrow down, Enter, Escape, F20."""


@pytest.mark.kivy
@pytest.mark.xdist_group("kivy")
def test_K1_keys_that_reach_the_window_walk_and_press(open_pilot: Open) -> None:
    """The first key shows where one stands, an EZ-Access keypad's round key presses, Escape leaves the page."""
    pilot, counter = open_pilot()
    with outside() as gate:

        def key(code: int, until: Callable[[], bool], what: str) -> None:
            gate.key(code)
            listen()
            pilot.until(until, deadline_s=20.0, what=what)

        key(DOWN, lambda: counter.screen.access.focus == "start", "the focus")
        came = counter.clock.monotonic()
        pilot.until(lambda: counter.clock.monotonic() > came + 0.5, deadline_s=20.0, what="a page that has settled")
        key(ROUND_KEY, lambda: counter.screen.name == "scan", "the page to scan")
        key(ESCAPE, lambda: counter.screen.name == "attract", "the attract page")


@pytest.mark.kivy
@pytest.mark.xdist_group("kivy")
def test_K1_any_other_key_does_nothing_and_a_touch_takes_the_focus_away(open_pilot: Open) -> None:
    """Letters, digits, F5 and Print do nothing; the mark is for who uses the keypad."""
    pilot, counter = open_pilot()
    counter.scan(frame(PACKAGE), card_frame(CARD))
    with outside() as gate:
        gate.key(DOWN)
        listen()
        pilot.until(lambda: counter.screen.access.focus == "register", deadline_s=20.0, what="the focus")
        before = counter.screen
        for code in (*range(97, 123), *range(48, 58), 0x4000003E, 0x40000046, 127):
            gate.key(code)
        listen()
        pilot.frames(5)
        assert counter.screen == before
        pilot.touch(5, 5)
        pilot.until(lambda: not counter.screen.access.focus, deadline_s=20.0, what="no focus")


def test_K1_a_key_that_is_held_counts_once() -> None:
    """EN 301 549, 5.7: there is no key repeat, so none is too fast."""
    keyboard = Keyboard(ManualClock())
    assert [keyboard.press(274) for _ in range(20)] == ["next"] + [None] * 19
    keyboard.release(274)
    assert keyboard.press(274) == "next"


def test_K1_a_scanner_that_types_presses_nothing() -> None:
    """Its Enter follows digits as no hand can; a moment later the same key is a person's."""
    clock = ManualClock()
    keyboard = Keyboard(clock)
    for digit in b"2900000047112":
        assert keyboard.press(digit) is None
        keyboard.release(digit)
        clock.advance(0.005)
    assert keyboard.press(13) is None
    keyboard.release(13)
    clock.advance(HUMAN_S)
    assert keyboard.press(13) == "press"


def test_K1_shift_and_tab_goes_the_other_way() -> None:
    """As at every desk."""
    assert Keyboard(ManualClock()).press(9, is_shifted=True) == "previous"


def test_K1_every_one_of_the_six_has_a_key() -> None:
    """On a keyboard, and on a keypad with function keys."""
    assert set(KEYS.values()) == {"previous", "next", "press", "back", "repeat", "volume"}
