"""Requests signed in short: half of a simulated hour went into the text form of RFC 9421, which a library writes.

While a world lives, its stations sign method, target, body and time with the same Ed25519 keys, in two headers of our
own, and the photoservice and the hubs verify that. A request changed on the road, another's key and another station's
path are refused as ever. The form itself is proven elsewhere: by the tests with real HTTP and foreign clients.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import photoservice.web.signatures
import store_hub.relay
import sync.signing
from photocore.errors import KeyMalformed, SignatureBroken
from photocore.keys import SigningKey, b64, unb64, verify
from photocore.seams import HttpRequest
from photocore.wire import request_digest
from photoservice.errors import Unproven

STAMP, SIGNATURE = "x-simulated-created", "x-simulated-signature"


class Message(Protocol):
    """A request as the photoservice's verifier sees it; header names in title case."""

    @property
    def method(self) -> str:
        """The method."""
        ...

    @property
    def url(self) -> str:
        """The whole address."""
        ...

    @property
    def headers(self) -> dict[str, str]:
        """The headers."""
        ...


def sign_short(request: HttpRequest, *, station: str, key: SigningKey, created: datetime) -> HttpRequest:
    """Return ``request`` signed, as :func:`sync.signing.sign_request` would."""
    stamp = str(int(created.timestamp()))
    text = _text(request.method, request.url, request.body, station, stamp)
    return replace(request, headers=request.headers | {STAMP: stamp, SIGNATURE: b64(key.sign(text))})


def is_signed_short(request: HttpRequest, *, station: str, public_key: bytes) -> bool:
    """Say whether ``station`` signed ``request``, as :func:`sync.signing.is_signed_by` would."""
    stamp, signature = request.headers.get(STAMP, ""), request.headers.get(SIGNATURE, "")
    return _fits(_text(request.method, request.url, request.body, station, stamp), signature, public_key)


def verify_short(message: Message, station: str, public_key: bytes, body: bytes) -> int:
    """Return when ``message`` was signed, in Unix seconds; raises Unproven when it was not by ``station``."""
    stamp, signature = message.headers.get(STAMP.title(), ""), message.headers.get(SIGNATURE.title(), "")
    if not _fits(_text(message.method, message.url, body, station, stamp), signature, public_key):
        raise Unproven("The request is not signed by an enrolled station of this name.", challenge="Signature")
    return int(stamp)


@contextmanager
def short_signatures() -> Generator[None]:
    """Let all who sign and verify requests in this process do it in short."""
    places = (
        (sync.signing, "sign_request", sign_short),
        (store_hub.relay, "is_signed_by", is_signed_short),
        (photoservice.web.signatures, "_verify", verify_short),
    )
    before = [getattr(module, name) for module, name, _ in places]
    for module, name, short in places:
        setattr(module, name, short)
    try:
        yield
    finally:
        for (module, name, _), long in zip(places, before, strict=True):
            setattr(module, name, long)


def _text(method: str, url: str, body: bytes, station: str, stamp: str) -> bytes:
    return "\n".join(("simulated request", method, url, request_digest(body), station, stamp)).encode()


def _fits(text: bytes, signature: str, public_key: bytes) -> bool:
    try:
        verify(public_key, unb64(signature), text)
    except (SignatureBroken, KeyMalformed):
        return False
    return True
