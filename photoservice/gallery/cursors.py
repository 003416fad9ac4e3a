"""Where a list goes on: the place of the last thing told, in a form that clients only hand back.

A cursor grants nothing, for every list asks again what its asker may see; so it is not signed, only checked.
"""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, date, datetime
from typing import Annotated, TypeVar

import msgspec

from photoservice.errors import Malformed

LONGEST = 400


class RollPlace(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A place in a list of rolls."""

    day: date
    roll: Annotated[str, msgspec.Meta(max_length=200)]


class FramePlace(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A place in a list of a roll's images."""

    order: Annotated[int, msgspec.Meta(ge=-1, le=1_000_000)]
    image: Annotated[str, msgspec.Meta(max_length=40)]


class MarkPlace(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A place in a list of what a person marked, the newest first."""

    at: Annotated[datetime, msgspec.Meta(tz=True)]
    image: Annotated[str, msgspec.Meta(max_length=40)]


class OrderPlace(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A place in a list of orders, the newest first."""

    at: Annotated[datetime, msgspec.Meta(tz=True)]
    order: Annotated[str, msgspec.Meta(max_length=40)]


Place = TypeVar("Place", RollPlace, FramePlace, MarkPlace, OrderPlace)


def write_cursor(place: RollPlace | FramePlace | MarkPlace | OrderPlace) -> str:
    """Return ``place`` as a cursor."""
    return urlsafe_b64encode(msgspec.json.encode(place)).rstrip(b"=").decode()


def read_cursor(text: str, kind: type[Place]) -> Place:
    """Return the place a cursor holds.

    Raises:
        Malformed: it is none of ours.
    """
    try:
        place = msgspec.json.decode(urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4)), type=kind)
        if isinstance(place, MarkPlace | OrderPlace):
            place.at.astimezone(UTC)  # at the ends of the calendar there are instants that UTC has no day for
    except (UnicodeError, binascii.Error, msgspec.DecodeError, RecursionError, OverflowError) as cause:
        raise Malformed("The cursor is not one we gave. Begin the list again without one.") from cause
    return place
