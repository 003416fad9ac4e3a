"""How an order stands (O15, O20, S4; DESIGN 5G): what was noted of it, and what that allows now. Pure.

An order made by a plan cools off first: until then its customer changes or cancels it by one tap. Then it waits for
whatever is missing: a confirmation, its money, an address, an original that is still at home, an owner nobody disputes.
With nothing missing it is released, once, and from then on the lab's steps are noted line by line. A line is where its
furthest step is, so the order in which steps are told does not matter; a cancelled line stays cancelled.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, TypeAlias, get_args

from photocore.money import Money

Pays = Literal["nothing", "prepaid", "account", "till", "checkout"]
"""Who pays: nobody needs to, the package did, it goes on account, at the till by order code, by a hosted checkout."""

Step = Literal["released", "making", "refused", "made", "sent", "ready", "handed", "cancelled"]
Stage: TypeAlias = Literal["cooling", "waiting", "due"] | Step
"""``due``: nothing is missing, it is released with the next round. ``refused``: the lab cannot make it as it is."""

Wait = Literal["confirmation", "payment", "address", "original", "owner"]
Action = Literal["change", "cancel", "release_now", "confirm", "pay", "give_address", "refund", "remake"]

WAITS: Final[tuple[Wait, ...]] = get_args(Wait)
"""In the order in which a customer is asked."""

STAGES: Final[tuple[Stage, ...]] = (
    *("cooling", "waiting", "due"),
    *("released", "making", "refused", "made", "sent", "ready", "handed", "cancelled"),
)
"""From the least far to the end."""
_OPEN: Final[frozenset[Stage]] = frozenset({"cooling", "waiting", "due"})
"""Nothing was released yet."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of an order: the steps noted of it, in any order, each once or more often."""

    number: int
    steps: frozenset[Step] = frozenset()

    @property
    def step(self) -> Step | None:
        """The furthest step, or None before anything was noted."""
        return max(self.steps, key=_how_far, default=None)


@dataclass(frozen=True, kw_only=True)
class Order:
    """What is known of an order. ``lacks`` is what the caller found missing besides confirmation and payment.

    ``cooling_until`` is None for an order made by hand. ``paid`` is what came in less what was given back.
    """

    lines: tuple[Line, ...]
    price: Money
    paid: Money
    pays: Pays
    cooling_until: datetime | None = None
    needs_confirmation: bool = False
    is_confirmed: bool = False
    lacks: frozenset[Wait] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where an order is: its ``stage``, that of each line, what it ``waits`` for, and what may be done with it now.

    ``until`` is when cooling off ends.
    """

    stage: Stage
    lines: dict[int, Stage]
    waits: tuple[Wait, ...] = ()
    actions: frozenset[Action] = field(default_factory=frozenset[Action])
    until: datetime | None = None


def stand(order: Order, now: datetime) -> Standing:
    """Return how ``order`` stands at ``now``."""
    cooling = order.cooling_until is not None and now < order.cooling_until
    waits = missing(order)
    before: Stage = "cooling" if cooling else "waiting" if waits else "due"
    lines: dict[int, Stage] = {line.number: line.step or before for line in order.lines}
    is_open = not _OPEN.isdisjoint(lines.values())
    live: list[Stage] = [stage for stage in lines.values() if stage != "cancelled"]
    stage: Stage = min(live, key=_how_far) if live else "cancelled"
    return Standing(
        stage=stage,
        lines=lines,
        waits=() if cooling or not is_open else waits,
        actions=_actions(order, lines.values(), waits, cooling=cooling),
        until=order.cooling_until if cooling and is_open else None,
    )


def missing(order: Order) -> tuple[Wait, ...]:
    """Return what an order lacks before it may be released, in the order in which a customer is asked."""
    lacks: set[Wait] = set(order.lacks)
    if order.needs_confirmation and not order.is_confirmed:
        lacks.add("confirmation")
    if order.pays in ("till", "checkout") and order.paid.minor < order.price.minor:
        lacks.add("payment")
    return tuple(wait for wait in WAITS if wait in lacks)


def may_release(order: Order, now: datetime) -> bool:
    """Say whether nothing keeps the order from being released at ``now``, and it has not been."""
    return stand(order, now).stage == "due"


def may_follow(line: Line, step: Step) -> bool:
    """Say whether ``step`` may still be noted: nothing follows a cancellation, and what is being made is not cancelled.

    A step told late, behind the furthest, is noted all the same: it changes nothing.
    """
    here = line.step
    if here == "cancelled":
        return step == "cancelled"
    if step == "cancelled":
        return here in (None, "refused")
    return step == "released" or here is not None


def spent(orders: Iterable[Order]) -> int:
    """Return what live orders come to, in minor units of their one currency: what a limit is held against."""
    return sum(order.price.minor for order in orders if any(line.step != "cancelled" for line in order.lines))


def _how_far(stage: Stage) -> int:
    return STAGES.index(stage)


def _actions(order: Order, stages: Collection[Stage], waits: tuple[Wait, ...], *, cooling: bool) -> frozenset[Action]:
    allowed: set[Action] = set()
    if not _OPEN.isdisjoint(stages):
        allowed |= {"change", "cancel"}
        if cooling and not waits:
            allowed.add("release_now")
        asked: dict[Wait, Action] = {"confirmation": "confirm", "payment": "pay", "address": "give_address"}
        allowed |= {asked[wait] for wait in waits if wait in asked}
    if "refused" in stages:
        allowed |= {"cancel", "remake"}
    if order.paid.minor > 0 and stages and all(stage == "cancelled" for stage in stages):
        allowed.add("refund")
    if any(stage in ("made", "sent", "ready", "handed") for stage in stages):
        allowed |= {"remake", "refund"} if order.paid.minor > 0 else {"remake"}
    return frozenset(allowed)
