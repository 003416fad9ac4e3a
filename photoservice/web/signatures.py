"""Requests signed by stations: RFC 9421 over method, target and Content-Digest, with the key enrolled for the station.

A station's clock may be a year off, and a replay is harmless since events are idempotent: ``created`` is measured and
never refused (the contract of /sync/v1). A revoked station is still heard: what it sends is parked, never dropped.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures.algorithms import ED25519  # pyright: ignore[reportPrivateImportUsage]
from http_message_signatures.exceptions import HTTPMessageSignaturesException
from http_message_signatures.resolvers import MappingKeyResolver
from http_message_signatures.signatures import HTTPMessageVerifier

from photoservice.db.database import Row
from photoservice.errors import Unproven
from photoservice.intake.examine import Sender
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest

CHALLENGE = "Signature"

_REQUIRED = ("@method", "@target-uri")


class _TimelessVerifier(HTTPMessageVerifier):
    max_clock_skew = timedelta(days=365 * 200)


@dataclass(frozen=True, kw_only=True)
class _Message:
    """A request as the verifier wants to see it."""

    method: str
    url: str
    headers: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class SignedBy:
    """Who signed a request."""

    sender: Sender
    is_revoked: bool


async def signer_of(request: AnyRequest, service: Photoservice, station: str) -> SignedBy:
    """Return the station that signed ``request``, which must be the one in its path.

    Raises:
        Unproven: unknown station, another's key, or a signature that does not fit.
    """
    body = await request.body()
    row = await service.database.row("stations.by_id", station)
    if row is None:
        raise _refused()
    created = _verify(_message(request, service.settings.public_url), station, row["public_key"], body)
    await _note_clock(service, row, created)
    sender = Sender(id=station, store=row["store"], role=row["role"], public_key=bytes(row["public_key"]))
    return SignedBy(sender=sender, is_revoked=row["revoked_at"] is not None)


async def live_signer_of(request: AnyRequest, service: Photoservice, station: str) -> Sender:
    """Return the station that signed, unless it was revoked.

    Raises:
        Unproven: as :func:`signer_of`, or its key was revoked.
    """
    signed = await signer_of(request, service, station)
    if signed.is_revoked:
        raise _refused()
    return signed.sender


def _message(request: AnyRequest, public_url: str | None) -> _Message:
    path = request.scope["raw_path"].decode("latin-1").partition("?")[0]
    query = request.scope["query_string"].decode("latin-1")
    base = public_url.rstrip("/") if public_url else f"{request.url.scheme}://{request.headers.get('host', '')}"
    return _Message(
        method=request.method,
        url=f"{base}{path}" + (f"?{query}" if query else ""),
        headers={name.title(): value for name, value in request.headers.items()},
    )


def _verify(message: _Message, station: str, public_key: bytes, body: bytes) -> int:
    keys: dict[str, Any] = {station: Ed25519PublicKey.from_public_bytes(public_key)}
    verifier: Any = _TimelessVerifier(
        signature_algorithm=ED25519,
        key_resolver=MappingKeyResolver(public_keys=keys, private_keys={}),
    )
    try:
        results = verifier.verify(message, max_age=None, require_components=_REQUIRED, body=body)
    except HTTPMessageSignaturesException as cause:
        raise _refused() from cause
    return int(results[0].parameters["created"])


async def _note_clock(service: Photoservice, row: Row, created: int) -> None:
    now = service.clock.now()
    skew = created - now.timestamp()
    service.metrics.skew.observe(abs(skew))
    if row["seen_at"] is None or (now - row["seen_at"]).total_seconds() > 30:
        async with service.database.begin() as session:
            await session.run("stations.seen", row["id"], now, skew)


def _refused() -> Unproven:
    """One answer for an unknown station, a wrong key and a revoked one."""
    return Unproven("The request is not signed by an enrolled station of this name.", challenge=CHALLENGE)
