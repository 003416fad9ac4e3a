"""What surrounds every request: its ID, its line in the log, its place in the numbers, and headers nobody may lack."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, cast

import structlog
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from photocore.crockford import draw
from photoservice.service import Photoservice
from photoservice.web.rolls import keep_slashes

log = structlog.get_logger(__name__)

_SANE_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")

_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_NO_PAGE = (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'")


def surround(service: Photoservice, app: ASGIApp) -> ASGIApp:
    """Return ``app`` with what surrounds every request."""

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await _handle(service, app, cast("HTTPScope", scope), receive, send)
        else:
            await app(scope, receive, send)

    return handle


async def _handle(service: Photoservice, app: ASGIApp, scope: HTTPScope, receive: Receive, send: Send) -> None:
    request_id = _request_id(service, scope)
    scope["state"] = {**(cast("dict[str, Any]", scope).get("state") or {}), "request_id": request_id}
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
    log.info("request.answered", method=method, route=route, status=status, ms=round(seconds * 1000, 1))


def _request_id(service: Photoservice, scope: HTTPScope) -> str:
    given = dict(scope["headers"]).get(b"x-request-id", b"")
    return given.decode() if _SANE_ID.fullmatch(given) else draw(service.entropy, 16)
