"""A plan as its people wish for it and as it is shown to them: what it counted, what comes next, what it made, why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

import msgspec

from photocore.criteria import Criterion, Need, Part
from photocore.orders import Pays
from photocore.pricing import Choice
from photocore.terms import MOST_COOLING_HOURS, PlanKind

Scope = Literal["account", "package", "sub_group"]
State = Literal["live", "paused", "ended"]

USUAL_COOLING: Final = timedelta(hours=24)
MOST_COOLING: Final = timedelta(hours=MOST_COOLING_HOURS)
MOST_NAME: Final = 80
MOST_PLANS: Final = 100
"""Plans of one person that are not over, and of one package."""


@dataclass(frozen=True, kw_only=True)
class PlanWish:
    """What somebody wants a plan to be. A next roll has no ``when``; its scope is an account or a package.

    ``what`` is the package (its root) or the sub-group, empty for an account. ``counts_all``: pictures that are there
    already count too, from the moment the plan is made; otherwise those alone that come from then on. When a plan is
    changed, ``kind``, ``scope``, ``what`` and ``counts_all`` are not looked at: they stay as they were.
    """

    make: Choice
    when: Criterion | None = None
    kind: PlanKind = "goods"
    scope: Scope = "account"
    what: str = ""
    name: str = ""
    repeats: bool = True
    cooling: timedelta = USUAL_COOLING
    pays: Pays = "till"
    currency: str = ""
    """Empty: the catalogue's usual one."""
    counts_all: bool = False


class RollMet(msgspec.Struct, frozen=True, kw_only=True):
    """A roll that a crossing took pictures of: so many, on which film; ``is_whole``: it counted as a roll."""

    roll: str
    film: str
    images: int
    is_whole: bool


class PartMet(msgspec.Struct, frozen=True, kw_only=True):
    """A part that was met: ``have`` of ``need`` images or rolls, or the time it names, which passed since ``since``."""

    part: Part
    have: int = 0
    need: int = 0
    since: datetime | None = None


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """Why an order was made, in facts (kept as JSON with the firing and the order; :func:`read_why`).

    ``number`` counts the plan's orders from 1. ``met`` are the parts that were met at ``crossed_at``, ``is_all``
    whether every part had to be. ``images`` came from ``first_at`` to ``last_at``, of ``rolls`` in their order.
    """

    plan: str
    name: str
    scope: Scope
    number: int
    crossed_at: datetime
    is_all: bool
    met: tuple[PartMet, ...]
    images: int
    rolls: tuple[RollMet, ...]
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, kw_only=True)
class Fired:
    """A crossing that was fired, and its order."""

    number: int
    crossed_at: datetime
    fired_at: datetime
    order: str
    why: Why


@dataclass(frozen=True, kw_only=True)
class PlanShown:
    """A plan, and what comes next of it.

    ``number`` crossings were fired; ``images`` and ``rolls`` are pending now. ``needs`` says of each part how far it is
    (:func:`photocore.criteria.outlook`), ``due`` when its time comes with what is pending, None where no time decides
    or something else lacks. ``person`` is None where whoever holds the package ``root`` steers it. ``is_default``: it
    came with the package. ``group`` names the sub-group, "" where it was removed: then the plan rests until it is
    brought back. ``trouble`` is why the house paused it, as :class:`~photocore.errors.ChoiceRefused` says it in one
    word (or ``offer``: there is no catalogue), "" otherwise.
    """

    id: str
    kind: PlanKind
    scope: Scope
    person: str | None
    root: str | None
    sub_group: str | None
    group: str
    name: str
    when: Criterion | None
    make: Choice
    repeats: bool
    cooling: timedelta
    pays: Pays
    currency: str
    state: State
    version: int
    number: int
    begun_at: datetime
    since: datetime
    made_at: datetime
    changed_at: datetime
    is_default: bool
    counts_all: bool
    trouble: str
    images: int = 0
    rolls: int = 0
    needs: tuple[Need, ...] = ()
    due: datetime | None = None
    fired: tuple[Fired, ...] = field(default=())
    """The last few, the last first; :meth:`Plans.of` leaves them out."""


def read_why(text: str | bytes) -> Why:
    """Return the facts of their JSON."""
    return msgspec.json.decode(text, type=Why)


def why_facts(why: Why) -> Mapping[str, object]:
    """Return the facts as an order keeps them."""
    return msgspec.to_builtins(why)
