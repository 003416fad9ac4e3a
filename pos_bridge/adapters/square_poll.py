"""Square is asked for orders that were completed or changed, and for what its webhooks only name.

``POST /v2/orders/search`` and ``/v2/orders/batch-retrieve`` bring orders; the till stands in their payments
(``GET /v2/payments/<id>``), the barcode in the catalogue (``POST /v2/catalog/batch-retrieve``). Of those and of
customers only what :mod:`pos_bridge.adapters.square` reads is kept: no card numbers, no names.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar
from urllib.parse import quote

import msgspec

from photocore.seams import Channel, HttpRequest, HttpResponse
from pos_bridge.adapters.asking import PAGE, PollCursor, Refused, ask, read_answer, read_cursor, stamp, turn
from pos_bridge.adapters.lines import option
from pos_bridge.adapters.square import WANTED, CatalogObject, SquareCustomer, SquarePayment
from pos_bridge.errors import SourceDown
from pos_bridge.messages import Fetched, RawMessage
from pos_bridge.settings import SourceSettings

Shape = TypeVar("Shape")

HOST: Final = "https://connect.squareup.com"
VERSION: Final = "2025-10-16"
_MOST_LOCATIONS: Final = 10
"""Square takes no more in one question."""


class _Line(msgspec.Struct, frozen=True):
    catalog_object_id: str | None = None


class _Return(msgspec.Struct, frozen=True):
    return_line_items: tuple[_Line, ...] = ()


class _Tender(msgspec.Struct, frozen=True):
    payment_id: str | None = None


class _Needs(msgspec.Struct, frozen=True, kw_only=True):
    """Of an order, what else it takes to read it."""

    id: str
    updated_at: str = ""
    version: int = 0
    customer_id: str | None = None
    tenders: tuple[_Tender, ...] | None = ()
    line_items: tuple[_Line, ...] | None = ()
    returns: tuple[_Return, ...] | None = ()


class _Orders(msgspec.Struct, frozen=True):
    orders: tuple[msgspec.Raw, ...] = ()
    cursor: str = ""


class _Payment(msgspec.Struct, frozen=True):
    payment: SquarePayment


class _Objects(msgspec.Struct, frozen=True):
    objects: tuple[CatalogObject, ...] = ()


class _Customer(msgspec.Struct, frozen=True):
    customer: SquareCustomer


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """A :class:`pos_bridge.adapters.square.Gathering` with the order as it came."""

    order: msgspec.Raw
    payments: Sequence[SquarePayment]
    objects: Sequence[CatalogObject]
    customer: SquareCustomer | None = None


@dataclass(frozen=True)
class SquarePoller:
    """Asks one seller's account with its ``token``, for the places in ``stores`` or ``options.locations``."""

    def fetch(self, source: SourceSettings, cursor: str, channel: Channel, now: datetime) -> Fetched:
        """Return the next page of changed orders. Raises SourceDown."""
        place = read_cursor(cursor, source, now)
        try:
            found = _search(source, place, channel)
        except Refused as why:
            if not place.page or why.status != 400:
                raise
            place = PollCursor(since=place.since)  # pages are good for five minutes only
            found = _search(source, place, channel)
        needs = [_read(raw) for raw in found.orders]
        messages = _gather(source, list(zip(needs, found.orders, strict=True)), channel, now)
        turned = turn(place, found.cursor, [stamp(one.updated_at) for one in needs], now)
        return Fetched(messages=messages, cursor=turned.text, is_last=turned.is_last)

    def fetch_wanted(
        self, source: SourceSettings, wants: Sequence[str], channel: Channel, now: datetime
    ) -> Sequence[RawMessage]:
        """Return the orders that events named (``order:<id>``). Raises SourceDown."""
        names = [want.removeprefix(WANTED) for want in wants if want.startswith(WANTED)][:PAGE]
        if not names:
            return []
        answer = read_answer(_post(source, "/v2/orders/batch-retrieve", {"order_ids": names}, channel), _Orders)
        return _gather(source, [(_read(raw), raw) for raw in answer.orders], channel, now)


