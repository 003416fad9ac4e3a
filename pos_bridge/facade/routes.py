"""The facade over HTTP and WebSocket: ``/upos``. docs/till/devices.md has every request with its answer.

Methods and properties bear UnifiedPOS' names; an error is problem+json with ErrorCode and ErrorCodeExtended. Programs
show the door's key. Verbs run off the loop, as a piece of paper takes a while to compose.
"""

import asyncio
import hmac
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import Annotated, Any, Final, TypeVar

import msgspec
from litestar import Response, Router, delete, get, post, put
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency, Provide
from litestar.exceptions import NotAuthorizedException
from litestar.handlers.base import BaseRouteHandler
from litestar.params import PathParameter

from pos_bridge.facade.events import Event
from pos_bridge.facade.facade import Facade, Paper
from pos_bridge.facade.listening import SEND_S, listen
from pos_bridge.facade.machine import LEASE_S
from pos_bridge.facade.printing import BarCode
from pos_bridge.facade.words import PTR_BC_CENTER, PTR_BC_TEXT_NONE, STATUS_OF, DeviceRefused, Fault
from pos_bridge.web.forms import read_body
from pos_bridge.web.problems import PROBLEM_JSON, TYPES, AnyRequest, Told, on_told

MOST_BYTES: Final = 131_072
LONGEST_CLAIM_MS: Final = 60_000
"""A claim without end (-1) waits so long, and is asked again."""
CLAIM_LOOK_S: Final = 0.1
PAPER_WAIT_S: Final = 30.0

Shape = TypeVar("Shape")
FacadeOf = NamedDependency[Facade]
WaitOf = NamedDependency[float]
SessionId = Annotated[str, PathParameter(pattern="^[0-9a-f]{32}$")]
Answer = Response[bytes]


class _Asked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a method is given; each names its own."""


class _Open(_Asked, frozen=True, kw_only=True):
    till: Annotated[str, msgspec.Meta(max_length=40)] = ""


class _Claim(_Asked, frozen=True, kw_only=True):
    timeout: Annotated[int, msgspec.Meta(ge=-1, le=3_600_000)] = 0


class _PrintNormal(_Asked, frozen=True, kw_only=True):
    data: str
    station: int = 2


class _PrintBarCode(_Asked, frozen=True, kw_only=True):
    data: str
    symbology: int
    station: int = 2
    height: Annotated[int, msgspec.Meta(ge=0, le=2000)] = 80
    width: Annotated[int, msgspec.Meta(ge=0, le=4096)] = 0
    alignment: int = PTR_BC_CENTER
    textPosition: int = PTR_BC_TEXT_NONE  # noqa: N815  UnifiedPOS' own name


class _CutPaper(_Asked, frozen=True, kw_only=True):
    percentage: int = 90


class _TransactionPrint(_Asked, frozen=True, kw_only=True):
    control: int
    station: int = 2


class _Value(_Asked, frozen=True, kw_only=True):
    value: bool | int


class _Problem(msgspec.Struct, frozen=True, kw_only=True):
    type: str
    title: str
    status: int
    detail: str
    reason: str
    ErrorCode: int
    ErrorCodeExtended: int


def router(facade: Facade, key: str, *, paper_wait_s: float = PAPER_WAIT_S, send_s: float = SEND_S) -> Router:
    """Return the routes, behind the door's ``key``; without one nobody is let in.

    ``paper_wait_s`` is how long a call waits for its piece of paper, ``send_s`` how long a client may not read.
    """
    return Router(
        path="/upos",
        route_handlers=[*HANDLERS],
        dependencies={
            "facade": Provide(lambda: facade, sync_to_thread=False),
            "paper_wait_s": Provide(lambda: paper_wait_s, sync_to_thread=False),
            "send_s": Provide(lambda: send_s, sync_to_thread=False),
        },
        guards=[partial(_let_in, key)],
        exception_handlers={DeviceRefused: on_device_refused, Told: on_told},
    )


def on_device_refused(_: AnyRequest, refused: DeviceRefused) -> Answer:
    """Answer what a device does not do."""
    status = STATUS_OF[refused.code]
    body = _Problem(
        type=TYPES + refused.code.name.lower().replace("_", "-"),
        title=HTTPStatus(status).phrase,
        status=status,
        detail=str(refused),
        reason=refused.code.name,
        ErrorCode=int(refused.code),
        ErrorCodeExtended=refused.extended,
    )
    headers = {"Cache-Control": "no-store"}
    return Response(msgspec.json.encode(body), status_code=status, media_type=PROBLEM_JSON, headers=headers)


@get("/devices")
async def devices(facade: FacadeOf) -> Answer:
    """List the devices that tills may use."""
    return _answer({"devices": await asyncio.to_thread(facade.devices)})


@post("/devices/{name:str}/open", status_code=201, request_max_body_size=None)
async def open_device(
    request: AnyRequest, facade: FacadeOf, name: Annotated[str, PathParameter(max_length=48)]
) -> Answer:
    """Open a device: a session, which lives by its requests or its WebSocket."""
    said = await _said(request, _Open)
    session = await asyncio.to_thread(facade.open, name, said.till)
    return _answer({"session": session, "lease_s": LEASE_S}, 201)


@delete("/sessions/{session:str}", status_code=200)
async def close_device(facade: FacadeOf, session: SessionId) -> Answer:
    """Close a session (the method ``close``)."""
    await asyncio.to_thread(facade.close, session)
    return _answer({})


@get("/sessions/{session:str}/properties")
async def properties(facade: FacadeOf, session: SessionId) -> Answer:
    """Return all properties of a session's device."""
    return _answer(await asyncio.to_thread(facade.properties, session))


