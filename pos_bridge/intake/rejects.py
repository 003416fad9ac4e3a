"""What lies in a source's ``rejects/``, for whoever looks: each file with the first reason that stands beside it."""

import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pos_bridge.intake.drop import REASONS
from pos_bridge.intake.putting import plain_name
from pos_bridge.intake.whole import MANIFEST, open_plain
from pos_bridge.settings import SourceSettings

_MOST: Final = 16 * 1024
"""Bytes of a page of reasons that are looked at."""


@dataclass(frozen=True, kw_only=True)
class Rejected:
    """One file that could not be read, and when it was last written to; ``why`` is "" where no reasons are left."""

    name: str
    at: datetime
    why: str


@dataclass(frozen=True, kw_only=True)
class Rejects:
    """How many files there are, and some of them, the newest first."""

    count: int = 0
    newest: tuple[Rejected, ...] = ()


def read_rejects(source: SourceSettings, most: int) -> Rejects:
    """Return what lies in ``rejects/`` of a source's folder; nothing where it has none, or it cannot be read."""
    if not source.folder:
        return Rejects()
    folder = Path(source.folder) / "rejects"
    found: list[tuple[float, Path]] = []
    try:
        for path in folder.iterdir():
            status = path.lstat()
            if stat.S_ISREG(status.st_mode) and not path.name.endswith((REASONS, MANIFEST)):
                found.append((status.st_mtime, path))
    except OSError:
        return Rejects(count=len(found))
    newest = sorted(found, key=lambda each: (-each[0], each[1].name))[:most]
    return Rejects(
        count=len(found),
        newest=tuple(
            Rejected(name=plain_name(path.name), at=datetime.fromtimestamp(at, UTC), why=_why(path))
            for at, path in newest
        ),
    )


def _why(path: Path) -> str:
    """Return the first reason of a page of them: they stand below its first empty line."""
    try:
        with open_plain(path.with_name(f"{path.name}{REASONS}")) as page:
            text = page.read(_MOST).decode(errors="replace")
    except OSError:
        return ""
    lines = text.partition("\n\n")[2].splitlines()
    return next((line[:300] for line in lines if line), "")
