"""Files of sales that are sent over HTTP: who may, and by which name a delivery is known.

Two ways, either by a secret that both sides know (``secrets`` of the source, the newest first)::

    Authorization: Bearer <secret>
    X-Twincheck-Signature: sha256=<hex of HMAC-SHA256 of the raw body by the secret>

The hash of the body is its name, so one that is sent again, by whomever and whenever, is the same one: a time in the
signature would keep out nothing.
"""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

from pos_bridge.errors import NotGenuine
from pos_bridge.settings import SourceSettings

SIGNATURE: Final = "x-twincheck-signature"


def posted_key(body: bytes, headers: Mapping[str, str], source: SourceSettings) -> str:
    """Return the name of a posted file. ``headers`` are in lower case.

    Raises:
        NotGenuine: its sender does not know the secret, or the source has none.
    """
    secrets = [secret.encode() for secret in source.secrets if secret]
    signature, bearer = headers.get(SIGNATURE, ""), headers.get("authorization", "")
    if signature:
        offered = signature.removeprefix("sha256=").lower().encode(errors="replace")
        fits = [hmac.compare_digest(hmac.digest(key, body, "sha256").hex().encode(), offered) for key in secrets]
    else:
        scheme, _, token = bearer.partition(" ")
        offered = token.strip().encode(errors="replace") if scheme.lower() == "bearer" else b""
        fits = [hmac.compare_digest(key, offered) for key in secrets]
    if not any(fits):
        raise NotGenuine("a file without a good secret or signature")
    return f"sha256-{hashlib.sha256(body).hexdigest()}"
