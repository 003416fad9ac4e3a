"""Plans: which are about to fire and why, and letting one rest."""

from collections.abc import Mapping
from typing import Annotated, Final

from litestar import Response, get, post
from litestar.params import PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler

from photoservice.errors import Malformed
from photoservice.operating.plans_desk import FILTERS, Filter, PlansDesk
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.visiting import field, see_other
from photoservice.web.ops.duty import acts, on_duty, reason_in
from photoservice.web.ops.order_routes import read_number
from photoservice.web.ops.showing import desk
from photoservice.web.pages import PagesOf

PlanId = Annotated[str, PathParameter(max_length=40)]
Short = Annotated[str, QueryParameter(max_length=40)]

_FILTERS: Final[Mapping[str, Filter]] = {one: one for one in FILTERS}
_MOST_VERSION: Final = 2**31 - 1


@get("/ops/plans", tags=["operators"], media_type="text/html", include_in_schema=False)
async def plans_page(request: AnyRequest, service: Service, pages: PagesOf, *, by: Short = "due") -> Response[bytes]:
    """List plans about to fire, or the fullest, or those that rest.

    Raises:
        Malformed: there is no such list.
    """
    if by not in _FILTERS:
        raise Malformed("There is no such list.")
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "plans")
        rows = await _desk(service).list(session, duty, _FILTERS[by])
    return desk(request, pages, duty).show("plans", rows=rows, by=by, filters=FILTERS)


@get("/ops/plans/{plan:str}", tags=["operators"], media_type="text/html", include_in_schema=False)
async def plan_page(request: AnyRequest, service: Service, pages: PagesOf, plan: PlanId) -> Response[bytes]:
    """Show one plan: what it counted, what comes next, what it made and why; the look is an entry of the audit.

    Raises:
        Unknown: there is none, or it is another tenant's.
    """
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "plans")
        row, fired = await _desk(service).open(session, duty, plan)
    return desk(request, pages, duty).show("plan", row=row, plan=row.plan, fired=fired)


@post("/ops/plans/{plan:str}/pause", status_code=200, include_in_schema=False)
async def pause_plan(request: AnyRequest, service: Service, plan: PlanId) -> Response[bytes]:
    """Let a plan rest. Raises as :meth:`PlansDesk.pause`."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "plans_change")
        version, why = _read(fields)
        await _desk(service).pause(session, duty, plan, version=version, why=why)
    return see_other(f"/ops/plans/{plan}?after=done")


@post("/ops/plans/{plan:str}/resume", status_code=200, include_in_schema=False)
async def resume_plan(request: AnyRequest, service: Service, plan: PlanId) -> Response[bytes]:
    """Let a plan go on. Raises as :meth:`PlansDesk.resume`."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "plans_change")
        version, why = _read(fields)
        await _desk(service).resume(session, duty, plan, version=version, why=why)
    return see_other(f"/ops/plans/{plan}?after=done")


def _desk(service: Photoservice) -> PlansDesk:
    return PlansDesk(clock=service.clock, audit=service.goods.audit, plans=service.goods.plans)


def _read(fields: Mapping[str, list[str]]) -> tuple[int, str]:
    version = read_number(field(fields, "version"), _MOST_VERSION)
    return version, reason_in(fields)


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (plans_page, plan_page, pause_plan, resume_plan)
