"""Orders, as labs see them: which are released, their manifests, and the steps labs tell.

Nothing says yet which lab makes what, so every lab sees all orders that were handed over and that nobody makes; whoever
tells the first step of making has it, and no other lab sees it any more. A lab sees what is to be made, and where it
goes as long as it is being made; whose it is, it does not. That an address was told stands in its person's record.
"""

import re
from datetime import UTC, datetime
from typing import Annotated, Final, Literal

import msgspec
from litestar import Response, get, post
from litestar.params import PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler

from photocore.jsontext import read_json
from photocore.orders import Stage, Step
from photocore.signed import Signed
from photoservice.custody.custody import AHEAD
from photoservice.db.database import Session
from photoservice.errors import Malformed, Unknown
from photoservice.gallery.cursors import LONGEST, OrderPlace, read_cursor, write_cursor
from photoservice.ordering.manifests import OrderAddress, sign_address
from photoservice.ordering.names import asked_order
from photoservice.ordering.shown import OrderShown
from photoservice.service import Photoservice
from photoservice.tenants import Tenant
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.bodies import read_body
from photoservice.web.custody_routes import EARLIEST
from photoservice.web.described import takes
from photoservice.web.lab_keys import maker_of_goods
from photoservice.web.problems import told

MOST_ORDERS: Final = 100
MOST_STEPS: Final = 200
MOST_BYTES: Final = 200_000

_KEY: Final = re.compile(r"[A-Za-z0-9._:-]{1,100}")
_FIRST: Final = OrderPlace(at=datetime(1, 1, 1, tzinfo=UTC), order="")

OrderName = Annotated[str, PathParameter(max_length=40, description="An order ID, such as O-4D7K2Q9XH0T.")]
State = Annotated[
    Literal["released", "ended"],
    QueryParameter(name="state", description="Being made; or sent, handed out or cancelled by now."),
]
Cursor = Annotated[str, QueryParameter(max_length=LONGEST, description="`next` of the page before.")]

LabStep = Literal["making", "refused", "made", "sent", "ready", "handed"]


class LineTold(msgspec.Struct, frozen=True, kw_only=True):
    """A line, and the furthest step that was noted of it."""

    number: int
    item: str
    kind: str
    quantity: int
    images: int
    stage: Stage


class OrderTold(msgspec.Struct, frozen=True, kw_only=True):
    """An order that was handed over."""

    order: str
    released_at: datetime
    is_open: bool
    lines: tuple[LineTold, ...]


class OrdersTold(msgspec.Struct, frozen=True, kw_only=True):
    """Orders, those handed over first first; ``next`` is the cursor of the page behind, or nothing at the end."""

    orders: tuple[OrderTold, ...]
    next: str


