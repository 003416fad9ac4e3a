"""What ``db/queries/claims.sql`` asks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from photoservice.modelled.schema import ModelStore
from photoservice.modelled.tables import ModelRow, pick

_SAID = (
    *("id", "item", "root", "account", "store", "number", "activation", "code_mac", "code_held", "epoch", "seq"),
    *("box", "access_mac", "notice", "is_card_lost"),
)


def insert_all(db: ModelStore, station: str, *columns: Any) -> int:  # noqa: ANN401  # columns, and the moment at the end
    """Write claims as their station made them, each with its personal part and its receipt's access code."""
    *given, received_at = columns
    said = [ModelRow(zip(_SAID, row, strict=True)) for row in zip(*given, strict=True)]
    for row in said:
        place = {"epoch_place": db.place_of(station, row.pop("epoch")), "seq": row["seq"]}
        box, mac = row.pop("box"), row.pop("access_mac")
        db.claim.add(station=station, received_at=received_at, **{**row, **place})
        if box is not None:
            db.event_personal.add(station=station, event=row["id"], account=row["account"], box=box)
        if mac is not None:
            void = _is_void(db, station, row["id"], (place["epoch_place"], row["seq"]))
            whose = {"mac": mac, "station": station, "claim": row["id"], "event": row["id"], "made_at": received_at}
            db.access_code.add(**whose, **place, voided_at=received_at if void else None)
    return len(said)


def _is_void(db: ModelStore, station: str, claim: str, made: tuple[int, int]) -> bool:
    """Tell whether an access code cannot open any more: the claim was undone, or a later code is here already."""
    codes = db.access_code.by("claim", (station, claim))
    later = any((row["epoch_place"], row["seq"]) > made for row in codes)
    return later or db.withdrawal.get((station, claim)) is not None


def insert_withdrawal(db: ModelStore, station: str, claim: str, event: str) -> int:
    """Write that a claim was undone."""
    return 1 if db.withdrawal.add_unless_taken(station=station, claim=claim, event=event) else 0


def insert_copies(db: ModelStore, station: str, *columns: Sequence[object]) -> int:
    """Write printed copies of rolls' labels in their order, each of a claim or, before any, of a package."""
    names = ("claim", "roll", "copy", "voids", "event", "package")
    rows = [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]
    return sum(db.label_copy.add_unless_taken(station=station, **row) is not None for row in rows)


def insert_access(
    db: ModelStore,
    mac: bytes,
    station: str,
    claim: str,
    event: str,
    made_at: datetime,
    epoch: str,
    seq: int,
    is_lost: bool,
) -> int:
    """Write the HMAC of a receipt's access code, void from the start where it cannot open any more."""
    place = db.place_of(station, epoch)
    is_void = is_lost or _is_void(db, station, claim, (place, seq))
    row = {"mac": mac, "station": station, "claim": claim, "event": event, "made_at": made_at}
    db.access_code.add(**row, epoch_place=place, seq=seq, voided_at=made_at if is_void else None)
    return 1


def void_access_before(db: ModelStore, station: str, claim: str, now: datetime, epoch: str, seq: int) -> int:
    """Void the access codes of a claim that were made before this one."""
    before = (db.place_of(station, epoch), seq)
    live = _live_access(db, station, claim)
    older = [row for row in live if (row["epoch_place"], row["seq"]) < before]
    return sum(db.access_code.change(row, voided_at=now) for row in older)


def void_access(db: ModelStore, station: str, claim: str, now: datetime) -> int:
    """Void the access codes of a claim: it was undone."""
    return sum(db.access_code.change(row, voided_at=now) for row in _live_access(db, station, claim))


def _live_access(db: ModelStore, station: str, claim: str) -> list[ModelRow]:
    return [row for row in db.access_code.by("claim", (station, claim)) if row["voided_at"] is None]


def roots(db: ModelStore, station: str, ids: Sequence[str]) -> Sequence[ModelRow]:
    """Return the root of each of a station's claims."""
    return [pick(row, "id", "root") for id_ in set(ids) if (row := db.claim.get((station, id_)))]


def of_others(db: ModelStore, station: str, ids: Sequence[str]) -> Sequence[ModelRow]:
    """Find which of these claim IDs are another station's, and not this one's."""
    theirs = [id_ for id_ in set(ids) if db.claim.by("id", id_) and db.claim.get((station, id_)) is None]
    return [ModelRow(id=id_) for id_ in theirs]


def waiting_for(db: ModelStore, items: Sequence[str], package: str) -> Sequence[ModelRow]:
    """Return claims that wait under one of these items for its package to be known."""
    rows = [row for row in db.claim.by_any("root", items) if row["root"] != package]
    rows += [row for row in db.claim.by("root", package) if row["code_held"] is not None]
    return [pick(row, "station", "id", "root", "code_held") for row in rows]


def move(db: ModelStore, station: str, id_: str, root: str, code_mac: bytes | None) -> int:
    """Let a claim count for the package its item turned out to belong to."""
    row = db.claim.get((station, id_))
    if row is None:
        return 0
    mac = row["code_mac"] if code_mac is None else code_mac
    return db.claim.change(row, root=root, code_mac=mac, code_held=None)


def any_on(db: ModelStore, roots_: Sequence[str]) -> Sequence[ModelRow]:
    """Tell whether anybody claimed one of these."""
    return [ModelRow(exists=any(db.claim.by("root", root) for root in roots_))]


def live_on(db: ModelStore, roots_: Sequence[str]) -> Sequence[ModelRow]:
    """Return the claims that stand on one of these: neither undone, nor ended with their sale."""
    rows = [((row["station"], row["id"]), row) for row in db.claim.by_any("root", roots_)]
    live = [row for name, row in rows if not (db.withdrawal.get(name) or db.ended_claim.get(name))]
    return [pick(row, "station", "id", "epoch_place", "seq", "code_mac", "code_held") for row in live]


def names_on(db: ModelStore, root: str) -> Sequence[ModelRow]:
    """Return the names of all claims on a package, as facts know them."""
    return [ModelRow(name=f"{row['station']}/{row['id']}") for row in db.claim.by("root", root)]


def copies_of_roll(db: ModelStore, roll: str) -> Sequence[ModelRow]:
    """Return the label copies of a roll with what became of each."""
    copies = sorted(db.label_copy.by("roll", roll), key=lambda row: row["place"])
    return [ModelRow({**pick(c, "copy", "claim", "station"), "state": _state(db, c, copies)}) for c in copies]


def _state(db: ModelStore, copy: ModelRow, copies: Sequence[ModelRow]) -> str:
    manifest = db.manifest.get(copy["package"])
    unmade = manifest is not None and db.make_up_withdrawal.get((copy["package"], manifest["store"])) is not None
    name = (copy["station"], copy["claim"])
    if unmade or db.withdrawal.get(name) is not None or db.ended_claim.get(name) is not None:
        return "void"
    return "replaced" if any(_replaces(other, copy) for other in copies) else "valid"


def _replaces(other: ModelRow, copy: ModelRow) -> bool:
    if other["copy"] == copy["copy"]:
        return False
    of_package = copy["package"] is not None and other["package"] == copy["package"]
    of_claim = (other["station"], other["claim"]) == (copy["station"], copy["claim"])
    return other["voids"] == copy["copy"] or (other["place"] > copy["place"] and (of_package or of_claim))
