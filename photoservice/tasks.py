"""What runs beside requests: carrying captures out, confirming, forgetting. Safe in any number of processes."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import structlog

from photoservice.service import Photoservice

log = structlog.get_logger(__name__)

CAPTURE_POLL_S = 1.0
"""How soon a capture is found that another process took in, or left behind when it was killed."""


FORGET_EVERY_S = 600.0
"""How often counts of wrong tries and answers that are too old to matter are dropped."""


@asynccontextmanager
async def running_tasks(service: Photoservice) -> AsyncGenerator[None]:
    """Run the tasks as long as the context lasts."""
    tasks = [
        asyncio.create_task(_forever(service, "captures", _capture_round(service))),
        asyncio.create_task(_forever(service, "settlement", _settlement_round(service))),
        asyncio.create_task(_forever(service, "forgetting", _forgetting_round(service))),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


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
        await asyncio.sleep(FORGET_EVERY_S)

    return one_round
