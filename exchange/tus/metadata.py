"""Upload-Metadata: pairs of a key and a base64 value, from whoever sends them (tus 1.0, Creation)."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from exchange.errors import TusRefused

MOST_BYTES: Final = 8192
MOST_PAIRS: Final = 32

_KEY: Final = re.compile(r"[!-+\--~]+", re.ASCII)  # visible ASCII without the comma
_BASE64: Final = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Metadata:
    """What a client says of its upload: ``text`` as it came, which a HEAD gives back, and its pairs."""

    text: str = ""
    pairs: Mapping[str, bytes] = field(default_factory=dict[str, bytes])

    def read(self, key: str, *, most: int = 1024) -> str:
        """Return a value as text, "" where the key is missing.

        Raises:
            TusRefused: it is no UTF-8, has a character without a shape (a control, a NUL), or more than ``most`` bytes.
        """
        value = self.pairs.get(key, b"")
        if len(value) > most:
            raise TusRefused(f"Upload-Metadata: {key} has more than {most} bytes.")
        try:
            text = value.decode()
        except UnicodeDecodeError as cause:
            raise TusRefused(f"Upload-Metadata: {key} is no UTF-8.") from cause
        if not text.isprintable():
            raise TusRefused(f"Upload-Metadata: {key} holds a character that cannot be shown.")
        return text


def parse_metadata(text: str) -> Metadata:
    """Return what Upload-Metadata says. Spaces round a comma are forgiven; a value may be empty.

    Raises:
        TusRefused: it is out of its form, a key stands there twice, or there is too much of it.
    """
    if len(text) > MOST_BYTES:
        raise TusRefused(f"Upload-Metadata has more than {MOST_BYTES} bytes.")
    if not text.strip(" \t"):
        return Metadata()
    parts = text.split(",")
    if len(parts) > MOST_PAIRS:
        raise TusRefused(f"Upload-Metadata has more than {MOST_PAIRS} pairs.")
    pairs: dict[str, bytes] = {}
    for part in parts:
        key, _, value = part.strip(" \t").partition(" ")
        if not _KEY.fullmatch(key):
            raise TusRefused("Upload-Metadata: a key is missing, or holds what no key may.")
        if key in pairs:
            raise TusRefused("Upload-Metadata: a key stands there twice.")
        if not _BASE64.fullmatch(value):
            raise TusRefused("Upload-Metadata: a value is no base64.")
        pairs[key] = base64.b64decode(value)
    return Metadata(text=text.strip(" \t"), pairs=pairs)


def write_metadata(pairs: Mapping[str, str]) -> str:
    """Return the header for these pairs; empty values stand without a space behind their key."""
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}".rstrip() for key, value in pairs.items())
