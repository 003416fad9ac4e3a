"""What people tell of themselves: name and postal addresses, boxed under their key; and where mail reaches them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec
from msgspec.structs import replace

from photoservice.db.database import Session
from photoservice.errors import Erased
from photoservice.persons.persons import Persons

LOGIN: Final = "login"
"""What boxes of ``people.login`` are about: the name or the mail address, as a JSON text."""

MOST_ADDRESSES: Final = 10

_PROFILE: Final = "profile"


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """Where a parcel goes, as people write it in their country; ``lines`` are street and number."""

    id: str
    name: str
    lines: tuple[str, ...]
    postcode: str = ""
    town: str = ""
    region: str = ""
    country: str = ""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What a person tells of themselves; the first address is where goods go unless they say otherwise."""

    name: str = ""
    addresses: tuple[Address, ...] = ()

    def address(self, name: str) -> Address | None:
        """Return the address called ``name``."""
        return next((one for one in self.addresses if one.id == name), None)

    def with_address(self, address: Address) -> "Profile":
        """Return the profile with ``address`` in the place of the one of the same name, or at the end."""
        if self.address(address.id) is None:
            return replace(self, addresses=(*self.addresses, address))
        return replace(self, addresses=tuple(address if one.id == address.id else one for one in self.addresses))

    def without_address(self, name: str) -> "Profile":
        """Return the profile without the address called ``name``."""
        return replace(self, addresses=tuple(one for one in self.addresses if one.id != name))

    def with_first(self, name: str) -> "Profile":
        """Return the profile with the address called ``name`` before the others."""
        return replace(self, addresses=tuple(sorted(self.addresses, key=lambda one: one.id != name)))


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

    async def change(self, session: Session, person: str, change: Callable[[Profile], Profile]) -> None:
        """Keep a profile as ``change`` makes it of the one that is kept; of two at once, one waits for the other.

        Raises:
            Erased: the person's key was destroyed.
        """
        await session.lock([f"profile:{person}"])
        profile = change(await self.of(session, person))
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
