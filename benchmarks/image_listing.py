"""List rolls and frames, and search, with 10,000, 1,000,000 and 5,000,000 images: growth must not be felt.

Three photoservices stand side by side, each a process with an embedded PostgreSQL of its own; one lab filed all images
of each (the worst case: nothing narrows the search but the index), 36 a roll, every one with its original and its two
renditions. Rows are made by PostgreSQL itself, objects are not needed: no byte of a picture is listed. The services are
asked in turn, over kept connections, for pages that lie all over the range. The floor is the smallest.

    python benchmarks/image_listing.py [--quick]
"""

import http.client
import json
import statistics
import time
from contextlib import ExitStack
from urllib.parse import quote, urlsplit

from measuring import Line, run_alone
from service_load import ROLL_GTIN, bench

SIZES, QUICK_SIZES = (10_000, 1_000_000, 5_000_000), (3_600, 36_000)
ASKED, QUICK_ASKED = 200, 20
FRAMES = 36
STOCKS = 40
LIMIT_MS = 20.0

FILL = tuple(
    statement.replace("'ROLL'", f"'(01){ROLL_GTIN}(21)BENCH'")
    for statement in (
        "set session_replication_role = replica",  # no look-ups of references we keep ourselves; nothing else changes
        "insert into images.jpeg_header values (sha256('header'), 'header')",
        """insert into images.filed_roll (id, wanted, made, first_at, changed_at)
       select 'ROLL' || lpad(n::text, 8, '0'), 1, 1, now(), now() from generate_series(1, $1::int) as n""",
        """insert into images.tenant_roll (tenant, roll, images, stock, process, iso, lab, developed_on, scanned_on,
                                       words, first_at, changed_at)
       select $2, roll, 36, stock, 'C-41', 400, 'Bench Lab', day, day,
              to_tsvector('simple', roll || ' ' || stock || ' Bench Lab C-41') || array_to_tsvector(array['=' || $2]),
              now(), now()
       from (select 'ROLL' || lpad(n::text, 8, '0') as roll, 'Stock ' || n % 40 as stock,
                    date '2000-01-01' + n % 9000 as day
             from generate_series(1, $1::int) as n) as rolls""",
        """insert into images.original (sha256, size, media, width, height, placeholder, kept_at)
       select sha256(int4send(n)), 6000000, 'image/jpeg', 6000, 4000, decode(repeat('ab', 320), 'hex'), now()
       from generate_series(36, $1::int * 36 + 35) as n""",
        """insert into images.image (id, roll, frame, frame_order, sha256, tenant, state, filed_at)
       select 'IM-' || lpad(n::text, 16, '0'), 'ROLL' || lpad((n / 36)::text, 8, '0'), (n % 36 + 1)::text,
              (n % 36 + 2) * 100, sha256(int4send(n)), $2, 'standing', now()
       from generate_series(36, $1::int * 36 + 35) as n""",
        """insert into images.rendition (sha256, tier, recipe, header, size, etag, width, height, kept_at)
       select sha256(int4send(n)), tier, 1, sha256('header'), 9000, sha256(int4send(n)), 256, 171, now()
       from generate_series(36, $1::int * 36 + 35) as n, unnest(array['256', '2048']) as tier""",
        "set session_replication_role = origin",
        "analyze",
    )
)


def measure(quick):
    sizes, asked = (QUICK_SIZES, QUICK_ASKED) if quick else (SIZES, ASKED)
    with ExitStack() as stack:
        sides = [Side(stack.enter_context(bench()), size // FRAMES) for size in sizes]
        for side in sides:
            side.play(asked // 10, 0)
            side.took.clear()
        for place in range(1, asked + 1):
            for side in sides:
                side.play(1, place)
    smallest = sides[0]
    return [
        Line(
            what=f"{what}, p95, {size:,} images",
            unit="ms",
            ours=p95(side.took[what]),
            floor=p95(smallest.took[what]),
            floor_is=f"at {sizes[0]:,}",
            aim="<= 1.2",
            limit=LIMIT_MS,
            note=f"median {statistics.median(side.took[what]):.1f} ms of {len(side.took[what])}",
        )
        for size, side in zip(sizes[1:], sides[1:], strict=True)
        for what in smallest.took
    ]


def p95(times):
    return sorted(times)[int(len(times) * 0.95)]


class Side:
    """One photoservice that a lab filed so many rolls in, and what each question took in milliseconds."""

    def __init__(self, served, rolls):
        self.rolls, self.took = rolls, {}
        key = served.service.run("tenant", "add", "--name", "Bench Lab", "--kind", "lab").strip()
        tenant = served.sql(lambda connection: connection.fetchval("select id from tenant where kind = 'lab'"))
        served.sql(lambda connection: fill(connection, rolls, tenant))
        where = urlsplit(served.url)
        self.wire = http.client.HTTPConnection(where.hostname, where.port, timeout=120)
        self.headers = {"Authorization": f"Bearer {key}"}

    def play(self, times, place):
        for turn in range(times):
            number = 1 + (place * 7919 + turn * 104_729) % self.rolls
            serial = f"BENCH{number:08}"
            roll = f"(01){ROLL_GTIN}(21){serial}"
            year = 2000 + number % 24
            page = self.ask("rolls, a page", "/rolls?limit=50")
            self.ask("rolls, the page behind", f"/rolls?limit=50&cursor={quote(page['next'], safe='')}")
            self.ask("rolls of a stock", f"/rolls?limit=50&stock=Stock%20{number % STOCKS}")
            self.ask("rolls of a year", f"/rolls?limit=50&from={year}-01-01&to={year}-12-31")
            found = self.ask("rolls by a common word", "/rolls?limit=50&q=bench")
            assert len(found["rolls"]) == 50
            found = self.ask("rolls by a rare word", f"/rolls?limit=50&q={serial}")
            assert [each["roll"] for each in found["rolls"]] == [roll]
            frames = self.ask("frames of a roll", f"/rolls/{quote(roll, safe='')}/frames")
            assert len(frames["frames"]) == FRAMES

    def ask(self, what, path):
        began = time.perf_counter()
        self.wire.request("GET", path, headers=self.headers)
        answer = self.wire.getresponse()
        body = answer.read()
        self.took.setdefault(what, []).append(1000 * (time.perf_counter() - began))
        assert answer.status == 200, body
        return json.loads(body)


async def fill(connection, rolls, tenant):
    for statement in FILL:
        values = [rolls, tenant][: statement.count("$1") and 1 + ("$2" in statement)]
        await connection.execute(statement, *values, timeout=1200)


if __name__ == "__main__":
    run_alone(measure, __doc__)