@put("/sessions/{session:str}/properties/{name:str}", request_max_body_size=None)
async def set_property(
    request: AnyRequest, facade: FacadeOf, session: SessionId, name: Annotated[str, PathParameter(max_length=40)]
) -> Answer:
    """Set one property."""
    said = await _said(request, _Value)
    await asyncio.to_thread(facade.set, session, name, said.value)
    return _answer(await asyncio.to_thread(facade.properties, session))


@get("/sessions/{session:str}/events", name="upos_events")
async def events(request: AnyRequest, facade: FacadeOf, session: SessionId) -> Answer:
    """Return the events after a number, for a till without WebSockets; asking is a sign of life."""
    found = await asyncio.to_thread(facade.events, session, _after(request.query_params))
    if found is None:
        raise Told(410, "events-gone", "So old events are not kept; ask for those after 0, or the last you know.")
    return _answer({"events": found})


@post("/sessions/{session:str}/{method:str}", status_code=200, request_max_body_size=None)
async def call(
    request: AnyRequest,
    facade: FacadeOf,
    paper_wait_s: WaitOf,
    session: SessionId,
    method: Annotated[str, PathParameter(max_length=40)],
) -> Answer:
    """Carry out one method."""
    verb = METHODS.get(method)
    if verb is None:
        raise DeviceRefused(Fault.E_ILLEGAL, f"There is no method {method[:40]!r} here.")
    return _answer(await verb(request, facade, session, paper_wait_s))


async def _claim(request: AnyRequest, facade: Facade, session: str, _: float) -> object:
    said = await _said(request, _Claim)
    wait_ms = LONGEST_CLAIM_MS if said.timeout < 0 else min(said.timeout, LONGEST_CLAIM_MS)
    loop = asyncio.get_running_loop()
    ends_at = loop.time() + wait_ms / 1000
    while not await asyncio.to_thread(facade.claim, session):
        left = ends_at - loop.time()
        if left <= 0:
            raise DeviceRefused(Fault.E_TIMEOUT, "Another client has claimed the device.")
        await asyncio.sleep(min(CLAIM_LOOK_S, left))
    return {}


