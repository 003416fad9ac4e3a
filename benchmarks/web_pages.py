"""The five commonest pages of My pictures with 10,000 and 1,000,000 images: growth must not be felt.

Two photoservices stand side by side, each a process with an embedded PostgreSQL of its own (``web_people.py`` says what
is in them). They are asked in turn, over kept connections, as people all over the range: each time another one; and on
both sides, besides, as one person who holds ten thousand images, nearly all of them in one sub-group. The floor is the
smaller. Told is the whole way, from the request to the last byte of the page; ``--quick`` is smaller and only shows
that it runs.

    python benchmarks/web_pages.py [--quick]
"""

import http.client
import statistics
import sys
import time
from contextlib import ExitStack
from urllib.parse import quote, urlsplit

import web_people
from measuring import Line, run_alone
from service_load import bench

SIZES, QUICK_SIZES = (10_000, 1_000_000), (3_600, 18_000)
ASKED, QUICK_ASKED = 200, 20
VISITORS = 50
LIMIT_MS = 20.0


def measure(quick):
    sizes, asked = (QUICK_SIZES, QUICK_ASKED) if quick else (SIZES, ASKED)
    with ExitStack() as stack:
        sides = [Side(stack.enter_context(bench()), size // web_people.IMAGES) for size in sizes]
        for side in sides:
            for turn in range(asked // 5):
                side.play(turn)
            side.took.clear()
        for turn in range(asked):
            for side in sides:
                side.play(turn)
    small, large = sides
    return [
        Line(
            what=f"{what}, p95, {sizes[1]:,} images",
            unit="ms",
            ours=p95(took),
            floor=p95(small.took[what]),
            floor_is=f"at {sizes[0]:,}",
            aim="<= 1.2",
            limit=LIMIT_MS,
            note=f"median {statistics.median(took):.1f} ms of {len(took)}; {large.weighs[what]:,} bytes",
        )
        for what, took in large.took.items()
    ]


def p95(times):
    return sorted(times)[int(len(times) * 0.95)]


class Side:
    """One photoservice with so many people, and what each page took in milliseconds and weighed in bytes."""

    def __init__(self, served, people):
        self.took, self.weighs = {}, {}
        served.service.run("tenant", "add", "--name", "Bench Lab", "--kind", "lab")
        tenant = served.sql(lambda connection: connection.fetchval("select id from tenant where kind = 'lab'"))
        began = time.perf_counter()
        web_people.fill(served, people + web_people.MANY, tenant)
        web_people.gather(served, people, first=people + 1)
        sys.stderr.write(f"{people * web_people.IMAGES:,} images in {time.perf_counter() - began:.0f} s\n")
        self.collector = people
        numbers = sorted({1 + place * (people - 1) // VISITORS for place in range(VISITORS)})
        self.numbers, self.tokens = numbers, web_people.open_sessions(served, [*numbers, people])
        where = urlsplit(served.url)
        self.wire = http.client.HTTPConnection(where.hostname, where.port, timeout=120)

    def play(self, turn):
        number = self.numbers[turn * 31 % len(self.numbers)]
        place = 1 + turn % web_people.ROLLS
        roll = quote(web_people.roll(number, place), safe="")
        image = web_people.image(number, place, 1 + turn % web_people.FRAMES)
        for what, path in (
            ("my rolls", "/my"),
            ("a roll", f"/my/rolls/{roll}"),
            ("a picture", f"/my/images/{image}"),
            ("sub-groups", "/my/groups"),
            ("the editor", f"/my/images/{image}/edit"),
        ):
            self.ask(what, number, path)
        for what, path in (
            ("rolls of 10,000 images", "/my"),
            ("sub-groups of 10,000", "/my/groups"),
            ("a sub-group of 10,000", f"/my/groups/{web_people.sub_group(self.collector)}"),
        ):
            self.ask(what, self.collector, path)

    def ask(self, what, number, path):
        headers = {"Cookie": f"twincheck={self.tokens[number]}", "Accept": "text/html"}
        began = time.perf_counter()
        self.wire.request("GET", path, headers=headers)
        answer = self.wire.getresponse()
        page = answer.read()
        self.took.setdefault(what, []).append(1000 * (time.perf_counter() - began))
        self.weighs[what] = max(self.weighs.get(what, 0), len(page))
        assert answer.status == 200, (path, answer.status, page[:2000])


if __name__ == "__main__":
    run_alone(measure, __doc__)
