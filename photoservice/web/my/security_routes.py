"""What one signs in with, and where one is signed in: password, passkeys, recovery codes, mail addresses, devices.

Each change asks for a proof not older than a quarter of an hour. Ending a session asks for none: whoever lost a phone
must be quick.
"""

from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from photoservice.errors import NameUnfit, NotReady, PasswordUnfit, Refusal, SignInNeeded, SignInRefused
from photoservice.persons.devices import end_device, name_of_agent
from photoservice.persons.security import Security
from photoservice.persons.sessions import Visitor
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.bodies import MAX_BYTES
from photoservice.web.my.entering import MAX_PASSKEY_BYTES, read_passkey, sorry
from photoservice.web.my.showing import Stage, stage
from photoservice.web.my.visiting import (
    PROVED_WITHIN,
    field,
    read_my_form,
    refuse_foreign,
    refuse_unproved,
    see_other,
    visit,
)
from photoservice.web.pages import Pages, PagesOf

Token = Annotated[str, PathParameter(max_length=100, description="As its mail has it.")]

_HERE: Final = "/my/security"


@get("/my/security", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def security_page(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Show what keeps one's account; a guest is shown how they get one."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
    if visitor.is_guest:
        return see_other("/sign-up")
    on = stage(request, service, pages, visitor)
    after = request.query_params.get("after", "")
    return await _shown(on, after=after if after in _AFTER else "")


_AFTER: Final = ("recovery", "password", "passkey", "removed", "last", "mail", "mail-sent", "name", "devices")


@post("/my/security/password", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def choose_password(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Keep a new password."""
    visitor, fields = await _proved(request, service)
    password = (fields.get("password") or [""])[-1]
    try:
        await _security(service).choose_password(visitor, password[:1000])
    except (PasswordUnfit, NotReady) as refusal:
        return await _sorry(request, service, pages, visitor, refusal)
    return see_other(f"{_HERE}?after=password")


@post("/my/security/name", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def choose_name(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Take another name to sign in with."""
    visitor, fields = await _proved(request, service)
    try:
        async with service.database.begin() as session:
            await session.lock([f"person:{visitor.person}"])
            await service.people.entrance.logins.rename(session, visitor.person, field(fields, "name"))
            await service.people.entrance.records.note(session, visitor.person, "name_changed")
    except NameUnfit as refusal:
        return await _sorry(request, service, pages, visitor, refusal)
    return see_other(f"{_HERE}?after=name")


@post("/my/security/passkeys/options", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def new_passkey_options(request: AnyRequest, service: Service) -> Response[str]:
    """Tell a script what its device makes one more passkey by."""
    visitor, _ = await _proved(request, service)
    async with service.database.begin() as session:
        logins = await service.people.entrance.logins.of(session, visitor.person)
        name = logins[0].text if logins else visitor.person
        offered = await service.people.entrance.passkeys.offer_new(session, visitor.person, name)
    return Response(offered, media_type="application/json", headers={"Cache-Control": "no-store"})


@post("/my/security/passkeys", status_code=200, include_in_schema=False, request_max_body_size=MAX_PASSKEY_BYTES)
async def add_passkey(request: AnyRequest, service: Service) -> Response[bytes]:
    """Keep one more passkey."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
    refuse_foreign(request, visitor, request.headers.get("x-csrf-token", ""))
    _refuse_guest(visitor)
    refuse_unproved(service, visitor)
    said = await read_passkey(request, service)
    passkeys = service.people.entrance.passkeys
    device = name_of_agent(request.headers.get("user-agent", ""))
    async with service.database.begin() as session:
        made = await passkeys.take_new(session, visitor.person, said.text)
        await session.lock([f"person:{visitor.person}"])
        await passkeys.keep(session, visitor.person, made, device)
        key = f"passkey:{made.id.hex()[:24]}"
        notices = service.people.notices
        await notices.tell(session, visitor.person, "passkey_added", key, {"device": device})
    body = b'{"next":"/my/security?after=passkey"}'
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


@post("/my/security/passkeys/remove", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def remove_passkey(request: AnyRequest, service: Service) -> Response[bytes]:
    """Take a passkey back, unless it is the last way in."""
    visitor, fields = await _proved(request, service)
    async with service.database.begin() as session:
        is_gone = await _security(service).remove_passkey(session, visitor, field(fields, "passkey", longest=2100))
    return see_other(f"{_HERE}?after={'removed' if is_gone else 'last'}")


@get("/my/security/codes", include_in_schema=False, media_type="text/html")
async def codes_page(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Say what recovery codes are, and offer to make them."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        left = await service.people.entrance.recovery.left(session, visitor.person)
    if visitor.is_guest:
        return see_other("/sign-up")
    refuse_unproved(service, visitor)
    is_new = request.query_params.get("after") == "signing-up"
    return stage(request, service, pages, visitor).show("codes", codes=(), left=left, is_new=is_new)


@post("/my/security/codes", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def make_codes(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Make recovery codes and show them, this once."""
    visitor, _ = await _proved(request, service)
    async with service.database.begin() as session:
        await session.lock([f"person:{visitor.person}"])
        codes = await service.people.entrance.recovery.make(session, visitor.person)
    return stage(request, service, pages, visitor).show("codes", codes=codes, left=len(codes), is_new=False)


@post("/my/security/mail", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def add_mail(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Send a link to a mail address that shall be one's own."""
    visitor, fields = await _proved(request, service)
    links = service.people.entrance.mail_links
    try:
        async with service.database.begin() as session:
            await session.lock([f"person:{visitor.person}"])
            await links.ask_proof(session, visitor, field(fields, "mail"))
    except NameUnfit as refusal:
        return await _sorry(request, service, pages, visitor, refusal)
    return see_other(f"{_HERE}?after=mail-sent")


@get("/my/security/mail/{token:str}", include_in_schema=False, media_type="text/html")
async def mail_page(request: AnyRequest, service: Service, pages: PagesOf, token: Token) -> Response[bytes]:
    """Show a button to who opened the link of a mail."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
    return stage(request, service, pages, visitor).show("mail_proof", token=token)


@post("/my/security/mail/{token:str}", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def prove_mail(request: AnyRequest, service: Service, pages: PagesOf, token: Token) -> Response[bytes]:
    """Sign in by this mail address as well from now on."""
    visitor, _ = await _member(request, service)
    try:
        async with service.database.begin() as session:
            await service.people.entrance.mail_links.prove(session, visitor, token)
    except SignInRefused as refusal:
        return await _sorry(request, service, pages, visitor, refusal, trouble="mail_link")
    except NameUnfit as refusal:
        return await _sorry(request, service, pages, visitor, refusal, trouble="mail_taken")
    return see_other(f"{_HERE}?after=mail")


@post("/my/security/mail/remove", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def remove_mail(request: AnyRequest, service: Service) -> Response[bytes]:
    """Sign in by this mail address no more."""
    visitor, fields = await _proved(request, service)
    async with service.database.begin() as session:
        if await service.people.entrance.logins.remove_mail(session, visitor.person, field(fields, "mail")):
            await service.people.entrance.records.note(session, visitor.person, "mail_removed")
    return see_other(f"{_HERE}?after=mail")


@post("/my/security/devices/end", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def end_one(request: AnyRequest, service: Service) -> Response[bytes]:
    """Sign out one device."""
    visitor, fields = await _member(request, service)
    async with service.database.begin() as session:
        await end_device(session, visitor, field(fields, "device", longest=64))
        await service.people.entrance.records.note(session, visitor.person, "device_ended")
    return see_other(f"{_HERE}?after=devices")


@post("/my/security/devices/end-others", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def end_others(request: AnyRequest, service: Service) -> Response[bytes]:
    """Sign out everywhere but here."""
    visitor, _ = await _member(request, service)
    async with service.database.begin() as session:
        await service.people.sessions.close_others(session, visitor)
        await service.people.entrance.records.note(session, visitor.person, "signed_out_everywhere")
    return see_other(f"{_HERE}?after=devices")


async def _member(request: AnyRequest, service: Photoservice) -> tuple[Visitor, dict[str, list[str]]]:
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
    fields = await read_my_form(request, visitor)
    _refuse_guest(visitor)
    return visitor, dict(fields)


async def _proved(request: AnyRequest, service: Photoservice) -> tuple[Visitor, dict[str, list[str]]]:
    visitor, fields = await _member(request, service)
    refuse_unproved(service, visitor)
    return visitor, fields


def _refuse_guest(visitor: Visitor) -> None:
    if visitor.is_guest:
        raise SignInNeeded


def _security(service: Photoservice) -> Security:
    people = service.people
    return Security(
        database=service.database,
        clock=service.clock,
        entrance=people.entrance,
        passwords=people.passwords,
        sessions=people.sessions,
    )


async def _shown(on: Stage, *, after: str = "") -> Response[bytes]:
    return on.show("security", trouble="", wait="", after=after, **await _facts(on.service, on.visitor))


async def _facts(service: Photoservice, visitor: Visitor | None) -> dict[str, Any]:
    if visitor is None:
        raise SignInNeeded
    async with service.database.begin() as session:
        kept = await _security(service).of(session, visitor)
    entrance, is_proved = service.people.entrance, service.clock.now() - visitor.proved_at <= PROVED_WITHIN
    return {
        "kept": kept,
        "can_mail": entrance.mail_links.are_sent,
        "host": entrance.passkeys.host,
        "is_proved": is_proved,
    }


async def _sorry(
    request: AnyRequest, service: Photoservice, pages: Pages, visitor: Visitor, refusal: Refusal, *, trouble: str = ""
) -> Response[bytes]:
    on = stage(request, service, pages, visitor)
    return sorry(on, "security", refusal, trouble=trouble, after="", **await _facts(service, visitor))


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (
    *(security_page, choose_password, choose_name, new_passkey_options, add_passkey, remove_passkey),
    *(codes_page, make_codes, add_mail, mail_page, prove_mail, remove_mail, end_one, end_others),
)
