"""The way back without mail: codes on paper, each good once.

A code has 80 bits and is kept as an HMAC, so no name is asked for beside it. Making new ones ends the old ones. Who
comes back by one is let in as if they had proved themselves, everybody else is signed out, and they choose a password.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from photocore.codes import grouped, mint_access_code, parse_access_code
from photocore.errors import CodeError
from photoservice.db.database import Database, Session
from photoservice.errors import SignInRefused
from photoservice.persons.arriving import Admitted, Arrival, Arriving
from photoservice.persons.challenges import Challenges
from photoservice.throttle import Throttle

CODES: Final = 8
_LIVES: Final = timedelta(days=3650)


@dataclass(frozen=True, kw_only=True)
class Recovery:
    """Makes recovery codes, and lets in who shows one."""

    database: Database
    challenges: Challenges
    throttle: Throttle
    arriving: Arriving

    async def make(self, session: Session, person: str) -> tuple[str, ...]:
        """Return fresh codes, which are told this once; the old ones open nothing any more."""
        await session.run("challenges.drop_kind", person, "recovery")
        codes = tuple(mint_access_code(self.challenges.entropy) for _ in range(CODES))
        for code in codes:
            await self.challenges.make(session, "recovery", code, person, _LIVES)
        await self.arriving.records.note(session, person, "codes_made")
        return tuple(grouped(code) for code in codes)

    async def left(self, session: Session, person: str) -> int:
        """Return how many codes a person has left."""
        return int(await session.value("challenges.count", person, "recovery", self.challenges.clock.now()) or 0)

    async def use(self, code: str, arrival: Arrival) -> Admitted:
        """Let in who shows a code; it is worth nothing after, and every other browser is signed out.

        Raises:
            SignInRefused: it opens nothing, for whatever reason.
            Throttled: too many wrong tries.
        """
        counts = self.throttle.counts(arrival.source)
        admitted: Admitted | None = None
        async with self.database.begin() as session:
            await session.lock([self.throttle.lock_name(arrival.source)])
            await self.throttle.refuse_resting(session, counts)
            taken = await self.challenges.take(session, "recovery", _canonical(code))
            if taken is None:
                await self.throttle.note_wrong(session, counts)
            else:
                admitted = await self._let_back(
                    session, taken["person"], arrival, self.challenges.mac("recovery", code)
                )
        if admitted is None:
            raise SignInRefused
        return admitted

    async def _let_back(self, session: Session, person: str, arrival: Arrival, mac: bytes) -> Admitted:
        await session.run("logins.end_all", person)
        await self.arriving.records.note(session, person, "recovered")
        await self.arriving.notices.tell(session, person, "recovery_used", f"recovery:{mac.hex()[:24]}", {})
        return await self.arriving.admit(session, person, "recovery", arrival)


def _canonical(code: str) -> str:
    try:
        return parse_access_code(code)
    except CodeError:
        return code  # no code of ours, and none is found
