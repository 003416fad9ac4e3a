"""Images a second counted toward 100,000 live plans, beside the bare insert of the same rows, as many a commit.

A hundred thousand registered packages of three rolls, each with a plan of its own. Their pictures were filed, as many
rolls as it takes, 36 a roll, and noted as filing notes them. What is timed is the round of one process from those notes
to the last commit: rows taken, packages and plans found, images counted, plans woken. Then the same with one picture to
a plan, the worst that can come: as many plans are woken as images are counted. The floor inserts the same rows of
``goods.plan_image``, sorted as ours are, with nothing found out and nothing else written, on a durable embedded
PostgreSQL.

    python benchmarks/plan_counting.py [--quick]
"""

import asyncio
import tempfile
import time
from pathlib import Path

from measuring import Line, run_alone

from photoservice.db.embedded import EmbeddedPostgres
from photoservice.settings import Settings
from photoservice.wiring import offer_something, open_service

PLANS, QUICK_PLANS = 100_000, 3_000
IMAGES, QUICK_IMAGES = 72_000, 3_600
FRAMES = 36

FILL = (
    "set session_replication_role = replica",  # no look-ups of references we keep ourselves, no triggers
    """insert into manifest (package, tenant, source, product, made_at)
       select 'P' || n, 'T', 'maker', '04006381333931', now() from generate_series(1, $1::int) as n""",
    """insert into manifest_roll (roll, package, place)
       select 'R' || n || '-' || place, 'P' || n, place
       from generate_series(1, $1::int) as n, generate_series(1, 3) as place""",
    """insert into claim (station, id, item, root, account, store, number, activation, received_at)
       select 'S', 'C' || n, 'P' || n, 'P' || n, 'A' || n, 'X', 'N' || n, 'registration', now()
       from generate_series(1, $1::int) as n""",
    "insert into account_key (account, wrapped) select 'A' || n, '' from generate_series(1, $1::int) as n",
    """insert into registration (subject, root, word, owner, proof, has_case, claims, since)
       select 'P' || n, 'P' || n, 'registered', 'A' || n, 'unopposed', false, array['S/C' || n],
              now() - interval '1 day'
       from generate_series(1, $1::int) as n""",
    """insert into goods.plan (id, kind, scope, root, origin, criterion, make, repeats, cooling, pays, currency, state,
                               begun_at, since, made_at, changed_at)
       select 'PL-' || n, 'goods', 'package', 'P' || n, 'terms P' || n || ' 0', '{"kind": "rolls", "count": 3}',
              '{"item": "cd"}', true, '1 day', 'till', 'EUR', 'live', now() - interval '1 day', now(), now(), now()
       from generate_series(1, $1::int) as n""",
    """insert into images.filed_roll (id, first_at, changed_at)
       select 'R' || n || '-' || place, now(), now()
       from generate_series(1, $1::int) as n, generate_series(1, 3) as place""",
)
FILE = """insert into images.image (id, roll, frame, frame_order, sha256, tenant, state, filed_at)
       select 'IM-' || $1 || lpad(n::text, 12, '0'), 'R' || 1 + n / $3 * 7919 % $4 || '-' || $5::int,
              $1 || n, n, sha256(int4send(n)), 'T', 'standing', now()
       from generate_series(0, $2::int - 1) as n"""
NOTE = """insert into goods.uncounted (image, roll, at)
       select id, roll, now() from images.image where id like 'IM-' || $1 || '%' order by id"""
INSERT = """insert into goods.plan_image (plan, image, roll, at)
       select * from unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[]) order by 1, 2"""


def measure(quick):
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "pg") as server:
        settings = Settings(folder=Path(folder) / "service", connections=4)
        plans, images = (QUICK_PLANS, QUICK_IMAGES) if quick else (PLANS, IMAGES)
        return asyncio.run(_measure(settings, server.url(), plans, images))


async def _measure(settings, url, plans, images):
    lines = []
    async with open_service(settings, url) as service:
        await offer_something(service)
        async with service.database.pool.acquire() as connection:
            for statement in FILL:
                await connection.execute(statement, *([plans] if "$1" in statement else []))
            for place, (run, what) in enumerate(((FRAMES, f"{FRAMES} of a roll"), (1, "each of another plan")), 1):
                for name in "AB":
                    await connection.execute(FILE, f"{name}{place}", images, run, plans, place)
                await connection.execute("set session_replication_role = origin")
                await connection.execute(NOTE, f"A{place}")
                await connection.execute("vacuum analyze")
                ours = await _count(service, images)
                floor = await _insert(connection, f"B{place}", images, service.goods.counting.at_once)
                lines.append(
                    Line(
                        what=f"images counted toward {plans:,} plans, {what}",
                        unit="images/s",
                        ours=ours,
                        floor=floor,
                        floor_is="bare insert of the same rows",
                        aim=">= 0.5",
                    )
                )
                await connection.execute("set session_replication_role = replica")
    return lines


async def _count(service, images):
    """Return images a second from their notes to the last commit."""
    began = time.perf_counter()
    taken = await service.goods.counting.run_once()
    took = time.perf_counter() - began
    assert taken == images, taken
    return images / took


async def _insert(connection, name, images, at_once):
    """Return images a second that are inserted with nothing found out."""
    rows = await connection.fetch(
        """select 'PL-' || split_part(substr(roll, 2), '-', 1) as plan, id, roll, filed_at from images.image
           where id like 'IM-' || $1 || '%' order by id""",
        name,
    )
    assert len(rows) == images
    took = 0.0
    for begin in range(0, images, at_once):
        columns = [list(column) for column in zip(*(tuple(row) for row in rows[begin : begin + at_once]), strict=True)]
        began = time.perf_counter()
        async with connection.transaction():
            await connection.execute(INSERT, *columns)
        took += time.perf_counter() - began
    return images / took


if __name__ == "__main__":
    run_alone(measure, __doc__)
