"""Shopify: orders and refunds as its webhooks and its REST Admin API both write them (docs/till/shopify.md).

The whole raw body is signed with the app's client secret (``X-Shopify-Hmac-Sha256``), headers are not: so what a
message is, is read from its body, and a replay under another ID says lines that are known already. An order comes as
a whole each time anything of it changes: lines have the order's and the line item's own numbers, whoever tells.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec

from pos_bridge.adapters.lines import (
    Basket,
    Gathered,
    Item,
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
from pos_bridge.adapters.money_text import checked_currency, minor_units
from pos_bridge.adapters.signatures import check_hmac, checked_key
from pos_bridge.errors import MessageUnreadable
from pos_bridge.messages import RawMessage, Reading
from pos_bridge.sale import MOST_LINES, Kind, SaleRef
from pos_bridge.settings import SourceSettings

_PAID: Final = {"paid", "partially_refunded", "refunded"}
_NOTHING: Final = msgspec.Raw(b"")
_Id = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
_Few = msgspec.Meta(max_length=MOST_LINES)


class Property(msgspec.Struct, frozen=True):
    """A name and a value: of a line (``properties``) or of an order (``note_attributes``)."""

    name: str
    value: Any = None


class Metafield(msgspec.Struct, frozen=True):
    """Comes with a webhook only when its subscription names the namespace."""

    namespace: str = ""
    key: str = ""
    value: Any = None


class Allocation(msgspec.Struct, frozen=True):
    """A discount's share in one line, in the shop's currency."""

    amount: str = "0"


class LineItem(msgspec.Struct, frozen=True, kw_only=True):
    """One line; ``price`` is of one unit before discounts."""

    id: _Id
    quantity: int
    price: str = "0"
    variant_id: int | None = None
    sku: str | None = None
    name: str | None = None
    properties: Annotated[tuple[Property, ...], _Few] | None = ()
    discount_allocations: Annotated[tuple[Allocation, ...], _Few] | None = ()


class RefundLine(msgspec.Struct, frozen=True, kw_only=True):
    """What of a line is given back; ``restock_type`` is "cancel" when it never left the shop."""

    id: _Id
    line_item_id: _Id
    quantity: int
    line_item: LineItem
    restock_type: str | None = None
    location_id: int | None = None


class Payment(msgspec.Struct, frozen=True):
    """Where money was given back."""

    device_id: int | None = None
    location_id: int | None = None


class Refund(msgspec.Struct, frozen=True, kw_only=True):
    """A refund, alone (``refunds/create``) or in its order."""

    id: _Id
    order_id: _Id
    created_at: str
    refund_line_items: Annotated[tuple[RefundLine, ...], _Few]
    processed_at: str | None = None
    transactions: Annotated[tuple[Payment, ...], _Few] = ()


class Customer(msgspec.Struct, frozen=True):
    """Of whom only tags are looked at."""

    tags: str | None = None


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """An order; ``device_id`` and ``location_id`` are there when Shopify POS made it."""

    id: _Id
    created_at: str
    line_items: Annotated[tuple[LineItem, ...], _Few]
    currency: str
    financial_status: str | None = None
    processed_at: str | None = None
    cancelled_at: str | None = None
    source_name: str | None = None
    location_id: int | None = None
    device_id: int | None = None
    tags: str | None = None
    note_attributes: Annotated[tuple[Property, ...], _Few] | None = ()
    metafields: Annotated[tuple[Metafield, ...], _Few] | None = ()
    customer: Customer | None = None
    refunds: Annotated[tuple[Refund, ...], _Few] = ()


class _Which(msgspec.Struct, frozen=True):
    refund_line_items: msgspec.Raw = _NOTHING
    line_items: msgspec.Raw = _NOTHING


@dataclass(frozen=True)
class ShopifyAdapter:
    """Shopify's way."""

    kind: str = "shopify"
    keeps: Sequence[str] = ("x-shopify-topic", "x-shopify-shop-domain", "x-shopify-event-id", "x-shopify-webhook-id")

    def verify(self, body: bytes, headers: Mapping[str, str], source: SourceSettings, now: datetime) -> str:
        """Return the webhook's ID. Raises NotGenuine: signed with none of the secrets that are good now."""
        check_hmac(body, headers.get("x-shopify-hmac-sha256", ""), [secret.encode() for secret in source.secrets])
        return checked_key(headers.get("x-shopify-webhook-id", ""), "an X-Shopify-Webhook-Id")

    def read(self, message: RawMessage, source: SourceSettings) -> Reading:
        """Return the lines of an order, or of a refund. Raises MessageUnreadable: it is neither."""
        which = read_body(message.body, _Which)
        gathered = Gathered()
        if bytes(which.refund_line_items):
            _read_lone_refund(read_body(message.body, Refund), source, gathered)
        elif bytes(which.line_items):
            _read_order(read_body(message.body, Order), source, gathered)
        else:
            raise MessageUnreadable("neither an order nor a refund")
        return gathered.reading()


def _read_order(order: Order, source: SourceSettings, gathered: Gathered) -> None:
    counts = option(source, "channel", "pos")
    if counts not in ("*", order.source_name):
        gathered.pass_over(f"order {order.id} was not made at a till: {order.source_name}")
        return
    if order.financial_status not in _PAID:
        gathered.pass_over(f"order {order.id} is not paid: {order.financial_status}")
        return
    basket = _basket(order, source)
    if basket is None:
        gathered.pass_over(f"order {order.id}: the location {order.location_id} is not set up")
        return
    for line in order.line_items:
        gathered.add(basket, _item(line, order.id, basket, source))
    for refund in order.refunds:
        _read_refund(refund, source, gathered)
    if order.cancelled_at is not None:
        _read_cancelled(order, basket, source, gathered)


