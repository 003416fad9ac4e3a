"""The draft of the catalogue, as forms: the house's part, each item, what is wrong, what differs, publishing (O10).

Nothing here changes a published version. Every form brings the edition it was made of; who comes second is told, sees
what they typed, and has lost nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final, get_args

from litestar import Response, get, post
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from photocore.catalogue import CatalogueDraft, Item, Unit, faults_of
from photoservice.cataloguing.comparing import changes
from photoservice.cataloguing.drafts import Draft, fresh_item, with_item
from photoservice.db.database import Session
from photoservice.errors import Malformed, Unknown
from photoservice.goods_errors import CatalogueTaken, CatalogueUnfit, ChangedMeanwhile, StillUsed
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.visiting import MAX_FORM_BYTES, field, see_other
from photoservice.web.ops.catalogue_forms import (
    Filled,
    change_item,
    read_house,
    read_item,
    values_of,
)
from photoservice.web.ops.catalogue_routes import names_of, said_changes, shown_items
from photoservice.web.ops.duty import OnDuty, acts, on_duty
from photoservice.web.ops.previews import preview
from photoservice.web.ops.showing import Desk, desk
from photoservice.web.pages import Pages, PagesOf

DRAFT: Final = "/ops/catalogue/draft"
ItemPlace = Annotated[int, PathParameter(ge=0, le=1000)]


@dataclass(frozen=True, kw_only=True)
class Looked:
    """A draft as a page shows it: beside the version in force, with its operator."""

    duty: OnDuty
    draft: Draft
    current: CatalogueDraft
    names: Mapping[str, str]


@post(DRAFT + "/begin", status_code=200, include_in_schema=False)
async def begin_draft(request: AnyRequest, service: Service) -> Response[bytes]:
    """Begin a draft from the version in force; where somebody did, go there."""
    async with service.database.begin() as session:
        duty, _ = await acts(request, service, session, "catalogue_change")
        is_new = await service.goods.drafts.find(session) is None
        draft = await service.goods.drafts.begin(session, by=duty.operator)
        if is_new:
            await _note(service, session, duty, draft.edition)
    return see_other(DRAFT)


@get(DRAFT, media_type="text/html", include_in_schema=False)
async def draft_page(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Show the draft: its form, its items, what is wrong with it, and what is different from the version in force."""
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "catalogue_change")
        looked = await _look(service, session, duty)
    return _draft(request, pages, looked)


@post(DRAFT, status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def save_house(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Keep version, currencies, languages and taxes of the draft."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "catalogue_change")
        looked = await _look(service, session, duty)
        changed, faults = read_house(looked.draft.catalogue, fields)
        if faults or _edition(fields) != looked.draft.edition:
            typed = {name: sent[-1] for name, sent in fields.items()}
            return _draft(request, pages, looked, typed=typed, typed_faults=faults, status=422 if faults else 409)
        await _save(service, session, duty, looked.draft, changed)
    return see_other(f"{DRAFT}?after=draft_changed")


@post(DRAFT + "/items", status_code=200, include_in_schema=False)
async def add_item(request: AnyRequest, service: Service) -> Response[bytes]:
    """Add an item like another one: of its kind, without titles, for nothing yet.

    Raises:
        Malformed: there is no item to be like.
        ChangedMeanwhile: somebody else saved the draft since.
    """
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "catalogue_change")
        draft = await service.goods.drafts.take(session)
        if _edition(fields) != draft.edition:
            raise ChangedMeanwhile
        like = draft.catalogue.item(field(fields, "like", longest=40))
        if like is None:
            raise Malformed("There is no item to be like.")
        place = len(draft.catalogue.items)
        item = fresh_item(draft.catalogue, field(fields, "id", longest=40), like)
        await _save(service, session, duty, draft, with_item(draft.catalogue, place, item), item=item.id)
    return see_other(f"{DRAFT}/items/{place}")


@get(DRAFT + "/items/{place:int}", media_type="text/html", include_in_schema=False)
async def item_page(request: AnyRequest, service: Service, pages: PagesOf, place: ItemPlace) -> Response[bytes]:
    """Show an item of the draft as a form, with the price of a choice."""
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "catalogue_change")
        looked = await _look(service, session, duty)
    item = _item_at(looked.draft.catalogue, place)
    values = values_of(item, looked.draft.catalogue.currencies, looked.draft.catalogue.languages)
    filled = Filled(item=item, values=values, faults={})
    return _item(request, pages, looked, place, filled, language=request.query_params.get("of", ""))


