"""A ledger beside the keys: what must outlive every database, and so stands in none (adr/0018, adr/0026).

One JSON line for each entry, only ever appended, in the data folder. Each line carries an HMAC over itself and the line
before, so a changed or missing line is found. Only a torn last line is mended: whoever wrote it died before anything
was made to rest on it. Several processes share one ledger: they append under a lock, and read on when it grew.
"""

import fcntl
import os
from collections.abc import Callable
from json import JSONDecodeError, JSONDecoder
from pathlib import Path
from typing import IO, Any, Generic, TypeVar

import msgspec
import structlog

from photoservice.errors import LedgerDamaged
from photoservice.keyring import Keyring, sync_folder

log = structlog.get_logger(__name__)

Entry = TypeVar("Entry")


class LedgerFile(Generic[Entry]):
    """A ledger in a file that other processes write, too.

    ``word`` is what a line calls its entry, and what its HMAC is for; ``kind`` is the entry's type. ``loss`` ends the
    sentence "Bring its newest backup back; ..." and says what would happen without it.
    """

    def __init__(self, path: Path, keyring: Keyring, kind: Any, *, word: str, loss: str) -> None:  # noqa: ANN401  a type, or a union of them
        self._path = path
        self._keyring = keyring
        self._kind = kind
        self._word = word
        self._loss = loss
        self._line = msgspec.defstruct(
            "Line", [(word, msgspec.Raw), ("check", str)], frozen=True, forbid_unknown_fields=True
        )
        self._hold: Callable[[Entry], None] = lambda _: None
        self._read_to = 0
        self._looked_at = (0, 0)
        self._check = ""

    def open(self, hold: Callable[[Entry], None]) -> None:
        """Read the ledger, making it where there is none, and cut a torn last line off.

        ``hold`` is given every entry, now and later, in the order of the file; what this process adds, too.

        Raises:
            LedgerDamaged: another line is not as it was written.
        """
        self._hold = hold
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        sync_folder(self._path.parent)
        with self._path.open("rb+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._read_on(file)
            self._mend(file)

    def refresh(self) -> None:
        """Read on if the file is not as it was when last looked at.

        Raises:
            LedgerDamaged: it is not as it was written, or it was taken away.
        """
        try:
            stat = self._path.stat()
            if (stat.st_ino, stat.st_size) == self._looked_at:
                return
            with self._path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH)
                self._read_on(file)
        except FileNotFoundError as cause:
            raise self._replaced() from cause

    def add(self, entry: Entry, *, unless: Callable[[], bool]) -> None:
        """Append under the lock of all processes, ``unless`` it is there by then; the disk has it when this returns.

        Raises:
            LedgerDamaged: the ledger is not as it was written.
            OSError: the disk refuses.
        """
        self.refresh()
        with self._path.open("rb+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._read_on(file)
            self._mend(file)
            if unless():
                return
            raw = msgspec.json.encode(entry)
            line = msgspec.json.encode(self._line(msgspec.Raw(raw), self._mac(raw))) + b"\n"
            file.seek(self._read_to)
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
            sync_folder(self._path.parent)
            self._read_on(file)

    def _read_on(self, file: IO[bytes]) -> None:
        stat = os.fstat(file.fileno())
        if stat.st_size < self._read_to or self._looked_at[0] not in (0, stat.st_ino):
            raise self._replaced()
        file.seek(self._read_to)
        for line in file.read().split(b"\n")[:-1]:
            self._take(line)
        self._looked_at = (stat.st_ino, stat.st_size)

    def _take(self, line: bytes) -> None:
        try:
            said: tuple[msgspec.Raw, str] = msgspec.structs.astuple(msgspec.json.decode(line, type=self._line))
            raw, check = bytes(said[0]), said[1]
            entry = msgspec.json.decode(raw, type=self._kind)
        except (msgspec.MsgspecError, UnicodeDecodeError) as cause:
            raise self._damaged() from cause
        if check != self._mac(raw):
            raise self._damaged()
        self._hold(entry)
        self._check = check
        self._read_to += len(line) + 1

    def _mend(self, file: IO[bytes]) -> None:
        """Cut a torn last line off: nothing rests on it yet. One that is whole but for its end gets that."""
        file.seek(self._read_to)
        tail = file.read()
        if not tail:
            return
        length = _whole(tail)
        if length is None:
            file.truncate(self._read_to)
        elif length == len(tail):
            self._take(tail)
            file.write(b"\n")
        else:
            raise self._damaged()
        file.flush()
        os.fsync(file.fileno())
        self._looked_at = (self._looked_at[0], self._read_to)
        log.warning("ledger.torn_line_mended", path=str(self._path), bytes=len(tail))

    def _damaged(self) -> LedgerDamaged:
        return LedgerDamaged(
            f"The ledger {self._path} is damaged after byte {self._read_to}. "
            f"Bring its newest backup back; {self._loss}."
        )

    def _replaced(self) -> LedgerDamaged:
        return LedgerDamaged(f"The ledger {self._path} was taken away or replaced by a shorter one while we run.")

    def _mac(self, raw: bytes) -> str:
        return self._keyring.mac(self._word, self._check, raw.decode()).hex()


def _whole(tail: bytes) -> int | None:
    """Return how many bytes of ``tail`` are a whole JSON value; None when its end is missing."""
    text = tail.decode(errors="surrogateescape")
    try:
        _, end = JSONDecoder().raw_decode(text)
    except JSONDecodeError:
        return None
    return len(text[:end].encode(errors="surrogateescape"))
