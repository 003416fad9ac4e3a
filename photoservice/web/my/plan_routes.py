"""Plans, on the pages of who has the pictures: what makes itself, when, why, and steering it (O2-O4, O7, O15, O21)."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Final

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler

from photocore.catalogue import Item
from photocore.errors import ChoiceRefused
from photocore.pricing import Choice
from photoservice.errors import Malformed, PlanChangedMeanwhile, Unprocessable
from photoservice.persons.persons import Shown
from photoservice.persons.sessions import Visitor
from photoservice.planning.looks import offered
from photoservice.planning.shown import PlanShown, PlanWish
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.baskets import is_key, read_key, read_number
from photoservice.web.my.plan_desk import Desk, open_desk
from photoservice.web.my.plan_forms import (
    Filled,
    about,
    as_kept,
    begun,
    read_filled,
    read_wish,
)
from photoservice.web.my.plans_told import STATES, Telling
from photoservice.web.my.showing import stage
from photoservice.web.my.visiting import MAX_FORM_BYTES, field, read_my_form, see_other, visit
from photoservice.web.pages import Pages, PagesOf

PlanName = FromPath[str]
Did = Annotated[str, QueryParameter(max_length=20)]
Covers = Annotated[str, QueryParameter(name="for", max_length=200)]
ItemName = Annotated[str, QueryParameter(max_length=40)]

DIDS: Final = ("made", "changed", "paused", "resumed", "ended", "next_on", "next_off")
"""What a page can say was done."""


@get("/my/plans", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def plans_page(request: AnyRequest, service: Service, pages: PagesOf, *, did: Did = "") -> Response[bytes]:
    """List a person's plans, and those that came with their packages: those that did not begin yet begin now."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        shown = await service.people.persons.shown(session, visitor.person)
        await service.goods.defaults.begin(session, _roots(shown))
        plans = await service.goods.plans.of(session, visitor.person, shown)
        telling = Telling(session=session, service=service, person=visitor.person, shown=shown)
        told = await telling.all(plans)
        catalogue = await offered(session, service.goods.catalogues)
        profile = await service.people.profiles.of(session, visitor.person)
    own = [one for one in plans if _is_switch(one, visitor)]
    return stage(request, service, pages, visitor).show(
        "plans",
        told=[one for one in told if not _is_switch(one.plan, visitor)],
        next_roll=next((one for one in told if one.plan in own and one.plan.state == "live"), None),
        has_next_roll=catalogue is not None and any(_is_film(one) for one in catalogue.items),
        has_address=bool(profile.addresses),
        key=read_key(service.entropy, ""),
        states=STATES,
        did=did if did in DIDS else "",
    )


