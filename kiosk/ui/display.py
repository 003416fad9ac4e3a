"""Set Kivy up before it is imported: it reads its environment once, at the first import, and never again.

One line too late and the window has the wrong size, our arguments are eaten, or the log lands in somebody's home
(research: kivy 1.4). So :mod:`kiosk.app` and everything that draws is imported only after :func:`prepare`.
"""

import ctypes
import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from kiosk.errors import DisplayUnfit


def has_display(environ: Mapping[str, str]) -> bool:
    """Say whether there is a screen to open a window on."""
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY") or environ.get("SDL_VIDEODRIVER"))


def prepare(
    *, size: tuple[int, int], home: Path, is_offscreen: bool | None = None, is_fullscreen: bool = False
) -> bool:
    """Set environment and configuration for a window of ``size`` pixels; return whether it will be off-screen.

    ``home`` is a folder Kivy may write to. ``is_offscreen`` None decides by whether there is a display. With
    ``is_fullscreen`` the window is as large as the display and has no pointer, whatever ``size`` says.

    Raises:
        DisplayUnfit: there is a window already, of another size: nothing said now would be heard.
    """
    window = sys.modules.get("kivy.core.window")
    if window is not None:
        return _check_window(tuple(window.Window.size), size)
    offscreen = not has_display(os.environ) if is_offscreen is None else is_offscreen
    home.mkdir(parents=True, exist_ok=True)
    os.environ.update(KIVY_NO_ARGS="1", KIVY_NO_FILELOG="1", KIVY_HOME=str(home), KIVY_LOG_MODE="PYTHON")
    logging.getLogger("kivy").setLevel(logging.ERROR)
    logging.getLogger("kivy").addFilter(_is_not_about_mtdev)
    if offscreen:
        os.environ["SDL_VIDEODRIVER"] = "offscreen"
    is_whole = is_fullscreen and not offscreen
    _configure((display_size() or size) if is_whole else size, is_fullscreen=is_whole)
    return offscreen or os.environ.get("SDL_VIDEODRIVER") == "offscreen"


def display_size() -> tuple[int, int] | None:
    """Return the size of the X display in pixels, None where there is none to ask.

    SDL leaves it to a window manager to make a window as large as the screen, and an appliance has none: so the window
    is made that large from the beginning.
    """
    try:
        x11 = ctypes.CDLL("libX11.so.6")
    except OSError:
        return None
    x11.XOpenDisplay.restype = ctypes.c_void_p
    display = ctypes.c_void_p(x11.XOpenDisplay(None))
    if not display:
        return None
    screen = x11.XDefaultScreen(display)
    size = x11.XDisplayWidth(display, screen), x11.XDisplayHeight(display, screen)
    x11.XCloseDisplay(display)
    return size


def _check_window(found: tuple[int, ...], size: tuple[int, int]) -> bool:
    """Accept the window of an earlier kiosk in this process, if it fits."""
    if found != size:
        raise DisplayUnfit(f"there is a window of {found} already; prepare the display before importing what draws")
    return os.environ.get("SDL_VIDEODRIVER") == "offscreen"


def _is_not_about_mtdev(record: logging.LogRecord) -> bool:
    """Drop a long complaint about a library that only raw multi-touch panels need."""
    return "MTDev" not in record.getMessage()


def _configure(size: tuple[int, int], *, is_fullscreen: bool) -> None:
    from kivy.config import Config  # noqa: PLC0415 # pyright: ignore[reportUnknownVariableType]

    settings = {
        ("graphics", "width"): size[0],
        ("graphics", "height"): size[1],
        ("graphics", "resizable"): 0,
        ("graphics", "borderless"): 1,
        ("graphics", "position"): "custom" if is_fullscreen else "auto",
        ("graphics", "left"): 0,
        ("graphics", "top"): 0,
        ("graphics", "show_cursor"): 0 if is_fullscreen else 1,
        ("graphics", "multisamples"): 0,  # smooth shapes draw their own edges; multisampling halves the frame rate
        ("graphics", "maxfps"): 60,
        ("kivy", "exit_on_escape"): 0,
        ("kivy", "pause_on_minimize"): 0,
        ("kivy", "keyboard_mode"): "system",
        ("kivy", "kivy_clock"): "interrupt",  # see kiosk.ui.pulse
        ("kivy", "log_level"): "warning",
        ("input", "mouse"): "mouse,disable_multitouch",
    }
    # No modules (inspector, console), whatever a file says. Touches come from the display server alone, as its
    # pointer: were a panel read beside it, each touch would press twice, on this page and on the next.
    for section in ("modules", "input"):
        Config.remove_section(section)  # pyright: ignore[reportUnknownMemberType]
        Config.add_section(section)  # pyright: ignore[reportUnknownMemberType]
    for (section, name), value in settings.items():
        Config.set(section, name, str(value))  # pyright: ignore[reportUnknownMemberType]
