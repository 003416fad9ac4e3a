"""What labs and retailers tell of rolls: each sighting once, taken back if it was wrong, and what is overdue.

Whoever may file pictures of a roll may tell where it is. What they tell moves a line of words on its owner's page: it
shows no picture and makes nobody an owner. Nor does it hide any, but where the film was given back at a till and came
in all the same: that is for a person to judge.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from photocore.custody import STEPS, Leg, Legs, Step
from photocore.seams import Clock
from photoservice.db.database import Row, Session
from photoservice.errors import Unknown
from photoservice.registrations import settle_roots
from photoservice.sold import roots_given_back

AHEAD: Final = timedelta(days=1)
"""How far a lab's clock may run ahead of ours; what is told of later times is refused."""

RECEIVED: Final[Step] = "received"
"""The step that a next roll follows (O7): it is noted for it in the same transaction, and taken back with it."""

Verdict = Literal["applied", "duplicate", "reused"]


@dataclass(frozen=True, kw_only=True)
class Told:
    """A step of a roll that somebody says they saw; ``key`` names this sighting among all of that tenant's."""

    roll: str
    step: Step
    at: datetime
    key: str
    place: str = ""


@dataclass(frozen=True, kw_only=True)
class Overdue:
    """A roll that was expected at the end of a leg and not seen there."""

    roll: str
    leg: Leg
    since: datetime
    tenant: str
    place: str


@dataclass(frozen=True, kw_only=True)
class Custody:
    """Keeps what is told, and finds what is overdue."""

    clock: Clock
    legs: Legs

    async def tell(self, session: Session, tenant: str, sightings: Sequence[Told]) -> list[Verdict]:
        """Keep sightings; return what became of each, in their order.

        Told again with the same key it is a ``duplicate``; a key that was used for another sighting is ``reused``, and
        nothing of the later one is kept.
        """
        if not sightings:
            return []
        rolls = sorted({one.roll for one in sightings})
        keys = [one.key for one in sightings]
        given_back = await roots_given_back(session, rolls, also={f"custody {roll}" for roll in rolls})
        rows = await session.rows(
            "custody.insert", tenant, self.clock.now(),
            [one.roll for one in sightings], [one.step for one in sightings], keys,
            [one.at for one in sightings], [one.place for one in sightings],
        )  # fmt: skip
        fresh = {row["key"] for row in rows}
        kept = {row["key"]: _told(row) for row in await session.rows("custody.find_all", tenant, keys)}
        await session.run("custody.mark_open", rolls, list(STEPS))
        received = [kept[key] for key in sorted(fresh) if kept[key].step == RECEIVED]
        if received:
            came = [one.roll for one in received], [one.at for one in received]
            await session.run("custody.next_roll", *came)
        await self._settle(session, given_back)
        return [_verdict(one, kept[one.key], is_fresh=_take(fresh, one.key)) for one in sightings]

    async def take_back(self, session: Session, tenant: str, key: str) -> None:
        """Take a sighting back that was told by mistake; once more changes nothing.

        Raises:
            Unknown: this tenant told none under that key.
        """
        row = await session.row("custody.find", tenant, key)
        if row is None:
            raise Unknown("You told no step under this key.")
        given_back = await roots_given_back(session, [row["roll"]], also={f"custody {row['roll']}"})
        await session.run("custody.take_back", tenant, key, self.clock.now())
        await session.run("custody.mark_open", [row["roll"]], list(STEPS))
        await session.run("custody.next_roll_undone", row["roll"])
        await self._settle(session, given_back)

    async def overdue(self, session: Session, *, most: int) -> tuple[Overdue, ...]:
        """Return rolls that were expected and not seen, the longest awaited first."""
        found: list[Overdue] = []
        for leg in self._watched():
            rows = await session.rows("custody.overdue", leg.begins, self._before(leg), most)
            found += [
                Overdue(roll=row["roll"], leg=leg, since=row["at"], tenant=row["name"], place=row["place"])
                for row in rows
            ]
        return tuple(sorted(found, key=lambda one: (one.since, one.roll))[:most])

    async def count_overdue(self, session: Session) -> Mapping[Step, int]:
        """Return how many rolls are overdue, by the step they were expected at; and close what pictures answered."""
        await session.run("custody.close_scanned", list(STEPS[: STEPS.index("scanned")]))
        counts: dict[Step, int] = {}
        for leg in self._watched():
            n: int = await session.value("custody.count_overdue", leg.begins, self._before(leg))
            counts[leg.ends] = counts.get(leg.ends, 0) + n
        return counts

    async def _settle(self, session: Session, given_back: Sequence[str]) -> None:
        """Ask the owner rule again where film was given back: whether it came in matters there (DESIGN 5C)."""
        if given_back:
            await settle_roots(session, given_back, self.clock.now())

    def _watched(self) -> list[Leg]:
        return [leg for leg in self.legs.values() if leg.late is not None]

    def _before(self, leg: Leg) -> datetime:
        return self.clock.now() - (leg.late or timedelta())


def _told(row: Row) -> Told:
    return Told(roll=row["roll"], step=row["step"], at=row["at"], key=row["key"], place=row["place"])


def _take(fresh: set[str], key: str) -> bool:
    """Take ``key`` out, and say whether it was in: of two with one key the first is the one that was kept."""
    was_in = key in fresh
    fresh.discard(key)
    return was_in


def _verdict(told: Told, kept: Told, *, is_fresh: bool) -> Verdict:
    if is_fresh:
        return "applied"
    return "duplicate" if told == kept else "reused"
