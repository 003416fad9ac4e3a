"""Letting somebody in who proved who they are, whatever by: a fresh session in the place of the one they came with.

A session that was there before, a guest's or one somebody planted, ends (session fixation). A browser that was not
seen before is told to who signs in there, where they will find it: in the app, and by mail if they have one.
"""

from dataclasses import dataclass, field

from photoservice.db.database import Session
from photoservice.notifying.notices import Notices
from photoservice.persons.devices import name_of_agent
from photoservice.persons.records import Records
from photoservice.persons.sessions import LONGEST_AGENT, How, Sessions
from photoservice.throttle import Source


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """Who comes: from where, by which browser, in which language, and with which session before."""

    source: Source
    agent: str = ""
    language: str = ""
    before: bytes | None = field(default=None, repr=False)
    guest: str | None = None
    """The guest whose session it was, whose pictures they may want to take along."""


@dataclass(frozen=True, kw_only=True)
class Admitted:
    """Who was let in, and the token of their session, which is told this once."""

    person: str
    token: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Arriving:
    """Opens sessions of who signs in."""

    sessions: Sessions
    notices: Notices
    records: Records

    async def admit(self, session: Session, person: str, how: How, arrival: Arrival) -> Admitted:
        """Open a session of ``person`` in the place of the one they came with."""
        agent = arrival.agent[:LONGEST_AGENT]
        seen = await session.row("logins.knows_agent", person, agent)
        if arrival.before is not None:
            await session.run("sessions.close", arrival.before)
        token = await self.sessions.open(session, person, how, agent=agent)
        await self.records.note(session, person, "signed_in", how=how)
        if seen is not None and seen["is_anywhere"] and not seen["is_known"]:
            key = f"sign-in:{self.sessions.mac_of(token).hex()[:24]}"
            await self.notices.tell(session, person, "new_sign_in", key, {"device": name_of_agent(agent)})
        return Admitted(person=person, token=token)
