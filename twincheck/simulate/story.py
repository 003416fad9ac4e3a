"""The story of a run in plain words, and its hash: two runs of one seed are the same if their stories are.

Told are times, acts, event hashes and verdicts; never HPKE boxes, packed bytes or the order of a set, which differ
from process to process.
"""

import hashlib
from collections import deque
from collections.abc import Callable

from twincheck.simulate.loop import Loop, spoken

LAST = 40
"""Lines that are remembered for whoever looks into a failure."""


class Story:
    """What happened, line by line. ``listen`` sees every line as it is told."""

    def __init__(self, loop: Loop, listen: Callable[[str], None] | None = None) -> None:
        self.last: deque[str] = deque(maxlen=LAST)
        self.lines = 0
        self._loop = loop
        self._listen = listen
        self._hash = hashlib.sha256()

    def tell(self, who: str, what: str) -> None:
        """Tell that ``who`` did or met ``what``, now."""
        line = f"{spoken(self._loop.now_ms)}  {who}: {what}"
        self._hash.update(line.encode() + b"\n")
        self.lines += 1
        self.last.append(line)
        if self._listen is not None:
            self._listen(line)

    @property
    def hash(self) -> str:
        """The SHA-256 of the story so far, as 64 hex digits."""
        return self._hash.hexdigest()
