"""The bytes of one image as they go out: an original as it came, or a rendition with its common header put back (D4).

The header of a rendition stands once in the database for very many, and a copy of those used last stands here. So a
store of renditions alone shows nobody anything, and serving costs no more than reading the body.
"""

from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final

import structlog

from photoservice.db.database import Database, Row, Session
from photoservice.errors import NotMade, NotReady, Unknown
from photoservice.gallery.frames import tag_of
from photoservice.gallery.sight import Sight
from photoservice.objects.store import ObjectMissing, ObjectStore, original_key, rendition_key
from photoservice.renditions.wanting import want_remade

log = structlog.get_logger(__name__)

MOST_HEADERS: Final = 64
"""Headers kept in memory, each of about 600 bytes; a service has a few for each recipe."""

_SOON_S: Final = 5
_LATER_S: Final = 60


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Something to be served: ``head`` and then the object under ``key``; ``size`` is of both, in bytes.

    ``tag`` is its strong entity tag without quotes; ``row`` whose image it is.
    """

    row: Row
    media: str
    tag: str
    size: int
    key: str
    head: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Headers:
    """The headers used last, by their name."""

    kept: OrderedDict[bytes, bytes] = field(default_factory=OrderedDict[bytes, bytes])

    async def of(self, session: Session, name: bytes) -> bytes:
        """Return a header's bytes."""
        header = self.kept.get(name)
        if header is None:
            header = self.kept[name] = bytes(await session.value("gallery.header", name))
        self.kept.move_to_end(name)
        if len(self.kept) > MOST_HEADERS:
            self.kept.popitem(last=False)
        return header


@dataclass(frozen=True, kw_only=True)
class Bytes:
    """Finds and reads what is to be served."""

    database: Database
    objects: ObjectStore
    headers: Headers = field(default_factory=Headers)

    async def original(self, session: Session, sight: Sight, image: str) -> Piece:
        """Return the original of ``image``.

        Raises:
            Unknown: there is none that may be seen.
            NotReady: its bytes are not what they were.
        """
        row = await session.row("gallery.original", image)
        if row is None or not sight.shows(row):
            raise _unknown()
        if row["damage"]:
            raise NotReady("The kept file is damaged; whoever runs this service has been told.", wait_s=_LATER_S)
        sha256 = bytes(row["sha256"])
        return Piece(row=row, media=row["media"], tag=sha256.hex(), size=row["size"], key=original_key(sha256))

    async def rendition(self, session: Session, sight: Sight | None, image: str, tier: str) -> Piece:
        """Return a rendition of ``image``; without a ``sight`` its address has proved all that there is to prove.

        Raises:
            Unknown: there is none that may be seen.
            NotReady: it is not made yet.
            NotMade: it could not be made.
        """
        row = await session.row("gallery.rendition", image, tier)
        if row is None or not (row["state"] != "withdrawn" if sight is None else sight.shows(row)):
            raise _unknown()
        if sight is None and await session.value("gallery.is_contested", row["roll"]):
            raise _unknown()
        if row["header"] is None:
            if row["trouble"]:
                raise NotMade(row["trouble"])
            raise NotReady("This picture is filed, and is just being made ready to be shown.", wait_s=_SOON_S)
        head = await self.headers.of(session, bytes(row["header"]))
        key = rendition_key(bytes(row["sha256"]), tier, row["recipe"])
        size = len(head) + row["size"]
        return Piece(row=row, media="image/jpeg", tag=tag_of(bytes(row["etag"])), size=size, key=key, head=head)

    async def read(self, piece: Piece, start: int, end: int) -> AsyncGenerator[bytes]:
        """Return the bytes of ``piece`` from ``start`` up to ``end``, the first of them read.

        A rendition whose object is gone is made again.

        Raises:
            NotReady: the object is gone.
            StoreDown: the store does not answer.
        """
        stream = self._stream(piece, start, end)
        try:
            first = await anext(stream, b"")
        except ObjectMissing as cause:
            log.exception("gallery.object_missing", key=piece.key)
            if piece.head:
                async with self.database.begin() as session:
                    await want_remade(session, bytes(piece.row["sha256"]))
            raise NotReady("These bytes are not where they were kept; we have been told.", wait_s=_LATER_S) from cause
        return _after(first, stream)

    async def _stream(self, piece: Piece, start: int, end: int) -> AsyncGenerator[bytes]:
        head = piece.head[start:end]
        begin, stop = max(0, start - len(piece.head)), end - len(piece.head)
        if stop <= begin:
            yield head
            return
        async with aclosing(self.objects.stream(piece.key, begin, stop - begin)) as body:
            async for part in body:
                yield head + part
                head = b""


async def _after(first: bytes, rest: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    async with aclosing(rest):
        yield first
        async for part in rest:
            yield part


def _unknown() -> Unknown:
    return Unknown("There is no such picture here.")
