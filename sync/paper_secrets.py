"""What a receipt says that must never touch the disk: the access code, and the card's last digits.

It lives here from registration until the receipt is proven printed. What a crash loses is not restored: the receipt is
printed with a new access code, by an event that voids the old (DESIGN 5A).
"""

import threading
from dataclasses import dataclass, field


@dataclass(frozen=True, kw_only=True)
class PaperSecret:
    """The plain texts of one receipt; they never show in a ``repr``."""

    access_code: str = field(repr=False)
    card_masked: str = field(default="••••", repr=False)


class PaperSecrets:
    """Secrets by claim, in memory only. Thread-safe."""

    def __init__(self) -> None:
        self._held: dict[str, PaperSecret] = {}
        self._guard = threading.Lock()

    def put(self, claim: str, secret: PaperSecret) -> None:
        """Hold ``secret`` until it is forgotten."""
        with self._guard:
            self._held[claim] = secret

    def get(self, claim: str) -> PaperSecret | None:
        """Return a claim's secret, or None if it was lost or is no longer needed."""
        with self._guard:
            return self._held.get(claim)

    def forget(self, claim: str) -> None:
        """Let go of a claim's secret; twice is harmless."""
        with self._guard:
            self._held.pop(claim, None)
