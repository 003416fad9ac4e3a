"""What makers and retailers ask back: their own captured events, as EPCIS 2.0's REST bindings word it."""

from dataclasses import replace
from urllib.parse import unquote

from litestar import Response, get, route
from litestar.enums import HttpMethod

from photoservice.epcis.names import EPC_ROLES, name_of_piece
from photoservice.epcis.query import (
    EVENT_PARAMETERS,
    PER_PAGE,
    NameFilter,
    next_page,
    read_event_query,
    read_parameters,
    read_per_page,
)
from photoservice.epcis.repository import (
    Page,
    as_collection,
    as_document,
    find_event,
    find_events,
    list_epcs,
)
from photoservice.errors import QueryRefused, Unknown
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.described import asks
from photoservice.web.problems import told
from photoservice.web.tenant_routes import EPCIS_HEADERS, tenant_of

JSON_LD = "application/ld+json"
JSON = "application/json"

QUERY_HEADERS = {**EPCIS_HEADERS, "GS1-EPC-Format": "Never_Translates", "GS1-Vendor-Version": "1"}
_ALLOW = "OPTIONS, GET"

_ABOUT = {
    "eventType": "ObjectEvent, AggregationEvent, TransactionEvent, TransformationEvent, AssociationEvent; | between",
    "GE_eventTime": "Happened at this time or later; with a zone.",
    "LT_eventTime": "Happened before this time.",
    "GE_recordTime": "Recorded here at this time or later.",
    "LT_recordTime": "Recorded here before this time.",
    "EQ_bizStep": "Words of the vocabulary in any spelling, or URIs; | between.",
    "EQ_disposition": "Words of the vocabulary in any spelling, or URIs; | between.",
    "EQ_action": "ADD, OBSERVE, DELETE; | between.",
    "EQ_eventID": "Event IDs; | between.",
    "MATCH_epc": "Pieces in epcList or childEPCs: EPC URN, Digital Link or element string; | between.",
    "MATCH_parentID": "Pieces in parentID.",
    "MATCH_anyEPC": "Pieces anywhere in the event.",
    "EQ_bizLocation": "Locations, as urn:epc:id:sgln: or /414/ link; | between.",
    "perPage": "1 to 100, 30 without.",
    "nextPageToken": "As the Link header of the page before gave it.",
}
_EVENTS = asks({name: _ABOUT[name] for name in EVENT_PARAMETERS})
_PAGES = asks({name: _ABOUT[name] for name in ("perPage", "nextPageToken")})


@route(
    ["/", "/events", "/events/{tail:path}", "/epcs", "/epcs/{tail:path}"],
    http_method=[HttpMethod.OPTIONS],
    status_code=204,
    tags=["epcis"],
    sync_to_thread=False,
)
def query_options() -> Response[None]:
    """Tell which versions of EPCIS are spoken here."""
    return Response(None, status_code=204, headers={**QUERY_HEADERS, "Allow": _ALLOW})


@get("/events", tags=["epcis"], operation_class=_EVENTS, responses=told(400, 401, 403, 414))
async def query_events(request: AnyRequest, service: Service) -> Response[bytes]:
    """Ask for your own captured events, in the order they were recorded; all filters must fit."""
    return await _events(request, service, "/events", ())


@get("/events/{tail:path}", tags=["epcis"], responses=told(400, 401, 403, 404))
async def query_event(request: AnyRequest, service: Service) -> Response[bytes]:
    """Ask for one of your events by its ID, percent-encoded."""
    tenant = await tenant_of(request, service)
    event_id = _named(request, "/events/", "")
    async with service.database.begin() as session:
        events = await find_event(session, tenant, event_id)
    return _answer(request, as_document(events, service.clock.now()))


@get("/epcs", tags=["epcis"], operation_class=_PAGES, responses=told(400, 401, 403, 414))
async def query_epcs(request: AnyRequest, service: Service) -> Response[bytes]:
    """List every piece your captured events name."""
    tenant = await tenant_of(request, service)
    text = _query(request)
    asked = dict(read_parameters(text))
    after, per_page = asked.pop("nextPageToken", ""), asked.pop("perPage", str(PER_PAGE))
    if asked:
        raise QueryRefused(f"{min(asked)[:60]!r} is not asked for here.")
    async with service.database.begin() as session:
        page = await list_epcs(session, tenant, after=after, per_page=read_per_page("perPage", per_page))
    return _answer(request, as_collection(page.members), _link("/epcs", text, page))


@get("/epcs/{tail:path}", tags=["epcis"], operation_class=_EVENTS, responses=told(400, 401, 403, 404, 414))
async def query_events_of(request: AnyRequest, service: Service) -> Response[bytes]:
    """Ask for your events about one piece: ``/epcs/{epc}/events``, the EPC percent-encoded in any spelling."""
    epc = _named(request, "/epcs/", "/events")
    named = NameFilter(names=(name_of_piece(epc),), roles=EPC_ROLES)
    return await _events(request, service, _path(request), (named,))


async def _events(request: AnyRequest, service: Service, path: str, about: tuple[NameFilter, ...]) -> Response[bytes]:
    tenant = await tenant_of(request, service)
    text = _query(request)
    asked = read_event_query(text)
    query = replace(asked, names=(*about, *asked.names))
    async with service.database.begin() as session:
        page = await find_events(session, tenant, query)
    return _answer(request, as_document(page.members, service.clock.now()), _link(path, text, page))


def _answer(request: AnyRequest, body: bytes, headers: dict[str, str] | None = None) -> Response[bytes]:
    wants = request.headers.get("accept", "")
    media_type = JSON_LD if JSON_LD in wants else JSON
    always = {**QUERY_HEADERS, "Cache-Control": "no-store", "Vary": "Accept"}
    return Response(body, media_type=media_type, headers={**always, **(headers or {})})


def _link(path: str, text: str, page: Page) -> dict[str, str]:
    return {"Link": next_page(path, text, page.token)} if page.token else {}


def _query(request: AnyRequest) -> str:
    return request.scope["query_string"].decode("latin-1")


def _path(request: AnyRequest) -> str:
    """Return the path as it was sent: an EPC may hold encoded slashes."""
    return request.scope["raw_path"].decode("latin-1").partition("?")[0]


def _named(request: AnyRequest, before: str, after: str) -> str:
    """Return what stands in the path between ``before`` and ``after``, unescaped.

    Raises:
        Unknown: the path ends otherwise.
        QueryRefused: what stands there is empty, too long, or unprintable.
    """
    path = _path(request)
    if not path.startswith(before) or not path.endswith(after):
        raise Unknown("There is nothing at this address.")
    name = unquote(path[len(before) : len(path) - len(after)])
    if not name or len(name) > 512 or not name.isprintable():
        raise QueryRefused("The name in the address is out of form.")
    return name
