"""When a file in a folder is whole: its sender says so, or has left it alone for a while.

A sender can say so in two ways: by renaming the file into its name (``options.renamed`` in till.toml), or by a manifest
beside it, ``sales.csv.manifest.json``::

    {"name": "sales.csv", "bytes": 1234, "sha256": "9f86d0...", "records": 17}

For all others a file must not have changed for ``quiet_s`` seconds between two looks at it.
"""

import hashlib
import os
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, BinaryIO, Final, cast

import msgspec

from pos_bridge.errors import MessageUnreadable
from pos_bridge.intake.putting import PART

MANIFEST: Final = ".manifest.json"
_UNFINISHED: Final = (PART, ".tmp", ".temp", ".filepart", ".crdownload", ".writing", "~")
_MOST_MANIFEST: Final = 64 * 1024
_CHUNK: Final = 1024 * 1024


class FileManifest(msgspec.Struct, frozen=True, kw_only=True):
    """What a sender says of a file. ``records``: sales of an XML, rows below the heading of a CSV."""

    name: str
    bytes: Annotated[int, msgspec.Meta(ge=0)]
    sha256: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-fA-F]{64}\Z")]
    records: Annotated[int, msgspec.Meta(ge=0)] | None = None


@dataclass(frozen=True, kw_only=True)
class Look:
    """A file as it was at one look: what would be another if somebody wrote to it."""

    inode: int
    size: int
    changed_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> "Look":
        """Return the look that ``stat`` gives."""
        return cls(inode=status.st_ino, size=status.st_size, changed_ns=status.st_mtime_ns)


@dataclass(kw_only=True)
class Patience:
    """How long each file has been as it is. Times are monotonic seconds; a clock that is set changes nothing."""

    since: dict[str, tuple[Look, float]] = field(default_factory=dict[str, tuple[Look, float]])

    def quiet_for(self, name: str, look: Look, now: float) -> float:
        """Return for how long a file has been as it is now."""
        known = self.since.get(name)
        if known is None or known[0] != look:
            self.since[name] = (look, now)
            return 0.0
        return now - known[1]

    def keep_only(self, names: set[str]) -> None:
        """Forget files that are gone."""
        for name in self.since.keys() - names:
            del self.since[name]


def is_unfinished(name: str) -> bool:
    """Say whether a file's name says that it is being written."""
    return name.startswith(".") or name.lower().endswith(_UNFINISHED)


def open_plain(path: Path) -> BinaryIO:
    """Open a regular file, never through a link, never waiting for one that is a pipe.

    Raises:
        OSError: it cannot be opened, or is no regular file.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError("no regular file")
    return cast("BinaryIO", os.fdopen(handle, "rb"))


def manifest_in(path: Path) -> FileManifest | None:
    """Return what a manifest says; None when there is none.

    Raises:
        MessageUnreadable: it is none, or speaks of another file.
        OSError: it cannot be opened.
    """
    try:
        with open_plain(path) as file:
            content = file.read(_MOST_MANIFEST + 1)
    except FileNotFoundError:
        return None
    try:
        manifest = msgspec.json.decode(content, type=FileManifest)
    except msgspec.DecodeError as cause:
        raise MessageUnreadable(f"its manifest is none: {cause}") from cause
    if manifest.name != path.name.removesuffix(MANIFEST):
        raise MessageUnreadable(f"its manifest is of a file {manifest.name[:80]!r}")
    return manifest


def hash_of(file: BinaryIO) -> str:
    """Return the SHA-256 of all of a file, in hex, and leave it at its beginning."""
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
