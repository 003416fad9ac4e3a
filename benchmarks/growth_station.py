"""Whether a station that knows a million packages is slower than one that knows ten thousand.

    python benchmarks/growth_station.py [--quick] [--json FILE]

Two real stations in one process, one small and one large, are asked the same in turns, so that a busy machine burdens
both alike:

* **register**: one registration of a package somewhere in the roster, to its durable end.
* **look up**: what the screen asks when a package is scanned.
* **sync**: one courier's round with 20 owed events, from the handshake to the settled acks; the time inside the
  photoservice is taken off.

The floor is the smaller station. Opening a station reads its whole database once (``quick_check``): that grows with
what is known, and stands beside without an aim.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from measuring import Line, run_alone
from stations import Counter, be_quiet, package, wish_for

from photocore.seams import Channel, HttpRequest, HttpResponse
from sync.rounds import run_round
from sync.station import open_station

SMALL, LARGE, LARGE_QUICK = 10_000, 1_000_000, 100_000
OWED = 20
STRIDE = 7_919
"""A prime: each asks for packages all over the roster."""


def measure(quick: bool) -> list[Line]:
    """Ask both stations in turns, and return one line a question."""
    be_quiet()
    large = LARGE_QUICK if quick else LARGE
    rounds = 10 if quick else 60
    with tempfile.TemporaryDirectory() as name:
        both = [Asked(Path(name) / str(known), known) for known in (SMALL, large)]
        for _ in range(rounds):
            for asked in both:
                asked.take_turn()
        opened = [asked.time_opening() for asked in both]
    small, big = (asked.times for asked in both)
    lines = [
        Line(
            what=f"growth at the station: {what}, {large:,} known packages",
            unit="ms",
            ours=statistics.median(big[what]),
            floor=statistics.median(small[what]),
            floor_is=f"{SMALL:,} known",
            aim="<= 1.2",
        )
        for what in ("register", "look up", "sync")
    ]
    return [
        *lines,
        Line(
            what=f"opening a station, {large:,} known packages",
            unit="ms",
            ours=opened[1],
            floor=opened[0],
            floor_is=f"{SMALL:,} known",
            note="reads the whole database once, to find damage",
        ),
    ]


class Asked:
    """One station under question, and how many milliseconds each answer took."""

    def __init__(self, folder: Path, known: int) -> None:
        folder.mkdir()
        self._counter = Counter(folder / "station", known)
        self._channel = TimedChannel(self._counter.service)
        self._number = 0
        self.times: dict[str, list[float]] = {"register": [], "look up": [], "sync": []}
        self.take_turn()
        for times in self.times.values():
            times.clear()  # that was the warming up

    def take_turn(self) -> None:
        """Register and look up twenty packages, and carry them."""
        station = self._counter.station
        for _ in range(OWED):
            number = self._number * STRIDE % self._counter.known
            self._number += 1
            self._time("look up", partial(station.desk.look_up, package(number)))
            self._time("register", partial(station.desk.register, wish_for(station, number)))
        self._time("sync", self._carry)
        self.times["sync"][-1] -= self._channel.take_ms()

    def time_opening(self) -> float:
        """Return the milliseconds it takes to open the station again, and close it for good."""
        self._counter.close()
        began = time.perf_counter()
        station = open_station(self._counter.folder, self._counter.seams, carry=False)
        took = (time.perf_counter() - began) * 1000
        station.close()
        return took

    def _carry(self) -> None:
        rounds = self._counter.station.courier.rounds
        report = run_round(rounds.begin(asked=True), self._channel)
        rounds.end(report)
        assert report.ok, report

    def _time(self, what: str, work: Callable[[], object]) -> None:
        began = time.perf_counter()
        work()
        self.times[what].append((time.perf_counter() - began) * 1000)


class TimedChannel:
    """The road to the photoservice, with a clock over the time spent there."""

    def __init__(self, channel: Channel) -> None:
        self._channel = channel
        self._ms = 0.0

    def exchange(self, request: HttpRequest) -> HttpResponse:
        """Pass on, and count the time."""
        began = time.perf_counter()
        try:
            return self._channel.exchange(request)
        finally:
            self._ms += (time.perf_counter() - began) * 1000

    def take_ms(self) -> float:
        """Return the milliseconds spent there since this was asked last."""
        taken, self._ms = self._ms, 0.0
        return taken


if __name__ == "__main__":
    run_alone(measure, __doc__)
