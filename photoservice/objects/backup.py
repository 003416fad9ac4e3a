"""Backup: the database as it was at one instant, and every object it names, in one folder that grows (adr/0033).

First the database, in one snapshot; then the objects that snapshot lists. They never change, and no collection runs
meanwhile, so what is listed is there until it was copied. Objects that an earlier backup has are not copied again. A
snapshot counts when its folder has its name: one that was cut off stays hidden, and the next backup removes it.

What is copied is verified: an original against its hash, a rendition against its own with its common header before it.
What is damaged or missing in the store itself is named in the snapshot, and hinders nothing else.
"""

import asyncio
import base64
import fcntl
import hashlib
import itertools
import os
import shutil
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Final, cast

import msgspec

from photocore.seams import Clock
from photoservice import erasures, station_ledger
from photoservice.db.database import Database
from photoservice.db.driver import Connection, CopyConnection
from photoservice.keyring import sync_folder
from photoservice.objects.dumping import BackupRefused, Dump, dump, hash_of
from photoservice.objects.folder import FolderStore
from photoservice.objects.holding import BACKUP, Still, beside
from photoservice.objects.store import ObjectMissing, ObjectStore, original_key, rendition_key
from photoservice.ordering import releases
from photoservice.persons import departures

SNAPSHOTS: Final = "snapshots"
OBJECTS: Final = "objects"
TABLES: Final = "tables"
LIST: Final = "objects.tsv"
MANIFEST: Final = "snapshot.json"
KEYS: Final = "keys"
LEDGERS: Final = (erasures.FILE, station_ledger.FILE, departures.FILE, releases.FILE)
_ROWS: Final = 1_000
_COPIED: Final = "copied"
_AT_ONCE: Final = 2
_WAIT_S: Final = 1.0
_WAITS: Final = 600


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """One backup: the database, its list of objects, which of them the store had not, and the common headers."""

    at: str
    database: Dump
    list_sha256: str
    objects: int
    bytes: int
    lost: tuple[str, ...] = ()
    headers: Mapping[str, str] = {}
    has_keys: bool = False


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One object as a snapshot lists it; ``header`` stands before it when it is hashed."""

    key: str
    size: int
    sha256: str
    header: str = ""

    def is_held_by(self, content: bytes, headers: Mapping[str, str]) -> bool:
        """Say whether ``content`` is what the snapshot means."""
        before = base64.b64decode(headers[self.header]) if self.header else b""
        return len(content) == self.size and hashlib.sha256(before + content).hexdigest() == self.sha256


@dataclass(frozen=True, kw_only=True)
class BackedUp:
    """What a backup did."""

    snapshot: Snapshot
    copied: int
    folder: Path


class Backup:
    """Writes backups of one service into ``folder``."""

    def __init__(self, *, database: Database, objects: ObjectStore, clock: Clock, service: Path, folder: Path) -> None:
        self._database = database
        self._objects = objects
        self._clock = clock
        self._service = service
        self._folder = folder
        self._kept = FolderStore(folder / OBJECTS)

    async def run(self, *, with_keys: bool = False) -> BackedUp:
        """Make one more snapshot, with the service's keys only if asked to.

        Raises:
            BackupRefused: a collection does not end, another backup writes into the folder, or there is a snapshot of
                this very second.
            StoreFull, StoreDown: the store or the folder fails; the snapshot does not count.
        """
        for _ in range(_WAITS):
            async with beside(self._database, BACKUP) as still:
                if still is not None:
                    with _alone_in(self._folder / SNAPSHOTS):
                        return await self._run(still, with_keys=with_keys)
            await asyncio.sleep(_WAIT_S)
        raise BackupRefused("A collection has been running for ten minutes; try again when it is done.")

    async def _run(self, still: Still, *, with_keys: bool) -> BackedUp:
        stamp = self._clock.now().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
        done, begun = self._folder / SNAPSHOTS / stamp, self._folder / SNAPSHOTS / f".{stamp}"
        if done.exists():
            raise BackupRefused(f"There is a backup of {stamp} already.")
        _make_room(begun)
        found, headers = await self._dump(begun)
        some = asyncio.Semaphore(_AT_ONCE)
        copied, count, size, lost = 0, 0, 0, list[str]()
        listed = read_list(begun)
        while batch := list(itertools.islice(listed, _ROWS)):
            await still()
            words = await asyncio.gather(*(self._copy(one, headers, some) for one in batch))
            copied += words.count(_COPIED)
            lost += [word for word in words if word not in {"", _COPIED}]
            count, size = count + len(batch), size + sum(one.size for one in batch)
        self._copy_beside(begun, with_keys=with_keys)
        snapshot = Snapshot(
            at=stamp,
            database=found,
            list_sha256=hash_of(begun / LIST),
            objects=count,
            bytes=size,
            lost=tuple(lost),
            headers=headers,
            has_keys=with_keys,
        )
        _write(begun / MANIFEST, msgspec.json.format(msgspec.json.encode(snapshot)))
        sync_folder(begun)
        begun.rename(done)
        sync_folder(done.parent)
        return BackedUp(snapshot=snapshot, copied=copied, folder=done)

    async def _dump(self, folder: Path) -> tuple[Dump, Mapping[str, str]]:
        """Write the database and the list of its objects, all of one instant."""
        queries = self._database.queries
        async with self._database.pool.acquire() as connection:
            await connection.execute("begin isolation level repeatable read read only")
            try:
                found = await dump(cast("CopyConnection", connection), queries, folder / TABLES)
                rows = await connection.fetch(queries["objects.backup_headers"])
                headers = {row["id"].hex(): base64.b64encode(row["bytes"]).decode() for row in rows}
                await _list_objects(connection, queries, folder / LIST)
            finally:
                await connection.execute("rollback")
        return found, headers

    async def _copy(self, listed: Listed, headers: Mapping[str, str], some: asyncio.Semaphore) -> str:
        """Copy one object unless it is here; returns ``copied``, nothing, or the key of what the store has lost."""
        async with some:
            kept = await self._kept.look(listed.key)
            if kept is not None and kept.size == listed.size:
                return ""
            try:
                content = await self._objects.read(listed.key)
            except ObjectMissing:
                return listed.key
            if not listed.is_held_by(content, headers):
                return listed.key
            await self._kept.put(listed.key, content)
            return _COPIED

    def _copy_beside(self, begun: Path, *, with_keys: bool) -> None:
        for name in LEDGERS:
            if (self._service / name).exists():
                _write(begun / name, (self._service / name).read_bytes())
        if with_keys:
            (begun / KEYS).mkdir(mode=0o700)
            for path in sorted((self._service / KEYS).glob("*.key")):
                _write(begun / KEYS / path.name, path.read_bytes())
            sync_folder(begun / KEYS)


def snapshots_in(folder: Path) -> list[Path]:
    """Return the snapshots of a backup's folder, the oldest first."""
    return sorted(path for path in (folder / SNAPSHOTS).glob("[0-9]*") if (path / MANIFEST).is_file())


