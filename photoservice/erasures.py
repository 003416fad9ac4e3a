"""The ledger of erasures: who was erased, kept outside the database, so that no backup of it brings anybody back (A24).

One JSON line for each erasure, only ever appended, in the data folder beside the keys. It holds an account's opaque
name, the lookups of its cards (HMACs, as in the database), the names of its events and the instant; never a card
number. A line is durable before the account's key is destroyed. What is in the ledger is erased, whatever the database
says: a database put back is erased again when it is opened, and events that are sent again find their card here.

How the file is kept, and what happens to a damaged one, stands in :mod:`photoservice.ledger`. The erasure of a torn
line never took place, for the key is destroyed after it.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from photoservice.keyring import Keyring
from photoservice.ledger import LedgerFile

FILE = "erasures.jsonl"


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


class Erasures:
    """What the ledger holds; without a file it is one in memory, all that a simulated photoservice needs."""

    def __init__(self, file: LedgerFile[Erasure] | None = None) -> None:
        self._by_account: dict[str, Erasure] = {}
        self._by_card: dict[str, list[Erasure]] = {}
        self._file = file
        if file is not None:
            file.open(self._hold)

    def __iter__(self) -> Iterator[Erasure]:
        return iter(self._by_account.values())

    def __contains__(self, account: str) -> bool:
        return account in self._by_account

    def refresh(self) -> None:
        """Learn what others wrote.

        Raises:
            LedgerDamaged: the ledger is not as it was written.
        """
        if self._file is not None:
            self._file.refresh()

    def add(self, erasure: Erasure) -> None:
        """Write an erasure durably; one of an account that is written already changes nothing.

        Raises:
            LedgerDamaged: the ledger is not as it was written.
            OSError: the disk refuses; nothing may be destroyed.
        """
        if self._file is None:
            self._hold(erasure)
        else:
            self._file.add(erasure, unless=lambda: erasure.account in self)

    def of_account(self, account: str) -> Erasure | None:
        """Return an account's erasure; None of one that was not erased."""
        return self._by_account.get(account)

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


def open_erasures(folder: Path, keyring: Keyring) -> Erasures:
    """Return the ledger of erasures in the data folder.

    Raises:
        LedgerDamaged: it is not as it was written; but for a torn last line, which is cut off.
    """
    loss = "erased people would return"
    return Erasures(LedgerFile(folder / FILE, keyring, Erasure, word="erasure", loss=loss))
