"""What an order is to be made of, and what became of it: the words between whoever wants goods and the order book."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from typing import Final, Literal

from photocore.money import Money, total
from photocore.orders import Pays
from photocore.pricing import Choice, Quote

Kind = Literal["plan", "next_roll", "hand", "remake"]

MOST_LINES: Final = 50
"""Lines of one order."""


@dataclass(frozen=True, kw_only=True)
class LineWish:
    """One line: a choice from the catalogue, and the images it is made of, by their IDs and in their order.

    ``edits`` pins versions of its person's edits by image; what is left out is pinned when the order is released.
    """

    choice: Choice
    images: tuple[str, ...] = ()
    edits: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, kw_only=True)
class OrderWish:
    """An order to be made for ``origin``, once whatever happens: ``plan <plan> <n>``, ``roll <roll>``, ``hand <key>``.

    Whose it is: ``person``; or, without one, whoever holds the package ``root``. ``why`` says in facts what it was made
    for. ``pays`` is what was chosen; a credit of the package goes before it, and None falls to the till. ``cooling`` is
    None for what somebody orders by hand; ``digest`` (:meth:`Quoted.digest`) is what they saw, and must hold still.
    """

    origin: str
    kind: Kind
    lines: tuple[LineWish, ...]
    person: str | None = None
    root: str | None = None
    plan: str | None = None
    firing: int | None = None
    roll: str | None = None
    share: str | None = None
    guest: str | None = None
    why: Mapping[str, object] = field(default_factory=dict[str, object])
    currency: str | None = None
    """None: the catalogue's usual one."""
    pays: Pays | None = None
    cooling: timedelta | None = None
    needs_confirmation: bool = False
    digest: str | None = None
    language: str = ""


@dataclass(frozen=True, kw_only=True)
class Made:
    """The order that stands for an origin; ``is_new``: it was made just now, and did not stand there before."""

    order: str
    is_new: bool


@dataclass(frozen=True, kw_only=True)
class Quoted:
    """What lines cost together, by one version of the catalogue."""

    catalogue: str
    currency: str
    lines: tuple[Quote, ...]

    @property
    def price(self) -> Money:
        """All lines with their tax."""
        return total((line.amount.gross for line in self.lines), self.currency)

    @property
    def digest(self) -> str:
        """What a confirmation names; that of a single line is its quote's own (``photocore.pricing``)."""
        return digest_of(self.lines)


def digest_of(lines: Sequence[Quote]) -> str:
    """Return what a confirmation of these lines together names."""
    if len(lines) == 1:
        return lines[0].digest
    return sha256(" ".join(line.digest for line in lines).encode()).hexdigest()[:32]
