"""The ledger of departures: who deleted everything, kept outside the database, so that no backup brings them back (S5).

One JSON line for each, in the data folder beside the keys, durable before anything is destroyed. It holds a person's
opaque name, the instant, the registrations whose access codes ended and the rolls whose pictures went: no name, no
address, nothing that leads to anybody. What is in the ledger is gone, whatever a database says that was put back. Card
accounts stand in the ledger of erasures besides (``erasures.py``).
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from photoservice.keyring import Keyring
from photoservice.ledger import LedgerFile

FILE: Final = "departures.jsonl"


class Departure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One person who is gone. ``claims`` are ``station/claim``."""

    person: str
    at: datetime
    claims: tuple[str, ...]
    rolls: tuple[str, ...]


class Departures:
    """What the ledger holds; without a file it is one in memory."""

    def __init__(self, file: LedgerFile[Departure] | None = None) -> None:
        self._by_person: dict[str, Departure] = {}
        self._file = file
        if file is not None:
            file.open(self._hold)

    def __iter__(self) -> Iterator[Departure]:
        return iter(tuple(self._by_person.values()))

    def __contains__(self, person: str) -> bool:
        return person in self._by_person

    def refresh(self) -> None:
        """Learn what others wrote.

        Raises:
            LedgerDamaged: the ledger is not as it was written.
        """
        if self._file is not None:
            self._file.refresh()

    def add(self, departure: Departure) -> None:
        """Write a departure durably; one of a person who is in the ledger changes nothing.

        Raises:
            LedgerDamaged: the ledger is not as it was written.
            OSError: the disk refuses; nothing may be destroyed.
        """
        if self._file is None:
            self._hold(departure)
        else:
            self._file.add(departure, unless=lambda: departure.person in self)

    def _hold(self, departure: Departure) -> None:
        self._by_person.setdefault(departure.person, departure)


def open_departures(folder: Path, keyring: Keyring) -> Departures:
    """Return the ledger of departures in the data folder.

    Raises:
        LedgerDamaged: it is not as it was written; but for a torn last line, which is cut off.
    """
    loss = "people who deleted everything would return"
    return Departures(LedgerFile(folder / FILE, keyring, Departure, word="departure", loss=loss))
