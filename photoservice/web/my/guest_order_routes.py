"""Ordering by a third party, from a share that gives the right (O16)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from photocore.errors import ChoiceRefused
from photocore.money import Money
from photocore.rights import RIGHTS
from photoservice.db.database import Row, Session
from photoservice.errors import Malformed, Unknown
from photoservice.goods_errors import AddressShort, ShareLimitReached
from photoservice.ordering.by_share import GuestWish
from photoservice.ordering.errors import PriceChanged
from photoservice.persons.profiles import Address
from photoservice.service import Photoservice
from photoservice.sharing.seeing import MOST_SELECTED
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.baskets import is_key
from photoservice.web.my.calling import ROBOTS, Come, pictures_in, who_is_in
from photoservice.web.my.guest_routes import ImageName, Token, frame
from photoservice.web.my.ordering_views import (
    SHOWN,
    TYPED,
    Counter,
    Fields,
    Till,
    add_item,
    asked_of,
    begin_basket,
    refuse_nothing,
    typed_address,
    typed_in,
)
from photoservice.web.my.visiting import MAX_FORM_BYTES, field, read_my_form, see_other
from photoservice.web.pages import Pages, PagesOf

MOST_OFFERED: Final = 600
"""Pictures that a guest chooses from on one page."""


@dataclass(frozen=True, kw_only=True)
class _Guest:
    """A guest who orders: who they are, and the page they are on."""

    come: Come
    counter: Counter

    @property
    def pays_self(self) -> bool:
        """Whether what they order is theirs: the share lets them pay, and they have an account."""
        visitor = self.come.visitor
        return self.come.share.terms.allows("pay") and visitor is not None and not visitor.is_guest


@get("/s/{token:str}/order", tags=["shares"], media_type="text/html", include_in_schema=False)
async def guest_goods_page(request: AnyRequest, service: Service, pages: PagesOf, token: Token) -> Response[bytes]:
    """Let a guest choose pictures of the share; and with some, what is to be made of them."""
    asked = asked_of(request)
    async with service.database.begin() as session:
        guest = await _guest(session, (request, service, pages), token, asked)
        if guest.counter.basket.images:
            return guest.counter.goods()
        rows = await _own(session, service, guest.come, MOST_OFFERED)
        scene = await service.people.shares.look(session, guest.come.share)
        offered = await pictures_in(session, service, guest.come.share, scene, rows)
        picked = await service.people.guests.picked(session, guest.come.caller.guest)
    return guest.counter.show("ordering_pictures", offered=offered, picked=picked)


@get("/s/{token:str}/order/goods/{item:str}", tags=["shares"], media_type="text/html", include_in_schema=False)
async def guest_options_page(
    request: AnyRequest, service: Service, pages: PagesOf, token: Token, item: ImageName
) -> Response[bytes]:
    """Show the options of some goods, and what it costs as they stand."""
    asked = asked_of(request)
    async with service.database.begin() as session:
        guest = await _guest(session, (request, service, pages), token, asked)
    return guest.counter.options(item, asked)


@get("/s/{token:str}/order/confirm", tags=["shares"], media_type="text/html", include_in_schema=False)
async def guest_confirm_page(request: AnyRequest, service: Service, pages: PagesOf, token: Token) -> Response[bytes]:
    """Show what a guest is about to order, what it costs, and whose it will be."""
    asked = asked_of(request)
    async with service.database.begin() as session:
        guest = await _guest(session, (request, service, pages), token, asked)
        if "item" in asked:
            return add_item(guest.counter, asked)
        return await _confirm(session, service, guest, {})


@post("/s/{token:str}/order", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def guest_order(request: AnyRequest, service: Service, pages: PagesOf, token: Token) -> Response[bytes]:
    """Make a guest's order; the same form again shows the same order."""
    async with service.database.begin() as session:
        come = await who_is_in(request, service, session, token)
        fields = await read_my_form(request, come.caller)
        guest = await _guest(session, (request, service, pages), token, fields)
    refuse_nothing(guest.counter.basket)
    if not is_key(field(fields, "key")):
        raise Malformed("The form was not ours.")
    try:
        made = await _make(service, request, token, guest, fields)
    except (PriceChanged, ChoiceRefused, ShareLimitReached, AddressShort) as refusal:
        async with service.database.begin() as session:
            return await _confirm(session, service, guest, typed_in(fields, TYPED), refusal=refusal)
    return see_other(f"/my/orders/{made}?did=ordered" if guest.pays_self else f"{come.share.path}?did=ordered")


