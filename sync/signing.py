"""Sign a station's requests (RFC 9421, Ed25519) over method, target and content (RFC 9530); verify them at a hub.

The signature names the station and says when it was made; the photoservice measures the skew but refuses nobody for
it, since a till's clock may be a year off and a replayed batch is harmless.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol, cast

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from http_message_signatures.algorithms import ED25519  # pyright: ignore[reportPrivateImportUsage]
from http_message_signatures.exceptions import HTTPMessageSignaturesException
from http_message_signatures.resolvers import HTTPSignatureKeyResolver, MappingKeyResolver
from http_message_signatures.signatures import HTTPMessageSigner, HTTPMessageVerifier

from photocore.keys import SigningKey
from photocore.seams import HttpRequest

LABEL = "sig1"
COVERED = ("@method", "@target-uri")


@dataclass
class _Message:
    """The shape the signing library reads and writes."""

    method: str
    url: str
    headers: dict[str, str]


class _Signer(Protocol):
    """The one verb we use of the library's signer, in full types."""

    def sign(
        self,
        message: _Message,
        *,
        key_id: str,
        created: datetime,
        label: str,
        covered_component_ids: Sequence[str],
        body: bytes | None,
    ) -> None: ...


class _OneKey(HTTPSignatureKeyResolver):
    def __init__(self, key: SigningKey) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(key.seed)

    def resolve_private_key(self, key_id: str) -> Ed25519PrivateKey:
        return self._key

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey:
        return self._key.public_key()


def sign_request(request: HttpRequest, *, station: str, key: SigningKey, created: datetime) -> HttpRequest:
    """Return ``request`` with ``content-digest`` (when it has a body), ``signature-input`` and ``signature``."""
    message = _Message(method=request.method, url=request.url, headers=dict(request.headers))
    signer = cast("_Signer", HTTPMessageSigner(signature_algorithm=ED25519, key_resolver=_OneKey(key)))
    signer.sign(
        message,
        key_id=station,
        created=created,
        label=LABEL,
        covered_component_ids=COVERED,
        body=request.body or None,
    )
    headers = {name.lower(): value for name, value in message.headers.items()}
    return HttpRequest(method=request.method, url=request.url, headers=headers, body=request.body)


class _TimelessVerifier(HTTPMessageVerifier):
    """Refuses nobody for a wrong clock (docs/adr/0010)."""

    max_clock_skew = timedelta(days=365 * 200)


def is_signed_by(request: HttpRequest, *, station: str, public_key: bytes) -> bool:
    """Say whether ``station`` signed ``request`` with the key whose public half is ``public_key``."""
    keys: dict[str, Any] = {station: Ed25519PublicKey.from_public_bytes(public_key)}
    resolver = MappingKeyResolver(public_keys=keys, private_keys={})
    verifier: Any = _TimelessVerifier(signature_algorithm=ED25519, key_resolver=resolver)
    message = _Message(method=request.method, url=request.url, headers=dict(request.headers))
    try:
        verifier.verify(message, max_age=None, require_components=COVERED, body=request.body)
    except HTTPMessageSignaturesException:
        return False
    return True
