"""What the ledger must know that no till says: whose store it is, which goods have serials, what a card is."""

from typing import Protocol

from photocore.cards import CardNumber, find_cards
from photocore.ids import ItemId
from photocore.package import Level
from pos_bridge.matching.joining import gtin_of
from sync.journal import Journal
from sync.roster import Roster, has_pieces_of


class Knowledge(Protocol):
    """What the roster says. Thread-safe."""

    @property
    def version(self) -> str:
        """Another word whenever the answers may be others."""
        ...

    @property
    def store(self) -> str:
        """The GLN of this station's store; "" before the first roster. Only its lines are told."""
        ...

    def is_serialized(self, gtin: str) -> bool:
        """Say whether pieces of ``gtin`` are known: then a line of it needs its piece."""
        ...

    def level_of(self, item: ItemId) -> Level:
        """Say whether a piece is a package or a roll."""
        ...

    def card_of(self, text: str) -> CardNumber | None:
        """Return the registration card that a till calls ``text``; None for what is none, or might be two."""
        ...


class RosterKnowledge:
    """What the station's own roster says. What it says of goods is remembered as long as that roster is in force."""

    def __init__(self, journal: Journal, roster: Roster) -> None:
        self._journal = journal
        self._roster = roster
        self._known: tuple[str, dict[str, bool]] = ("", {})

    @property
    def version(self) -> str:
        """The roster's version, and its store's number."""
        return f"{self._roster.version} {self.store}"

    @property
    def store(self) -> str:
        """The GLN of the station's store."""
        return self._roster.store.gln if self._roster.store else ""

    def is_serialized(self, gtin: str) -> bool:
        """Say whether the roster, or whoever was asked, knows pieces of ``gtin``."""
        version = self.version
        if self._known[0] != version:
            self._known = (version, {})
        known = self._known[1]
        if gtin not in known:
            known[gtin] = self._journal.read(lambda connection: has_pieces_of(connection, gtin))
        return known[gtin]

    def level_of(self, item: ItemId) -> Level:
        """Say whether a piece is a package or a roll; what nobody knows is sold as a package."""
        gtin = gtin_of(item)
        if gtin is None:
            return "roll" if item.startswith("TCR-") else "package"
        return self._roster.level_of(gtin) or "package"

    def card_of(self, text: str) -> CardNumber | None:
        """Return the one registration card that the roster's tables take ``text`` for."""
        found = find_cards(self._roster.card_tables, text, None)
        return found[0][1] if len(found) == 1 and found[0][0].kind == "card" else None
