"""A disk that loses power, fails any of its calls, or fills up: a SQLite file system in memory, seeded and replayable.

What is left of it after a power cut is :mod:`sync.testing_cuts`'s to say. With a ``log`` it writes down all that is
done to it, so that one life can be cut at every place without being lived again.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Literal, cast

import apsw

from photocore.seams import Entropy
from sync.testing_cuts import SECTOR, Act, DiskFile, Image, Operation, Surface, Truncate, Write

Call = Literal["open", "read", "write", "sync", "truncate", "delete", "access", "size", "lock"]
CALLS: tuple[Call, ...] = ("open", "read", "write", "sync", "truncate", "delete", "access", "size", "lock")

Errno = Literal["EIO", "ENOSPC", "EROFS"]

_EIO: dict[Call, int] = {
    "open": apsw.SQLITE_CANTOPEN,
    "read": apsw.SQLITE_IOERR_READ,
    "write": apsw.SQLITE_IOERR_WRITE,
    "sync": apsw.SQLITE_IOERR_FSYNC,
    "truncate": apsw.SQLITE_IOERR_TRUNCATE,
    "delete": apsw.SQLITE_IOERR_DELETE,
    "access": apsw.SQLITE_IOERR_ACCESS,
    "size": apsw.SQLITE_IOERR_FSTAT,
    "lock": apsw.SQLITE_IOERR_LOCK,
}
"""What SQLite's own file system makes of a failure of each call, whichever; of a full disk in a write: FULL."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """The ``at``-th ``call`` from now on fails, and with ``lasting`` all that come after it."""

    call: Call
    at: int
    errno: Errno = "EIO"
    lasting: bool = False


class FailingDisk(apsw.VFS):
    """The disk. ``cut_at`` is the number of the operation at which the power goes; None for never.

    ``fault`` is one call that fails; ``sync_fails_at`` counts syncs, ``full_after_bytes`` written bytes;
    ``is_read_only`` is a disk that its system has mounted so after an error: what is there can be read, nothing can be
    written. One that ``lies`` says that it has synced, and has not. Call :meth:`unregister` when done.
    """

    def __init__(
        self,
        name: str,
        entropy: Entropy,
        files: Image | None = None,
        *,
        log: list[Operation] | None = None,
        lies: bool = False,
    ) -> None:
        self.name = name
        self.cut_at: int | None = None
        self.sync_fails_at: int | None = None
        self.full_after_bytes: int | None = None
        self.is_read_only = False
        self.operations = 0
        self.syncs = 0
        self.written = 0
        self.is_dead = False
        self.counts: Counter[Call] = Counter()
        self.log = log
        self.surface = Surface(files or {}, lies=lies)
        self._fault: Fault | None = None
        self._entropy = entropy
        super().__init__(name, base="")

    @property
    def files(self) -> dict[str, DiskFile]:
        """The files that are there, by name."""
        return self.surface.files

    @property
    def fault(self) -> Fault | None:
        """The call that is to fail."""
        return self._fault

    @fault.setter
    def fault(self, fault: Fault | None) -> None:
        self._fault = fault
        self.counts.clear()

    @property
    def has_failed(self) -> bool:
        """Whether the call that is to fail was made."""
        return self._fault is not None and self.counts[self._fault.call] >= self._fault.at

    def load(self, image: Image) -> None:
        """Be another disk, which holds ``image``. Nothing of the old one may be open."""
        self.surface = Surface(image, lies=self.surface.lies)
        self.is_dead = False

    def step(self, call: Call) -> None:
        """Count one operation; the power may go at it, and it may be the one that fails."""
        self.operations += 1
        self.counts[call] += 1
        if self.cut_at is not None and self.operations >= self.cut_at:
            self.is_dead = True
        if self.is_dead:
            raise _failure(apsw.IOError, apsw.SQLITE_IOERR)
        fault = self._fault
        if fault is not None and fault.call == call:
            seen = self.counts[call]
            if seen == fault.at or (fault.lasting and seen > fault.at):
                raise _error_of(fault)

    def refuse_writing(self) -> None:
        """Fail as Linux does when it has mounted the disk read-only."""
        if self.is_read_only:
            raise _failure(apsw.IOError, apsw.SQLITE_IOERR_WRITE)

    def do(self, path: str, what: Write | Truncate | Act) -> None:
        """Change a file, and write that down."""
        self.surface.do(path, what)
        if self.log is not None:
            self.log.append((path, what))

    def survivors(self) -> Image:
        """Return what is on the disk after the power came back."""
        return self.surface.survivors(self._entropy)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        """Open or create a file."""
        self.step("open")
        path = _base(name.filename() if isinstance(name, apsw.URIFilename) else name)
        if path not in self.files:
            self.do(path, Act.MADE)
        flags[1] = flags[0]
        return cast("apsw.VFSFile", _Handle(self, path))  # apsw takes any object with these methods

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        """Delete a file; its name is durably gone."""
        self.step("delete")
        self.do(_base(filename), Act.GONE)

    def xAccess(self, pathname: str, flags: int) -> bool:  # noqa: N802
        """Say whether a file is there."""
        self.step("access")
        return _base(pathname) in self.files

    def xFullPathname(self, name: str) -> str:  # noqa: N802
        """Return the name as it is."""
        return name

    def excepthook(self, etype: object, evalue: object, etraceback: object) -> bool:
        """Say nothing of errors that are the test's own doing."""
        return True


