"""A request's body on its way to the spool: gathered, written and hashed in a thread while the next bytes come in.

No more than two pieces of a body are in memory at once, however long it is.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Callable
from typing import Final, Self

from exchange.errors import TusRefused
from exchange.tus.intake import Intake
from photoservice.errors import NoRoom
from photoservice.images.spool import Held

PIECE: Final = 1 << 20
"""Bytes that are written at once: a thread's turn for each 64 KiB would cost more than writing them."""

FLUSH_EVERY: Final = 32 << 20
"""Bytes after which the disk is made to begin: left to itself it waits for half a minute, and then for all at once."""


class BodyCut(Exception):  # no error: how a body may end
    """The client went before its body ended."""


class _Writer:
    """Writes pieces one behind the other; runs in a thread, one piece at a time."""

    def __init__(self, held: Held, intake: Intake) -> None:
        self._held = held
        self._intake = intake
        self._at = intake.start
        self._hash = hashlib.sha256() if intake.start == 0 and intake.sha256 is None else None

    def write(self, gathered: list[bytes]) -> None:
        piece = b"".join(gathered)
        self._intake.feed(piece)
        self._held.write(piece, self._at)
        self._at += len(piece)
        if self._hash is not None:
            self._hash.update(piece)

    def flush(self) -> None:
        """Let the disk begin with what came, so that the end of a long body does not wait for all of it."""
        self._held.flush()

    def digest(self, size: int) -> bytes | None:
        """Return the SHA-256 of the whole file, when it all went through here."""
        if self._at != size or self._intake.start:
            return None
        return self._intake.sha256 if self._hash is None else self._hash.digest()


async def take_in(held: Held, intake: Intake, body: AsyncGenerator[bytes], *, checked: bool) -> bytes | None:
    """Spool ``body`` durably; return the SHA-256 of all that stands there now, when it is known.

    ``checked`` says that the client promised a checksum: then nothing of it counts until it is proved.

    Raises:
        TusRefused: 413 or 460; nothing of this body is kept.
        NoRoom: the disk is full; what could be written is kept, unless a checksum was promised.
    """
    if checked:
        await asyncio.to_thread(held.mark_unproved, intake.start)
    writer = _Writer(held, intake)
    try:
        whole = await _write_all(writer, body)
        offset = intake.end(whole=whole)
    except (TusRefused, NoRoom) as refused:
        nothing = checked or isinstance(refused, TusRefused) or not held.is_sure
        keep = intake.start if nothing else held.size
        await asyncio.to_thread(held.cut, keep)
        raise
    await asyncio.to_thread(_settle, held, offset, intake)
    return writer.digest(offset)


def _settle(held: Held, offset: int, intake: Intake) -> None:
    try:
        held.flush()
    except (NoRoom, OSError):
        held.cut(intake.start)
        raise
    held.cut(offset, is_whole=offset == intake.length)


async def _write_all(writer: _Writer, body: AsyncGenerator[bytes]) -> bool:
    """Write all that comes; say whether the body came to its end."""
    gathered: list[bytes] = []
    size, unflushed, whole = 0, 0, True
    async with _InThreads() as threads:
        try:
            async for piece in body:
                gathered.append(piece)
                size += len(piece)
                if size >= PIECE:
                    await threads.write(lambda pieces=gathered: writer.write(pieces))
                    unflushed += size
                    gathered, size = [], 0
                if unflushed >= FLUSH_EVERY and threads.flush(writer.flush):
                    unflushed = 0
        except BodyCut:
            whole = False
        if gathered:
            await threads.write(lambda: writer.write(gathered))
    return whole


class _InThreads:
    """One write and one flush at a time, both beside what comes in; at the end both are waited for."""

    def __init__(self) -> None:
        self._writing: asyncio.Task[None] | None = None
        self._flushing: asyncio.Task[None] | None = None

    async def write(self, work: Callable[[], None]) -> None:
        """Begin to write when the write before is done; raises what that one raised."""
        if self._writing is not None:
            await self._writing
        self._writing = asyncio.create_task(asyncio.to_thread(work))

    def flush(self, work: Callable[[], None]) -> bool:
        """Begin to flush, unless the flush before goes on; raises what that one raised."""
        if self._flushing is not None:
            if not self._flushing.done():
                return False
            self._flushing.result()
        self._flushing = asyncio.create_task(asyncio.to_thread(work))
        return True

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Wait for what was begun, whatever happened; tell of its failure where there is no other."""
        begun = [task for task in (self._writing, self._flushing) if task is not None]
        failed = [one for one in await asyncio.gather(*begun, return_exceptions=True) if one is not None]
        if failed and kind is None:
            raise failed[0]
