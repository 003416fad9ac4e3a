"""One writer: the lock that makes a second process on the same journal impossible.

``flock`` dies with its holder, so a kill -9 leaves nothing to clean up. The file tells the holder's process number,
for the message only; the lock itself is the kernel's.
"""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

from sync.errors import JournalBusy, JournalDown


class WriterLock:
    """The station's writer lock, held from construction to :meth:`release`.

    What the file says is a courtesy: a disk that takes not one byte, or fails, keeps nobody from holding the lock or
    from giving it back.

    Raises:
        JournalBusy: another process (or another journal in this one) holds it.
        JournalDown: the folder cannot be written or locked: it is read-only, or not ours.
    """

    def __init__(self, path: Path) -> None:
        try:
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as cause:
            raise _cannot("written", path, cause) from cause
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as cause:
            os.close(handle)
            raise JournalBusy(str(path.parent), holder_of(path)) from cause
        except OSError as cause:
            os.close(handle)
            raise _cannot("locked", path, cause) from cause
        with suppress(OSError):
            os.ftruncate(handle, 0)
            os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        self._handle: int | None = handle

    def release(self) -> None:
        """Give the lock back; doing so twice is harmless."""
        handle, self._handle = self._handle, None
        if handle is not None:
            with suppress(OSError):
                os.ftruncate(handle, 0)
            os.close(handle)


def holder_of(path: Path) -> int | None:
    """Return the process number written in the lock file, or None when there is none to read."""
    try:
        return int(path.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        return None


def is_held(path: Path) -> int | None:
    """Return the process number of the lock's holder, 0 if it did not say, or None when nobody holds it."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return holder_of(path) or 0
    finally:
        os.close(handle)
    return None


def _cannot(done: str, path: Path, cause: OSError) -> JournalDown:
    return JournalDown(f"{path.parent} cannot be {done}: {cause.strerror}. Nothing can be registered.")
