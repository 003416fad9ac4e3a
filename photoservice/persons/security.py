"""What keeps a person's account: name, mail addresses, password, passkeys, recovery codes; and changing them.

Whoever changes any of it proved themselves within the last quarter of an hour (the routes see to that), everybody else
is signed out when a password is changed, and one way to sign in always stays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from photocore.seams import Clock
from photoservice.db.database import Database, Session
from photoservice.errors import Unknown
from photoservice.persons.devices import Device, devices_of
from photoservice.persons.entrance import Entrance
from photoservice.persons.logins import Login
from photoservice.persons.passwords import Passwords, refuse_weak
from photoservice.persons.sessions import Sessions, Visitor


@dataclass(frozen=True, kw_only=True)
class PasskeyKept:
    """One passkey of a person; ``id`` names it in a form."""

    id: str
    name: str
    made_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Kept:
    """All that a person signs in with, and where they are signed in."""

    name: str
    mails: tuple[str, ...]
    password_since: datetime | None
    passkeys: tuple[PasskeyKept, ...]
    codes_left: int
    devices: tuple[Device, ...]

    @property
    def has_way_back(self) -> bool:
        """Whether they come back when they lose what they sign in with most."""
        return bool(self.codes_left or self.mails or len(self.passkeys) > 1)


@dataclass(frozen=True, kw_only=True)
class Security:
    """Shows and changes what keeps an account."""

    database: Database
    clock: Clock
    entrance: Entrance
    passwords: Passwords
    sessions: Sessions

    async def of(self, session: Session, visitor: Visitor) -> Kept:
        """Return what the person who visits signs in with, and where."""
        logins: Sequence[Login] = await self.entrance.logins.of(session, visitor.person)
        password = await session.row("passwords.of_person", visitor.person)
        return Kept(
            name=next((one.text for one in logins if one.kind == "name"), ""),
            mails=tuple(one.text for one in logins if one.kind == "mail"),
            password_since=password["changed_at"] if password else None,
            passkeys=await self._passkeys(session, visitor.person),
            codes_left=await self.entrance.recovery.left(session, visitor.person),
            devices=await devices_of(session, self.clock, visitor),
        )

    async def choose_password(self, visitor: Visitor, password: str) -> None:
        """Keep a new password, and sign out everybody but the browser it was chosen in.

        Raises:
            PasswordUnfit: it is not worth keeping.
        """
        async with self.database.begin() as session:
            logins = await self.entrance.logins.of(session, visitor.person)
        refuse_weak(password, near=[one.text for one in logins])
        hashed, now = await self.passwords.hash(visitor.person, password), self.clock.now()
        async with self.database.begin() as session:
            await session.run("passwords.keep", visitor.person, hashed, now)
            await self.sessions.close_others(session, visitor)
            await session.run("challenges.drop_kind", visitor.person, "sign_in_link")
            await self.entrance.records.note(session, visitor.person, "password_changed")
            key = f"password:{now.isoformat(timespec='seconds')}"
            await self.entrance.arriving.notices.tell(session, visitor.person, "password_changed", key, {})

    async def remove_passkey(self, session: Session, visitor: Visitor, passkey: str) -> bool:
        """Take a passkey back; return whether it was taken: the last way to sign in stays.

        Raises:
            Unknown: it is none of theirs.
        """
        await session.lock([f"person:{visitor.person}"])
        kept = await self._passkeys(session, visitor.person)
        if passkey not in {one.id for one in kept}:
            raise Unknown("There is no such passkey of yours.")
        if len(kept) == 1 and await session.row("passwords.of_person", visitor.person) is None:
            return False
        await session.run("passkeys.remove", bytes.fromhex(passkey), visitor.person)
        await self.entrance.records.note(session, visitor.person, "passkey_removed")
        return True

    async def _passkeys(self, session: Session, person: str) -> tuple[PasskeyKept, ...]:
        rows = await session.rows("passkeys.of_person", person)
        return tuple(
            PasskeyKept(id=bytes(row["id"]).hex(), name=row["name"], made_at=row["made_at"], used_at=row["used_at"])
            for row in rows
        )
