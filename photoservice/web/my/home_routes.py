"""The first page of one's own pictures: the rolls. And the pages beside it that need little."""

from typing import Annotated, Final

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.types import ControllerRouterHandler

from photoservice.gallery.cursors import LONGEST, MarkPlace, RollPlace, read_cursor
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.languages import LANGUAGES
from photoservice.web.my.pictures import favourites_of
from photoservice.web.my.rolls_shown import Asking, show_rolls
from photoservice.web.my.showing import stage
from photoservice.web.my.visiting import MAX_FORM_BYTES, field, read_my_form, safe_next, see_other, visit
from photoservice.web.pages import PagesOf
from photoservice.web.static_files import Assets, send_asset

SEARCH_FROM: Final = 6
"""With fewer rolls than these there is nothing to search."""

Cursor = Annotated[str, QueryParameter(max_length=LONGEST)]
Words = Annotated[str, QueryParameter(name="q", max_length=200)]


@get("/my", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def home(
    request: AnyRequest, service: Service, pages: PagesOf, *, words: Words = "", behind: Cursor = ""
) -> Response[bytes]:
    """Show the rolls a person may see: those with pictures, those on their way, and what others share with them."""
    place = read_cursor(behind, RollPlace) if behind else None
    search = words.replace("\0", "").strip()
    is_first = not search and place is None
    async with service.database.page() as session:
        visitor = await visit(request, service, session)
        on = stage(request, service, pages, visitor)
        asking = Asking(
            session=session,
            service=service,
            visitor=visitor,
            words=on.reader.words,
            shown=await service.people.persons.shown(session, visitor.person),
        )
        shown = await show_rolls(asking, search=search, behind=place)
        with_me = await service.people.shares.with_me(session, visitor.person) if is_first else ()
        roots = sorted({one.package for one in asking.shown})
        orders: int = await session.value("ordering_shares.count_waiting", visitor.person, roots) if is_first else 0
    return on.show(
        "home_rolls" if on.is_fragment else "home",
        rolls=shown.made,
        next=shown.next,
        awaited=shown.awaited,
        awaited_count=shown.count,
        with_me=with_me,
        orders=orders,
        search=search,
        has_search=bool(search) or len(asking.shown) >= SEARCH_FROM,
        held=len(asking.shown),
    )


@get("/my/favourites", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def favourites(request: AnyRequest, service: Service, pages: PagesOf, *, behind: Cursor = "") -> Response[bytes]:
    """Show a person's favourites, the newest first."""
    place = read_cursor(behind, MarkPlace) if behind else None
    async with service.database.page() as session:
        visitor = await visit(request, service, session)
        sight = await service.people.persons.sight(session, visitor.person)
        found = await favourites_of(session, service, visitor.person, sight, behind=place)
        count: int = await session.value("pictures.count_favourites", visitor.person, list(sight.rolls))
        groups = await service.people.groups.names(session, visitor.person)
    on = stage(request, service, pages, visitor)
    name = "more_pictures" if on.is_fragment else "favourites"
    return on.show(name, found=found, more="/my/favourites", count=count, groups=groups)


@get("/my/offline", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def offline(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Say that there is no network: the one page a browser keeps, the same for everybody."""
    return stage(request, service, pages, None).show("offline")


@get("/my/worker.js", tags=["my pictures"], media_type="text/javascript", include_in_schema=False)
async def worker(request: AnyRequest, assets: NamedDependency[Assets]) -> Response[bytes]:
    """Send the script that shows that page; from here, for it may only act below where it comes from."""
    headers = {
        "Cache-Control": "no-cache",
        "Vary": "Accept-Encoding",
        "Service-Worker-Allowed": "/my",
        "Content-Security-Policy": "default-src 'none'; connect-src 'self'",
    }
    return send_asset(request, assets.files["worker.js"], headers)


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


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (
    home,
    favourites,
    offline,
    worker,
    choose_language,
)
