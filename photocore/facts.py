"""The facts from which ownership follows (DESIGN 5C): a set, so arrival order and clocks cannot matter.

Customers are opaque account names; claim codes stand as the service's HMAC of them. Every fact has an ``id`` of its
own, and a ruling names in ``saw`` the ids of the facts its maker had before them.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class ManifestKnown:
    """The package's rolls are known (seeds 000:17)."""

    id: str
    rolls: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Unpacked:
    """The package was opened for single sale; claims not in ``saw`` count for their own roll only."""

    id: str
    saw: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class CodeMinted:
    """A claim code was made for the package before its sale; ``code`` is its HMAC."""

    id: str
    code: str


@dataclass(frozen=True, kw_only=True)
class CodeVoided:
    """A claim code lost its force: its label was printed again before the sale."""

    id: str
    code: str


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A station or a browser claimed ``item`` (the package, or any one of its rolls) for ``customer``.

    ``code`` is the HMAC of the claim code presented, ``order`` the till's order code that was scanned, if any.
    """

    id: str
    item: str
    customer: str
    code: str | None = None
    order: str | None = None
    activation: Literal["registration", "till"] = "registration"


@dataclass(frozen=True, kw_only=True)
class Withdrawn:
    """A claim was undone."""

    id: str
    claim: str


@dataclass(frozen=True, kw_only=True)
class Sale:
    """A till sold the package; ``customer`` had a card in the same basket, ``order`` is the sale's order code.

    ``unit`` is the name of what was sold, the same wherever it is heard of (``photocore.till_kinds.unit_of_sale``): two
    facts with one are one sale. ``item`` is what was scanned: the package, or one of its rolls.
    """

    id: str
    customer: str | None = None
    order: str | None = None
    unit: str = ""
    item: str | None = None

    @property
    def name(self) -> str:
        """What a refund calls it."""
        return self.unit or self.id


@dataclass(frozen=True, kw_only=True)
class Refunded:
    """The ``sale`` of this name was refunded; the claims tied to it end."""

    id: str
    sale: str


@dataclass(frozen=True, kw_only=True)
class Received:
    """The roll came in to be developed, so somebody exposed it."""

    id: str
    roll: str


@dataclass(frozen=True, kw_only=True)
class Transferred:
    """The owner ``giver`` gave the package to ``customer``, who accepted."""

    id: str
    giver: str
    customer: str
    saw: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Decided:
    """A person ruled that the package is ``customer``'s; of an unpacked one, ``roll`` is the roll they ruled on."""

    id: str
    customer: str
    saw: frozenset[str]
    roll: str | None = None


@dataclass(frozen=True, kw_only=True)
class Confirmed:
    """The service settled an unopposed registration: later unproven claims open a case and change nothing."""

    id: str
    claim: str


@dataclass(frozen=True, kw_only=True)
class Merged:
    """Account ``old`` became part of account ``into``."""

    id: str
    old: str
    into: str


Ruling = Transferred | Decided
Fact = (
    ManifestKnown
    | Unpacked
    | CodeMinted
    | CodeVoided
    | Claim
    | Withdrawn
    | Sale
    | Refunded
    | Received
    | Transferred
    | Decided
    | Confirmed
    | Merged
)
