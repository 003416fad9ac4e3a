"""Stations: their state, clocks, software and queues; holding, releasing and ending them."""

import hashlib
from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler

from photoservice.enrolment import ROLE_KINDS
from photoservice.errors import Malformed
from photoservice.operating.fleet import FILTERS, SILENT_AFTER, Filter, Stations
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.visiting import see_other
from photoservice.web.ops.duty import acts, on_duty, reason_in
from photoservice.web.ops.showing import desk
from photoservice.web.pages import PagesOf

StationId = Annotated[str, PathParameter(max_length=40)]
Short = Annotated[str, QueryParameter(max_length=40)]

_FILTERS: Final[Mapping[str, Filter]] = {one: one for one in FILTERS}


@get("/ops/stations", tags=["operators"], media_type="text/html", include_in_schema=False)
async def stations_page(
    request: AnyRequest, service: Service, pages: PagesOf, *, of: Short = "all", store: Short = "", behind: Short = ""
) -> Response[bytes]:
    """List stations by store and name. Raises Malformed: there is no such filter."""
    if of not in _FILTERS:
        raise Malformed("There is no such filter.")
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "fleet")
        listed = await _stations(service).list(session, duty, wanted=_FILTERS[of], store=store, behind=behind)
    kept = {"of": of, "store": store}
    next_ = "/ops/stations?" + urlencode({**kept, "behind": listed.behind}) if listed.behind else ""
    return desk(request, pages, duty).show(
        "stations",
        stations=listed.rows,
        next=next_,
        kept=kept,
        filters=FILTERS,
        silent_before=service.clock.now() - SILENT_AFTER,
    )


@get("/ops/stations/{station:str}", tags=["operators"], media_type="text/html", include_in_schema=False)
async def station_page(request: AnyRequest, service: Service, pages: PagesOf, station: StationId) -> Response[bytes]:
    """Show one station. Raises Unknown, for another tenant's too."""
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "fleet")
        row = await _stations(service).find(session, duty, station)
        events = await session.rows("ops_fleet.events", station)
    return desk(request, pages, duty).show(
        "station",
        row=row,
        events=events,
        fingerprint=hashlib.sha256(bytes(row["public_key"])).hexdigest()[:16],
        event_kinds=sorted(ROLE_KINDS.get(row["role"], ())),
        silent_before=service.clock.now() - SILENT_AFTER,
    )


@post("/ops/stations/{station:str}/hold", status_code=200, include_in_schema=False)
async def hold_station(request: AnyRequest, service: Service, station: StationId) -> Response[bytes]:
    """Hold a station. Raises as :meth:`Stations.hold`."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "fleet_change")
        await _stations(service).hold(session, duty, station, why=reason_in(fields))
    return _done(station)


@post("/ops/stations/{station:str}/release", status_code=200, include_in_schema=False)
async def release_station(request: AnyRequest, service: Service, station: StationId) -> Response[bytes]:
    """Release a held station. Raises as :meth:`Stations.release`."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "fleet_change")
        await _stations(service).release(session, duty, station, why=reason_in(fields))
    return _done(station)


@post("/ops/stations/{station:str}/revoke", status_code=200, include_in_schema=False)
async def revoke_station(request: AnyRequest, service: Service, station: StationId) -> Response[bytes]:
    """End a station's key. Raises as :meth:`Stations.revoke`."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "fleet_change")
        await _stations(service).revoke(session, duty, station, why=reason_in(fields))
    return _done(station)


def _stations(service: Photoservice) -> Stations:
    return Stations(clock=service.clock, audit=service.goods.audit, enrolment=service.enrolment)


def _done(station: str) -> Response[bytes]:
    return see_other(f"/ops/stations/{station}?after=done")


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (
    *(stations_page, station_page, hold_station, release_station, revoke_station),
)
