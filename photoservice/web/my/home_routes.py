"""The first page of one's own pictures: the rolls."""

from typing import Final

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from photoservice.gallery.rolls import MOST_ROLLS, RollsTold, Search, list_rolls
from photoservice.gallery.sight import Sight
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.languages import LANGUAGES
from photoservice.web.my.showing import stage
from photoservice.web.my.visiting import MAX_FORM_BYTES, field, read_my_form, safe_next, see_other, visit
from photoservice.web.pages import PagesOf


@get("/my", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def home(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Show the rolls a person may see."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        shown = await service.people.persons.shown(session, visitor.person)
        sight = Sight(rolls=tuple(one.roll for one in shown))
        told = await list_rolls(session, sight, Search(limit=MOST_ROLLS)) if shown else RollsTold(rolls=(), next=None)
    return stage(request, service, pages, visitor).show("home", shown=shown, rolls=told.rolls)


@post("/my/language", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def choose_language(request: AnyRequest, service: Service) -> Response[bytes]:
    """Keep the language a person chose, and show the page they chose it on."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        fields = await read_my_form(request, visitor)
        language = field(fields, "language", longest=12)
        if language in LANGUAGES:
            await session.run("persons.set_language", visitor.person, language)
    return see_other(safe_next(field(fields, "next")))


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (home, choose_language)
