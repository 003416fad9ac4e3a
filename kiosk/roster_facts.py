"""The store's facts, and what a code means, as the station's roster has them now."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from photocore.package import Product
from photocore.scans import Knowledge, Scan
from photocore.symbology import interpret_typed, read_frame
from sync.roster import Roster


@dataclass(frozen=True, kw_only=True)
class RosterStore:
    """The store's facts, as its roster has them now."""

    roster: Roster

    @property
    def name(self) -> str:
        """The name shoppers know; empty until there is a roster."""
        return self.roster.store.name if self.roster.store else ""

    @property
    def prints_labels(self) -> bool:
        """Whether this store prints roll labels."""
        return self.roster.settings.labels == "print"

    @property
    def make_up(self) -> Literal["staff", "shopper"]:
        """Who may make up a package of film that has no serials."""
        return self.roster.settings.make_up

    def product(self, gtin: str) -> Product | None:
        """Return what a GTIN is, if the roster knows."""
        return self.roster.product(gtin)


@dataclass(frozen=True, kw_only=True)
class RosterReader:
    """Reads codes with what the roster knows, and with what each scanner sends instead of GS."""

    knows: Knowledge
    gs_substitutes: Mapping[str, str | None] = field(default_factory=dict[str, str | None])

    def read_frame(self, frame: bytes, expecting: Collection[type], scanner: str = "") -> Scan:
        """Return the one meaning of a frame of the scanner so named."""
        substitute = self.gs_substitutes.get(scanner)
        return read_frame(frame, self.knows, gs_substitute=substitute, expecting=expecting)

    def read_typed(self, text: str, expecting: Collection[type]) -> Scan:
        """Return the one meaning of typed text."""
        return interpret_typed(text, self.knows, expecting=expecting)
