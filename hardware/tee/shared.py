"""What a forwarder has in hand, in memory that outlives it: the ground of "nothing lost, nothing doubled".

An anonymous mapping, made by the keeper before it forks. Bytes are read by the system straight into it, and each step
that moves bytes is announced before and noted after; so whoever comes next knows how far its forerunner came, wherever
that was killed.
"""

import mmap
from typing import Final

RING_BYTES: Final = 65_536
BLOCK_BYTES: Final = 98_304 + 16
"""A block at its longest, and the feed behind it."""
WORDS_BYTES: Final = 4096
WORDS_PER_FLOW: Final = 16

# Words of a forwarder, before those of its two flows.
BEAT: Final = 0
"""Counts the forwarder's turns: while bytes wait and it stands still, the forwarder does not move."""
COPIED: Final = 1
COPIES_LOST: Final = 2
"""Bytes the listener was not told, because it was away for too long."""
ENDED: Final = 3
"""Receipts that a tap saw end."""
BLOCK_LENGTH: Final = 4
BLOCK_SENT: Final = 5
BLOCK_AT: Final = 6
NOTE: Final = 7
"""Which of its two notes a tap wrote last, 1 or 2; 0 for none yet."""
KEPT: Final = 8
"""Up to where the listener has said that it wrote down all that was told."""
_FIRST_FLOW: Final = 16
_NOTES_AT: Final = 2048
_NOTE_BYTES: Final = 512


class Shared:
    """The mapping: words of 64 bits, a ring for either direction, and room for a receipt's block."""

    def __init__(self) -> None:
        whole = memoryview(mmap.mmap(-1, WORDS_BYTES + 2 * RING_BYTES + BLOCK_BYTES))
        self.words = whole[:_NOTES_AT].cast("Q")
        self._notes = whole[_NOTES_AT : _NOTES_AT + 2 * _NOTE_BYTES]
        self._rings = (
            whole[WORDS_BYTES : WORDS_BYTES + RING_BYTES],
            whole[WORDS_BYTES + RING_BYTES : WORDS_BYTES + 2 * RING_BYTES],
        )
        self.block = whole[WORDS_BYTES + 2 * RING_BYTES :]

    def flow(self, number: int) -> tuple[memoryview, memoryview]:
        """Return the words and the ring of flow 0 or 1."""
        first = _FIRST_FLOW + number * WORDS_PER_FLOW
        return self.words[first : first + WORDS_PER_FLOW], self._rings[number]

    def write_note(self, note: bytes) -> None:
        """Write a note of a fixed length beside the last one, which stands until this one is whole."""
        slot = self.words[NOTE] % 2
        self._notes[slot * _NOTE_BYTES : slot * _NOTE_BYTES + len(note)] = note
        self.words[NOTE] = slot + 1

    def read_note(self, length: int) -> bytes | None:
        """Return the last note, None if there is none."""
        slot = self.words[NOTE] - 1
        return bytes(self._notes[slot * _NOTE_BYTES : slot * _NOTE_BYTES + length]) if slot >= 0 else None
