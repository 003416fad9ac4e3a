"""What ``db/queries/registrations.sql`` asks."""

from collections.abc import Sequence
from datetime import datetime

from photoservice.modelled.schema import ModelStore
from photoservice.modelled.statements.manifests import rolls_of
from photoservice.modelled.tables import ModelRow, pick


def manifests(db: ModelStore, packages: Sequence[str]) -> Sequence[ModelRow]:
    """Return the rolls of each package in the order its maker named them."""
    lists = [(package, rolls_of(db, package)) for package in set(packages)]
    return [ModelRow(package=package, rolls=rolls) for package, rolls in lists if rolls]


def unpackings(db: ModelStore, packages: Sequence[str]) -> Sequence[ModelRow]:
    """Return who opened these packages, and which claims stood before."""
    return db.unpacking.by_any("package", packages)


def codes(db: ModelStore, packages: Sequence[str]) -> Sequence[ModelRow]:
    """Return the live claim codes of these packages; once a list is known, those of whose list it is."""
    live = [row for row in db.claim_code.by_any("package", packages) if row["voided_at"] is None]
    return [pick(row, "package", "mac", "arrival") for row in live if _is_of_list(db, row)]


def _is_of_list(db: ModelStore, code: ModelRow) -> bool:
    manifest = db.manifest.get(code["package"])
    if code["store"] is None:
        return manifest is None or manifest["tenant"] is None or manifest["tenant"] == code["tenant"]
    roll = db.manifest_roll.get(code["roll"])
    known = manifest is not None and manifest["store"] == code["store"]
    return known and roll is not None and roll["package"] == code["package"]


def claims(db: ModelStore, roots: Sequence[str]) -> Sequence[ModelRow]:
    """Return the claims on these roots, withdrawn and confirmed ones marked."""
    rows: list[ModelRow] = []
    for claim in db.claim.by_any("root", roots):
        name, row = (claim["station"], claim["id"]), ModelRow(claim)
        row["withdrawn"] = db.withdrawal.get(name) is not None
        row["confirmed"] = db.confirmation.get(name) is not None
        rows.append(row)
    return rows


def confirm(db: ModelStore, station: str, claim: str, why: str, at: datetime) -> int:
    """Write the Confirmation fact of a claim."""
    return 1 if db.confirmation.add_unless_taken(station=station, claim=claim, why=why, at=at) else 0


def of_roots(db: ModelStore, roots: Sequence[str]) -> Sequence[ModelRow]:
    """Return the projection of these roots as it stands."""
    return db.registration.by_any("root", roots)


def clear(db: ModelStore, roots: Sequence[str]) -> int:
    """Drop the projection of these roots, to be written anew."""
    return sum(db.registration.remove(row) for row in db.registration.by_any("root", roots))


def insert(
    db: ModelStore,
    subject: str,
    root: str,
    word: str,
    owner: str | None,
    proof: str,
    has_case: bool,
    claims_: Sequence[str],
    since: datetime,
) -> int:
    """Write what the owner rule says of one subject."""
    row = {"subject": subject, "root": root, "word": word, "owner": owner, "proof": proof, "has_case": has_case}
    db.registration.add(**row, claims=list(claims_), since=since)
    return 1


def unsettled(db: ModelStore, since: datetime, limit: int) -> Sequence[ModelRow]:
    """Find registrations that have stood unopposed since before a moment."""
    roots = {row["root"] for row in db.registration.by("unsettled", "registered") if row["since"] <= since}
    return [ModelRow(root=root) for root in sorted(roots)[:limit]]


def still_unsettled(db: ModelStore, root: str, since: datetime) -> Sequence[ModelRow]:
    """Ask the same of one root, once its lock is held."""
    rows = [row for row in db.registration.by("root", root) if row["since"] <= since]
    return [pick(row, "claims") for row in rows if (row["word"], row["proof"]) == ("registered", "unopposed")]


def roots_of(db: ModelStore, items: Sequence[str]) -> Sequence[ModelRow]:
    """Tell which package each item is known to belong to; a package belongs to itself."""
    rolls = [row for item in items if (row := db.manifest_roll.get(item))]
    packages = [item for item in items if db.manifest.get(item)]
    found = [ModelRow(item=row["roll"], package=row["package"]) for row in rolls]
    return [*found, *(ModelRow(item=package, package=package) for package in packages)]
