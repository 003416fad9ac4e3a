"""No way out: keys, gestures, codes, a wish to close the window and what is dropped on it lead nowhere.

All of it goes in where SDL's events come in, through the toolkit's own loop, on the real app.
"""

from collections.abc import Callable, Iterator
from itertools import product

import pytest

from kiosk.testing import Counter, Pilot
from kiosk.testing.codes import HOSTILE
from kiosk.testing.outside import Outside, listen, outside

pytestmark = [pytest.mark.kivy, pytest.mark.xdist_group("kivy")]

Open = Callable[..., tuple[Pilot, Counter]]

CTRL, ALT, SUPER, SHIFT = 0x40, 0x100, 0x400, 0x1
"""SDL's bits; the keys below are in its numbers, or the toolkit's own where it has one."""
F1, F4, F11, F12, PRINT, MENU, ESCAPE, TAB, DELETE = 282, 285, 292, 293, 0x40000046, 0x40000065, 27, 9, 127
WAYS_OUT = {
    "Escape": (ESCAPE, 0),
    "Alt+F4": (F4, ALT),
    "Ctrl+C": (ord("c"), CTRL),
    "Ctrl+E": (ord("e"), CTRL),
    "Ctrl+Q": (ord("q"), CTRL),
    "Ctrl+W": (ord("w"), CTRL),
    "Ctrl+V": (ord("v"), CTRL),
    "Ctrl+Alt+Delete": (DELETE, CTRL | ALT),
    "Ctrl+Alt+F2": (283, CTRL | ALT),
    "Alt+Tab": (TAB, ALT),
    "Super": (309, SUPER),
    "Super+D": (ord("d"), SUPER),
    "F1": (F1, 0),
    "F11": (F11, 0),
    "F12": (F12, 0),
    "Shift+F12": (F12, SHIFT),
    "Print": (PRINT, 0),
    "Menu": (MENU, 0),
}


@pytest.fixture
def gate(open_pilot: Open) -> Iterator[tuple[Outside, Pilot, Counter]]:
    """The real app, opened, and the window's door to the outside."""
    pilot, counter = open_pilot()
    with outside() as made:
        yield made, pilot, counter


def _is_as_it_was(pilot: Pilot) -> bool:
    from kiosk.ui.toolkit import EventLoop, Window

    is_running = EventLoop.status == "started" and not EventLoop.quit
    return is_running and tuple(Window.size) == (1080, 1920) and Window.children == [pilot.app.root]


def test_K1_no_key_leads_out(gate: tuple[Outside, Pilot, Counter]) -> None:
    """Each of them: the window, what is in it and the page are as they were."""
    door, pilot, counter = gate
    for name, (code, held) in WAYS_OUT.items():
        door.key(code, held=held)
        listen()
        pilot.frames(1)
        assert _is_as_it_was(pilot), name
        assert counter.screen.name == "attract", name
        assert counter.screen.overlay is None, name


def test_K1_the_window_is_not_closed_by_whoever_asks(gate: tuple[Outside, Pilot, Counter]) -> None:
    """A window manager, a session that ends, a keyboard: only SIGTERM ends the kiosk (test_kiosk_cli)."""
    door, pilot, _ = gate
    for told in ("quit", "windowminimized", "windowhidden", "windowfocuslost", "windowleave", "windowrestored"):
        door.tell(told)
    listen()
    pilot.frames(2)
    assert _is_as_it_was(pilot)


def test_K1_what_is_dropped_or_pasted_goes_nowhere(gate: tuple[Outside, Pilot, Counter]) -> None:
    """Neither files nor text, nor what an input method composes: our keypad is the only way to type."""
    door, pilot, counter = gate
    pilot.tap("start")
    pilot.tap("type")
    for told in (("dropbegin",), ("dropfile", b"/etc/passwd"), ("droptext", b"0X1095"), ("dropend",)):
        door.tell(*told)
    door.tell("textinput", "0X1095")
    door.tell("textedit", "0X1095")
    listen()
    pilot.frames(2)
    assert _is_as_it_was(pilot)
    assert counter.screen.keypad is not None
    assert counter.screen.keypad.text == ""


def test_K1_many_fingers_are_no_gesture(gate: tuple[Outside, Pilot, Counter]) -> None:
    """Ten fingers that pinch, swipe from each edge and rest: nothing scrolls, zooms or opens."""
    from kiosk.testing.finger import Finger

    door, pilot, counter = gate
    edges = [(1, 960), (1078, 960), (540, 1), (540, 1918), *product((200, 880), (400, 800, 1200))]
    fingers = [Finger(x, y) for x, y in edges]
    for finger in fingers:
        finger.press()
    for share in (0.5, 0.1, 1.0):
        for finger, (x, y) in zip(fingers, edges, strict=True):
            finger.slide(540 + (x - 540) * share, 960 + (y - 960) * share)
        pilot.frames(1)
    for finger in reversed(fingers):
        finger.lift()
    door.tell("mousewheelup", 0, 3, "y")
    door.click(540, 10, button=3)
    listen()
    pilot.frames(2)
    assert _is_as_it_was(pilot)
    assert counter.screen.name in ("attract", "scan")


def test_K1_a_code_that_looks_like_a_command_is_a_code_nobody_knows(gate: tuple[Outside, Pilot, Counter]) -> None:
    """Configuration codes, links, spreadsheet formulas, control bytes: refused in words, and nothing else happens."""
    _, pilot, counter = gate
    pilot.tap("start")
    for code in HOSTILE:
        counter.scan(code)
        pilot.frames(1)
        assert _is_as_it_was(pilot), code
        assert counter.screen.name == "scan", code
        assert counter.screen.notice is not None, code
        assert counter.machine.state.page.item is None, code
        assert "\x1b" not in counter.screen.notice.text, code


def test_K1_the_toolkit_brings_no_tool_of_its_own(kivy_home: object) -> None:
    """No inspector, no console, no settings; and nobody but the display server reads the touch screen."""
    from kivy.config import Config

    from kiosk.ui.toolkit import App

    assert Config.items("modules") == []
    assert [name for name, _ in Config.items("input")] == ["mouse"]
    assert not Config.getboolean("kivy", "exit_on_escape")
    assert not Config.getboolean("kivy", "pause_on_minimize")
    assert App.get_running_app() is None or App.get_running_app().use_kivy_settings is False
