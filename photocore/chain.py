"""Canonical bytes, and the hash chain that makes a station's journal an audit trail.

The chain hashes the *salted hashes* of an event's personal parts, never the parts themselves: the salts lie inside the
sealed parts, so erasing a person's key leaves every hash, count and signature valid (DESIGN 5E).
"""

import hashlib

import msgspec

from photocore.errors import EventMalformed

TYPE_PREFIX = {
    "event": b"twincheck event v1\0",
    "part": b"twincheck part v1\0",
    "ack": b"twincheck ack v1\0",
    "roster": b"twincheck roster v1\0",
    "package": b"twincheck package v1\0",
    "welcome": b"twincheck welcome v1\0",
    "news": b"twincheck news v1\0",
    "parcel": b"twincheck parcel v1\0",
    "order": b"twincheck order v1\0",
    "order_address": b"twincheck order_address v1\0",
}
"""Domain separation: what is hashed or signed as one thing can never be passed off as another."""

_encoder = msgspec.json.Encoder(order="sorted")
_MAX_DEPTH = 32
_MAX_SAFE_INTEGER = 2**53 - 1


def canonical(value: object) -> bytes:
    """Return the one JSON text of ``value``: sorted ASCII keys, no spaces, UTF-8, no floats (after RFC 8785).

    Raises:
        EventMalformed: a float, an integer beyond 2**53-1, a non-ASCII key, or nesting deeper than 32.
    """
    _refuse_ambiguous(value, 0)
    try:
        return _encoder.encode(value)
    except (TypeError, ValueError) as cause:
        raise EventMalformed(f"not canonical JSON: {cause}") from cause


def digest(domain: str, data: bytes) -> str:
    """Return the SHA-256 of ``data`` under ``domain``'s prefix, as 64 hex digits."""
    return hashlib.sha256(TYPE_PREFIX[domain] + data).hexdigest()


def _refuse_ambiguous(value: object, depth: int) -> None:
    """Refuse what two readers of JSON could read differently. Plain text, the most by far, costs no call."""
    if isinstance(value, (dict, list, tuple)) and value and depth >= _MAX_DEPTH:
        raise EventMalformed("nested too deeply")
    if isinstance(value, dict):
        for key, inner in value.items():  # pyright: ignore[reportUnknownVariableType]
            if not isinstance(key, str) or not key.isascii():
                raise EventMalformed("a key that is not ASCII text")
            if type(inner) is not str:  # pyright: ignore[reportUnknownArgumentType]
                _refuse_ambiguous(inner, depth + 1)  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(value, (list, tuple)):
        for inner in value:  # pyright: ignore[reportUnknownVariableType]
            if type(inner) is not str:  # pyright: ignore[reportUnknownArgumentType]
                _refuse_ambiguous(inner, depth + 1)  # pyright: ignore[reportUnknownArgumentType]
    elif isinstance(value, int):
        if abs(value) > _MAX_SAFE_INTEGER:
            raise EventMalformed("integer too large for other readers of JSON")
    elif value is not None and not isinstance(value, str):
        raise EventMalformed(f"{type(value).__name__} has no canonical form")
