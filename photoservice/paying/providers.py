"""Providers of payment pages: what one must be able to do, and what it tells (S4; docs/goods.md, "Paying").

A customer is sent to the provider's own page and types there what they pay with; no card number ever comes here. What
became of it the provider tells by a signed message, once or more often, in any order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from photocore.money import Money

TellingKind = Literal["paid", "failed", "expired", "refunded", "other"]
"""What a message tells; ``other`` is kept and changes nothing."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A payment page that is wanted: for so much, until ``expires_at``.

    ``checkout`` is our own name of it, under which a provider makes one page however often it is asked. The customer
    comes back to ``back``, whatever became of it. ``language`` is theirs, as in BCP 47, or empty.
    """

    checkout: str
    order: str
    money: Money
    back: str
    language: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class Page:
    """A payment page: the provider's name of it, and where it is."""

    reference: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Told:
    """What a provider told by one message: of which page, and which payment of how much.

    ``payment`` is the provider's name of the payment, or of the refund; ``key`` is our name of a refund, if it was
    ours. ``money`` (positive) is None where nothing moved.
    """

    kind: TellingKind
    reference: str = ""
    payment: str = ""
    money: Money | None = None
    key: str = ""


class Provider(Protocol):
    """One provider of payment pages, with its keys. Nothing here is called inside a transaction."""

    @property
    def name(self) -> str:
        """What it is called in addresses and in the database: small letters."""
        ...

    @property
    def origin(self) -> str:
        """Where its pages are, as an origin (RFC 6454): browsers are told that a form of ours may lead there."""
        ...

    async def begin(self, wanted: Wanted) -> Page:
        """Make a payment page, or return the one made for ``wanted.checkout`` before.

        Raises:
            NotReady: the provider does not answer.
        """
        ...

    def prove(self, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
        """Return the ID of a message whose signature is the provider's. Header names are small.

        Raises:
            WebhookForged: the signature is another's, or too old.
        """
        ...

    def understand(self, body: bytes) -> Told:
        """Return what a message tells that was proved before.

        Raises:
            Malformed: it is none of the provider's messages.
        """
        ...

    async def refund(self, reference: str, money: Money, key: str) -> str:
        """Give ``money`` (positive) back of what was paid on a page; once, however often it is asked under ``key``.

        Returns the provider's name of the refund.

        Raises:
            NotReady: the provider does not answer; to be asked again.
            RefundRefused: it will not; somebody has to look.
        """
        ...