class ManifestTold(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be made, and where it goes: each a text signed by this service.

    ``address`` is there for goods that are shipped, as long as they are not sent and their customer is.
    """

    manifest: Signed
    address: Signed | None


class OrderStepSent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A step of a line at a moment (ISO 8601 with its offset); ``key`` is yours, one for each step."""

    line: Annotated[int, msgspec.Meta(ge=1, le=1000)]
    step: LabStep
    at: Annotated[str, msgspec.Meta(max_length=40)]
    key: Annotated[str, msgspec.Meta(max_length=100)]
    note: Annotated[str, msgspec.Meta(max_length=300)] = ""


class OrderStepsSent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Steps, at most 200 in one request."""

    steps: Annotated[tuple[OrderStepSent, ...], msgspec.Meta(min_length=1, max_length=MOST_STEPS)]


class OrderStepAnswered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a step."""

    key: str
    verdict: Literal["applied", "duplicate", "refused"]
    reason: str = ""


class OrderStepsAnswered(msgspec.Struct, frozen=True, kw_only=True):
    """An answer for each step, in the order they came."""

    steps: tuple[OrderStepAnswered, ...]


@get("/orders", tags=["orders"], responses=told(400, 401, 403))
async def released_orders(
    request: AnyRequest, service: Service, asked_state: State = "released", cursor: Cursor = ""
) -> Response[OrdersTold]:
    """List orders that were handed over to be made, those handed over first first."""
    lab = await maker_of_goods(request, service)
    place = read_cursor(cursor, OrderPlace) if cursor else _FIRST
    async with service.database.look() as session:
        asked = (asked_state == "released", place.at, place.order, MOST_ORDERS + 1)
        rows = await session.rows("ordering_release.released", *asked, lab.id)
        shown = await service.goods.orders.reading.all(session, [row["id"] for row in rows[:MOST_ORDERS]])
    last = rows[MOST_ORDERS - 1] if len(rows) > MOST_ORDERS else None
    more = write_cursor(OrderPlace(at=last["released_at"], order=last["id"])) if last else ""
    return Response(OrdersTold(orders=tuple(map(_told, shown)), next=more))


@get("/orders/{order:str}", tags=["orders"], responses=told(401, 403, 404))
async def released_order(request: AnyRequest, service: Service, order: OrderName) -> Response[OrderTold]:
    """Tell an order that was handed over, and how far its lines are."""
    lab = await maker_of_goods(request, service)
    async with service.database.look() as session:
        return Response(_told(await _released(session, service, order, lab)))


@get("/orders/{order:str}/manifest", tags=["orders"], responses=told(401, 403, 404, 503))
async def order_manifest(request: AnyRequest, service: Service, order: OrderName) -> Response[ManifestTold]:
    """Give what is to be made, signed; and where it goes, signed by itself, as long as that is needed."""
    lab = await maker_of_goods(request, service)
    async with service.database.begin() as session:
        shown = await _released(session, service, order, lab)
        ships = any(line.is_shipped and shown.standing.lines[line.number] in _AT_THE_LAB for line in shown.lines)
        address = await service.goods.orders.address(session, shown.id) if ships else None
        if address and shown.person:
            told_to = {"order": shown.id, "lab": lab.name}
            await service.people.entrance.records.note(session, shown.person, "address_told", **told_to)
        signed = read_json(await service.goods.releasing.manifest(session, shown.id), Signed)
    key = service.keyring.sign
    where = sign_address(OrderAddress(order=shown.id, address=address), key) if address else None
    return Response(ManifestTold(manifest=signed, address=where))


@post(
    "/orders/{order:str}/steps",
    status_code=200,
    tags=["orders"],
    request_max_body_size=MOST_BYTES,
    responses=told(400, 401, 403, 404, 413, 415),
    operation_class=takes(OrderStepsSent),
)
async def tell_order_steps(request: AnyRequest, service: Service, order: OrderName) -> Response[OrderStepsAnswered]:
    """Tell how far an order's lines are; each step is answered by itself, and told again it changes nothing."""
    tenant = await maker_of_goods(request, service)
    sent = read_json(await read_body(request), OrderStepsSent).steps
    moments = [_moment(one, service.clock.now() + AHEAD) for one in sent]
    answers: list[OrderStepAnswered] = []
    async with service.database.begin() as session:
        shown = await _released(session, service, order, tenant)
        for one, at in zip(sent, moments, strict=True):
            if shown.line(one.line) is None:
                answers.append(_refused(one, "line: the order has no such line."))
                continue
            step: Step = one.step
            verdict = await service.goods.steps.note(
                session, shown.id, one.line, step, at=at, by=tenant.id, key=one.key, note=one.note.strip()
            )
            answers.append(_answer(one, verdict))
    return Response(OrderStepsAnswered(steps=tuple(answers)))


_AT_THE_LAB: Final[tuple[Stage, ...]] = ("released", "making", "refused", "made", "ready")


async def _released(session: Session, service: Photoservice, order: str, lab: Tenant) -> OrderShown:
    """Return an order that was handed over, and that no other lab makes. Raises Unknown."""
    shown = await service.goods.orders.look(session, asked_order(order))
    if shown.released_at is None or await session.value("ordering_release.is_others", shown.id, lab.id):
        raise Unknown("There is no such order.")
    return shown


def _told(order: OrderShown) -> OrderTold:
    stages = order.standing.lines
    lines = tuple(
        LineTold(
            number=line.number,
            item=line.item,
            kind=line.kind,
            quantity=line.quantity,
            images=len(line.live_images),
            stage=stages[line.number],
        )
        for line in order.lines
    )
    is_open = any(stage not in ("sent", "handed", "cancelled") for stage in stages.values())
    return OrderTold(order=order.id, released_at=order.released_at or order.made_at, is_open=is_open, lines=lines)


def _moment(sent: OrderStepSent, latest: datetime) -> datetime:
    """Return when a step was taken.

    Raises:
        Malformed: a moment without its offset, or to come; a key or a note out of its form.
    """
    try:
        at = datetime.fromisoformat(sent.at)
        moment = at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        moment = None
    if moment is None or not EARLIEST <= moment <= latest:
        raise Malformed("at: a moment with its offset, such as 2026-11-22T10:00:00+01:00, that is not to come.")
    if not _KEY.fullmatch(sent.key):
        raise Malformed("key: 1 to 100 letters, digits, dots, colons, hyphens and underscores.")
    if not all(sign.isprintable() for sign in sent.note):
        raise Malformed("note: it holds signs that cannot be printed.")
    return moment


def _answer(sent: OrderStepSent, verdict: str) -> OrderStepAnswered:
    if verdict == "applied":
        return OrderStepAnswered(key=sent.key, verdict="applied")
    if verdict == "duplicate":
        return OrderStepAnswered(key=sent.key, verdict="duplicate")
    if verdict == "reused":
        return _refused(sent, "key: you used it for another step.")
    return _refused(sent, "step: what was told of this line before does not let it follow.")


def _refused(sent: OrderStepSent, reason: str) -> OrderStepAnswered:
    return OrderStepAnswered(key=sent.key, verdict="refused", reason=reason)


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (
    released_orders,
    released_order,
    order_manifest,
    tell_order_steps,
)
