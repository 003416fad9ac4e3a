"""How many registrations a second a station makes durable for 32 callers, beside what SQLite makes durable alone.

    python benchmarks/durable_writers.py [--quick] [--json FILE]

Four figures, taken in turns in one run, so that a busy machine burdens all alike:

* **floor**: SQLite (apsw, WAL, FULL), one row of a registration's weight a commit, one connection, nothing else to do.
* **32 callers**: real registrations (sealed, signed, chained, with label jobs) that share commits.
* **one caller**: the same, one commit each. A person waits for this one: its median has a limit of 100 ms.
* **raw**: the same bytes appended to a file and ``fdatasync``: what the disk alone can do.
"""

import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from measuring import Line, run_alone
from stations import Counter, bare_insert, bare_write, be_quiet, percentile, weight

CALLERS = 32
ROUNDS = 7
LIMIT_MS = 100


def measure(quick: bool) -> list[Line]:
    """Take every figure in turns, and return the medians of the rounds."""
    be_quiet()
    seconds, rounds = (0.3, 3) if quick else (1.5, ROUNDS)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        counter = Counter(folder / "station", int(rounds * seconds * 2 * 4_000) + 1_000)
        guard = threading.Lock()

        def register() -> None:
            with guard:
                wish = counter.wish()
            counter.station.desk.register(wish)

        size = weight(counter, 100)
        steps: dict[str, tuple[Callable[[], None], int]] = {
            "floor": (bare_insert(folder, size), 1),
            "group": (register, CALLERS),
            "alone": (register, 1),
            "raw": (bare_write(folder, size), 1),
        }
        rates: dict[str, list[float]] = {step: [] for step in steps}
        waits: dict[str, list[float]] = {step: [] for step in steps}
        for _ in range(rounds):
            for step, (work, callers) in steps.items():
                per_second, times = rate(work, callers, seconds)
                rates[step].append(per_second)
                waits[step] += times
        counter.close()
    middle = {step: statistics.median(found) for step, found in rates.items()}
    is_floor = f"SQLite FULL, one row of {size} bytes a commit"
    slow = percentile(waits["group"], 0.99)
    wait = statistics.median(waits["alone"])
    return [
        Line(
            what=f"durable registrations/s, {CALLERS} writers",
            unit="/s",
            ours=middle["group"],
            floor=middle["floor"],
            floor_is=is_floor,
            aim=">= 1.2",
            note=f"a caller waits {statistics.median(waits['group']):.1f} ms, p99 {slow:.1f} ms",
        ),
        Line(
            what="durable registrations/s, one writer",
            unit="/s",
            ours=middle["alone"],
            floor=middle["floor"],
            floor_is=is_floor,
            note=f"raw write + fdatasync {middle['raw']:,.0f} /s",
        ),
        Line(what="one registration, as its shopper waits for it (median)", unit="ms", ours=wait, limit=LIMIT_MS),
    ]


def rate(work: Callable[[], None], callers: int, seconds: float) -> tuple[float, list[float]]:
    """Return how often a second ``callers`` threads get ``work`` done, and how long each call took in ms."""
    ends = time.perf_counter() + seconds
    times: list[float] = []

    def caller() -> None:
        while (began := time.perf_counter()) < ends:
            work()
            times.append((time.perf_counter() - began) * 1000)

    threads = [threading.Thread(target=caller) for _ in range(callers)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(times) / (time.perf_counter() - began), times


if __name__ == "__main__":
    run_alone(measure, __doc__)
