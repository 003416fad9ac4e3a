"""What ``db/queries/at_home.sql`` asks."""

from collections.abc import Sequence
from datetime import datetime

from photoservice.modelled.schema import ModelStore
from photoservice.modelled.tables import ModelRow, pick


def packages_of(db: ModelStore, roll: str) -> Sequence[ModelRow]:
    """Tell which packages a roll may be in: its manifest's, else those whose claim codes came before it."""
    home = db.manifest_roll.get(roll)
    coded = [row["package"] for row in db.claim_code.by("roll", roll) if row["voided_at"] is None]
    packages = {home["package"]} if home else set(coded)
    return [ModelRow(package=package) for package in sorted(packages)[:4]]


def code(db: ModelStore, package: str, mac: bytes) -> Sequence[ModelRow]:
    """Return the live claim code of a package that has this HMAC."""
    row = db.claim_code.get((package, mac))
    return [pick(row, "roll", "arrival")] if row and row["voided_at"] is None else []


def is_revoked(db: ModelStore, items: Sequence[str]) -> Sequence[ModelRow]:
    """Tell whether one of these must not be sold any more."""
    return [ModelRow(exists=any(db.revoked_item.get(item) for item in items))]


def insert_claim(
    db: ModelStore,
    station: str,
    id_: str,
    item: str,
    root: str,
    account: str,
    number: str,
    code_mac: bytes,
    received_at: datetime,
    notice: str | None,
) -> int:
    """Write a claim made in a browser."""
    whose = {"station": station, "id": id_, "item": item, "root": root, "account": account, "store": ""}
    said = {"number": number, "activation": "registration", "code_mac": code_mac, "notice": notice}
    db.claim.add(**whose, **said, received_at=received_at)
    return 1


def insert_access(db: ModelStore, mac: bytes, station: str, claim: str, made_at: datetime) -> int:
    """Write the HMAC of the access code a claim was answered with."""
    db.access_code.add(mac=mac, station=station, claim=claim, event=claim, made_at=made_at)
    return 1


def bearer(db: ModelStore, mac: bytes, since: datetime) -> Sequence[ModelRow]:
    """Return the registration an access code opens."""
    access = db.access_code.get(mac)
    if access is None or access["voided_at"] is not None or access["made_at"] <= since:
        return []
    claim = db.claim.get((access["station"], access["claim"]))
    if claim is None or db.ended_claim.get((claim["station"], claim["id"])) is not None:
        return []
    store, event = db.store.get(claim["store"]), db.event.get((claim["station"], claim["id"]))
    row = pick(claim, "station", "id", "root", "number", "received_at")
    row["store_name"], row["timezone"] = (store["name"], store["timezone"]) if store else (None, None)
    row["line"] = event["line"] if event else None
    row["is_erased"] = db.account_key.get(claim["account"]) is None
    return [row]


def product(db: ModelStore, package: str) -> Sequence[ModelRow]:
    """Return what the film of a package is, as far as its list and its maker told."""
    manifest = db.manifest.get(package)
    row = db.product.get(manifest["product"]) if manifest else None
    return [row] if row else []


def answer(db: ModelStore, key_mac: bytes) -> Sequence[ModelRow]:
    """Return what was answered under an Idempotency-Key."""
    row = db.home_answer.get(key_mac)
    return [pick(row, "fingerprint", "claim", "answer")] if row else []


def insert_answer(
    db: ModelStore, key_mac: bytes, fingerprint: bytes, claim: str, answer_: bytes, made_at: datetime
) -> int:
    """Keep what is answered under an Idempotency-Key."""
    db.home_answer.add(key_mac=key_mac, fingerprint=fingerprint, claim=claim, answer=answer_, made_at=made_at)
    return 1


def forget_answers(db: ModelStore, before: datetime) -> int:
    """Drop answers nobody asks for again."""
    return sum(db.home_answer.remove(row) for row in db.home_answer if row["made_at"] < before)
