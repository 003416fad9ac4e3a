"""The dashboards of a service with a year behind it, by one operator after the other, beside the bare query.

Every measure of the house and of ten tenants has a count in each hour of a year (0.8 million rows), and its sum in each
day. Told is the 95th percentile of whole pages over HTTP on one open connection, signed in as an operator: session,
role, query, seven plots and seven tables, packed. The floor is the one query that the page cannot do without, asked by
asyncpg on an open connection in the same run. Beside them stands what counting a last hour from the tables takes.

    python benchmarks/dashboard.py [--quick]
"""

import asyncio
import statistics
import time
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime

import asyncpg
from measuring import Line, run_alone

from photoservice.dashboards.measures import COUNTED, LATENCIES, OF_TENANTS, SEEN
from photoservice.dashboards.spans import NAMES, span_of
from photoservice.operating.duty import CONSOLE
from photoservice.operating.operators import Appointment
from photoservice.settings import Settings
from photoservice.testing import ScratchPostgres, open_folder, running_service
from photoservice.testing_browser import PlainBrowser
from photoservice.wiring import all_queries

LIMIT_MS = 50
ROUNDS, QUICK_ROUNDS = 200, 10
TENANTS = 10
PASSWORD = "many numbers in a row"

FILL = """insert into {table}
select measure, tenant, {moment}, (50 + 40 * sin(nr / {day}.0 * 6.28) + nr % 7)::bigint
from unnest($1::text[]) as measure, unnest($2::text[]) as tenant, generate_series(0, {rows}) as nr
on conflict do nothing"""
HOUR = "date_trunc('hour', now(), 'UTC') - nr * interval '1 hour'"
DAY = "(now() at time zone 'UTC')::date - nr"


def measure(quick):
    with ExitStack() as stack:
        server = stack.enter_context(ScratchPostgres())
        folder = stack.enter_context(open_folder())
        url = server.fresh()
        settings = replace(Settings(folder=folder), derive_here=False, sweep_every=None)
        running = stack.enter_context(running_service(url, folder, settings=settings))
        fill(running)
        browser = operator_of(running)
        rounds = QUICK_ROUNDS if quick else ROUNDS
        lines = [timed(running, browser, url, name, rounds) for name in NAMES]
        return [*lines, counting(running, rounds)]


def fill(running):
    """Put a year of hours and days there, for the house and for each tenant."""
    tenants = [f"T-{nr:08}" for nr in range(TENANTS)]
    for measures, whose in (((*COUNTED, *SEEN), [""]), (tuple(OF_TENANTS), tenants)):
        hours = FILL.format(table="ops.hourly", moment=HOUR, day=24, rows=365 * 24)
        slow(running, hours, list(measures), whose)
        slow(running, FILL.format(table="ops.daily", moment=DAY, day=1, rows=365), list(measures), whose)

    async def vacuum():
        async with running.service.database.pool.acquire() as connection:
            await connection.execute("vacuum (analyze) ops.hourly")
            await connection.execute("vacuum (analyze) ops.daily")

    asyncio.run_coroutine_threadsafe(vacuum(), running.loop).result(300)


def slow(running, statement, *values):
    async def work():
        async with running.service.database.begin() as session:
            await session.connection.execute(statement, *values)

    asyncio.run_coroutine_threadsafe(work(), running.loop).result(300)


def operator_of(running):
    browser = PlainBrowser(running.url)
    browser.go("/sign-up")
    browser.submit("/sign-up", name="operator", password=PASSWORD)
    operators = running.service.goods.operators
    running.do(lambda session: operators.add(session, CONSOLE, Appointment(login="operator", role="owner")))
    return browser


def timed(running, browser, url, name, rounds):
    path = f"{running.url}/ops/dashboards?range={name}"
    sizes = set()

    def page():
        reply = browser.http.get(path, headers={"Accept": "text/html"}, timeout=30)
        reply.raise_for_status()
        sizes.add(len(reply.content))

    times = times_ms(page, rounds)
    ours = quantile(times)
    floor = asyncio.run(bare(url, name, rounds))
    return Line(
        what=f"dashboards, {name}, p95",
        unit="ms",
        ours=ours,
        floor=floor,
        floor_is="bare query",
        limit=LIMIT_MS,
        note=f"half within {statistics.median(times):.1f}, least {min(times):.1f}; {max(sizes) / 1000:.0f} kB unpacked",
    )


async def bare(url, name, rounds):
    span = span_of(name, datetime.now(UTC))
    query = all_queries()["hourly.days" if span.is_of_days else "hourly.hours"]
    begins, ends = (span.begins.date(), span.ends.date()) if span.is_of_days else (span.begins, span.ends)
    width = span.width.days or span.width.seconds // 3600
    measures = [*COUNTED, "requests", "errors", "refused", *LATENCIES]
    connection = await asyncpg.connect(url)
    times = []
    for _ in range(rounds + 3):
        began = time.perf_counter()
        await connection.fetch(query, measures, "", begins, ends, width)
        times.append((time.perf_counter() - began) * 1000)
    await connection.close()
    return quantile(times[3:])


def counting(running, rounds):
    """What a round takes that counts the last hours from the tables."""
    hours = running.service.goods.hours
    ours = quantile(times_ms(lambda: running.do(hours.count), min(rounds, 50)))
    return Line(
        what="the last hours counted from the tables, p95", unit="ms", ours=ours, note="once a minute a process"
    )


def times_ms(work, rounds):
    times = []
    for _ in range(rounds + 3):
        began = time.perf_counter()
        work()
        times.append((time.perf_counter() - began) * 1000)
    return times[3:]


def quantile(times):
    return statistics.quantiles(times, n=20)[-1]


if __name__ == "__main__":
    run_alone(measure, __doc__)
