"""Objects in a local folder: written beside, synced, renamed; then the folders above are synced, too.

After :meth:`FolderStore.put` a power cut takes nothing away: not the bytes, not the name, and no folder up to
the root. Another process may have made a name or a folder that the disk does not have yet, so nothing is taken for
durable because it can be seen. All of it happens in threads of the store's own: no request waits for a disk because
another one writes to it.

Files that are being written lie in ``.new``, each under a lock that the kernel drops with its writer; what has no lock
any more is swept.
"""

import asyncio
import errno
import fcntl
import itertools
import os
import re
import shutil
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Final, ParamSpec, TypeVar

from photoservice.keyring import sync_folder
from photoservice.objects.store import ObjectMissing, Stored, StoreDown, StoreFull

PIECE: Final = 1 << 20
NEW: Final = ".new"
"""Where files lie that are being written."""

_KEY: Final = re.compile(r"[a-z0-9]+(?:/[a-z0-9-]+)*")
_FULL: Final = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))
_NO_LINK: Final = frozenset((errno.EXDEV, errno.EPERM, errno.EMLINK, errno.ENOTSUP, errno.EOPNOTSUPP))
_READERS: Final = 8
_WRITERS: Final = 4
_LISTED_AT_ONCE: Final = 1_000

Params = ParamSpec("Params")
Result = TypeVar("Result")


