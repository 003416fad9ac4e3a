"""What one is told: the list in the app; and the link in a mail that stops mails of its kind, without a session.

Mail programs and their guards open links by themselves, so opening one stops nothing; it takes a button, or the POST
that RFC 8058 lets a mail program send on its reader's behalf.
"""

from typing import Final

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from photoservice.errors import Unknown
from photoservice.notifying.notices import MOST_SHOWN
from photoservice.notifying.saying import facts_in
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.bodies import MAX_BYTES
from photoservice.web.my.showing import stage
from photoservice.web.my.visiting import MAX_FORM_BYTES, read_my_form, see_other, visit, visitor_of
from photoservice.web.pages import PagesOf

SIGNS: Final = {
    "pictures_ready": "rolls",
    "share_opened": "shares",
    "share_picked": "favourites",
    "share_commented": "note",
    "shared_with_you": "shares",
    **dict.fromkeys(("order_made", "order_less", "order_released", "order_sent", "order_ready"), "orders"),
    **dict.fromkeys(
        ("order_waits", "order_ends", "order_cancelled", "order_by_share", "next_roll_asks_address"), "orders"
    ),
    "plan_paused": "plans",
    "new_sign_in": "account",
    "password_changed": "account",
    "passkey_added": "account",
    "mail_changed": "account",
    "recovery_used": "warn",
}
"""The sign beside each kind."""


@get("/my/notices", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def notices_page(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Show what a person was told, the newest first."""
    before = request.query_params.get("before", "")
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        found = await service.people.notices.of(session, visitor.person, before=before.replace("\0", ""))
    return stage(request, service, pages, visitor).show(
        "notices",
        notices=found,
        has_new=any(not one.is_seen for one in found),
        older=found[-1].id if len(found) == MOST_SHOWN else "",
        signs=SIGNS,
        facts_in=facts_in,
    )


@post("/my/notices/seen", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def notices_seen(request: AnyRequest, service: Service) -> Response[bytes]:
    """Note that a person has seen what they were told."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        await read_my_form(request, visitor)
        await service.people.notices.see(session, visitor.person)
    return see_other("/my/notices")


@get("/my/unsubscribe/{token:str}", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def unsubscribe_page(
    request: AnyRequest, service: Service, pages: PagesOf, token: FromPath[str]
) -> Response[bytes]:
    """Ask whether mails of a kind are to stop."""
    _, kind = service.people.sender.letters.read_stop(token)
    async with service.database.begin() as session:
        visitor = await visitor_of(request, service, session)
    return stage(request, service, pages, visitor).show("unsubscribe", kind=kind.name, is_done=False)


@post("/my/unsubscribe/{token:str}", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def unsubscribe(request: AnyRequest, service: Service, pages: PagesOf, token: FromPath[str]) -> Response[bytes]:
    """Stop mails of a kind: the link alone says whose (RFC 8058), so it takes no session and can stop nothing else.

    Raises:
        Unknown: it is no link of ours, or its person is gone.
    """
    person, kind = service.people.sender.letters.read_stop(token)
    async with service.database.begin() as session:
        visitor = await visitor_of(request, service, session)
        if await session.row("persons.find", person) is None:
            raise Unknown("This link stops nothing.")
        await service.people.messages.want(session, person, kind, "mail", is_on=False)
    return stage(request, service, pages, visitor).show("unsubscribe", kind=kind.name, is_done=True)


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (notices_page, notices_seen, unsubscribe_page, unsubscribe)
