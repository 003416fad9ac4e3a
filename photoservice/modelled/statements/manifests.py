"""What ``db/queries/manifests.sql`` asks."""

from collections.abc import Sequence
from datetime import datetime

from photoservice.modelled.schema import ModelStore
from photoservice.modelled.tables import ModelRow, pick


def insert(
    db: ModelStore, package: str, tenant: str | None, source: str, product: str | None, made_at: datetime
) -> int:
    """Write that a package is known."""
    db.manifest.add(package=package, tenant=tenant, source=source, product=product, made_at=made_at)
    return 1


def insert_made_up(
    db: ModelStore, package: str, tenant: str | None, store: str, product: str | None, made_at: datetime
) -> int:
    """Write that a store made a package up itself."""
    row = {"package": package, "tenant": tenant, "store": store, "product": product, "made_at": made_at}
    db.manifest.add(**row, source="retailer")
    return 1


def rolls(db: ModelStore, package: str) -> Sequence[ModelRow]:
    """Return the rolls of a package in their order."""
    return [ModelRow(roll=roll_) for roll_ in db.rolls_of(package)]


def take_over(db: ModelStore, package: str, tenant: str) -> int:
    """Write that a list is its maker's own."""
    row = db.manifest.get(package)
    return db.manifest.change(row, tenant=tenant, source="maker") if row else 0


def insert_roll(db: ModelStore, roll_: str, package: str, place: int) -> int:
    """Write that a roll is in a package, at its place."""
    db.manifest_roll.add(roll=roll_, package=package, place=place)
    return 1


def last_place(db: ModelStore, package: str) -> Sequence[ModelRow]:
    """Return the highest place taken in a package."""
    places = [row["place"] for row in db.manifest_roll.by("package", package)]
    return [ModelRow(coalesce=max(places, default=0))]


def by_package(db: ModelStore, package: str) -> Sequence[ModelRow]:
    """Return one manifest."""
    row = db.manifest.get(package)
    return [row] if row else []


def by_packages(db: ModelStore, packages: Sequence[str]) -> Sequence[ModelRow]:
    """Return which of these are packages."""
    return [pick(row, "package") for package in sorted(set(packages)) if (row := db.manifest.get(package))]


def homes(db: ModelStore, rolls_: Sequence[str]) -> Sequence[ModelRow]:
    """Tell which package each of these rolls is in."""
    known = [row for one in sorted(set(rolls_)) if (row := db.manifest_roll.get(one))]
    return [pick(row, "roll", "package") for row in known]


def roll(db: ModelStore, item: str) -> Sequence[ModelRow]:
    """Tell whether this is a roll of some package."""
    row = db.manifest_roll.get(item)
    return [pick(row, "package")] if row else []


def insert_unpacking(db: ModelStore, package: str, id_: str, saw: Sequence[str]) -> int:
    """Write that a package was opened, and which claims stood before."""
    return 1 if db.unpacking.add_unless_taken(package=package, id=id_, saw=list(saw)) else 0


def of_item(db: ModelStore, item: str) -> Sequence[ModelRow]:
    """Return the whole manifest of the package an item is or belongs to, unless the package was opened."""
    home = db.manifest_roll.get(item)
    package = home["package"] if home else item
    manifest = db.manifest.get(package)
    if manifest is None or db.unpacking.by("package", package):
        return []
    goes = sorted(db.destination.by("item", package), key=lambda row: (row["rank"], row["gln"]))
    last = max(goes, key=lambda row: row["said_at"], default=None)  # of equals the first
    row = pick(manifest, "package", "source", "product")
    row["destination"] = last["gln"] if last else None
    row["rolls"] = db.rolls_of(package)
    return [row]


def put_destination(db: ModelStore, item: str, gln: str, said_at: datetime, rank: int) -> int:
    """Write that an item goes to a location; older news of it that comes late changes nothing."""
    known = db.destination.get((item, gln))
    if known is None:
        db.destination.add(item=item, gln=gln, said_at=said_at, rank=rank)
        return 1
    return db.destination.change(known, said_at=said_at, rank=rank) if said_at >= known["said_at"] else 0


def revoke(db: ModelStore, item: str, tenant: str | None, why: str, at: datetime) -> int:
    """Write that an item must not be sold any more."""
    return 1 if db.revoked_item.add_unless_taken(item=item, tenant=tenant, why=why, at=at) else 0