@post(DRAFT + "/items/{place:int}", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def save_item(request: AnyRequest, service: Service, pages: PagesOf, place: ItemPlace) -> Response[bytes]:
    """Keep an item as the form has it, with a part more or less; or show what it would cost, and keep nothing.

    Raises:
        Unknown: there is no draft, or no such item in it.
        Malformed: there is no such part, or what is on sale should be taken out.
    """
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "catalogue_change")
        looked = await _look(service, session, duty)
        catalogue = looked.draft.catalogue
        filled = read_item(_item_at(catalogue, place), fields, catalogue)
        wish, language = field(fields, "do", longest=60) or "save", field(fields, "of", longest=20)
        if wish == "preview" or filled.faults or _edition(fields) != looked.draft.edition:
            status = 200 if wish == "preview" else 422 if filled.faults else 409
            tried = {name[4:]: sent[-1] for name, sent in fields.items() if name.startswith("try.")}
            return _item(request, pages, looked, place, filled, language=language, tried=tried, status=status)
        item: Item | None = filled.item
        if wish == "remove":
            if looked.current.item(filled.item.id) is not None:
                raise Malformed("What was on sale is withdrawn, not taken out.")
            item = None
        elif wish != "save":
            item = change_item(filled.item, wish)
        await _save(service, session, duty, looked.draft, with_item(catalogue, place, item), item=filled.item.id)
    path = DRAFT if item is None else f"{DRAFT}/items/{place}"
    return see_other(f"{path}?after=draft_changed" + (f"&of={language}" if language and item is not None else ""))


