"""What ``db/queries/tenants.sql`` asks."""

from collections.abc import Sequence
from datetime import datetime

from photoservice.modelled.schema import ModelStore
from photoservice.modelled.tables import ModelRow, pick


def insert(db: ModelStore, id_: str, name: str, kind: str, gln: str | None, key_mac: bytes, made_at: datetime) -> int:
    """Add a tenant."""
    db.tenant.add(id=id_, name=name, kind=kind, gln=gln, key_mac=key_mac, made_at=made_at)
    return 1


def insert_prefix(db: ModelStore, prefix: str, tenant: str) -> int:
    """Give a tenant a GS1 company prefix."""
    db.tenant_prefix.add(prefix=prefix, tenant=tenant)
    return 1


def by_name(db: ModelStore, name: str) -> Sequence[ModelRow]:
    """Find a tenant by its name."""
    row = db.tenant.only(("name",), name)
    return [pick(row, "id")] if row else []


def retailer(db: ModelStore, name: str) -> Sequence[ModelRow]:
    """Find a retailer by name or ID."""
    live = [row for row in db.tenant if row["kind"] == "retailer" and row["revoked_at"] is None]
    return [pick(row, "id") for row in live if name in (row["name"], row["id"])]


def by_key(db: ModelStore, key_mac: bytes) -> Sequence[ModelRow]:
    """Find the tenant whose key has this HMAC, unless it was revoked."""
    row = db.tenant.only(("key_mac",), key_mac)
    return [_with_prefixes(db, row)] if row and row["revoked_at"] is None else []


def by_id(db: ModelStore, id_: str) -> Sequence[ModelRow]:
    """Return one tenant with its prefixes."""
    row = db.tenant.get(id_)
    return [_with_prefixes(db, row)] if row else []


def overlapping_makers(db: ModelStore, prefixes: Sequence[str]) -> Sequence[ModelRow]:
    """Find makers whose prefix begins one of these, or is begun by one."""
    found: list[ModelRow] = []
    for row in db.tenant_prefix:
        tenant, prefix = db.tenant.get(row["tenant"]), row["prefix"]
        overlaps = any(new.startswith(prefix) or prefix.startswith(new) for new in prefixes)
        if tenant is not None and tenant["kind"] == "maker" and overlaps:
            found.append(ModelRow(prefix=prefix, name=tenant["name"]))
    return found


def revoke(db: ModelStore, name: str, at: datetime) -> int:
    """End a tenant's key, by name or ID."""
    named = [row for row in db.tenant if name in (row["name"], row["id"]) and row["revoked_at"] is None]
    return sum(db.tenant.change(row, revoked_at=at) for row in named)


def _with_prefixes(db: ModelStore, tenant: ModelRow) -> ModelRow:
    row = pick(tenant, "id", "name", "kind")
    row["prefixes"] = sorted(p["prefix"] for p in db.tenant_prefix if p["tenant"] == tenant["id"])
    return row
