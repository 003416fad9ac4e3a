"""Files put in their place so that nobody ever sees half of one: written beside it, made durable, then renamed."""

import errno
import os
import shutil
from pathlib import Path

from sync.database import sync_folder

PART = ".part"
"""How a file's name ends while it is written; whoever reads folders leaves those alone."""


def write_whole(path: Path, content: bytes) -> None:
    """Write a file durably, in place of one of that name. Raises OSError; then what was there is there."""
    part = path.with_name(f".{path.name}{PART}")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def move(path: Path, folder: Path, name: str) -> Path:
    """Move a file into ``folder`` under ``name``, or one like it if that is taken, and return where it is.

    Raises:
        OSError: it could not be moved, and is still where it was.
    """
    folder.mkdir(parents=True, exist_ok=True)
    target = free_name(folder, name)
    try:
        path.rename(target)
    except OSError as cause:
        if cause.errno != errno.EXDEV:
            raise
        _carry(path, target)
    sync_folder(folder)
    sync_folder(path.parent)
    return target


def free_name(folder: Path, name: str) -> Path:
    """Return a path in ``folder`` that is not taken: ``sales.csv``, ``sales-2.csv`` and so on."""
    stem, dot, ending = name.partition(".")
    candidate, number = folder / name, 1
    while os.path.lexists(candidate):
        number += 1
        candidate = folder / f"{stem}-{number}{dot}{ending}"
    return candidate


def plain_name(name: str) -> str:
    """Return a file's name with nothing in it that a terminal or another system would stumble over."""
    kept = "".join(mark if mark.isprintable() and mark not in "/\\:" else "_" for mark in name)
    return kept.encode(errors="replace")[:200].decode(errors="ignore").lstrip(".") or "unnamed"


def _carry(path: Path, target: Path) -> None:
    """Copy to another filesystem whole, then drop the original."""
    part = target.with_name(f".{target.name}{PART}")
    try:
        with path.open("rb") as source, part.open("wb") as copy:
            shutil.copyfileobj(source, copy)
            copy.flush()
            os.fsync(copy.fileno())
        part.rename(target)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    path.unlink()
