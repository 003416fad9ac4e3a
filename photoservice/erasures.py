"""The ledger of erasures: who was erased, kept outside the database, so that no backup of it brings anybody back (A24).

One JSON line for each erasure, only ever appended, in the data folder beside the keys. It holds an account's opaque
name, the lookups of its cards (HMACs, as in the database), the names of its events and the instant; never a card
number. A line is durable before the account's key is destroyed. What is in the ledger is erased, whatever the database
says: a database put back is erased again when it is opened, and events that are sent again find their card here.

Each line carries an HMAC over itself and the line before, so a changed or missing line is found. Only a torn last line
is mended: its erasure never took place, for the key is destroyed after it. Several processes share one ledger: they
append under a lock, and read on when it grew.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import msgspec
import structlog

from photoservice.errors import ErasuresDamaged
from photoservice.keyring import Keyring, sync_folder

log = structlog.get_logger(__name__)

FILE = "erasures.jsonl"
_WHOLE = b'"}'
"""The last bytes of a whole line, which stand nowhere else in it."""

_DAMAGED = (
    "The ledger of erasures {} is damaged after byte {}. Bring its newest backup back; erased people would return."
)
_REPLACED = "The ledger of erasures {} was taken away or replaced by a shorter one while we run."


class Erasure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One account that was erased. ``cards`` are lookups in hex; ``events`` are ``station/event`` of its claims."""

    account: str
    at: datetime
    cards: tuple[str, ...]
    events: tuple[str, ...]

    def names(self, event: str) -> bool:
        """Say whether we had this claim and acknowledged it before: no clock and no station can change that."""
        return event in self.events

    def is_after(self, written: str) -> bool:
        """Say whether a claim says that it was written before the erasure: it was still on its way.

        That rests on the station's clock, and a wrong one does no harm: set back, a new registration stands without its
        card, and its receipt still opens it; set forward, a station shows a card that it could show in a new event as
        well.
        """
        return written < self.instant

    @property
    def instant(self) -> str:
        """When it was, as events write it: two such texts compare as their instants do, also those of no calendar."""
        return self.at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


class _Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    erasure: msgspec.Raw
    check: str


class Erasures:
    """Erasures in memory: what the ledger holds, and all that a simulated photoservice needs."""

    def __init__(self) -> None:
        self._by_account: dict[str, Erasure] = {}
        self._by_card: dict[str, list[Erasure]] = {}

    def __iter__(self) -> Iterator[Erasure]:
        return iter(self._by_account.values())

    def __contains__(self, account: str) -> bool:
        return account in self._by_account

    def refresh(self) -> None:
        """Learn what others wrote.

        Raises:
            ErasuresDamaged: the ledger is not as it was written.
        """

    def add(self, erasure: Erasure) -> None:
        """Write an erasure durably; one of an account that is written already changes nothing.

        Raises:
            ErasuresDamaged: the ledger is not as it was written.
            OSError: the disk refuses; nothing may be destroyed.
        """
        self._hold(erasure)

    def of_card(self, lookup: bytes) -> Sequence[Erasure]:
        """Return the erasures of a card's accounts, the first one first: a person may begin anew, and be erased."""
        return self._by_card.get(lookup.hex(), ())

    def of_claim(self, lookup: bytes, event: str, written: str) -> Erasure | None:
        """Return the erasure a claim falls under: one that names it, else the first one after it; None when live."""
        erasures = self.of_card(lookup)
        named = (erasure for erasure in erasures if erasure.names(event))
        return next(named, None) or next((erasure for erasure in erasures if erasure.is_after(written)), None)

    def _hold(self, erasure: Erasure) -> None:
        if erasure.account not in self._by_account:
            self._by_account[erasure.account] = erasure
            for card in erasure.cards:
                self._by_card.setdefault(card, []).append(erasure)


class ErasureLedger(Erasures):
    """Erasures in a file, which other processes write, too."""

    def __init__(self, path: Path, keyring: Keyring) -> None:
        super().__init__()
        self._path = path
        self._keyring = keyring
        self._read_to = 0
        self._looked_at = (0, 0)
        self._check = ""

    def open(self) -> None:
        """Read the ledger, making it where there is none, and cut a torn last line off.

        Raises:
            ErasuresDamaged: another line is not as it was written.
        """
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR, 0o600))
        sync_folder(self._path.parent)
        with self._path.open("rb+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._read_on(file)
            self._mend(file)

    def refresh(self) -> None:
        """Read on if the file is not as it was when last looked at."""
        try:
            stat = self._path.stat()
            if (stat.st_ino, stat.st_size) == self._looked_at:
                return
            with self._path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH)
                self._read_on(file)
        except FileNotFoundError as cause:
            raise ErasuresDamaged(_REPLACED.format(self._path)) from cause

    def add(self, erasure: Erasure) -> None:
        """Append under the lock of all processes, and let nothing go on before the disk has it."""
        self.refresh()
        with self._path.open("rb+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._read_on(file)
            self._mend(file)
            if erasure.account in self:
                return
            raw = msgspec.json.encode(erasure)
            line = msgspec.json.encode(_Line(erasure=msgspec.Raw(raw), check=self._mac(raw))) + b"\n"
            file.seek(self._read_to)
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
            sync_folder(self._path.parent)
            self._read_on(file)

    def _read_on(self, file: IO[bytes]) -> None:
        stat = os.fstat(file.fileno())
        if stat.st_size < self._read_to or self._looked_at[0] not in (0, stat.st_ino):
            raise ErasuresDamaged(_REPLACED.format(self._path))
        file.seek(self._read_to)
        for line in file.read().split(b"\n")[:-1]:
            self._take(line)
        self._looked_at = (stat.st_ino, stat.st_size)

    def _take(self, line: bytes) -> None:
        try:
            said = msgspec.json.decode(line, type=_Line)
            erasure = msgspec.json.decode(said.erasure, type=Erasure)
        except (msgspec.MsgspecError, UnicodeDecodeError) as cause:
            raise self._damaged() from cause
        if said.check != self._mac(bytes(said.erasure)):
            raise self._damaged()
        self._hold(erasure)
        self._check = said.check
        self._read_to += len(line) + 1

    def _mend(self, file: IO[bytes]) -> None:
        """Cut a torn last line off: who wrote it died before the key was destroyed. One that is whole gets its end."""
        file.seek(self._read_to)
        tail = file.read()
        if not tail:
            return
        if tail.endswith(_WHOLE):
            self._take(tail)
            file.write(b"\n")
        elif _WHOLE in tail:
            raise self._damaged()
        else:
            file.truncate(self._read_to)
        file.flush()
        os.fsync(file.fileno())
        self._looked_at = (self._looked_at[0], self._read_to)
        log.warning("erasures.torn_line_mended", path=str(self._path), bytes=len(tail))

    def _damaged(self) -> ErasuresDamaged:
        return ErasuresDamaged(_DAMAGED.format(self._path, self._read_to))

    def _mac(self, erasure: bytes) -> str:
        return self._keyring.mac("erasure", self._check, erasure.decode()).hex()


def open_erasures(folder: Path, keyring: Keyring) -> ErasureLedger:
    """Return the ledger of erasures in the data folder.

    Raises:
        ErasuresDamaged: it is not as it was written; but for a torn last line, which is cut off.
    """
    ledger = ErasureLedger(folder / FILE, keyring)
    ledger.open()
    return ledger
