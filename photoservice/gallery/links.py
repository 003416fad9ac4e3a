"""Short addresses of renditions, for whatever cannot send a token: an ``img`` on a page, a friend's chat.

``/i/{image}/{tier}?x=<expiry>&s=<signature>``, and ``/e/{image}/{tier}?d=<edit>&x=..&s=..`` for an edited picture: who
has the address has the picture, until ``x``. The expiry is rounded up to a step, so that a page that is loaded again
names the same address and the browser shows what it kept. Nothing of an address is kept; it is signed under the pepper
(``Keyring.mac``).
"""

import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import timedelta
from math import ceil
from typing import Final

from photocore.seams import Clock
from photoservice.errors import Unknown
from photoservice.keyring import Keyring

STEPS: Final = 2
"""An address lives from once to one and a half times as long as it must: the step is half of that."""

_SIGNATURE_BYTES: Final = 16
_EXPIRY: Final = re.compile("[1-9][0-9]{0,11}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Links:
    """Makes and reads short addresses."""

    keyring: Keyring
    clock: Clock
    lives: timedelta

    def link(self, image: str, tier: str, edit: str = "") -> str:
        """Return the address of a rendition, a path with its query; ``edit`` is as ``photocore/edit_codes.py`` says."""
        step = max(1, int(self.lives.total_seconds()) // STEPS)
        expiry = ceil((self.clock.now() + self.lives).timestamp() / step) * step
        if edit:
            return f"/e/{image}/{tier}?d={edit}&x={expiry}&s={self._sign(image, tier, str(expiry), edit)}"
        return f"/i/{image}/{tier}?x={expiry}&s={self._sign(image, tier, str(expiry))}"

    def left_s(self, image: str, tier: str, edit: str = "", *, expiry: str, signature: str) -> int:
        """Return how many seconds an address that was shown to us is still good for.

        Raises:
            Unknown: it is not one of ours, or it is over.
        """
        parts = (image, tier, expiry, edit) if edit else (image, tier, expiry)
        is_ours = hmac.compare_digest(self._sign(*parts).encode(), signature.encode(errors="replace"))
        left = int(expiry) - self.clock.now().timestamp() if is_ours and _EXPIRY.fullmatch(expiry) else 0
        if left <= 0:
            raise Unknown("There is no picture at this address; perhaps its time is over. Open the page again.")
        return int(left)

    def _sign(self, *parts: str) -> str:
        mac = self.keyring.mac("image-link", *parts)[:_SIGNATURE_BYTES]
        return urlsafe_b64encode(mac).rstrip(b"=").decode()
