"""Ordering by hand: pictures, goods, options, price, and the confirmation."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from photocore.errors import ChoiceRefused
from photocore.money import Money
from photocore.orders import Pays
from photoservice.db.database import Session
from photoservice.errors import Malformed
from photoservice.goods_errors import AddressShort
from photoservice.ordering.errors import PriceChanged
from photoservice.ordering.wishes import OrderWish, Quoted
from photoservice.paying.errors import NotOnAccount
from photoservice.paying.tabs import Tab
from photoservice.persons.sessions import Visitor
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.baskets import is_key
from photoservice.web.my.ordering_views import (
    PAYS,
    SHOWN,
    TYPED,
    Counter,
    Fields,
    Till,
    add_item,
    asked_of,
    begin_basket,
    prepaid_by,
    prepaid_root,
    refuse_nothing,
    seen_images,
    typed_address,
    typed_in,
)
from photoservice.web.my.pictures import pictures_of
from photoservice.web.my.showing import stage
from photoservice.web.my.visiting import MAX_FORM_BYTES, field, read_my_form, see_other, visit
from photoservice.web.pages import Pages, PagesOf

BASE: Final = "/my/ordering"


@get(BASE, tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def goods_page(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Show what can be had of some pictures: ``image`` again and again, or ``of`` and ``all``."""
    async with service.database.page() as session:
        visitor = await visit(request, service, session)
        counter = await _counter(session, (request, service, pages), visitor, asked_of(request))
    return counter.goods()


@get(BASE + "/goods/{item:str}", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def options_page(request: AnyRequest, service: Service, pages: PagesOf, item: FromPath[str]) -> Response[bytes]:
    """Show the options of some goods, and what it costs as they stand."""
    asked = asked_of(request)
    async with service.database.page() as session:
        visitor = await visit(request, service, session)
        counter = await _counter(session, (request, service, pages), visitor, asked)
    return counter.options(item, asked)


@get(BASE + "/confirm", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def confirm_page(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Show all that is to be ordered, what it costs, where it goes and who pays; an ``item`` chosen is added first."""
    asked = asked_of(request)
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        counter = await _counter(session, (request, service, pages), visitor, asked)
        if "item" in asked:
            return add_item(counter, asked)
        return await _confirm(session, counter, visitor, {})


@post(BASE, status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def order(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Make an order of what was confirmed; the same form again shows the same order."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        fields = await read_my_form(request, visitor)
        counter = await _counter(session, (request, service, pages), visitor, fields)
    refuse_nothing(counter.basket)
    try:
        made = await _make(service, counter, visitor, fields)
    except (PriceChanged, ChoiceRefused, NotOnAccount, AddressShort) as refusal:
        async with service.database.begin() as session:
            return await _confirm(session, counter, visitor, typed_in(fields, TYPED), refusal=refusal)
    return see_other(f"/my/orders/{made}?did=ordered")


async def _make(service: Photoservice, counter: Counter, visitor: Visitor, fields: Mapping[str, list[str]]) -> str:
    key, pays = field(fields, "key"), field(fields, "pays") or "till"
    if not is_key(key) or pays not in PAYS:
        raise Malformed("The form was not ours.")
    goods, person = service.goods, visitor.person
    async with service.database.begin() as session:
        shown = await service.people.persons.shown(session, person)
        profile = await service.people.profiles.of(session, person)
        address = typed_address(fields, {one.id: one for one in profile.addresses})
        wish = OrderWish(
            origin=f"hand {person} {key}",
            kind="hand",
            lines=counter.basket.wishes(counter.catalogue),
            person=person,
            root=await prepaid_root(session, service, person, counter.basket.images),
            pays=_pays(pays),
            digest=field(fields, "digest"),
            language=counter.on.reader.words.language,
        )
        made = await goods.making.make(session, wish)
        if made.is_new:
            order = await goods.orders.look(session, made.order)
            _refuse_dearer(order.price, field(fields, "total"))
            if address is not None and any(line.is_shipped for line in order.lines):
                await goods.orders.give_address(
                    session, person, shown, made.order, address=address, version=order.version
                )
    return made.order


def _refuse_dearer(price: Money, told: str) -> None:
    """Refuse an order that costs more than its page said: what a package had prepaid is gone meanwhile."""
    if not (told.isascii() and told.isdecimal() and len(told) < 15 and price.minor <= int(told)):
        raise PriceChanged(digest="", minor=price.minor, currency=price.currency)


def _pays(word: str) -> Pays:
    return "account" if word == "account" else "checkout" if word == "checkout" else "till"


async def _counter(
    session: Session, asking: tuple[AnyRequest, Photoservice, Pages], visitor: Visitor, fields: Fields
) -> Counter:
    request, service, pages = asking
    sight = await service.people.persons.sight(session, visitor.person)
    named, images = await seen_images(session, visitor.person, sight, fields)
    basket = replace(begin_basket(service, BASE, fields), named=named, images=images)
    return Counter(
        on=stage(request, service, pages, visitor),
        catalogue=await service.goods.catalogues.current(session),
        basket=basket,
        pictures=await pictures_of(session, service, visitor.person, sight, images[:SHOWN]),
        room="",
    )


async def _confirm(
    session: Session,
    counter: Counter,
    visitor: Visitor,
    typed: Mapping[str, str],
    *,
    refusal: Exception | None = None,
) -> Response[bytes]:
    """Return the confirmation; with what was typed and why it was not taken, where it was not."""
    service, basket = counter.on.service, counter.basket
    if not basket.lines:
        return see_other(basket.at())
    try:
        quoted = await service.goods.making.quote(session, basket.wishes(counter.catalogue))
    except ChoiceRefused as refused:
        return counter.show("ordering_gone", status=409, why=refused.why)
    root = await prepaid_root(session, service, visitor.person, basket.images)
    prepaid = await prepaid_by(session, service, root, quoted)
    profile = await service.people.profiles.of(session, visitor.person)
    till = Till(
        addresses=profile.addresses,
        tab=await _tab(session, service, visitor, quoted),
        has_checkout=service.goods.checkouts.is_on,
        typed=typed or {"name": profile.name},
    )
    trouble, status = _said(refusal)
    return counter.confirm(quoted, till, prepaid=prepaid, status=status, trouble=trouble)


def _said(refusal: Exception | None) -> tuple[str, int]:
    match refusal:
        case None:
            return "", 200
        case PriceChanged():
            return "price", 409
        case NotOnAccount():
            return "account", 409
        case _:
            return "address", 422


async def _tab(session: Session, service: Photoservice, visitor: Visitor, quoted: Quoted) -> Tab | None:
    tabs = await service.goods.tabs.of(session, visitor.person)
    return next((one for one in tabs if one.most.currency == quoted.currency and one.most.minor), None)


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (goods_page, options_page, confirm_page, order)
