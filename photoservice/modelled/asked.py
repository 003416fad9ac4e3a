"""A request as production's routes read it, and their answers as a station gets them, without a web server between.

The routes of ``photoservice/web`` are called as they stand; here is only what the framework does for them: find the
route, hand over the request, turn what they return or raise into a status and bytes.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, cast
from urllib.parse import SplitResult, parse_qs, urlsplit

import asyncpg
import msgspec
from litestar import Response
from litestar.exceptions import HTTPException, ValidationException

from photocore.errors import EventError
from photocore.seams import HttpRequest, HttpResponse
from photoservice.errors import Refusal
from photoservice.service import Photoservice
from photoservice.web import problems, sync_routes
from photoservice.web.asked import AnyRequest

_STATION: Final = re.compile(r"/sync/v1/stations/([^/]{1,64})/([a-z]+)")
_EPOCH: Final = re.compile(r"[0-9a-f]{16}")


class _Headers(dict[str, str]):
    """Headers by their lower-case names."""

    def getall(self, name: str, default: list[str]) -> list[str]:
        """Return all values of one."""
        return [self[name]] if name in self else default


@dataclass(frozen=True, kw_only=True)
class _Client:
    host: str


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What of the framework's request the routes look at."""

    method: str
    url: SplitResult
    headers: _Headers
    scope: Mapping[str, Any]
    sent: bytes
    client: _Client
    state: dict[str, str] = field(default_factory=dict[str, str])

    async def body(self) -> bytes:
        """Return the body."""
        return self.sent


def answer_with(
    call: Callable[[Awaitable[Response[Any]]], Response[Any]], service: Photoservice, request: HttpRequest
) -> HttpResponse:
    """Answer ``request`` by production's routes; ``call`` carries coroutines out.

    What is none of the service's refusals is raised: in a modelled world a fault of ours must not look like an answer.
    """
    asked = _read(request)
    try:
        response = call(_route(asked, service, request))
    except Refusal as why:
        response = problems.on_refusal(asked, why)
    except EventError as why:
        response = problems.on_event_error(asked, why)
    except asyncpg.CharacterNotInRepertoireError as why:
        response = problems.on_unstorable(asked, why)
    except HTTPException as why:
        response = problems.on_http_error(asked, why)
    return _written(response, request.method)


def _read(request: HttpRequest) -> AnyRequest:
    url = urlsplit(request.url)
    headers = _Headers({name.lower(): value for name, value in request.headers.items()})
    headers.setdefault("host", url.netloc)
    scope = {"raw_path": url.path.encode(), "query_string": url.query.encode()}
    host = headers.get("x-forwarded-for", "127.0.0.1")
    asked = _Asked(
        method=request.method, url=url, headers=headers, scope=scope, sent=request.body, client=_Client(host=host)
    )
    return cast("AnyRequest", asked)


def _route(asked: AnyRequest, service: Photoservice, request: HttpRequest) -> Awaitable[Response[Any]]:
    url = urlsplit(request.url)
    if url.path == "/enrol":
        _allow(request, "POST", most=10_000)
        return sync_routes.enrol.fn(asked, service)
    found = _STATION.fullmatch(url.path)
    if found is None:
        raise HTTPException(status_code=HTTPStatus.NOT_FOUND)
    station, verb = found[1], found[2]
    match verb, request.method:
        case "hello", _:
            _allow(request, "POST", most=sync_routes.MAX_BODY)
            return sync_routes.hello.fn(asked, service, station)
        case "events", "GET":
            epoch, first = _epoch_asked(parse_qs(url.query))
            return sync_routes.give_events_back.fn(asked, service, station, epoch, first)
        case "events", _:
            _allow(request, "POST", most=sync_routes.MAX_BODY)
            return sync_routes.take_events.fn(asked, service, station)
        case "news", _:
            _allow(request, "POST", most=sync_routes.MAX_NEWS_BODY)
            return sync_routes.tell_news.fn(asked, service, station)
        case "roster", _:
            _allow(request, "GET")
            return sync_routes.give_roster.fn(asked, service, station)
        case "packages", _:
            _allow(request, "GET")
            return sync_routes.look_up.fn(asked, service, station, _text(parse_qs(url.query), "item", most=64))
        case _:
            raise HTTPException(status_code=HTTPStatus.NOT_FOUND)


def _allow(request: HttpRequest, method: str, *, most: int = 0) -> None:
    if request.method != method:
        raise HTTPException(status_code=HTTPStatus.METHOD_NOT_ALLOWED)
    if len(request.body) > most:
        raise HTTPException(status_code=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def _epoch_asked(query: Mapping[str, list[str]]) -> tuple[str, int]:
    epoch, first = _text(query, "epoch"), query.get("first", ["1"])[0]
    if not _EPOCH.fullmatch(epoch) or not first.isdecimal() or not 1 <= int(first) < 2**53:
        raise ValidationException("epoch and first do not fit")
    return epoch, int(first)


def _text(query: Mapping[str, list[str]], name: str, *, most: int = 100) -> str:
    (text,) = query.get(name, [""])
    if not text or len(text) > most:
        raise ValidationException(f"{name} does not fit")
    return text


def _written(response: Response[Any], method: str) -> HttpResponse:
    content = response.content
    body = content if isinstance(content, bytes) else msgspec.json.encode(content)
    headers = {name.lower(): value for name, value in response.headers.items()}
    headers["content-type"] = str(response.media_type or "application/json")
    status = response.status_code or (HTTPStatus.CREATED if method == "POST" else HTTPStatus.OK)
    return HttpResponse(status=int(status), headers=headers, body=body)
