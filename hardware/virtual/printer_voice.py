"""How the virtual printer says what it says: plainly, not at all, wrongly, in pieces, or twice."""

from collections.abc import Callable
from dataclasses import dataclass

WRONG_BITS = 0x81


@dataclass
class Voice:
    """The printer's end of the back channel; ``garbled`` is the share of bytes that come out wrong, evenly spread."""

    is_mute: bool = False
    garbled: float = 0.0
    is_split: bool = False
    is_doubled: bool = False
    _owed: float = 0.0

    def say(self, said: bytes, send: Callable[[bytes], None]) -> None:
        """Send ``said`` as this voice can."""
        if self.is_mute:
            return
        uttered = bytes(self._uttered(byte) for byte in said) * (2 if self.is_doubled else 1)
        for part in (byte.to_bytes() for byte in uttered) if self.is_split else (uttered,):
            send(part)

    def _uttered(self, byte: int) -> int:
        self._owed += self.garbled
        if self._owed < 1:
            return byte
        self._owed -= 1
        return byte ^ WRONG_BITS