class FolderStore:
    """Bytes under keys in one folder of this machine; any number of processes may share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = itertools.count()
        self._durable: set[Path] = set()
        self._readers = ThreadPoolExecutor(_READERS, "objects-read")
        self._writers = ThreadPoolExecutor(_WRITERS, "objects-write")

    async def put(self, key: str, source: Path | bytes, *, frozen: bool = False) -> None:
        """Keep ``source`` under ``key``; durable when this returns."""
        await _in(self._writers, self._put, key, source, frozen)

    async def read(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """Return the bytes under ``key``, or a part of them."""
        return await _in(self._readers, self._read, key, start, length)

    async def stream(self, key: str, start: int = 0, length: int | None = None) -> AsyncGenerator[bytes]:
        """Yield the bytes under ``key`` in pieces; one that fits into a piece costs one turn in a thread."""
        end = None if length is None else start + length
        file, piece = await _in(self._readers, self._begin_reading, key, start, _room(start, end))
        try:
            while piece:
                yield piece
                start += len(piece)
                piece = await _in(self._readers, _read_on, file, start, _room(start, end)) if file else b""
        except OSError as cause:
            raise _translated(cause, f"reading {key}") from cause
        finally:
            if file:
                file.close()

    def local(self, key: str) -> Path:
        """Return the file under ``key``, be it there or not."""
        return self._path(key)

    async def look(self, key: str) -> Stored | None:
        """Return what stands under ``key``."""
        return await _in(self._readers, self._look, key)

    async def delete(self, key: str) -> None:
        """Delete what stands under ``key``; the disk knows when this returns."""
        await _in(self._writers, self._delete, key)

    async def list(self, prefix: str) -> AsyncGenerator[Stored]:
        """Yield all objects whose key begins with ``prefix``."""
        found = self._walk(self._folder, "", prefix)
        while batch := await _in(self._readers, lambda: list(itertools.islice(found, _LISTED_AT_ONCE))):
            for stored in batch:
                yield stored

    async def free_bytes(self) -> int | None:
        """Return how much room the folder's disk has."""
        return await _in(self._readers, self._free_bytes)

    async def sweep(self) -> int:
        """Remove what writers that died left in ``.new``."""
        return await _in(self._writers, self._sweep)

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise ValueError(f"{key!r} is no key of ours")
        return self._folder / key

    def _put(self, key: str, source: Path | bytes, frozen: bool) -> None:
        path = self._path(key)
        if isinstance(source, Path) and not source.exists():
            raise FileNotFoundError(errno.ENOENT, "nothing to keep", str(source))
        with _storing(key):
            self._make_folder(path.parent)
            if not _holds(path, source) and not (frozen and isinstance(source, Path) and _link(source, path)):
                with self._fresh(source) as fresh:
                    fresh.replace(path)
            sync_folder(path.parent)
            self._sync_above(path.parent)

    @contextmanager
    def _fresh(self, source: Path | bytes) -> Generator[Path]:
        """Give a synced file in ``.new`` with the bytes of ``source``; what is left of it at the end is removed."""
        self._make_folder(self._folder / NEW)
        path, handle = self._begin()
        try:
            with os.fdopen(handle, "wb") as file:
                _copy(source, file)
                file.flush()
                os.fsync(file.fileno())
                yield path
        finally:
            path.unlink(missing_ok=True)

    def _begin(self) -> tuple[Path, int]:
        """Make an empty file that is locked, and no sweep's."""
        while True:
            path = self._folder / NEW / f"{os.getpid()}-{next(self._numbers)}"
            try:
                handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
            except FileExistsError:
                continue
            if _try_lock(handle) and _is_at(handle, path):
                return path, handle
            os.close(handle)  # a sweep was quicker, and removes it

    def _make_folder(self, folder: Path) -> None:
        """Make ``folder`` and those above; who made them first does not matter, the disk gets all of them later."""
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)

    def _sync_above(self, folder: Path) -> None:
        """Let the disk have the name of every folder from ``folder`` up to the root, once for each."""
        names: list[Path] = []
        for named in (folder, *folder.parents):
            if named == self._folder.parent or named in self._durable:
                break
            with suppress(PermissionError) if named == self._folder else nullcontext():  # what it stands in is not ours
                sync_folder(named.parent)
            names.append(named)
        self._durable.update(names)

    def _read(self, key: str, start: int, length: int | None) -> bytes:
        with self._open(key) as file:
            try:
                file.seek(start)
                return file.read(-1 if length is None else length)
            except OSError as cause:
                raise _translated(cause, f"reading {key}") from cause

    def _begin_reading(self, key: str, start: int, most: int) -> tuple[BinaryIO | None, bytes]:
        """Return the first piece, and the open file if there is more of it."""
        file = self._open(key)
        try:
            piece = _read_on(file, start, most)
            size = os.fstat(file.fileno()).st_size
        except OSError as cause:
            file.close()
            raise _translated(cause, f"reading {key}") from cause
        if start + len(piece) < size:
            return file, piece
        file.close()
        return None, piece

    def _open(self, key: str) -> BinaryIO:
        path = self._path(key)
        try:
            return path.open("rb", buffering=0)
        except (FileNotFoundError, NotADirectoryError) as cause:
            raise ObjectMissing(f"There is no object {key}.") from cause
        except OSError as cause:
            raise _translated(cause, f"reading {key}") from cause

    def _look(self, key: str) -> Stored | None:
        try:
            found = self._path(key).lstat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as cause:
            raise _translated(cause, f"looking for {key}") from cause
        return _stored(key, found)

    def _delete(self, key: str) -> None:
        path = self._path(key)
        try:
            path.unlink()
            sync_folder(path.parent)
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as cause:
            raise _translated(cause, f"deleting {key}") from cause

    def _walk(self, folder: Path, above: str, prefix: str) -> Iterator[Stored]:
        """Yield what lies in ``folder``, whose keys begin with ``above``, in the order of whole keys."""
        try:
            with os.scandir(folder) as found:
                entries = sorted(
                    (f"{entry.name}/" if entry.is_dir(follow_symlinks=False) else entry.name, entry)
                    for entry in found
                    if not entry.name.startswith(".")
                )
        except FileNotFoundError:
            return
        except OSError as cause:
            raise _translated(cause, f"listing {folder}") from cause
        for name, entry in entries:
            key = above + name
            if name.endswith("/"):
                if key.startswith(prefix) or prefix.startswith(key):
                    yield from self._walk(folder / entry.name, key, prefix)
            elif key.startswith(prefix) and entry.is_file(follow_symlinks=False):
                with suppress(FileNotFoundError):  # deleted since
                    yield _stored(key, entry.stat(follow_symlinks=False))

    def _free_bytes(self) -> int:
        with _storing("the folder"):
            self._make_folder(self._folder)
            return shutil.disk_usage(self._folder).free

    def _sweep(self) -> int:
        swept = 0
        for path in (self._folder / NEW).glob("*"):
            with suppress(FileNotFoundError), path.open("rb") as file:
                if _try_lock(file.fileno()) and _is_at(file.fileno(), path):
                    path.unlink()
                    swept += 1
        return swept


