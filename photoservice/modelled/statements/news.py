"""What ``db/queries/news.sql`` asks."""

from collections.abc import Sequence

from photoservice.modelled.schema import ModelStore
from photoservice.modelled.tables import ModelRow, pick


def note(db: ModelStore, stations: Sequence[str], claims: Sequence[str], outcomes: Sequence[str], least: int) -> int:
    """Write what the owner rule says of each claim now; another outcome than the last is a new version."""
    touched = 0
    for station, claim, outcome in sorted(zip(stations, claims, outcomes, strict=True)):
        known = db.claim_news.get((station, claim))
        if known is None and db.station.get(station):
            whose = {"station": station, "claim": claim}
            db.claim_news.add(**whose, version=max(1, least), told_version=0, outcome=outcome)
            touched += 1
        elif known is not None and known["outcome"] != outcome:
            version, place = max(known["version"] + 1, least), db.ledger.next("news_place")
            touched += db.claim_news.change(known, version=version, outcome=outcome, place=place)
    return touched


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
