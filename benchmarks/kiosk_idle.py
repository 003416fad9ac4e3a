"""What a kiosk costs while nobody is there: processor time and frames, on the first page and on the labels' page.

    python benchmarks/kiosk_idle.py [--quick] [--json FILE]

Each is a process of its own, off-screen, and says how much processor time (all threads, user and system) it took over a
minute in which nothing happened, after its pictures have come to rest:

* **floor**: a bare Kivy app with one button and the same window settings.
* **kiosk**: ``twincheck kiosk run`` of an enrolled station: first page; then a registration whose labels are out.

The figures are seconds of processor time in an hour; 36 would be one per cent of a core. The station's upkeep, its
journal's light every five seconds and the courier's tries are in it.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from kiosk_start import SIZE, _enrol
from measuring import Line, run_alone

MINUTE_S: Final = 60.0
QUICK_S: Final = 10.0

REST = """
import json, sys, time

def rest(window, clock, wait_s, still_s, then):
    flips = [0]
    window.bind(on_flip=lambda *_: flips.__setitem__(0, flips[0] + 1))
    def begin(_):
        before = time.process_time(), time.monotonic(), flips[0]
        def end(_):
            used, took = time.process_time() - before[0], time.monotonic() - before[1]
            then({"cpu_s_per_h": 3600 * used / took, "frames": flips[0] - before[2]})
        clock.schedule_once(end, still_s)
    clock.schedule_once(begin, wait_s)
"""

BARE = (
    REST
    + """
from pathlib import Path
from kiosk.ui.display import prepare
prepare(size=tuple(map(int, sys.argv[2].split("x"))), home=Path(sys.argv[1]), is_offscreen=True)
from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.uix.button import Button

class Bare(App):
    def build(self):
        return Button(text="Start")

app = Bare()
def then(told):
    print("TOLD" + json.dumps({"bare": told}), flush=True)
    app.stop()
rest(Window, Clock, 3, float(sys.argv[3]), then)
app.run()
"""
)

KIOSK = (
    REST
    + """
from contextlib import contextmanager
import kiosk.cli as cli
import kiosk.wiring as wiring
from kiosk.testing.gallery import gallery
open_it = wiring.open_kiosk

@contextmanager
def opened(fitting):
    with open_it(fitting) as kiosk:
        from kivy.clock import Clock
        from kivy.core.window import Window
        from kiosk.app import REST_S
        still, told = float(sys.argv[3]), {}
        def labels(first):
            told["attract"] = first
            state = next(state for name, state in gallery() if name.endswith("done_here"))
            kiosk.machine.restore(state)
            rest(Window, Clock, 3, min(still, 20.0), end)
        def end(second):
            told["labels"] = second
            print("TOLD" + json.dumps(told), flush=True)
            kiosk.app.stop()
        kiosk.app.bind(on_start=lambda *_: rest(Window, Clock, REST_S + 10, still, labels))
        yield kiosk

wiring.open_kiosk = opened
sys.exit(cli.command(["run", "--offscreen", "--dir", sys.argv[1], "--size", sys.argv[2]]))
"""
)


def measure(quick: bool) -> list[Line]:
    """Return processor time and frames of a kiosk at rest, beside a bare app's."""
    still = QUICK_S if quick else MINUTE_S
    with tempfile.TemporaryDirectory() as folder:
        station, home = Path(folder) / "station", Path(folder) / "bare"
        _enrol(station)
        bare_app, kiosk_app = Path(folder) / "bare.py", Path(folder) / "kiosk_app.py"
        bare_app.write_text(BARE)
        kiosk_app.write_text(KIOSK)
        bare = _told(bare_app, str(home), SIZE, str(still))["bare"]
        kiosk = _told(kiosk_app, str(station), SIZE, str(still))
    return [_line(page, kiosk[page], bare) for page in ("attract", "labels")]


def _line(page: str, ours: dict[str, float], floor: dict[str, float]) -> Line:
    return Line(
        what=f"processor time at rest, {page} page",
        unit="s an hour",
        ours=ours["cpu_s_per_h"],
        floor=floor["cpu_s_per_h"],
        floor_is="bare Kivy app",
        aim="<= 1.5",
        limit=36.0,
        note=f"{ours['frames']:g} frames drawn meanwhile; {ours['cpu_s_per_h'] / 36:.2f} % of a core",
    )


def _told(script: Path, *arguments: str) -> dict[str, dict[str, float]]:
    """Run a script; return what it says of itself."""
    root = Path(__file__).resolve().parent.parent
    ended = subprocess.run(
        [sys.executable, str(script), *arguments],
        capture_output=True,
        text=True,
        timeout=500,
        check=True,
        env={**os.environ, "PYTHONPATH": str(root)},
    )
    return json.loads(ended.stdout.partition("TOLD")[2].splitlines()[0])


if __name__ == "__main__":
    run_alone(measure, __doc__)
