"""How the virtual printer says what it says: plainly, not at all, wrongly, in pieces, twice, or too late."""

from collections.abc import Callable
from dataclasses import dataclass

WRONG_BITS = 0x81


@dataclass
class Voice:
    """The printer's end of the back channel; ``garbled`` is the share of bytes that come out wrong, evenly spread.

    After ``lose(n)`` the n-th saying from now is lost; after ``delay(n)`` it comes only with the one after it.
    """

    is_mute: bool = False
    garbled: float = 0.0
    is_split: bool = False
    is_doubled: bool = False
    _owed: float = 0.0
    _until_lost: int = 0
    _until_late: int = 0
    _late: bytes = b""

    def lose(self, which: int = 1) -> None:
        """Lose one saying: the next, or a later one."""
        self._until_lost = which

    def delay(self, which: int = 1) -> None:
        """Keep one saying back until there is another: the next, or a later one."""
        self._until_late = which

    def say(self, said: bytes, send: Callable[[bytes], None]) -> None:
        """Send ``said`` as this voice can."""
        if self.is_mute or not said:
            return
        self._until_lost, is_lost = max(0, self._until_lost - 1), self._until_lost == 1
        self._until_late, is_late = max(0, self._until_late - 1), self._until_late == 1
        said, self._late = self._late + said, b""
        if is_late:
            self._late = said
        if is_lost or is_late:
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
