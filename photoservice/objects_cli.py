"""The verbs of ``twincheck photoservice`` that look after the object store: backup, restore, scrub, collect."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from photoservice.objects.backup import Backup
from photoservice.objects.collecting import Collector
from photoservice.objects.marking import adopt_store
from photoservice.objects.opening import open_objects, where_objects
from photoservice.objects.restore import Restore
from photoservice.objects.scrubbing import Scrubber
from photoservice.service import Photoservice
from photoservice.settings import Settings
from photoservice.wiring import all_queries, database_url, look_at_store, open_service, refuse_empty, system_entropy

Verb = Callable[[argparse.Namespace, Settings], int]


class Verbs(Protocol):
    """What argparse's ``add_subparsers`` returns, whose own name is private."""

    def add_parser(self, name: str, *, help: str) -> argparse.ArgumentParser:  # noqa: A002
        """Return the parser of one more verb."""
        ...


def add_verbs(verbs: Verbs, add: Callable[[argparse.ArgumentParser, Verb], argparse.ArgumentParser]) -> None:
    """Add the verbs; ``add`` gives each the options all verbs have."""
    backup = add(verbs.add_parser("backup", help="copy the database and all images it names to a folder"), _backup)
    backup.add_argument("folder", type=Path, help="the same one each time: only what is new is copied")
    backup.add_argument("--with-keys", action="store_true", help="also the service's keys: keep that folder locked up")
    restore = add(verbs.add_parser("restore", help="make a service of a backup again, where there is none"), _restore)
    restore.add_argument("folder", type=Path)
    restore.add_argument("--at", metavar="SNAPSHOT", help="not the newest one")
    restore.add_argument("--again", action="store_true", help="go on where a restore was cut off")
    scrub = add(verbs.add_parser("scrub", help="read originals again and tell which are damaged or missing"), _scrub)
    scrub.add_argument("--days", type=float, default=30, help="those not looked at for so long (%(default)s)")
    scrub.add_argument("--mb-s", type=float, default=50, metavar="RATE", help="read no faster (%(default)s)")
    scrub.add_argument("--most-gb", type=float, help="stop after so much; the next scrub goes on there")
    add(
        verbs.add_parser("adopt-objects", help="say that --objects is this database's store, though marked otherwise"),
        _adopt,
    )
    collect = add(verbs.add_parser("collect", help="delete what nothing has needed for the grace"), _collect)
    collect.add_argument("--grace-h", type=float, default=24, metavar="HOURS", help="the grace (%(default)s)")


def _backup(options: argparse.Namespace, settings: Settings) -> int:
    async def work(service: Photoservice) -> int:
        done = await Backup(
            database=service.database, objects=service.pictures.objects, clock=service.clock,
            service=settings.folder, folder=options.folder.absolute(),
        ).run(with_keys=options.with_keys)  # fmt: skip
        snapshot = done.snapshot
        _say(f"Backed up {snapshot.objects} objects ({snapshot.bytes / 1e9:.2f} GB), {done.copied} of them new.")
        if not options.with_keys:
            _say(f"Without the keys in {settings.folder / 'keys'} it opens nothing: keep a copy of them elsewhere.")
        for key in snapshot.lost:
            _say(f"NOT backed up, damaged or missing in the store: {key}")
        print(done.folder)  # noqa: T201  # what a script needs
        return 1 if snapshot.lost else 0

    return _in_service(settings, work)


def _restore(options: argparse.Namespace, settings: Settings) -> int:
    queries = all_queries()
    with database_url(settings) as url:
        restore = Restore(
            url=url, queries=queries, objects=open_objects(settings), service=settings.folder,
            folder=options.folder.absolute(),
        )  # fmt: skip
        done = asyncio.run(restore.run(system_entropy(), at=options.at, again=options.again))
    _say(f"Restored {done.snapshot.at}: {done.rows} rows and {done.objects} objects, each as it was written.")
    for key in done.lost:
        _say(f"NOT restored, it was damaged or missing when the backup was made: {key}")
    return 1 if done.lost else 0


def _scrub(options: argparse.Namespace, settings: Settings) -> int:
    async def work(service: Photoservice) -> int:
        scrubber = Scrubber(
            objects=service.pictures.objects, database=service.database, clock=service.clock,
            bytes_per_s=options.mb_s * 1e6 or None,
        )  # fmt: skip
        most = None if options.most_gb is None else int(options.most_gb * 1e9)
        seen = await scrubber.run(before=service.clock.now() - timedelta(days=options.days), most_bytes=most)
        if seen.held_off:
            _say("Another scrub is running; this one did nothing.")
        _say(f"Read {seen.looked_at} originals again ({seen.bytes / 1e9:.2f} GB); {seen.damaged} of them damaged.")
        standing = await scrubber.damaged()
        for row in standing:
            where = f"{row['roll']} frame {row['frame']} {row['file_name']}" if row["roll"] else "of no image"
            print(f"{row['damage']}  {row['sha256'].hex()}  {where}")  # noqa: T201
        if standing:
            _say("Upload these files again, or restore them from a backup: the same bytes heal them.")
        return 1 if standing else 0

    return _in_service(settings, work)


def _collect(options: argparse.Namespace, settings: Settings) -> int:
    async def work(service: Photoservice) -> int:
        collector = Collector(
            objects=service.pictures.objects, database=service.database, clock=service.clock,
            grace=timedelta(hours=options.grace_h),
        )  # fmt: skip
        done = await collector.run()
        if done.held_off:
            _say("Another collection or a backup is running; nothing was done.")
            return 1
        _say(f"Looked at {done.seen} objects: {done.deleted} deleted, {done.unused} newly seen unused.")
        if done.strange:
            _say(f"{done.strange} objects there are not ours; they were left alone.")
        return 0

    return _in_service(settings, work)


def _adopt(options: argparse.Namespace, settings: Settings) -> int:
    async def work(service: Photoservice) -> int:
        where = where_objects(settings)
        await adopt_store(service.database, service.pictures.objects, service.entropy, where)
        _say(f"The object store at {where} is this database's from now on. Start serve again.")
        return 0

    return _in_service(settings, work, is_looked_at=False)


def _in_service(
    settings: Settings, work: Callable[[Photoservice], Awaitable[int]], *, is_looked_at: bool = True
) -> int:
    async def run(url: str) -> int:
        async with open_service(settings, url) as service:
            if is_looked_at:
                await look_at_store(service)
            return await work(service)

    refuse_empty(settings)
    with database_url(settings) as url:
        return asyncio.run(run(url))


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)  # noqa: T201
