"""The timer's sweep over 1,000,000 live plans that each wait for a moment, beside one scan of the index they wait in.

A hundred of them are due and have 36 pictures pending each: they are read, found not to have crossed, and told when to
be looked at next; as many as come due in four minutes where a million plans wait for a month each. Then the sweep that
finds nothing due, which is what most are. The floor reads the whole index once, from its first moment to its last.

    python benchmarks/plan_sweep.py [--quick]
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

from measuring import Line, run_alone

from photoservice.db.embedded import EmbeddedPostgres
from photoservice.settings import Settings
from photoservice.wiring import offer_something, open_service

PLANS, QUICK_PLANS = 1_000_000, 20_000
DUE, QUICK_DUE = 100, 100
ROUNDS = 5

FILL = (
    "set session_replication_role = replica",  # no look-ups of references we keep ourselves, no triggers
    """insert into goods.plan (id, kind, scope, root, origin, criterion, make, repeats, cooling, pays, currency, state,
                               begun_at, since, look_at, made_at, changed_at)
       select 'PL-' || n, 'goods', 'package', 'P' || n, 'terms P' || n || ' 0',
              '{"kind": "all", "of": [{"kind": "images", "count": 72}, {"kind": "elapsed", "months": 1}]}',
              '{"item": "cd"}', true, '1 day', 'till', 'EUR', 'live', now() - interval '1 hour',
              now() - interval '1 hour',
              now() + interval '1 day' + n * interval '2 seconds', now(), now()
       from generate_series(1, $1::int) as n""",
    """insert into registration (subject, root, word, owner, proof, has_case, claims, since)
       select 'P' || n, 'P' || n, 'registered', 'A', 'unopposed', false, '{}', now()
       from generate_series(1, $2::int) as n""",
    """insert into images.image (id, roll, frame, frame_order, sha256, tenant, state, filed_at)
       select 'IM-' || n || '-' || f, 'P' || n, f::text, f, sha256(int4send(n * 36 + f)), 'T', 'standing', now()
       from generate_series(1, $2::int) as n, generate_series(1, 36) as f""",
    """insert into goods.plan_image (plan, image, roll, at)
       select 'PL-' || n, 'IM-' || n || '-' || f, 'P' || n, now()
       from generate_series(1, $2::int) as n, generate_series(1, 36) as f""",
    "set session_replication_role = origin",
    "vacuum analyze",
)
COME = "update goods.plan set look_at = now() - interval '1 second' where id = any($1::text[])"
SCAN = """select count(look_at) from goods.plan
where state = 'live' and look_at > '2000-01-01' and look_at is not null"""


def measure(quick):
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "pg") as server:
        settings = Settings(folder=Path(folder) / "service", connections=4)
        plans, due = (QUICK_PLANS, QUICK_DUE) if quick else (PLANS, DUE)
        return asyncio.run(_measure(settings, server.url(), plans, due))


async def _measure(settings, url, plans, due):
    async with open_service(settings, url) as service:
        await offer_something(service)
        async with service.database.pool.acquire() as connection:
            for statement in FILL:
                values = [plans, due] if "$2" in statement else [plans] if "$1" in statement else []
                if "$2" in statement:
                    statement, values = statement.replace("$2", "$1"), [due]  # noqa: PLW2901
                await connection.execute(statement, *values, timeout=600)
            names = [f"PL-{n}" for n in range(1, due + 1)]
            swept, idle, scans = [], [], []
            for _ in range(ROUNDS):
                await connection.execute(COME, names)
                await connection.execute("vacuum goods.plan")
                swept.append(await _took(service.goods.evaluating.run_once()))
                idle.append(await _took(service.goods.evaluating.run_once()))
                await connection.execute("set enable_seqscan = off; set max_parallel_workers_per_gather = 0")
                scans.append(await _took(connection.fetchval(SCAN)))
    floor = statistics.median(scans)
    what = f"a sweep over {plans:,} plans, "
    told = {"unit": "ms", "floor": floor, "floor_is": "one scan of the index", "aim": "<= 2"}
    return [
        Line(what=f"{what}{due:,} due", ours=statistics.median(swept), **told),
        Line(what=f"{what}none due", ours=statistics.median(idle), **told),
    ]


async def _took(work):
    began = time.perf_counter()
    await work
    return 1000 * (time.perf_counter() - began)


if __name__ == "__main__":
    run_alone(measure, __doc__)
