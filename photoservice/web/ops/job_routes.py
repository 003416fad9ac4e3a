"""What waits to be done: rounds, lanes of renditions, makers' documents; and having a roll tried again."""

from typing import Annotated, Final
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import QueryParameter
from litestar.types import ControllerRouterHandler

from photoservice.operating.works import Jobs
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.visiting import field, see_other
from photoservice.web.ops.duty import acts, on_duty
from photoservice.web.ops.showing import desk
from photoservice.web.pages import PagesOf

Short = Annotated[str, QueryParameter(max_length=40)]
Cursor = Annotated[str, QueryParameter(max_length=400)]


@get("/ops/jobs", tags=["operators"], media_type="text/html", include_in_schema=False)
async def jobs_page(
    request: AnyRequest, service: Service, pages: PagesOf, *, failed: Short = "", behind: Cursor = ""
) -> Response[bytes]:
    """Show what waits. Raises Malformed: the cursor is none of ours."""
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "jobs")
        seen = await _jobs(service).look(session, duty, failed=bool(failed), behind=behind)
    onward = seen.rolls.behind
    next_ = "/ops/jobs?" + urlencode({"failed": failed, "behind": onward}) if onward else ""
    return desk(request, pages, duty).show("jobs", seen=seen, next=next_, failed=failed)


@post("/ops/jobs/retry", status_code=200, include_in_schema=False)
async def retry_roll(request: AnyRequest, service: Service) -> Response[bytes]:
    """Have a roll's renditions made anew. Raises as :meth:`Jobs.retry`."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "jobs_change")
        await _jobs(service).retry(session, duty, field(fields, "roll", longest=100))
    return see_other("/ops/jobs?after=done")


def _jobs(service: Photoservice) -> Jobs:
    return Jobs(clock=service.clock, audit=service.goods.audit)


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (jobs_page, retry_roll)
