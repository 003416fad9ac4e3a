"""Edited pictures made: a preview or a tier out of the large rendition, or all pixels out of the original.

It is made in a child of the darkroom, as everything that opens a picture is. Who asks for the same picture at the same
time waits for the same child. When too many wait, one is told to come back: a slider that is drawn to and fro asks for
more than anybody looks at.
"""

import asyncio
import os
import tempfile
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from imaging.errors import ScanRefused
from imaging.pixels.darkroom import Darkroom
from imaging.pixels.picture import Edited
from photocore.edits import Edit, digest_of
from photoservice.editing.cache import Cache
from photoservice.errors import NotMade, NotReady
from photoservice.gallery.bytes_of import Bytes, Piece

LOOK: Final = 1
"""The version of how edits are carried out; what was made by another one is made anew."""
MOST_WAITING: Final = 48
MOST_WHOLE_WAITING: Final = 4


@dataclass(kw_only=True)
class Renderer:
    """Makes edited pictures."""

    source: Bytes
    cache: Cache
    darkroom: Darkroom
    printing: Darkroom
    """Makes pictures at full size, apart from the previews, which people wait for."""
    _making: dict[str, asyncio.Task[bytes]] = field(default_factory=dict[str, asyncio.Task[bytes]])
    _waiting: int = 0
    _whole_waiting: int = 0

    async def tier(self, piece: Piece, edit: Edit, tier: str) -> bytes:
        """Return a tier of an edited picture; ``piece`` is its unedited 2048 tier. Call it outside of a transaction.

        Raises:
            NotReady: too many are being made; or the rendition's bytes are gone.
            NotMade: nothing can be made of it.
        """
        original, name = bytes(piece.row["sha256"]).hex(), f"{digest_of(edit)}{tier}-{piece.row['recipe']}-{LOOK}"
        if kept := await asyncio.to_thread(self.cache.find, original, name):
            return kept
        key = f"{original} {name}"
        making = self._making.get(key)
        if making is None:
            making = self._making[key] = asyncio.create_task(self._kept(piece, edit, int(tier), (original, name)))
            making.add_done_callback(lambda _: self._making.pop(key, None))
        return await asyncio.shield(making)

    async def preview(self, piece: Piece, edit: Edit, side: int) -> bytes:
        """Return an edited picture, its longer side ``side`` pixels at most; it is not kept.

        Raises:
            NotReady: too many are being made; or the rendition's bytes are gone.
            NotMade: nothing can be made of it.
        """
        made = await self._made(piece, edit, side)
        return made.header + made.body

    async def whole(self, piece: Piece, edit: Edit) -> bytes:
        """Return an edited picture in all its pixels; ``piece`` is its original.

        Raises:
            NotReady: too many are being made; or the original's bytes are gone.
            NotMade: nothing can be made of it.
        """
        if self._whole_waiting >= MOST_WHOLE_WAITING:
            raise _come_back()
        self._whole_waiting += 1
        try:
            async with self._file_of(piece) as path:
                made = await self.printing.edit(path, edit)
        except ScanRefused as refused:
            raise NotMade(refused.word) from refused
        finally:
            self._whole_waiting -= 1
        return made.header + made.body

    async def close(self) -> None:
        """End the children."""
        for making in tuple(self._making.values()):
            making.cancel()
        await asyncio.gather(*tuple(self._making.values()), return_exceptions=True)
        await self.darkroom.close()
        await self.printing.close()

    async def _kept(self, piece: Piece, edit: Edit, side: int, place: tuple[str, str]) -> bytes:
        made = await self._made(piece, edit, side)
        await asyncio.to_thread(self.cache.put, *place, made.header, made.body)
        return made.header + made.body

    async def _made(self, piece: Piece, edit: Edit, side: int) -> Edited:
        if self._waiting >= MOST_WAITING:
            raise _come_back()
        self._waiting += 1
        try:
            parts = [part async for part in await self.source.read(piece, 0, piece.size)]
            with _file(parts) as path:
                return await self.darkroom.edit(path, edit, side=side)
        except ScanRefused as refused:
            raise NotMade(refused.word) from refused
        finally:
            self._waiting -= 1

    @asynccontextmanager
    async def _file_of(self, piece: Piece) -> AsyncGenerator[Path]:
        """Give an original as a file: its own, where objects are files here, else a copy without a name."""
        if path := self.source.objects.local(piece.key):
            yield path
            return
        self.cache.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=self.cache.folder, buffering=0) as copy:
            async for part in await self.source.read(piece, 0, piece.size):
                await asyncio.to_thread(copy.write, part)
            yield _path_of(copy)


@contextmanager
def _file(parts: list[bytes]) -> Generator[Path]:
    """Give some bytes as a file that is in memory only."""
    with os.fdopen(os.memfd_create("picture", os.MFD_CLOEXEC), "wb", buffering=0) as file:
        for part in parts:
            file.write(part)
        yield _path_of(file)


def _path_of(file: "IO[bytes]") -> Path:
    return Path(f"/proc/self/fd/{file.fileno()}")


def _come_back() -> NotReady:
    return NotReady("Many pictures are being made just now. Yours is asked for again in a moment.", wait_s=1)
