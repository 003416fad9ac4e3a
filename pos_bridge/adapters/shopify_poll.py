"""Shopify is asked for the orders it changed: ``GET /admin/api/<version>/orders.json``, in the order of changes.

The REST Admin API, because its orders are those of the webhooks, number for number, and hold the till's device;
GraphQL's have other names and no ``device_id``.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import parse_qs, urlencode, urlsplit

import msgspec

from photocore.seams import Channel, HttpRequest
from pos_bridge.adapters.asking import PAGE, PollCursor, Refused, ask, read_answer, read_cursor, stamp, turn
from pos_bridge.adapters.lines import option
from pos_bridge.errors import SourceDown
from pos_bridge.messages import Fetched, RawMessage
from pos_bridge.settings import SourceSettings

VERSION: Final = "2026-01"
_NEXT: Final = re.compile(r'<([^<>]{1,2000})>\s*;\s*rel="next"')


class _Page(msgspec.Struct, frozen=True):
    orders: tuple[msgspec.Raw, ...]


class _Stamped(msgspec.Struct, frozen=True):
    id: int
    updated_at: str


@dataclass(frozen=True)
class ShopifyPoller:
    """Asks one shop, ``url`` being its address (``https://<shop>.myshopify.com``), with its ``token``."""

    def fetch(self, source: SourceSettings, cursor: str, channel: Channel, now: datetime) -> Fetched:
        """Return the next page of changed orders. Raises SourceDown."""
        place = read_cursor(cursor, source, now)
        try:
            answer = ask(channel, _question(source, place))
        except Refused as why:
            if not place.page or why.status != 400:
                raise
            place = PollCursor(since=place.since)  # pages are good for a while only: from the start of the list
            answer = ask(channel, _question(source, place))
        orders = [(read_stamped(raw), bytes(raw)) for raw in read_answer(answer, _Page).orders]
        stamps = [stamp(about.updated_at) for about, _ in orders]
        turned = turn(place, _next_page(answer.headers.get("link", "")), stamps, now)
        messages = [_message(source, about, body, now) for about, body in orders]
        return Fetched(messages=messages, cursor=turned.text, is_last=turned.is_last)


def read_stamped(raw: msgspec.Raw) -> _Stamped:
    """Return an order's number and when it was changed. Raises SourceDown."""
    try:
        return msgspec.json.decode(raw, type=_Stamped)
    except (msgspec.DecodeError, UnicodeDecodeError) as cause:
        raise SourceDown("an order without number or time") from cause


def _question(source: SourceSettings, place: PollCursor) -> HttpRequest:
    query = {"limit": str(PAGE)}
    if place.page:
        query["page_info"] = place.page
    else:
        query |= {"status": "any", "order": "updated_at asc", "updated_at_min": place.since.isoformat()}
    path = f"/admin/api/{option(source, 'version', VERSION)}/orders.json"
    return HttpRequest(
        method="GET",
        url=f"{source.url.rstrip('/')}{path}?{urlencode(query)}",
        headers={"x-shopify-access-token": source.token, "accept": "application/json"},
    )


def _next_page(link: str) -> str:
    """Return what names the next page; only that is taken from the address, never where to ask."""
    match = _NEXT.search(link)
    found: Sequence[str] = parse_qs(urlsplit(match[1]).query).get("page_info", []) if match else []
    return found[0] if found else ""


def _message(source: SourceSettings, about: _Stamped, body: bytes, now: datetime) -> RawMessage:
    key = f"poll:{about.id}@{about.updated_at}"
    headers = {"x-shopify-topic": "orders/polled"}
    return RawMessage(source=source.name, key=key, received_at=now, body=body, headers=headers)