async def _make(
    service: Photoservice, request: AnyRequest, token: str, guest: _Guest, fields: Mapping[str, list[str]]
) -> str:
    counter, goods = guest.counter, service.goods
    wish = GuestWish(
        lines=counter.basket.wishes(counter.catalogue),
        key=field(fields, "key"),
        digest=field(fields, "digest"),
        pays_self=guest.pays_self,
        language=counter.on.reader.words.language,
    )
    async with service.database.begin() as session:
        come = await who_is_in(request, service, session, token)
        address = await _address(session, service, guest, fields)
        made = await goods.by_share.make(session, come.caller, wish)
        if made.is_new and address is not None and come.caller.person is not None:
            order = await goods.orders.look(session, made.order)
            who = (come.caller.person, await service.people.persons.shown(session, come.caller.person))
            await goods.orders.give_address(session, *who, made.order, address=address, version=order.version)
    return made.order


async def _address(
    session: Session, service: Photoservice, guest: _Guest, fields: Mapping[str, list[str]]
) -> Address | None:
    """Return where a guest's own order goes; what is the owner's goes to them."""
    person = guest.come.caller.person
    if not guest.pays_self or person is None:
        return None
    profile = await service.people.profiles.of(session, person)
    return typed_address(fields, {one.id: one for one in profile.addresses})


async def _guest(
    session: Session, asking: tuple[AnyRequest, Photoservice, Pages], token: str, fields: Fields
) -> _Guest:
    """Return the guest and what they chose so far.

    Raises:
        RightLacking: the share does not let them order.
        Unknown: a picture is not shown in the share, or is somebody's else.
    """
    request, service, pages = asking
    come = await who_is_in(request, service, session, token)
    come.caller.need("order")
    wanted = tuple(dict.fromkeys(fields.get("image", ())))
    pictures: Sequence[Any] = ()
    if wanted:
        rows = {row["id"]: row for row in await _own(session, service, come, MOST_SELECTED)}
        if any(image not in rows for image in wanted):
            raise Unknown("There is no such picture here.")
        scene = await service.people.shares.look(session, come.share)
        first = [rows[image] for image in wanted[:SHOWN]]
        pictures = await pictures_in(session, service, come.share, scene, first)
    named = tuple(("image", image) for image in wanted)
    basket = replace(begin_basket(service, f"{come.share.path}/order", fields), named=named, images=wanted)
    more = {
        "headers": ROBOTS,
        "share": come.share,
        "who": come.caller,
        "csrf": come.caller.csrf,
        "may": {right: come.caller.may(right) for right in RIGHTS},
        "has_session": come.visitor is not None,
    }
    counter = Counter(
        on=frame(request, service, pages, come),
        catalogue=await service.goods.catalogues.current(session),
        basket=basket,
        pictures=pictures,
        room="shared/",
        more=more,
    )
    return _Guest(come=come, counter=counter)


async def _own(session: Session, service: Photoservice, come: Come, most: int) -> Sequence[Row]:
    """Return the pictures of a share that are its owner's: what others put in is nobody's to order."""
    scene = await service.people.shares.look(session, come.share)
    return [row for row in await scene.pictures(session, limit=most) if not row["whose"]]


async def _confirm(
    session: Session,
    service: Photoservice,
    guest: _Guest,
    typed: Mapping[str, str],
    *,
    refusal: Exception | None = None,
) -> Response[bytes]:
    counter, share = guest.counter, guest.come.share
    if not counter.basket.lines:
        return see_other(counter.basket.at())
    try:
        quoted = await service.goods.making.quote(session, counter.basket.wishes(counter.catalogue))
    except ChoiceRefused as refused:
        return counter.show("ordering_gone", status=409, why=refused.why)
    left = await service.goods.by_share.left(session, share, quoted.currency)
    till = Till(asks_pays=False, to_owner=True, must_confirm=share.terms.order_limit is None)
    if guest.pays_self and guest.come.caller.person is not None:
        profile = await service.people.profiles.of(session, guest.come.caller.person)
        till = Till(asks_pays=False, addresses=profile.addresses, typed=typed or {"name": profile.name})
    trouble, status = _said(refusal, quoted.price, left)
    return counter.confirm(quoted, till, status=status, trouble=trouble, left=left)


def _said(refusal: Exception | None, price: Money, left: Money | None) -> tuple[str, int]:
    match refusal:
        case PriceChanged():
            return "price", 409
        case AddressShort():
            return "address", 422
        case _ if refusal is not None or (left is not None and price.minor > left.minor):
            return "limit", 409 if refusal is not None else 200
        case _:
            return "", 200


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (
    guest_goods_page,
    guest_options_page,
    guest_confirm_page,
    guest_order,
)
