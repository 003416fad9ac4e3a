"""What a badge and PIN let a person do at a station, as one table: the screens, the staff book and the docs read it.

A shopper needs no role. A cashier helps shoppers, a manager answers for the store's records, an installer for its
devices (research: pos_kiosk 5, A9). A duty that nobody of a role may do is not offered to them, and the screen says
who can.
"""

from collections.abc import Mapping
from typing import Final, Literal, get_args

Role = Literal["cashier", "manager", "installer"]

Duty = Literal[
    "register",
    "make_up",
    "registrations",
    "cards",
    "void",
    "withdraw",
    "presale_again",
    "queue",
    "restart",
    "parked",
    "contested",
    "restored",
    "devices",
    "paper",
    "calibrate",
    "from_paper",
    "training",
    "cleaning",
]

ROLES: Final[tuple[Role, ...]] = get_args(Role)
DUTIES: Final[tuple[Duty, ...]] = get_args(Duty)

MAY: Final[Mapping[Duty, frozenset[Role]]] = {
    "register": frozenset({"cashier", "manager"}),
    "make_up": frozenset({"cashier", "manager"}),
    "registrations": frozenset({"cashier", "manager"}),
    "cards": frozenset({"cashier", "manager"}),
    "void": frozenset({"manager"}),
    "withdraw": frozenset({"manager"}),
    "presale_again": frozenset({"manager"}),
    "queue": frozenset({"cashier", "manager", "installer"}),
    "restart": frozenset({"manager", "installer"}),
    "parked": frozenset({"manager"}),
    "contested": frozenset({"manager"}),
    "restored": frozenset({"manager", "installer"}),
    "devices": frozenset({"cashier", "manager", "installer"}),
    "paper": frozenset({"cashier", "manager", "installer"}),
    "calibrate": frozenset({"manager", "installer"}),
    "from_paper": frozenset({"cashier", "manager"}),
    "training": frozenset({"cashier", "manager", "installer"}),
    "cleaning": frozenset({"cashier", "manager", "installer"}),
}
"""Each duty with who may do it. ``registrations`` is looking them up and printing their papers again; ``queue`` is
saying of one paper what the printer did not; ``restart`` is of all of them; ``paper`` is test labels and a new roll."""


def may(role: Role, duty: Duty) -> bool:
    """Say whether somebody of ``role`` may do ``duty``."""
    return role in MAY[duty]


def who_may(duty: Duty) -> tuple[Role, ...]:
    """Return the roles that may do ``duty``, in the order people know them."""
    return tuple(role for role in ROLES if role in MAY[duty])
