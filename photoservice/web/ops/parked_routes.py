"""Parked events of stations, and of makers and retailers: looked at, tried again, closed with a reason."""

from typing import Annotated, Final
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler

from photoservice.errors import Malformed
from photoservice.operating.parked_desk import CAUSES, ParkedAsked, ParkedDesk, retry
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.visiting import see_other
from photoservice.web.ops.duty import acts, on_duty, reason_in
from photoservice.web.ops.showing import desk
from photoservice.web.pages import PagesOf

StationId = Annotated[str, PathParameter(max_length=40)]
EventId = Annotated[str, PathParameter(max_length=80)]
Short = Annotated[str, QueryParameter(max_length=40)]
Cursor = Annotated[str, QueryParameter(max_length=400)]


@get("/ops/parked", tags=["operators"], media_type="text/html", include_in_schema=False)
async def parked_page(
    request: AnyRequest,
    service: Service,
    pages: PagesOf,
    *,
    station: Short = "",
    cause: Short = "",
    settled: Short = "",
    behind: Cursor = "",
) -> Response[bytes]:
    """List parked events of stations, the newest first.

    Raises:
        Malformed: there is no such cause, or the cursor is none of ours.
    """
    if cause not in ("", *CAUSES):
        raise Malformed("There is no such cause.")
    asked = ParkedAsked(station=station, cause=cause, settled=bool(settled), behind=behind)
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "parked")
        listed = await _desk(service).list(session, duty, asked)
        counts = await session.rows("ops_parked.causes", duty.tenant)
    kept = {"station": station, "cause": cause, "settled": settled}
    next_ = "/ops/parked?" + urlencode({**kept, "behind": listed.behind}) if listed.behind else ""
    return desk(request, pages, duty).show(
        "parked", listed=listed, next=next_, kept=kept, counts=counts, causes=sorted(one for one in CAUSES if one)
    )


@get("/ops/parked/lists", tags=["operators"], media_type="text/html", include_in_schema=False)
async def lists_page(
    request: AnyRequest,
    service: Service,
    pages: PagesOf,
    *,
    tenant: Short = "",
    closed: Short = "",
    behind: Cursor = "",
) -> Response[bytes]:
    """List what makers and retailers forwarded and was parked. Raises Malformed: the cursor is none of ours."""
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "parked")
        listed = await _desk(service).lists(session, duty, tenant=tenant, closed=bool(closed), behind=behind)
        tenants = await session.rows("operators.tenants") if duty.tenant is None else ()
    kept = {"tenant": tenant, "closed": closed}
    next_ = "/ops/parked/lists?" + urlencode({**kept, "behind": listed.behind}) if listed.behind else ""
    return desk(request, pages, duty).show("parked_lists", listed=listed, next=next_, kept=kept, tenants=tenants)


@get("/ops/parked/lists/{content:str}", tags=["operators"], media_type="text/html", include_in_schema=False)
async def list_page(request: AnyRequest, service: Service, pages: PagesOf, content: EventId) -> Response[bytes]:
    """Show one such event; the look is an entry of the audit. Raises Unknown, for another tenant's too."""
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "parked")
        row, body = await _desk(service).open_list(session, duty, content)
    return desk(request, pages, duty).show("parked_list", row=row, body=body)


@post("/ops/parked/lists/{content:str}/close", status_code=200, include_in_schema=False)
async def close_list(request: AnyRequest, service: Service, content: EventId) -> Response[bytes]:
    """Close such an event. Raises as :meth:`ParkedDesk.close_list`."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "parked_change")
        await _desk(service).close_list(session, duty, content, why=reason_in(fields))
    return see_other(f"/ops/parked/lists/{content}?after=done")


@get("/ops/parked/{station:str}/{event:str}", tags=["operators"], media_type="text/html", include_in_schema=False)
async def event_page(
    request: AnyRequest, service: Service, pages: PagesOf, station: StationId, event: EventId
) -> Response[bytes]:
    """Show one parked event by its public part; the look is an entry of the audit.

    Raises:
        Unknown: there is none, or it is another tenant's.
    """
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "parked")
        seen = await _desk(service).open(session, duty, station, event)
    return desk(request, pages, duty).show("parked_event", seen=seen, row=seen.row)


@post("/ops/parked/{station:str}/retry", status_code=200, include_in_schema=False)
async def retry_station(request: AnyRequest, service: Service, pages: PagesOf, station: StationId) -> Response[bytes]:
    """Try a station's parked events again. Raises as :meth:`ParkedDesk.ask_retry`."""
    async with service.database.begin() as session:
        duty, _ = await acts(request, service, session, "parked_change")
        await _desk(service).ask_retry(session, duty, station)
    done = await retry(service.receiver, station)
    return desk(request, pages, duty).show("parked_retried", done=done, station=station)


@post("/ops/parked/{station:str}/{event:str}/close", status_code=200, include_in_schema=False)
async def close_event(request: AnyRequest, service: Service, station: StationId, event: EventId) -> Response[bytes]:
    """Close a parked event. Raises as :meth:`ParkedDesk.close`."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "parked_change")
        await _desk(service).close(session, duty, station, event, why=reason_in(fields))
    return see_other(f"/ops/parked/{station}/{event}?after=done")


def _desk(service: Photoservice) -> ParkedDesk:
    return ParkedDesk(clock=service.clock, audit=service.goods.audit)


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (
    *(parked_page, lists_page, list_page, close_list, event_page, retry_station, close_event),
)
