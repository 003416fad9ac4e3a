"""Restore: a backup becomes a service again, in an empty database and an empty object store (adr/0033).

Nothing is trusted that was not hashed. Objects come first, the database last and in one transaction: a restore that
was cut off left no service that looks whole, and is done again with ``again``. The ledgers beside the keys outlive
every database: those in the data folder count, and where there are none, those of the newest snapshot do, whichever one
is put back; so who was erased after it stays erased.
"""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from photocore.seams import Entropy
from photoservice.db.driver import connect
from photoservice.db.migrate import migrate, read_migrations
from photoservice.keyring import open_keyring
from photoservice.objects.backup import (
    KEYS,
    LEDGERS,
    LIST,
    OBJECTS,
    TABLES,
    Snapshot,
    read_list,
    read_snapshot,
    snapshots_in,
)
from photoservice.objects.dumping import BackupRefused, check_file, check_files, load, refuse_filled
from photoservice.objects.folder import FolderStore
from photoservice.objects.marking import KEY
from photoservice.objects.store import ObjectMissing, ObjectStore, OriginalName, read_key


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What a restore brought back; ``lost`` are objects that the store had not when the backup was made."""

    snapshot: Snapshot
    objects: int
    rows: int
    lost: tuple[str, ...]


class Restore:
    """Puts one snapshot of ``folder`` back into the service whose data folder is ``service``."""

    def __init__(
        self, *, url: str, queries: Mapping[str, str], objects: ObjectStore, service: Path, folder: Path
    ) -> None:
        self._url = url
        self._queries = queries
        self._objects = objects
        self._service = service
        self._folder = folder
        self._kept = FolderStore(folder / OBJECTS)

    async def run(self, entropy: Entropy, *, at: str | None = None, again: bool = False) -> Restored:
        """Put the newest snapshot back, or the one of ``at``.

        Raises:
            BackupRefused: there is none, it is damaged, the place is not empty, or its keys are missing or others.
            StoreFull, StoreDown: the object store fails; try ``again``.
        """
        place = self._find(at)
        snapshot = read_snapshot(place)
        known = max(migration.number for migration in read_migrations())
        if snapshot.database.migration > known:
            raise BackupRefused("The backup was made by a newer program than this one.")
        check_files(snapshot.database, place / TABLES)
        check_file(place / LIST, snapshot.list_sha256)
        await self._refuse_filled(again=again)
        self._bring_keys(place)
        mark = open_keyring(self._service / KEYS, entropy).mark
        count = await self._bring_objects(place, snapshot)
        await migrate(self._url, up_to=snapshot.database.migration)
        connection = await connect(self._url)
        try:
            async with connection.transaction():
                await refuse_filled(connection, self._queries)
                await load(connection, self._queries, snapshot.database, place / TABLES)
                names = [name.sha256 for name in map(read_key, snapshot.lost) if isinstance(name, OriginalName)]
                await connection.execute(self._queries["objects.note_missing"], names)
                if await connection.fetchval(self._queries["keyring.mark"], mark) != mark:
                    raise BackupRefused(
                        "The keys in the data folder are not those of the backup. Bring the right ones, and restore"
                        " --again."
                    )
        finally:
            await connection.close()
        rows = sum(table.rows for table in snapshot.database.tables)
        return Restored(snapshot=snapshot, objects=count, rows=rows, lost=snapshot.lost)

    def _find(self, at: str | None) -> Path:
        found = snapshots_in(self._folder)
        if not found:
            raise BackupRefused(f"There is no backup in {self._folder}.")
        if at is None:
            return found[-1]
        for path in found:
            if path.name == at:
                return path
        raise BackupRefused(f"There is no backup of {at}. There are: {', '.join(path.name for path in found)}.")

    async def _refuse_filled(self, *, again: bool) -> None:
        connection = await connect(self._url)
        try:
            await refuse_filled(connection, self._queries)
        finally:
            await connection.close()
        if not again:
            async for found in self._objects.list(""):
                if found.key != KEY:
                    raise BackupRefused(
                        "The object store is not empty. Give an empty one; or --again, if a restore was cut off here."
                    )
        await self._objects.delete(KEY)  # whoever's it was, it is the restored database's now

    def _bring_keys(self, place: Path) -> None:
        """Bring keys and ledgers where the data folder has none."""
        self._service.mkdir(parents=True, exist_ok=True)
        if not list((self._service / KEYS).glob("*.key")):
            if not (place / KEYS).is_dir():
                raise BackupRefused(
                    f"The backup has no keys, and there are none in {self._service / KEYS}. Bring them from where you"
                    " keep them: without them nothing in the database opens."
                )
            shutil.copytree(place / KEYS, self._service / KEYS, dirs_exist_ok=True)
        newest = snapshots_in(self._folder)[-1]
        for name in LEDGERS:
            if not (self._service / name).exists() and (newest / name).exists():
                shutil.copy2(newest / name, self._service / name)

    async def _bring_objects(self, place: Path, snapshot: Snapshot) -> int:
        lost, count = set(snapshot.lost), 0
        for listed in read_list(place):
            try:
                content = await self._kept.read(listed.key)
            except ObjectMissing as cause:
                if listed.key in lost:
                    continue
                raise BackupRefused(f"The backup has lost {listed.key}; nothing was put into the database.") from cause
            if not listed.is_held_by(content, snapshot.headers):
                raise BackupRefused(f"The backup's {listed.key} is damaged; nothing was put into the database.")
            await self._objects.put(listed.key, content)
            count += 1
        if count + len(lost) != snapshot.objects:
            raise BackupRefused("The backup's list of objects is not whole; nothing was put into the database.")
        return count
