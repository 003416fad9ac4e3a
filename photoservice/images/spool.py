"""Where uploads lie until they are whole: one file each, named by its upload; its size is the offset (ADR 0032).

Only one request at a time holds an upload: the kernel's lock goes with whoever dies. What stands in a file when it is
taken up again is flushed before anything is said about it, so an offset that was told is never taken back by a crash.
A request that must prove its checksum leaves a mark where it began: if it dies, what it wrote unproved is cut off.
"""

import errno
import fcntl
import os
import re
import shutil
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from photoservice.errors import NoRoom, ServiceError
from photoservice.keyring import sync_folder

_FULL: Final = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
_UNPROVED: Final = ".unproved"
_UPLOAD: Final = re.compile("UP-[0-9A-Z]+", re.ASCII)


class SpoolHeld(ServiceError):
    """Another request holds this upload."""


class Held:
    """One upload's file while one request holds it; made by :meth:`Spool.hold`. All its verbs block on the disk."""

    def __init__(self, handle: int, path: Path, *, is_new: bool, keep_free: int = 0) -> None:
        self._handle = handle
        self._keep_free = keep_free
        self._busy = threading.Lock()
        self.path = path
        self._mark = path.with_name(path.name + _UNPROVED)
        self._is_named = not is_new
        if self.size or not is_new:  # somebody else may have had it since it was made
            self._recover()
        self.is_sure = True
        """False from a flush on that failed: the system tells so once, and what the disk has is not known."""

    def _recover(self) -> None:
        """Let the disk have what is there, and no mark that is gone."""
        if self._mark.exists():
            start = self._mark.read_text()  # empty where somebody died before a byte came
            self.cut(min(self.size, int(start)) if start.isdecimal() else self.size)
        else:
            sync_folder(self.path.parent)
        os.fsync(self._handle)

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return os.fstat(self._handle).st_size

    def write(self, data: bytes | bytearray | memoryview, at: int) -> None:
        """Write ``data`` at the offset ``at``, in bytes.

        Raises:
            NoRoom: the disk is full, or has no more than it keeps free; what could be written stands.
        """
        if self._keep_free and _free_beside(self._handle) - len(data) < self._keep_free:
            raise NoRoom("The disk that takes uploads is nearly full. What came before is kept; go on later.")
        view = memoryview(data)
        with _telling_full(), self._busy:
            while view:
                done = os.pwrite(self._handle, view, at)
                view, at = view[done:], at + done

    def flush(self) -> None:
        """Let the disk have it all.

        Raises:
            NoRoom: the disk is full, which some tell only now; what it has of this is not known, so nothing counts.
        """
        self.is_sure = False
        with _telling_full():
            os.fsync(self._handle)
            if not self._is_named:
                sync_folder(self.path.parent)
                self._is_named = True
        self.is_sure = True

    def cut(self, size: int, *, is_whole: bool = False) -> None:
        """Keep the first ``size`` bytes, durably, and count them as proved.

        An upload that ``is_whole`` is filed next, and nobody is told before how far it is: a power cut may take it
        back to where this request began. Whoever takes it up again flushes what there is.
        """
        if size != self.size:
            os.ftruncate(self._handle, size)
            os.fsync(self._handle)
        if self._mark.exists():
            self._mark.unlink()
            if not is_whole:  # a power cut would bring the mark back, and what is proved now would be cut off
                sync_folder(self._mark.parent)

    def mark_unproved(self, start: int) -> None:
        """Note that what comes behind ``start`` counts only once :meth:`cut` said so."""
        with self._mark.open("w") as mark:
            mark.write(str(start))
            mark.flush()
            os.fsync(mark.fileno())  # an empty mark after a power cut would let stand what was never proved
        sync_folder(self._mark.parent)
        self._is_named = True

    def remove(self) -> None:
        """Remove the file; its lock stands until it is let go."""
        self.path.unlink(missing_ok=True)
        self._mark.unlink(missing_ok=True)

    def close(self) -> None:
        """Let it go, once a write that was begun is done: its handle's number may soon be another file's."""
        with self._busy:
            os.close(self._handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Spool:
    """The folder. All its verbs block on the disk, of which uploads leave ``keep_free`` bytes alone.

    That is asked as bytes come in: promises of room count the object store, which may be on another disk or machine,
    and many uploads at once each fit where they do not fit together. The database may stand on this very disk.
    """

    def __init__(self, folder: Path, *, keep_free: int = 0) -> None:
        self._folder = folder
        self._keep_free = keep_free

    def hold(self, upload: str) -> Held:
        """Return an upload's file, made where it is missing, for one request alone.

        Raises:
            SpoolHeld: another request has it.
            NoRoom: there is no room even for its name.
        """
        path = self._folder / upload
        while True:
            handle, is_new = self._open(path)
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if _stands_at(path, handle):
                    return Held(handle, path, is_new=is_new, keep_free=self._keep_free)
            except BlockingIOError as cause:
                os.close(handle)
                raise SpoolHeld("Another request is writing to this upload just now.") from cause
            except BaseException:
                os.close(handle)
                raise
            os.close(handle)  # whoever held it removed it while we waited for nothing: begin anew

    def names(self) -> list[tuple[str, int]]:
        """Return the uploads that lie here, each with its size in bytes; what else lies here is not ours to touch."""
        if not self._folder.is_dir():
            return []
        found: list[tuple[str, int]] = []
        for path in sorted(self._folder.iterdir()):
            if _UPLOAD.fullmatch(path.name) and not path.is_dir():
                with suppress(FileNotFoundError):  # filed meanwhile
                    found.append((path.name, path.stat().st_size))
        return found

    def free_bytes(self) -> int:
        """Return how much room the spool's disk has."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return shutil.disk_usage(self._folder).free

    def _open(self, path: Path) -> tuple[int, bool]:
        """Open a file; True says that it is new: the disk need not know its name before it has bytes."""
        how = os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW
        with _telling_full():
            while True:
                with suppress(FileNotFoundError):
                    return os.open(path, how), False
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                with suppress(FileExistsError):
                    return os.open(path, how | os.O_CREAT | os.O_EXCL, 0o600), True


def _free_beside(handle: int) -> int:
    disk = os.fstatvfs(handle)
    return disk.f_bavail * disk.f_frsize


def _stands_at(path: Path, handle: int) -> bool:
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False


@contextmanager
def _telling_full() -> Generator[None]:
    try:
        yield
    except OSError as cause:
        if cause.errno not in _FULL:
            raise
        raise NoRoom("The disk that takes uploads is full. What came before is kept; go on later.") from cause
