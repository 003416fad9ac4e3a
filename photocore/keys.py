"""Ed25519 signing keys and X25519 sealing keys, as raw 32-byte values with base64 texts.

A thin typed face over ``cryptography``: the rest of the house signs, verifies, seals and opens without knowing the
library, and a key is named everywhere by the same short ``key_id``.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from functools import cached_property, lru_cache

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from photocore.errors import KeyMalformed, SealBroken, SignatureBroken

_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)  # RFC 9180


def b64(data: bytes) -> str:
    """Return standard base64 text with padding."""
    return base64.b64encode(data).decode()


def unb64(text: str, *, length: int | None = None) -> bytes:
    """Return the bytes of strict base64 ``text``.

    Raises:
        KeyMalformed: not base64, or not ``length`` bytes.
    """
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as cause:
        raise KeyMalformed("not base64") from cause
    if length is not None and len(data) != length:
        raise KeyMalformed(f"{length} bytes wanted, {len(data)} given")
    return data


def key_id(public: bytes) -> str:
    """Return the short public name of a key: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True, repr=False)
class SigningKey:
    """An Ed25519 private key (32-byte seed)."""

    seed: bytes

    @property
    def public(self) -> bytes:
        """The 32-byte public half."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature of ``message``."""
        return self._key.sign(message)

    @cached_property
    def _key(self) -> Ed25519PrivateKey:
        """The library's own key: making it costs as much as a signature."""
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    def __repr__(self) -> str:
        return f"SigningKey({key_id(self.public)})"


def verify(public: bytes, signature: bytes, message: bytes) -> None:
    """Check an Ed25519 signature.

    Raises:
        SignatureBroken: the signature is not ``public``'s over ``message``.
    """
    try:
        _verifying_public(public).verify(signature, message)
    except (InvalidSignature, ValueError) as cause:
        raise SignatureBroken(f"not signed by key {key_id(public)}") from cause


@lru_cache(maxsize=1024)
def _verifying_public(public: bytes) -> Ed25519PublicKey:
    """Return the library's own key: a station's stands behind a whole batch, and making it costs a third of a check.

    Raises:
        ValueError: it is none.
    """
    return Ed25519PublicKey.from_public_bytes(public)


@dataclass(frozen=True, kw_only=True, repr=False)
class SealingKey:
    """An X25519 private key (32 bytes) that opens what was sealed to its public half."""

    secret: bytes

    @property
    def public(self) -> bytes:
        """The 32-byte public half."""
        return self._key.public_key().public_bytes_raw()

    def open(self, box: bytes, *, info: bytes) -> bytes:
        """Return what was sealed under ``info``.

        Raises:
            SealBroken: another key, another ``info``, or a changed box.
        """
        try:
            return _SUITE.decrypt(box, self._key, info=info)
        except (InvalidTag, ValueError) as cause:
            raise SealBroken("the box does not open with this key") from cause

    @cached_property
    def _key(self) -> X25519PrivateKey:
        """The library's own key: making it costs nearly as much as opening a box."""
        return X25519PrivateKey.from_private_bytes(self.secret)

    def __repr__(self) -> str:
        return f"SealingKey({key_id(self.public)})"


def seal(public: bytes, plaintext: bytes, *, info: bytes) -> bytes:
    """Return ``plaintext`` sealed to ``public`` (HPKE base mode, RFC 9180): the sealer itself cannot open it."""
    return _SUITE.encrypt(plaintext, _sealing_public(public), info=info)


@lru_cache(maxsize=16)
def _sealing_public(public: bytes) -> X25519PublicKey:
    """Return the library's own key: a station seals to one service all its life."""
    return X25519PublicKey.from_public_bytes(public)
