"""All that is kept of a person, as they may take it along (S5; GDPR Art. 15 and 20): one JSON document.

What only lets somebody in is not in it: hashes, keys, codes, the marks of sessions and addresses of shares. Everything
else is, row by row as it is kept, and what is boxed is opened. A test holds the schema to this list.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from photocore.seams import Clock
from photoservice.accounts import Accounts
from photoservice.customers import Customer, tell_customer
from photoservice.db.database import Session
from photoservice.errors import Unknown
from photoservice.persons.logins import Logins
from photoservice.persons.persons import Persons
from photoservice.persons.profiles import Profile, Profiles

FORM: Final = "twincheck person 1"

_NO_JSON: Final = "[]"


class LoginTold(msgspec.Struct, frozen=True):
    """One name or address somebody signs in with."""

    kind: str
    text: str


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """The document. ``kept`` holds rows by what they are; ``files`` the name in the zip by a picture's ID."""

    form: str
    at: str
    person: str
    profile: Profile
    logins: tuple[LoginTold, ...]
    kept: Mapping[str, msgspec.Raw]
    cards: tuple[Customer, ...]
    files: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Exporting:
    """Tells a person all that is kept of them."""

    clock: Clock
    persons: Persons
    profiles: Profiles
    logins: Logins
    accounts: Accounts

    async def images(self, session: Session, person: str) -> Sequence[str]:
        """Return the pictures a person sees, roll by roll, frame by frame."""
        sight = await self.persons.sight(session, person)
        return [row["id"] for row in await session.rows("exporting.images", list(sight.rolls))]

    async def tell(self, session: Session, person: str, files: Mapping[str, str], *, known: Collection[str]) -> bytes:
        """Return the document; ``known`` are the versions of the privacy notice there ever were.

        Raises:
            Unknown: there is no such person.
        """
        if await session.row("persons.find", person) is None:
            raise Unknown("There is nobody to tell of.")
        kept = {
            row["name"]: msgspec.Raw((row["listed"] or _NO_JSON).encode())
            for row in await session.rows("exporting.rows", person)
        }
        tied = [row["account"] for row in await session.rows("exporting.accounts", person)]
        told = Person(
            form=FORM,
            at=self.clock.now().isoformat(timespec="seconds"),
            person=person,
            profile=await self.profiles.of(session, person),
            logins=tuple(LoginTold(one.kind, one.text) for one in await self.logins.of(session, person)),
            kept=kept,
            cards=tuple([await tell_customer(session, self.accounts, one, known=known) for one in tied]),
            files=files,
        )
        return msgspec.json.format(msgspec.json.encode(told), indent=1)
