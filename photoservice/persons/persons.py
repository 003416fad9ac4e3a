"""People, and what is kept of them under a key of their own; what they may see follows from what they hold.

A person begins as a guest, when somebody opens an access code, and becomes somebody who signs in when they choose a
way to. Deleting the row of a person's key makes their name, addresses and mail unreadable; nothing else personal is
kept in clear but what they wrote on pictures, and that goes with them.
"""

from dataclasses import dataclass
from typing import Final

import msgspec

from photocore.crockford import mint
from photocore.seams import Clock, Entropy
from photoservice.access import CODE_LIVES_FOR
from photoservice.db.database import Row, Session
from photoservice.errors import Erased
from photoservice.gallery.sight import Sight
from photoservice.keyring import Keyring, lock_away, take_out

_KEY_BYTES: Final = 32
_NAME_SYMBOLS: Final = 15


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A roll that a person may see: by which registration they hold, and of which package, if it has one."""

    roll: str
    package: str
    registration: str
    """The registration's number, as on its receipt."""
    station: str
    claim: str


@dataclass(frozen=True, kw_only=True)
class Persons:
    """Makes and finds people."""

    clock: Clock
    entropy: Entropy
    keyring: Keyring

    def mint(self) -> str:
        """Return a name for a person who is about to be made (``P-...``)."""
        return "P-" + mint(self.entropy, _NAME_SYMBOLS)

    async def make(self, session: Session, *, language: str = "", name: str = "") -> str:
        """Make a guest, by a fresh ``name`` or one that was minted before, and return who they are."""
        person, key = name or self.mint(), self.entropy.token(_KEY_BYTES)
        wrapped = lock_away(self.keyring.wrap, key, about=_about(person), entropy=self.entropy)
        await session.run("persons.insert", person, self.clock.now(), language)
        await session.run("persons.insert_key", person, wrapped)
        return person

    async def shown(self, session: Session, person: str) -> tuple[Shown, ...]:
        """Return the rolls whose images ``person`` may see now, in the order of their IDs (docs/my-pictures.md)."""
        rows = await session.rows("persons.rolls", person, self.clock.now() - CODE_LIVES_FOR)
        return tuple(_shown(row) for row in rows)

    async def sight(self, session: Session, person: str) -> Sight:
        """Return what ``person`` may see now."""
        return Sight(rolls=tuple(shown.roll for shown in await self.shown(session, person)))

    async def box(self, session: Session, person: str, about: str, personal: msgspec.Struct | str) -> bytes:
        """Return something personal, encrypted under the person's key; ``about`` binds it to its place.

        Raises:
            Erased: the person's key was destroyed.
        """
        key = await self._key(session, person)
        return lock_away(key, msgspec.json.encode(personal), about=f"{about} {person}", entropy=self.entropy)

    async def unbox(self, session: Session, person: str, about: str, box: bytes) -> bytes:
        """Return the JSON text that :meth:`box` locked away.

        Raises:
            Erased: the person's key was destroyed, or these are not its bytes.
        """
        return take_out(await self._key(session, person), box, about=f"{about} {person}")

    async def _key(self, session: Session, person: str) -> bytes:
        wrapped = await session.value("persons.key", person)
        if wrapped is None:
            raise Erased(f"the person {person} has no key any more")
        return take_out(self.keyring.wrap, bytes(wrapped), about=_about(person))


def _about(person: str) -> str:
    return f"key {person}"


def _shown(row: Row) -> Shown:
    package = row["subject"] if row["subject"] != row["roll"] else row["root"]
    return Shown(
        roll=row["roll"],
        package=package,
        registration=row["number"],
        station=row["station"],
        claim=row["claim"],
    )