def _search(source: SourceSettings, place: PollCursor, channel: Channel) -> _Orders:
    locations = option(source, "locations", " ".join(source.stores)).split()
    if not 0 < len(locations) <= _MOST_LOCATIONS:
        raise SourceDown(
            "one to ten locations are set in till.toml, under stores, or in options.locations with spaces between"
        )
    question: dict[str, Any] = {
        "location_ids": locations,
        "limit": PAGE,
        "query": {
            "filter": {
                "date_time_filter": {"updated_at": {"start_at": place.since.isoformat()}},
                "state_filter": {"states": ["COMPLETED"]},
            },
            "sort": {"sort_field": "UPDATED_AT", "sort_order": "ASC"},
        },
    }
    if place.page:
        question["cursor"] = place.page
    return read_answer(_post(source, "/v2/orders/search", question, channel), _Orders)


def _read(raw: msgspec.Raw) -> _Needs:
    try:
        return msgspec.json.decode(raw, type=_Needs)
    except (msgspec.DecodeError, UnicodeDecodeError) as cause:
        raise SourceDown("an order that is not as documented") from cause


def _gather(
    source: SourceSettings, orders: Sequence[tuple[_Needs, msgspec.Raw]], channel: Channel, now: datetime
) -> list[RawMessage]:
    """Return a message for each order, with its payments and its part of the catalogue."""
    objects = {one.id: one for one in _objects(source, {name for needs, _ in orders for name in _sold(needs)}, channel)}
    messages: list[RawMessage] = []
    for needs, raw in orders:
        kept = _Kept(
            order=raw,
            payments=_payments(source, needs, channel),
            objects=[objects[name] for name in sorted(set(_sold(needs))) if name in objects],
            customer=_customer(source, needs, channel),
        )
        key = f"order:{needs.id}@{needs.version}:{needs.updated_at}"
        body = msgspec.json.encode(kept)
        messages.append(RawMessage(source=source.name, key=key, received_at=now, body=body, headers={}))
    return messages


def _sold(needs: _Needs) -> Iterable[str]:
    back = [line for one in needs.returns or () for line in one.return_line_items]
    return [line.catalog_object_id for line in (*(needs.line_items or ()), *back) if line.catalog_object_id]


def _objects(source: SourceSettings, names: set[str], channel: Channel) -> Sequence[CatalogObject]:
    if not names:
        return ()
    question = {"object_ids": sorted(names)[:1000]}
    return read_answer(_post(source, "/v2/catalog/batch-retrieve", question, channel), _Objects).objects


def _payments(source: SourceSettings, needs: _Needs, channel: Channel) -> list[SquarePayment]:
    if option(source, "till_from", "device") != "device":
        return []
    names = [one.payment_id for one in needs.tenders or () if one.payment_id][:1]
    found = [_get(source, f"/v2/payments/{quote(name, safe='')}", _Payment, channel) for name in names]
    return [one.payment for one in found if one is not None]


def _customer(source: SourceSettings, needs: _Needs, channel: Channel) -> SquareCustomer | None:
    if option(source, "customer_from", "") != "customer" or not needs.customer_id:
        return None
    found = _get(source, f"/v2/customers/{quote(needs.customer_id, safe='')}", _Customer, channel)
    return None if found is None else found.customer


def _post(source: SourceSettings, path: str, question: dict[str, Any], channel: Channel) -> HttpResponse:
    headers = {**_headers(source), "content-type": "application/json"}
    request = HttpRequest(method="POST", url=_host(source) + path, headers=headers, body=msgspec.json.encode(question))
    return ask(channel, request)


def _get(source: SourceSettings, path: str, shape: type[Shape], channel: Channel) -> Shape | None:
    """Return one thing, None when there is none any more: an order is read without it."""
    try:
        return read_answer(
            ask(channel, HttpRequest(method="GET", url=_host(source) + path, headers=_headers(source))), shape
        )
    except Refused as why:
        if why.status == 404:
            return None
        raise


def _headers(source: SourceSettings) -> dict[str, str]:
    return {"authorization": f"Bearer {source.token}", "square-version": option(source, "version", VERSION)}


def _host(source: SourceSettings) -> str:
    return option(source, "host", HOST).rstrip("/")
