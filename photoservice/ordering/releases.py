"""The ledger of releases: which orders were handed over, kept outside the database, so that no backup repeats it.

One JSON line for each, in the data folder beside the keys, durable before labs see the order. It holds the order's
name, the instant and the hash of its manifest: nothing of whose it is. An order's name follows from what it was made
for, so a database that is put back makes the same order again, and finds here that it went out before.
"""

import asyncio
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

from photoservice.keyring import Keyring
from photoservice.ledger import LedgerFile

FILE: Final = "releases.jsonl"


class Release(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One order that was handed over; ``manifest`` is the SHA-256 of its manifest's text, in hex."""

    order: str
    at: datetime
    manifest: str


class Releases:
    """What the ledger holds; without a file it is one in memory."""

    def __init__(self, file: LedgerFile[Release] | None = None) -> None:
        self._by_order: dict[str, tuple[datetime, str]] = {}
        self._file = file
        self._alone = threading.Lock()
        if file is not None:
            file.open(self._hold)

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._by_order))

    def __contains__(self, order: str) -> bool:
        return order in self._by_order

    def of(self, order: str) -> Release | None:
        """Return an order's release; None of one that was not handed over."""
        found = self._by_order.get(order)
        return None if found is None else Release(order=order, at=found[0], manifest=found[1])

    async def refresh(self) -> None:
        """Learn what others wrote.

        Raises:
            LedgerDamaged: the ledger is not as it was written.
        """
        if self._file is not None:
            await asyncio.to_thread(self._refresh, self._file)

    async def add(self, release: Release) -> None:
        """Write a release durably; one of an order that is in the ledger changes nothing.

        Raises:
            LedgerDamaged: the ledger is not as it was written.
            OSError: the disk refuses; nothing may be handed over.
        """
        if self._file is None:
            self._hold(release)
        else:
            await asyncio.to_thread(self._add, self._file, release)

    def _refresh(self, file: LedgerFile[Release]) -> None:
        with self._alone:
            file.refresh()

    def _add(self, file: LedgerFile[Release], release: Release) -> None:
        with self._alone:
            file.add(release, unless=lambda: release.order in self)

    def _hold(self, release: Release) -> None:
        self._by_order.setdefault(release.order, (release.at, release.manifest))


def open_releases(folder: Path, keyring: Keyring) -> Releases:
    """Return the ledger of releases in the data folder.

    Raises:
        LedgerDamaged: it is not as it was written; but for a torn last line, which is cut off.
    """
    loss = "orders would be made a second time after a backup is put back"
    return Releases(LedgerFile(folder / FILE, keyring, Release, word="release", loss=loss))