async def _plain(
    verb: Callable[[Facade, str], object], request: AnyRequest, facade: Facade, session: str, _: float
) -> object:
    await _said(request, _Asked)
    await asyncio.to_thread(verb, facade, session)
    return {}


async def _print_normal(request: AnyRequest, facade: Facade, session: str, _: float) -> object:
    said = await _said(request, _PrintNormal)
    return {"OutputID": await asyncio.to_thread(facade.print_normal, session, said.station, said.data)}


async def _print_bar_code(request: AnyRequest, facade: Facade, session: str, _: float) -> object:
    said = await _said(request, _PrintBarCode)
    code = BarCode(
        symbology=said.symbology,
        text=said.data,
        height_dots=said.height,
        align=said.alignment,
        has_text=said.textPosition != PTR_BC_TEXT_NONE,
    )
    return {"OutputID": await asyncio.to_thread(facade.print_bar_code, session, said.station, code)}


async def _cut_paper(request: AnyRequest, facade: Facade, session: str, wait_s: float) -> object:
    said = await _said(request, _CutPaper)
    return await _waited(facade, await asyncio.to_thread(facade.cut_paper, session, said.percentage), wait_s)


async def _transaction_print(request: AnyRequest, facade: Facade, session: str, wait_s: float) -> object:
    said = await _said(request, _TransactionPrint)
    paper = await asyncio.to_thread(facade.transaction_print, session, said.station, said.control)
    return await _waited(facade, paper, wait_s)


async def _waited(facade: Facade, paper: Paper | None, wait_s: float) -> object:
    """Wait until a piece of paper is out; raises DeviceRefused where it is not."""
    if paper is None:
        return {}
    over, loop = asyncio.Event(), asyncio.get_running_loop()
    paper.wake = lambda: loop.call_soon_threadsafe(over.set)
    try:
        async with asyncio.timeout(wait_s):
            while not paper.is_over:
                await over.wait()
    except TimeoutError:
        error = await asyncio.to_thread(facade.give_up, paper)
        if error is not None:
            raise error from None
    if paper.error is not None:
        raise paper.error
    return {}


async def _said(request: AnyRequest, shape: type[Shape]) -> Shape:
    body = await read_body(request, MOST_BYTES)
    try:
        return msgspec.json.decode(body or b"{}", type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as cause:
        raise DeviceRefused(Fault.E_ILLEGAL, "The body is not what this method is given.") from cause


def _after(query: Mapping[str, Any]) -> int:
    text = str(query.get("after", "0"))
    if not (text.isascii() and text.isdigit() and len(text) <= 12):
        raise DeviceRefused(Fault.E_ILLEGAL, "after is the number of an event.")
    return int(text)


def _answer(said: object, status: int = 200) -> Answer:
    body = msgspec.json.encode(said, enc_hook=str)
    headers = {"Cache-Control": "no-store"}
    return Response(body, status_code=status, media_type="application/json", headers=headers)


def _let_in(key: str, connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Refuse a program that does not show the door's key."""
    del handler
    scheme, _, shown = connection.headers.get("authorization", "").partition(" ")
    if not key or scheme.lower() != "bearer" or not hmac.compare_digest(shown.strip().encode(), key.encode()):
        raise NotAuthorizedException(headers={"WWW-Authenticate": "Bearer"})


METHODS: Final[dict[str, Callable[[AnyRequest, Facade, str, float], Awaitable[object]]]] = {
    "claim": _claim,
    "release": partial(_plain, Facade.release),
    "close": partial(_plain, Facade.close),
    "clearInput": partial(_plain, Facade.clear_input),
    "clearOutput": partial(_plain, Facade.clear_output),
    "printNormal": _print_normal,
    "printBarCode": _print_bar_code,
    "cutPaper": _cut_paper,
    "transactionPrint": _transaction_print,
}
HANDLERS: Final = (devices, open_device, close_device, properties, set_property, events, call, listen)

__all__ = ["HANDLERS", "METHODS", "Event", "router"]
