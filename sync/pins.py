"""PINs: which are taken, and what is kept of them. The one module of ``sync`` that knows Argon2.

A PIN of six digits is guessed in a second by whoever has a plain hash. Under the station's pepper, which lies in
``keys/`` and never in the journal, the hash alone says nothing; Argon2id (RFC 9106, second recommended choice: 64 MiB,
3 passes) makes each guess cost a tenth of a second for whoever has both (DESIGN 5D; research: reliability A15).
"""

import hashlib
import hmac
from dataclasses import dataclass
from threading import Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from photocore.seams import Entropy
from sync.errors import StaffUnfit

SHORTEST = 6
LONGEST = 12
SALT_BYTES = 16

_RUNS = ("01234567890123456789", "98765432109876543210")


def check_pin(pin: str) -> None:
    """Refuse a PIN that anybody would try first.

    Raises:
        StaffUnfit: not 6 to 12 digits, one digit alone, a short piece over and over, or a run such as 123456.
    """
    if not (pin.isascii() and pin.isdigit() and SHORTEST <= len(pin) <= LONGEST):
        raise StaffUnfit(f"A PIN has {SHORTEST} to {LONGEST} digits, and nothing else.")
    if len(set(pin)) == 1:
        raise StaffUnfit("A PIN of one digit over and over is the first that is tried; take another.")
    if any(pin == (pin[:size] * len(pin))[: len(pin)] for size in (2, 3)):
        raise StaffUnfit("A PIN that repeats the same two or three digits is soon tried; take another.")
    if any(pin in run for run in _RUNS):
        raise StaffUnfit("Digits that count up or down, such as 123456, are soon tried; take another PIN.")


@dataclass(frozen=True, kw_only=True)
class PinCost:
    """What each guess of a PIN costs, as RFC 9106 has it; less only in tests that are about something else."""

    passes: int = 3
    memory_kib: int = 65_536
    lanes: int = 4


class PinHashes:
    """Hashes PINs under one station's pepper, one at a time: each takes 64 MiB and a tenth of a second."""

    def __init__(self, pepper: bytes, entropy: Entropy, cost: PinCost = PinCost()) -> None:
        self._pepper = pepper
        self._entropy = entropy
        self._argon2 = PasswordHasher(time_cost=cost.passes, memory_cost=cost.memory_kib, parallelism=cost.lanes)
        self._turn = Lock()

    def hash(self, staff: str, pin: str) -> str:
        """Return what is kept of ``pin``: Argon2id in its own text form, bound to the member it belongs to."""
        with self._turn:
            return self._argon2.hash(self._peppered(staff, pin), salt=self._entropy.token(SALT_BYTES))

    def fits(self, staff: str, pin_hash: str | None, pin: str) -> bool:
        """Say whether ``pin`` is the one behind ``pin_hash``; for None the same work is done and the answer is no."""
        if pin_hash is None:
            self.hash(staff, pin)
            return False
        with self._turn:
            try:
                return self._argon2.verify(pin_hash, self._peppered(staff, pin))
            except (VerificationError, InvalidHashError):
                return False

    def _peppered(self, staff: str, pin: str) -> bytes:
        text = f"pin\0{staff}\0{pin}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._pepper, text, hashlib.sha256)
