"""Parcels on a disk or a stick: written whole or not at all, never over something else, read with a limit.

A stick is the worst of disks: pulled out early, full, read-only, with no hard links, and anything may lie on it.
"""

import errno
import os
import stat
from contextlib import suppress
from pathlib import Path

from photocore.errors import EventMalformed
from photocore.jsontext import read_json
from photocore.wire import encode
from sync.database import sync_folder
from sync.errors import ParcelRefused
from sync.parcel import MAX_PARCEL_BYTES, AnswersHead, close_answers

_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES})


def read_file(path: Path) -> bytes:
    """Return what the file ``path`` holds.

    Raises:
        ParcelRefused: there is none, it is no file, it cannot be read, or is larger than any parcel.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)  # a pipe would keep us waiting for ever
        with open(handle, "rb") as file:  # noqa: PTH123  # by its handle: what was looked at is what is read
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise ParcelRefused(f"{path} is no file.")
            text = file.read(MAX_PARCEL_BYTES + 1)
    except OSError as cause:
        raise ParcelRefused(f"{path} cannot be read: {cause.strerror}") from cause
    if len(text) > MAX_PARCEL_BYTES:
        raise ParcelRefused(f"{path} is larger than any parcel ({MAX_PARCEL_BYTES // 2**20} MiB).")
    return text


def check_free(path: Path, *, force: bool) -> None:
    """Refuse a name that is taken, before any work is done for it.

    Raises:
        ParcelRefused: something of that name is there, and ``force`` is not given; or its folder is not.
    """
    if not path.parent.is_dir():
        raise ParcelRefused(f"There is no folder {path.parent}.")
    if os.path.lexists(path) and not (force and path.is_file() and not path.is_symlink()):
        hint = "" if force else " Give another name, or --force to write over it."
        raise ParcelRefused(f"{path} is there already.{hint}")


def write_file(path: Path, text: bytes, *, force: bool) -> None:
    """Write ``text`` to ``path``, whole and on the disk, or leave nothing behind. A link there is never followed.

    Raises:
        ParcelRefused: the name is taken, or the disk does not take it.
    """
    check_free(path, force=force)
    draft = path.with_name(f".{path.name}.new")
    try:
        with suppress(FileNotFoundError):
            draft.unlink()  # left by a run that was stopped dead
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with open(handle, "wb") as file:  # noqa: PTH123  # as above
            file.write(text)
            file.flush()
            os.fsync(handle)
        _name(draft, path, force=force)
        _sync_name(path)
    except OSError as cause:
        with suppress(OSError):
            draft.unlink()
        raise ParcelRefused(f"{path} cannot be written: {cause.strerror}") from cause


def _name(draft: Path, path: Path, *, force: bool) -> None:
    """Give ``draft`` its name; without ``force`` not over a file that came meanwhile, where the disk can tell."""
    if force:
        draft.replace(path)
        return
    try:
        os.link(draft, path, follow_symlinks=False)
    except OSError as cause:
        if cause.errno not in _NO_LINKS:
            raise
        draft.replace(path)  # a stick's file system has no links
        return
    draft.unlink()


def _sync_name(path: Path) -> None:
    try:
        sync_folder(path.parent)
    except OSError as cause:
        if cause.errno not in (errno.EINVAL, *_NO_LINKS):  # some sticks' file systems sync no folder
            raise


class AnswerBook:
    """The answers so far, beside the parcel: what a broken carriage goes on from.

    ``kept`` are those that an earlier carriage of the same parcel left, as lines that nobody has looked into.

    Raises:
        ParcelRefused: it cannot be written there.
    """

    def __init__(self, path: Path, head: AnswersHead) -> None:
        self._path = path
        self._draft = path.with_name(path.name + ".part")
        try:
            handle = os.open(self._draft, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
            self._file = open(handle, "r+b", buffering=0)  # noqa: PTH123, SIM115  # kept open for as long as it grows
            self.kept = _kept(self._file.read(MAX_PARCEL_BYTES), head)
            self._file.truncate(0)
            self._file.seek(0)
            self._file.write(encode(head) + b"\n")
        except OSError as cause:
            raise self._refused(cause) from cause
        self._lines: list[bytes] = []

    def add(self, line: bytes) -> None:
        """Keep one answer. Raises ParcelRefused when the disk does not take it."""
        try:
            self._file.write(line + b"\n")
        except OSError as cause:
            raise self._refused(cause) from cause
        self._lines.append(line)

    def close(self) -> None:
        """Leave what there is for the next try."""
        self._file.close()

    def finish(self, head: AnswersHead, *, force: bool) -> None:
        """Write the whole answer parcel under its name, and drop the part. Raises ParcelRefused."""
        write_file(self._path, close_answers([encode(head), *self._lines]), force=force)
        self._file.close()
        with suppress(OSError):
            self._draft.unlink()

    def _refused(self, cause: OSError) -> ParcelRefused:
        why = f"{self._draft} cannot be written: {cause.strerror}."
        return ParcelRefused(f"{why} Give the answer another place with --answer.")


def _kept(text: bytes, head: AnswersHead) -> list[bytes]:
    first, *lines = text.split(b"\n")[:-1] or [b""]  # a line cut short by a crash is none
    try:
        return lines if read_json(first, AnswersHead).of == head.of else []
    except EventMalformed:
        return []
