"""The real Kivy app, off-screen: real touches through its own loop, real pixels."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from kiosk.flow import effects as ask
from kiosk.flow.states import Limits
from kiosk.testing import Counter, Pilot, card_frame, frame, tour
from kiosk.testing.counter import CARD, PACKAGE, ROLLS
from sync.label_states import LabelState

pytestmark = [pytest.mark.kivy, pytest.mark.xdist_group("kivy")]

Open = Callable[..., tuple[Pilot, Counter]]


def test_K1_O19_the_main_walk_by_touch(open_pilot: Open) -> None:
    """Start, scan both, register, labels fill in, finish: by real touches on the real screen."""
    pilot, counter = open_pilot()
    pilot.tap("start")
    pilot.until_screen("scan")
    counter.scan(frame(PACKAGE), card_frame(CARD))
    pilot.until_screen("confirm")
    pilot.tap("register")
    counter.settle()
    pilot.until_screen("labels_printing")
    claim = next(iter(counter.desk.held))
    counter.desk.settle(claim, LabelState.PRINTED)
    counter.owed.append(ask.ReadClaim(session=counter.machine.state.session, claim=claim))
    counter.settle()
    pilot.until_screen("labels_done")
    pilot.tap("finish")
    pilot.until_screen("attract")


def test_K1_the_keypad_types_by_touch(open_pilot: Open) -> None:
    """Every key is where it is drawn; Delete takes one back; Done reads it."""
    pilot, counter = open_pilot()
    pilot.tap("start")
    pilot.tap("type")
    pilot.type_in("0X")
    pilot.tap("delete")
    for symbol in "10950600013435221":
        counter.machine.press(f"key:{symbol}")
    pilot.type_in("7KQ")
    for symbol in "2481MPX":
        counter.machine.press(f"key:{symbol}")
    assert counter.screen.keypad is not None
    assert counter.screen.keypad.text == "0109506000134352217KQ2481MPX"
    pilot.tap("ok")
    counter.settle()
    pilot.until(lambda: counter.screen.title == "Now scan your card")


def test_K1_the_idle_warning_takes_the_touch_and_silence_clears_the_screen(open_pilot: Open) -> None:
    """The warning covers the page; a touch on it keeps the session; without one the session is wiped."""
    pilot, counter = open_pilot(limits=Limits(idle_s=0.5, warn_s=600.0))
    machine = counter.machine
    shown: list[bool] = []
    draw = machine.on_screen
    machine.on_screen = lambda screen: (shown.append(screen.overlay is not None), draw(screen))[1]
    pilot.tap("start")
    counter.scan(frame(PACKAGE))
    pilot.until(lambda: counter.screen.overlay is not None, what="the warning")
    cancel = pilot.centre(pilot.button("cancel"))
    shown.clear()
    pilot.touch(*cancel)  # beneath the veil: must not cancel
    assert counter.screen.name == "scan"
    pilot.until(lambda: False in shown and shown[-1], what="more time, and the second warning")
    machine.state = replace(machine.state, limits=Limits(idle_s=0.5, warn_s=0.5))
    pilot.until_screen("attract")
    assert PACKAGE not in repr(counter.machine.state)


def test_K1_more_time_and_end_now_do_what_they_say(open_pilot: Open) -> None:
    """Both buttons of the warning work by touch."""
    pilot, counter = open_pilot(limits=Limits(idle_s=0.5, warn_s=30.0))
    pilot.tap("start")
    pilot.until(lambda: counter.screen.overlay is not None, what="the warning")
    pilot.tap("more")
    assert counter.screen.name == "scan"
    pilot.until(lambda: counter.screen.overlay is not None, what="the second warning")
    pilot.tap("end")
    pilot.until_screen("attract")


def test_K1_high_contrast_repaints_everything_and_ends_with_the_session(open_pilot: Open) -> None:
    """The whole stage is drawn anew in the other tokens; the next shopper starts neutral."""
    pilot, _counter = open_pilot()
    pilot.tap("start")
    pilot.tap("access")
    pilot.tap("contrast")
    assert pilot.app.stage is not None
    assert pilot.app.stage.look.is_high_contrast
    pilot.tap("close")
    pilot.tap("cancel")
    pilot.until_screen("attract")
    assert not pilot.app.stage.look.is_high_contrast


def test_K1_a_still_screen_costs_no_frame(open_pilot: Open) -> None:
    """Nothing changes on the confirm page, so nothing is drawn, however long the loop turns."""
    pilot, counter = open_pilot()
    counter.scan(frame(PACKAGE), card_frame(CARD))
    pilot.until_screen("confirm")
    pilot.flip(2)
    pilot.frames(5)
    before = pilot.app.flips
    pilot.frames(40)
    assert pilot.app.flips == before


def test_K1_the_colours_are_the_themes_where_they_should_be(open_pilot: Open, tmp_path: Path) -> None:
    """Token colours at known places: accent in the start button, paper in the corner, ok on a done outline."""
    pilot, counter = open_pilot()
    assert pilot.app.stage is not None
    look = pilot.app.stage.look
    start = pilot.button("start")
    shot = Image.open(pilot.screenshot(tmp_path / "attract.png")).convert("RGB")
    assert shot.size == (1080, 1920)
    assert _near(_pixel(shot, start.x + 40, start.y + start.height / 2), look["accent"])
    assert _near(_pixel(shot, 4, 4), look["bg"])
    counter.scan(frame(PACKAGE), card_frame(CARD))
    pilot.until_screen("confirm")
    shot = Image.open(pilot.screenshot(tmp_path / "confirm.png")).convert("RGB")
    register = pilot.button("register")
    assert _near(_pixel(shot, register.x + 40, register.y + register.height / 2), look["accent"])
    cancel = pilot.button("cancel")
    assert _near(_pixel(shot, cancel.x + 20, cancel.y + cancel.height / 2), look["surface"])


def test_K1_right_to_left_mirrors_bars_rows_and_buttons(open_pilot: Open) -> None:
    """The primary button is last in reading order: on the right in English, on the left from right to left."""
    pilot, counter = open_pilot("en_XB")
    counter.scan(frame(PACKAGE), card_frame(CARD))
    pilot.until_screen("confirm")
    pilot.frames(3)
    assert pilot.button("register").x < pilot.button("cancel").x
    assert pilot.button("access").x > 540


def test_K1_no_code_on_the_screen_can_be_scanned_as_a_label(open_pilot: Open, tmp_path: Path) -> None:
    """A scan of the screen must never prove a label; only the number to photograph is a real code."""
    import zxingcpp

    pilot, _ = open_pilot()
    for name in ("maybe", "done_here", "scan_package_here", "held_up"):
        (path,) = tour(pilot.app, tmp_path, only=f"_{name}")[:1]
        found = [code.text for code in zxingcpp.read_barcodes(Image.open(path).convert("L"))]
        assert found == (["TCN-7Q2M9XKD4"] if name == "held_up" else []), name
        assert not set(found) & set(ROLLS)


def test_K1_a_finger_that_slides_off_a_button_presses_nothing(open_pilot: Open) -> None:
    """EN 301 549, 11.2.5.2: a finger that comes down does nothing yet, and can be taken back."""
    from kiosk.testing.finger import Finger

    pilot, counter = open_pilot()
    pilot.frames(2)
    finger = Finger(*pilot.centre(pilot.button("start")))
    finger.press()
    pilot.frames(2)
    assert counter.screen.name == "attract"
    finger.slide(2, 2)
    finger.lift()
    pilot.frames(2)
    assert counter.screen.name == "attract"
    pilot.tap("start")
    pilot.until_screen("scan")


def test_K1_a_touch_in_progress_survives_news_from_the_journal(open_pilot: Open) -> None:
    """The light changes between finger down and up: the button still hears the touch."""
    from kiosk.testing.finger import Finger

    pilot, counter = open_pilot()
    pilot.frames(2)
    finger = Finger(*pilot.centre(pilot.button("start")))
    finger.press()
    counter.desk.status_now = counter.desk.status_now.__class__(
        online=False, unsent=1, oldest_age_s=5.0, parked=0, last_ack_at=None, journal_ok=True, waiting=1
    )
    counter.owed.append(ask.ReadStation())
    counter.settle()
    pilot.frames(2)
    finger.lift()
    pilot.until_screen("scan")


def test_K1_neither_f1_nor_escape_leaves_the_kiosk(open_pilot: Open) -> None:
    """The toolkit's own settings and exit are not for shoppers."""
    from kiosk.ui.toolkit import EventLoop, Window

    pilot, _ = open_pilot()
    for key in (282, 27):
        Window.dispatch("on_keyboard", key, 0, None, [])
        pilot.frames(2)
    assert EventLoop.status == "started"
    assert len(Window.children) == 1


def _pixel(shot: Image.Image, x: float, y: float) -> tuple[int, ...]:
    found = shot.getpixel((int(x), int(shot.height - 1 - y)))
    assert isinstance(found, tuple)
    return found


def _near(pixel: tuple[int, ...], colour: tuple[float, ...]) -> bool:
    return all(abs(have - round(want * 255)) <= 2 for have, want in zip(pixel, colour[:3], strict=True))
