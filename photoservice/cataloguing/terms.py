"""What package products have prepaid, by their GTIN (O15, S4): read by whoever begins a package, written by staff."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from photocore.errors import CriterionMalformed, Gs1Error, TermsMalformed
from photocore.gs1 import gtin14
from photocore.seams import Clock
from photocore.terms import Terms, read_terms, strange_in, write_terms
from photoservice.cataloguing.catalogues import Catalogues
from photoservice.db.database import Row, Session
from photoservice.errors import Malformed, TooLarge
from photoservice.goods_errors import ChangedMeanwhile, TermsUnfit

MOST_BYTES: Final = 100_000
MOST_LISTED: Final = 500


@dataclass(frozen=True, kw_only=True)
class ProductTerms:
    """The terms of one product, as the ``edition``-th change left them; ``name`` is empty where it is not known."""

    gtin: str
    terms: Terms
    edition: int
    by: str
    at: datetime
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class TermsBook:
    """Reads and keeps terms. Packages that began keep what they began with, whatever the book says later."""

    clock: Clock
    catalogues: Catalogues

    async def of(self, session: Session, gtin: str) -> Terms | None:
        """Return what packages of ``gtin`` (14 digits) bring along, or None where nobody ever said."""
        row = await session.row("terms.of", gtin)
        return read_terms(bytes(row["body"])) if row else None

    async def product(self, session: Session, gtin: str) -> ProductTerms | None:
        """Return the terms of a product with who changed them last."""
        row = await session.row("terms.of", read_gtin(gtin))
        return _product(row) if row else None

    async def all(self, session: Session) -> tuple[ProductTerms, ...]:
        """Return the terms of every product."""
        return tuple(_product(row, row["name"] or "") for row in await session.rows("terms.all", MOST_LISTED))

    async def set(self, session: Session, gtin: str, body: bytes, *, by: str, edition: int | None = None) -> Terms:
        """Keep what packages of ``gtin`` bring along from now on; ``edition`` is the one that was looked at, or None.

        Raises:
            Malformed: this is no GTIN.
            TooLarge: more than :data:`MOST_BYTES`.
            TermsUnfit: no terms, or of what the catalogue in force does not have; every fault is told.
            NothingOffered: there is no catalogue.
            ChangedMeanwhile: somebody changed them since ``edition``.
        """
        product = read_gtin(gtin)
        terms = read_body(body)
        if faults := tuple(strange_in(terms, await self.catalogues.current(session))):
            raise TermsUnfit(faults)
        now, told = self.clock.now(), write_terms(terms)
        row = await session.row("terms.of", product)
        if edition is not None and edition != (row["edition"] if row else 0):
            raise ChangedMeanwhile
        if row is None:
            done = await session.run("terms.begin", product, told, by, now)
        else:
            done = await session.run("terms.replace", product, told, row["edition"], by, now)
        if not done:
            raise ChangedMeanwhile
        return terms


def read_body(body: bytes) -> Terms:
    """Return the terms of a body that somebody sent. Raises TooLarge or TermsUnfit."""
    if len(body) > MOST_BYTES:
        raise TooLarge(f"Terms have up to {MOST_BYTES:,} bytes.")
    try:
        return read_terms(body)
    except (TermsMalformed, CriterionMalformed) as cause:
        raise TermsUnfit((str(cause),)) from cause


def read_gtin(text: str) -> str:
    """Return a GTIN in its 14 digits. Raises Malformed when it is none."""
    try:
        return gtin14(text.strip())
    except Gs1Error as cause:
        raise Malformed("A product is named by its GTIN: 8, 12, 13 or 14 digits, the last of them a check.") from cause


def _product(row: Row, name: str = "") -> ProductTerms:
    return ProductTerms(
        gtin=row["gtin"],
        terms=read_terms(bytes(row["body"])),
        edition=row["edition"],
        by=row["changed_by"],
        at=row["changed_at"],
        name=name,
    )
