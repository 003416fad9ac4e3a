"""The address of a share: 128 bits that nobody can guess, made from the service's own key and never kept.

``/s/<token>``: the token is an HMAC of the share's ID and of how many addresses it has had. So its owner can be shown
it again, a thief of the database cannot, and a new address makes the old one open nothing. What the database keeps is
an HMAC of the token, to find it by.
"""

import re
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from typing import Final

from photoservice.keyring import Keyring

PLACE: Final = "/s/"

_TOKEN_BYTES: Final = 16
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Makes the addresses of shares, and what they are found by."""

    keyring: Keyring

    def path(self, share: str, links: int) -> str:
        """Return the address of ``share`` after ``links`` of them, a path."""
        return PLACE + self._token(share, links)

    def mac(self, share: str, links: int) -> bytes:
        """Return what the database keeps of that address."""
        return self._mac(self._token(share, links))

    def mac_of(self, token: str) -> bytes | None:
        """Return what the database keeps of an address that somebody came with; None when it is none of ours."""
        return self._mac(token) if _TOKEN.fullmatch(token) else None

    def _token(self, share: str, links: int) -> str:
        token = self.keyring.mac("share address", share, str(links))[:_TOKEN_BYTES]
        return urlsafe_b64encode(token).rstrip(b"=").decode()

    def _mac(self, token: str) -> bytes:
        return self.keyring.mac("share", token)
