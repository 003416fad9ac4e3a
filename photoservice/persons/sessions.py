"""Sessions: a cookie's random token, kept as an HMAC, standing for one person in one browser.

A token is made anew whenever somebody proves who they are, so one that was planted before is worth nothing after
(session fixation). The CSRF token of a session follows from its token and is kept nowhere.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from photocore.seams import Clock, Entropy
from photoservice.db.database import Database, Session
from photoservice.keyring import Keyring

How = Literal["code", "password", "passkey", "mail", "recovery"]
"""What opened a session: an access code, or what somebody signs in with."""

PREFIX: Final = "tcs_"
TOKEN_BYTES: Final = 32
LONGEST_AGENT: Final = 200

_TOUCH_EVERY: Final = timedelta(minutes=10)
_CSRF_SYMBOLS: Final = 32


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """Somebody with a session. ``csrf`` is what each of their forms must bring along."""

    person: str
    session: bytes = field(repr=False)
    csrf: str = field(repr=False)
    how: How
    language: str
    is_guest: bool
    """Whether they have no way to sign in yet: all they have is an access code."""
    made_at: datetime
    proved_at: datetime
    unread: int = 0
    """Notices they have not seen yet, at most 100."""


@dataclass(frozen=True, kw_only=True)
class Sessions:
    """Opens, finds and ends sessions."""

    database: Database
    clock: Clock
    entropy: Entropy
    keyring: Keyring
    lives: timedelta
    guest_lives: timedelta

    async def open(self, session: Session, person: str, how: How, *, agent: str = "") -> str:
        """Open a session of ``person`` and return its token, which is told this once."""
        token, now = PREFIX + self.entropy.token(TOKEN_BYTES).hex(), self.clock.now()
        ends = now + (self.guest_lives if how == "code" else self.lives)
        await session.run("sessions.open", self.mac_of(token), person, how, agent[:LONGEST_AGENT], now, ends)
        return token

    async def find(self, session: Session, token: str) -> Visitor | None:
        """Return who ``token`` stands for; None when it is none, or over. Its end is put off from time to time."""
        if not token.startswith(PREFIX):
            return None
        now = self.clock.now()
        row = await session.row("sessions.find", self.mac_of(token), now)
        if row is None:
            return None
        if now - row["seen_at"] > _TOUCH_EVERY:
            lives = self.guest_lives if row["how"] == "code" else self.lives
            await session.run("sessions.touch", row["mac"], now, now + lives)
        return Visitor(
            person=row["person"],
            session=bytes(row["mac"]),
            csrf=self.keyring.mac("csrf", token).hex()[:_CSRF_SYMBOLS],
            how=row["how"],
            language=row["language"],
            is_guest=not row["has_credentials"],
            made_at=row["made_at"],
            proved_at=row["proved_at"],
            unread=row["unread"],
        )

    async def close(self, session: Session, visitor: Visitor) -> None:
        """End the session ``visitor`` came with."""
        await session.run("sessions.close", visitor.session)

    async def close_others(self, session: Session, visitor: Visitor) -> int:
        """End all other sessions of the same person; return how many those were."""
        return await session.run("sessions.close_others", visitor.person, visitor.session)

    def mac_of(self, token: str) -> bytes:
        """Return what stands for a session's token in the database."""
        return self.keyring.mac("session", token)
