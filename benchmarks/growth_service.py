"""Register, look up and sync at the service with 10,000 and with 1,000,000 known packages: growth must not be felt.

Two photoservices stand side by side, each a process with an embedded PostgreSQL of its own (durable): one knows 10,000
packages of five rolls, the other 1,000,000, made known by COPY. They are asked in turn, round by round, so that
whatever else the machine does falls on both: a registration a request, a look-up of a roll, a batch of 200, always of
packages from all over the range, and the roster of a store that none of the packages go to. The floor is the small one.

    python benchmarks/growth_service.py [--quick]
"""

import socket
import statistics
import time
from contextlib import ExitStack
from urllib.parse import quote, urlsplit

from measuring import Line, run_alone
from service_load import BATCH, bench, check_ack, read_answer, roll_id

from photocore.wire import packages_path, roster_path

SMALL, LARGE = 10_000, 1_000_000
QUICK_SMALL, QUICK_LARGE = 4_000, 40_000
ROUNDS, QUICK_ROUNDS = 8, 3
SINGLES, LOOK_UPS, BATCHES, ROSTERS = 40, 80, 3, 4


def measure(quick):
    small, large = (QUICK_SMALL, QUICK_LARGE) if quick else (SMALL, LARGE)
    rounds = QUICK_ROUNDS if quick else ROUNDS
    with ExitStack() as stack:
        sides = [Side(stack.enter_context(bench()), known, rounds) for known in (small, large)]
        for place in range(rounds):
            for side in sides:
                side.play(place)
    little, big = ({what: statistics.median(times) for what, times in side.took.items()} for side in sides)
    return [
        Line(
            what=f"{what} at {large:,} known packages",
            unit="ms",
            ours=big[what],
            floor=little[what],
            floor_is=f"at {small:,}",
            aim="<= 1.2",
            note=f"{len(sides[0].took[what])} of each",
        )
        for what in little
    ]


class Side:
    """One photoservice, one station of its store, and what each request took in milliseconds."""

    def __init__(self, served, known, rounds):
        served.know_packages(0, known)
        (self.station,) = served.enrol(1)
        each = SINGLES + BATCHES * BATCH
        step = known // ((rounds + 1) * each)
        self.known, self.took = known, {what: [] for what in ("register", "look up", f"sync {BATCH}", "roster")}
        numbers = iter(range(0, known, step))
        self.rounds = [self._write(numbers) for _ in range(rounds + 1)]
        where = urlsplit(served.url)
        self.where = where.hostname, where.port
        self.play(rounds)  # a round to warm up
        for times in self.took.values():
            times.clear()

    def _write(self, numbers):
        singles = [self.station.batch([next(numbers)]) for _ in range(SINGLES)]
        batches = [self.station.batch([next(numbers) for _ in range(BATCH)]) for _ in range(BATCHES)]
        rolls = [roll_id(n * (self.known // LOOK_UPS) + 7, 1 + n % 5) for n in range(LOOK_UPS)]
        path = packages_path(self.station.id)
        looks = [self.station.signed("GET", f"{path}?item={quote(roll, safe='')}") for roll in rolls]
        rosters = [self.station.signed("GET", roster_path(self.station.id)) for _ in range(ROSTERS)]
        return {"register": singles, "look up": looks, f"sync {BATCH}": batches, "roster": rosters}

    def play(self, place):
        with socket.create_connection(self.where, timeout=120) as wire, wire.makefile("rb") as heard:
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for what, prepared in self.rounds[place].items():
                for request in prepared:
                    began = time.perf_counter()
                    wire.sendall(request)
                    status, content = read_answer(heard)
                    self.took[what].append(1000 * (time.perf_counter() - began))
                    assert status == 200, content
                    if what in ("register", f"sync {BATCH}"):
                        check_ack(content, 1 if what == "register" else BATCH)


if __name__ == "__main__":
    run_alone(measure, __doc__)