async def _in(
    threads: ThreadPoolExecutor, work: Callable[Params, Result], *given: Params.args, **named: Params.kwargs
) -> Result:
    return await asyncio.get_running_loop().run_in_executor(threads, lambda: work(*given, **named))


def _room(start: int, end: int | None) -> int:
    return PIECE if end is None else max(0, min(PIECE, end - start))


def _read_on(file: BinaryIO, start: int, most: int) -> bytes:
    """Read at a place: if a reader was cancelled and its number is another file's by now, that one is not moved."""
    return os.pread(file.fileno(), most, start)


def _stored(key: str, found: os.stat_result) -> Stored:
    return Stored(key=key, size=found.st_size, at=datetime.fromtimestamp(found.st_mtime, UTC))


@contextmanager
def _storing(what: str) -> Generator[None]:
    try:
        yield
    except OSError as cause:
        raise _translated(cause, f"keeping {what}") from cause


def _translated(cause: OSError, doing: str) -> StoreFull | StoreDown:
    why = cause.strerror or type(cause).__name__
    if cause.errno in _FULL:
        return StoreFull(f"The disk of the object store is full while {doing}; nothing of it is kept.")
    return StoreDown(f"The folder of the object store fails while {doing}: {why}.")


def _holds(path: Path, source: Path | bytes) -> bool:
    """Say whether exactly these bytes stand there already; a damaged file does not count."""
    try:
        with path.open("rb") as kept:
            if isinstance(source, bytes):
                return os.fstat(kept.fileno()).st_size == len(source) and kept.read() == source
            with source.open("rb") as wanted:
                return _are_equal(kept, wanted)
    except FileNotFoundError:
        if isinstance(source, Path) and not source.exists():
            raise
        return False
    except OSError as cause:
        if cause.errno == errno.EIO:  # a sector that cannot be read any more: written anew
            return False
        raise


def _are_equal(kept: BinaryIO, wanted: BinaryIO) -> bool:
    one, other = os.fstat(kept.fileno()), os.fstat(wanted.fileno())
    if (one.st_dev, one.st_ino) == (other.st_dev, other.st_ino):
        return True
    if one.st_size != other.st_size:
        return False
    while piece := kept.read(PIECE):
        if piece != wanted.read(PIECE):
            return False
    return True


def _copy(source: Path | bytes, file: BinaryIO) -> None:
    if isinstance(source, bytes):
        file.write(source)
    else:
        with source.open("rb") as wanted:
            shutil.copyfileobj(wanted, file, PIECE)


def _link(source: Path, path: Path) -> bool:
    """Give the synced ``source`` a second name; say whether this disk can, and nothing stood there."""
    with source.open("rb") as file:
        os.fsync(file.fileno())
    try:
        os.link(source, path)
    except FileExistsError:
        return False
    except OSError as cause:
        if cause.errno in _NO_LINK:
            return False
        raise
    return True


def _try_lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_at(handle: int, path: Path) -> bool:
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    held = os.fstat(handle)
    return (found.st_dev, found.st_ino) == (held.st_dev, held.st_ino)
