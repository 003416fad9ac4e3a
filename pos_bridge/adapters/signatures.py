"""Signatures of messages, compared in constant time, by every secret that is good now."""

import base64
import hmac
from collections.abc import Iterable

from pos_bridge.errors import NotGenuine


def check_hmac(message: bytes, given: str, keys: Iterable[bytes]) -> None:
    """Take ``given`` as the base64 of HMAC-SHA256 of ``message`` by one of ``keys``.

    Every key is tried, whichever fits, so that time tells nothing.

    Raises:
        NotGenuine: by none, or there are no keys.
    """
    offered = given.encode(errors="replace")
    fits = [hmac.compare_digest(hmac_text(key, message).encode(), offered) for key in keys if key]
    if not any(fits):
        raise NotGenuine("a message without a good signature")


def hmac_text(key: bytes, message: bytes) -> str:
    """Return the base64 of HMAC-SHA256."""
    return base64.b64encode(hmac.digest(key, message, "sha256")).decode()


def checked_key(text: str, what: str) -> str:
    """Return a sender's name of a message. Raises NotGenuine: none, or not one that can be kept."""
    if not (0 < len(text) <= 160 and text.isascii() and text.isprintable()):
        raise NotGenuine(f"a message without {what}")
    return text
