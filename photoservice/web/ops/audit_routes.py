"""The audit: what operators did and looked up, and whether its chain is whole."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Final
from urllib.parse import urlencode

from litestar import Response, get
from litestar.params import QueryParameter
from litestar.types import ControllerRouterHandler

from photoservice.errors import Malformed
from photoservice.operating.audit import Asked, read_mark
from photoservice.operating.kinds import KINDS
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.ops.duty import on_duty
from photoservice.web.ops.showing import desk
from photoservice.web.pages import PagesOf

CHECKED: Final = 1_000
"""The newest entries, followed each time somebody looks; all of them when they ask."""

_PAGE: Final = 50
_HIGHEST: Final = 2**53

Short = Annotated[str, QueryParameter(max_length=200)]


@get("/ops/audit", tags=["operators"], media_type="text/html", include_in_schema=False)
async def audit_page(
    request: AnyRequest,
    service: Service,
    pages: PagesOf,
    *,
    operator: Short = "",
    kind: Short = "",
    subject: Short = "",
    since: Short = "",
    until: Short = "",
    before: Short = "",
    check: Short = "",
    mark: Short = "",
) -> Response[bytes]:
    """Show entries by filters, and how the chain stands. An operator of one tenant is shown that one's entries.

    Raises:
        Malformed: a day, a number or a mark is none.
    """
    audit = service.goods.audit
    kept = {"operator": operator, "kind": kind, "subject": subject, "since": since, "until": until}
    kept = {name: value.replace("\0", "").strip() for name, value in kept.items()}
    held = read_mark(mark) if mark.strip() else None
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "audit")
        asked = _asked(kept, duty.tenant)
        entries = await audit.read(session, asked, before=_number(before), most=_PAGE + 1)
        chain = await audit.look(session, mark=held, newest=None if check or held else CHECKED)
        operators = await service.goods.operators.list(session) if duty.tenant is None else ()
    return desk(request, pages, duty).show(
        "audit",
        recent=entries[:_PAGE],
        next=_next(kept, entries[_PAGE - 1].number) if len(entries) > _PAGE else "",
        chain=chain,
        is_all=chain.first == 1,
        kept=kept,
        kinds=sorted(KINDS),
        operators=operators,
        mark=mark,
    )


def _asked(kept: Mapping[str, str], tenant: str | None) -> Asked:
    until = _day(kept["until"])
    return Asked(
        operator=kept["operator"],
        kind=kept["kind"],
        subject=kept["subject"],
        tenant=tenant,
        since=_day(kept["since"]),
        until=until + timedelta(days=1) if until else None,
    )


def _day(text: str) -> datetime | None:
    """Return when a day begins (UTC), as a date's field says it: ``2026-11-22``."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as cause:
        raise Malformed("A day is written as 2026-11-22.") from cause
    if not date(1970, 1, 1) <= day < date(9999, 1, 1):
        raise Malformed("There is no such day here.")
    return datetime.combine(day, time(), UTC)


def _number(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or int(text[:20]) > _HIGHEST:
        raise Malformed("An entry has a number.")
    return int(text)


def _next(kept: Mapping[str, str], before: int) -> str:
    return "/ops/audit?" + urlencode({**{name: value for name, value in kept.items() if value}, "before": before})


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (audit_page,)
