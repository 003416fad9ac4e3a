"""Signing up: a guest keeps what they opened and did; somebody without anything begins an account."""

from typing import Final

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from photoservice.db.database import Session
from photoservice.errors import NameUnfit, NotReady, PasswordUnfit, SignInRefused, Throttled
from photoservice.persons.logins import read_name
from photoservice.persons.signing_up import Wish
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.bodies import MAX_BYTES
from photoservice.web.my.entering import (
    MAX_PASSKEY_BYTES,
    enter,
    let_in,
    let_in_by_script,
    offers,
    read_entrance_form,
    read_passkey,
    sorry,
)
from photoservice.web.my.visiting import see_other
from photoservice.web.pages import PagesOf

AFTER: Final = "/my/security/codes?after=signing-up"
"""Whoever signs up is shown at once how they will come back without a password."""


@get("/sign-up", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def sign_up_page(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Show how an account is made."""
    on, _ = await enter(request, service, pages)
    if on.visitor and not on.visitor.is_guest:
        return see_other("/my/security")
    return on.show("sign_up", chosen="", **offers(on))


@post("/sign-up", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def sign_up(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Make an account with a name and a password."""
    fields = await read_entrance_form(request, service)
    on, arrival = await enter(request, service, pages)
    if on.visitor and not on.visitor.is_guest:
        return see_other("/my/security")
    name = fields.get("name", "").strip()
    try:
        signing_up = service.people.entrance.signing_up
        admitted = await signing_up.by_password(name, fields.get("password", ""), arrival)
    except (NameUnfit, PasswordUnfit, Throttled, NotReady) as refusal:
        return sorry(on, "sign_up", refusal, chosen=name[:100])
    return let_in(service, admitted, AFTER)


@post("/sign-up/passkey/options", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def sign_up_passkey_options(request: AnyRequest, service: Service, pages: PagesOf) -> Response[str]:
    """Tell a script what its device makes a passkey by; whose it will be goes along, and comes back signed."""
    fields = await read_entrance_form(request, service)
    on, arrival = await enter(request, service, pages)
    if on.visitor and not on.visitor.is_guest:
        raise SignInRefused
    person = arrival.guest or service.people.persons.mint()
    name = read_name(fields.get("name", ""))
    async with service.database.begin() as session:
        offered = await service.people.entrance.passkeys.offer_new(session, person, name)
    return Response(offered, media_type="application/json", headers={"Cache-Control": "no-store"})


@post("/sign-up/passkey", status_code=200, include_in_schema=False, request_max_body_size=MAX_PASSKEY_BYTES)
async def sign_up_by_passkey(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Make an account with a name and a passkey."""
    said = await read_passkey(request, service)
    on, arrival = await enter(request, service, pages)
    if on.visitor and not on.visitor.is_guest:
        raise SignInRefused
    entrance, passkeys = service.people.entrance, service.people.entrance.passkeys
    person = arrival.guest or said.person  # the challenge is signed for that person alone
    async with service.database.begin() as session:
        made = await passkeys.take_new(session, person, said.text)

    async def keep(session: Session, person: str) -> None:
        await passkeys.keep(session, person, made, "")

    wish = Wish(person=person, name=said.name, how="passkey", keep=keep)
    admitted = await entrance.signing_up.by(wish, arrival)
    return let_in_by_script(service, admitted, AFTER)


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (
    *(sign_up_page, sign_up, sign_up_passkey_options, sign_up_by_passkey),
)
