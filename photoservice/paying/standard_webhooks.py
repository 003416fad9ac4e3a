"""Signed messages between services, as *Standard Webhooks* 1.0 has them (standardwebhooks.com): HMAC-SHA256, symmetric.

What is signed is ``<id>.<timestamp>.<body>``, so neither can be changed by itself and an old message cannot be sent
again for long; whoever keeps the IDs finds one that comes twice within that time. Pure.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from photoservice.paying.errors import WebhookForged

TOLERANCE: Final = timedelta(minutes=5)
"""How far its clock and ours may be apart, either way."""

SECRET_PREFIX: Final = "whsec_"  # noqa: S105  # how secrets begin when they are written down
_LONGEST_ID: Final = 200
_MOST_SIGNATURES: Final = 10


@dataclass(frozen=True, kw_only=True)
class WebhookSecret:
    """A secret that signs messages; written down it is ``whsec_`` and its bytes in base64."""

    key: bytes = field(repr=False)

    @property
    def text(self) -> str:
        """The secret as it is written down."""
        return SECRET_PREFIX + base64.b64encode(self.key).decode()

    def sign(self, event: str, body: bytes, at: datetime) -> dict[str, str]:
        """Return the headers that a message is sent with."""
        stamp = str(int(at.timestamp()))
        return {
            "webhook-id": event,
            "webhook-timestamp": stamp,
            "webhook-signature": self._signature(event, stamp, body),
        }

    def prove(self, headers: Mapping[str, str], body: bytes, now: datetime) -> str:
        """Return the ID of a message that this secret signed; header names are small.

        Raises:
            WebhookForged: it did not, or too long ago, or a header is missing.
        """
        event, stamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
        if not 0 < len(event) <= _LONGEST_ID or not event.isascii() or not event.isprintable():
            raise WebhookForged
        if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12):
            raise WebhookForged
        wanted = self._signature(event, stamp, body).encode()
        given = headers.get("webhook-signature", "").split()[:_MOST_SIGNATURES]
        if not [one for one in given if hmac.compare_digest(one.encode(errors="replace"), wanted)]:
            raise WebhookForged
        if abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
            raise WebhookForged
        return event

    def _signature(self, event: str, stamp: str, body: bytes) -> str:
        signed = b".".join((event.encode(), stamp.encode(), body))
        return "v1," + base64.b64encode(hmac.digest(self.key, signed, "sha256")).decode()


def read_secret(text: str) -> WebhookSecret:
    """Return the secret that is written down as ``text``.

    Raises:
        ValueError: it is none.
    """
    try:
        key = base64.b64decode(text.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as cause:
        raise ValueError("a webhook secret is whsec_ and base64") from cause
    if not 24 <= len(key) <= 64:
        raise ValueError("a webhook secret has 24 to 64 bytes")
    return WebhookSecret(key=key)
