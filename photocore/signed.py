"""A message signed as the very text that is sent.

The signature covers bytes, not a re-encoded value: a newer party may add a field, and an older one that does not know
it still verifies what it got. Each kind of message has its own domain, so that none can be passed off as another.
"""

from typing import Annotated, Literal, TypeVar

import msgspec

from photocore.chain import digest
from photocore.errors import EventMalformed, KeyMalformed, SignatureBroken
from photocore.events import Base64, Hex16
from photocore.jsontext import read_json
from photocore.keys import SigningKey, b64, key_id, unb64, verify

Domain = Literal["ack", "roster", "package", "welcome", "news", "parcel", "order", "order_address"]
Shape = TypeVar("Shape", bound=msgspec.Struct)


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """``text`` is a JSON message, ``key`` names the Ed25519 key whose signature over it is ``sig``."""

    text: Annotated[str, msgspec.Meta(max_length=64_000_000)]
    key: Hex16
    sig: Base64


def sign(domain: Domain, message: msgspec.Struct, key: SigningKey) -> Signed:
    """Return ``message`` as text, signed by ``key``."""
    return sign_text(domain, msgspec.json.encode(message).decode(), key)


def sign_text(domain: Domain, text: str, key: SigningKey) -> Signed:
    """Return a message that is written already, signed by ``key``; the same text makes the same signature."""
    return Signed(text=text, key=key_id(key.public), sig=b64(key.sign(_bytes(domain, text))))


def read_signed(domain: Domain, signed: Signed, public: bytes, shape: type[Shape]) -> Shape:
    """Return the message in ``signed``, which the holder of ``public`` must have signed as this kind of message.

    Raises:
        SignatureBroken: another key, another text, or another domain.
        EventMalformed: rightly signed, and yet not of this shape.
    """
    if signed.key != key_id(public):
        raise SignatureBroken(f"signed by key {signed.key}, not by the pinned one")
    try:
        signature = unb64(signed.sig, length=64)
    except KeyMalformed as cause:
        raise SignatureBroken("no readable signature") from cause
    verify(public, signature, _bytes(domain, signed.text))
    return read_json(signed.text.encode(), shape)


def read_signed_text(domain: Domain, text: bytes, public: bytes, shape: type[Shape]) -> Shape:
    """Return the message in ``text``, the JSON of a :class:`Signed`. Raises as :func:`read_signed`."""
    return read_signed(domain, read_json(text, Signed), public, shape)


def _bytes(domain: Domain, text: str) -> bytes:
    try:
        return bytes.fromhex(digest(domain, text.encode()))
    except UnicodeEncodeError as cause:
        raise EventMalformed("a text that is no Unicode") from cause
