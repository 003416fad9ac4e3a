"""What a server of tus 1.0 answers: status and headers, by the letter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http import HTTPStatus

from exchange.errors import TusRefused
from exchange.tus.protocol import CHECKSUMS, EXTENSIONS, METHODS, VERSION, Place


@dataclass(frozen=True, kw_only=True)
class TusAnswer:
    """An answer without a body."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


def tell_what(place: Place = Place.UPLOADS, *, max_size: int | None = None) -> TusAnswer:
    """Answer OPTIONS."""
    headers = {
        "Tus-Resumable": VERSION,
        "Tus-Version": VERSION,
        "Tus-Extension": ",".join(EXTENSIONS),
        "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
        "Allow": ", ".join(METHODS[place]),
    }
    if max_size is not None:
        headers["Tus-Max-Size"] = str(max_size)
    return TusAnswer(status=HTTPStatus.NO_CONTENT, headers=headers)


def tell_created(location: str, *, offset: int | None = None, expires: datetime | None = None) -> TusAnswer:
    """Answer POST; ``offset`` where bytes came along, as far as they are durable now."""
    headers = {"Tus-Resumable": VERSION, "Location": location, **_expiring(expires)}
    if offset is not None:
        headers["Upload-Offset"] = str(offset)
    return TusAnswer(status=HTTPStatus.CREATED, headers=headers)


def tell_standing(*, offset: int, length: int, metadata: str = "", expires: datetime | None = None) -> TusAnswer:
    """Answer HEAD; ``metadata`` as it came (Metadata.text)."""
    headers = {
        "Tus-Resumable": VERSION,
        "Cache-Control": "no-store",
        "Upload-Offset": str(offset),
        "Upload-Length": str(length),
        **_expiring(expires),
    }
    if metadata:
        headers["Upload-Metadata"] = metadata
    return TusAnswer(status=HTTPStatus.OK, headers=headers)


def tell_appended(*, offset: int, expires: datetime | None = None) -> TusAnswer:
    """Answer PATCH; ``expires`` while the upload is open."""
    headers = {"Tus-Resumable": VERSION, "Upload-Offset": str(offset), **_expiring(expires)}
    return TusAnswer(status=HTTPStatus.NO_CONTENT, headers=headers)


def tell_terminated() -> TusAnswer:
    """Answer DELETE."""
    return TusAnswer(status=HTTPStatus.NO_CONTENT, headers={"Tus-Resumable": VERSION})


def refusal_headers(refused: TusRefused, place: Place = Place.UPLOAD) -> dict[str, str]:
    """Return the headers that go with a refusal; its sentence goes into the body, where the method has one."""
    headers = {"Tus-Resumable": VERSION, "Cache-Control": "no-store"}
    if refused.status == HTTPStatus.PRECONDITION_FAILED:
        headers["Tus-Version"] = VERSION
    if refused.status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(METHODS[place])
    return headers


def _expiring(expires: datetime | None) -> dict[str, str]:
    """Return Upload-Expires as RFC 9110 has dates (5.6.7, IMF-fixdate), never later than it is true."""
    if expires is None:
        return {}
    return {"Upload-Expires": format_datetime(expires.astimezone(UTC), usegmt=True)}
