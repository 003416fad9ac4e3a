"""Signing up: a guest, or somebody without anything yet, chooses a name and a password, or a passkey.

A guest stays who they are, so all they did stays; their access code is spent, and every other browser that knew it is
signed out, for from now on a name opens these pictures and no paper. That a name is taken has to be said, and counts
as a wrong try: a thousand names are not asked for from one place.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from photoservice.db.database import Database, Session
from photoservice.errors import NameUnfit, SignInNeeded
from photoservice.persons.arriving import Admitted, Arrival, Arriving
from photoservice.persons.joining import Joining
from photoservice.persons.logins import Logins, read_name
from photoservice.persons.passwords import Passwords, refuse_weak
from photoservice.persons.sessions import How
from photoservice.throttle import Throttle

Credential = Callable[[Session, str], Awaitable[None]]
"""Keeps what a person will sign in with."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """Who wants to sign in from now on: a guest, or a person whose name was just minted; by which name, and how."""

    person: str
    name: str
    how: How
    keep: Credential


@dataclass(frozen=True, kw_only=True)
class SigningUp:
    """Makes accounts of guests."""

    database: Database
    logins: Logins
    passwords: Passwords
    throttle: Throttle
    arriving: Arriving
    joining: Joining

    async def by_password(self, name: str, password: str, arrival: Arrival) -> Admitted:
        """Let a guest, or somebody new, sign in by ``name`` and ``password`` from now on.

        Raises:
            NameUnfit: the name is none, or taken.
            PasswordUnfit: the password is not worth keeping.
            SignInNeeded: who was a guest signed up elsewhere meanwhile.
            Throttled: too many accounts were made, or names tried, from there.
        """
        chosen = read_name(name)
        refuse_weak(password, near=[chosen])
        person = arrival.guest or self.logins.persons.mint()
        hashed = await self.passwords.hash(person, password)

        async def keep(session: Session, person: str) -> None:
            await session.run("passwords.keep", person, hashed, self.joining.clock.now())

        return await self.by(Wish(person=person, name=chosen, how="password", keep=keep), arrival)

    async def by(self, wish: Wish, arrival: Arrival) -> Admitted:
        """Make somebody who signs in, as they wish.

        Raises:
            NameUnfit: the name is none, or taken.
            SignInNeeded: who was a guest signed up elsewhere meanwhile; or is none, and wants to be somebody there is.
            Throttled: too many accounts were made, or names tried, from there.
        """
        name, counts = read_name(wish.name), self.throttle.counts(arrival.source)
        admitted: Admitted | None = None
        async with self.database.begin() as session:
            await session.lock([self.throttle.lock_name(arrival.source), f"person:{wish.person}"])
            await self.throttle.refuse_resting(session, counts)
            if await session.value("logins.has_credentials", wish.person) is not (False if arrival.guest else None):
                raise SignInNeeded
            if await self.logins.find(session, name) is None:
                admitted = await self._become(session, wish, arrival)
            if admitted is None or arrival.guest is None:
                await self.throttle.note_wrong(session, counts)
        if admitted is None:
            raise NameUnfit("taken")
        return admitted

    async def _become(self, session: Session, wish: Wish, arrival: Arrival) -> Admitted:
        person = wish.person
        if arrival.guest is None:
            await self.logins.persons.make(session, language=arrival.language, name=person)
        await self.joining.keep(session, person)
        await self.logins.add(session, person, wish.name)
        await wish.keep(session, person)
        await session.run("logins.give_credentials", person, self.joining.clock.now())
        await session.run("logins.end_all", person)
        await self.arriving.records.note(session, person, "signed_up", how=wish.how)
        return await self.arriving.admit(session, person, wish.how, arrival)
