"""What the demonstration is made of, in the order it happens; nothing here reaches past the product's own functions."""

import asyncio
from dataclasses import dataclass
from typing import Final

from photocore.pricing import Choice
from photoservice.errors import StartRefused
from photoservice.operating.duty import CONSOLE
from photoservice.operating.operators import Appointment
from photoservice.ordering.wishes import LineWish, OrderWish
from photoservice.seeding.people import Person, file_roll, see, sign_up
from photoservice.seeding.trade import Package, Trade, forward, open_trade, register
from photoservice.service import Photoservice

FRAMES: Final = 6
_LOOK_EVERY_S: Final = 0.2
_ROUNDS: Final = 4
"""Counting, looking at plans and releasing, so often: what one round did the next one goes on from."""


@dataclass(frozen=True, kw_only=True)
class Seeded:
    """What whoever looks at the demonstration needs to know."""

    trade: Trade
    people: tuple[Person, ...]
    guest_code: str
    unclaimed: Package


async def refuse_used(service: Photoservice) -> None:
    """Refuse to fill a service that has anything in it.

    Raises:
        StartRefused: it has.
    """
    async with service.database.begin() as session:
        if not await session.value("seeding.is_empty"):
            raise StartRefused(
                "This service is in use, and a demonstration fills an empty one only: give another --dir or --database."
            )


async def seed(service: Photoservice, *, frames: int = FRAMES) -> Seeded:
    """Fill an empty service.

    Raises:
        StartRefused: it is not empty.
    """
    await refuse_used(service)
    trade = await open_trade(service)
    packages = await forward(service, trade, [f"DEMO{nr:04}" for nr in range(1, 5)])
    firsts, seconds, guests, unclaimed = packages
    ada = await sign_up(service, "ada", access_code=await register(service, firsts))
    mira = await sign_up(service, "mira", access_code=await register(service, seconds))
    guest_code = await register(service, guests)
    operator = await sign_up(service, "operator")
    async with service.database.begin() as session:
        await service.goods.operators.add(session, CONSOLE, Appointment(login="operator", role="owner"))
    number = 0
    await see(service, trade, seconds.rolls[2], "received", days_ago=1)  # ... and a fresh roll is due for it
    for rolls in (firsts.rolls, seconds.rolls[:2], guests.rolls[:1]):
        for roll in rolls:
            await see(service, trade, roll, "developed", days_ago=6)
            await file_roll(service, trade, roll, first=number, frames=frames)
            number += frames
    await _derive(service)
    await _order_prints(service, mira, seconds.rolls[0])
    await _go_round(service)
    return Seeded(trade=trade, people=(ada, mira, operator), guest_code=guest_code, unclaimed=unclaimed)


async def _derive(service: Photoservice) -> None:
    """Have every picture made to be shown."""
    from photoservice.renditions.worker import working  # noqa: PLC0415  half a second of imports

    async with working(service):
        while True:
            async with service.database.begin() as session:
                if not await session.rows("renditions.waiting"):
                    return
            await asyncio.sleep(_LOOK_EVERY_S)


async def _order_prints(service: Photoservice, person: Person, roll: str) -> None:
    """Order prints of two pictures by hand, to be paid at the till."""
    async with service.database.begin() as session:
        images = tuple(row["id"] for row in await session.rows("seeding.images", roll))[:2]
        wish = OrderWish(
            origin=f"hand {person.id} seed-demo",
            kind="hand",
            person=person.id,
            lines=(LineWish(choice=Choice(item="prints"), images=images),),
            pays="till",
            language="en",
        )
        await service.goods.making.make(session, wish)


async def _go_round(service: Photoservice) -> None:
    """Do what a running service does beside requests: find whole rolls, count them, look at plans, count hours."""
    goods = service.goods
    for _ in range(_ROUNDS):
        await goods.counting.run_once()
        await goods.wholes.run_once()
        await goods.counting.run_once()
        await goods.evaluating.run_once()
        await goods.next_rolls.run_once()
    await goods.hours.run_once()