class _Handle:
    """An open file, as SQLite calls it."""

    def __init__(self, disk: FailingDisk, path: str) -> None:
        self._disk = disk
        self._path = path
        self._file = disk.files[path]

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        self._disk.step("read")
        return bytes(self._file.view[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        disk = self._disk
        disk.step("write")
        disk.refuse_writing()
        disk.written += len(data)
        if disk.full_after_bytes is not None and disk.written > disk.full_after_bytes:
            raise apsw.FullError("the disk is full")
        disk.do(self._path, Write(offset, bytes(data)))

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self._disk.step("truncate")
        self._disk.refuse_writing()
        self._disk.do(self._path, Truncate(size))

    def xSync(self, flags: int) -> None:  # noqa: N802
        disk = self._disk
        disk.syncs += 1
        try:
            disk.step("sync")
        except apsw.Error:
            if not disk.is_dead:
                disk.do(self._path, Act.DOOMED)
            raise
        if disk.syncs == disk.sync_fails_at:
            disk.do(self._path, Act.DOOMED)
            raise _failure(apsw.IOError, apsw.SQLITE_IOERR_FSYNC)
        disk.do(self._path, Act.SYNCED)

    def xFileSize(self) -> int:  # noqa: N802
        self._disk.step("size")
        return len(self._file.view)

    def xLock(self, level: int) -> None:  # noqa: N802
        """One process, one connection: there is nobody to lock out, but asking may fail."""
        self._disk.step("lock")

    def xUnlock(self, level: int) -> None:  # noqa: N802
        """As above; it never fails."""

    def xCheckReservedLock(self) -> bool:  # noqa: N802
        return False

    def xFileControl(self, op: int, ptr: int) -> bool:  # noqa: N802
        return False

    def xSectorSize(self) -> int:  # noqa: N802
        return SECTOR

    def xDeviceCharacteristics(self) -> int:  # noqa: N802
        return apsw.SQLITE_IOCAP_POWERSAFE_OVERWRITE

    def xClose(self) -> None:  # noqa: N802
        """Close; nothing is written by that."""

    def excepthook(self, etype: object, evalue: object, etraceback: object) -> bool:
        return True


def _base(path: str | None) -> str:
    return (path or "").rpartition("/")[2]


def _error_of(fault: Fault) -> apsw.Error:
    if fault.errno == "ENOSPC" and fault.call == "write":
        return _failure(apsw.FullError, apsw.SQLITE_FULL)
    kind = apsw.CantOpenError if fault.call == "open" else apsw.IOError
    return _failure(kind, _EIO[fault.call])


def _failure(kind: type[apsw.Error], extended: int) -> apsw.Error:
    error = kind("the disk is full" if kind is apsw.FullError else "the disk failed")
    vars(error)["extendedresult"] = extended  # what apsw hands to SQLite; its stubs do not know it
    return error
