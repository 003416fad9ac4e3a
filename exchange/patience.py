"""How often something is tried again, and how long is waited before."""

from collections.abc import Callable
from dataclasses import dataclass

from exchange.errors import PeerDown
from photocore.seams import Entropy

Wait = Callable[[float], None]
"""Waits so many seconds; the program's wiring says how, and what wakes it."""


Tell = Callable[[str], None]
"""Tells a person why nothing seems to happen."""


@dataclass(frozen=True, kw_only=True)
class Patience:
    """``tries`` in a row that come no further; between them full jitter below a doubling limit, in seconds."""

    tries: int = 10
    first_s: float = 0.25
    longest_s: float = 30.0


class Tries:
    """Counts failures in a row."""

    def __init__(self, patience: Patience, entropy: Entropy, wait: Wait, tell: Tell = lambda _: None) -> None:
        self._patience = patience
        self._entropy = entropy
        self._wait = wait
        self._tell = tell
        self._failed = 0

    def came_further(self) -> None:
        """Begin to count anew."""
        self._failed = 0

    def again(self, why: str, *, at_least_s: float = 0.0) -> None:
        """Wait before the next try; ``at_least_s`` is what the other side asked for.

        Raises:
            PeerDown: there were enough.
        """
        self._failed += 1
        if self._failed >= self._patience.tries:
            raise PeerDown(f"{why}; tried {self._failed} times")
        limit = min(self._patience.longest_s, self._patience.first_s * 2 ** (self._failed - 1))
        if self._failed > 1:  # one slip mends itself within a moment, and nobody needs to know
            self._tell(f"{why}; trying again ({self._failed + 1} of {self._patience.tries})")
        dice = int.from_bytes(self._entropy.token(4), "big") / 2**32
        self._wait(max(limit * (0.5 + dice / 2), min(at_least_s, self._patience.longest_s)))
