"""Orders: all of them by how they stand, one with everything, and what an operator may do with it."""

from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler

from photocore.errors import MoneyMalformed
from photocore.money import Money
from photoservice.errors import Malformed
from photoservice.operating.customers import LONGEST_REASON
from photoservice.operating.orders_desk import FILTERS, KINDS, STEPS, WAITS, Filter, OrdersAsked, OrdersDesk
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.visiting import field, see_other
from photoservice.web.ops.duty import acts, on_duty, reason_in
from photoservice.web.ops.showing import desk
from photoservice.web.pages import PagesOf
from photoservice.web.prices import plain_price, read_price

OrderId = Annotated[str, PathParameter(max_length=40)]
Short = Annotated[str, QueryParameter(max_length=40)]
Cursor = Annotated[str, QueryParameter(max_length=300)]

_FILTERS: Final[Mapping[str, Filter]] = {one: one for one in FILTERS}
_KEY_BYTES: Final = 8
_MOST_DAYS: Final = 36_500
_LONGEST_NUMBER: Final = 10


@get("/ops/orders", tags=["operators"], media_type="text/html", include_in_schema=False)
async def orders_page(
    request: AnyRequest,
    service: Service,
    pages: PagesOf,
    *,
    stage: Short = "",
    wait: Short = "",
    kind: Short = "",
    days: Short = "",
    tenant: Short = "",
    behind: Cursor = "",
) -> Response[bytes]:
    """List orders, the newest first.

    Raises:
        Malformed: a filter is none, or the cursor is none of ours.
    """
    if stage not in ("", *_FILTERS) or wait not in ("", *WAITS) or kind not in ("", *KINDS):
        raise Malformed("There is no such filter.")
    kept = {"stage": stage, "wait": wait, "kind": kind, "days": days, "tenant": tenant}
    asked = OrdersAsked(
        stage=_FILTERS.get(stage, "all"),
        wait=wait,
        kind=kind,
        days=read_number(days or "0", _MOST_DAYS),
        tenant=tenant or None,
        behind=behind,
    )
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "orders")
        listed = await _desk(service).list(session, duty, asked)
        tenants = await session.rows("operators.tenants") if duty.tenant is None else ()
    return desk(request, pages, duty).show(
        "orders",
        listed=listed,
        next=_next(kept, listed.behind),
        kept=kept,
        filters=FILTERS,
        waits=WAITS,
        kinds=KINDS,
        tenants=tenants,
    )


@get("/ops/orders/{order:str}", tags=["operators"], media_type="text/html", include_in_schema=False)
async def order_page(request: AnyRequest, service: Service, pages: PagesOf, order: OrderId) -> Response[bytes]:
    """Show one order with everything; the look is an entry of the audit.

    Raises:
        Unknown: there is none, or it is another tenant's.
    """
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "orders")
        opened = await _desk(service).open(session, duty, order)
    shown = opened.order
    return desk(request, pages, duty).show(
        "order",
        order=shown,
        payments=opened.payments,
        release=opened.release,
        promises=opened.promises,
        asked=opened.asked,
        steps=STEPS,
        key=service.entropy.token(_KEY_BYTES).hex(),
        left=plain_price(max(0, shown.paid.minor), shown.price.currency),
        lacking=plain_price(max(0, shown.price.minor - shown.paid.minor), shown.price.currency),
    )


@post("/ops/orders/{order:str}/cancel", status_code=200, include_in_schema=False)
async def cancel_order(request: AnyRequest, service: Service, order: OrderId) -> Response[bytes]:
    """Cancel what may be cancelled. Raises as :meth:`OrdersDesk.cancel`."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "orders_change")
        version, why = _version(fields), reason_in(fields)
        await _desk(service).cancel(session, duty, order, version=version, why=why)
    return _done(order)


@post("/ops/orders/{order:str}/remake", status_code=200, include_in_schema=False)
async def remake_order(request: AnyRequest, service: Service, order: OrderId) -> Response[bytes]:
    """Have lines made once more, for nothing. Raises as :meth:`OrdersDesk.remake`."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "orders_change")
        version, why, key = _version(fields), reason_in(fields), field(fields, "key", longest=64)
        lines = [read_number(text, 10**6) for text in fields.get("line", [])]
        made = await _desk(service).remake(session, duty, order, lines=lines, key=key, version=version, why=why)
    return _done(made)


@post("/ops/orders/{order:str}/refund", status_code=200, include_in_schema=False)
async def refund_order(request: AnyRequest, service: Service, order: OrderId) -> Response[bytes]:
    """Promise money back. Raises as :meth:`OrdersDesk.refund`."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "money")
        why, key, money = reason_in(fields), field(fields, "key", longest=64), read_amount(fields, "amount")
        await _desk(service).refund(session, duty, order, money=money, key=key, why=why)
    return _done(order)


@post("/ops/orders/{order:str}/given", status_code=200, include_in_schema=False)
async def give_back(request: AnyRequest, service: Service, order: OrderId) -> Response[bytes]:
    """Note that promised money was given. Raises as :meth:`OrdersDesk.give_back`."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "money")
        await _desk(service).give_back(session, duty, order, promise=field(fields, "promise", longest=200))
    return _done(order)


@post("/ops/orders/{order:str}/paid", status_code=200, include_in_schema=False)
async def note_payment(request: AnyRequest, service: Service, order: OrderId) -> Response[bytes]:
    """Note money that came another way. Raises as :meth:`OrdersDesk.note_payment`."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "money")
        why, key, money = reason_in(fields), field(fields, "key", longest=64), read_amount(fields, "amount")
        await _desk(service).note_payment(session, duty, order, money=money, key=key, why=why)
    return _done(order)


@post("/ops/orders/{order:str}/step", status_code=200, include_in_schema=False)
async def note_step(request: AnyRequest, service: Service, order: OrderId) -> Response[bytes]:
    """Note a step of a line. Raises as :meth:`OrdersDesk.note_step`."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "orders_steps")
        line, step = read_number(field(fields, "line"), 10**6), field(fields, "step")
        why, key = field(fields, "why", longest=LONGEST_REASON), field(fields, "key", longest=64)
        await _desk(service).note_step(session, duty, order, line=line, step=step, key=key, why=why)
    return _done(order)


def read_amount(fields: Mapping[str, list[str]], name: str) -> Money:
    """Return the amount in a form's field of that name, in the form's ``currency``.

    Raises:
        Malformed: it is no amount, or no currency.
    """
    currency = field(fields, "currency", longest=3)
    try:
        return Money(minor=read_price(field(fields, name, longest=20), currency), currency=currency)
    except MoneyMalformed as cause:
        raise Malformed("This is no amount of money.") from cause


def _desk(service: Photoservice) -> OrdersDesk:
    goods = service.goods
    return OrdersDesk(audit=goods.audit, orders=goods.orders, steps=goods.steps, payments=goods.payments)


def _done(order: str) -> Response[bytes]:
    return see_other(f"/ops/orders/{order}?after=done")


def _version(fields: Mapping[str, list[str]]) -> int:
    return read_number(field(fields, "version"), 2**31 - 1)


def read_number(text: str, most: int) -> int:
    """Return a whole number that a form or an address holds, at most ``most``. Raises Malformed."""
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER) or int(text) > most:
        raise Malformed("This is no number here.")
    return int(text)


def _next(kept: Mapping[str, str], behind: str) -> str:
    asked = {**{name: value for name, value in kept.items() if value}, "behind": behind}
    return "/ops/orders?" + urlencode(asked) if behind else ""


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (
    *(orders_page, order_page, cancel_order, remake_order, refund_order, give_back, note_payment, note_step),
)
