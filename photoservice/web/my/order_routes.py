"""Orders, on the pages of who has the pictures: the list, one of them, and what may be done with it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler

from photoservice.db.database import Session
from photoservice.errors import Unknown
from photoservice.gallery.cursors import LONGEST
from photoservice.goods_errors import AddressShort
from photoservice.ordering.asking import FAULTS
from photoservice.ordering.errors import NotAsItStands, OrderChangedMeanwhile
from photoservice.persons.persons import Shown
from photoservice.persons.sessions import Visitor
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.account_routes import address_in
from photoservice.web.my.baskets import read_number
from photoservice.web.my.ordering_views import NO_ADDRESS
from photoservice.web.my.orders_told import MOST_OPEN, Telling
from photoservice.web.my.showing import stage
from photoservice.web.my.visiting import MAX_FORM_BYTES, field, read_my_form, see_other, visit
from photoservice.web.pages import Pages, PagesOf

OrderName = FromPath[str]
Cursor = Annotated[str, QueryParameter(max_length=LONGEST)]
Did = Annotated[str, QueryParameter(max_length=20)]

DIDS: Final = ("ordered", "cancelled", "line", "changed", "confirmed", "released", "address", "again")
"""What a page can say was done."""


@get("/my/orders", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def orders_page(request: AnyRequest, service: Service, pages: PagesOf, *, behind: Cursor = "") -> Response[bytes]:
    """List a person's orders: what is open first, then what is over, the newest first."""
    goods = service.goods
    async with service.database.page() as session:
        visitor = await visit(request, service, session)
        person = visitor.person
        shown = await service.people.persons.shown(session, person)
        telling = Telling(
            session=session,
            service=service,
            person=person,
            sight=await service.people.persons.sight(session, person),
        )
        page = await goods.orders.of(session, person, shown, behind)
        roots = sorted({one.package for one in shown})
        rows = await session.rows("ordering_shares.open_of", person, roots, MOST_OPEN) if not behind else ()
        open_orders = await goods.orders.reading.all(session, [row["id"] for row in rows])
        others = await goods.by_share.of_others(session, person) if not behind else ()
        current = await telling.listed(open_orders)
        past = [one for one in await telling.listed(page.orders) if not one.is_open]
        by_others = await telling.listed(others)
    on = stage(request, service, pages, visitor)
    name = "orders_more" if on.is_fragment else "orders"
    return on.show(name, current=current, past=past, by_others=by_others, next=page.behind, is_first=not behind)


