"""Passwords: which may be chosen, and how they are kept (Argon2id, RFC 9106).

A password is read by NFKC, so that the same letters typed on two keyboards are the same password, and is never cut. It
is peppered with a key that is in no database and bound to what it belongs to, then hashed in a thread; few run at once,
for each takes 64 MiB (research, service 11), and who comes when too many wait is asked to come again.
"""

import asyncio
import hashlib
import hmac
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final, Literal, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from photocore.seams import Entropy
from photoservice.errors import NotReady, PasswordUnfit
from photoservice.keyring import Keyring

SHORTEST: Final = 10
LONGEST: Final = 200
"""Characters after NFKC; a passphrase of twenty long words fits."""

AT_ONCE: Final = 2
MOST_WAITING: Final = 60
SALT_BYTES: Final = 16

PasswordFault = Literal["short", "long", "common", "simple", "like_name", "unprintable"]

_COMMON: Final = Path(__file__).parent / "common_passwords.txt"
_FEWEST_SYMBOLS: Final = 4

Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class PasswordCost:
    """What each guess costs, as RFC 9106's second choice has it; less only in tests that are about something else."""

    passes: int = 3
    memory_kib: int = 65_536
    lanes: int = 4


def read_password(text: str) -> str:
    """Return what counts of a typed password."""
    return unicodedata.normalize("NFKC", text)


def refuse_weak(text: str, *, near: Iterable[str] = ()) -> None:
    """Let a password pass that is worth keeping; ``near`` are names of its owner, which it must not be made of.

    Length is asked for and no kinds of symbols; what everybody tries first is refused (NIST SP 800-63B-4, 3.1.1.2).

    Raises:
        PasswordUnfit: it is too short, too long, or what everybody tries first.
    """
    password = read_password(text)
    if (fault := _fault(password, [read_password(name).casefold() for name in near])) is not None:
        raise PasswordUnfit(fault)


def _fault(password: str, near: list[str]) -> PasswordFault | None:
    folded = password.casefold()
    if len(password) > LONGEST:
        return "long"
    if len(password) < SHORTEST:
        return "short"
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in password):
        return "unprintable"
    if any(len(name) >= 3 and len(folded.replace(name, "")) < SHORTEST // 2 for name in near):
        return "like_name"
    if folded in _common() or folded.rstrip("0123456789!?.*#") in _common():
        return "common"
    return "simple" if len(set(folded)) < _FEWEST_SYMBOLS or _is_run(folded) else None


def _is_run(folded: str) -> bool:
    """Say whether each symbol is the last one's neighbour, as in ``abcdefghij`` and ``9876543210``."""
    steps = {ord(later) - ord(sign) for sign, later in pairwise(folded)}
    return steps in ({1}, {-1})


@cache
def _common() -> frozenset[str]:
    return frozenset(_COMMON.read_text(encoding="utf-8").split())


@dataclass(frozen=True, kw_only=True)
class Passwords:
    """Hashes passwords and compares them; never inside a transaction, for each takes a tenth of a second."""

    keyring: Keyring
    entropy: Entropy
    cost: PasswordCost = field(default_factory=PasswordCost)
    _turn: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE), repr=False)
    _waiting: list[None] = field(default_factory=list[None], repr=False)

    async def hash(self, about: str, text: str) -> str:
        """Return what is kept of a password that belongs to ``about``: a person's ID, or ``share SH-...``.

        Raises:
            NotReady: too many wait already.
        """
        peppered, salt = self._peppered(about, text), self.entropy.token(SALT_BYTES)
        return await self._in_turn(lambda: self._argon2.hash(peppered, salt=salt))

    async def fits(self, about: str, kept: str | None, text: str) -> bool:
        """Say whether ``text`` is the password behind ``kept``; for None the same work is done and the answer is no.

        Raises:
            NotReady: too many wait already.
        """
        if kept is None:
            await self.hash(about, text)
            return False
        hashed, peppered = kept, self._peppered(about, text)
        return await self._in_turn(lambda: self._verify(hashed, peppered))

    def is_dated(self, kept: str) -> bool:
        """Say whether a password was hashed at another cost than today's, and is to be hashed anew when it is shown."""
        return self._argon2.check_needs_rehash(kept)

    def _verify(self, kept: str, peppered: bytes) -> bool:
        try:
            return self._argon2.verify(kept, peppered)
        except (VerificationError, InvalidHashError):
            return False

    async def _in_turn(self, work: Callable[[], Result]) -> Result:
        if len(self._waiting) >= MOST_WAITING:
            raise NotReady("Too many people are signing in at this moment. Try again in a few seconds.", wait_s=3)
        self._waiting.append(None)
        try:
            async with self._turn:
                return await asyncio.to_thread(work)
        finally:
            self._waiting.pop()

    @property
    def _argon2(self) -> PasswordHasher:
        return PasswordHasher(
            time_cost=self.cost.passes,
            memory_cost=self.cost.memory_kib,
            parallelism=self.cost.lanes,
            salt_len=SALT_BYTES,
        )

    def _peppered(self, about: str, text: str) -> bytes:
        spoken = f"password\0{about}\0{read_password(text)}".encode("utf-8", "surrogatepass")
        return hmac.digest(self.keyring.pepper, spoken, hashlib.sha256)
