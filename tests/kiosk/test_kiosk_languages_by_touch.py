"""Languages and staff on the real screen, lying at 1280x800: real touches, real letters, the fake desk behind."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.flow import effects as ask
from kiosk.flow.states import Limits
from kiosk.language import OFFERED, offered
from kiosk.testing import Counter, Pilot, badge_frame, card_frame, contact_sheet, frame, tour
from kiosk.testing.counter import CARD, PACKAGE, PIN
from sync.label_states import LabelState

pytestmark = [pytest.mark.kivy, pytest.mark.xdist_group("kivy")]

Open = Callable[..., tuple[Pilot, Counter]]
LYING = (1280, 800)
LANGUAGES = offered(OFFERED)


def test_O19_one_touch_changes_the_language_and_keeps_what_was_scanned(open_pilot: Open) -> None:
    """In the middle of a registration, on the page; after it the next shopper starts as the store chose."""
    pilot, counter = open_pilot(size=LYING, languages=LANGUAGES)
    pilot.tap("start")
    counter.scan(frame(PACKAGE))
    held = counter.screen.slots[0].value
    pilot.tap("language")
    pilot.until(lambda: counter.screen.overlay is not None, what="the choice of languages")
    pilot.tap("language:ar")
    pilot.until(lambda: counter.screen.language == "ar", what="Arabic")
    assert counter.screen.slots[0].value == held
    assert pilot.app.stage is not None
    assert pilot.app.stage.look.is_rtl
    pilot.tap("cancel")
    pilot.until_screen("attract")
    assert counter.screen.language == "en"
    assert not pilot.app.stage.look.is_rtl


def test_O19_the_attract_page_offers_each_language_at_one_touch(open_pilot: Open) -> None:
    """German before anything else; and the idle screen goes back to the store's own language."""
    pilot, counter = open_pilot(size=LYING, languages=LANGUAGES)
    pilot.tap("language:de")
    pilot.until(lambda: counter.screen.language == "de", what="German")
    assert counter.screen.title.startswith("Film mitbringen")
    pilot.tap("start")
    pilot.until_screen("scan")
    counter.machine.state = replace(counter.machine.state, limits=Limits(idle_s=0.3, warn_s=0.5))
    pilot.touch(5, 5)  # a sign of life, from which the new limits count
    pilot.until_screen("attract")
    assert counter.screen.language == "en"


def test_K1_O19_a_whole_registration_in_arabic(open_pilot: Open) -> None:
    """Every page of it mirrored, every touch where the eye expects it, and the wish told in Arabic to the desk."""
    pilot, counter = open_pilot("ar", size=LYING, languages=LANGUAGES)
    pilot.tap("start")
    pilot.until_screen("scan")
    assert pilot.app.stage is not None
    assert pilot.app.stage.look.is_rtl
    counter.scan(frame(PACKAGE), card_frame(CARD))
    pilot.until_screen("confirm")
    pilot.frames(2)
    assert pilot.button("register").x < pilot.button("cancel").x
    pilot.tap("register")
    counter.settle()
    pilot.until_screen("labels_printing")
    claim = next(iter(counter.desk.held))
    counter.desk.settle(claim, LabelState.PRINTED)
    counter.owed.append(ask.ReadClaim(session=counter.machine.state.session, claim=claim))
    counter.settle()
    pilot.until_screen("labels_done")
    assert counter.screen.title == "تم. خذ ملصقاتك."
    pilot.tap("finish")
    pilot.until_screen("attract")
    assert counter.screen.language == "ar"


def test_O17_staff_sign_in_with_a_badge_and_a_touched_pin(open_pilot: Open) -> None:
    """The pad is on the screen, the digits are dots; the name stands there until signing out."""
    pilot, counter = open_pilot(size=LYING, languages=LANGUAGES)
    counter.scan(badge_frame())
    pilot.until_screen("pin")
    pilot.type_in(PIN)
    assert counter.screen.keypad is not None
    assert counter.screen.keypad.text == "•" * len(PIN)
    pilot.tap("ok")
    counter.settle()
    pilot.until_screen("staff_home")
    assert counter.screen.staff is not None
    pilot.tap("devices")
    counter.settle()
    pilot.until_screen("devices")
    pilot.tap("sign_out")
    pilot.until_screen("attract")
    assert counter.screen.staff is None


def test_O17_a_wrong_pin_typed_in_arabic_says_so_and_opens_nothing(open_pilot: Open) -> None:
    """The keys read from left to right in every language."""
    pilot, counter = open_pilot("ar", size=LYING, languages=LANGUAGES)
    counter.scan(badge_frame())
    pilot.until_screen("pin")
    pilot.frames(2)
    assert pilot.button("key:1").x < pilot.button("key:3").x
    pilot.type_in("999999")
    pilot.tap("ok")
    counter.settle()
    pilot.until_screen("pin_wrong")
    assert counter.screen.staff is None


@pytest.mark.parametrize("language", ["ar", *(pytest.param(code, marks=pytest.mark.nightly) for code in ("en", "de"))])
def test_O19_high_contrast_holds_in_every_language(open_pilot: Open, language: str) -> None:
    """The theme stays through a change of language, and the language through a change of theme."""
    pilot, counter = open_pilot(size=LYING, languages=LANGUAGES)
    pilot.tap("start")
    for button in ("access", "contrast", "close", "language"):
        pilot.tap(button)
    pilot.tap(f"language:{language}")
    pilot.frames(3)
    assert pilot.app.stage is not None
    assert pilot.app.stage.look.is_high_contrast
    assert counter.screen.language == language
    pilot.tap("access")
    pilot.tap("contrast")
    pilot.frames(3)
    assert not pilot.app.stage.look.is_high_contrast
    assert counter.screen.language == language


def test_K1_the_stage_follows_the_window_when_it_is_turned(open_pilot: Open) -> None:
    """The same session, lying and then standing: nothing is lost, all of it is drawn for the new size."""
    from kiosk.ui.toolkit import Window

    pilot, counter = open_pilot(size=LYING)
    counter.scan(frame(PACKAGE))
    pilot.until_screen("scan")
    Window.size = (1080, 1920)
    pilot.frames(4)
    assert pilot.app.stage is not None
    assert not pilot.app.stage.look.is_landscape
    assert counter.screen.slots[0].state == "done"
    pilot.tap("cancel")
    pilot.until_screen("attract")


def test_K1_O19_the_tour_writes_a_folder_for_each_size_and_language(open_pilot: Open, tmp_path: Path) -> None:
    """Named as the gallery names them, drawn in that language, and on one page for the eye."""
    pilot, _ = open_pilot(size=LYING, languages=LANGUAGES)
    pictures = tour(pilot.app, tmp_path, only="scan_package_here", languages=("en", "ar"))
    folders = [picture.parent.name for picture in pictures]
    assert folders == ["1280x800_en", "1280x800_ar"]
    assert pictures[0].read_bytes() != pictures[1].read_bytes()
    assert pilot.screen.language == "en"
    page = contact_sheet(pictures, columns=2, wide=320)
    assert page.size == (2 * 328 + 8, 200 + 16)
