"""What ``db/queries/news.sql`` asks."""

from collections.abc import Sequence

from photoservice.modelled.schema import ModelStore
from photoservice.modelled.tables import ModelRow, pick


def note(
    db: ModelStore,
    stations: Sequence[str],
    claims: Sequence[str],
    outcomes: Sequence[str],
    least: int,
    are_told: Sequence[bool],
) -> int:
    """Write what the owner rule says of each claim now; what the answer about to be given tells counts as told."""
    rows = sorted(zip(stations, claims, outcomes, are_told, strict=True))
    return sum(_note(db, (station, claim), outcome, least, is_told) for station, claim, outcome, is_told in rows)


def _note(db: ModelStore, name: tuple[str, str], outcome: str, least: int, is_told: bool) -> int:
    old, station = db.claim_news.get(name), db.station.get(name[0])
    if station is None:
        return 0
    if old is None:
        version = max(1, least)
        told_version = version if is_told else 0
        whose = {"station": name[0], "claim": name[1]}
        db.claim_news.add(**whose, version=version, told_version=told_version, outcome=outcome)
        return 1
    if old["outcome"] == outcome:
        is_news = is_told and old["told_version"] < old["version"]
        return db.claim_news.change(old, told_version=old["version"]) if is_news else 0
    version = max(old["version"] + 1, least)
    told_version = version if is_told else old["told_version"]
    place = db.ledger.next("news_place")
    return db.claim_news.change(old, version=version, told_version=told_version, outcome=outcome, place=place)


def acked(db: ModelStore, station: str, claims: Sequence[str], outcomes: Sequence[str]) -> int:
    """Write that an ack tells these outcomes, where they still stand."""
    touched = 0
    for claim, outcome in zip(claims, outcomes, strict=True):
        known = db.claim_news.get((station, claim))
        if known is not None and known["outcome"] == outcome and known["told_version"] < known["version"]:
            touched += db.claim_news.change(known, told_version=known["version"])
    return touched


def told(db: ModelStore, station: str, claims: Sequence[str], versions: Sequence[int]) -> int:
    """Write which versions a station has taken note of."""
    touched = 0
    for claim, version in zip(claims, versions, strict=True):
        known = db.claim_news.get((station, claim))
        if known is not None and known["told_version"] < version <= known["version"]:
            touched += db.claim_news.change(known, told_version=version)
    return touched


def owed(db: ModelStore, station: str, limit: int) -> Sequence[ModelRow]:
    """Return what a station has not taken note of, the oldest change first."""
    rows = sorted(db.claim_news.by("owed", station), key=lambda row: row["place"])
    return [pick(row, "claim", "version", "outcome") for row in rows[:limit]]


def forget(db: ModelStore, station: str, claims: Sequence[str] | None) -> int:
    """Forget what a restored station was told of these claims, or of all."""
    if claims is None:
        rows = db.claim_news.by("station", station)
    else:
        rows = [row for claim in dict.fromkeys(claims) if (row := db.claim_news.get((station, claim)))]
    told_of = sorted((row for row in rows if row["told_version"] > 0), key=lambda row: row["place"])
    return sum(db.claim_news.change(row, told_version=0, place=db.ledger.next("news_place")) for row in told_of)
