"""A zip that is made while it is sent: no file of it is ever whole anywhere here, however large it is.

Where all files are sent as they are kept, the zip's length is told before its first byte, so who saves it sees how far
it is and whether it was cut. For that each object is looked for first; one that is gone then is left out and named in
a note. What goes wrong after the first byte ends the answer short, and no browser takes it for whole. Where edits are
carried out on the way nobody knows the length before, and what cannot be made is named in the note at the end.

A file's CRC stands before it. Of small files it is taken while they are held; large ones are read twice.
"""

import asyncio
import zlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol

from photocore.edits import Edit
from photoservice.errors import NotMade, NotReady, ServiceError
from photoservice.gallery.bytes_of import Bytes, Piece
from photoservice.taking.planning import TIER, LeftOut, Plan, Wanted, Why
from photoservice.taking.zips import Member, ZipWriter, length_of

HELD: Final = 4 << 20
"""The largest file that is held as a whole, in bytes."""

_LOOKED_AT_ONCE: Final = 32
_TURNS: Final = 24
_SOON_S: Final = 10


class Darkroom(Protocol):
    """Carries an edit out."""

    async def rendered(self, piece: Piece, edit: Edit, tier: str) -> bytes:
        """Return a rendition as ``edit`` makes it, a JPEG."""
        ...

    async def full(self, piece: Piece, edit: Edit) -> bytes:
        """Return an original as ``edit`` makes it, a JPEG."""
        ...


class ZipCut(ServiceError):
    """A zip whose length was told cannot be sent to its end; who asked sees that it was cut."""


@dataclass(frozen=True, kw_only=True)
class Note:
    """A text file in a zip, such as the one that names what is not in it."""

    name: str
    text: str

    def member(self, at: datetime) -> Member:
        """Return it as the zip names it."""
        return Member(name=self.name, size=len(self.text.encode()), at=at)


Explain = Callable[[Sequence[LeftOut]], Note]
"""Writes the note, in the reader's language."""

GoOn = Callable[[], Awaitable[bool]]
"""Asked before each file: whether who asked may still have it."""


@dataclass(frozen=True, kw_only=True)
class ZipStream:
    """A zip on its way: ``length`` in bytes, None where it is not known before; ``body`` to be read to its end."""

    length: int | None
    body: AsyncGenerator[bytes]


@dataclass(frozen=True, kw_only=True)
class _Writing:
    """What is written beside the pictures; ``is_promised`` where the zip's length was told."""

    explain: Explain
    now: datetime
    notes: Sequence[Note]
    is_promised: bool = False


@dataclass(frozen=True, kw_only=True)
class _Opened:
    size: int
    crc: int
    parts: AsyncGenerator[bytes]


@dataclass(frozen=True, kw_only=True)
class Taking:
    """Sends zips."""

    kept: Bytes
    darkroom: Darkroom

    async def stream_zip(
        self, plan: Plan, *, explain: Explain, now: datetime, notes: Sequence[Note] = (), go_on: GoOn | None = None
    ) -> ZipStream:
        """Return the zip of ``plan``, ``notes`` first. Call it outside of a transaction.

        ``go_on`` is asked before each file; once it says no the answer ends, cut.

        Raises:
            StoreDown: the store does not answer.
        """
        if plan.has_edits:
            return ZipStream(length=None, body=self._body(plan, _Writing(explain=explain, now=now, notes=notes), go_on))
        plan = await self._looked_for(plan)
        writing = _Writing(explain=explain, now=now, notes=notes)
        last = [explain(plan.left_out)] if plan.left_out else []
        length = length_of([*(file.member for file in plan.files), *(note.member(now) for note in (*notes, *last))])
        return ZipStream(length=length, body=self._body(plan, replace(writing, is_promised=True), go_on))

    async def _looked_for(self, plan: Plan) -> Plan:
        """Return ``plan`` without the files whose objects are gone, or have another size than they had."""
        files: list[Wanted] = []
        left_out = list(plan.left_out)
        for start in range(0, len(plan.files), _LOOKED_AT_ONCE):
            some = plan.files[start : start + _LOOKED_AT_ONCE]
            found = await asyncio.gather(*(self.kept.objects.look(file.piece.key) for file in some))
            for file, stored in zip(some, found, strict=True):
                if stored is not None and stored.size == file.piece.size - len(file.piece.head):
                    files.append(file)
                else:
                    left_out.append(LeftOut(name=file.name, why="missing"))
        return replace(plan, files=tuple(files), left_out=tuple(left_out))

    async def _body(self, plan: Plan, writing: _Writing, go_on: GoOn | None) -> AsyncGenerator[bytes]:
        writer, left_out = ZipWriter(), list(plan.left_out)
        for note in writing.notes:
            yield _whole_note(writer, note, writing.now)
        for file in plan.files:
            if go_on is not None and not await go_on():
                raise ZipCut("Who asked for this zip may not have it any more.")
            opened = await self._open(file)
            if not isinstance(opened, _Opened):
                if writing.is_promised:
                    raise ZipCut(f"The file of {file.image} is not to be had any more ({opened}).")
                left_out.append(LeftOut(name=file.name, why=opened))
                continue
            yield writer.begin(Member(name=file.name, size=opened.size, at=file.at), opened.crc)
            async with aclosing(opened.parts) as parts:
                async for part in parts:
                    yield part
        if left_out:
            yield _whole_note(writer, writing.explain(left_out), writing.now)
        yield writer.end()

    async def _open(self, file: Wanted) -> _Opened | Why:
        """Return a file with its CRC, or why it cannot be had."""
        try:
            if file.edit is not None:
                return _held(await self._made(file, file.edit))
            if file.piece.size <= HELD:
                return _held(await self._whole(file.piece))
            crc = 0
            async for part in self._parts(file.piece):
                crc = zlib.crc32(part, crc)
            return _Opened(size=file.piece.size, crc=crc, parts=self._parts(file.piece))
        except NotReady:
            return "missing"
        except NotMade:
            return "failed"

    async def _made(self, file: Wanted, edit: Edit) -> bytes:
        """Return a file as its edit makes it; where others wait for theirs, it waits, too.

        Raises:
            NotReady: its bytes are gone, or it waited long.
            NotMade: nothing can be made of it.
        """
        for _ in range(_TURNS):
            try:
                if file.is_full:
                    return await self.darkroom.full(file.piece, edit)
                return await self.darkroom.rendered(file.piece, edit, TIER)
            except NotReady as busy:
                if busy.wait_s > _SOON_S:
                    raise
                await asyncio.sleep(busy.wait_s)
        raise NotReady("Too many pictures are being made.", wait_s=_SOON_S)

    async def _whole(self, piece: Piece) -> bytes:
        return b"".join([part async for part in self._parts(piece)])

    async def _parts(self, piece: Piece) -> AsyncGenerator[bytes]:
        """Yield all bytes of ``piece``.

        Raises:
            NotReady: the object is gone, or shorter than it was.
        """
        size = 0
        async with aclosing(await self.kept.read(piece, 0, piece.size)) as parts:
            async for part in parts:
                size += len(part)
                yield part
        if size != piece.size:
            raise NotReady("These bytes are not what they were.", wait_s=60)


def _whole_note(writer: ZipWriter, note: Note, at: datetime) -> bytes:
    text = note.text.encode()
    return writer.begin(note.member(at), zlib.crc32(text)) + text


def _held(content: bytes) -> _Opened:
    async def parts() -> AsyncGenerator[bytes]:
        yield content

    return _Opened(size=len(content), crc=zlib.crc32(content), parts=parts())
