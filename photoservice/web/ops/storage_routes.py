"""The object store: room, tenants' shares, promises, open uploads, and what is damaged."""

from typing import Annotated, Final
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler

from photoservice.images.reservations import Reservations
from photoservice.operating.works import Storage
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.visiting import see_other
from photoservice.web.ops.duty import acts, on_duty, reason_in
from photoservice.web.ops.showing import desk
from photoservice.web.pages import PagesOf

ReservationId = Annotated[str, PathParameter(max_length=40)]
Cursor = Annotated[str, QueryParameter(max_length=400)]


@get("/ops/storage", tags=["operators"], media_type="text/html", include_in_schema=False)
async def storage_page(
    request: AnyRequest, service: Service, pages: PagesOf, *, behind: Cursor = ""
) -> Response[bytes]:
    """Show room and promises. Raises Malformed: the cursor is none of ours."""
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "storage")
        seen = await _storage(service).look(session, duty, behind=behind)
    onward = seen.reservations.behind
    next_ = "/ops/storage?" + urlencode({"behind": onward}) if onward else ""
    return desk(request, pages, duty).show("storage", seen=seen, next=next_)


@post("/ops/storage/reservations/{reservation:str}/end", status_code=200, include_in_schema=False)
async def end_reservation(request: AnyRequest, service: Service, reservation: ReservationId) -> Response[bytes]:
    """Take a promise of room back. Raises as :meth:`Storage.end`."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "storage_change")
        why = reason_in(fields)
        await _storage(service).end(session, duty, reservation, why=why)
    return see_other("/ops/storage?after=done")


def _storage(service: Photoservice) -> Storage:
    promises = Reservations(clock=service.clock, entropy=service.entropy, settings=service.settings)
    return Storage(audit=service.goods.audit, reservations=promises)


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (storage_page, end_reservation)
