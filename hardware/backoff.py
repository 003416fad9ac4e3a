"""How long to leave a device alone before it is tried again."""


class BackOff:
    """Waits that double from ``first_s`` to ``longest_s``; a fault that lasts is asked after every ``lasting_s``.

    A replugged scanner must read again within 3 s, so the longest wait is short: an open that fails costs nothing.
    Even what only a person can put right (a permission) is tried again, since udev first makes a device and
    then, a moment later, permits it.
    """

    def __init__(self, *, first_s: float = 0.05, longest_s: float = 1.0, lasting_s: float = 5.0) -> None:
        self._first_s = first_s
        self._longest_s = longest_s
        self._lasting_s = lasting_s
        self._next_s = first_s

    def fail(self, *, lasting: bool = False) -> float:
        """Return how many seconds to wait after one more failure."""
        if lasting:
            return self._lasting_s
        wait_s, self._next_s = self._next_s, min(self._next_s * 2, self._longest_s)
        return wait_s

    def succeed(self) -> None:
        """Start from the shortest wait again."""
        self._next_s = self._first_s
