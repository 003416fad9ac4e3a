"""What ``db/queries/rosters.sql`` asks."""

import re
from collections.abc import Sequence

from photoservice.modelled.schema import ModelStore
from photoservice.modelled.tables import ModelRow, pick

_GTIN = re.compile(r"\(01\)([0-9]{14})")


def last(db: ModelStore, store: str) -> Sequence[ModelRow]:
    """Return a store's last roster."""
    row = db.store_roster.get(store)
    return [pick(row, "version", "content_hash", "signed")] if row else []


def put(db: ModelStore, store: str, version: int, content_hash: str, signed: bytes) -> int:
    """Keep a store's new roster."""
    known = db.store_roster.get(store)
    if known is not None:
        return db.store_roster.change(known, version=version, content_hash=content_hash, signed=signed)
    db.store_roster.add(store=store, version=version, content_hash=content_hash, signed=signed)
    return 1


def manifests(db: ModelStore, gln: str, retailer: str | None, limit: int) -> Sequence[ModelRow]:
    """Return the whole packages destined to a store: sent there last; else, sent to no store, its retailer's."""
    found = [row for row in db.manifest if _is_for(db, row, gln, retailer) and not _is_opened(db, row)]
    found.sort(key=lambda row: row["package"])
    found.sort(key=lambda row: row["made_at"], reverse=True)
    return [_told(db, row) for row in found[:limit]]


def revoked(db: ModelStore, packages: Sequence[str]) -> Sequence[ModelRow]:
    """Return what must not be sold any more among these packages and their rolls."""
    items = {item for package in packages for item in (package, *db.rolls_of(package))}
    return [ModelRow(item=item) for item in sorted(items) if db.revoked_item.get(item)]


def _is_opened(db: ModelStore, manifest: ModelRow) -> bool:
    package = manifest["package"]
    return bool(db.unpacking.by("package", package)) or not db.manifest_roll.by("package", package)


def _is_for(db: ModelStore, manifest: ModelRow, gln: str, retailer: str | None) -> bool:
    goes = _goes_to(db, manifest["package"])
    if goes is not None:
        return goes == gln
    if retailer is None:
        return False
    own = db.tenant.get(retailer)
    sent = {row["gln"] for row in db.destination.by("item", manifest["package"])}
    return manifest["tenant"] == retailer or (own is not None and own["gln"] in sent)


def _goes_to(db: ModelStore, package: str) -> str | None:
    """Return the store a package was sent to last; of several named at once the first."""
    stores = [row for row in db.destination.by("item", package) if db.store.get(row["gln"])]
    stores.sort(key=lambda row: (row["rank"], row["gln"]))
    last_said = max(stores, key=lambda row: row["said_at"], default=None)
    return last_said["gln"] if last_said else None


def _told(db: ModelStore, manifest: ModelRow) -> ModelRow:
    row = pick(manifest, "package", "source", "product")
    rolls = db.rolls_of(manifest["package"])
    row["destination"] = _goes_to(db, manifest["package"])
    row["rolls"] = rolls
    row["roll_gtins"] = [*dict.fromkeys(found[1] if (found := _GTIN.match(roll)) else None for roll in rolls)]
    return row
