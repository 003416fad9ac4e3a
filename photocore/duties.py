"""What an operator of the photoservice may do, as one table: pages, checks and docs read it (S3; DESIGN 5G).

An owner answers for the house, a manager for its day, support for its customers, a lab's people for orders and films,
and a viewer looks. Whoever is an operator of one tenant sees that tenant's things alone, whatever their role, and what
belongs to no tenant (customers, the catalogue, who the operators are) not at all.
"""

from collections.abc import Mapping
from typing import Final, Literal, get_args

Role = Literal["owner", "manager", "support", "lab", "viewer"]

Right = Literal[
    "look",
    "dashboards",
    "fleet",
    "fleet_change",
    "contested",
    "decide",
    "parked",
    "parked_change",
    "jobs",
    "jobs_change",
    "storage",
    "storage_change",
    "mail",
    "mail_change",
    "orders",
    "orders_change",
    "orders_steps",
    "money",
    "plans",
    "plans_change",
    "catalogue",
    "catalogue_change",
    "customers",
    "personal",
    "erase",
    "audit",
    "operators",
]

ROLES: Final[tuple[Role, ...]] = get_args(Role)
RIGHTS: Final[tuple[Right, ...]] = get_args(Right)

_ALL: Final[frozenset[Role]] = frozenset(ROLES)
_HOUSE: Final[frozenset[Role]] = frozenset({"owner", "manager"})
_DESK: Final[frozenset[Role]] = frozenset({"owner", "manager", "support"})
_BENCH: Final[frozenset[Role]] = frozenset({"owner", "manager", "support", "lab"})
_OWNER: Final[frozenset[Role]] = frozenset({"owner"})

MAY: Final[Mapping[Right, frozenset[Role]]] = {
    "look": _ALL,
    "dashboards": _ALL,
    "fleet": _ALL,
    "fleet_change": _HOUSE,
    "contested": _DESK,
    "decide": _DESK,
    "parked": _ALL,
    "parked_change": _DESK,
    "jobs": _ALL,
    "jobs_change": _BENCH,
    "storage": _ALL,
    "storage_change": _HOUSE,
    "mail": _DESK,
    "mail_change": _DESK,
    "orders": _ALL,
    "orders_change": _BENCH,
    "orders_steps": _BENCH,
    "money": _DESK,
    "plans": _ALL,
    "plans_change": _DESK,
    "catalogue": _ALL,
    "catalogue_change": _HOUSE,
    "customers": _DESK,
    "personal": _DESK,
    "erase": _HOUSE,
    "audit": _HOUSE,
    "operators": _OWNER,
}
"""Each right with the roles that have it. ``fleet`` is tenants, stores and stations; ``personal`` is opening what a
customer is called and where they live; ``money`` is refunds, payments noted by hand, and tabs."""

HOUSE_ONLY: Final[frozenset[Right]] = frozenset(
    {
        "mail",
        "mail_change",
        "catalogue_change",
        "customers",
        "personal",
        "erase",
        "operators",
        "storage_change",
        "orders_change",
        "money",
    }
)
"""What is no single tenant's: an operator of one tenant does not have it, whatever their role. Orders are the house's:
who filed one of their pictures sees them and notes steps, and neither cancels them nor calls them paid."""


def may(role: Role, right: Right, *, is_bound: bool = False) -> bool:
    """Say whether an operator of ``role`` has ``right``; ``is_bound`` says that they are one tenant's."""
    return role in MAY[right] and not (is_bound and right in HOUSE_ONLY)


def rights_of(role: Role, *, is_bound: bool = False) -> tuple[Right, ...]:
    """Return the rights of ``role`` in the order of the table."""
    return tuple(right for right in RIGHTS if may(role, right, is_bound=is_bound))
