"""Every error as problem+json (RFC 9457). Nothing of what was sent is repeated: it may hold a card number."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import Any, Final

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.types import HTTPResponseBodyEvent, HTTPResponseStartEvent, Send

from pos_bridge.errors import BridgeError, BridgeRefusal
from sync.errors import DeskRefusal, JournalDown

AnyRequest = Request[Any, Any, Any]

PROBLEM_JSON: Final = "application/problem+json"
TYPES: Final = "urn:twincheck:problem:"
TRY_AGAIN_S: Final = 5
"""After so long whoever was told 503 may come again; senders of webhooks keep their own longer rhythm."""

_log = structlog.get_logger(__name__)


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An error, for programs and for people."""

    type: str
    title: str
    status: int
    detail: str = ""
    reason: str = ""
    """One word that programs know it by."""


class Told(BridgeError):
    """What is answered instead of what was asked for; raised wherever that is found out."""

    def __init__(self, status: int, slug: str, detail: str = "", headers: dict[str, str] | None = None) -> None:
        super().__init__(detail or slug)
        self.status = status
        self.slug = slug
        self.detail = detail
        self.headers = headers or {}


def problem(status: int, slug: str, detail: str = "", headers: dict[str, str] | None = None) -> Response[bytes]:
    """Return a problem as its response."""
    body = Problem(type=TYPES + slug, title=HTTPStatus(status).phrase, status=status, detail=detail, reason=slug)
    said = {"Cache-Control": "no-store", **(headers or {})}
    return Response(msgspec.json.encode(body), status_code=status, media_type=PROBLEM_JSON, headers=said)


async def answer(
    send: Send, status: int, kind: bytes, body: bytes, headers: Iterable[tuple[bytes, bytes]] = ()
) -> None:
    """Answer a request that no framework sees."""
    said = [(b"content-type", kind), (b"content-length", b"%d" % len(body)), (b"cache-control", b"no-store"), *headers]
    await send(HTTPResponseStartEvent(type="http.response.start", status=status, headers=said))
    await send(HTTPResponseBodyEvent(type="http.response.body", body=body, more_body=False))


async def answer_problem(send: Send, told: Told) -> None:
    """Answer such a request with a problem."""
    title = HTTPStatus(told.status).phrase
    said = Problem(type=TYPES + told.slug, title=title, status=told.status, detail=told.detail, reason=told.slug)
    headers = [(name.lower().encode(), text.encode()) for name, text in told.headers.items()]
    await answer(send, told.status, PROBLEM_JSON.encode(), msgspec.json.encode(said), headers)


def on_told(_: AnyRequest, told: Told) -> Response[bytes]:
    """Answer what one of our own routes says."""
    return problem(told.status, told.slug, told.detail, told.headers)


def on_refusal(_: AnyRequest, refusal: BridgeRefusal | DeskRefusal) -> Response[bytes]:
    """Answer what bridge or desk do not do."""
    return problem(409, str(refusal.reason), str(refusal))


def on_journal_down(_: AnyRequest, down: JournalDown) -> Response[bytes]:
    """Answer while nothing can be kept: the sender comes again, and nothing is lost."""
    _log.warning("door.journal_down", why=str(down))
    headers = {"Retry-After": f"{TRY_AGAIN_S}"}
    return problem(503, "journal-down", "Nothing can be kept just now; send it again.", headers)


def on_http_error(_: AnyRequest, error: HTTPException) -> Response[bytes]:
    """Answer what the framework refuses: no such route, a wrong method."""
    status = error.status_code
    kept = {name: text for name, text in (error.headers or {}).items() if name.lower() in ("allow", "retry-after")}
    return problem(status, HTTPStatus(status).phrase.lower().replace(" ", "-"), headers=kept)


def on_anything_else(_: AnyRequest, error: Exception) -> Response[bytes]:
    """Answer a fault of ours; nothing of it is told."""
    _log.error("door.failed", exc_info=error)
    return problem(500, "internal", "Something failed on our side; send it again.")
