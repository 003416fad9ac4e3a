"""The ledger of stations: who was enrolled, and whose key was ended, kept outside the database (adr/0026).

A database from a backup knows no station that joined after it, and answers 401 to all that it sends; and it knows a key
again that was ended after it. What the ledger says counts: at every opening the stations it names are put in again, and
the keys it ended are ended again. Public keys and names only; nothing in it opens anything.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from photoservice.keyring import Keyring
from photoservice.ledger import LedgerFile

FILE = "stations.jsonl"


class Enrolled(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="what", tag="enrolled"):
    """A station that joined ``store`` (a GLN); ``public_key`` is its Ed25519 key in hex."""

    station: str
    store: str
    role: str
    name: str
    public_key: str
    at: datetime


class Revoked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="what", tag="revoked"):
    """A station whose key was ended."""

    station: str
    at: datetime


Entry = Enrolled | Revoked


class StationLedger:
    """What the ledger holds; without a file it is one in memory, all that a simulated photoservice needs."""

    def __init__(self, file: LedgerFile[Entry] | None = None) -> None:
        self._enrolled: dict[str, Enrolled] = {}
        self._revoked: dict[str, Revoked] = {}
        self._file = file
        if file is not None:
            file.open(self._hold)

    def __iter__(self) -> Iterator[Enrolled]:
        """Give every station that was ever enrolled, the first one first."""
        return iter(tuple(self._enrolled.values()))

    def __contains__(self, entry: Entry) -> bool:
        """Say whether this station's joining, or its end, is written already."""
        return entry.station in (self._enrolled if isinstance(entry, Enrolled) else self._revoked)

    def end_of(self, station: str) -> Revoked | None:
        """Return the end of a station's key; None while it counts."""
        return self._revoked.get(station)

    def refresh(self) -> None:
        """Learn what others wrote.

        Raises:
            LedgerDamaged: the ledger is not as it was written.
        """
        if self._file is not None:
            self._file.refresh()

    def add(self, entry: Entry) -> None:
        """Write an entry durably; one that is written already changes nothing.

        Raises:
            LedgerDamaged: the ledger is not as it was written.
            OSError: the disk refuses.
        """
        if entry in self:
            return
        if self._file is None:
            self._hold(entry)
        else:
            self._file.add(entry, unless=lambda: entry in self)

    def _hold(self, entry: Entry) -> None:
        if isinstance(entry, Enrolled):
            self._enrolled.setdefault(entry.station, entry)
        else:
            self._revoked.setdefault(entry.station, entry)


def open_station_ledger(folder: Path, keyring: Keyring) -> StationLedger:
    """Return the ledger of stations in the data folder.

    Raises:
        LedgerDamaged: it is not as it was written; but for a torn last line, which is cut off.
    """
    loss = "a database from an older backup would not know its stations"
    return StationLedger(LedgerFile(folder / FILE, keyring, Entry, word="station", loss=loss))
