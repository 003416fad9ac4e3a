"""What is to be answered once, soon: a link in a mail, a passkey's challenge, a code on paper. Kept as HMACs.

A passkey's challenge is asked for by whoever opens the sign-in page, so it is kept nowhere: it carries its time and our
HMAC, and only one that was answered is noted, so that it is not answered twice.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from photocore.seams import Clock, Entropy
from photoservice.db.database import Database, Row, Session
from photoservice.keyring import Keyring

ChallengeKind = Literal["sign_in_link", "mail_proof", "recovery", "card_proof", "spent"]

_NONCE: Final = 16
_MAC: Final = 32
_PASSKEY_LIVES: Final = timedelta(minutes=10)


@dataclass(frozen=True, kw_only=True)
class Challenges:
    """Makes what is to be answered, and takes each answer once."""

    database: Database
    clock: Clock
    entropy: Entropy
    keyring: Keyring

    async def make(
        self,
        session: Session,
        kind: ChallengeKind,
        secret: str,
        person: str | None,
        lives: timedelta,
        *,
        about: bytes = b"",
    ) -> None:
        """Wait for ``secret`` to be shown."""
        now = self.clock.now()
        await session.run("challenges.insert", self.mac(kind, secret), kind, person, about, now, now + lives)

    async def find(self, session: Session, kind: ChallengeKind, secret: str) -> Row | None:
        """Return what is still to be answered, and lock it."""
        return await session.row("challenges.find", self.mac(kind, secret), kind, self.clock.now())

    async def take(self, session: Session, kind: ChallengeKind, secret: str) -> Row | None:
        """Take the answer: it is worth nothing from now on."""
        return await session.row("challenges.take", self.mac(kind, secret), kind, self.clock.now())

    def mac(self, kind: ChallengeKind, secret: str) -> bytes:
        """Return what stands for a secret in the database."""
        return self.keyring.mac("challenge", kind, secret)

    def token(self) -> str:
        """Return a fresh secret of 256 bits for a link."""
        return self.entropy.token(_MAC).hex()

    def passkey(self, about: str) -> bytes:
        """Return a challenge for a passkey, for one use: signing in, or one person's new passkey."""
        head = int(self.clock.now().timestamp()).to_bytes(8, "big") + self.entropy.token(_NONCE)
        return head + self._sign(about, head)

    async def spend(self, session: Session, about: str, challenge: bytes) -> bool:
        """Say whether ``challenge`` is one of ours for that use, young, and answered for the first time."""
        head, said = challenge[:-_MAC], challenge[-_MAC:]
        if len(head) != 8 + _NONCE or not hmac.compare_digest(said, self._sign(about, head)):
            return False
        made = datetime.fromtimestamp(int.from_bytes(head[:8], "big"), UTC)
        now = self.clock.now()
        if not now - _PASSKEY_LIVES < made <= now:
            return False
        spent = (self.mac("spent", challenge.hex()), "spent", None, b"", now, now + _PASSKEY_LIVES)
        return bool(await session.run("challenges.insert", *spent))

    @property
    def _sign(self) -> Callable[[str, bytes], bytes]:
        return lambda about, head: self.keyring.mac("passkey challenge", about, head.hex())
