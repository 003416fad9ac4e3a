"""What runs beside requests: captures, confirming, forgetting, renditions, messages. Any number of processes may."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

import asyncpg
import structlog

from photoservice.dashboards.standing import read_standing
from photoservice.renditions.watching import EVERY_S, watch_once
from photoservice.service import Photoservice

log = structlog.get_logger(__name__)

CAPTURE_POLL_S = 1.0
"""How soon a capture is found that another process took in, or left behind when it was killed."""


FORGET_EVERY_S = 600.0
"""How often counts of wrong tries and answers that are too old to matter are dropped, and a sweep is due or not."""

CUSTODY_EVERY_S = 60.0
"""How often rolls are counted that were expected somewhere and not seen there."""

ARRIVALS_EVERY_S = 20.0
"""How soon people are told of a roll that is complete."""

HOURS_EVERY_S = 60.0
"""How old the numbers of the dashboards may be, and how much of what it saw a process loses when it is killed."""

REMIND_EVERY_S = 300.0
"""How often orders are looked for whose people are to be reminded; days pass between two reminders."""

SEND_EVERY_S = 2.0
"""How soon a message goes out: somebody waits for a link to sign in."""


@asynccontextmanager
async def running_tasks(service: Photoservice) -> AsyncGenerator[None]:
    """Run the tasks as long as the context lasts."""
    tasks = [
        asyncio.create_task(_forever(service, "captures", _capture_round(service))),
        asyncio.create_task(_forever(service, "settlement", _settlement_round(service))),
        asyncio.create_task(_forever(service, "forgetting", _forgetting_round(service))),
        asyncio.create_task(_forever(service, "custody", _custody_round(service))),
        asyncio.create_task(_forever(service, "objects", service.pictures.upkeep.round)),
        asyncio.create_task(_forever(service, "messages", _messages_round(service))),
        asyncio.create_task(_forever(service, "arrivals", _arrivals_round(service))),
        asyncio.create_task(_forever(service, "hours", _hours_round(service))),
    ]
    if service.settings.sweep_every is not None:
        sweeping = _sweeping_round(service, service.settings.sweep_every.total_seconds())
        tasks.append(asyncio.create_task(_forever(service, "uploads", sweeping)))
    if service.settings.orders_every is not None:
        every_s = service.settings.orders_every.total_seconds()
        for name, one_round in _order_rounds(service, every_s).items():
            tasks.append(asyncio.create_task(_forever(service, name, one_round)))
    if service.settings.plan_every is not None:
        planning = _plans_round(service, service.settings.plan_every.total_seconds())
        tasks.append(asyncio.create_task(_forever(service, "plans", planning)))
    try:
        async with running_renditions(service):
            yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await _add_last_hours(service)
        await service.pictures.looking.close()
        await service.people.editing.close()


@asynccontextmanager
async def running_renditions(service: Photoservice) -> AsyncGenerator[None]:
    """Look after the queue of renditions as long as the context lasts, and make them here if settings say so."""
    watching = asyncio.create_task(_forever(service, "renditions", _renditions_round(service)))
    try:
        async with AsyncExitStack() as stack:
            if service.settings.derive_here:
                from photoservice.renditions.worker import working  # noqa: PLC0415  # half a second of imports

                await stack.enter_async_context(working(service))
            yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def _forever(service: Photoservice, name: str, one_round: Callable[[], Awaitable[None]]) -> None:
    """Repeat a round; log an outage once and its end once, with the count between."""
    failed = 0
    while True:
        try:
            await one_round()
        except Exception:  # the worker's boundary: logged, counted, and the task goes on
            failed += 1
            service.metrics.failures.labels(task=name).inc()
            if failed == 1:
                log.exception("task.failing", task=name)
            await asyncio.sleep(CAPTURE_POLL_S)
        else:
            if failed:
                log.info("task.works_again", task=name, failed=failed)
            failed = 0


def _capture_round(service: Photoservice) -> Callable[[], Awaitable[None]]:
    async def one_round() -> None:
        service.captures.wake.clear()
        while await service.captures.run_one():
            pass
        try:
            await asyncio.wait_for(service.captures.wake.wait(), CAPTURE_POLL_S)
        except TimeoutError:
            return

    return one_round


def _settlement_round(service: Photoservice) -> Callable[[], Awaitable[None]]:
    async def one_round() -> None:
        confirmed = await service.settlement.run_once()
        if confirmed:
            service.metrics.confirmed.inc(confirmed)
            log.info("registrations.confirmed", count=confirmed)
        await asyncio.sleep(service.settings.settle_every.total_seconds())

    return one_round


def _forgetting_round(service: Photoservice) -> Callable[[], Awaitable[None]]:
    async def one_round() -> None:
        await service.claims_at_home.forget()
        await service.people.editing.forget()
        await service.people.sweep.round()
        await asyncio.sleep(FORGET_EVERY_S)

    return one_round


def _custody_round(service: Photoservice) -> Callable[[], Awaitable[None]]:
    async def one_round() -> None:
        async with service.database.begin() as session:
            counts = await service.people.custody.count_overdue(session)
        for step, count in counts.items():
            service.metrics.rolls_late.labels(step=step).set(count)
        await asyncio.sleep(CUSTODY_EVERY_S)

    return one_round


def _renditions_round(service: Photoservice) -> Callable[[], Awaitable[None]]:
    async def one_round() -> None:
        if found := await watch_once(service.database, service.metrics):
            log.warning("renditions.left_behind", rolls=found)
        await asyncio.sleep(EVERY_S)

    return one_round


def _sweeping_round(service: Photoservice, every_s: float) -> Callable[[], Awaitable[None]]:
    async def one_round() -> None:
        await service.pictures.sweeper.run_once()
        await asyncio.sleep(every_s)

    return one_round


def _plans_round(service: Photoservice, every_s: float) -> Callable[[], Awaitable[None]]:
    async def one_round() -> None:
        await service.goods.evaluating.watch_clock()
        there = await service.database.row("planning_evaluating.anything", service.clock.now())
        if there and there["to_count"]:
            await service.goods.counting.run_once()
        if there and there["to_find"] and await service.goods.wholes.run_once():
            await service.goods.counting.run_once()
        if there and (there["to_count"] or there["to_find"] or there["to_look"]):
            service.metrics.goods.labels(deed="plans fired").inc(await service.goods.evaluating.run_once())
        await asyncio.sleep(every_s)

    return one_round


def _messages_round(service: Photoservice) -> Callable[[], Awaitable[None]]:
    async def one_round() -> None:
        await service.people.sender.run_once()
        await asyncio.sleep(SEND_EVERY_S)

    return one_round


def _arrivals_round(service: Photoservice) -> Callable[[], Awaitable[None]]:
    async def one_round() -> None:
        await service.people.arrivals.run_once()
        await asyncio.sleep(ARRIVALS_EVERY_S)

    return one_round


def _hours_round(service: Photoservice) -> Callable[[], Awaitable[None]]:
    async def one_round() -> None:
        await service.goods.hours.run_once()
        async with service.database.begin() as session:
            standing = await read_standing(session, service.clock.now())
        standing.tell(service.metrics)
        await asyncio.sleep(HOURS_EVERY_S)

    return one_round


async def _add_last_hours(service: Photoservice) -> None:
    """Add what this process saw since the last round; a database that is gone by now does not keep it from ending."""
    try:
        await service.goods.hours.flush()
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as cause:
        log.warning("hours.not_added", why=str(cause))


def _order_rounds(service: Photoservice, every_s: float) -> Mapping[str, Callable[[], Awaitable[None]]]:
    """Return the rounds that look after orders; each finds what is due by an index, and nothing mostly."""

    def repeated(
        deed: str, work: Callable[[], Awaitable[int]], rest_s: float = every_s
    ) -> Callable[[], Awaitable[None]]:
        async def one_round() -> None:
            service.metrics.goods.labels(deed=deed).inc(await work())
            await asyncio.sleep(rest_s)

        return one_round

    return {
        "releasing": repeated("orders released", service.goods.releasing.run_once),
        "next rolls": repeated("next rolls ordered", service.goods.next_rolls.run_once),
        "paying": repeated("checkouts settled", service.goods.checkouts.run_once),
        "reminding": repeated("orders reminded of", service.goods.reminding.run_once, max(every_s, REMIND_EVERY_S)),
    }
