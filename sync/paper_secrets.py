"""What a receipt says that must never touch the disk: the access code, and the card's last digits.

It lives here from registration until the receipt is printed, or may be. A code belongs to one copy of the receipt, so
no copy can ever show the code of another. What is gone, by a crash too, is not restored: the receipt is printed with a
new access code, by an event that voids the old (DESIGN 5A).
"""

import threading
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, kw_only=True)
class PaperSecret:
    """The plain texts of one copy of a receipt; they never show in a ``repr``."""

    copy: str
    access_code: str = field(repr=False)
    card_masked: str = field(default="••••", repr=False)


class PaperSecrets:
    """Secrets by claim, in memory only. Thread-safe."""

    def __init__(self) -> None:
        self._held: dict[str, PaperSecret] = {}
        self._guard = threading.Lock()

    def put(self, claim: str, secret: PaperSecret) -> None:
        """Hold ``secret`` until it is forgotten; only inside the transaction that writes its code's event."""
        with self._guard:
            self._held[claim] = secret

    def renew(self, claim: str, copy: str, access_code: str) -> None:
        """Hold a new code for a new copy; what else is known of the receipt stays. As :meth:`put`."""
        with self._guard:
            known = self._held.get(claim) or PaperSecret(copy=copy, access_code=access_code)
            self._held[claim] = replace(known, copy=copy, access_code=access_code)

    def of_copy(self, claim: str, copy: str) -> PaperSecret | None:
        """Return the secret of this very copy."""
        secret = self.get(claim)
        return secret if secret is not None and secret.copy == copy else None

    def get(self, claim: str) -> PaperSecret | None:
        """Return a claim's secret, or None if it was lost or is no longer needed."""
        with self._guard:
            return self._held.get(claim)

    def forget(self, claim: str, copy: str | None = None) -> None:
        """Let go of a claim's secret, with ``copy`` only if it is that copy's; twice is harmless."""
        with self._guard:
            held = self._held.get(claim)
            if held is not None and copy in (None, held.copy):
                del self._held[claim]
