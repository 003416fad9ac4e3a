"""Product master data: what a GTIN is, as its maker says. Names and film facts, never an identity of a piece."""

from collections.abc import Mapping
from typing import Any

import msgspec

from photocore.package import Level, Product
from photoservice.db.database import Row, Session
from photoservice.errors import Unprocessable
from photoservice.tenants import Tenant

PLACEHOLDERS: dict[Level, str] = {"package": "Film package", "roll": "Film"}
"""What a product is called until its maker names it: a manifest may come before its master data."""


async def put_product(session: Session, tenant: Tenant, product: Product) -> None:
    """Write ``product``; a retailer never overwrites what a maker said."""
    fields = (product.name, product.format, product.process, product.iso, product.exposures, product.rolls)
    await session.run("products.put", product.gtin, tenant.id, product.level, *fields, tenant.kind == "maker")


async def note_level(session: Session, tenant: Tenant, gtin: str, level: Level, rolls: int) -> None:
    """Make sure that ``gtin`` is known as a package's or a roll's, under a placeholder's name if need be."""
    await session.run("products.note", gtin, tenant.id, level, PLACEHOLDERS[level], rolls)


async def merge_facts(session: Session, tenant: Tenant, gtin: str, facts: Mapping[str, Any]) -> None:
    """Lay master data over what is known of ``gtin``.

    Raises:
        Unprocessable: a fact is out of its form.
    """
    row = await session.row("products.by_gtin", gtin)
    known = product_of(row) if row else None
    told = {("format" if key == "film" else key): value for key, value in facts.items()}
    level = told.get("level") or (known.level if known else "package" if _number(told.get("rolls")) > 1 else "roll")
    start = msgspec.to_builtins(known) if known else {"name": PLACEHOLDERS["roll" if level == "roll" else "package"]}
    fields = {name: told[name] for name in ("name", "format", "process", "iso", "exposures", "rolls") if name in told}
    try:
        product = msgspec.convert({**start, **fields, "level": level, "gtin": gtin}, Product, strict=False)
    except msgspec.ValidationError as cause:
        raise Unprocessable(f"The master data of {gtin}: {cause}") from cause
    await put_product(session, tenant, product)


def product_of(row: Row) -> Product:
    """Return a product as the database holds it."""
    names = ("gtin", "level", "name", "format", "process", "iso", "exposures", "rolls")
    return Product(**{name: row[name] for name in names})


def _number(value: object) -> int:
    text = str(value or 0)
    return int(text) if text.isdecimal() and len(text) < 6 else 0