def read_snapshot(folder: Path) -> Snapshot:
    """Return what a snapshot says.

    Raises:
        BackupRefused: it cannot be read.
    """
    try:
        return msgspec.json.decode((folder / MANIFEST).read_bytes(), type=Snapshot)
    except (OSError, msgspec.MsgspecError) as cause:
        raise BackupRefused(f"{folder} is no snapshot that can be read.") from cause


def read_list(folder: Path) -> Iterator[Listed]:
    """Yield the objects a snapshot lists."""
    with (folder / LIST).open(encoding="ascii") as lines:
        for line in lines:
            key, size, sha256, header = line.rstrip("\n").split("\t")
            yield Listed(key=key, size=int(size), sha256=sha256, header=header)


async def _list_objects(connection: Connection, queries: Mapping[str, str], path: Path) -> None:
    with path.open("w", encoding="ascii") as file:
        last: bytes | None = b""
        while last is not None:
            rows = await connection.fetch(queries["objects.backup_originals"], last, _ROWS)
            for row in rows:
                file.write(f"{original_key(row['sha256'])}\t{row['size']}\t{row['sha256'].hex()}\t\n")
            last = rows[-1]["sha256"] if rows else None
        place: tuple[bytes, str] | None = (b"", "")
        while place is not None:
            rows = await connection.fetch(queries["objects.backup_renditions"], *place, _ROWS)
            for row in rows:
                key = rendition_key(row["sha256"], row["tier"], row["recipe"])
                file.write(f"{key}\t{row['size']}\t{row['etag'].hex()}\t{row['header'].hex()}\n")
            place = (rows[-1]["sha256"], rows[-1]["tier"]) if rows else None
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _alone_in(folder: Path) -> Generator[None]:
    """Hold a folder's lock, which goes with its process: what is unfinished there is nobody's then, and removed."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as cause:
            raise BackupRefused("Another backup is being written into this folder. Let it end first.") from cause
        yield
    finally:
        os.close(handle)


def _make_room(begun: Path) -> None:
    for cut_off in begun.parent.glob(".*"):
        shutil.rmtree(cut_off)
    (begun / TABLES).mkdir(parents=True, mode=0o700)


def _write(path: Path, content: bytes) -> None:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
