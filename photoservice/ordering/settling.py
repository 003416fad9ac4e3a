"""What follows from a change of an order: credits given back or taken, the price summed up anew, money given back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from photocore.pricing import Quote
from photocore.seams import Clock
from photoservice.db.database import Session
from photoservice.ordering.making import fit
from photoservice.ordering.ports import Refunds
from photoservice.ordering.reading import UNRELEASED
from photoservice.ordering.shown import LineShown, OrderShown
from photoservice.ordering.telling import Telling

SERVICE: Final = "service"
"""Who notes what follows by itself."""


@dataclass(frozen=True, kw_only=True)
class Settling:
    """Settles changes of orders that are held (``ordering.lock``)."""

    clock: Clock
    refunds: Refunds
    telling: Telling

    async def cancel(
        self, session: Session, order: OrderShown, lines: Sequence[int], *, by: str, note: str = "", tell: bool = False
    ) -> None:
        """Cancel those of ``lines`` that may be; ``tell``: its people, when nothing of the order is left."""
        stages = order.standing.lines
        going = [one for one in order.lines if one.number in lines and stages[one.number] in (*UNRELEASED, "refused")]
        if going:
            now = self.clock.now()
            await session.run("ordering.cancel_lines", order.id, [one.number for one in going], now, by, note)
            for line in going:
                await self.give_credit_back(session, order, line)
        gone = {one.number for one in going}
        is_over = all(one.number in gone or stages[one.number] == "cancelled" for one in order.lines)
        await self.sum_up(session, order, by=by)
        if is_over and tell:
            await self.telling.tell(session, order.id, "order_cancelled", (order.person, order.root))

    async def give_credit_back(self, session: Session, order: OrderShown, line: LineShown) -> None:
        """Give the package back what a line had taken of its credits."""
        if line.credit is not None and order.root is not None:
            await session.run("ordering.take_credit", order.root, line.credit, -line.quantity)

    async def take_credit(self, session: Session, order: OrderShown, priced: Quote) -> int | None:
        """Take what a line needs of the package's credits, if one covers it; returns its place."""
        if order.root is None:
            return None
        place = fit(await session.rows("ordering.credits", order.root), [priced])[0]
        if place is not None:
            await session.run("ordering.take_credit", order.root, place, priced.quantity)
        return place

    async def sum_up(self, session: Session, order: OrderShown, *, by: str) -> None:
        """Sum the order up from its lines, and give back what was paid beyond that."""
        row = await session.row("ordering.sum_up", order.id, self.clock.now())
        beyond = order.paid.minor - row["price"] if row else 0
        if beyond > 0:
            await self.refunds.refund(session, order.id, beyond, by, f"version {order.version + 1}")
