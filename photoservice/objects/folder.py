"""Objects in a local folder: written beside, synced, renamed; then the folder is synced, too."""

import asyncio
import os
import shutil
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path

from photoservice.keyring import sync_folder
from photoservice.objects.store import ObjectMissing, Stored

PIECE = 1 << 20


class FolderStore:
    """Bytes under keys in one folder of this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, key: str, source: Path | bytes) -> None:
        """Keep ``source`` under ``key``; durable when this returns."""
        await asyncio.to_thread(self._put, self._folder / key, source)

    def _put(self, path: Path, source: Path | bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        if isinstance(source, bytes):
            fresh.write_bytes(source)
        else:
            shutil.copyfile(source, fresh)
        with fresh.open("rb") as file:
            os.fsync(file.fileno())
        fresh.replace(path)
        sync_folder(path.parent)

    async def read(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """Return the bytes under ``key``, or a part of them."""
        return b"".join([piece async for piece in self.stream(key, start, length)])

    async def stream(self, key: str, start: int = 0, length: int | None = None) -> AsyncGenerator[bytes]:
        """Yield the bytes under ``key`` in pieces."""
        try:
            file = (self._folder / key).open("rb")
        except FileNotFoundError as cause:
            raise ObjectMissing(f"there is no object {key}") from cause
        with file:
            file.seek(start)
            left = length
            while piece := file.read(PIECE if left is None else min(PIECE, left)):
                left = None if left is None else left - len(piece)
                yield piece

    async def look(self, key: str) -> Stored | None:
        """Return what stands under ``key``."""
        try:
            found = (self._folder / key).stat()
        except FileNotFoundError:
            return None
        return Stored(key=key, size=found.st_size, at=datetime.fromtimestamp(found.st_mtime, UTC))

    async def delete(self, key: str) -> None:
        """Delete what stands under ``key``."""
        (self._folder / key).unlink(missing_ok=True)

    async def list(self, prefix: str) -> AsyncGenerator[Stored]:
        """Yield all objects whose key begins with ``prefix``."""
        for path in sorted(self._folder.rglob("*")):
            key = path.relative_to(self._folder).as_posix()
            if (
                path.is_file()
                and key.startswith(prefix)
                and not path.name.startswith(".")
                and (seen := await self.look(key))
            ):
                yield seen

    async def free_bytes(self) -> int | None:
        """Return how much room the folder's disk has."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(self._folder).free
