"""The mail queue: what waits, what failed and why; never where a message goes or what it says."""

from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler

from photoservice.errors import Malformed
from photoservice.operating.works import CHANNELS, MAIL_FILTERS, MailFilter, MailQueue
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.visiting import see_other
from photoservice.web.ops.duty import acts, on_duty, reason_in
from photoservice.web.ops.showing import desk
from photoservice.web.pages import PagesOf

MessageId = Annotated[str, PathParameter(max_length=80)]
Short = Annotated[str, QueryParameter(max_length=40)]
Cursor = Annotated[str, QueryParameter(max_length=400)]

_FILTERS: Final[Mapping[str, MailFilter]] = {one: one for one in MAIL_FILTERS}


@get("/ops/mail", tags=["operators"], media_type="text/html", include_in_schema=False)
async def mail_page(
    request: AnyRequest,
    service: Service,
    pages: PagesOf,
    *,
    of: Short = "waiting",
    channel: Short = "",
    behind: Cursor = "",
) -> Response[bytes]:
    """List messages, the newest first.

    Raises:
        Malformed: a filter is none, or the cursor is none of ours.
    """
    if of not in _FILTERS or channel not in ("", *CHANNELS):
        raise Malformed("There is no such filter.")
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "mail")
        listed = await _mail(service).list(session, wanted=_FILTERS[of], channel=channel, behind=behind)
        counts = await _mail(service).counts(session)
    kept = {"of": of, "channel": channel}
    next_ = "/ops/mail?" + urlencode({**kept, "behind": listed.behind}) if listed.behind else ""
    return desk(request, pages, duty).show(
        "mail", listed=listed, counts=counts, next=next_, kept=kept, filters=MAIL_FILTERS, channels=CHANNELS
    )


@post("/ops/mail/{message:str}/retry", status_code=200, include_in_schema=False)
async def retry_message(request: AnyRequest, service: Service, message: MessageId) -> Response[bytes]:
    """Send a message that waits with the next round. Raises as :meth:`MailQueue.retry`."""
    async with service.database.begin() as session:
        duty, _ = await acts(request, service, session, "mail_change")
        await _mail(service).retry(session, duty, message)
    return see_other("/ops/mail?after=done")


@post("/ops/mail/{message:str}/drop", status_code=200, include_in_schema=False)
async def drop_message(request: AnyRequest, service: Service, message: MessageId) -> Response[bytes]:
    """Give a message up. Raises as :meth:`MailQueue.drop`."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "mail_change")
        why = reason_in(fields)
        await _mail(service).drop(session, duty, message, why=why)
    return see_other("/ops/mail?of=failed&after=done")


def _mail(service: Photoservice) -> MailQueue:
    return MailQueue(clock=service.clock, audit=service.goods.audit)


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (mail_page, retry_message, drop_message)