@get("/my/orders/{order:str}", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def order_page(
    request: AnyRequest, service: Service, pages: PagesOf, order: OrderName, *, did: Did = ""
) -> Response[bytes]:
    """Show an order: why it was made, what it waits for, its lines, and what may be done with it."""
    return await _show(request, service, pages, order, did=did if did in DIDS else "")


@post(
    "/my/orders/{order:str}/{what:str}", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES
)
async def steer(
    request: AnyRequest, service: Service, pages: PagesOf, order: OrderName, what: FromPath[str]
) -> Response[bytes]:
    """Do something with an order: ``cancel``, ``confirm``, ``release`` or ``address``.

    Raises:
        Unknown: there is no such order, or nothing of the kind to do.
    """
    if what not in _VERBS:
        raise Unknown("There is nothing of this kind to do with an order.")
    verb, did = _VERBS[what]
    return await _do((request, service, pages), order, verb, did)


@post(
    "/my/orders/{order:str}/lines/{line:int}/cancel",
    status_code=200,
    include_in_schema=False,
    request_max_body_size=MAX_FORM_BYTES,
)
async def cancel_line(
    request: AnyRequest, service: Service, pages: PagesOf, order: OrderName, line: FromPath[int]
) -> Response[bytes]:
    """Cancel a line of an order."""

    async def cancel(doing: "_Doing") -> None:
        await doing.service.goods.orders.cancel_line(*doing.who, line=line, version=doing.version)

    return await _do((request, service, pages), order, cancel, "line")


@post(
    "/my/orders/{order:str}/lines/{line:int}/again",
    status_code=200,
    include_in_schema=False,
    request_max_body_size=MAX_FORM_BYTES,
)
async def ask_again(
    request: AnyRequest, service: Service, pages: PagesOf, order: OrderName, line: FromPath[int]
) -> Response[bytes]:
    """Ask to have a line made again, and say why; somebody of the house decides."""

    async def ask(doing: "_Doing") -> None:
        await doing.service.goods.asking.ask(*doing.who, line=line, why=field(doing.fields, "why"))

    return await _do((request, service, pages), order, ask, "again")


@dataclass(frozen=True, kw_only=True)
class _Doing:
    """What is done with an order, by whom, with which form."""

    session: Session
    service: Photoservice
    visitor: Visitor
    shown: Sequence[Shown]
    order: str
    fields: Mapping[str, list[str]]

    @property
    def who(self) -> tuple[Session, str, Sequence[Shown], str]:
        """The first values of every verb of orders."""
        return (self.session, self.visitor.person, self.shown, self.order)

    @property
    def version(self) -> int:
        """The version that was looked at; -1, which none is, where the form does not say."""
        return read_number(field(self.fields, "version", longest=20)) or -1


async def _cancel(doing: _Doing) -> None:
    await doing.service.goods.orders.cancel(*doing.who, version=doing.version)


async def _confirm(doing: _Doing) -> None:
    await doing.service.goods.orders.confirm(*doing.who, version=doing.version)


async def _release(doing: _Doing) -> None:
    await doing.service.goods.orders.release_now(*doing.who, version=doing.version)


async def _address(doing: _Doing) -> None:
    chosen = field(doing.fields, "address")
    profile = await doing.service.people.profiles.of(doing.session, doing.visitor.person)
    address = profile.address(chosen) if chosen else None
    if address is None:
        if not field(doing.fields, "lines", longest=800) and not field(doing.fields, "town"):
            raise AddressShort
        address = address_in(doing.fields, "typed")
    await doing.service.goods.orders.give_address(*doing.who, address=address, version=doing.version)


_Verb = Callable[[_Doing], Awaitable[None]]
_VERBS: Final[Mapping[str, tuple[_Verb, str]]] = {
    "cancel": (_cancel, "cancelled"),
    "confirm": (_confirm, "confirmed"),
    "release": (_release, "released"),
    "address": (_address, "address"),
}


async def _do(asking: tuple[AnyRequest, Photoservice, Pages], order: str, verb: _Verb, did: str) -> Response[bytes]:
    """Do something, and go back to the order; where it changed meanwhile, or it cannot be, show how it stands now."""
    request, service, pages = asking
    name = order.replace("\0", "")
    try:
        async with service.database.begin() as session:
            visitor = await visit(request, service, session)
            fields = await read_my_form(request, visitor)
            shown = await service.people.persons.shown(session, visitor.person)
            await verb(
                _Doing(session=session, service=service, visitor=visitor, shown=shown, order=name, fields=fields)
            )
    except OrderChangedMeanwhile:
        return await _show(request, service, pages, name, status=409, trouble="changed")
    except NotAsItStands:
        return await _show(request, service, pages, name, status=409, trouble="not")
    except AddressShort:
        return await _show(request, service, pages, name, status=422, trouble="address")
    return see_other(f"/my/orders/{name}?did={did}")


async def _show(
    request: AnyRequest,
    service: Photoservice,
    pages: Pages,
    order: str,
    *,
    status: int = 200,
    did: str = "",
    trouble: str = "",
) -> Response[bytes]:
    async with service.database.page() as session:
        visitor = await visit(request, service, session)
        person = visitor.person
        shown = await service.people.persons.shown(session, person)
        found = await service.goods.orders.find(session, person, shown, order.replace("\0", ""))
        sight = await service.people.persons.sight(session, person)
        told = await Telling(session=session, service=service, person=person, sight=sight).whole(found)
        profile = await service.people.profiles.of(session, person)
    on = stage(request, service, pages, visitor)
    return on.show(
        "order",
        status=status,
        told=told,
        order=found,
        did=did,
        trouble=trouble,
        addresses=profile.addresses,
        blank=NO_ADDRESS,
        faults=FAULTS,
        language=on.reader.words.language,
        now=service.clock.now(),
    )


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (orders_page, order_page, steer, cancel_line, ask_again)
