"""What makes the screen quick changes nothing on it: kept texts, kept pages, a loop that wakes at once."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops

from kiosk.testing import Counter, Pilot
from kiosk.testing.gallery import gallery
from kiosk.testing.photographs import painted
from kiosk.ui.painted import FOLDER
from photocore.settings import locate_config
from photocore.testing import ManualClock

pytestmark = [pytest.mark.kivy, pytest.mark.xdist_group("kivy")]

Open = Callable[..., tuple[Pilot, Counter]]


@pytest.fixture(autouse=True)
def fonts(kivy_home: Path) -> None:
    """Our letters, known by the names of their weights."""
    from kiosk.ui.look import load_fonts

    load_fonts(locate_config() / "fonts")


def test_K1_a_text_painted_before_is_shown_again_and_never_painted_over() -> None:
    """Two labels with the same words share a texture; the one that gets other words leaves the other its own."""
    from kiosk.ui.toolkit import Label

    one, other = (Label(text="Now scan your card", font_name="semibold", font_size=31) for _ in range(2))
    one.texture_update()
    other.texture_update()
    before = bytes(one.texture.pixels)
    assert any(before)
    assert other.texture is one.texture
    other.text = "Now scan your cast"
    other.texture_update()
    other.texture.bind()
    assert bytes(one.texture.pixels) == before
    assert bytes(other.texture.pixels) != before


def test_K1_a_label_that_moves_on_before_it_was_drawn_leaves_the_right_words() -> None:
    """A texture is inked when it is first shown; by then its label may say something else, in another size."""
    from kivy.core.text.text_sdl2 import LabelSDL2

    from kiosk.ui.toolkit import Label

    quick = Label(text="Hold the code under the light", font_name="bold", font_size=27)
    quick.texture_update()
    quick.text_size = (90, None)
    quick.font_size = 19
    quick.texture_update()
    late = Label(text="Hold the code under the light", font_name="bold", font_size=27)
    late.texture_update()
    plain = LabelSDL2(text="Hold the code under the light", font_name="bold", font_size=27, halign="left")
    plain.refresh()
    assert bytes(late.texture.pixels) == bytes(plain.texture.pixels)


@pytest.mark.parametrize("font", ["mono", "mono_bold"])
def test_K1_codes_are_not_kept(font: str) -> None:
    """Whose code it was has left; what shows it now paints it anew."""
    from kiosk.ui.toolkit import Label

    one, other = (Label(text="TCR-7Q2M9XKD4FA", font_name=font, font_size=24) for _ in range(2))
    one.texture_update()
    other.texture_update()
    assert other.texture is not one.texture
    assert bytes(other.texture.pixels) == bytes(one.texture.pixels)


@pytest.mark.parametrize(("language", "size"), [("en", (1064, 665)), ("ar", (1080, 1920))])
def test_K1_O19_a_page_that_comes_again_looks_as_it_did(
    open_pilot: Open, tmp_path: Path, language: str, size: tuple[int, int]
) -> None:
    """Kept widgets and kept texts: after a whole walk every page is, dot for dot, what it was when it was new."""
    pilot, counter = open_pilot(language=language, size=size)
    pages = {name.partition("_")[2]: state for name, state in gallery()}
    walk = ("attract", "scan_empty", "scan_package_here", "scan_price_code", "confirm", "scan_both", "attract")
    shots: list[dict[str, Image.Image]] = []
    for turn in range(2):
        seen: dict[str, Image.Image] = {}
        for name in walk:
            counter.machine.restore(pages[name])
            pilot.frames(3)
            seen[name] = Image.open(pilot.screenshot(tmp_path / f"{turn}_{name}.png")).convert("RGB")
        shots.append(seen)
    changed = [name for name in walk if ImageChops.difference(shots[0][name], shots[1][name]).getbbox()]
    assert changed == []


def test_K1_the_page_of_the_next_shopper_is_not_built_anew(open_pilot: Open) -> None:
    """The widgets of scanning are those of the session before, with nothing of it in them."""
    pilot, counter = open_pilot()
    pages = {name.partition("_")[2]: state for name, state in gallery()}
    counter.machine.restore(pages["scan_package_here"])
    pilot.frames(2)
    stage = pilot.app.stage
    assert stage is not None
    body = stage.body
    counter.machine.restore(pages["attract"])
    pilot.frames(2)
    assert stage.body is not body
    counter.machine.restore(pages["scan_empty"])
    pilot.frames(2)
    assert stage.body is body
    shown = {text for widget in pilot.widgets() if (text := getattr(widget, "text", ""))}
    assert {slot.value for slot in pilot.screen.slots} <= shown
    assert not any("2481" in text for text in shown)


def test_K2_what_a_thread_leaves_wakes_the_loop_at_once(open_pilot: Open) -> None:
    """The loop sleeps between frames; a scan must not wait for the next."""
    from kivy.clock import Clock

    pilot, _ = open_pilot()
    pilot.until(lambda: not Clock._event.is_set(), what="a loop with nothing to do")
    reader = threading.Thread(target=lambda: pilot.app.inbox.put(lambda _: None))
    reader.start()
    reader.join()
    assert Clock._event.is_set()


def test_K1_what_moves_does_not_keep_the_loop_awake(open_pilot: Open) -> None:
    """A motion is due with every frame, and only with it: the machine rests between."""
    from kivy.clock import Clock

    pilot, _ = open_pilot()
    motion = Clock.schedule_interval(lambda _: None, 0)
    pilot.until(lambda: not Clock._event.is_set(), what="a loop with nothing to do")
    is_due, sleeps_s = Clock._check_ready(0.1, 0.001, 0.001, Clock._event)
    motion.cancel()
    assert not is_due
    assert sleeps_s > 1


def test_K1_what_moves_leaves_half_of_the_machine_to_the_shopper() -> None:
    """After a frame of 60 ms the next step waits for twice that; where frames are quick there are thirty a second."""
    from kiosk.ui.look import Pace

    clock = ManualClock()
    for frame_s, rest_s in ((0.06, 0.12), (0.004, 1 / 30)):
        pace = Pace(clock.monotonic)
        for _ in range(40):
            pace.begin_frame()
            clock.advance(frame_s)
            pace.end_frame()
        assert pace.may_step()
        clock.advance(rest_s * 0.95)
        assert not pace.may_step()
        clock.advance(rest_s * 0.1)
        assert pace.may_step()


def test_K1_the_pictures_that_are_shipped_are_those_we_paint() -> None:
    """Dot for dot, but for how another Pillow may round."""
    for name, picture in painted():
        with Image.open(FOLDER / name) as kept:
            assert kept.mode == picture.mode
            low_high = ImageChops.difference(kept, picture).getextrema()
        assert all(high <= 2 for _, high in low_high), name


def test_K1_the_one_rule_we_read_in_is_the_toolkits_own() -> None:
    """Labels are drawn as this version of the toolkit draws them; all its other data are its own."""
    import kivy

    from kiosk.ui import rules

    ours = (rules.FOLDER / "style.kv").read_text(encoding="utf-8")
    theirs = Path(kivy.kivy_data_dir) / "style.kv"
    assert "<Label>:" in ours
    assert theirs.parent != rules.FOLDER
    assert theirs.read_text(encoding="utf-8").startswith(ours)
