"""Odoo is asked by JSON-2: ``POST /json/2/<model>/search_read`` with a bearer key (research/pos_kiosk.md 2.6).

Every call is a transaction of its own, and closing a session stamps hundreds of orders alike. So a list is walked by
number from ``write_date >= since`` on, never by offset, and what changes meanwhile comes with the next round.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

import msgspec

from photocore.seams import Channel, HttpRequest
from pos_bridge.adapters.asking import PAGE, PollCursor, ask, read_cursor, read_list, stamp, turn
from pos_bridge.adapters.lines import option
from pos_bridge.adapters.odoo import Gathering, Link, Lot, Partner, PartnerCard, PosLine, PosOrder, Product
from pos_bridge.messages import Fetched, RawMessage
from pos_bridge.settings import SourceSettings

Record = TypeVar("Record", bound=msgspec.Struct)
Numbered = TypeVar("Numbered", PosLine, Product, Lot)
Domain = list[tuple[str, str, Any]]

MOST_RECORDS: Final = 5000


class _CardOfPartner(PartnerCard, frozen=True, kw_only=True):
    partner_id: Link = None


@dataclass(frozen=True)
class OdooPoller:
    """Asks one database at ``url`` with the key in ``token``; ``options.database`` where the server has several."""

    def fetch(self, source: SourceSettings, cursor: str, channel: Channel, now: datetime) -> Fetched:
        """Return the next orders, each with all that belongs to it. Raises SourceDown."""
        place = read_cursor(cursor, source, now)
        asker = _Asker(source, channel)
        orders = asker.orders(place)
        page = str(orders[-1].id) if len(orders) == PAGE else ""
        turned = turn(place, page, [stamp(one.write_date) for one in orders], now)
        messages: Sequence[RawMessage] = _messages(source, asker, orders, now) if orders else ()
        return Fetched(messages=messages, cursor=turned.text, is_last=turned.is_last)


class _Asker:
    """Asks for records of a model, the fields being those of the type they become."""

    def __init__(self, source: SourceSettings, channel: Channel) -> None:
        self._source, self._channel = source, channel

    def orders(self, place: PollCursor) -> Sequence[PosOrder]:
        since = place.since.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
        domain: Domain = [
            ("write_date", ">=", since),
            ("state", "in", ["paid", "done", "invoiced"]),
            ("id", ">", int(place.page) if place.page.isdecimal() else 0),
        ]
        return self._page("pos.order", domain, PosOrder, PAGE)

    def by_number(self, model: str, numbers: Collection[int], shape: type[Record]) -> Sequence[Record]:
        return self.read(model, [("id", "in", sorted(numbers))], shape) if numbers else ()

    def read(self, model: str, domain: Domain, shape: type[Record]) -> Sequence[Record]:
        """Return all records, however many."""
        found: list[Record] = []
        page = self._page(model, domain, shape, MOST_RECORDS)
        while len(page) == MOST_RECORDS:
            found += page
            last: Any = page[-1]
            page = self._page(model, [*domain, ("id", ">", last.id)], shape, MOST_RECORDS)
        return [*found, *page]

    def _page(self, model: str, domain: Domain, shape: type[Record], limit: int) -> Sequence[Record]:
        question = {
            "domain": domain,
            "fields": [one for one in shape.__struct_fields__ if one != "id"],
            "order": "id asc",
            "limit": limit,
            "context": {"active_test": False},  # a product may be archived since
        }
        headers = {
            "authorization": f"bearer {self._source.token}",
            "content-type": "application/json; charset=utf-8",
            "user-agent": "twincheck",
        }
        database = option(self._source, "database", "")
        if database:
            headers["x-odoo-database"] = database
        url = f"{self._source.url.rstrip('/')}/json/2/{model}/search_read"
        body = msgspec.json.encode(question)
        return read_list(ask(self._channel, HttpRequest(method="POST", url=url, headers=headers, body=body)), shape)


def _messages(source: SourceSettings, asker: _Asker, orders: Sequence[PosOrder], now: datetime) -> Sequence[RawMessage]:
    lines = asker.read("pos.order.line", [("order_id", "in", [one.id for one in orders])], PosLine)
    products = asker.by_number("product.product", _linked(line.product_id for line in lines), Product)
    lots = asker.by_number("pos.pack.operation.lot", {lot for line in lines for lot in line.pack_lot_ids}, Lot)
    refunded = asker.by_number("pos.order.line", _linked(line.refunded_orderline_id for line in lines), PosLine)
    encoder = msgspec.json.Encoder(decimal_format="number")
    people = _linked(one.partner_id for one in orders)
    by_code = option(source, "customer_from", "barcode") == "loyalty"
    partners = () if by_code else asker.by_number("res.partner", people, Partner)
    cards: Sequence[_CardOfPartner] = ()
    if by_code and people:
        cards = asker.read("loyalty.card", [("partner_id", "in", sorted(people))], _CardOfPartner)
    told: list[RawMessage] = []
    for order in orders:
        own = tuple(line for line in lines if order.id in _linked([line.order_id]))
        person = _linked([order.partner_id])
        found = Gathering(
            order=msgspec.structs.replace(order, partner_id=None),  # that link has the customer's name in it
            lines=own,
            products=_of(products, _linked(line.product_id for line in own)),
            lots=_of(lots, {lot for line in own for lot in line.pack_lot_ids}),
            refunded=_of(refunded, _linked(line.refunded_orderline_id for line in own)),
            partner=next((one for one in partners if one.id in person), None),
            cards=tuple(PartnerCard(id=one.id, code=one.code) for one in cards if _linked([one.partner_id]) & person),
        )
        key = f"order:{order.id}@{order.write_date}"
        body = encoder.encode(found)
        told.append(RawMessage(source=source.name, key=key, received_at=now, body=body, headers={}))
    return told


def _linked(links: Iterable[Link]) -> set[int]:
    return {link[0] for link in links if isinstance(link, tuple)}


def _of(records: Sequence[Numbered], numbers: Collection[int]) -> tuple[Numbered, ...]:
    return tuple(one for one in records if one.id in numbers)
