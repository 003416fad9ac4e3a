"""Getting in and out: by a receipt's access code, by what somebody signs in with; and the way back when it is lost."""

from typing import Final

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from photoservice.errors import AccessRefused, Throttled
from photoservice.persons.sessions import LONGEST_AGENT
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.bodies import MAX_BYTES, read_form
from photoservice.web.holding import hold_back
from photoservice.web.my.showing import stage
from photoservice.web.my.visiting import give_session, read_my_form, safe_next, see_other, take_session, visit
from photoservice.web.pages import PagesOf
from photoservice.web.sources import source_of


@get("/sign-in", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def sign_in_page(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Show the ways in."""
    wanted = safe_next(request.query_params.get("next", ""))
    return stage(request, service, pages, None).show("sign_in", wanted=wanted, trouble="", wait="")


@post("/sign-in/code", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def sign_in_by_code(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Open the pictures of one registration to who shows its access code."""
    fields = await read_form(request)
    on = stage(request, service, pages, None)
    wanted = safe_next(fields.get("next", ""))
    opening = service.people.opening.by_code(
        fields.get("access_code", "").strip(),
        source_of(request, service.settings.trusted_proxies),
        agent=request.headers.get("user-agent", "")[:LONGEST_AGENT],
        language=on.reader.words.language,
    )
    try:
        token = await hold_back(service.settings.answer_floor, opening)
    except AccessRefused as refusal:
        return on.show("sign_in", status=int(refusal.status), wanted=wanted, trouble="refused", wait="")
    except Throttled as refusal:
        wait = on.reader.words.wait(refusal.wait_s)
        headers = {"Retry-After": str(refusal.wait_s)}
        return on.show("sign_in", status=429, headers=headers, wanted=wanted, trouble="throttled", wait=wait)
    answer = see_other(wanted)
    give_session(answer, service, token, lives=service.settings.guest_session_lives)
    return answer


@post("/sign-out", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def sign_out(request: AnyRequest, service: Service) -> Response[bytes]:
    """End this session."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        await read_my_form(request, visitor)
        await service.people.sessions.close(session, visitor)
    answer = see_other("/sign-in")
    take_session(answer, service)
    return answer


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (sign_in_page, sign_in_by_code, sign_out)
