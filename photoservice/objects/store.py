"""What the photoservice asks of a place that keeps bytes under keys (DESIGN 4.4).

Keys are ours alone: ``o/ab/cd/<sha256>`` for originals, ``r/<tier>/ab/cd/<sha256>-<recipe>`` for what is made of them,
``orders/ab/<order>`` for what was handed over to be made.
Nothing that came from outside is ever part of one. What stands under a key never changes; it is only deleted.
"""

import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

from photoservice.errors import ServiceError

_ORIGINAL: Final = re.compile(r"o/../../([0-9a-f]{64})")
_RENDITION: Final = re.compile(r"r/([0-9]+)/../../([0-9a-f]{64})-([0-9]{1,9})")

_MANIFEST: Final = re.compile(r"orders/[0-9a-z]{2}/o-[0-9a-z]{11}")


class ObjectMissing(ServiceError):
    """There is nothing under this key."""


class StoreDown(ServiceError):
    """The object store does not answer, or not in time; nothing is known of what was asked."""


class StoreFull(ServiceError):
    """The object store has no room; nothing of the object is kept."""


@dataclass(frozen=True, kw_only=True)
class Stored:
    """One object as the store lists it."""

    key: str
    size: int
    at: datetime


class ObjectStore(Protocol):
    """Bytes under keys. Every call may raise StoreDown."""

    async def put(self, key: str, source: Path | bytes, *, frozen: bool = False) -> None:
        """Keep ``source`` under ``key``; durable when this returns.

        Put again it is a no-op; where other bytes stand (a damaged object), they are replaced. Nobody writes to a
        ``frozen`` source any more: a folder on the same disk keeps it by a second name instead of a second copy. The
        name it came under stays the caller's, to remove.

        Raises:
            StoreFull: there is no room.
            FileNotFoundError: there is no ``source``.
        """
        ...

    async def read(self, key: str, start: int = 0, length: int | None = None) -> bytes:
        """Return the bytes under ``key``, or a part of them.

        Raises:
            ObjectMissing: there is nothing under this key.
        """
        ...

    def stream(self, key: str, start: int = 0, length: int | None = None) -> AsyncGenerator[bytes]:
        """Yield the bytes under ``key`` in pieces of at most 1 MiB, or a part of them.

        Raises:
            ObjectMissing: there is nothing under this key; before the first piece.
        """
        ...

    def local(self, key: str) -> Path | None:
        """Return the file that holds the bytes under ``key``, if there are any; None where objects are no files here.

        It is to be read and nothing else.
        """
        ...

    async def look(self, key: str) -> Stored | None:
        """Return what stands under ``key``; None when there is nothing."""
        ...

    async def delete(self, key: str) -> None:
        """Delete what stands under ``key``; nothing there is as good."""
        ...

    def list(self, prefix: str) -> AsyncGenerator[Stored]:
        """Yield all objects whose key begins with ``prefix``, in the order of their keys."""
        ...

    async def sweep(self) -> int:
        """Remove what writers that died left half written, and return how many; it was never under a key."""
        ...

    async def free_bytes(self) -> int | None:
        """Return how much room is left; None when the store has no end we know of."""
        ...


def original_key(sha256: bytes) -> str:
    """Return the key of an original."""
    name = sha256.hex()
    return f"o/{name[:2]}/{name[2:4]}/{name}"


def rendition_key(sha256: bytes, tier: str, recipe: int) -> str:
    """Return the key of a rendition's body: without its common header."""
    name = sha256.hex()
    return f"r/{tier}/{name[:2]}/{name[2:4]}/{name}-{recipe}"


@dataclass(frozen=True, kw_only=True)
class OriginalName:
    """What an original's key says."""

    sha256: bytes


@dataclass(frozen=True, kw_only=True)
class RenditionName:
    """What a rendition's key says."""

    sha256: bytes
    tier: str
    recipe: int


def read_key(key: str) -> OriginalName | RenditionName | None:
    """Return what a key of ours says; None for any other, which we never touch."""
    if found := _ORIGINAL.fullmatch(key):
        name = OriginalName(sha256=bytes.fromhex(found[1]))
        return name if original_key(name.sha256) == key else None
    if found := _RENDITION.fullmatch(key):
        rendition = RenditionName(sha256=bytes.fromhex(found[2]), tier=found[1], recipe=int(found[3]))
        return rendition if rendition_key(rendition.sha256, rendition.tier, rendition.recipe) == key else None
    return None


def is_manifest(key: str) -> bool:
    """Say whether an order's manifest stands under ``key``: it stays, and can be put there again from its row."""
    return _MANIFEST.fullmatch(key) is not None
