"""What ``db/queries/claim_codes.sql`` asks."""

from collections.abc import Collection, Sequence
from datetime import datetime

from photoservice.modelled.schema import ModelStore
from photoservice.modelled.tables import ModelRow


def insert(
    db: ModelStore,
    package: str,
    mac: bytes,
    roll: str,
    tenant: str,
    minted_at: datetime,
    after_claims: bool,
) -> int:
    """Keep the HMAC of a claim code; a voided one comes back as long as nobody claimed."""
    row = {"package": package, "mac": mac, "roll": roll, "tenant": tenant, "minted_at": minted_at}
    if db.claim_code.add_unless_taken(**row, after_claims=after_claims):
        return 1
    known = db.claim_code.get((package, mac))
    assert known is not None  # noqa: S101  # its key was taken
    return db.claim_code.change(known, voided_at=None) if known["tenant"] == tenant and not after_claims else 0


def void_older(db: ModelStore, package: str, rolls: Sequence[str], now: datetime, tenant: str) -> int:
    """Void a tenant's codes of these rolls: their labels were printed again before the sale."""
    older = [
        row
        for row in db.claim_code.by("package", package)
        if row["roll"] in rolls and row["tenant"] == tenant and row["voided_at"] is None
    ]
    return sum(db.claim_code.change(row, voided_at=now) for row in older)


def insert_house(
    db: ModelStore,
    package: str,
    mac: bytes,
    roll: str,
    store: str,
    station: str,
    event: str,
    epoch: str,
    seq: int,
    copy: str,
    voids: str | None,
    minted_at: datetime,
) -> int:
    """Keep the HMAC of a code that a store put under a strip: first in the order of arrival."""
    row = db.claim_code.add_unless_taken(
        package=package,
        mac=mac,
        roll=roll,
        store=store,
        station=station,
        event=event,
        epoch_place=db.place_of(station, epoch),
        seq=seq,
        copy=copy,
        voids=voids,
        arrival=0,
        minted_at=minted_at,
        after_claims=False,
    )
    return 1 if row else 0


def void_house(db: ModelStore, package: str, now: datetime) -> int:
    """Of a store's codes of one roll let one open: the last made that no other replaced; none after a withdrawal."""
    codes = [row for row in db.claim_code.by("package", package) if row["store"] is not None]
    replaced = {row["mac"] for row in codes if any(_replaces(other, row) for other in codes)}
    touched = 0
    for row in codes:
        is_void = _is_void(db, row, codes, replaced)
        if is_void != (row["voided_at"] is not None):
            touched += db.claim_code.change(row, voided_at=now if is_void else None)
    return touched


def _replaces(other: ModelRow, code: ModelRow) -> bool:
    """Tell whether ``other`` says that it replaced ``code``; where either copy is null, SQL says no."""
    of_same = (other["store"], other["roll"]) == (code["store"], code["roll"])
    if not of_same or other["voids"] is None or other["copy"] is None:
        return False
    return other["voids"] == code["copy"] and other["copy"] != code["copy"]


def _is_void(db: ModelStore, code: ModelRow, codes: Sequence[ModelRow], replaced: Collection[bytes]) -> bool:
    newer = any(
        (other["store"], other["roll"]) == (code["store"], code["roll"])
        and other["mac"] not in replaced
        and _made(other) > _made(code)
        for other in codes
    )
    unmade = db.make_up_withdrawal.get((code["package"], code["store"])) is not None
    return code["mac"] in replaced or newer or unmade


def _made(code: ModelRow) -> tuple[int, int, str]:
    return code["epoch_place"], code["seq"], code["event"]
