"""What people tell of themselves: name and postal addresses, boxed under their key; and where mail reaches them."""

from dataclasses import dataclass
from typing import Final

import msgspec

from photoservice.db.database import Session
from photoservice.errors import Erased
from photoservice.persons.persons import Persons

LOGIN: Final = "login"
"""What boxes of ``people.login`` are about: the name or the mail address, as a JSON text."""

_PROFILE: Final = "profile"


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """Where a parcel goes, as its country writes it: the lines in their order, the country by its ISO 3166 code."""

    label: str = ""
    name: str = ""
    lines: tuple[str, ...] = ()
    postcode: str = ""
    town: str = ""
    region: str = ""
    country: str = ""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What a person tells of themselves; the first address is where goods go unless they say otherwise."""

    name: str = ""
    addresses: tuple[Address, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Profiles:
    """Reads and keeps what people tell of themselves."""

    persons: Persons

    async def of(self, session: Session, person: str) -> Profile:
        """Return a person's profile; an empty one when there is none, or its key is gone."""
        box = await session.value("profiles.box", person)
        if box is None:
            return Profile()
        try:
            return msgspec.json.decode(await self.persons.unbox(session, person, _PROFILE, bytes(box)), type=Profile)
        except Erased:
            return Profile()

    async def keep(self, session: Session, person: str, profile: Profile) -> None:
        """Keep a profile in the place of the one before.

        Raises:
            Erased: the person's key was destroyed.
        """
        box = await self.persons.box(session, person, _PROFILE, profile)
        await session.run("profiles.keep", person, box, self.persons.clock.now())

    async def mail_of(self, session: Session, person: str) -> str:
        """Return the mail address a person proved is theirs; nothing when there is none."""
        box = await session.value("profiles.mail_box", person)
        if box is None:
            return ""
        try:
            return msgspec.json.decode(await self.persons.unbox(session, person, LOGIN, bytes(box)), type=str)
        except Erased:
            return ""
