"""Give a tenant its own captured events back (EPCIS 2.0 queries): what was taken in, never what another sent.

Registrations are no EPCIS events here and cannot be asked for: the maker of a film learns nothing of who bought it
(DESIGN 5D). What was set aside stands in ``GET /parked`` instead. Pages follow the order in which events were recorded,
so a page that was given stays as it is while new events come.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from photocore.digital_link import link_for
from photocore.errors import CodeError
from photocore.ids import Sgtin, parse_item
from photoservice.db.database import Row, Session
from photoservice.epcis.names import EPC_ROLES
from photoservice.epcis.query import EventQuery, NameFilter
from photoservice.errors import QueryRefused
from photoservice.tenants import Tenant

CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
MAX_PAGE_BYTES = 4_000_000
"""Of event bodies on one page; one event is always given, however large."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page of an answer, and the token of the next where there is one."""

    members: list[Any]
    token: str = ""


async def find_events(session: Session, tenant: Tenant, query: EventQuery) -> Page:
    """Return the tenant's events that ``query`` asks for."""
    first, *others = query.names or (None,)
    wanted = (*_plain(query), *_named(others))
    if first is None:
        found = await session.rows("epcis.find", tenant.id, query.after, query.per_page + 1, *wanted)
    else:
        start = (list(first.names), list(first.roles))
        found = await session.rows("epcis.find_named", tenant.id, query.after, query.per_page + 1, *wanted, *start)
    places = _fitting(found, query.per_page)
    rows = await session.rows("epcis.events", tenant.id, places)
    token = f"{places[-1]:x}" if len(found) > len(places) else ""
    return Page(members=[_event(row) for row in rows], token=token)


async def find_event(session: Session, tenant: Tenant, event_id: str) -> list[dict[str, Any]]:
    """Return the tenant's events of this ID.

    Raises:
        QueryRefused: there is none, or it is another's.
    """
    page = await find_events(session, tenant, EventQuery(ids=(event_id,)))
    if not page.members:
        raise QueryRefused("You have no event of this ID.", exception="NoSuchResourceException")
    return page.members


async def list_epcs(session: Session, tenant: Tenant, *, after: str, per_page: int) -> Page:
    """Return every piece the tenant's events name, each once, as URIs.

    Raises:
        QueryRefused: the token is none of ours.
    """
    found = await session.rows("epcis.epcs", tenant.id, _name_in(after), list(EPC_ROLES), per_page + 1)
    names = [row["name"] for row in found[:per_page]]
    token = base64.urlsafe_b64encode(names[-1].encode()).decode().rstrip("=") if len(found) > per_page else ""
    return Page(members=[_uri(name) for name in names], token=token)


def as_document(events: Sequence[dict[str, Any]], now: datetime) -> bytes:
    """Return an EPCISQueryDocument in JSON-LD."""
    return msgspec.json.encode(
        {
            "@context": [CONTEXT],
            "type": "EPCISQueryDocument",
            "schemaVersion": "2.0",
            "creationDate": _instant(now),
            "epcisBody": {"queryResults": {"queryName": "SimpleEventQuery", "resultsBody": {"eventList": events}}},
        }
    )


def as_collection(members: Sequence[str]) -> bytes:
    """Return a collection of URIs in JSON-LD."""
    return msgspec.json.encode({"@context": CONTEXT, "type": "Collection", "member": members})


def _plain(query: EventQuery) -> tuple[object, ...]:
    return (
        *(query.types, query.event_from, query.event_before, query.record_from, query.record_before),
        *(query.biz_steps, query.dispositions, query.actions, query.ids),
    )


def _named(filters: Sequence[NameFilter]) -> tuple[list[str], list[str], list[int], int]:
    """Return further name filters as columns: name, role, and which filter the pair belongs to; and their number."""
    pairs = [(name, role, n) for n, f in enumerate(filters) for name in f.names for role in f.roles]
    return [p[0] for p in pairs], [p[1] for p in pairs], [p[2] for p in pairs], len(filters)


def _fitting(found: Sequence[Row], per_page: int) -> list[int]:
    places: list[int] = []
    size = 0
    for row in found[:per_page]:
        size += row["size"]
        if places and size > MAX_PAGE_BYTES:
            break
        places.append(row["place"])
    return places


def _event(row: Row) -> dict[str, Any]:
    """Return an event as it was sent, with its ID, when it was recorded, and the prefixes its document explained."""
    body: dict[str, Any] = msgspec.json.decode(row["body"])
    body["eventID"] = row["event_id"]
    body["recordTime"] = _instant(row["recorded_at"])
    if row["context"] is not None:
        own = body.get("@context", [])
        body["@context"] = [*msgspec.json.decode(row["context"]), *(own if isinstance(own, list) else [own])]
    return body


def _instant(time: datetime) -> str:
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _uri(name: str) -> str:
    try:
        piece = parse_item(name)
    except CodeError:
        return name
    return link_for(piece.elements) if isinstance(piece, Sgtin) else name


def _name_in(token: str) -> str:
    try:
        return base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
    except (binascii.Error, ValueError) as cause:
        raise QueryRefused("nextPageToken is none of ours.") from cause
