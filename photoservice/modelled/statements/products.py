"""What ``db/queries/products.sql`` asks."""

from collections.abc import Sequence

from photoservice.modelled.schema import ModelStore
from photoservice.modelled.tables import ModelRow


def put(
    db: ModelStore,
    gtin: str,
    tenant: str,
    level: str,
    name: str,
    format_: str,
    process: str,
    iso: int,
    exposures: int,
    rolls: int,
    is_maker: bool,
) -> int:
    """Write master data; what a maker said is overwritten by a maker only."""
    told = {"tenant": tenant, "level": level, "name": name, "format": format_, "process": process}
    told |= {"iso": iso, "exposures": exposures, "rolls": rolls}
    known = db.product.get(gtin)
    if known is None:
        db.product.add(gtin=gtin, **told)
        return 1
    owner = db.tenant.get(known["tenant"])
    is_free = is_maker or known["tenant"] == tenant or owner is None or owner["kind"] != "maker"
    return db.product.change(known, **told) if is_free else 0


def note(db: ModelStore, gtin: str, tenant: str, level: str, name: str, rolls: int) -> int:
    """Make a GTIN known under a placeholder's name, unless it is known."""
    film = {"format": "", "process": "", "iso": 0, "exposures": 0, "rolls": rolls}
    return 1 if db.product.add_unless_taken(gtin=gtin, tenant=tenant, level=level, name=name, **film) else 0


def by_gtin(db: ModelStore, gtin: str | None) -> Sequence[ModelRow]:
    """Return one product."""
    row = db.product.get(gtin)
    return [row] if row else []


def by_gtins(db: ModelStore, gtins: Sequence[str]) -> Sequence[ModelRow]:
    """Return these products."""
    return [row for gtin in sorted(set(gtins)) if (row := db.product.get(gtin))]


def named(db: ModelStore, retailer: str | None, limit: int, placeholders: Sequence[str]) -> Sequence[ModelRow]:
    """Return the products that a maker or this retailer has named."""
    rows = [row for row in db.product if row["name"] not in placeholders and _is_told_by(db, row, retailer)]
    return sorted(rows, key=lambda row: row["gtin"])[:limit]


def _is_told_by(db: ModelStore, product: ModelRow, retailer: str | None) -> bool:
    owner = db.tenant.get(product["tenant"])
    return product["tenant"] == retailer or (owner is not None and owner["kind"] == "maker")
