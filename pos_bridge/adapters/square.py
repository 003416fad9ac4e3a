"""Square: webhooks that say something changed, and orders as its API has them (docs/till/square.md).

No webhook of Square carries the lines of a sale: ``payment.*`` and ``refund.*`` name an order, ``order.*`` its state.
So such a message is kept, and what it *wants* (``order:<id>``) is fetched. An order in turn holds neither the device
(its payment does) nor a barcode (the catalogue does): what :mod:`pos_bridge.adapters.square_poll` fetched together is
kept together, as one :class:`Gathering`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec

from pos_bridge.adapters.lines import (
    Basket,
    Gathered,
    Item,
    checked_sequence,
    day_of,
    instant,
    line_of,
    option,
    plain,
    read_body,
    store_of,
    table,
    till_of,
)
from pos_bridge.adapters.money_text import checked_currency, checked_minor
from pos_bridge.adapters.signatures import check_hmac, checked_key
from pos_bridge.errors import MessageUnreadable, NotGenuine
from pos_bridge.messages import RawMessage, Reading
from pos_bridge.sale import MOST_LINES, Kind, SaleRef
from pos_bridge.settings import SourceSettings

_Few = msgspec.Meta(max_length=MOST_LINES)
_Name = Annotated[str, msgspec.Meta(max_length=200)]
_WHOLE: Final = re.compile(r"([0-9]{1,6})(?:\.0+)?")
_ORDER: Final = re.compile(r"[A-Za-z0-9_-]{1,100}")
WANTED: Final = "order:"
"""How a wanted order's name begins."""


class SquareMoney(msgspec.Struct, frozen=True):
    """An amount in minor units."""

    amount: int = 0
    currency: str = ""


class OrderLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line sold, or one given back (then with ``source_line_item_uid``); quantities are decimal texts."""

    quantity: str
    uid: _Name | None = None
    source_line_item_uid: _Name | None = None
    name: str | None = None
    note: str | None = None
    catalog_object_id: _Name | None = None
    total_money: SquareMoney | None = None
    metadata: dict[str, str] | None = None
    item_type: str | None = None


class OrderReturn(msgspec.Struct, frozen=True, kw_only=True):
    """What an order gives back, of one earlier order."""

    source_order_id: _Name | None = None
    return_line_items: Annotated[tuple[OrderLine, ...], _Few] = ()


class OrderSource(msgspec.Struct, frozen=True):
    """The program that made the order, "Point of Sale" for one."""

    name: str | None = None


class SquareOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order; it is a sale once it is COMPLETED."""

    id: _Name
    location_id: _Name
    created_at: str
    state: str | None = None
    closed_at: str | None = None
    updated_at: str | None = None
    reference_id: str | None = None
    customer_id: _Name | None = None
    metadata: dict[str, str] | None = None
    source: OrderSource | None = None
    line_items: Annotated[tuple[OrderLine, ...], _Few] | None = ()
    returns: Annotated[tuple[OrderReturn, ...], _Few] | None = ()


class Device(msgspec.Struct, frozen=True):
    """The till a payment was taken at."""

    device_id: _Name | None = None
    device_installation_id: _Name | None = None
    device_name: _Name | None = None


class SquarePayment(msgspec.Struct, frozen=True, kw_only=True):
    """Of a payment, where it was taken."""

    order_id: _Name | None = None
    device_details: Device | None = None


class Variation(msgspec.Struct, frozen=True, kw_only=True):
    """Of the catalogue, what a variation is scanned by."""

    upc: str | None = None
    sku: str | None = None


class CatalogObject(msgspec.Struct, frozen=True, kw_only=True):
    """A catalogue's entry."""

    id: _Name
    item_variation_data: Variation | None = None


class SquareCustomer(msgspec.Struct, frozen=True, kw_only=True):
    """Of a customer, only the reference a store wrote there: the card."""

    id: _Name
    reference_id: str | None = None


class Gathering(msgspec.Struct, frozen=True, kw_only=True):
    """One order and what it takes to read it, as fetched: our envelope around Square's own words."""

    order: SquareOrder
    payments: Annotated[tuple[SquarePayment, ...], _Few] = ()
    objects: Annotated[tuple[CatalogObject, ...], _Few] = ()
    customer: SquareCustomer | None = None


class _Told(msgspec.Struct, frozen=True):
    """What names an order in an event's object."""

    order_id: _Name | None = None
    state: str | None = None
    status: str | None = None


class _EventData(msgspec.Struct, frozen=True):
    object: dict[str, msgspec.Raw] = {}


class _Event(msgspec.Struct, frozen=True, kw_only=True):
    type: Annotated[str, msgspec.Meta(max_length=100)]
    event_id: str
    data: _EventData | None = None


class _Which(msgspec.Struct, frozen=True):
    event_id: Any = None
    order: msgspec.Raw = msgspec.Raw(b"")


class _Key(msgspec.Struct, frozen=True):
    event_id: str = ""


@dataclass(frozen=True)
class SquareAdapter:
    """Square's way."""

    kind: str = "square"
    keeps: Sequence[str] = ("square-environment", "square-retry-number")

    def verify(self, body: bytes, headers: Mapping[str, str], source: SourceSettings, now: datetime) -> str:
        """Return the event's ID: it stands in the body, which is signed together with the address it was sent to.

        Raises:
            NotGenuine: signed with none of the keys that are good now, or for another address than ``url``.
        """
        signed = source.url.encode() + body
        given = headers.get("x-square-hmacsha256-signature", "")
        check_hmac(signed, given, [secret.encode() for secret in source.secrets])
        try:
            return checked_key(read_body(body, _Key).event_id, "an event_id")
        except MessageUnreadable as cause:
            raise NotGenuine("a message without an event_id") from cause

    def read(self, message: RawMessage, source: SourceSettings) -> Reading:
        """Return a fetched order's lines, or what an event wants fetched. Raises MessageUnreadable: it is neither."""
        which = read_body(message.body, _Which)
        gathered = Gathered()
        if which.event_id is not None:
            return _read_event(read_body(message.body, _Event), gathered)
        if not bytes(which.order):
            raise MessageUnreadable("neither an event nor an order")
        _read_order(read_body(message.body, Gathering), source, gathered)
        return gathered.reading()


