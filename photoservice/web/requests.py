"""What surrounds every request: its ID, its line in the log, its place in the numbers, and headers nobody may lack.

And the service that it stands on, whose tasks run as long as the server does: the routes are the same for all.
"""

import re
import traceback
from collections.abc import Awaitable, Callable
from typing import Any, cast

import structlog
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from photocore.crockford import draw
from photoservice.service import Photoservice
from photoservice.tasks import running_tasks
from photoservice.web.rolls import keep_slashes

log = structlog.get_logger(__name__)

_SANE_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")

_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_SERVICE = "photoservice"
_NO_PAGE = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")


def surround(service: Photoservice, app: ASGIApp) -> ASGIApp:
    """Return ``app`` with what surrounds every request, and the life of ``service`` round all of them."""

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await _handle(service, app, cast("HTTPScope", scope), receive, send)
        else:
            await _live(service, receive, send)

    return handle


def service_of(scope: Scope) -> Photoservice:
    """Return the service that a request was brought to."""
    return cast("dict[str, Any]", scope)["state"][_SERVICE]


async def _live(service: Photoservice, receive: Any, send: Any) -> None:  # noqa: ANN401  # the server's two events
    """Run the service's tasks from the server's startup to its shutdown (ASGI's lifespan)."""
    doing = "startup"
    await receive()
    try:
        async with running_tasks(service):
            await send({"type": "lifespan.startup.complete"})
            doing = "shutdown"
            await receive()
    except BaseException:
        await send({"type": f"lifespan.{doing}.failed", "message": traceback.format_exc()})
        raise
    await send({"type": "lifespan.shutdown.complete"})


async def _handle(service: Photoservice, app: ASGIApp, scope: HTTPScope, receive: Receive, send: Send) -> None:
    request_id = _request_id(service, scope)
    scope["state"] = {
        **(cast("dict[str, Any]", scope).get("state") or {}),
        "request_id": request_id,
        _SERVICE: service,
    }
    scope["path"] = keep_slashes(scope["raw_path"], scope["path"])
    began, status = service.clock.monotonic(), [500]
    with structlog.contextvars.bound_contextvars(request=request_id):
        try:
            await app(scope, receive, _sending(send, request_id, status))
        finally:
            _note(service, scope, status[0], service.clock.monotonic() - began)


def _sending(send: Send, request_id: str, status: list[int]) -> Callable[[Message], Awaitable[None]]:
    async def send_on(message: Message) -> None:
        if message["type"] == "http.response.start":
            status[0] = message["status"]
            headers = list(message["headers"])
            headers += [*_ALWAYS, (b"x-request-id", request_id.encode())]
            if not any(name.lower() == _NO_PAGE[0] for name, _ in headers):
                headers.append(_NO_PAGE)
            message["headers"] = headers
        await send(message)

    return send_on


def _note(service: Photoservice, scope: HTTPScope, status: int, seconds: float) -> None:
    """Count and log by the route's pattern, never by the path: a path may hold an item or a code."""
    route = str(cast("dict[str, Any]", scope).get("path_template") or "unmatched")
    method = str(scope["method"])
    service.metrics.requests.labels(method=method, route=route, status=str(status)).inc()
    service.metrics.seconds.labels(route=route).observe(seconds)
    service.goods.hours.traffic.note(method, route, status, seconds=seconds, at=service.clock.now())
    log.info("request.answered", method=method, route=route, status=status, ms=round(seconds * 1000, 1))


def _request_id(service: Photoservice, scope: HTTPScope) -> str:
    given = dict(scope["headers"]).get(b"x-request-id", b"")
    return given.decode() if _SANE_ID.fullmatch(given) else draw(service.entropy, 16)
