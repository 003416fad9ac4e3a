"""Money somebody has to look at: what is owed to customers, and what providers told that fits nothing (S4).

It is of the whole house: an operator of one tenant finds what is owed of their orders in the list of orders.
"""

from typing import Final

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from photoservice.db.database import Session
from photoservice.errors import Unknown
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.bodies import MAX_BYTES
from photoservice.web.my.visiting import field, see_other
from photoservice.web.ops.duty import OnDuty, acts, on_duty
from photoservice.web.ops.showing import desk
from photoservice.web.pages import PagesOf

MOST_LISTED: Final = 100


@get("/ops/money", tags=["operators"], media_type="text/html", include_in_schema=False)
async def money_page(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """List what was promised back and not given yet, and messages of providers that could not be carried out."""
    goods = service.goods
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "money")
        duty.refuse_foreign(None)
        owed = await goods.payments.owed(session, limit=MOST_LISTED)
        heard = await goods.checkouts.messages.to_look_at(session, limit=MOST_LISTED)
    return desk(request, pages, duty).show("money", owed=owed, heard=heard)


@post("/ops/money/seen", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def settle_message(request: AnyRequest, service: Service) -> Response[bytes]:
    """Note that somebody looked at a message and did what was to be done; it stays as it came.

    Raises:
        Unknown: there is no such message to be looked at.
    """
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "money")
        duty.refuse_foreign(None)
        await _settle(session, service, duty, field(fields, "provider"), field(fields, "event"))
    return see_other("/ops/money?after=done")


async def _settle(session: Session, service: Photoservice, duty: OnDuty, provider: str, event: str) -> None:
    outcome = await service.goods.checkouts.messages.looked_at(session, provider, event)
    if outcome is None:
        raise Unknown("There is no such message to be looked at.")
    about = {"provider": provider, "event": event, "outcome": outcome}
    await service.goods.audit.add(session, duty, "payment_message_settled", "", about)


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (money_page, settle_message)
