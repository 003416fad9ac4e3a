"""Changing a line of an order while it may be: its options, how many, and its pictures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from photocore.catalogue import Item
from photocore.errors import ChoiceRefused
from photocore.pricing import Choice
from photoservice.db.database import Session
from photoservice.errors import Unknown
from photoservice.ordering.errors import NotAsItStands, OrderChangedMeanwhile
from photoservice.ordering.shown import LineShown, OrderShown
from photoservice.paying.errors import NotOnAccount
from photoservice.persons.sessions import Visitor
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.baskets import Basket, Priced, read_choice, read_number
from photoservice.web.my.ordering_views import saying
from photoservice.web.my.pictures import Picture, pictures_of, pictures_of_roll
from photoservice.web.my.showing import stage
from photoservice.web.my.visiting import MAX_FORM_BYTES, field, read_my_form, see_other, visit
from photoservice.web.pages import Pages, PagesOf

MOST_ROLLS: Final = 6
"""Rolls of which a line's page offers the other pictures."""

PATH: Final = "/my/orders/{order:str}/lines/{line:int}"


@dataclass(frozen=True, kw_only=True)
class _Held:
    """A line that is looked at, its order, and the goods as its catalogue had them."""

    visitor: Visitor
    order: OrderShown
    line: LineShown
    item: Item
    basket: Basket
    priced: Priced | None
    pictures: Sequence[Picture]

    @property
    def at(self) -> str:
        """Where its order is."""
        return f"/my/orders/{self.order.id}"


@get(PATH, tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def line_page(
    request: AnyRequest, service: Service, pages: PagesOf, order: FromPath[str], line: FromPath[int]
) -> Response[bytes]:
    """Show a line to be changed."""
    async with service.database.page() as session:
        visitor = await visit(request, service, session)
        held = await _held(session, service, visitor, (order, line))
    return _show(request, service, pages, held)


@post(PATH, status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def change_line(
    request: AnyRequest, service: Service, pages: PagesOf, order: FromPath[str], line: FromPath[int]
) -> Response[bytes]:
    """Change a line; ``do`` = ``price`` shows what it would cost, and changes nothing."""
    async with service.database.page() as session:
        visitor = await visit(request, service, session)
        fields = await read_my_form(request, visitor)
        held = await _held(session, service, visitor, (order, line), fields)
    if field(fields, "do") == "price":
        return _show(request, service, pages, held)
    try:
        await _change(service, held, fields)
    except OrderChangedMeanwhile:
        return await _again(request, service, pages, held, trouble="changed")
    except NotAsItStands:
        return await _again(request, service, pages, held, trouble="not")
    except NotOnAccount:
        return _show(request, service, pages, held, status=409, trouble="account")
    except ChoiceRefused:
        return _show(request, service, pages, held, status=422)
    return see_other(f"{held.at}?did=changed")


async def _change(service: Photoservice, held: _Held, fields: Mapping[str, list[str]]) -> None:
    choice = read_choice(held.line.item, fields)
    async with service.database.begin() as session:
        person = held.visitor.person
        await service.goods.orders.change_line(
            session,
            person,
            await service.people.persons.shown(session, person),
            held.order.id,
            line=held.line.number,
            version=read_number(field(fields, "version", longest=20)) or -1,
            options=choice.options,
            quantity=choice.quantity,
            images=held.basket.images if _has_images(fields) else None,
        )


async def _held(
    session: Session,
    service: Photoservice,
    visitor: Visitor,
    what: tuple[str, int],
    fields: Mapping[str, list[str]] | None = None,
) -> _Held:
    """Return a line as it is, or as a form would have it.

    Raises:
        Unknown: there is no such line, or it is not theirs; or a picture that is named is not.
    """
    name, number = what
    goods, person = service.goods, visitor.person
    shown = await service.people.persons.shown(session, person)
    order = await goods.orders.find(session, person, shown, name.replace("\0", ""))
    line = order.line(number)
    catalogue = await goods.catalogues.version(session, order.catalogue)
    item = catalogue.item(line.item) if line else None
    if line is None or item is None:
        raise Unknown("There is no such line.")
    pictures = await _pictures(session, service, person, line) if item.takes_images else ()
    choice = Choice(item=line.item, options=line.chosen, quantity=line.quantity)
    images = line.live_images
    if fields is not None:
        choice = read_choice(line.item, fields)
        if _has_images(fields):
            images = _chosen(fields.get("image", []), (*line.live_images, *(one.image for one in pictures)))
    basket = Basket(base=f"/my/orders/{order.id}", images=images)
    priced = basket.priced(catalogue, choice, order.price.currency)
    return _Held(visitor=visitor, order=order, line=line, item=item, basket=basket, priced=priced, pictures=pictures)


def _chosen(wanted: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """Return pictures in the order in which they stood, those that came to it behind. Raises Unknown."""
    order = {image: place for place, image in reversed(list(enumerate(known)))}
    if any(image not in order for image in wanted):
        raise Unknown("There is no such picture.")
    return tuple(sorted(dict.fromkeys(wanted), key=order.__getitem__))


async def _pictures(session: Session, service: Photoservice, person: str, line: LineShown) -> tuple[Picture, ...]:
    """Return the pictures of a line, and the others of their rolls, each once."""
    sight = await service.people.persons.sight(session, person)
    found = {one.image: one for one in await pictures_of(session, service, person, sight, line.live_images)}
    for roll in list(dict.fromkeys(one.roll for one in found.values()))[:MOST_ROLLS]:
        page = await pictures_of_roll(session, service, person, sight, roll)
        found |= {one.image: one for one in page.pictures if one.image not in found}
    return tuple(found.values())


def _has_images(fields: Mapping[str, list[str]]) -> bool:
    return field(fields, "with_images") == "yes"


def _show(
    request: AnyRequest, service: Photoservice, pages: Pages, held: _Held, *, status: int = 200, trouble: str = ""
) -> Response[bytes]:
    on = stage(request, service, pages, held.visitor)
    language = on.reader.words.language
    can = "change" in held.order.standing.actions and held.order.standing.lines[held.line.number] in (
        "cooling",
        "waiting",
        "due",
    )
    return on.show(
        "order_line",
        status=status,
        order=held.order,
        line=held.line,
        item=held.item,
        basket=held.basket,
        priced=held.priced,
        pictures=held.pictures,
        chosen=frozenset(held.basket.images),
        can=can,
        trouble=trouble,
        language=language,
        said=saying(language),
    )


async def _again(
    request: AnyRequest, service: Photoservice, pages: Pages, held: _Held, *, trouble: str
) -> Response[bytes]:
    """Show a line as it stands now."""
    async with service.database.page() as session:
        now = await _held(session, service, held.visitor, (held.order.id, held.line.number))
    return _show(request, service, pages, now, status=409, trouble=trouble)


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (line_page, change_line)
