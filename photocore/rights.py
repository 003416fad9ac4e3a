"""What a share lets a third party do, and for how long: pure rules, asked at every request (O16).

A right is given, never inferred from another, but for two that make no sense alone: whoever may take originals along
may take the small pictures, and whoever may pay may order. Seeing is what a share is; it is never taken off. Pictures
can be put into a sub-group only, since only that is a place; a roll's pictures are those of its film.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal, get_args

Right = Literal["view", "download_proxy", "download_original", "comment", "pick", "exchange", "order", "pay"]
Scope = Literal["account", "package", "roll", "sub_group", "selection"]

RIGHTS: Final[tuple[Right, ...]] = get_args(Right)
"""Every right, in the order in which people read them."""

SCOPES: Final[tuple[Scope, ...]] = get_args(Scope)

_BRINGS: Final[dict[Right, Right]] = {"download_original": "download_proxy", "pay": "order"}


class Standing(StrEnum):
    """How a share stands towards somebody who comes with its address."""

    OPEN = "open"
    REVOKED = "revoked"
    EXPIRED = "expired"
    FULL = "full"
    """As many people as its owner wanted have opened it; those may still."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a share's owner laid down. ``order_limit`` is in minor units of the owner's currency; None is no limit."""

    rights: frozenset[Right] = field(default_factory=lambda: frozenset[Right]({"view"}))
    order_limit: int | None = None
    view_limit: int | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def standing(self, now: datetime, *, views: int, is_known: bool) -> Standing:
        """Return how the share stands at ``now`` for somebody who opened it before (``is_known``), or did not.

        ``views`` is how many people have opened it. What was revoked stays revoked, whatever else it is.
        """
        if self.revoked_at is not None:
            return Standing.REVOKED
        if self.expires_at is not None and now >= self.expires_at:
            return Standing.EXPIRED
        if not is_known and self.view_limit is not None and views >= self.view_limit:
            return Standing.FULL
        return Standing.OPEN

    def allows(self, right: Right) -> bool:
        """Say whether the share gives ``right``."""
        return right in self.rights


def grant(wanted: Iterable[str], scope: Scope) -> frozenset[Right]:
    """Return the rights that are given where ``wanted`` are asked for; words that are no right of ours give nothing."""
    words = {"view", *wanted}
    asked: set[Right] = {right for right in RIGHTS if right in words}
    asked |= {brought for right, brought in _BRINGS.items() if right in asked}
    if scope != "sub_group":
        asked.discard("exchange")
    return frozenset(asked)


def in_order(rights: Collection[Right]) -> tuple[Right, ...]:
    """Return ``rights`` in the order in which people read them, each once."""
    return tuple(right for right in RIGHTS if right in rights)


def orders_up_to(terms: Terms, spent: int, price: int) -> bool:
    """Say whether an order of ``price`` may still be made when ``spent`` was ordered before; both in minor units."""
    if not terms.allows("order") or price < 0:
        return False
    return terms.order_limit is None or spent + price <= terms.order_limit
