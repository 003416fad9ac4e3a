"""What the operator's tools ask: is it alive, can it work, its numbers."""

import asyncpg
from litestar import MediaType, Response, get
from prometheus_client import CONTENT_TYPE_LATEST

from photoservice.errors import Unknown
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.sources import is_from


@get("/health", tags=["operations"], media_type=MediaType.JSON)
async def health() -> dict[str, str]:
    """Tell that the process answers."""
    return {"status": "alive"}


@get("/ready", tags=["operations"])
async def ready(service: Service) -> Response[dict[str, str]]:
    """Tell whether the database answers too: 503 when it does not."""
    try:
        async with service.database.begin() as session:
            await session.value("locks.ping")
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError):
        service.metrics.ready.set(0)
        return Response({"status": "waiting for the database"}, status_code=503, headers={"Retry-After": "5"})
    service.metrics.ready.set(1)
    return Response({"status": "ready"})


@get("/metrics", tags=["operations"])
async def metrics(service: Service, request: AnyRequest) -> Response[bytes]:
    """Give the numbers to Prometheus, if it asks from one of the networks that the settings name.

    Raises:
        Unknown: who asks is from anywhere else.
    """
    if not is_from(request, service.settings.may_read_metrics, service.settings.trusted_proxies):
        raise Unknown("There is nothing here.")
    return Response(service.metrics.exposition(), media_type=CONTENT_TYPE_LATEST.removesuffix("; charset=utf-8"))
