"""Chance by name: every kind of choice has a stream of its own, so that a new fault does not reshuffle the rest.

Only whole numbers and divisions are used, no logarithm of the platform's: the same seed gives the same world anywhere.
"""

from collections.abc import Sequence
from typing import TypeVar

from photocore.testing import SeededEntropy

T = TypeVar("T")

_STEPS = 2**48


class Stream:
    """One stream of choices."""

    def __init__(self, seed: str) -> None:
        self._entropy = SeededEntropy(seed)

    def below(self, n: int) -> int:
        """Return a whole number from 0 up to, and without, ``n``."""
        return int.from_bytes(self._entropy.token(8), "big") % n

    def between(self, low: int, high: int) -> int:
        """Return a whole number from ``low`` to ``high``, both included."""
        return low + self.below(high - low + 1)

    def chance(self, p: float) -> bool:
        """Say yes with the probability ``p``."""
        return self.below(_STEPS) < p * _STEPS

    def share(self) -> float:
        """Return a number from 0 up to, and without, 1."""
        return self.below(_STEPS) / _STEPS

    def pick(self, choices: Sequence[T]) -> T:
        """Return one of ``choices``."""
        return choices[self.below(len(choices))]

    def weighed(self, weights: dict[T, int]) -> T:
        """Return one of the keys, each as likely as its weight says."""
        left = self.below(sum(weights.values()))
        for choice, weight in weights.items():
            left -= weight
            if left < 0:
                return choice
        raise ValueError("nothing to choose from")

    def shuffled(self, choices: Sequence[T]) -> list[T]:
        """Return ``choices`` in another order."""
        left, order = list(choices), list[T]()
        while left:
            order.append(left.pop(self.below(len(left))))
        return order


class Draws:
    """All streams of one seed, by name."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._streams: dict[str, Stream] = {}

    def stream(self, name: str) -> Stream:
        """Return the stream called ``name``; the same one for the same name."""
        if name not in self._streams:
            self._streams[name] = Stream(f"simulate {self.seed} {name}")
        return self._streams[name]

    def entropy(self, name: str) -> SeededEntropy:
        """Return fresh random bytes for keys, IDs and secrets called ``name``."""
        return SeededEntropy(f"simulate {self.seed} bytes {name}")
