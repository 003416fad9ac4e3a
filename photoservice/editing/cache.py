"""Made pictures kept for a while on this machine, so that a page that is looked at twice is made once.

Nothing here is ever the only copy, or believed: a file that is not what was written is made again. A file holds a
picture without its common header, like any rendition (D4); the header is in memory, and a service that just started
makes one picture of each kind anew. Files lie under the hash of their original, so that all of it can be dropped.
"""

import hashlib
import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from photocore.seams import Clock

_DIGEST: Final = 32
_ROOM_MADE: Final = 0.8
"""When it is full, what was used longest ago goes until it is this full."""


@dataclass(kw_only=True)
class Cache:
    """At most ``capacity`` bytes under ``folder``; any number of threads and processes at once."""

    folder: Path
    capacity: int
    clock: Clock
    headers: dict[bytes, bytes] = field(default_factory=dict[bytes, bytes])
    _held: int | None = None
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def find(self, original: str, name: str) -> bytes | None:
        """Return a whole JPEG, or None; ``original`` and ``name`` are hexadecimal and ours."""
        path = self._path(original, name)
        try:
            raw = path.read_bytes()
        except OSError:
            return None
        header = self.headers.get(raw[:_DIGEST])
        body = raw[2 * _DIGEST :]
        if header is None or hashlib.sha256(body).digest() != raw[_DIGEST : 2 * _DIGEST]:
            return None
        with suppress(OSError):
            now = self.clock.now().timestamp()
            os.utime(path, (now, now))
        return header + body

    def put(self, original: str, name: str, header: bytes, body: bytes) -> None:
        """Keep a JPEG in its two parts; where there is no room it is not kept."""
        mark = hashlib.sha256(header).digest()
        self.headers[mark] = header
        path = self._path(original, name)
        fresh = path.with_name(f".{os.getpid()}-{next(self._numbers)}")
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            fresh.write_bytes(mark + hashlib.sha256(body).digest() + body)
            fresh.replace(path)
        except OSError:
            with suppress(OSError):
                fresh.unlink()
            return
        self._held = (self._size() if self._held is None else self._held) + 2 * _DIGEST + len(body)
        if self._held > self.capacity:
            self._held = self._make_room()

    def drop(self, original: bytes) -> None:
        """Forget all that was made of an original, by its SHA-256."""
        shutil.rmtree(self._folder_of(original.hex()), ignore_errors=True)

    def forget(self, *, older_than_s: float) -> int:
        """Drop what nobody looked at for so many seconds; return how many files that were."""
        before = self.clock.now().timestamp() - older_than_s
        old = [path for path, _, used in self._files() if used < before]
        for path in old:
            path.unlink(missing_ok=True)
        for folder in (*self.folder.glob("*/*"), *self.folder.glob("*")):
            with suppress(OSError):  # there are files in it still, or some are just coming
                folder.rmdir()
        return len(old)

    def _make_room(self) -> int:
        files = sorted(self._files(), key=lambda one: one[2])
        held = sum(size for _, size, _ in files)
        for path, size, _ in files:
            if held <= self.capacity * _ROOM_MADE:
                break
            path.unlink(missing_ok=True)
            held -= size
        return held

    def _size(self) -> int:
        return sum(size for _, size, _ in self._files())

    def _files(self) -> list[tuple[Path, int, float]]:
        found: list[tuple[Path, int, float]] = []
        for path in self.folder.glob("*/*/*"):
            with suppress(OSError):
                told = path.stat()
                found.append((path, told.st_size, told.st_mtime))
        return found

    def _path(self, original: str, name: str) -> Path:
        return self._folder_of(original) / name

    def _folder_of(self, original: str) -> Path:
        return self.folder / original[:2] / original
