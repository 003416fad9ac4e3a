"""Getting in and out: by a receipt's access code, by what somebody signs in with; and the way back when it is lost.

Every answer leaves at a fixed moment after the question came (``holding.py``), so how long it takes tells nothing.
"""

from typing import Annotated, Final

from litestar import Response, get, post
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from photoservice.errors import AccessRefused, NotReady, SignInRefused, Throttled
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.bodies import MAX_BYTES
from photoservice.web.holding import hold_back
from photoservice.web.my.entering import (
    MAX_PASSKEY_BYTES,
    enter,
    let_in,
    let_in_by_script,
    offers,
    read_entrance_form,
    read_passkey,
    refuse_other_sites,
    sorry,
)
from photoservice.web.my.visiting import give_session, read_my_form, safe_next, see_other, take_session, visit
from photoservice.web.pages import PagesOf

Token = Annotated[str, PathParameter(max_length=100, description="As its mail has it.")]


@get("/sign-in", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def sign_in_page(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Show the ways in."""
    on, _ = await enter(request, service, pages)
    wanted = safe_next(request.query_params.get("next", ""))
    return on.show("sign_in", wanted=wanted, **offers(on))


@post("/sign-in/code", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def sign_in_by_code(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Open the pictures of one registration to who shows its access code."""
    fields = await read_entrance_form(request, service)
    on, arrival = await enter(request, service, pages)
    wanted = safe_next(fields.get("next", ""))
    code = fields.get("access_code", "").strip()
    opening = service.people.opening.by_code(code, arrival.source, agent=arrival.agent, language=arrival.language)
    try:
        token = await hold_back(service.settings.answer_floor, opening)
    except (AccessRefused, Throttled) as refusal:
        return sorry(on, "sign_in", refusal, trouble="refused", wanted=wanted)
    answer = see_other(wanted)
    give_session(answer, service, token, lives=service.settings.guest_session_lives)
    return answer


@post("/sign-in/password", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def sign_in_by_password(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Sign somebody in by name and password."""
    fields = await read_entrance_form(request, service)
    on, arrival = await enter(request, service, pages)
    wanted, entrance = safe_next(fields.get("next", "")), service.people.entrance
    name, password = fields.get("name", "").strip(), fields.get("password", "")
    signing_in = entrance.signing_in.by_password(name, password, arrival, takes_along="join" in fields)
    try:
        admitted = await hold_back(service.settings.answer_floor, signing_in)
    except (SignInRefused, Throttled, NotReady) as refusal:
        return sorry(on, "sign_in", refusal, trouble="wrong", wanted=wanted)
    return let_in(service, admitted, wanted)


@post("/sign-in/passkey/options", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def passkey_options(request: AnyRequest, service: Service) -> Response[str]:
    """Tell a script what to ask its device for."""
    refuse_other_sites(request, service)
    return Response(
        service.people.entrance.passkeys.offer(), media_type="application/json", headers={"Cache-Control": "no-store"}
    )


@post("/sign-in/passkey", status_code=200, include_in_schema=False, request_max_body_size=MAX_PASSKEY_BYTES)
async def sign_in_by_passkey(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Sign somebody in by a passkey."""
    said = await read_passkey(request, service)
    _, arrival = await enter(request, service, pages)
    passkeys = service.people.entrance.passkeys
    signing_in = passkeys.sign_in(said.text, arrival, takes_along=said.takes_along)
    admitted = await hold_back(service.settings.answer_floor, signing_in)
    return let_in_by_script(service, admitted, safe_next(said.next))


@get("/sign-in/recover", include_in_schema=False, media_type="text/html")
async def recover_page(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Show the ways back in."""
    on, _ = await enter(request, service, pages)
    return on.show("recover", sent=False, **offers(on))


@post("/sign-in/recover", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def recover_by_code(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Let in who shows a recovery code, to choose a new password."""
    fields = await read_entrance_form(request, service)
    on, arrival = await enter(request, service, pages)
    entrance = service.people.entrance
    try:
        using = entrance.recovery.use(fields.get("recovery_code", "").strip(), arrival)
        admitted = await hold_back(service.settings.answer_floor, using)
    except (SignInRefused, Throttled) as refusal:
        return sorry(on, "recover", refusal, trouble="recovery", sent=False)
    return let_in(service, admitted, "/my/security?after=recovery")


@post("/sign-in/mail", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def ask_for_link(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Send a link to sign in with, if there is anybody to send it to; the answer is the same."""
    fields = await read_entrance_form(request, service)
    on, arrival = await enter(request, service, pages)
    links = service.people.entrance.mail_links
    try:
        if links.are_sent:
            await hold_back(service.settings.answer_floor, links.ask(fields.get("name", "").strip(), arrival))
    except Throttled as refusal:
        return sorry(on, "recover", refusal, sent=False)
    return on.show("recover", sent=True, **offers(on))


@get("/sign-in/link/{token:str}", include_in_schema=False, media_type="text/html")
async def link_page(request: AnyRequest, service: Service, pages: PagesOf, token: Token) -> Response[bytes]:
    """Show a button to who opened a link: programs that look at mail open links, and must not use them up."""
    on, _ = await enter(request, service, pages)
    return on.show("sign_in_link", token=token)


@post("/sign-in/link/{token:str}", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def sign_in_by_link(request: AnyRequest, service: Service, pages: PagesOf, token: Token) -> Response[bytes]:
    """Sign somebody in by the link of a mail."""
    await read_entrance_form(request, service)
    on, arrival = await enter(request, service, pages)
    links = service.people.entrance.mail_links
    try:
        admitted = await hold_back(service.settings.answer_floor, links.open(token, arrival))
    except SignInRefused as refusal:
        return sorry(on, "recover", refusal, trouble="link", sent=False)
    return let_in(service, admitted, "/my")


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


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (
    *(sign_in_page, sign_in_by_code, sign_in_by_password, passkey_options, sign_in_by_passkey),
    *(recover_page, recover_by_code, ask_for_link, link_page, sign_in_by_link, sign_out),
)
