"""Every error as problem+json (RFC 9457), with a stable type and the request's ID.

What a person does wrong on a page is told by that page; here is what only programs and attackers get to see. Nothing of
what was sent is repeated: a card number must not come back in an error, nor land in a log through one.
"""

from http import HTTPStatus
from typing import Any

import asyncpg
import msgspec
import structlog
from litestar import Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi.datastructures import ResponseSpec

from photocore.errors import EventError
from photoservice.errors import PROBLEM_TYPES, NotReady, RangeRefused, Refusal, Throttled, Unproven
from photoservice.goods_errors import ChoiceNotHad
from photoservice.objects.store import StoreDown
from photoservice.web.asked import AnyRequest

log = structlog.get_logger(__name__)

PROBLEM_JSON = "application/problem+json"


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An error, for machines and for people."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str = ""
    why: str = ""
    """Which part of a choice cannot be had, in one word."""


def told(*statuses: int) -> dict[int, ResponseSpec]:
    """Return the problems a route answers, for the API's description."""
    return {
        status: ResponseSpec(
            data_container=Problem,
            media_type=PROBLEM_JSON,
            generate_examples=False,
            description=HTTPStatus(status).phrase,
        )
        for status in statuses
    }


_SENTENCES = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "The body is larger than what is taken in one piece.",
}

_SLUGS = {
    400: "malformed",
    401: "unproven",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "too-large",
    415: "unsupported-media-type",
}


def answer(
    request: AnyRequest,
    *,
    type_: str,
    title: str,
    status: int,
    detail: str,
    headers: dict[str, str] | None = None,
    why: str = "",
) -> Response[bytes]:
    """Return a problem as its response."""
    request_id = request.state.get("request_id", "")
    problem = Problem(type=type_, title=title, status=status, detail=detail, request_id=request_id, why=why)
    said = {"Cache-Control": "no-store", **(headers or {})}  # else a cache may keep a 404 or 410, for whoever asks next
    return Response(content=msgspec.json.encode(problem), status_code=status, media_type=PROBLEM_JSON, headers=said)


def on_refusal(request: AnyRequest, refusal: Refusal) -> Response[bytes]:
    """Answer what we refuse."""
    headers = {"WWW-Authenticate": refusal.challenge} if isinstance(refusal, Unproven) and refusal.challenge else {}
    if isinstance(refusal, Throttled | NotReady):
        headers["Retry-After"] = str(refusal.wait_s)
    if isinstance(refusal, RangeRefused):
        headers |= {"Content-Range": f"bytes */{refusal.size}", "Accept-Ranges": "bytes"}
    return answer(
        request,
        type_=refusal.type,
        title=refusal.title,
        status=int(refusal.status),
        detail=str(refusal),
        headers=headers,
        why=refusal.why if isinstance(refusal, ChoiceNotHad) else "",
    )


def on_event_error(request: AnyRequest, error: EventError) -> Response[bytes]:
    """Answer a message that is out of its form."""
    return answer(
        request,
        type_=PROBLEM_TYPES + "malformed",
        title="The request is out of form",
        status=400,
        detail=str(error)[:300],
    )


def on_http_error(request: AnyRequest, error: HTTPException) -> Response[bytes]:
    """Answer what the framework refuses: no such route, wrong method, too large, a body that does not fit."""
    status = error.status_code
    detail = error.detail if not isinstance(error, ValidationException) else _plain(error)
    return answer(
        request,
        type_=PROBLEM_TYPES + _SLUGS.get(status, f"http-{status}"),
        title=HTTPStatus(status).phrase,
        status=status,
        detail=_SENTENCES.get(status, str(detail)[:300]),
        headers={k: v for k, v in (error.headers or {}).items() if k.lower() in ("allow", "retry-after")},
    )


def on_unstorable(request: AnyRequest, _: asyncpg.CharacterNotInRepertoireError) -> Response[bytes]:
    """Answer who sent a NUL, the one character that no text in PostgreSQL can hold."""
    return answer(
        request,
        type_=PROBLEM_TYPES + "malformed",
        title="The request is out of form",
        status=400,
        detail="The request holds a NUL character.",
    )


def on_store_down(request: AnyRequest, error: StoreDown) -> Response[bytes]:
    """Answer while the place where images are kept does not."""
    log.warning("objects.down", exc_info=error)
    return answer(
        request,
        type_=PROBLEM_TYPES + "store-down",
        title="Images cannot be reached just now",
        status=503,
        detail="The place where images are kept does not answer. Nothing is lost; ask again in a moment.",
        headers={"Retry-After": "10"},
    )


def on_anything_else(request: AnyRequest, error: Exception) -> Response[bytes]:
    """Answer a fault of ours: logged with the request's ID, and nothing of it told."""
    log.error("request.failed", exc_info=error)  # never the path: it may hold an item; request.answered names the route
    return answer(
        request,
        type_=PROBLEM_TYPES + "internal",
        title="Our fault",
        status=500,
        detail="Something failed on our side. Nothing of this request was kept; send it again.",
    )


def _plain(error: ValidationException) -> str:
    """Return where the request does not fit, without repeating its values."""
    extra: Any = error.extra
    if isinstance(extra, list) and extra:
        first: Any = extra[0]  # pyright: ignore[reportUnknownVariableType]
        if isinstance(first, dict):
            return f"{first.get('key', 'body')}: {first.get('message', 'does not fit')}"  # pyright: ignore[reportUnknownMemberType]
    return str(error.detail).split(" for ")[0]
