"""One's account: who one is, where goods go, what one is told, what one holds (leaving: ``leaving_routes.py``)."""

from collections.abc import Mapping
from typing import Final

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from msgspec.structs import replace

from photocore.crockford import mint
from photoservice.errors import Malformed, Unknown
from photoservice.notifying.kinds import KINDS, plain
from photoservice.persons.profiles import MOST_ADDRESSES, Address, Profile
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.showing import stage
from photoservice.web.my.visiting import MAX_FORM_BYTES, field, read_my_form, see_other, visit
from photoservice.web.pages import PagesOf

_CHOICES: Final = tuple(kind for kind in KINDS.values() if kind.is_choice)
_MOST_LINES: Final = 4
_LONGEST: Final = 200
_ID_SYMBOLS: Final = 8


@get("/my/account", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def account_page(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Show a person their account."""
    people = service.people
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        profile = await people.profiles.of(session, visitor.person)
        mail = await people.profiles.mail_of(session, visitor.person)
        wants = await people.messages.wants(session, visitor.person)
        trouble = await people.messages.trouble(session, visitor.person)
        held = await session.rows("profiles.registrations", visitor.person)
    return stage(request, service, pages, visitor).show(
        "account",
        profile=profile,
        mail=mail,
        is_mail_on=people.messages.is_mail_on,
        choices=[(kind.name, (kind.name, "mail") in wants) for kind in _CHOICES],
        trouble=trouble,
        held=held,
        is_kept="kept" in request.query_params,
        is_full=len(profile.addresses) >= MOST_ADDRESSES,
    )


@post("/my/account/name", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def keep_name(request: AnyRequest, service: Service) -> Response[bytes]:
    """Keep what a person calls themselves."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        name = plain(field(await read_my_form(request, visitor), "name", longest=_LONGEST))
        await service.people.profiles.change(session, visitor.person, lambda profile: replace(profile, name=name))
    return see_other("/my/account?kept=yes")


@post("/my/account/told", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def keep_told(request: AnyRequest, service: Service) -> Response[bytes]:
    """Keep which kinds a person wants by mail: those that are ticked, and no others."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        ticked = set((await read_my_form(request, visitor)).get("mail", []))
        for kind in _CHOICES:
            await service.people.messages.want(session, visitor.person, kind, "mail", is_on=kind.name in ticked)
    return see_other("/my/account?kept=yes#told")


@get("/my/account/addresses/{name:str}", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def address_page(request: AnyRequest, service: Service, pages: PagesOf, name: FromPath[str]) -> Response[bytes]:
    """Show an address to be changed; ``new`` is an empty one."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        profile = await service.people.profiles.of(session, visitor.person)
    address = Address(id="new", name=profile.name, lines=()) if name == "new" else profile.address(name)
    if address is None:
        raise Unknown("There is no such address.")
    return stage(request, service, pages, visitor).show("address", address=address)


@post(
    "/my/account/addresses/{name:str}", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES
)
async def keep_address(request: AnyRequest, service: Service, name: FromPath[str]) -> Response[bytes]:
    """Keep an address, put it first, or remove it; a ``new`` one is added.

    Raises:
        Unknown: there is no such address.
        Malformed: it is empty, too long, or one too many.
    """
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        fields = await read_my_form(request, visitor)
        fresh = mint(service.entropy, _ID_SYMBOLS) if name == "new" else name
        await service.people.profiles.change(
            session, visitor.person, lambda profile: _changed(profile, fields, name=fresh, is_new=name == "new")
        )
    return see_other("/my/account?kept=yes#addresses")


def _changed(profile: Profile, fields: Mapping[str, list[str]], *, name: str, is_new: bool) -> Profile:
    """Return a profile with what a form says of one of its addresses done."""
    if is_new and len(profile.addresses) >= MOST_ADDRESSES:
        raise Malformed("There are ten addresses already. Remove one to add another.")
    if not is_new and profile.address(name) is None:
        raise Unknown("There is no such address.")
    match field(fields, "do"):
        case "remove":
            return profile.without_address(name)
        case "first":
            return profile.with_first(name)
        case _:
            return profile.with_address(address_in(fields, name))


def address_in(fields: Mapping[str, list[str]], name: str) -> Address:
    """Return the address a form holds, to be called ``name``.

    Raises:
        Malformed: it is too long, or has neither a street nor a town.
    """
    written = [plain(line) for line in field(fields, "lines", longest=4 * _LONGEST).splitlines()]
    lines = tuple(line for line in written if line)[:_MOST_LINES]
    said = {
        part: plain(field(fields, part, longest=_LONGEST)) for part in ("name", "postcode", "town", "region", "country")
    }
    if not lines and not said["town"]:
        raise Malformed("An address has a street or a town.")
    return Address(id=name, lines=lines, **said)


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (account_page, keep_name, keep_told, address_page, keep_address)
