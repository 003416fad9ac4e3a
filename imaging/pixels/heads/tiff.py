"""The head of a TIFF (TIFF 6.0): its directories, the tags that matter, and whether its strips are there.

Scanners put more than one directory into a file of one picture: a small copy of it, or a mask (NewSubfileType, bits 0
and 2). These are no pages. A fourth channel without a word on what it is (ExtraSamples 0) is a scanner's infrared.
"""

import struct
from dataclasses import dataclass
from typing import Final

from imaging.pixels.heads.head import Bytes, Head
from imaging.pixels.refusing import refusal

MAX_TAGS: Final = 1_000
MAX_DIRECTORIES: Final = 8
MAX_STRIPS: Final = 1_000_000

_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_LETTERS: Final = {1: "B", 3: "H", 4: "I", 13: "I"}
_CHANNELS: Final = {0: 1, 1: 1, 2: 3, 3: 3, 5: 4, 6: 3, 8: 3}
"""By PhotometricInterpretation; a palette's colours are three."""
_NEW_SUBFILE, _WIDTH, _HEIGHT, _BITS, _PHOTOMETRIC = 254, 256, 257, 258, 262
_STRIPS, _SAMPLES, _STRIP_BYTES, _TILES, _TILE_BYTES = 273, 277, 279, 324, 325
_EXTRA, _FORMAT, _PROFILE = 338, 339, 34675


@dataclass(frozen=True, kw_only=True)
class _Entry:
    kind: int
    count: int
    at: int

    @property
    def size(self) -> int:
        return _SIZES.get(self.kind, 1) * self.count


def head_of_tiff(file: Bytes) -> Head:
    """Return what a TIFF says of itself.

    Raises:
        ScanRefused: truncated, undecodable, or type-not-taken for numbers that are no light as scanners count it.
    """
    order = "<" if file[:2] == b"II" else ">"
    reader = _Reader(file, order)
    at, seen, first, pages = reader.number(4, "I"), set[int](), None, 0
    while at and len(seen) < MAX_DIRECTORIES:
        if at in seen:
            raise refusal("undecodable", "its directories go round in a circle")
        seen.add(at)
        entries, at = reader.directory(at)
        if not reader.first(entries, _NEW_SUBFILE, 0) & 0b101 or first is None:
            pages += 1
        first = first or entries
    if not first:
        raise refusal("undecodable")
    if at:
        pages = max(pages, 2)
    return _head(reader, first, pages)


def _head(reader: "_Reader", entries: dict[int, _Entry], pages: int) -> Head:
    width, height = reader.first(entries, _WIDTH, 0), reader.first(entries, _HEIGHT, 0)
    samples = reader.first(entries, _SAMPLES, 1)
    bits = max(reader.values(entries, _BITS, 16), default=1)
    formats = set(reader.values(entries, _FORMAT, 16)) or {1}
    photometric = reader.first(entries, _PHOTOMETRIC, 1)
    if formats != {1} or bits not in {1, 2, 4, 8, 16}:
        raise refusal("type-not-taken", "a TIFF of other numbers than 1 to 16 bits without a sign")
    if photometric not in _CHANNELS:
        raise refusal("type-not-taken", "a TIFF of a colour system we do not know")
    stored = 1 if photometric == 3 else _CHANNELS[photometric]
    extra = reader.values(entries, _EXTRA, 16)
    if samples < stored:
        raise refusal("undecodable")
    if not _is_whole(reader, entries):
        raise refusal("truncated")
    profile = entries.get(_PROFILE)
    alpha = samples > stored and bool(extra) and extra[0] in {1, 2}
    return Head(
        media="image/tiff",
        width=width,
        height=height,
        bits=bits,
        channels=_CHANNELS[photometric],
        profile_bytes=profile.size if profile else 0,
        pages=pages,
        has_alpha=alpha,
        spare_channels=samples - stored - alpha,
    )


def _is_whole(reader: "_Reader", entries: dict[int, _Entry]) -> bool:
    """Say whether every strip or tile lies inside the file."""
    starts, sizes = (_STRIPS, _STRIP_BYTES) if _STRIPS in entries else (_TILES, _TILE_BYTES)
    if starts not in entries:
        return False
    places, lengths = reader.values(entries, starts, MAX_STRIPS), reader.values(entries, sizes, MAX_STRIPS)
    end = len(reader.file)
    if not lengths:  # an old writer's single strip that runs to the end
        return len(places) == 1 and places[0] < end
    return len(places) == len(lengths) and all(a + n <= end for a, n in zip(places, lengths, strict=True))


class _Reader:
    """Numbers and directories of one file, in its byte order."""

    def __init__(self, file: Bytes, order: str) -> None:
        self.file = file
        self._order = order

    def number(self, at: int, letter: str) -> int:
        form = self._order + letter
        raw = self.file[at : at + struct.calcsize(form)]
        if len(raw) < struct.calcsize(form):
            raise refusal("truncated")
        return struct.unpack(form, raw)[0]

    def directory(self, at: int) -> tuple[dict[int, _Entry], int]:
        """Return the entries of the directory at ``at`` by tag, and where the next one begins (0: nowhere)."""
        count = self.number(at, "H")
        if not 0 < count <= MAX_TAGS:
            raise refusal("undecodable")
        entries: dict[int, _Entry] = {}
        for place in range(at + 2, at + 2 + 12 * count, 12):
            tag, kind = self.number(place, "H"), self.number(place + 2, "H")
            entry = _Entry(kind=kind, count=self.number(place + 4, "I"), at=place + 8)
            if entry.size > 4:
                entry = _Entry(kind=kind, count=entry.count, at=self.number(place + 8, "I"))
            entries.setdefault(tag, entry)
        return entries, self.number(at + 2 + 12 * count, "I")

    def values(self, entries: dict[int, _Entry], tag: int, most: int) -> tuple[int, ...]:
        """Return a tag's numbers, none if it is not there; more than ``most`` are refused."""
        entry = entries.get(tag)
        if entry is None:
            return ()
        if entry.kind not in _LETTERS or entry.count > most:
            raise refusal("undecodable")
        raw = self.file[entry.at : entry.at + entry.size]
        if len(raw) < entry.size:
            raise refusal("truncated")
        return struct.unpack(f"{self._order}{entry.count}{_LETTERS[entry.kind]}", raw)

    def first(self, entries: dict[int, _Entry], tag: int, missing: int) -> int:
        values = self.values(entries, tag, MAX_STRIPS)
        return values[0] if values else missing
