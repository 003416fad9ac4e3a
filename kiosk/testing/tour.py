"""Draw every screen and state to a PNG, in the real window: for the eyes, and for `./demo --tour`.

The pictures of one size and language stand in one folder, such as ``1280x800_ar/007_scan_empty.png``, those of another
mode in ``1280x800_ar_large``, so that two languages or modes of one page can be laid side by side.
:mod:`kiosk.testing.sheets` puts a folder on one page.
"""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kiosk.flow.access import NOTHING, Access
from kiosk.flow.states import State
from kiosk.inbox import Inbox
from kiosk.language import OFFERED, offered, speak
from kiosk.machine import Machine
from kiosk.testing.counter import film_store
from kiosk.testing.desk import RosterReader
from kiosk.testing.gallery import gallery
from kiosk.testing.pilot import Pilot, opened_app
from kiosk.ui.display import prepare
from kiosk.view import view
from photocore.host import SystemClock
from photocore.settings import locate_config

if TYPE_CHECKING:
    from kiosk.app import KioskApp

SIZES: Final = ((1080, 1920), (1280, 800))
"""A kiosk on its stand, and a screen on the counter."""
MODES: Final[Mapping[str, Access]] = {
    "normal": NOTHING,
    "large": Access(is_large=True),
    "low": Access(is_low=True),
    "contrast": Access(has_contrast=True),
}
"""How a person may need it. In ``normal`` each state is drawn as it is, with the needs it has of its own."""


def tour(
    app: "KioskApp",
    out_dir: Path,
    *,
    only: str = "",
    languages: Sequence[str] = ("en",),
    modes: Sequence[str] = ("normal",),
    once: bool = False,
) -> list[Path]:
    """Draw each state of the gallery in ``app``, in each language and mode, and return the pictures' paths.

    ``app`` is an opened :class:`kiosk.app.KioskApp`. Its machine is put into each state; nothing is asked of the desk.
    ``only`` picks names that contain it; with ``once`` each screen is drawn in one of its states alone.

    Raises:
        LanguageUnknown: no catalogue of ours has one of the languages.
    """
    from kiosk.ui.toolkit import Window  # noqa: PLC0415  only after the display is prepared

    pilot = Pilot(app, clock=time.monotonic)
    shown, spoken = app.machine.state, app.machine.state.language
    pictures: list[Path] = []
    states = [(name, state) for name, state in (each_screen() if once else gallery()) if only in name]
    for language in languages:
        app.machine.speak(language)
        for mode in modes:
            folder = out_dir / folder_name((int(Window.width), int(Window.height)), speak(language).code, mode)
            for name, state in states:
                app.machine.restore(needing(state, mode))
                pilot.frames(3)
                pictures.append(pilot.screenshot(folder / f"{name}.png"))
    app.machine.restore(shown)
    app.machine.speak(spoken)
    return pictures


def folder_name(size: tuple[int, int], language: str, mode: str) -> str:
    """Return the name of the folder of one size, language and mode."""
    return f"{size[0]}x{size[1]}_{language}" + ("" if mode == "normal" else f"_{mode}")


def needing(state: State, mode: str) -> State:
    """Return ``state`` before a person who needs it so; where the keypad stands stays."""
    if mode == "normal":
        return state
    return replace(state, access=replace(MODES[mode], focus=state.access.focus))


def each_screen() -> Iterator[tuple[str, State]]:
    """Yield of each screen, and of each question over one, the first state of the gallery that shows it."""
    seen: set[tuple[str, str]] = set()
    for name, state in gallery():
        screen = view(state, speak("en").strings)
        kind = ("", screen.overlay.title) if screen.overlay else (screen.name, "")
        if kind not in seen:
            seen.add(kind)
            yield name, state


def draw_tour(
    out_dir: Path,
    *,
    home: Path,
    sizes: Sequence[tuple[int, int]] = SIZES,
    languages: Sequence[str] = OFFERED,
    only: str = "",
    modes: Sequence[str] = ("normal",),
    once: bool = False,
) -> list[Path]:
    """Open a window for the tour alone, without station or devices, and draw every state; return the pictures' paths.

    ``home`` is a folder Kivy may write to. Off-screen unless there is a display.

    Raises:
        DisplayUnfit: this process has a window of another size already.
        LanguageUnknown: no catalogue of ours has one of the languages.
    """
    # off-screen a window never grows beyond what it was opened with, so it is opened for the largest
    prepare(size=(max(wide for wide, _ in sizes), max(high for _, high in sizes)), home=home)
    from kiosk.app import Appearance, KioskApp  # noqa: PLC0415  only after the display is prepared
    from kiosk.ui.toolkit import Window  # noqa: PLC0415

    clock = SystemClock()
    machine = Machine(
        clock=clock,
        reader=RosterReader(film_store()),
        strings=speak("en").strings,
        do=lambda _: None,
        answer=lambda _good, _scanner: None,
        languages=offered(tuple(dict.fromkeys((*OFFERED, *languages)))),
        speak=lambda code: speak(code).strings,
    )
    appearance = Appearance(fonts=locate_config() / "fonts", moves=False, is_offscreen=True)
    app = KioskApp(machine=machine, inbox=Inbox(), appearance=appearance, clock=clock, read_station=lambda: None)
    pictures: list[Path] = []
    with opened_app(app):
        pilot = Pilot(app, clock=time.monotonic)
        for size in sizes:
            Window.size = size
            pilot.frames(4)
            pictures += tour(app, out_dir, only=only, languages=languages, modes=modes, once=once)
    return pictures
