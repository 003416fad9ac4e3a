"""Paying an order: which way, the code for the till, the way to a provider's page and back, the receipt (S4)."""

from typing import Annotated, Final

from litestar import Response, get, post
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from photocore.codes import grouped
from photoservice.db.database import Session
from photoservice.errors import Malformed, NotReady, Unknown
from photoservice.paying.errors import NothingToPay, NotOnAccount
from photoservice.paying.payments import Bill
from photoservice.paying.tabs import Tab
from photoservice.persons.sessions import Visitor
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.bars import bars_picture
from photoservice.web.counting import decimal
from photoservice.web.my.share_papers import QR, qr_picture
from photoservice.web.my.showing import POLICY, Stage, stage
from photoservice.web.my.visiting import MAX_FORM_BYTES, field, read_my_form, see_other, visit
from photoservice.web.pages import PagesOf

OrderName = Annotated[str, PathParameter(max_length=40, description="O-...")]
Drawing = Annotated[str, PathParameter(max_length=10, description="square or lines")]

_DRAWINGS: Final = {"square.svg": qr_picture, "lines.svg": bars_picture}


@get("/my/orders/{order:str}/pay", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def pay_page(request: AnyRequest, service: Service, pages: PagesOf, order: OrderName) -> Response[bytes]:
    """Show what an order costs, and the ways to pay it."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        bill = await _bill(session, service, visitor, order)
        tab = await _tab(session, service, visitor, bill)
    return _pay(stage(request, service, pages, visitor), bill, tab)


@post("/my/orders/{order:str}/pay", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def choose_way(request: AnyRequest, service: Service, pages: PagesOf, order: OrderName) -> Response[bytes]:
    """Take a way to pay: ``till``, ``checkout`` or ``account``; nothing is paid by this yet.

    Raises:
        Malformed: it is none of them.
    """
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        how = field(await read_my_form(request, visitor), "how")
        bill = await _bill(session, service, visitor, order)
        tab = await _tab(session, service, visitor, bill)
    on = stage(request, service, pages, visitor)
    try:
        return see_other(await _take(on, visitor, bill, how))
    except NothingToPay:
        return see_other(f"/my/orders/{order}/pay")
    except NotOnAccount:
        return _pay(on, bill, tab, status=409, trouble="account")
    except NotReady:
        return _pay(on, bill, tab, status=503, trouble="provider")


@get("/my/orders/{order:str}/code", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def code_page(request: AnyRequest, service: Service, pages: PagesOf, order: OrderName) -> Response[bytes]:
    """Show the order code for the till; where none holds, the ways to pay."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        await _bill(session, service, visitor, order)
        given = await service.goods.order_codes.shown(session, order)
    if given is None:
        return see_other(f"/my/orders/{order}/pay")
    on = stage(request, service, pages, visitor)
    return on.show("pay_code", order=order, code=grouped(given.text), given=given)


@get("/my/orders/{order:str}/code/{drawing:str}", media_type="image/svg+xml", include_in_schema=False)
async def code_drawing(request: AnyRequest, service: Service, order: OrderName, drawing: Drawing) -> Response[bytes]:
    """Give the order code as a drawing: ``square.svg`` (QR) or ``lines.svg`` (Code 128)."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        await _bill(session, service, visitor, order)
        given = await service.goods.order_codes.shown(session, order)
    draw = _DRAWINGS.get(drawing)
    if draw is None or given is None:
        raise Unknown("There is no such drawing.")
    return Response(draw(given.text), media_type="image/svg+xml", headers=QR)


@get("/my/orders/{order:str}/paid", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def back_page(request: AnyRequest, service: Service, pages: PagesOf, order: OrderName) -> Response[bytes]:
    """Say what we heard of a payment page that somebody comes back from: paid, declined, over, or nothing yet."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        bill = await _bill(session, service, visitor, order)
        last = await service.goods.checkouts.last(session, order)
    said = "paid" if not bill.lacking.minor else last.state if last is not None else "none"
    is_in_part = said == "paid" and bill.lacking.minor > 0
    return stage(request, service, pages, visitor).show("pay_back", bill=bill, said="part" if is_in_part else said)


@get("/my/orders/{order:str}/receipt", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def receipt_page(request: AnyRequest, service: Service, pages: PagesOf, order: OrderName) -> Response[bytes]:
    """Show the receipt of an order, to be read or printed."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        await _bill(session, service, visitor, order)
        receipt = await service.goods.receipts.of(session, order)
    on = stage(request, service, pages, visitor)
    language = on.reader.words.language
    rates = {line.rate: decimal(language, line.rate / 100, 2) for line in receipt.lines}
    return on.show("pay_receipt", receipt=receipt, rates=rates)


async def _take(on: Stage, visitor: Visitor, bill: Bill, how: str) -> str:
    """Take a way to pay, and return where it goes on."""
    goods, order = on.service.goods, bill.order
    if how == "checkout":
        back = f"{on.service.settings.address}/my/orders/{order}/paid"
        language = on.reader.words.language
        return await goods.checkouts.begin(order, back=back, language=language, person=visitor.person)
    async with on.service.database.begin() as session:
        if how == "till":
            await goods.order_codes.give(session, order)
            await goods.payments.choose(session, order, "till")
            return f"/my/orders/{order}/code"
        if how == "account":
            await goods.tabs.put(session, order, visitor.person)
            return f"/my/orders/{order}/pay"
    raise Malformed("There is no such way to pay.")


def _pay(on: Stage, bill: Bill, tab: Tab | None, *, status: int = 200, trouble: str = "") -> Response[bytes]:
    """Return the page of the ways to pay; a provider's page may be where its form leads."""
    provider = on.service.goods.checkouts.provider
    policy = POLICY.replace("form-action 'self'", f"form-action 'self' {provider.origin}") if provider else POLICY
    return on.show(
        "pay",
        status=status,
        headers={"Content-Security-Policy": policy},
        bill=bill,
        tab=tab,
        is_checkout_on=provider is not None,
        is_trial=provider is not None and provider.name == "virtual",
        trouble=trouble,
    )


async def _bill(session: Session, service: Photoservice, visitor: Visitor, order: str) -> Bill:
    """Return the bill of an order that the visitor steers; raises Unknown for any other."""
    shown = await service.people.persons.shown(session, visitor.person)
    roots = sorted({one.package for one in shown})
    name = order.replace("\0", "")
    if not await service.goods.receipts.sees(session, visitor.person, roots, name):
        raise Unknown("There is no such order.")
    return await service.goods.payments.bill(session, name)


async def _tab(session: Session, service: Photoservice, visitor: Visitor, bill: Bill) -> Tab | None:
    """Return the visitor's tab in the order's currency, if they have one."""
    tabs = await service.goods.tabs.of(session, visitor.person)
    return next((tab for tab in tabs if tab.most.currency == bill.price.currency and tab.most.minor), None)


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (
    pay_page,
    choose_way,
    code_page,
    code_drawing,
    back_page,
    receipt_page,
)