def _read_event(event: _Event, gathered: Gathered) -> Reading:
    objects = event.data.object if event.data else {}
    told = next((read_body(bytes(raw), _Told) for raw in objects.values()), _Told())
    if event.type.partition(".")[0] not in ("payment", "refund", "order") or told.order_id is None:
        gathered.pass_over(f"{event.type} tells of no order")
        return gathered.reading()
    if _ORDER.fullmatch(told.order_id) is None:
        raise MessageUnreadable("an order's name that cannot be")
    if told.state in ("OPEN", "DRAFT", "CANCELED") or told.status in ("APPROVED", "PENDING", "CANCELED", "FAILED"):
        gathered.pass_over(f"{event.type}: order {told.order_id} is {told.state or told.status}")
        return gathered.reading()
    return gathered.reading(wants=(WANTED + told.order_id,))


def _read_order(found: Gathering, source: SourceSettings, gathered: Gathered) -> None:
    order = found.order
    if order.state != "COMPLETED":
        gathered.pass_over(f"order {order.id} is {order.state}")
        return
    wanted = option(source, "channel", "*")
    if wanted not in ("*", order.source.name if order.source else None):
        gathered.pass_over(f"order {order.id} was not made at a till")
        return
    store = store_of(source, order.location_id)
    if store is None:
        gathered.pass_over(f"order {order.id}: the location {order.location_id} is not set up")
        return
    basket = _basket(found, store, source)
    for line in order.line_items or ():
        _add(line, basket, found, gathered, kind="sold")
    for back in order.returns or ():
        for line in back.return_line_items:
            _add(line, basket, found, gathered, kind="returned", of=back.source_order_id)


def _basket(found: Gathering, store: str, source: SourceSettings) -> Basket:
    order = found.order
    at = instant(order.closed_at or order.created_at, source.zone)
    device = next((one.device_details for one in found.payments if one.device_details), Device())
    devices = [one for one in (device.device_id, device.device_installation_id, device.device_name) if one]
    amounts = [line.total_money for line in order.line_items or () if line.total_money]
    return Basket(
        source=source,
        store=store,
        till=till_of(source, *(devices or [order.location_id])),
        business_day=day_of(at, source.zone),
        sequence=checked_sequence(order.id),
        at=at,
        customer=_customer(found, source),
        currency=checked_currency(amounts[0].currency) if amounts else None,
    )


def _add(
    line: OrderLine, basket: Basket, found: Gathering, gathered: Gathered, *, kind: Kind, of: str | None = None
) -> None:
    label = line.name or line.catalog_object_id or "a line"
    quantity = _WHOLE.fullmatch(line.quantity)
    if quantity is None:
        gathered.pass_over(f"{label}: {line.quantity} is no number of units")
        return
    if line.uid is None:
        raise MessageUnreadable("a line without a uid")
    named = None
    if kind != "sold" and of is not None:
        uid = line.source_line_item_uid
        named = SaleRef(sequence=checked_sequence(of), line=None if uid is None else line_of(uid))
    source = basket.source
    item = Item(
        own=f"order/{found.order.id}/{kind}/{line.uid}",
        line=line_of(line.uid),
        kind=kind,
        text=_text(line, found, source),
        serial=_serial(line, source),
        quantity=int(quantity[1]),
        amount=_amount(line, basket) if kind == "sold" else None,
        given_back=named,
        name=line.name or "",
    )
    gathered.add(basket, item)


def _amount(line: OrderLine, basket: Basket) -> int | None:
    if line.total_money is None:
        return None
    if line.total_money.currency != basket.currency:
        raise MessageUnreadable("two currencies in one order")
    return checked_minor(line.total_money.amount)


def _text(line: OrderLine, found: Gathering, source: SourceSettings) -> str:
    """Return what stands for the product: what till.toml says of it, its UPC, its SKU; a line keyed in, its name."""
    known = table(source, "variations").get(line.catalog_object_id or "")
    if known is not None:
        return known
    entry = next((one for one in found.objects if one.id == line.catalog_object_id), None)
    data = (entry.item_variation_data if entry else None) or Variation()
    return plain(data.upc or data.sku or line.name or "")


def _serial(line: OrderLine, source: SourceSettings) -> str:
    """Return the piece: from the line's metadata, or from its note after the word that options say ("serial:")."""
    found = (line.metadata or {}).get(option(source, "serial_key", "serial"), "")
    word = option(source, "serial_word", "serial:")
    note = (line.note or "").strip()
    return found or (note[len(word) :].strip() if note.lower().startswith(word.lower()) else "")


def _customer(found: Gathering, source: SourceSettings) -> str | None:
    where, _, name = option(source, "customer_from", "metadata:card").partition(":")
    if where == "metadata":
        card = (found.order.metadata or {}).get(name, "")
    elif where == "reference":
        card = found.order.reference_id or ""
    elif where == "customer":
        card = (found.customer.reference_id if found.customer else None) or ""
    else:
        raise MessageUnreadable("options.customer_from in till.toml is metadata: and a name, reference, or customer")
    return plain(card)[:80] or None
