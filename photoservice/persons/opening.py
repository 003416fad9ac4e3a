"""Opening by an access code: whoever shows it becomes the guest of that one registration (DESIGN 5A, 5D).

Everybody who shows the same code is the same guest, so what was begun on the sofa goes on in the kitchen. A code that
was joined to somebody's account is spent, and another code for the same registration is another guest.
"""

from dataclasses import dataclass

from photoservice.access import AccessCodes
from photoservice.db.database import Session
from photoservice.errors import AccessRefused
from photoservice.persons.persons import Persons
from photoservice.persons.sessions import Sessions
from photoservice.planning.noting import note_held
from photoservice.throttle import Source


@dataclass(frozen=True, kw_only=True)
class Opening:
    """Opens sessions by access codes."""

    access_codes: AccessCodes
    persons: Persons
    sessions: Sessions

    async def by_code(self, code: str, source: Source, *, agent: str = "", language: str = "") -> str:
        """Return the token of a fresh session of the guest that ``code`` opens for.

        Raises:
            AccessRefused: it opens nothing, for whatever reason.
            Throttled: too many wrong tries.
        """
        await self.access_codes.look_up(code, source)
        mac = self.access_codes.mac_of(code)
        async with self.sessions.database.begin() as session:
            person = await self._guest(session, mac, language)
            return await self.sessions.open(session, person, "code", agent=agent)

    async def _guest(self, session: Session, mac: bytes, language: str) -> str:
        await session.lock([f"access code:{mac.hex()}"])
        if (person := await session.value("persons.of_code", mac)) is not None:
            return str(person)
        claim = await session.row("persons.claim_of_code", mac)
        if claim is None:  # voided since it was looked up
            raise AccessRefused
        person = await self.persons.make(session, language=language)
        now = self.persons.clock.now()
        await session.run("persons.hold_by_code", person, claim["station"], claim["claim"], mac, now)
        await note_held(session, person, now)
        return person
