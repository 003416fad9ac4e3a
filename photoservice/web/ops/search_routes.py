"""The one search box, and what stands behind a code that was scanned: the page of a package."""

from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import quote

from litestar import Response, get, post
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from photoservice.errors import Unknown
from photoservice.operating.search import LONGEST, Hit, Kind, Search
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.visiting import MAX_FORM_BYTES, field, see_other
from photoservice.web.ops.duty import acts, on_duty
from photoservice.web.ops.showing import desk
from photoservice.web.pages import PagesOf

Root = Annotated[str, PathParameter(max_length=100)]

_PAGES: Final[Mapping[Kind, str]] = {
    "package": "/ops/packages/",
    "order": "/ops/orders/",
    "plan": "/ops/plans/",
    "person": "/ops/customers/",
    "account": "/ops/customers/",
    "tenant": "/ops/tenants/",
    "station": "/ops/stations/",
    "store": "/ops/stores/",
    "operator": "/ops/operators#",
}


def path_of(hit: Hit) -> str:
    """Return the page of what was found."""
    return _PAGES[hit.kind] + quote(hit.id, safe="")


@post("/ops/search", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def search(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Find what was scanned or typed: one thing leads to its page at once. What was typed is not kept."""
    logins = service.people.entrance.logins
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "look")
        text = field(fields, "q", longest=LONGEST)
        hits = await Search(logins=logins).find_anything(session, text, duty)
        about = {"found": len(hits.found), "word": hits.word}
        subject = hits.found[0].id if len(hits.found) == 1 else ""
        await service.goods.audit.add(session, duty, "searched", subject, about)
    if len(hits.found) == 1:
        return see_other(path_of(hits.found[0]))
    found = [(hit, path_of(hit)) for hit in hits.found]
    return desk(request, pages, duty).show("search", found=found, word=hits.word, typed=text if not hits.word else "")


@get("/ops/packages/{root:str}", tags=["operators"], media_type="text/html", include_in_schema=False)
async def package_page(request: AnyRequest, service: Service, pages: PagesOf, root: Root) -> Response[bytes]:
    """Show what is known of a package: its list, its rolls, who registered it, orders and plans.

    Raises:
        Unknown: there is none, or it is another tenant's.
    """
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "look")
        row = await session.row("ops_packages.package", root)
        is_theirs = duty.tenant is None or await session.value("ops_packages.is_of", root, duty.tenant)
        if row is None or not is_theirs:
            raise Unknown("There is no such package.")
        rolls = await session.rows("ops_packages.rolls", root)
        registrations = await session.rows("ops_packages.registrations", root)
        claims = await session.rows("ops_packages.claims", root)
        orders = await session.rows("ops_packages.orders", root) if duty.may("orders") else ()
        plans = await session.rows("ops_packages.plans", root) if duty.may("plans") else ()
        await service.goods.audit.add(session, duty, "package_seen", root, tenant=row["tenant"])
    return desk(request, pages, duty).show(
        "package",
        package=row,
        rolls=rolls,
        registrations=registrations,
        claims=claims,
        orders=orders,
        plans=plans,
    )


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (search, package_page)
