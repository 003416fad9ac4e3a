"""How long a kiosk takes from its command to the first frame that takes a touch, and what it then weighs.

    python benchmarks/kiosk_start.py [--quick] [--json FILE]

Every start is a process of its own, ours and the floor's in turns; each is timed from just before it is started:

* **floor**: a bare Kivy app: the same window settings, one button over the whole window in Kivy's own font (one font).
* **kiosk**: ``twincheck kiosk run`` of an enrolled station with a journal, a scanner (a pty) and a printer that does
  not answer; seven fonts are registered, four of them stand on the first page.

The first frame is the first flip; that it takes a touch is shown by touching it: a button is pressed right after, and
the process says when its answer was on the screen. Weight is taken a second and a half later: RSS, and PSS, which
counts a page shared with other processes by its share (``/proc/self/smaps_rollup``). Byte code is compiled before.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import tty
from contextlib import suppress
from pathlib import Path
from typing import Final

from measuring import Line, run_alone

from photocore.host import SystemClock
from photocore.roster import RosterSnapshot, Store, StoreSettings
from photocore.testing import SeededEntropy
from sync.enrolment import enrol
from sync.testing import FakePhotoservice

SIZE: Final = "1280x800"

WATCH = """
import json, sys, time

def watch(window, clock, press, answered, stop):
    told = {}
    def flip(*_):
        now = time.monotonic()
        if "first" not in told:
            told["first"] = now
            clock.schedule_once(lambda _: press(), 0)
        elif "answered" not in told and answered():
            told["answered"] = now
            clock.schedule_once(weigh, 1.5)
    def weigh(_):
        for line in open("/proc/self/smaps_rollup"):
            name, _, rest = line.partition(":")
            if name in ("Rss", "Pss"):
                told[name] = int(rest.split()[0]) / 1024
        print("TOLD" + json.dumps(told), flush=True)
        stop()
    window.bind(on_flip=flip)
"""

BARE = (
    WATCH
    + """
from pathlib import Path
from kiosk.ui.display import prepare
prepare(size=tuple(map(int, sys.argv[2].split("x"))), home=Path(sys.argv[1]), is_offscreen=True)
from kivy.app import App
from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.graphics.opengl import glFinish
from kivy.input.motionevent import MotionEvent
from kivy.uix.button import Button

class Bare(App):
    def build(self):
        self.button = Button(text="Start", on_release=lambda button: setattr(button, "text", "Started"))
        return self.button

class Finger(MotionEvent):
    def depack(self, args):
        self.profile = ["pos"]
        self.sx, self.sy = args["x"], args["y"]
        super().depack(args)

def press():
    finger = Finger("finger", 1, {"x": 0.5, "y": 0.5}, is_touch=True, type_id="touch")
    EventLoop.post_dispatch_input("begin", finger)
    EventLoop.post_dispatch_input("end", finger)

app = Bare()
Window.bind(on_flip=lambda *_: glFinish())
watch(Window, Clock, press, lambda: app.button.text == "Started", app.stop)
app.run()
"""
)

KIOSK = (
    WATCH
    + """
from contextlib import contextmanager
import kiosk.cli as cli
from kiosk.settling import unsettled

with unsettled():  # the command reads it in so
    import kiosk.wiring as wiring
open_it = wiring.open_kiosk

@contextmanager
def opened(fitting):
    with open_it(fitting) as kiosk:
        from kivy.clock import Clock
        from kivy.core.window import Window
        def start(*_):
            watch(Window, Clock, press, lambda: kiosk.app.stage.screen.name != "attract", kiosk.app.stop)
        def press():
            from kiosk.testing.pilot import Pilot
            Pilot(kiosk.app, clock=time.monotonic).tap("start")
        kiosk.app.bind(on_start=start)
        yield kiosk

wiring.open_kiosk = opened
code = cli.command(["run", "--offscreen", "--dir", sys.argv[1], "--size", sys.argv[2], "--scanner", sys.argv[3],
                    "--scanner-profile", "virtual", "--printer", "tcp://127.0.0.1:9",
                    "--printer-profile", "virtual-80mm"])
sys.exit(code)
"""
)


def measure(quick: bool) -> list[Line]:
    """Return start, its touch, and both weights."""
    told: dict[str, list[dict[str, float]]] = {"bare": [], "kiosk": []}
    with tempfile.TemporaryDirectory() as folder:
        station, home = Path(folder) / "station", Path(folder) / "bare"
        _enrol(station)
        bare_app, kiosk_app = Path(folder) / "bare.py", Path(folder) / "kiosk_app.py"
        bare_app.write_text(BARE)
        kiosk_app.write_text(KIOSK)
        line, far_end = os.openpty()
        tty.setraw(far_end)
        for turn in range(-1, 3 if quick else 12):  # the first turn only warms up
            bare = _start(bare_app, str(home), SIZE)
            kiosk = _start(kiosk_app, str(station), SIZE, os.ttyname(far_end))
            if turn >= 0:
                told["bare"].append(bare)
                told["kiosk"].append(kiosk)
        with suppress(OSError):
            os.close(line)
            os.close(far_end)
    return [
        _line("kiosk start to first interactive frame", "s", "first", told),
        _line("the same, to the answer to a touch on it", "s", "answered", told),
        _line("memory, PSS", "MB", "Pss", told),
        _line("memory, RSS", "MB", "Rss", told),
    ]


def _line(what: str, unit: str, name: str, told: dict[str, list[dict[str, float]]]) -> Line:
    ours, floor = ([start[name] for start in told[who]] for who in ("kiosk", "bare"))
    return Line(
        what=what,
        unit=unit,
        ours=statistics.median(ours),
        floor=statistics.median(floor),
        floor_is="bare Kivy app",
        aim="<= 1.5",
        note=f"{len(ours)} starts each, ours {min(ours):.3g} to {max(ours):.3g}",
    )


def _start(script: Path, *arguments: str) -> dict[str, float]:
    """Start a process; return the seconds to its first frame and to its answer, and its megabytes."""
    root = Path(__file__).resolve().parent.parent
    began = time.monotonic()
    ended = subprocess.run(
        [sys.executable, str(script), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    told = json.loads(ended.stdout.partition("TOLD")[2].splitlines()[0])
    return told | {"first": told["first"] - began, "answered": told["answered"] - began}


def _enrol(folder: Path) -> None:
    entropy = SeededEntropy(1)
    roster = RosterSnapshot(
        version=1,
        made_at="2026-11-21T09:00:00.000Z",
        store=Store(gln="4012345000009", name="Halide & Co."),
        settings=StoreSettings(access_url="https://photos.example/r"),
    )
    service = FakePhotoservice(roster, clock=SystemClock(), entropy=entropy)
    code = service.issue_code()
    enrol(url="http://localhost:9", code=code, name="Counter", folder=folder, channel=service, entropy=entropy)


if __name__ == "__main__":
    run_alone(measure, __doc__)
