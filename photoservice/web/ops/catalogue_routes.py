"""What is offered, for operators: the version in force, older ones, and the way into the draft (O10, O15)."""

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Final

from litestar import Response, get
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from photocore.catalogue import CatalogueDraft, Item, say
from photocore.errors import MoneyMalformed
from photocore.money import Money
from photoservice.cataloguing.comparing import Change, changes
from photoservice.db.database import Session
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.languages import Words
from photoservice.web.ops.duty import on_duty
from photoservice.web.ops.showing import desk
from photoservice.web.pages import PagesOf

VersionName = Annotated[str, PathParameter(max_length=32)]


@dataclass(frozen=True, kw_only=True)
class ItemShown:
    """An item in a list: what it is called, and from how much on it is had, in the usual currency."""

    id: str
    kind: str
    title: str
    price: Money | None
    options: tuple[str, ...]
    is_withdrawn: bool


@get("/ops/catalogue", media_type="text/html", include_in_schema=False)
async def catalogue_page(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Show the version in force, what was published before, and whether somebody is changing it."""
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "catalogue")
        current = await service.goods.catalogues.in_force(session)
        versions = await service.goods.catalogues.all(session)
        draft = await service.goods.drafts.find(session)
        names = await names_of(service, session)
    at = desk(request, pages, duty)
    return at.show(
        "catalogue",
        current=current,
        items=shown_items(current.catalogue, at.words.language),
        versions=versions,
        draft=draft,
        names=names,
        may_change=duty.may("catalogue_change"),
    )


@get("/ops/catalogue/versions/{version:str}", media_type="text/html", include_in_schema=False)
async def version_page(request: AnyRequest, service: Service, pages: PagesOf, version: VersionName) -> Response[bytes]:
    """Show a published version with all prices, and what it changed of the one before.

    Raises:
        NothingOffered: there is none of it.
    """
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "catalogue")
        catalogues = service.goods.catalogues
        one = await catalogues.published(session, version)
        older = [entry.version for entry in await catalogues.all(session) if entry.place < one.place]
        before = await catalogues.version(session, older[0]) if older else None
        names = await names_of(service, session)
    at = desk(request, pages, duty)
    return at.show(
        "catalogue_version",
        one=one,
        catalogue=one.catalogue,
        before=before,
        changes=said_changes(at.words, changes(before, one.catalogue)) if before else (),
        names=names,
        title=partial(say_in, at.words.language),
        money=money_of,
    )


async def names_of(service: Photoservice, session: Session) -> dict[str, str]:
    """Return what operators are called, by their ID."""
    return {one.id: one.name for one in await service.goods.operators.list(session)}


def shown_items(catalogue: CatalogueDraft, language: str) -> tuple[ItemShown, ...]:
    """Return the items of a catalogue for a list."""
    usual = catalogue.currencies[0] if catalogue.currencies else ""
    return tuple(
        ItemShown(
            id=item.id,
            kind=item.kind,
            title=say(item.titles, language),
            price=_first_price(item, usual),
            options=tuple(say(option.titles, language) or option.id for option in item.options),
            is_withdrawn=item.is_withdrawn,
        )
        for item in catalogue.items
    )


def said_changes(words: Words, found: tuple[Change, ...]) -> tuple[str, ...]:
    """Return changes as sentences, each with its facts filled in."""
    return tuple(
        words.say(
            f"opscat.change.{one.word}",
            **{name: words.price(fact) if isinstance(fact, Money) else fact for name, fact in one.facts.items()},
        )
        for one in found
    )


def say_in(language: str, titles: dict[str, str]) -> str:
    """Return the words of ``titles`` for a language, or for another one that there is."""
    return say(titles, language)


def money_of(amounts: dict[str, int], currency: str) -> Money | None:
    """Return an amount of a catalogue, or None where there is none in a currency."""
    return Money(minor=amounts[currency], currency=currency) if currency in amounts else None


def _first_price(item: Item, currency: str) -> Money | None:
    """Return what one piece of one unit costs; None where a draft holds what is no amount."""
    each = item.price.steps[0].each.get(currency, 0) if item.price.steps else 0
    try:
        return Money(minor=item.price.base.get(currency, 0) + each, currency=currency)
    except MoneyMalformed:
        return None


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (catalogue_page, version_page)
