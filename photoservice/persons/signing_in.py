"""Signing in by name and password.

Wrong tries count for the name and where they come from, for where they come from, and for everybody together; so who
guesses from elsewhere locks nobody out (DESIGN 5D). A name nobody has costs the same work as a wrong password. The
counts are looked at once more after the password was hashed: of many tries sent at once no more are answered than of
as many sent one after the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from photoservice.db.database import Database, Session
from photoservice.errors import SignInRefused
from photoservice.persons.arriving import Admitted, Arrival, Arriving
from photoservice.persons.joining import Joining
from photoservice.persons.logins import Found, Logins
from photoservice.persons.passwords import Passwords
from photoservice.throttle import Count, Throttle

NOBODY = "nobody"


@dataclass(frozen=True, kw_only=True)
class SigningIn:
    """Signs people in by their passwords."""

    database: Database
    logins: Logins
    passwords: Passwords
    throttle: Throttle
    arriving: Arriving
    joining: Joining

    async def by_password(self, name: str, password: str, arrival: Arrival, *, takes_along: bool = False) -> Admitted:
        """Return who signs in; ``takes_along`` joins the pictures of the guest they came as to their own.

        Raises:
            SignInRefused: name and password do not belong together.
            Throttled: too many wrong tries.
            NotReady: too many are signing in at this moment.
        """
        counts = self.throttle.counts(arrival.source, self.logins.key_of(name))
        async with self.database.begin() as session:
            await self.throttle.refuse_resting(session, counts)
            found = await self.logins.find(session, name)
        about, kept = (found.person, found.password) if found else (NOBODY, None)
        if not await self.passwords.fits(about, kept, password) or found is None:
            await self._count_wrong(counts, arrival)
            raise SignInRefused
        again = await self._renewed(found, password)
        async with self.database.begin() as session:
            await session.lock([self.throttle.lock_name(arrival.source), f"person:{found.person}"])
            await self.throttle.refuse_resting(session, counts)
            await self._refuse_changed(session, name, found)
            await session.run("logins.forgive", counts[0].about)
            if again:
                await session.run("passwords.renew", found.person, found.password, again)
            if takes_along and arrival.guest is not None:
                await self.joining.absorb(session, arrival.guest, found.person)
            return await self.arriving.admit(session, found.person, "password", arrival)

    async def _count_wrong(self, counts: Sequence[Count], arrival: Arrival) -> None:
        async with self.database.begin() as session:
            await session.lock([self.throttle.lock_name(arrival.source)])
            await self.throttle.refuse_resting(session, counts)
            await self.throttle.note_wrong(session, counts)

    async def _refuse_changed(self, session: Session, name: str, found: Found) -> None:
        """Refuse a password that was changed while it was being compared, or whose owner is gone."""
        now = await self.logins.find(session, name)
        if now is None or now != found:
            raise SignInRefused

    async def _renewed(self, found: Found, password: str) -> str:
        if found.password is None or not self.passwords.is_dated(found.password):
            return ""
        return await self.passwords.hash(found.person, password)
