"""What is read from a head, and how a file's bytes are seen."""

from dataclasses import dataclass
from typing import Protocol


class Bytes(Protocol):
    """A file in memory or mapped into it: what ``bytes`` and ``mmap`` have in common."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: slice, /) -> bytes: ...

    def find(self, sub: bytes, start: int = ..., end: int = ..., /) -> int:
        """Return where ``sub`` begins, -1 if nowhere."""
        ...


@dataclass(frozen=True, kw_only=True)
class Head:
    """A picture's own claims. ``channels`` are those that hold light; ``has_alpha`` says whether one more covers."""

    media: str
    width: int
    height: int
    bits: int
    channels: int
    profile_bytes: int = 0
    pages: int = 1
    has_alpha: bool = False
    spare_channels: int = 0
    """What stands behind the light and is no alpha, as a scanner's infrared."""
