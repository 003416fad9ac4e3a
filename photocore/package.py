"""A package, its rolls, and the manifest that ties them: the words maker, retailer, station and service share.

A package and its rolls are one fact: nothing here can hold half a package (DESIGN 5E).
"""

from typing import Annotated, Literal

import msgspec

from photocore.ids import ItemId

Level = Literal["package", "roll"]
Source = Literal["maker", "retailer"]

MAX_ROLLS = 50
"""Rolls in one package at most; trade bricks hold 20."""

Text = Annotated[str, msgspec.Meta(max_length=80)]
Gtin14 = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{14}\Z")]


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """What a GTIN is: master data from the maker, never an identity of a piece.

    ``process`` is the trade's word (C-41, E-6, B&W, ECN-2); ``exposures`` a roll; ``iso`` the film speed;
    ``rolls`` how many a package of it holds (1 for a roll).
    """

    gtin: Gtin14
    level: Level
    name: Text
    format: Text = ""
    process: Text = ""
    iso: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 0
    exposures: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    rolls: Annotated[int, msgspec.Meta(ge=1, le=MAX_ROLLS)] = 1

    @property
    def detail(self) -> str:
        """The film in one line, such as ``135-36 · ISO 400 · C-41``; unknown facts are left out."""
        size = f"{self.format}-{self.exposures}" if self.format and self.exposures else self.format
        return " · ".join(part for part in (size, f"ISO {self.iso}" if self.iso else "", self.process) if part)


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """A package ID with its roll IDs, as forwarded by maker or retailer (seeds 000:17, 71-73)."""

    package: ItemId
    rolls: Annotated[tuple[ItemId, ...], msgspec.Meta(min_length=1, max_length=MAX_ROLLS)]
    source: Source
    product: Gtin14 | None = None
    destination: str | None = None

    def __post_init__(self) -> None:
        """Refuse a manifest that names one roll twice, or its package as a roll.

        Raises:
            ValueError: it does (msgspec reports it as a ValidationError while decoding).
        """
        if len(set(self.rolls)) != len(self.rolls):
            raise ValueError("a manifest names one roll twice")
        if self.package in self.rolls:
            raise ValueError("a manifest names its package as a roll")
