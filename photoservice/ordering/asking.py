"""A customer asks to have a line of an order made again, which somebody of the house decides (``Orders.remake``)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, cast, get_args

from photoservice.db.database import Session
from photoservice.errors import Malformed, Unknown
from photoservice.ordering.errors import NotAsItStands
from photoservice.ordering.orders import Orders
from photoservice.persons.persons import Shown

Fault = Literal["damaged", "wrong", "missing", "other"]
FAULTS: Final[tuple[Fault, ...]] = get_args(Fault)
"""What is wrong with what came, as customers say it."""

_CAN: Final = ("refused", "made", "sent", "ready", "handed")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Somebody asked to have a line made again."""

    line: int
    at: datetime
    why: Fault


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Keeps what customers ask to have made again."""

    orders: Orders

    async def ask(
        self, session: Session, person: str, shown: Sequence[Shown], order: str, *, line: int, why: str
    ) -> None:
        """Keep that a line is to be made again, once.

        Raises:
            Unknown: there is no such order or line, or it is not theirs.
            NotAsItStands: nothing was made of it yet.
            Malformed: ``why`` is none of :data:`FAULTS`.
        """
        found = await self.orders.find(session, person, shown, order)
        if found.line(line) is None:
            raise Unknown("There is no such line.")
        if why not in FAULTS:
            raise Malformed("There is no such reason.")
        if found.standing.lines[line] not in _CAN:
            raise NotAsItStands("remake")
        now = self.orders.reading.clock.now()
        await session.run("ordering_shares.ask_again", order, line, why, now)

    async def asked(self, session: Session, orders: Sequence[str]) -> Mapping[str, tuple[Asked, ...]]:
        """Return what was asked for, by order."""
        found: dict[str, tuple[Asked, ...]] = {}
        for row in await session.rows("ordering_shares.asked_again", list(orders)):
            one = Asked(line=row["number"], at=row["again_at"], why=cast("Fault", row["again_why"]))
            found[row["order_id"]] = (*found.get(row["order_id"], ()), one)
        return found