@post(DRAFT + "/drop", status_code=200, include_in_schema=False)
async def drop_draft(request: AnyRequest, service: Service) -> Response[bytes]:
    """Forget the draft. Raises ChangedMeanwhile when it is not the one that was looked at."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "catalogue_change")
        await service.goods.drafts.drop(session, _edition(fields), by=duty.operator)
        await service.goods.audit.add(session, duty, "draft_dropped", "", {"edition": _edition(fields)})
    return see_other("/ops/catalogue?after=draft_dropped")


@post(DRAFT + "/publish", status_code=200, include_in_schema=False)
async def publish_draft(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Publish the draft for good. Where plans still need what goes, say which, and let somebody do it on purpose."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "catalogue_change")
        looked = await _look(service, session, duty)
        note = field(fields, "note")
        is_forced = "force" in fields
        try:
            async with session.savepoint():
                done = await service.goods.drafts.publish(
                    session,
                    _edition(fields),
                    against=field(fields, "against", longest=40),
                    by=duty.operator,
                    note=note,
                    is_forced=is_forced,
                )
        except (StillUsed, CatalogueUnfit) as refusal:
            said = refusal.uses if isinstance(refusal, StillUsed) else refusal.faults
            told = {"uses": said} if isinstance(refusal, StillUsed) else {"refused": said}
            return _draft(request, pages, looked, status=int(refusal.status), note=note, **told)
        except (ChangedMeanwhile, CatalogueTaken) as refusal:
            trouble = "taken" if isinstance(refusal, CatalogueTaken) else "meanwhile"
            return _draft(request, pages, looked, status=409, note=note, trouble=trouble)
        about = {"digest": done.digest.hex(), "forced": is_forced}
        await service.goods.audit.add(session, duty, "catalogue_published", done.catalogue.version, about)
    return see_other("/ops/catalogue?after=catalogue_published")


async def _look(service: Photoservice, session: Session, duty: OnDuty) -> Looked:
    """Return the draft with what a page needs beside it. Raises Unknown where there is none."""
    draft = await service.goods.drafts.take(session)
    current = await service.goods.catalogues.current(session)
    return Looked(duty=duty, draft=draft, current=current, names=await names_of(service, session))


async def _save(
    service: Photoservice, session: Session, duty: OnDuty, draft: Draft, changed: CatalogueDraft, *, item: str = ""
) -> None:
    drafts = service.goods.drafts
    await drafts.save(session, changed, base=draft.base, edition=draft.edition, by=duty.operator)
    await _note(service, session, duty, draft.edition + 1, item=item)


async def _note(service: Photoservice, session: Session, duty: OnDuty, edition: int, *, item: str = "") -> None:
    about = {"edition": edition, "item": item} if item else {"edition": edition}
    await service.goods.audit.add(session, duty, "draft_changed", "", about)


def _draft(request: AnyRequest, pages: Pages, looked: Looked, *, status: int = 200, **more: object) -> Response[bytes]:
    """Show the draft; ``more`` is what a form said that was not kept, and why."""
    at = desk(request, pages, looked.duty)
    catalogue = looked.draft.catalogue
    values: dict[str, Any] = {"typed": {}, "typed_faults": {}, "uses": (), "refused": (), "note": "", "trouble": ""}
    values |= {"trouble": "meanwhile"} if status == 409 and "typed" in more else {}
    values |= more
    return at.show(
        "draft",
        status=status,
        draft=looked.draft,
        catalogue=catalogue,
        current=looked.current,
        items=shown_items(catalogue, at.words.language),
        kinds=[(item.id, item.kind) for item in catalogue.items],
        faults=faults_of(catalogue),
        changes=said_changes(at.words, changes(looked.current, catalogue)),
        names=looked.names,
        rates=[(name, f"{rate / 100:g}") for name, rate in catalogue.rates.items()],
        **values,
    )


def _item(
    request: AnyRequest,
    pages: Pages,
    looked: Looked,
    place: int,
    filled: Filled,
    *,
    language: str = "",
    tried: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response[bytes]:
    """Show an item's form as it is ``filled``, with what is wrong beside each field."""
    at: Desk = desk(request, pages, looked.duty)
    catalogue = with_item(looked.draft.catalogue, place, filled.item)
    head = f"items.{place}."
    wrong = {fault.place.removeprefix(head): fault for fault in faults_of(catalogue) if fault.place.startswith(head)}
    shown = language if language in catalogue.languages else at.words.language
    chosen = shown if shown in catalogue.languages else (*catalogue.languages, "en")[0]
    return at.show(
        "draft_item",
        status=status,
        draft=looked.draft,
        catalogue=catalogue,
        item=filled.item,
        place=place,
        values=filled.values,
        unread=filled.faults,
        wrong=wrong,
        untitled=sorted({name.rpartition(".")[2] for name, fault in wrong.items() if fault.word == "untitled"}),
        of=chosen,
        is_new=looked.current.item(filled.item.id) is None,
        is_behind=status == 409,
        rate_choices=[(name, f"{name} · {rate / 100:g} %") for name, rate in catalogue.rates.items()],
        unit_choices=[(unit, at.words.text(f"opscat.units.{unit}")) for unit in get_args(Unit)],
        names=looked.names,
        preview=preview(catalogue, filled.item, tried or {}),
        tried=tried or {},
    )


def _item_at(catalogue: CatalogueDraft, place: int) -> Item:
    """Return an item by its place. Raises Unknown where there is none."""
    if place >= len(catalogue.items):
        raise Unknown("There is no such item in the draft.")
    return catalogue.items[place]


def _edition(fields: Mapping[str, list[str]]) -> int:
    """Return the edition a form was made of; one that nobody ever had where it says none."""
    said = field(fields, "edition", longest=12)
    return int(said) if said.isdecimal() and said.isascii() else -1


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (
    *(begin_draft, draft_page, save_house, add_item, item_page, save_item, drop_draft, publish_draft),
)
