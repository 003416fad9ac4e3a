"""What surrounds every request: who may ask for pages at all, and the headers that no answer may lack.

A browser in the store can be sent anywhere by any page it opens. So pages and WebSockets answer under the door's own
names alone (DNS rebinding: a foreign name that points to this machine is told 421), and what changes something comes
from a page of ours (``Origin``, ``Sec-Fetch-Site``). Webhooks come under the name their sender was given, through
tunnels and proxies; what proves them is their signature, and nothing under ``/in/`` is for browsers.
"""

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

from litestar.types import ASGIApp, Message, Receive, Scope, Send

from pos_bridge.settings import DoorSettings
from pos_bridge.web.problems import Told, answer_problem

KEYED: Final = ("/in/", "/sightings")
"""What programs ask for, under whatever name this machine has for them: a signature or a key lets them in."""
COUNTED: Final = "/metrics"
"""Under any name with the door's key. Without it this machine is let in by its address, so the name must be our own."""
SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

FORWARDED: Final = ("x-forwarded-for", "forwarded", "x-real-ip", "via", "cf-connecting-ip", "true-client-ip")
"""Headers that only a proxy adds: what bears one comes from somewhere else than its socket says."""

POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'"
)
_ALWAYS: Final = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_CLOSED: Final = b"default-src 'none'; frame-ancestors 'none'"
_CLOSE_FORBIDDEN: Final = 4403


def own_names(door: DoorSettings) -> frozenset[str]:
    """Return the names under which this machine's own browsers reach the door, in lower case, without a port."""
    named = {door.host.lower(), *(name.lower() for name in door.names)} - {"0.0.0.0", "::", ""}  # noqa: S104
    return frozenset(named | {"localhost", "127.0.0.1", "::1"})


def is_loopback(host: str) -> bool:
    """Say whether ``host``, an address or ``localhost``, is this very machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0]).is_loopback
    except ValueError:
        return False


def guard(app: ASGIApp, names: Iterable[str]) -> ASGIApp:
    """Return ``app`` behind the checks of host and origin, its answers with the headers none may lack."""
    own = frozenset(names)

    async def handle(scope: Scope, receive: Receive, send: Send) -> None:
        kind = str(scope["type"])
        if kind not in ("http", "websocket"):
            await app(scope, receive, send)
            return
        trouble = _trouble(cast("dict[str, Any]", scope), own)
        if trouble is None:
            await app(scope, receive, _dressed(send) if kind == "http" else send)
        elif kind == "http":
            await answer_problem(_dressed(send), Told(*trouble))
        else:
            await send(cast("Message", {"type": "websocket.close", "code": _CLOSE_FORBIDDEN, "reason": trouble[1]}))

    return handle


def headers_of(scope: Mapping[str, Any]) -> dict[str, str]:
    """Return a request's headers by name in lower case; of one that comes twice the last."""
    return {name.decode("latin-1").lower(): text.decode("latin-1") for name, text in scope["headers"]}


def host_of(text: str) -> str:
    """Return the name in a ``Host`` header or an origin's authority, without its port."""
    text = text.strip().lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    name, _, port = text.partition(":")
    return name if not port or port.isdecimal() else text


def _trouble(scope: Mapping[str, Any], own: frozenset[str]) -> tuple[int, str] | None:
    path = scope["path"]
    if path.startswith(KEYED):
        return None
    headers = headers_of(scope)
    if path == COUNTED and "authorization" in headers:
        return None
    host = headers.get("host", "")
    if host_of(host) not in own:
        return 421, "not-our-name"
    if scope["type"] == "http" and scope["method"] in SAFE:
        return None
    origin = headers.get("origin")
    if origin is not None and origin.partition("://")[2].lower() != host.lower():
        return 403, "from-elsewhere"
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return 403, "from-elsewhere"
    return None


def _dressed(send: Send) -> Send:
    async def send_on(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [*message["headers"], *_ALWAYS]
            if not any(name.lower() == b"content-security-policy" for name, _ in headers):
                headers.append((b"content-security-policy", _CLOSED))
            message["headers"] = headers
        await send(message)

    return send_on
