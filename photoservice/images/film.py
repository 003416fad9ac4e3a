"""What is known of a roll: what its lab says, else what registration knows of the film in that package."""

from datetime import date
from typing import Self

import msgspec

from exchange.offers import Offer
from photocore.errors import CodeError
from photocore.ids import HouseCode, Sgtin, parse_item
from photoservice.db.database import Session
from photoservice.errors import Malformed
from photoservice.products import PLACEHOLDERS


class RollFacts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a lab says of a roll; an empty text and None say nothing."""

    stock: str = ""
    process: str = ""
    iso: int | None = None
    lab: str = ""
    developed_on: date | None = None
    scanned_on: date | None = None
    note: str = ""

    @classmethod
    def of(cls, offer: Offer) -> Self:
        """Return what an offer says.

        Raises:
            Malformed: a text holds a NUL, which no database of ours keeps.
        """
        if any("\0" in text for text in (offer.stock, offer.process, offer.lab, offer.note)):
            raise Malformed("The offer holds a NUL character.")
        return cls(**{name: getattr(offer, name) for name in cls.__struct_fields__})

    def to_text(self) -> str:
        """Return it as a reservation keeps it, "" where nothing is said."""
        return "" if self == RollFacts() else msgspec.json.encode(self).decode()


def read_facts(text: str) -> RollFacts:
    """Return what :meth:`RollFacts.to_text` wrote."""
    return msgspec.json.decode(text, type=RollFacts) if text else RollFacts()


def parse_roll(text: str) -> str:
    """Return the roll with this canonical text. A GS1 identity does not tell packages and rolls apart: we believe it.

    Raises:
        CodeError: it is no item's, or a package's.
    """
    item = parse_item(text)
    if isinstance(item, HouseCode) and item.level != "roll":
        raise CodeError("this names a package; pictures are a roll's")
    return str(item)


async def describe_roll(session: Session, tenant: str, roll: str, facts: RollFacts, *, fresh: bool) -> None:
    """Write what a tenant says of its roll; to a ``fresh`` one comes what registration knows of its film."""
    if fresh:
        facts = over(facts, await film_of(session, roll))
    elif facts == RollFacts():
        return
    told = (facts.stock, facts.process, facts.iso, facts.lab, facts.developed_on, facts.scanned_on, facts.note)
    await session.run("images.describe", tenant, roll, *told)
    await session.run("images.index_words", tenant, roll)


async def film_of(session: Session, roll: str) -> RollFacts:
    """Return what registration knows of a roll's film: of its own product, or its package's."""
    piece = parse_item(roll)
    row = await session.row(
        "images.film", roll, piece.gtin if isinstance(piece, Sgtin) else "", list(PLACEHOLDERS.values())
    )
    if row is None:
        return RollFacts()
    return RollFacts(stock=row["name"], process=row["process"], iso=row["iso"] or None)


def over(said: RollFacts, known: RollFacts) -> RollFacts:
    """Return what was said, and where nothing was, what was known."""
    return RollFacts(**{name: getattr(said, name) or getattr(known, name) for name in RollFacts.__struct_fields__})