def _basket(order: Order, source: SourceSettings) -> Basket | None:
    store = store_of(source, order.location_id)
    if store is None:
        return None
    at = instant(order.processed_at or order.created_at, source.zone)
    return Basket(
        source=source,
        store=store,
        till=till_of(source, order.device_id or order.location_id or order.source_name),
        business_day=day_of(at, source.zone),
        sequence=str(order.id),
        at=at,
        customer=_customer(order, source),
        currency=checked_currency(order.currency),
    )


def _item(line: LineItem, order: int, basket: Basket, source: SourceSettings) -> Item:
    currency = basket.currency or ""
    whole = minor_units(line.price, currency) * line.quantity
    off = sum(minor_units(one.amount, currency) for one in line.discount_allocations or ())
    return Item(
        own=f"order/{order}/line/{line.id}",
        line=line_of(str(line.id)),
        text=_text(line, source),
        serial=_serial(line, source),
        quantity=line.quantity,
        amount=whole - off,
        name=line.name or "",
    )


def _read_lone_refund(refund: Refund, source: SourceSettings, gathered: Gathered) -> None:
    """Read a refund without its order: one made at no till may be of an order on the web, which only the order says."""
    if not any(one.device_id for one in refund.transactions):
        gathered.pass_over(f"refund {refund.id} was not made at a till: it counts with its order, if that does")
        return
    _read_refund(refund, source, gathered)


def _read_refund(refund: Refund, source: SourceSettings, gathered: Gathered) -> None:
    """Read what of a refund gives lines back; its basket is its own, at the till whose drawer it came from."""
    place = next((one for one in refund.transactions if one.device_id or one.location_id), Payment())
    location = place.location_id or next((one.location_id for one in refund.refund_line_items if one.location_id), None)
    store = store_of(source, location)
    if store is None:
        gathered.pass_over(f"refund {refund.id}: the location {location} is not set up")
        return
    at = instant(refund.processed_at or refund.created_at, source.zone)
    basket = Basket(
        source=source,
        store=store,
        till=till_of(source, place.device_id or location or "refunds"),
        business_day=day_of(at, source.zone),
        sequence=f"R{refund.id}",
        at=at,
    )
    for line in refund.refund_line_items:
        gathered.add(basket, _given_back(line, refund, basket, source))


def _given_back(line: RefundLine, refund: Refund, basket: Basket, source: SourceSettings) -> Item:
    kind: Kind = "voided" if line.restock_type == "cancel" else "returned"
    return Item(
        own=f"refund/{refund.id}/line/{line.id}",
        line=line_of(str(line.id)),
        kind=kind,
        text=_text(line.line_item, source),
        serial=_serial(line.line_item, source) if line.line_item.quantity == line.quantity else "",
        quantity=line.quantity,
        given_back=SaleRef(sequence=str(refund.order_id), line=line_of(str(line.line_item_id))),
        name=line.line_item.name or "",
    )


def _read_cancelled(order: Order, sold: Basket, source: SourceSettings, gathered: Gathered) -> None:
    """Void what of a cancelled order no refund gave back."""
    at = instant(order.cancelled_at or "", source.zone)
    gone = {line.id: 0 for line in order.line_items}
    for refund in order.refunds:
        for one in refund.refund_line_items:
            gone[one.line_item_id] = gone.get(one.line_item_id, 0) + one.quantity
    basket = replace(sold, sequence=f"X{order.id}", at=at, business_day=day_of(at, source.zone))
    for line in order.line_items:
        left = line.quantity - gone[line.id]
        if left > 0:
            gathered.add(basket, _voided(line, left, order.id, source))


def _voided(line: LineItem, left: int, order: int, source: SourceSettings) -> Item:
    return Item(
        own=f"cancelled/{order}/line/{line.id}",
        line=line_of(str(line.id)),
        kind="voided",
        text=_text(line, source),
        serial=_serial(line, source) if left == line.quantity else "",
        quantity=left,
        given_back=SaleRef(sequence=str(order), line=line_of(str(line.id))),
        name=line.name or "",
    )


def _text(line: LineItem, source: SourceSettings) -> str:
    """Return what stands for the product: barcodes are not in orders, so its SKU, or what till.toml says of it."""
    known = table(source, "variants").get(str(line.variant_id))
    if known is not None or option(source, "gtin_from", "sku") == "variants":
        return known or ""
    if option(source, "gtin_from", "sku") == "property":
        return _property(line.properties, option(source, "gtin_property", "gtin"))
    return plain(line.sku or "")


def _serial(line: LineItem, source: SourceSettings) -> str:
    return _property(line.properties, option(source, "serial_property", "serial"))


def _property(properties: Sequence[Property] | None, name: str) -> str:
    found = next((one.value for one in properties or () if one.name.strip().lower() == name.lower()), "")
    return found.strip() if isinstance(found, str) else ""


def _customer(order: Order, source: SourceSettings) -> str | None:
    """Return the card in the order, from where ``options.customer_from`` says: an attribute, a metafield, a tag."""
    where, _, name = option(source, "customer_from", "attribute:card").partition(":")
    if where == "attribute":
        found = _property(order.note_attributes, name)
    elif where == "metafield":
        found = next((one.value for one in order.metafields or () if f"{one.namespace}.{one.key}" == name), "")
    elif where == "tag":
        customer = order.customer.tags if order.customer else ""
        tags = [tag.strip() for tag in f"{order.tags or ''},{customer or ''}".split(",")]
        found = next((tag.removeprefix(name) for tag in tags if tag.startswith(name)), "")
    else:
        raise MessageUnreadable("options.customer_from in till.toml is attribute:, metafield: or tag: and a name")
    return plain(found)[:80] or None if isinstance(found, str) else None
