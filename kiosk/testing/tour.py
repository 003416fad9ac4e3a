"""Draw every screen and state to a PNG, in the real window: for the eyes, and for `./demo --tour`."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.testing.gallery import gallery
from kiosk.testing.pilot import Pilot

if TYPE_CHECKING:
    from kiosk.app import KioskApp


def tour(app: "KioskApp", out_dir: Path, *, only: str = "") -> list[Path]:
    """Draw each state of the gallery in ``app`` and return the pictures' paths; ``only`` picks names that contain it.

    ``app`` is an opened :class:`kiosk.app.KioskApp`. Its machine is put into each state; nothing is asked of the desk.
    """
    pilot = Pilot(app, clock=time.monotonic)
    shown = app.machine.state
    pictures: list[Path] = []
    for name, state in gallery():
        if only in name:
            app.machine.restore(state)
            pilot.frames(3)
            pictures.append(pilot.screenshot(out_dir / f"{name}.png"))
    app.machine.restore(shown)
    return pictures
