"""Reading where rolls are: what was told of them, beside what follows from registrations and filed images."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from photocore.custody import Line, Sighting, draw_line
from photocore.events import born_at
from photoservice.db.database import Row, Session
from photoservice.service import Photoservice


async def custody_of(session: Session, service: Photoservice, rolls: Sequence[str]) -> Mapping[str, Line]:
    """Return the line of each of ``rolls``, in one query however many; a roll nobody knows has one, too.

    Whether the asker may see these rolls was asked before. Times are in the timezone of the store where the roll was
    registered, in UTC where nobody's store is known.
    """
    zones: dict[str, tzinfo] = {}
    sightings: dict[str, list[Sighting]] = {roll: [] for roll in rolls}
    for row in await session.rows("custody.of_rolls", list(rolls)):
        if row["claim"] is not None:
            zones[row["roll"]] = ZoneInfo(row["timezone"]) if row["timezone"] else UTC
        sightings[row["roll"]].append(_sighting(row))
    now, legs = service.clock.now(), service.people.custody.legs
    return {
        roll: draw_line((_within(one, zones.get(roll, UTC)) for one in seen), legs, now)
        for roll, seen in sightings.items()
    }


def _sighting(row: Row) -> Sighting:
    at = row["at"] if row["claim"] is None else _registered_at(row["claim"], row["at"])
    return Sighting(step=row["step"], at=at, place=row["place"], is_told=row["is_told"], is_day=row["is_day"])


def _registered_at(claim: str, received_at: datetime) -> datetime:
    """Return when it was registered: the station's word, unless its clock runs ahead of us."""
    born = born_at(claim)
    return min(datetime.fromisoformat(born), received_at) if born else received_at


def _within(sighting: Sighting, zone: tzinfo) -> Sighting:
    """Return a sighting by the clocks of ``zone``; where only the day is known it stays that day."""
    at = sighting.at.replace(tzinfo=zone) if sighting.is_day else sighting.at.astimezone(zone)
    return Sighting(
        step=sighting.step, at=at, place=sighting.place, is_told=sighting.is_told, is_day=sighting.is_day
    )  # fmt: skip
