"""A request of tus 1.0, read by the letter: what the client asks, or why not.

No I/O: a server gives method and headers to :func:`read_request` and gets one of five asks, or :class:`TusRefused`.
The rules are https://tus.io/protocols/resumable-upload (1.0.0): core, creation, creation-with-upload, checksum,
termination, expiration. Upload-Defer-Length, concatenation and trailers are not offered, and are refused by name.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Final

from exchange.errors import TusRefused
from exchange.tus.metadata import Metadata, parse_metadata

VERSION: Final = "1.0.0"
EXTENSIONS: Final = ("creation", "creation-with-upload", "checksum", "termination", "expiration")
CHECKSUMS: Final = ("sha1", "sha256")
OFFSET_STREAM: Final = "application/offset+octet-stream"
CHECKSUM_MISMATCH: Final = 460

_NUMBER: Final = re.compile("[0-9]{1,18}", re.ASCII)
_TELLING: Final = frozenset(("upload-metadata",))  # the one header of ours that is a list, and may come in parts


class Place(StrEnum):
    """What an address stands for."""

    UPLOADS = "uploads"
    UPLOAD = "upload"


METHODS: Final[Mapping[Place, tuple[str, ...]]] = {
    Place.UPLOADS: ("OPTIONS", "POST"),
    Place.UPLOAD: ("OPTIONS", "HEAD", "PATCH", "DELETE"),
}


@dataclass(frozen=True, kw_only=True)
class Checksum:
    """What the bytes of one request must come to."""

    algorithm: str
    digest: bytes


@dataclass(frozen=True, kw_only=True)
class Body:
    """The bytes that come with a request: how many, where that was said, and what they must come to."""

    length: int | None
    checksum: Checksum | None = None


@dataclass(frozen=True, kw_only=True)
class TellWhat:
    """OPTIONS: say what is offered here."""


@dataclass(frozen=True, kw_only=True)
class Create:
    """POST: begin an upload of ``length`` bytes; ``body`` where its first bytes come along."""

    length: int
    metadata: Metadata
    body: Body | None


@dataclass(frozen=True, kw_only=True)
class Look:
    """HEAD: say how far it is."""


@dataclass(frozen=True, kw_only=True)
class Append:
    """PATCH: these bytes go behind the first ``offset``."""

    offset: int
    body: Body


@dataclass(frozen=True, kw_only=True)
class Terminate:
    """DELETE: forget it."""


Ask = TellWhat | Create | Look | Append | Terminate


def read_request(method: str, headers: Iterable[tuple[str, str]], place: Place, *, max_size: int | None = None) -> Ask:
    """Return what a request asks of ``place``; ``max_size`` is the largest upload in bytes (Tus-Max-Size).

    ``headers`` are all that came, in pairs: one that is given twice is refused, for two proxies may choose differently.

    Raises:
        TusRefused: 412 for another version, 405 for a method that ``place`` does not take, 415 for a body of another
            type, 413 for an upload that is too large, 400 for all else that is out of form.
    """
    told = _gather(headers)
    method = told.get("x-http-method-override", method)  # "the actual method of the request MUST be ignored"
    if method not in METHODS[place]:
        raise TusRefused(f"Here {', '.join(METHODS[place])} are taken.", status=HTTPStatus.METHOD_NOT_ALLOWED)
    if method == "OPTIONS":
        return TellWhat()
    if told.get("tus-resumable") != VERSION:
        raise TusRefused(f"Tus-Resumable must be {VERSION}.", status=HTTPStatus.PRECONDITION_FAILED)
    match method:
        case "POST":
            return _read_create(told, max_size)
        case "PATCH":
            _demand_type(told)
            return Append(offset=_number(told, "upload-offset"), body=_read_body(told))
        case "HEAD":
            return Look()
        case _:
            return Terminate()


def refuse_gone(*, known: bool) -> TusRefused:
    """Return the refusal of an upload that is no more (410), or that the one who asks never had (404)."""
    if known:
        return TusRefused("This upload has ended. Begin a new one.", status=HTTPStatus.GONE)
    return TusRefused("There is no such upload.", status=HTTPStatus.NOT_FOUND)


def refuse_locked() -> TusRefused:
    """Return the refusal of a second PATCH while the first one is coming in (423, as tus clients know it)."""
    return TusRefused("Another request is writing to this upload just now.", status=HTTPStatus.LOCKED)


def _gather(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    told: dict[str, str] = {}
    for raw, value in headers:
        name = raw.lower()
        if name not in told:
            told[name] = value.strip(" \t")
        elif name in _TELLING:
            told[name] += f",{value}"
        elif name.startswith(("upload-", "tus-")) or name in ("x-http-method-override", "content-length"):
            raise TusRefused(f"{raw[:40]} is given twice.")
    return told


def _read_create(told: Mapping[str, str], max_size: int | None) -> Create:
    for name in ("upload-defer-length", "upload-concat"):
        if name in told:
            raise TusRefused(f"{name} is not offered here.")
    length = _number(told, "upload-length")
    if max_size is not None and length > max_size:
        raise TusRefused(f"An upload has at most {max_size} bytes.", status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    metadata = parse_metadata(told.get("upload-metadata", ""))
    body = _read_body(told)
    if told.get("content-type", "").lower() != OFFSET_STREAM:
        if body.length != 0:
            _demand_type(told)
        return Create(length=length, metadata=metadata, body=None)
    if "upload-offset" in told and _number(told, "upload-offset") != 0:
        raise TusRefused("A new upload begins at offset 0.", status=HTTPStatus.CONFLICT)
    return Create(length=length, metadata=metadata, body=body)


def _demand_type(told: Mapping[str, str]) -> None:
    if told.get("content-type", "").lower() != OFFSET_STREAM:
        raise TusRefused(f"Content-Type must be {OFFSET_STREAM}.", status=HTTPStatus.UNSUPPORTED_MEDIA_TYPE)


def _read_body(told: Mapping[str, str]) -> Body:
    """Without Content-Length a body ends when it ends if it is chunked, else there is none (RFC 9112, 6.3)."""
    unsaid = None if "transfer-encoding" in told else 0
    length = _number(told, "content-length") if "content-length" in told else unsaid
    checksum = told.get("upload-checksum")
    return Body(length=length, checksum=None if checksum is None else parse_checksum(checksum))


def parse_checksum(text: str) -> Checksum:
    """Return what Upload-Checksum says.

    Raises:
        TusRefused: it is out of its form, or by an algorithm that is not offered (400, as the protocol says).
    """
    algorithm, _, value = text.partition(" ")
    if algorithm not in CHECKSUMS:
        raise TusRefused(f"Upload-Checksum: here {' and '.join(CHECKSUMS)} are known.")
    try:
        digest = base64.b64decode(value.strip(" \t"), validate=True)
    except (binascii.Error, ValueError) as cause:
        raise TusRefused("Upload-Checksum is no base64.") from cause
    if len(digest) != hashlib.new(algorithm, usedforsecurity=False).digest_size:
        raise TusRefused(f"Upload-Checksum is too long or too short for {algorithm}.")
    return Checksum(algorithm=algorithm, digest=digest)


def _number(told: Mapping[str, str], name: str) -> int:
    text = told.get(name)
    if text is None:
        raise TusRefused(f"{name} is missing.")
    if not _NUMBER.fullmatch(text):
        raise TusRefused(f"{name} is no number of bytes.")
    return int(text)
