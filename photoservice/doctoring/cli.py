"""``twincheck photoservice doctor``: what is well, what is not, what to do next; told as ``twincheck doctor`` tells it.

It takes the options of ``serve``, so that a unit's ``$PHOTOSERVICE_OPTIONS`` fit both. The exit code is 0 when nothing
failed (warnings are allowed), 1 otherwise.
"""

import argparse
import asyncio
from collections.abc import AsyncGenerator, Callable
from pathlib import Path

import asyncpg

from photocore.findings import Finding, as_json, as_text, exit_code
from photocore.seams import Clock, Disk, Entropy
from photoservice.db.database import Session
from photoservice.db.driver import connect
from photoservice.db.embedded import is_begun
from photoservice.doctoring.house import check_house, check_mark, check_migrations, check_server, check_waiting
from photoservice.doctoring.machine import (
    check_address,
    check_backup,
    check_certificate,
    check_clock,
    check_keys,
    check_ledgers,
    check_mail,
    check_room,
    refused,
)
from photoservice.errors import StartRefused
from photoservice.keyring import Keyring, open_keyring
from photoservice.objects.marking import compare_marks
from photoservice.objects.opening import open_objects, where_objects
from photoservice.objects.store import StoreDown
from photoservice.settings import Settings
from photoservice.wiring import all_queries, database_url, host_clock, host_disk, open_ledgers, system_entropy

Add = Callable[[argparse.ArgumentParser], argparse.ArgumentParser]


def add_doctor(parser: argparse.ArgumentParser) -> None:
    """Add what the doctor can be told beside the options of ``serve``."""
    parser.set_defaults(log_level="error")
    parser.add_argument("--json", action="store_true", help="one JSON array, for monitoring")
    parser.add_argument(
        "--backup", type=Path, metavar="FOLDER", help="where backups are written, to see how old they are"
    )


def doctor(options: argparse.Namespace, settings: Settings) -> int:
    """Print the findings and return 1 if anything failed."""
    findings = asyncio.run(_all(settings, options.backup, host_clock(), host_disk(), system_entropy()))
    print(as_json(findings) if options.json else as_text(findings))
    return exit_code(findings)


async def _all(settings: Settings, backup: Path | None, clock: Clock, disk: Disk, entropy: Entropy) -> list[Finding]:
    found = [one async for one in _examine(settings, clock, disk, entropy)]
    return [*found, check_backup(backup, clock.now())]


async def _examine(settings: Settings, clock: Clock, disk: Disk, entropy: Entropy) -> AsyncGenerator[Finding]:
    keys, keyring = check_keys(settings.folder), None
    yield keys
    if keys.verdict == "ok":
        try:
            keyring = open_keyring(settings.folder / "keys", entropy)
        except StartRefused as refusal:
            yield refused("keys", refusal, "bring it back from a backup")
    if keyring:
        for finding in check_ledgers(settings.folder, keyring, open_ledgers):
            yield finding
    yield check_room(disk, "data folder", settings.folder)
    yield check_room(disk, "spool", settings.spool or settings.folder / "incoming", keep_free=settings.keep_free)
    for finding in (*check_address(settings), *check_certificate(settings, clock.now()), check_mail(settings)):
        yield finding
    async for finding in _database(settings, clock, keyring):
        yield finding


async def _database(settings: Settings, clock: Clock, keyring: Keyring | None) -> AsyncGenerator[Finding]:
    if not settings.database and not is_begun(settings.folder):
        seen = f"none in {settings.folder}, and none was named"
        step = "give --dir or --database as serve was given them, or start serve first"
        yield Finding(check="postgresql", verdict="fail", seen=seen, next_step=step)
        return
    try:
        with database_url(settings) as url:
            connection = await connect(url)
            try:
                session = Session(connection=connection, queries=all_queries())
                async for finding in _inside(session, settings, clock, keyring):
                    yield finding
            finally:
                await connection.close()
    except (StartRefused, OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        yield Finding(
            check="postgresql", verdict="fail", seen=str(error), next_step="see that it runs, and its address"
        )


async def _inside(
    session: Session, settings: Settings, clock: Clock, keyring: Keyring | None
) -> AsyncGenerator[Finding]:
    server, at = await check_server(session, is_embedded=not settings.database)
    for finding in (*server, check_clock(clock, at)):
        yield finding
    schema = await check_migrations(session)
    yield schema
    if schema.verdict != "ok":
        return
    if keyring:
        yield await check_mark(session, keyring)
    async for finding in _store(session, settings):
        yield finding
    for finding in (*await check_house(session), *await check_waiting(session, clock.now())):
        yield finding


async def _store(session: Session, settings: Settings) -> AsyncGenerator[Finding]:
    """Say whether the object store answers, is this database's, and has room."""
    where = where_objects(settings)
    try:
        objects = open_objects(settings)
        await compare_marks(session, objects, where)
        free = await objects.free_bytes()
    except StartRefused as refusal:
        yield refused("objects", refusal, "give --objects as serve was given it")
        return
    except StoreDown as down:
        yield Finding(
            check="objects", verdict="fail", seen=f"{where}: {down}", next_step="see that it is mounted, or up"
        )
        return
    room = "" if free is None else f", {free / 1e9:.1f} GB free"
    seen = f"{where} is this database's{room}"
    if free is not None and free < settings.keep_free:
        seen, step = f"{seen}: no picture is taken in any more", "give it a larger disk"
        yield Finding(check="objects", verdict="fail", seen=seen, next_step=step)
    else:
        yield Finding(check="objects", verdict="ok", seen=seen)
