"""Reads the paper that came out: which piece is which label, by its own code and by nothing else."""

from dataclasses import dataclass
from pathlib import Path

import zxingcpp
from PIL import Image

from hardware.virtual.paper import Piece
from photocore.scans import CopyScan, Knowledge, ReceiptScan, RollScan, Scan
from photocore.symbology import read_frame
from twincheck.demo.errors import DemoFailed


@dataclass(frozen=True, kw_only=True)
class FoundLabel:
    """A label found on paper: its roll and copy as its 2D code says, and the picture of the piece."""

    roll: str
    copy: str
    picture: Image.Image


@dataclass(frozen=True, kw_only=True)
class PaperTrail:
    """What the printer put out: the labels, and the receipt."""

    labels: tuple[FoundLabel, ...]
    receipt: Image.Image | None


def read_paper(pieces: tuple[Piece, ...], knows: Knowledge) -> PaperTrail:
    """Return what stands on ``pieces``, read as a scanner would.

    Raises:
        DemoFailed: a label's linear code names another roll than its 2D code.
    """
    labels: list[FoundLabel] = []
    receipt: Image.Image | None = None
    for piece in pieces:
        picture = piece.cropped()
        scans = scan_picture(picture, knows)
        copies = [scan for scan in scans if isinstance(scan, CopyScan)]
        if copies:
            labels.append(_label(copies[0], scans, picture))
        elif any(isinstance(scan, ReceiptScan) for scan in scans):
            receipt = picture
    return PaperTrail(labels=tuple(labels), receipt=receipt)


def scan_picture(picture: Image.Image, knows: Knowledge) -> list[Scan]:
    """Return the meaning of every code on ``picture``, through the very door scanner bytes take."""
    codes = zxingcpp.read_barcodes(picture.convert("L"))
    return [read_frame(code.symbology_identifier.encode() + code.bytes, knows) for code in codes]


def save(picture: Image.Image, path: Path) -> str:
    """Write ``picture`` to ``path`` and return the path's name relative to the folder above."""
    path.parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)
    return path.name


def _label(copy: CopyScan, scans: list[Scan], picture: Image.Image) -> FoundLabel:
    linear = {scan.item for scan in scans if isinstance(scan, RollScan)}
    if linear and linear != {copy.item}:
        raise DemoFailed(f"a label's bars name {linear}, its square names {copy.item}")
    return FoundLabel(roll=copy.item, copy=copy.copy, picture=picture)