@post("/my/plans/next-roll", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def switch_next_roll(request: AnyRequest, service: Service) -> Response[bytes]:
    """Have a fresh roll sent for every one that comes in for development, or no more; asked twice it is as it is."""
    plans = service.goods.plans
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        fields = await read_my_form(request, visitor)
        key, is_on = field(fields, "key"), field(fields, "on") == "yes"
        if not is_key(key):
            raise Malformed("The form was not ours.")
        person, shown = visitor.person, await service.people.persons.shown(session, visitor.person)
        there = [one for one in await plans.of(session, person, shown) if _is_switch(one, visitor)]
        live = [one for one in there if one.state == "live"]
        try:
            if not is_on:
                for one in live:
                    await plans.pause(session, person, shown, one.id, version=one.version)
            elif there and not live:
                await plans.resume(session, person, shown, there[0].id, version=there[0].version)
            elif not there:
                catalogue = await service.goods.catalogues.current(session)
                film = next((one.id for one in catalogue.items if _is_film(one)), "")
                wish = PlanWish(make=Choice(item=film), kind="next_roll")
                await plans.make(session, person, shown, wish, key)
        except (PlanChangedMeanwhile, ChoiceRefused):
            return see_other("/my/plans#next-roll")
    return see_other(f"/my/plans?did=next_{'on' if is_on else 'off'}#next-roll")


@get("/my/plans/new", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def new_page(
    request: AnyRequest, service: Service, pages: PagesOf, *, covers: Covers = "", item: ItemName = ""
) -> Response[bytes]:
    """Show what a new plan can make, or the form of one that makes ``item``; ``for`` says what it is for."""
    async with service.database.page() as session:
        desk = await open_desk(session, (request, service, pages))
    wanted = desk.covered(covers)
    if not item:
        return desk.goods(wanted)
    chosen = desk.item(item)
    if chosen is None:
        return desk.goods(wanted, status=409, trouble="item")
    return desk.form(begun(chosen, wanted), chosen, key=read_key(service.entropy, ""))


@post("/my/plans", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def make_plan(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Make a plan, or (``do=price``) say what it will cost about; the same form again leads to the same plan."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        fields = await read_my_form(request, visitor)
        desk = await open_desk(session, (request, service, pages))
        item = desk.item(field(fields, "item", longest=80))
        if item is None:
            return desk.goods(desk.covered(field(fields, "covers")), status=409, trouble="item")
        filled, wish = read_wish(read_filled(fields, item), item, desk.ways)
        key = read_key(service.entropy, field(fields, "key"))
        if _asks_price(desk, fields):
            return desk.form(filled, item, key=key)
        if filled.troubles:
            return desk.form(filled, item, key=key, status=422)
        if not is_key(field(fields, "key")):
            raise Malformed("The form was not ours.")
        try:
            plan = await service.goods.plans.make(session, visitor.person, desk.shown, wish, key)
        except ChoiceRefused as refused:
            return desk.form(_refused(filled, refused), item, key=key, status=422)
        except Unprocessable:
            return desk.form(filled.with_trouble("plan", "many"), item, key=key, status=422)
    return see_other(f"/my/plans/{plan}?did=made")


@get("/my/plans/{plan:str}", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def plan_page(
    request: AnyRequest, service: Service, pages: PagesOf, plan: PlanName, *, did: Did = ""
) -> Response[bytes]:
    """Show a plan: what it makes and when, what comes next, what it made and why."""
    return await _show((request, service, pages), plan, did=did if did in DIDS else "")


@get("/my/plans/{plan:str}/change", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def change_page(
    request: AnyRequest, service: Service, pages: PagesOf, plan: PlanName, *, item: ItemName = ""
) -> Response[bytes]:
    """Show the form of a plan that there is; ``item`` has it make something else, and "other" asks what."""
    async with service.database.page() as session:
        desk = await open_desk(session, (request, service, pages), plan)
    kept = desk.plan
    if kept is None or kept.state == "ended":
        return see_other(f"/my/plans/{plan.replace(chr(0), '')}")
    chosen = desk.item(item or kept.make.item)
    if chosen is None:
        return desk.goods("", status=200 if item == "other" else 409, trouble="" if item == "other" else "item")
    filled = as_kept(kept)
    if chosen.id != kept.make.item:
        filled = replace(filled, choice=Choice(item=chosen.id, quantity=kept.make.quantity))
    return desk.form(filled, chosen)


@post("/my/plans/{plan:str}", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def change_plan(request: AnyRequest, service: Service, pages: PagesOf, plan: PlanName) -> Response[bytes]:
    """Change a plan, or (``do=price``) say what it will cost about; what it counted stays.

    Where it changed meanwhile, or fired, the form is shown once more with what was typed and the newest state.
    """
    asking = (request, service, pages)
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        fields = await read_my_form(request, visitor)
        desk = await open_desk(session, asking, plan)
        kept, item = desk.plan, desk.item(field(fields, "item", longest=80))
        if kept is None or item is None:
            return desk.goods("", status=409, trouble="item")
        filled, wish = read_wish(replace(read_filled(fields, item), covers="account"), item, desk.ways)
        filled = replace(filled, version=_version(fields))
        if _asks_price(desk, fields):
            return desk.form(filled, item)
        if filled.troubles:
            return desk.form(filled, item, status=422)
        who = (session, visitor.person, desk.shown, kept.id)
        try:
            await service.goods.plans.change(*who, wish, version=filled.version)
        except ChoiceRefused as refused:
            return desk.form(_refused(filled, refused), item, status=422)
        except PlanChangedMeanwhile:
            telling = Telling(session=session, service=service, person=visitor.person, shown=desk.shown)
            newest = await service.goods.plans.find(*who)
            (told,) = await telling.all([newest])
            return desk.form(replace(filled, version=newest.version), item, status=409, newest=told)
        except Unprocessable:
            return see_other(f"/my/plans/{kept.id}")
    return see_other(f"/my/plans/{kept.id}?did=changed")


@post("/my/plans/{plan:str}/{what:str}", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def steer(
    request: AnyRequest, service: Service, pages: PagesOf, plan: PlanName, what: FromPath[str]
) -> Response[bytes]:
    """Do something with a plan: ``pause``, ``resume`` or ``end``.

    Raises:
        Malformed: there is nothing of the kind to do.
    """
    name, plans = plan.replace("\0", ""), service.goods.plans
    verbs: Mapping[str, tuple[Callable[..., Awaitable[None]], str]] = {
        "pause": (plans.pause, "paused"),
        "resume": (plans.resume, "resumed"),
        "end": (plans.end, "ended"),
    }
    if what not in verbs:
        raise Malformed("There is nothing of this kind to do with a plan.")
    verb, did = verbs[what]
    try:
        async with service.database.begin() as session:
            visitor = await visit(request, service, session)
            fields = await read_my_form(request, visitor)
            shown = await service.people.persons.shown(session, visitor.person)
            await verb(session, visitor.person, shown, name, version=_version(fields))
    except PlanChangedMeanwhile:
        return await _show((request, service, pages), name, status=409, trouble="changed")
    except Unprocessable:
        return await _show((request, service, pages), name, status=409, trouble="over")
    return see_other(f"/my/plans/{name}?did={did}")


async def _show(
    asking: tuple[AnyRequest, Photoservice, Pages], plan: str, *, status: int = 200, did: str = "", trouble: str = ""
) -> Response[bytes]:
    request, service, pages = asking
    async with service.database.page() as session:
        visitor = await visit(request, service, session)
        person = visitor.person
        shown = await service.people.persons.shown(session, person)
        found = await service.goods.plans.find(session, person, shown, plan.replace("\0", ""))
        telling = Telling(session=session, service=service, person=person, shown=shown)
        (told,) = await telling.all([found])
        orders = await telling.orders(found.id)
        catalogue = await offered(session, service.goods.catalogues)
        profile = await service.people.profiles.of(session, person)
    priced = about(catalogue, told.item, found.make, found.when) if catalogue and told.item else None
    return stage(request, service, pages, visitor).show(
        "plan",
        status=status,
        told=told,
        plan=found,
        orders=orders,
        seen={one.order for one in orders},
        priced=priced,
        has_address=bool(profile.addresses),
        states=STATES,
        did=did,
        trouble=trouble,
    )


def _asks_price(desk: Desk, fields: Mapping[str, list[str]]) -> bool:
    return desk.on.is_fragment or field(fields, "do") == "price"


def _refused(filled: Filled, refused: ChoiceRefused) -> Filled:
    """Return a form with what cannot be had so beside its field."""
    return filled.with_trouble("quantity" if refused.why == "quantity" else "options", refused.why)


def _version(fields: Mapping[str, list[str]]) -> int:
    """Return the version that was looked at; -1, which none is, where the form does not say."""
    return read_number(field(fields, "version", longest=20)) or -1


def _is_switch(plan: PlanShown, visitor: Visitor) -> bool:
    """Say whether a plan is the one that the switch of the next roll turns on and off."""
    is_own = plan.person == visitor.person and plan.scope == "account"
    return plan.kind == "next_roll" and is_own and plan.state != "ended"


def _is_film(item: Item) -> bool:
    return item.kind == "next_roll" and not item.is_withdrawn


def _roots(shown: Sequence[Shown]) -> list[str]:
    return sorted({one.package for one in shown if one.package})


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (
    plans_page,
    switch_next_roll,
    new_page,
    make_plan,
    plan_page,
    change_page,
    change_plan,
    steer,
)
