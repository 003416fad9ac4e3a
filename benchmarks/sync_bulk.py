"""100,000 registrations by sync over HTTP, beside the same rows by COPY in commits of the same size.

Real processes: stations send signed batches of 200 over loopback HTTP to a served photoservice on an embedded
PostgreSQL (durable: fsync and synchronous_commit on), packages known beforehand, a card never seen before in each, so
that every registration also makes an account. The floor then copies the very rows the service wrote, all tables, with
their indexes and foreign keys, 200 registrations a durable commit, as many connections as there were stations, out of
binary COPY files made before the clock: what PostgreSQL itself needs. Raw COPY of one row a registration into one
table like ``event`` stands beside it.

    python benchmarks/sync_bulk.py [--quick]
"""

import asyncio
import os
import threading
import time

import asyncpg
from measuring import Line, run_alone
from service_load import BATCH, Bench, bench, send_all, write_all

from photoservice.db.migrate import migrate

REGISTRATIONS, QUICK = 100_000, 4_800
STATIONS = 4
OF_BATCH = "select {} from claim where station = $1 and seq between $2 and $3"
TABLES = {
    "event": "station = $1 and seq between $2 and $3",
    "account": f"id in ({OF_BATCH.format('account')})",
    "account_key": f"account in ({OF_BATCH.format('account')})",
    "account_card": f"account in ({OF_BATCH.format('account')})",
    "event_personal": f"station = $1 and event in ({OF_BATCH.format('id')})",
    "claim": "station = $1 and seq between $2 and $3",
    "access_code": "station = $1 and seq between $2 and $3",
    "label_copy": f"station = $1 and claim in ({OF_BATCH.format('id')})",
    "registration": f"root in ({OF_BATCH.format('root')})",
    "claim_news": f"station = $1 and claim in ({OF_BATCH.format('id')})",
}
"""What a registration writes, in an order the foreign keys allow, and which rows one batch of a station is."""

BESIDE = ("tenant", "store", "station", "station_epoch", "manifest", "manifest_roll")
"""What stood before the batches came."""


def measure(quick):
    total = QUICK if quick else REGISTRATIONS
    with bench(processes=os.cpu_count() or 1) as served:
        rate, took = sync(served, total)
        copies = served.sql(lambda connection: read_out(connection, total // STATIONS))
        floor, raw = asyncio.run(floors(served, copies))
    middle, worst = took[len(took) // 2], took[-1]
    note = f"raw COPY of one table {raw:,.0f}/s; a batch of {BATCH}: median {middle:.0f} ms, worst {worst:.0f} ms"
    return [
        Line(
            what=f"{total:,} registrations by sync over HTTP, {STATIONS} stations",
            unit="registrations/s",
            ours=rate,
            floor=floor,
            floor_is=f"COPY of the same rows, {BATCH} a commit, {STATIONS} connections",
            aim=">= 0.3",
            note=note,
        )
    ]


def sync(served: Bench, total):
    """Return registrations a second, and how many milliseconds each batch took, ascending."""
    served.know_packages(0, total)
    stations = write_all(served.enrol(STATIONS), 0, total // STATIONS, BATCH)
    prepared = [station.requests() for station in stations]
    took = [[] for _ in stations]
    threads = [
        threading.Thread(target=send_all, args=(station.url, one, times))
        for station, one, times in zip(stations, prepared, took, strict=True)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rate = total / (time.perf_counter() - began)
    assert served.sql(lambda connection: connection.fetchval("select count(*) from registration")) == total
    return rate, sorted(1000 * seconds for one in took for seconds in one)


async def read_out(connection, each):
    """Return what to copy, by station and batch: each table's rows as a binary COPY file."""
    copies = []
    for (station,) in await connection.fetch("select id from station order by id"):
        batches = []
        for first in range(1, each + 1, BATCH):
            place = (station, first, min(first + BATCH, each + 1) - 1)
            batches.append([(table, await _file(connection, table, where, place)) for table, where in TABLES.items()])
        copies.append(batches)
    return copies


async def _file(connection, table, where, place):
    sql = f"select * from {table} where {where}"
    if table == "label_copy":
        sql = f"select station, claim, roll, copy, voids, event, package from label_copy where {where}"
    pieces = []

    async def keep(piece):
        pieces.append(bytes(piece))

    await connection.copy_from_query(sql, *place, output=keep, format="binary")
    return b"".join(pieces)


async def floors(served, copies):
    """Return registrations a second by COPY into all tables, and into one table like ``event``."""
    fresh = await asyncpg.connect(served.server.url())
    await fresh.execute("create database floor")
    await fresh.execute("checkpoint")
    target = served.server.url("floor")
    await migrate(target)
    await _bring_along(fresh, target)
    try:
        floor = await _copy_all(target, copies, drop=None)
        await fresh.execute("checkpoint")
        one = [[[(f, data) for f, data in batch if f == "event"] for batch in batches] for batches in copies]
        raw = await _copy_all(target, one, drop="truncate event")
        return floor, raw
    finally:
        await fresh.close()


async def _bring_along(origin, target):
    connection = await asyncpg.connect(target)
    try:
        for table in BESIDE:
            columns = [
                r[0]
                for r in await origin.fetch(
                    "select attname from pg_attribute where attrelid = $1::text::regclass and attnum > 0"
                    " and attgenerated = '' and attidentity = '' and not attisdropped order by attnum",
                    table,
                )
            ]
            pieces = []

            async def keep(piece, pieces=pieces):
                pieces.append(bytes(piece))

            await origin.copy_from_table(table, columns=columns, output=keep, format="binary")
            await connection.copy_to_table(table, columns=columns, source=_pieces(b"".join(pieces)), format="binary")
            await connection.execute(f"analyze {table}")  # not the empty ones: a plan made for no rows scans them all
        await connection.execute("checkpoint")
    finally:
        await connection.close()


async def _pieces(data):
    for first in range(0, len(data), 500_000):
        yield data[first : first + 500_000]


async def _copy_all(url, copies, *, drop):
    connections = [await asyncpg.connect(url) for _ in copies]
    try:
        if drop:
            await connections[0].execute(drop)
        began = time.perf_counter()
        await asyncio.gather(*(_copy(c, batches) for c, batches in zip(connections, copies, strict=True)))
        return sum(len(batches) for batches in copies) * BATCH / (time.perf_counter() - began)
    finally:
        for connection in connections:
            await connection.close()


async def _copy(connection, batches):
    columns = ["station", "claim", "roll", "copy", "voids", "event", "package"]
    for batch in batches:
        async with connection.transaction():
            for table, data in batch:
                named = columns if table == "label_copy" else None
                await connection.copy_to_table(table, source=_pieces(data), columns=named, format="binary")


if __name__ == "__main__":
    run_alone(measure, __doc__)
