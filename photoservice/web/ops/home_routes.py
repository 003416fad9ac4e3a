"""The operators' first page: what needs somebody, and what was done last."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from litestar import Response, get
from litestar.types import ControllerRouterHandler

from photoservice.operating.audit import Asked
from photoservice.operating.today import MOST, Today
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.counting import figure
from photoservice.web.ops.duty import on_duty
from photoservice.web.ops.places import PLACES
from photoservice.web.ops.showing import desk
from photoservice.web.pages import PagesOf

Mood = Literal["", "warn", "bad"]

_RECENT: Final = 8
_LEADS_TO: Final[Mapping[str, tuple[str, str, Mood]]] = {
    "orders_open": ("/ops/orders", "?stage=open", ""),
    "orders_refused": ("/ops/orders", "?stage=refused", "bad"),
    "orders_asked": ("/ops/orders", "?stage=asked", "warn"),
    "plans_soon": ("/ops/plans", "", ""),
    "contested": ("/ops/contested", "", "warn"),
    "parked": ("/ops/parked", "", "warn"),
    "mail_failed": ("/ops/mail", "", "warn"),
    "stations_silent": ("/ops/stations", "", "warn"),
}
"""Where a count leads, with which question, and how it looks when it is not zero."""


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One count on the first page."""

    word: str
    figure: str
    path: str
    mood: Mood


@get("/ops", tags=["operators"], media_type="text/html", include_in_schema=False)
async def home(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Show what needs somebody."""
    audit = service.goods.audit
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "look")
        counts = await Today(clock=service.clock).counts(session, duty)
        asked = Asked(tenant=duty.tenant, operator="" if duty.may("audit") else duty.operator)
        recent = await audit.read(session, asked, most=_RECENT)
    on = desk(request, pages, duty)
    return on.show("home", tiles=_tiles(counts, on.words.language), recent=recent)


def _tiles(counts: Mapping[str, int], language: str) -> tuple[Tile, ...]:
    """Return the counts that lead to a page there is."""
    there = {place.path for place in PLACES}
    tiles: list[Tile] = []
    for word, count in counts.items():
        path, query, mood = _LEADS_TO[word]
        if path in there:
            shown = figure(language, count) + ("+" if count >= MOST else "")
            tiles.append(Tile(word=word, figure=shown, path=path + query, mood=mood if count else ""))
    return tuple(tiles)


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (home,)
