"""What our uploads say of themselves in Upload-Metadata, and what the service says when one is whole."""

import re
from dataclasses import dataclass
from typing import Final

from exchange.errors import TusRefused
from exchange.tus.metadata import Metadata, write_metadata
from photocore.errors import CodeError
from photocore.frames import parse_frame

UPLOADS_PATH: Final = "/uploads"
IMAGE_HEADER: Final = "Twincheck-Image"
WORD_HEADER: Final = "Twincheck-Word"

_JOINERS: Final = "\u200c\u200d"
"""Letters of Persian and of Indian scripts are written with them."""

_HASH: Final = re.compile("[0-9a-f]{64}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Which picture an upload is: roll and frame, and where known the hash it must come to, its name, its room."""

    roll: str
    frame: str
    sha256: bytes | None = None
    file_name: str = ""
    reservation: str | None = None


def read_wish(metadata: Metadata) -> Wish:
    """Return what an upload is; its frame in its one form, its file's name without folders. Other keys are let be.

    Raises:
        TusRefused: roll or frame is missing, or something is out of its form.
    """
    roll, frame = metadata.read("roll", most=200), metadata.read("frame", most=8)
    if not roll or not frame:
        raise TusRefused("Upload-Metadata must say roll and frame.")
    try:
        frame = parse_frame(frame).text
    except CodeError as cause:
        raise TusRefused(f"Upload-Metadata: {cause}.") from cause
    digest = metadata.read("sha256").lower()
    if digest and not _HASH.fullmatch(digest):
        raise TusRefused("Upload-Metadata: sha256 must have 64 hexadecimal digits.")
    return Wish(
        roll=roll,
        frame=frame,
        sha256=bytes.fromhex(digest) if digest else None,
        file_name=_name_of(metadata.pairs.get("filename", b"")),
        reservation=metadata.read("reservation", most=64) or None,
    )


def _name_of(value: bytes) -> str:
    """Return a file's name without its folders and without what cannot be shown: it is told, and never opened."""
    name = re.split(r"[/\\]", value.decode(errors="replace"))[-1]
    return "".join(sign for sign in name if sign.isprintable() or sign in _JOINERS)[:255]


def write_wish(wish: Wish) -> str:
    """Return Upload-Metadata for a wish."""
    pairs = {
        "roll": wish.roll,
        "frame": wish.frame,
        "sha256": wish.sha256.hex() if wish.sha256 else "",
        "filename": wish.file_name,
        "reservation": wish.reservation or "",
    }
    return write_metadata({key: value for key, value in pairs.items() if value})
