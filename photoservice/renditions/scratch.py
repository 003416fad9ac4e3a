"""Private files that pictures are made from; those of a worker that was killed are removed by the next one.

A worker holds a lock on its folder as long as it lives, and the kernel drops it with the process: a folder whose lock
can be had is nobody's.
"""

import asyncio
import fcntl
import itertools
import os
import shutil
import tempfile
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Final

_LOCK: Final = "in-use"


class Scratch:
    """A folder of this worker's own, for the user we run as and nobody else."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count()

    @asynccontextmanager
    async def file(self) -> AsyncGenerator[Path]:
        """Give the path of a file that is not there yet, and remove it at the end."""
        path = self._folder / str(next(self._numbers))
        try:
            yield path
        finally:
            await asyncio.to_thread(path.unlink, missing_ok=True)


@contextmanager
def open_scratch(parent: Path) -> Generator[Scratch]:
    """Make a folder under ``parent`` for as long as this lasts, and remove those that killed workers left."""
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _locked(parent / _LOCK):  # nobody removes a folder between its making and its locking
        for left in parent.glob("worker-*"):
            _remove_left(left)
        folder = Path(tempfile.mkdtemp(prefix="worker-", dir=parent))
        lock = _open(folder / _LOCK)
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield Scratch(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _remove_left(folder: Path) -> None:
    lock = _open(folder / _LOCK)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return
    else:
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)


@contextmanager
def _locked(path: Path) -> Generator[None]:
    lock = _open(path)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _open(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
