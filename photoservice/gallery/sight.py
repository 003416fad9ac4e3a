"""Who asks for images, and what they may see: the one place where that is decided.

A lab or a retailer sees what it filed itself, and never learns that another filed of the same roll. The bearer of an
access code sees what stands of the rolls of that one registration, while the registration stands. Everything else is
the same 404, whether it is there or not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from photoservice.db.database import Row, Session
from photoservice.errors import NotForMakers
from photoservice.gallery.viewings import PREFIX, Viewings
from photoservice.tenants import TenantKeys

_FILED: Final = ("standing", "rival")
_SHOWN: Final = ("standing",)


@dataclass(frozen=True, kw_only=True)
class Sight:
    """What one asker may see: all that ``tenant`` filed; or, when that is None, what stands of ``rolls``."""

    tenant: str | None = None
    rolls: tuple[str, ...] = ()

    @property
    def states(self) -> Sequence[str]:
        """The states of images they may see; queries ask for these, and for ``tenant``."""
        return _SHOWN if self.tenant is None else _FILED

    def may_ask_of(self, roll: str) -> bool:
        """Say whether anything of ``roll`` may be told; a tenant's own images are found by its name."""
        return self.tenant is not None or roll in self.rolls

    def shows(self, image: Row) -> bool:
        """Say whether ``image``, a row with its roll, tenant and state, may be seen."""
        is_theirs = image["roll"] in self.rolls if self.tenant is None else image["tenant"] == self.tenant
        return is_theirs and image["state"] in self.states


@dataclass(frozen=True, kw_only=True)
class Askers:
    """Tells by the Authorization header who asks."""

    tenants: TenantKeys
    viewings: Viewings

    async def sight_of(self, session: Session, authorization: str | None) -> Sight:
        """Return what the bearer of a tenant's key, or of a viewing's token, may see.

        Raises:
            Unproven: neither, or one that has ended.
            NotForMakers: a maker's key.
        """
        token = bearer_of(authorization)
        if token.startswith(PREFIX):
            return Sight(rolls=await self.viewings.rolls_of(session, token))
        tenant = await self.tenants.whose(session, authorization)
        if tenant.kind == "maker":
            raise NotForMakers
        return Sight(tenant=tenant.id)


def bearer_of(authorization: str | None) -> str:
    """Return the token of an ``Authorization: Bearer`` header; nothing when it is none."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""
