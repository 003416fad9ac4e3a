"""The body of one PATCH (or POST) while it comes in: what may be written, and how much of it is kept.

The server writes each piece behind what it has, and at the end cuts its file to the offset it is told here. So nothing
is kept of a request whose checksum is wrong, that has too many bytes, or that was cut off before its checksum could be
proved; of one that was cut off and promised no checksum, all that came is kept (tus 1.0, PATCH and Checksum).
"""

import hashlib
from http import HTTPStatus

from exchange.errors import TusRefused
from exchange.tus.protocol import CHECKSUM_MISMATCH, Append, Body, Create


class Intake:
    """One request's bytes. ``start`` is where they begin: what the file is cut to when the intake is refused.

    ``length`` is how many bytes the upload will have.
    """

    def __init__(self, *, start: int, length: int, body: Body) -> None:
        self.start = start
        self._end = start
        self.length = length
        self._body = body
        promised = body.checksum
        self._hash = None if promised is None else hashlib.new(promised.algorithm, usedforsecurity=False)

    def feed(self, piece: bytes) -> None:
        """Take the next piece, which may then be written.

        Raises:
            TusRefused: 413, it reaches beyond the upload's length; cut the file to ``start``.
        """
        if self._end + len(piece) > self.length:
            raise _beyond(self.length)
        self._end += len(piece)
        if self._hash is not None:
            self._hash.update(piece)

    @property
    def sha256(self) -> bytes | None:
        """The SHA-256 of what came so far, where the checksum that was promised is one."""
        return self._hash.digest() if self._hash is not None and self._hash.name == "sha256" else None

    def end(self, *, whole: bool) -> int:
        """Return the offset to cut the file to; ``whole`` says that the body ended, and was not cut off.

        Raises:
            TusRefused: 460, the checksum is another; cut the file to ``start``.
        """
        came = self._end - self.start
        whole = whole and self._body.length in (None, came)
        if self._hash is None:
            return self._end
        if not whole:
            return self.start
        promised = self._body.checksum
        if promised is None or self._hash.digest() != promised.digest:
            raise TusRefused("The bytes do not come to their checksum; none were kept.", status=CHECKSUM_MISMATCH)
        return self._end


def begin_append(append: Append, *, offset: int, length: int) -> Intake:
    """Return the intake of a PATCH to an upload that has ``offset`` of ``length`` bytes.

    Raises:
        TusRefused: 409, it does not go on where the upload ends; 413, it says that it reaches beyond its length.
    """
    if append.offset != offset:
        raise TusRefused("Upload-Offset is not where this upload ends; ask by HEAD.", status=HTTPStatus.CONFLICT)
    return _begin(append.body, offset, length)


def begin_first(create: Create) -> Intake | None:
    """Return the intake of the bytes that come with a POST; None when none do.

    Raises:
        TusRefused: 413, it says that it reaches beyond its length. Ask before the upload is made.
    """
    return None if create.body is None else _begin(create.body, 0, create.length)


def _begin(body: Body, offset: int, length: int) -> Intake:
    if body.length is not None and offset + body.length > length:
        raise _beyond(length)
    return Intake(start=offset, length=length, body=body)


def _beyond(length: int) -> TusRefused:
    return TusRefused(
        f"This reaches beyond the upload's {length} bytes; none were kept.", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    )
