"""The provider that ships with the product: a payment page of our own, for trials and tests. No money moves.

It behaves as providers do: its page stands at another path and knows the order by nothing but its reference, and what
became of a payment is told by signed messages only, to the same door as a real one's. It keeps nothing: its names
follow from ours by a secret, so that asking twice makes one page, one payment and one refund.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from urllib.parse import urlsplit

import msgspec

from photocore.errors import MoneyMalformed
from photocore.jsontext import read_json
from photocore.money import Money
from photocore.seams import Clock
from photoservice.errors import Malformed
from photoservice.keyring import Keyring
from photoservice.paying.providers import Page, TellingKind, Told, Wanted
from photoservice.paying.standard_webhooks import WebhookSecret

NAME: Final = "virtual"


class _About(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a message is about."""

    page: str
    payment: str = ""
    minor: int = 0
    currency: str = ""
    key: str = ""


class _Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it is sent (Standard Webhooks: type, timestamp, data)."""

    type: str
    timestamp: str
    data: _About


_KINDS: Final[Mapping[str, TellingKind]] = {
    "page.paid": "paid",
    "page.declined": "failed",
    "page.expired": "expired",
    "refund.done": "refunded",
}


@dataclass(frozen=True, kw_only=True)
class VirtualProvider:
    """The provider; ``address`` is where its pages are."""

    address: str
    clock: Clock
    keyring: Keyring
    name: str = NAME

    @property
    def secret(self) -> WebhookSecret:
        """What its messages are signed with."""
        return WebhookSecret(key=self.keyring.mac("virtual provider", "webhooks"))

    @property
    def origin(self) -> str:
        """Where its pages are."""
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"

    async def begin(self, wanted: Wanted) -> Page:
        """Make a payment page."""
        reference = self._name("VC", wanted.checkout)
        return Page(reference=reference, url=f"{self.address}/pay/virtual/{reference}")

    def prove(self, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
        """Return a message's ID; raises WebhookForged."""
        return self.secret.prove(headers, body, now)

    def understand(self, body: bytes) -> Told:
        """Return what a message tells; raises Malformed."""
        said = read_json(body, _Message)
        kind = _KINDS.get(said.type, "other")
        about = said.data
        try:
            money = Money(minor=about.minor, currency=about.currency) if about.currency else None
        except MoneyMalformed as cause:
            raise Malformed("The message tells of no amount.") from cause
        if kind in ("paid", "refunded") and (money is None or money.minor <= 0 or not about.payment):
            raise Malformed("The message tells of no payment.")
        return Told(kind=kind, reference=about.page, payment=about.payment, money=money, key=about.key)

    async def refund(self, reference: str, money: Money, key: str) -> str:
        """Give back what never came."""
        return self._name("VR", reference, key, str(money.minor), money.currency)

    def message(
        self, kind: Literal["page.paid", "page.declined"], reference: str, money: Money
    ) -> tuple[dict[str, str], bytes]:
        """Return what is told when somebody pays or declines on a page: the headers, and the body they sign."""
        now = self.clock.now()
        payment = self._name("VP", reference)
        about = _About(page=reference, payment=payment, minor=money.minor, currency=money.currency)
        body = msgspec.json.encode(_Message(type=kind, timestamp=now.isoformat(), data=about))
        return self.secret.sign(self._name("msg", reference, kind), body, now), body

    def _name(self, prefix: str, *parts: str) -> str:
        return f"{prefix}_{self.keyring.mac('virtual provider', prefix, *parts).hex()[:32]}"
