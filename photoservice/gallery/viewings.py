"""A viewing: a token that shows the images of one registration, for some hours, instead of its access code.

The code is shown once, under the throttle of all who show codes; then the token goes with every request. It is kept as
an HMAC, and worth no more than the code that opened it: where that is replaced, voided or too old, or its registration
does not stand, the token shows nothing either, from that moment on.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from photocore.seams import Clock, Entropy
from photoservice.access import AccessCodes
from photoservice.db.database import Database, Session
from photoservice.errors import Unproven
from photoservice.keyring import Keyring
from photoservice.tenants import CHALLENGE
from photoservice.throttle import Source

PREFIX: Final = "tcv_"
TOKEN_BYTES: Final = 32


@dataclass(frozen=True, kw_only=True)
class Viewing:
    """A viewing as it is handed out."""

    token: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Viewings:
    """Opens, reads and ends viewings."""

    database: Database
    clock: Clock
    entropy: Entropy
    keyring: Keyring
    access_codes: AccessCodes
    lives: timedelta

    async def open(self, code: str, source: Source) -> Viewing:
        """Return a viewing of the registration that the access ``code`` opens.

        Raises:
            AccessRefused: none, for whatever reason.
            Throttled: too many wrong tries.
        """
        await self.access_codes.look_up(code, source)
        now = self.clock.now()
        viewing = Viewing(token=PREFIX + self.entropy.token(TOKEN_BYTES).hex(), expires_at=now + self.lives)
        async with self.database.begin() as session:
            mac = self._mac(viewing.token)
            await session.run("viewings.open", mac, self.access_codes.mac_of(code), now, viewing.expires_at)
        return viewing

    async def rolls_of(self, session: Session, token: str) -> tuple[str, ...]:
        """Return the rolls whose images ``token`` shows now.

        Raises:
            Unproven: no viewing, or one that has ended.
        """
        code = await session.value("viewings.code", self._mac(token), self.clock.now())
        rolls = None if code is None else await self.access_codes.shown_by(session, bytes(code))
        if rolls is None:
            raise _ended()
        return rolls

    async def close(self, session: Session, token: str) -> None:
        """End the viewing of ``token``.

        Raises:
            Unproven: there is none, or it has ended.
        """
        if not await session.run("viewings.close", self._mac(token), self.clock.now()):
            raise _ended()

    def _mac(self, token: str) -> bytes:
        return self.keyring.mac("viewing", token)


def _ended() -> Unproven:
    return Unproven(
        "This viewing is over. Open another with the access code: POST /viewings.",
        challenge=CHALLENGE + ', error="invalid_token"',
    )
