"""Joining: a receipt's code, or a whole card's account, becomes one's own."""

from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from photoservice.db.database import Session
from photoservice.errors import AccessRefused, SignInNeeded, SignInRefused, Throttled
from photoservice.persons.sessions import Visitor
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.bodies import MAX_BYTES
from photoservice.web.holding import hold_back
from photoservice.web.my.entering import sorry
from photoservice.web.my.showing import Stage, stage
from photoservice.web.my.visiting import field, read_my_form, see_other, visit
from photoservice.web.pages import PagesOf
from photoservice.web.sources import source_of

Question = Annotated[str, PathParameter(max_length=100, description="As the page before led here.")]


@get("/my/join", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def join_page(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Show what one holds, and how more is joined to it."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        held = await _held(service, session, visitor)
    asked = request.query_params.get("done", "")
    held["done"] = asked if asked in ("code", "card") else ""
    return stage(request, service, pages, visitor).show("join", **held, trouble="", wait="")


@post("/my/join/code", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def join_by_code(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Join what a receipt's code opens, and all that was done by that code."""
    visitor, fields = await _member(request, service)
    source = source_of(request, service.settings.trusted_proxies)
    code = field(fields, "access_code")
    try:
        joining = service.people.entrance.joining.by_code(visitor, code, source)
        await hold_back(service.settings.answer_floor, joining)
    except (AccessRefused, Throttled) as refusal:
        on = stage(request, service, pages, visitor)
        return sorry(on, "join", refusal, trouble="refused", **await _held_again(service, visitor))
    return see_other("/my/join?done=code")


@post("/my/join/card", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def ask_for_card(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Send a code to the holder of a card, if its retailer has something on file; the answer is the same."""
    visitor, fields = await _member(request, service)
    source = source_of(request, service.settings.trusted_proxies)
    number = field(fields, "card_number", longest=80)
    try:
        asking = service.people.entrance.card_proofs.ask(visitor, number, source)
        question = await hold_back(service.settings.answer_floor, asking)
    except Throttled as refusal:
        on = stage(request, service, pages, visitor)
        return sorry(on, "join", refusal, **await _held_again(service, visitor))
    return see_other(f"/my/join/card/{question}")


@get("/my/join/card/{question:str}", include_in_schema=False, media_type="text/html")
async def card_page(request: AnyRequest, service: Service, pages: PagesOf, question: Question) -> Response[bytes]:
    """Ask for the code that was sent, if one was."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
    return _card(stage(request, service, pages, visitor), question)


@post("/my/join/card/{question:str}", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def join_card(request: AnyRequest, service: Service, pages: PagesOf, question: Question) -> Response[bytes]:
    """Join a card's account by the code its holder was sent."""
    visitor, fields = await _member(request, service)
    on = stage(request, service, pages, visitor)
    try:
        answering = service.people.entrance.card_proofs.answer(visitor, question, field(fields, "code", longest=40))
        await hold_back(service.settings.answer_floor, answering)
    except SignInRefused as refusal:
        return sorry(on, "join_card", refusal, trouble="proof", question=question, person=visitor.person)
    return see_other("/my/join?done=card")


def _card(on: Stage, question: str) -> Response[bytes]:
    person = on.visitor.person if on.visitor else ""
    return on.show("join_card", trouble="", wait="", question=question, person=person)


async def _member(request: AnyRequest, service: Photoservice) -> tuple[Visitor, dict[str, list[str]]]:
    """Return who visits and signs in, and what they sent.

    Raises:
        SignInNeeded: nobody, or a guest: they sign up first.
    """
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
    fields = await read_my_form(request, visitor)
    if visitor.is_guest:
        raise SignInNeeded
    return visitor, dict(fields)


async def _held_again(service: Photoservice, visitor: Visitor) -> dict[str, Any]:
    async with service.database.begin() as session:
        return await _held(service, session, visitor)


async def _held(service: Photoservice, session: Session, visitor: Visitor) -> dict[str, Any]:
    if visitor.is_guest:
        return {"holdings": (), "accounts": (), "person": "", "done": ""}
    return {
        "done": "",
        "holdings": await session.rows("joining.holdings_of", visitor.person),
        "accounts": await session.rows("joining.accounts_of", visitor.person),
        "person": visitor.person,
    }


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (*(join_page, join_by_code, ask_for_card, card_page, join_card),)
