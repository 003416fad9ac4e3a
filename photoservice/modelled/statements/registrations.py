"""What ``db/queries/registrations.sql`` asks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from photoservice.modelled.schema import ModelStore
from photoservice.modelled.tables import ModelRow, pick

_NOTHING = dict.fromkeys(("id", "station", "item", "account", "activation", "mac", "arrival"))


def facts(db: ModelStore, roots: Sequence[str]) -> Sequence[ModelRow]:
    """Return all that the owner rule asks about these roots."""
    rows: list[ModelRow] = []
    for root in dict.fromkeys(roots):
        rolls = db.rolls_of(root)
        if rolls:
            rows.append(_fact("manifest", root, names=rolls))
        opened = db.unpacking.by("package", root)
        rows += [_fact("unpacking", root, id=row["id"], names=row["saw"]) for row in opened]
        live = [row for row in db.claim_code.by("package", root) if row["voided_at"] is None and _is_of_list(db, row)]
        rows += [_fact("code", root, mac=row["mac"], arrival=row["arrival"]) for row in live]
        rows += [_claim(db, row) for row in db.claim.by("root", root)]
        rows += [_ruling(db, row) for row in db.ruling.by("root", root)]
        rows += [_sold(db, "sale", row) for row in db.sale.by("root", root)]
        rows += [_sold(db, "refund", row) for row in db.sale_refund.by("root", root)]
    return rows


def _claim(db: ModelStore, claim: ModelRow) -> ModelRow:
    name = (claim["station"], claim["id"])
    told = pick(claim, "id", "station", "item", "account", "activation", "arrival")
    marked = {"withdrawn": db.withdrawal.get(name) is not None, "confirmed": db.confirmation.get(name) is not None}
    return _fact("claim", claim["root"], **told, mac=claim["code_mac"], **marked, merged=_is_merged(db, claim))


def _ruling(db: ModelStore, ruling: ModelRow) -> ModelRow:
    told = {**pick(ruling, "id", "account"), "item": ruling["roll"], "names": ruling["saw"]}
    return _fact("ruling", ruling["root"], **told, merged=_is_merged(db, ruling))


def _sold(db: ModelStore, kind: str, row: ModelRow) -> ModelRow:
    store = db.store.get(row["store"])
    told = {**pick(row, "station", "item"), "id": row["event"], "withdrawn": _is_corrected(db, row)}
    names = [row["unit"], row["store"], (store and store["retailer"]) or ""]
    if kind == "sale":
        told |= {"account": row["account"], "merged": _is_merged(db, row)}
        names += [row["till"], row["business_day"], row["sequence"], str(row["line"])]
    return _fact(kind, row["root"], **told, names=names)


def _is_corrected(db: ModelStore, row: ModelRow) -> bool:
    return db.sale_correction.get((row["station"], row["event"])) is not None


def _is_merged(db: ModelStore, row: ModelRow) -> bool:
    return bool(db.account_merge.by("old", row["account"]) or db.account_merge.by("into", row["account"]))


def _fact(kind: str, root: str, **told: Any) -> ModelRow:  # noqa: ANN401  # what the columns hold
    return ModelRow(
        {
            "kind": kind,
            "root": root,
            **_NOTHING,
            "withdrawn": False,
            "confirmed": False,
            "names": None,
            "merged": False,
            **told,
        }
    )


def _is_of_list(db: ModelStore, code: ModelRow) -> bool:
    manifest = db.manifest.get(code["package"])
    if code["store"] is None:
        return manifest is None or manifest["tenant"] is None or manifest["tenant"] == code["tenant"]
    roll = db.manifest_roll.get(code["roll"])
    known = manifest is not None and manifest["store"] == code["store"]
    return known and roll is not None and roll["package"] == code["package"]


def manifests(db: ModelStore, packages: Sequence[str]) -> Sequence[ModelRow]:
    """Return the rolls of each package in the order its maker named them."""
    lists = [(package, db.rolls_of(package)) for package in set(packages)]
    return [ModelRow(package=package, rolls=rolls) for package, rolls in lists if rolls]


def confirm(db: ModelStore, station: str, claim: str, why: str, at: datetime) -> int:
    """Write the Confirmation fact of a claim."""
    return 1 if db.confirmation.add_unless_taken(station=station, claim=claim, why=why, at=at) else 0


def rule(db: ModelStore, *ruled: Any) -> int:  # noqa: ANN401  # what the columns hold
    """Write a person's ruling on a root, or on one roll of an unpacked package."""
    names = ("root", "id", "roll", "account", "saw", "operator", "why", "at")
    db.ruling.add(**dict(zip(names, ruled, strict=True)))
    return 1


def move_rulings(db: ModelStore, roots: Sequence[str], package: str) -> int:
    """Let the rulings made of these roots, before their list came, count for their package."""
    rows = [row for row in db.ruling.by_any("root", roots) if row["root"] != package]
    return sum(db.ruling.change(row, root=package) for row in rows)


def of_roots(db: ModelStore, roots: Sequence[str]) -> Sequence[ModelRow]:
    """Return the projection of these roots as it stands."""
    return db.registration.by_any("root", roots)


def write(db: ModelStore, roots: Sequence[str], now: datetime, *columns: Sequence[Any]) -> int:
    """Write what the owner rule says of these roots, and drop what it said of other subjects of theirs."""
    names = ("subject", "root", "word", "owner", "proof", "has_case", "claims")
    says = [ModelRow(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    subjects = {row["subject"] for row in says}
    for old in db.registration.by_any("root", roots):
        if old["subject"] not in subjects:
            db.registration.remove(old)
    return sum(_write_one(db, row, now) for row in says)


def _write_one(db: ModelStore, new: ModelRow, now: datetime) -> int:
    new["claims"] = msgspec.json.decode(new["claims"])
    old = db.registration.get(new["subject"])
    if old is None:
        db.registration.add(**new, since=now)
        return 1
    if all(old[name] == value for name, value in new.items()):
        return 0
    stands = (old["word"], old["owner"]) == (new["word"], new["owner"])
    return db.registration.change(old, **new, since=old["since"] if stands else now)


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
