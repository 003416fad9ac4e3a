"""How many power cuts a second one core makes and judges, of a recorded life of a real station.

    python benchmarks/power_cuts.py [--quick] [--json FILE]

The floor is opening the untouched journal of the same life by the same path, and nothing else: what no judge can save.
"""

import tempfile
import time
from pathlib import Path

import structlog
from measuring import Line, run_alone

from photocore.testing import SeededEntropy
from sync.database import open_database
from sync.testing_cuts import Replay
from sync.testing_cuts_judge import Judge, spread
from sync.testing_cuts_life import Stand, ordinary_life


def measure(quick: bool) -> list[Line]:
    """Return the line of cuts a second."""
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())
    count = 2_000 if quick else 10_000
    with tempfile.TemporaryDirectory() as name:
        stand = Stand(Path(name) / "station")
        life = ordinary_life(stand)
        judge = Judge(stand)
        begun = time.process_time()
        tally = judge.sweep(life, spread(0, len(life.log), count))
        spent_s = time.process_time() - begun
        judge.close()
        floor = openings_a_second(stand, life, min(count, 1000))
    note = (
        f"{tally.cuts:,} cuts, {tally.images:,} differing images, {tally.states} differing journals,"
        f" {tally.survived:,} promises kept, {len(tally.harm)} broken"
    )
    what = "power cuts judged, a core"
    return [Line(what=what, unit="/s", ours=count / spent_s, floor=floor, floor_is="opening alone", note=note)]


def openings_a_second(stand: Stand, life, count: int) -> float:
    """Return how often a second of one core the journal of a life can be opened, as it stood in its middle."""
    (surface,) = Replay(life.start, life.log).stops([len(life.log) // 2])
    image = surface.survivors(SeededEntropy(0))
    disk = stand.disk({})
    begun = time.process_time()
    for _ in range(count):
        disk.load(image)
        open_database(stand.path, vfs=disk.name).close()
    spent_s = time.process_time() - begun
    disk.unregister()
    return count / spent_s


if __name__ == "__main__":
    run_alone(measure, __doc__)
