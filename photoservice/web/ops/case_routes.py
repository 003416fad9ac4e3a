"""Contested packages: what waits for a person's ruling, the evidence of each, and the ruling."""

from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import quote, urlencode

from litestar import Response, get, post
from litestar.params import PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler

from photoservice.errors import Malformed
from photoservice.operating.contested import FILTERS, CasesAsked, Contested, Filter, Verdict
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.visiting import MAX_FORM_BYTES, field, see_other
from photoservice.web.ops.duty import acts, on_duty, reason_in
from photoservice.web.ops.order_routes import read_number
from photoservice.web.ops.showing import desk
from photoservice.web.pages import PagesOf

Root = Annotated[str, PathParameter(max_length=100)]
Short = Annotated[str, QueryParameter(max_length=40)]
Cursor = Annotated[str, QueryParameter(max_length=300)]

_FILTERS: Final[Mapping[str, Filter]] = {one: one for one in FILTERS}
_MOST_DAYS: Final = 36_500
_DIGITS: Final = 64


@get("/ops/contested", tags=["operators"], media_type="text/html", include_in_schema=False)
async def cases_page(
    request: AnyRequest, service: Service, pages: PagesOf, *, of: Short = "all", days: Short = "", behind: Cursor = ""
) -> Response[bytes]:
    """List what waits for a ruling, the oldest first.

    Raises:
        Malformed: a filter is none, or the cursor is none of ours.
    """
    if of not in _FILTERS:
        raise Malformed("There is no such filter.")
    asked = CasesAsked(wanted=_FILTERS[of], days=read_number(days or "0", _MOST_DAYS), behind=behind)
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "contested")
        listed = await _contested(service).list(session, duty, asked)
    kept = {"of": of, "days": days}
    next_ = "/ops/contested?" + urlencode({**kept, "behind": listed.behind}) if listed.behind else ""
    return desk(request, pages, duty).show("contested", listed=listed, next=next_, kept=kept, filters=FILTERS)


@get("/ops/contested/{root:str}", tags=["operators"], media_type="text/html", include_in_schema=False)
async def case_page(request: AnyRequest, service: Service, pages: PagesOf, root: Root) -> Response[bytes]:
    """Show a case with its evidence; the look is an entry of the audit.

    Raises:
        Unknown: there is none, or it is another tenant's.
    """
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "contested")
        case = await _contested(service).open(session, duty, root)
    return desk(request, pages, duty).show("case", root=root, case=case)


@post("/ops/contested/{root:str}/rule", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def rule(request: AnyRequest, service: Service, root: Root) -> Response[bytes]:
    """Rule for one customer. Raises as :meth:`Contested.rule`."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "decide")
        verdict = Verdict(
            subject=field(fields, "subject", longest=100),
            claim=field(fields, "claim", longest=200),
            saw=field(fields, "saw", longest=_DIGITS),
            why=reason_in(fields),
        )
        await _contested(service).rule(session, duty, root, verdict)
    return see_other(f"/ops/contested/{quote(root, safe='')}?after=ruled")


def _contested(service: Photoservice) -> Contested:
    return Contested(clock=service.clock, entropy=service.entropy, audit=service.goods.audit)


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (cases_page, case_page, rule)
