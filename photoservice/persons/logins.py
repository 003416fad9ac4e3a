"""What people sign in with: a name they chose, or a mail address they proved. Both are found by an HMAC.

A name is read by NFKC and without regard to capitals, so that nobody takes one that looks the same on another keyboard;
what turns or hides text is refused. The name as it was written is boxed under the person's key.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

import msgspec

from photoservice.db.database import Session
from photoservice.errors import Erased, NameUnfit
from photoservice.keyring import Keyring
from photoservice.persons.persons import Persons
from photoservice.persons.profiles import LOGIN

LoginKind = Literal["name", "mail"]

SHORTEST_NAME: Final = 3
LONGEST_NAME: Final = 60
LONGEST_MAIL: Final = 254
"""RFC 5321, 4.5.3.1.3, less the brackets."""

_MAIL: Final = re.compile(
    r"[^\s@<>()\[\],;:\\\"]{1,64}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}"
)
_BESIDE_LETTERS: Final = " .-_'’·"


@dataclass(frozen=True, kw_only=True)
class Login:
    """One name or address a person signs in with, as they wrote it."""

    kind: LoginKind
    text: str
    made_at: datetime


@dataclass(frozen=True, kw_only=True)
class Found:
    """Whom a name signs in, and what is kept of their password."""

    person: str
    password: str | None


def read_name(text: str) -> str:
    """Return a name as it is kept.

    Raises:
        NameUnfit: ``short``, ``long``, or ``signs``: it holds what is neither letter nor digit, or an ``@``.
    """
    name = " ".join(unicodedata.normalize("NFKC", text).split())
    if len(name) > LONGEST_NAME:
        raise NameUnfit("long")
    if not all(sign in _BESIDE_LETTERS or unicodedata.category(sign)[0] in "LMN" for sign in name):
        raise NameUnfit("signs")
    if sum(unicodedata.category(sign)[0] in "LN" for sign in name) < SHORTEST_NAME:
        raise NameUnfit("short")
    return name


def read_mail(text: str) -> str:
    """Return a mail address in the one form we keep: small letters, its domain in ASCII.

    Raises:
        NameUnfit: ``mail``: it is none that mail could reach.
    """
    local, _, domain = unicodedata.normalize("NFKC", text.strip()).rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode() if domain else ""
    except UnicodeError as cause:
        raise NameUnfit("mail") from cause
    address = f"{local}@{ascii_domain}".lower()
    if len(address) > LONGEST_MAIL or not _MAIL.fullmatch(address) or not address.isprintable():
        raise NameUnfit("mail")
    return address


@dataclass(frozen=True, kw_only=True)
class Logins:
    """Finds people by what they sign in with, and keeps it."""

    persons: Persons
    keyring: Keyring

    def key_of(self, text: str) -> str:
        """Return the one form of what somebody typed to sign in with; nonsense stays nonsense, and is found nowhere."""
        try:
            return f"mail {read_mail(text)}" if "@" in text else f"name {read_name(text).casefold()}"
        except NameUnfit:
            return f"none {text}"

    async def find(self, session: Session, text: str) -> Found | None:
        """Return whom ``text`` signs in, or None."""
        row = await session.row("logins.find", self._lookup(self.key_of(text)))
        return None if row is None else Found(person=row["person"], password=row["hash"])

    def mac_of(self, text: str) -> bytes:
        """Return what stands for a name or an address, whether anybody signs in by it or not; it finds nobody."""
        return self.keyring.mac("share to", self.key_of(text))

    async def add(self, session: Session, person: str, text: str) -> None:
        """Let ``person`` sign in by a name, or by a mail address that was proved.

        Raises:
            NameUnfit: it is none, or ``taken``.
        """
        kind: LoginKind = "mail" if "@" in text else "name"
        kept = read_mail(text) if kind == "mail" else read_name(text)
        box = await self.persons.box(session, person, LOGIN, kept)
        lookup, now = self._lookup(self.key_of(text)), self.persons.clock.now()
        if not await session.run("logins.insert", lookup, person, kind, box, now):
            raise NameUnfit("taken")

    async def rename(self, session: Session, person: str, text: str) -> None:
        """Give a person another name to sign in with, in the place of the one before.

        Raises:
            NameUnfit: it is none, or ``taken``; then the old one stays.
        """
        kept = read_name(text)
        found = await self.find(session, kept)
        if found is not None and found.person != person:
            raise NameUnfit("taken")
        await session.run("logins.remove_kind", person, "name")
        await self.add(session, person, kept)

    async def remove_mail(self, session: Session, person: str, address: str) -> bool:
        """Take a mail address back; return whether it was theirs."""
        return bool(await session.run("logins.remove", self._lookup(self.key_of(address)), person))

    async def of(self, session: Session, person: str) -> tuple[Login, ...]:
        """Return what a person signs in with, the oldest first."""
        found: list[Login] = []
        for row in await session.rows("logins.of_person", person):
            try:
                text = msgspec.json.decode(
                    await self.persons.unbox(session, person, LOGIN, bytes(row["box"])), type=str
                )
            except Erased:
                continue
            found.append(Login(kind=row["kind"], text=text, made_at=row["made_at"]))
        return tuple(found)

    def _lookup(self, key: str) -> bytes:
        return self.keyring.mac("login", key)
