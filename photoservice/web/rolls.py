"""Rolls and frames as addresses name them: a serial may hold a slash or a percent sign, so the raw path is read."""

import re
from typing import Annotated, Final
from urllib.parse import unquote

from litestar.params import PathParameter

from photocore.errors import CodeError
from photocore.frames import Frame, parse_frame
from photoservice.errors import Unknown
from photoservice.images.film import parse_roll
from photoservice.web.asked import AnyRequest

RollName = Annotated[
    str, PathParameter(max_length=300, description="(01)<gtin14>(21)<serial> or TCR-..., percent-encoded.")
]
FrameName = Annotated[str, PathParameter(max_length=30, description="00, 0 to 999, 12A.")]

_ROLL: Final = 2
"""Which part of /rolls/{roll}/frames/{frame} the roll is, behind the first slash."""
_FRAME: Final = 4


def asked_roll(request: AnyRequest, *, place: int = _ROLL) -> str:
    """Return the roll that /rolls/{roll}... names; ``place`` is which part of the path it is.

    Raises:
        Unknown: it is no roll's ID.
    """
    try:
        return parse_roll(_part(request, place))
    except CodeError as cause:
        raise Unknown("There is no such roll.") from cause


def asked_frame(request: AnyRequest) -> Frame:
    """Return the frame that /rolls/{roll}/frames/{frame}... names.

    Raises:
        Unknown: it is none.
    """
    try:
        return parse_frame(_part(request, _FRAME))
    except CodeError as cause:
        raise Unknown("There is no such frame.") from cause


def keep_slashes(raw_path: bytes, path: str) -> str:
    """Return the path to route by: in an address of a roll an encoded slash divides nothing."""
    if not raw_path.startswith((b"/rolls/", b"/my/rolls/")) or b"%2f" not in raw_path.lower():
        return path
    return unquote(re.sub(b"%2[fF]", b"%252F", raw_path).decode("ascii"))


def _part(request: AnyRequest, place: int) -> str:
    raw: bytes = request.scope["raw_path"]
    parts = raw.split(b"/")
    return unquote(parts[place].decode("ascii", "replace")) if place < len(parts) else ""
