"""A disk that loses power, fails its fsync, or fills up: a SQLite file system in memory, seeded and replayable.

Model of one file: what is stable, and the writes since the last sync. A power cut drops 35 % of those, tears 25 % at
512-byte sectors and keeps the rest; un-synced truncations are kept half the time; a file that was never synced may be
gone with its name. A failed fsync dooms its writes: they can still be read, look clean, and are on no disk, as Linux
does it. A kill -9 is no such test: it loses nothing that was written (research: reliability 0.1).
"""

from dataclasses import dataclass, field
from typing import cast

import apsw

from photocore.seams import Entropy

DROPPED = 0.35
TORN = 0.25
SECTOR = 512


@dataclass
class _Write:
    offset: int
    data: bytes
    is_doomed: bool = False


@dataclass
class _Truncate:
    size: int
    is_doomed: bool = False


@dataclass
class _File:
    stable: bytearray = field(default_factory=bytearray)
    view: bytearray = field(default_factory=bytearray)
    pending: list[_Write | _Truncate] = field(default_factory=list[_Write | _Truncate])
    was_synced: bool = False

    def sync(self) -> None:
        """Make every write that is not doomed stable."""
        for change in self.pending:
            if not change.is_doomed:
                _apply(self.stable, change)
        self.pending = [change for change in self.pending if change.is_doomed]
        self.was_synced = True


class FailingDisk(apsw.VFS):
    """The disk. ``cut_at`` is the number of the operation at which the power goes; None for never.

    ``sync_fails_at`` counts syncs, ``full_after_bytes`` written bytes; ``is_read_only`` is a disk that its system has
    mounted so after an error: what is there can be read, nothing can be written. Call :meth:`unregister` when done.
    """

    def __init__(self, name: str, entropy: Entropy, files: dict[str, bytes] | None = None) -> None:
        self.name = name
        self.cut_at: int | None = None
        self.sync_fails_at: int | None = None
        self.full_after_bytes: int | None = None
        self.is_read_only = False
        self.operations = 0
        self.syncs = 0
        self.written = 0
        self.is_dead = False
        self._entropy = entropy
        self.files = {path: _steady(text) for path, text in (files or {}).items()}
        super().__init__(name, base="")

    def step(self) -> None:
        """Count one operation; the power may go at it."""
        self.operations += 1
        if self.cut_at is not None and self.operations >= self.cut_at:
            self.is_dead = True
        if self.is_dead:
            raise _io_error(apsw.SQLITE_IOERR)

    def refuse_writing(self) -> None:
        """Fail as Linux does when it has mounted the disk read-only."""
        if self.is_read_only:
            raise _io_error(apsw.SQLITE_IOERR_WRITE)

    def survivors(self) -> dict[str, bytes]:
        """Return what is on the disk after the power came back."""
        kept: dict[str, bytes] = {}
        for path, file in self.files.items():
            if not file.was_synced and self._chance() < 0.5:
                continue
            kept[path] = bytes(self._after_cut(file))
        return kept

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        """Open or create a file."""
        self.step()
        path = _base(name.filename() if isinstance(name, apsw.URIFilename) else name)
        self.files.setdefault(path, _File())
        flags[1] = flags[0]
        return cast("apsw.VFSFile", _Handle(self, path))  # apsw takes any object with these methods

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: N802
        """Delete a file; its name is durably gone."""
        self.step()
        self.files.pop(_base(filename), None)

    def xAccess(self, pathname: str, flags: int) -> bool:  # noqa: N802
        """Say whether a file is there."""
        self.step()
        return _base(pathname) in self.files

    def xFullPathname(self, name: str) -> str:  # noqa: N802
        """Return the name as it is."""
        return name

    def excepthook(self, etype: object, evalue: object, etraceback: object) -> bool:
        """Say nothing of errors that are the test's own doing."""
        return True

    def _after_cut(self, file: _File) -> bytearray:
        disk = bytearray(file.stable)
        for change in file.pending:
            if change.is_doomed:
                continue
            if isinstance(change, _Truncate):
                if self._chance() < 0.5:
                    _apply(disk, change)
                continue
            fate = self._chance()
            if fate >= DROPPED + TORN:
                _apply(disk, change)
            elif fate >= DROPPED:
                self._tear(disk, change)
        return disk

    def _tear(self, disk: bytearray, write: _Write) -> None:
        for start in range(0, len(write.data), SECTOR):
            if self._chance() < 0.5:
                _apply(disk, _Write(offset=write.offset + start, data=write.data[start : start + SECTOR]))

    def _chance(self) -> float:
        return int.from_bytes(self._entropy.token(4), "big") / 2**32


class _Handle:
    """An open file, as SQLite calls it."""

    def __init__(self, disk: FailingDisk, path: str) -> None:
        self._disk = disk
        self._file = disk.files[path]

    def xRead(self, amount: int, offset: int) -> bytes:  # noqa: N802
        self._disk.step()
        return bytes(self._file.view[offset : offset + amount])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        disk = self._disk
        disk.step()
        disk.refuse_writing()
        disk.written += len(data)
        if disk.full_after_bytes is not None and disk.written > disk.full_after_bytes:
            raise apsw.FullError("the disk is full")
        change = _Write(offset=offset, data=bytes(data))
        self._file.pending.append(change)
        _apply(self._file.view, change)

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self._disk.step()
        self._disk.refuse_writing()
        change = _Truncate(size=size)
        self._file.pending.append(change)
        _apply(self._file.view, change)

    def xSync(self, flags: int) -> None:  # noqa: N802
        disk = self._disk
        disk.step()
        disk.syncs += 1
        if disk.syncs == disk.sync_fails_at:
            for change in self._file.pending:
                change.is_doomed = True
            raise _io_error(apsw.SQLITE_IOERR_FSYNC)
        self._file.sync()

    def xFileSize(self) -> int:  # noqa: N802
        self._disk.step()
        return len(self._file.view)

    def xLock(self, level: int) -> None:  # noqa: N802
        """One process, one connection: there is nobody to lock out."""

    def xUnlock(self, level: int) -> None:  # noqa: N802
        """As above."""

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


def _apply(disk: bytearray, change: _Write | _Truncate) -> None:
    if isinstance(change, _Truncate):
        del disk[change.size :]
        return
    if len(disk) < change.offset:
        disk.extend(bytes(change.offset - len(disk)))
    disk[change.offset : change.offset + len(change.data)] = change.data


def _steady(text: bytes) -> _File:
    return _File(stable=bytearray(text), view=bytearray(text), was_synced=True)


def _base(path: str | None) -> str:
    return (path or "").rpartition("/")[2]


def _io_error(extended: int) -> apsw.IOError:
    error = apsw.IOError("the disk failed")
    vars(error)["extendedresult"] = extended  # what apsw hands to SQLite; its stubs do not know it
    return error
