"""A folder of one roll's scans: which files are pictures, of which frame, and what their bytes come to."""

import csv
import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from exchange.errors import IngestRefused
from exchange.frame_names import Naming, frames_of
from exchange.visible import visible
from photocore.frames import Frame

TYPES: Final = {
    **dict.fromkeys(("jpg", "jpeg", "jpe"), "jpg"),
    **dict.fromkeys(("tif", "tiff"), "tif"),
    **dict.fromkeys(("heic", "heif"), "heic"),
    **{suffix: suffix for suffix in ("png", "webp", "avif")},
}
"""Endings that pictures have, and what each is called with ``--only``; whether one is a picture says the service."""

_MOST_TABLE_BYTES: Final = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Found:
    """One picture in the folder; ``size`` in bytes."""

    path: Path
    frame: Frame
    size: int

    @property
    def name(self) -> str:
        """Its name as it may be shown and told."""
        return visible(self.path.name)[:255]


@dataclass(frozen=True, kw_only=True)
class Folder:
    """Pictures in the order of the film, and the names of all else that lies there."""

    pictures: tuple[Found, ...]
    left: tuple[str, ...]


def read_folder(folder: Path, naming: Naming, *, only: str | None = None) -> Folder:
    """Return what lies in ``folder``, not in folders below it; ``only`` takes one type of picture.

    A link is left out: it would bring in a file from anywhere, which whoever made the folder may never have seen.

    Raises:
        IngestRefused: there is no picture, or a name leaves a choice.
        OSError: it cannot be read.
    """
    with os.scandir(folder) as entries:
        files = {entry.name: entry.is_file(follow_symlinks=False) for entry in entries}
    names = [name for name, is_file in files.items() if is_file and _is_wanted(name, naming, only)]
    if not names:
        raise IngestRefused(f"{visible(str(folder))}: there is no picture in this folder.")
    frames = frames_of(names, naming)
    pictures = [
        Found(path=folder / name, frame=frame, size=(folder / name).stat().st_size) for name, frame in frames.items()
    ]
    return Folder(pictures=tuple(pictures), left=tuple(sorted(visible(name) for name in files if name not in frames)))


def read_table(path: Path) -> dict[str, str]:
    """Return frame by file name from a table ``file,frame``; an empty frame, or -, leaves the file out.

    Raises:
        IngestRefused: it is no such table, or names a file twice.
        OSError: it cannot be read.
    """
    if path.stat().st_size > _MOST_TABLE_BYTES:
        raise IngestRefused(f"{visible(str(path))}: too large for a table of file name and frame.")
    try:
        lines = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines(), strict=True))
    except (UnicodeDecodeError, csv.Error) as cause:
        raise IngestRefused(f"{visible(str(path))}: this is no table of file name and frame ({cause}).") from cause
    table: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        cells = [cell.strip() for cell in line]
        if not any(cells) or (number == 1 and [cell.lower() for cell in cells] == ["file", "frame"]):
            continue
        if len(cells) != 2 or not cells[0] or cells[0] in table:
            raise IngestRefused(
                f"{visible(str(path))}, line {number}: a line is a file name, a comma and a frame, once."
            )
        table[cells[0]] = "" if cells[1] == "-" else cells[1]
    return table


def sum_up(picture: Found) -> bytes:
    """Return the SHA-256 of a picture's bytes.

    Raises:
        IngestRefused: it changed while it was read.
        OSError: it cannot be read.
    """
    with picture.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
        if file.tell() != picture.size:
            raise changed(picture)
    return digest


class PictureFile:
    """A picture as it is sent, which proves on the way that it is still what was offered. Use it in a ``with``."""

    def __init__(self, picture: Found, sha256: bytes) -> None:
        self.length = picture.size
        self._picture = picture
        self._expected = sha256
        self._hash = hashlib.sha256()
        self._hashed = 0
        self._file = picture.path.open("rb")

    def __enter__(self) -> "PictureFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def read(self, offset: int, most: int) -> bytes:
        """Return the bytes from ``offset`` on; the last ones only if all come to what was offered.

        Raises:
            IngestRefused: they do not: the file changed meanwhile.
        """
        most = min(most, self.length - offset)
        if offset > self._hashed:
            self._catch_up(offset)
        self._file.seek(offset)
        piece = self._file.read(most)
        if len(piece) != most:
            raise changed(self._picture)
        self._learn(offset, piece)
        return piece

    def _catch_up(self, offset: int) -> None:
        """Read what the service had already, so that the whole is proved."""
        self._file.seek(self._hashed)
        while self._hashed < offset:
            piece = self._file.read(min(1 << 20, offset - self._hashed))
            if not piece:
                raise changed(self._picture)
            self._learn(self._hashed, piece)

    def _learn(self, offset: int, piece: bytes) -> None:
        """Hash what is new of a piece; one that is sent again is known."""
        new = piece[self._hashed - offset :]
        self._hash.update(new)
        self._hashed += len(new)
        if new and self._hashed == self.length and self._hash.digest() != self._expected:
            raise changed(self._picture)


def changed(picture: Found) -> IngestRefused:
    """Return what is said of a file that is being written to."""
    return IngestRefused(f"{picture.name} changed while it was read. Run this again when nothing writes to the folder.")


def refuse_other_types(only: str | None) -> str | None:
    """Return the type that ``--only`` names.

    Raises:
        IngestRefused: there is none of that name.
    """
    if only is None:
        return None
    chosen = TYPES.get(only.lower().lstrip("."))
    if chosen is None:
        raise IngestRefused(f"--only {visible(only)}: there are {_listed(TYPES.values())}.")
    return chosen


def _is_wanted(name: str, naming: Naming, only: str | None) -> bool:
    if name in (naming.mapped or {}):
        return True
    kind = TYPES.get(Path(name).suffix.lower().removeprefix("."))
    return kind is not None and only in (None, kind) and not name.startswith(".")


def _listed(values: Iterable[str]) -> str:
    found: Sequence[str] = sorted(set(values))
    return ", ".join(found)
