"""Odoo 19 and later: point of sale orders as its JSON-2 API has them (docs/till/odoo.md).

Odoo calls nobody: it is asked (:mod:`pos_bridge.adapters.odoo_poll`), and each order is kept together with its lines,
products, lots, customer and the lines it gives back, as one :class:`Gathering`. Where Odoo has nothing it says
``false``; times are UTC without saying so; numbers are floats, which are read as the decimals they are written as.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Final

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
from pos_bridge.adapters.money_text import checked_currency, minor_of
from pos_bridge.errors import MessageUnreadable, NotGenuine
from pos_bridge.messages import RawMessage, Reading
from pos_bridge.sale import MOST_LINES, MOST_UNITS, SaleRef
from pos_bridge.settings import SourceSettings

_COUNTS: Final = {"paid", "done", "invoiced"}
_Few = msgspec.Meta(max_length=MOST_LINES)
_Id = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]
Text = str | bool | None
"""A text, or ``false`` where there is none."""
Link = tuple[_Id, str] | bool | None
"""A record as ``search_read`` names it: its number and its display name, or ``false``."""


class PosOrder(msgspec.Struct, frozen=True, kw_only=True):
    """``pos.order``."""

    id: _Id
    date_order: str
    write_date: str
    state: str
    config_id: Link = None
    session_id: Link = None
    partner_id: Link = None
    currency_id: Link = None
    pos_reference: Text = None


class PosLine(msgspec.Struct, frozen=True, kw_only=True):
    """``pos.order.line``; a negative quantity gives back."""

    id: _Id
    order_id: Link
    product_id: Link
    qty: Decimal
    price_subtotal_incl: Decimal | None = None
    refunded_orderline_id: Link = None
    pack_lot_ids: Annotated[tuple[_Id, ...], _Few] = ()
    full_product_name: Text = None


class Product(msgspec.Struct, frozen=True, kw_only=True):
    """``product.product``."""

    id: _Id
    barcode: Text = None
    default_code: Text = None


class Lot(msgspec.Struct, frozen=True, kw_only=True):
    """``pos.pack.operation.lot``: a serial that the cashier scanned or typed."""

    id: _Id
    lot_name: Text = None


class Partner(msgspec.Struct, frozen=True, kw_only=True):
    """``res.partner``: only its number and its card's."""

    id: _Id
    barcode: Text = None


class PartnerCard(msgspec.Struct, frozen=True, kw_only=True):
    """``loyalty.card``: a code that a customer holds."""

    id: _Id
    code: Text = None


class Gathering(msgspec.Struct, frozen=True, kw_only=True):
    """One order and all it takes to read it: our envelope around Odoo's own records."""

    order: PosOrder
    lines: Annotated[tuple[PosLine, ...], _Few]
    products: Annotated[tuple[Product, ...], _Few] = ()
    lots: Annotated[tuple[Lot, ...], _Few] = ()
    refunded: Annotated[tuple[PosLine, ...], _Few] = ()
    partner: Partner | None = None
    cards: Annotated[tuple[PartnerCard, ...], _Few] = ()


@dataclass(frozen=True)
class OdooAdapter:
    """Odoo's way."""

    kind: str = "odoo"
    keeps: Sequence[str] = ()

    def verify(self, body: bytes, headers: Mapping[str, str], source: SourceSettings, now: datetime) -> str:
        """Refuse: nobody calls for Odoo. Raises NotGenuine always."""
        raise NotGenuine("Odoo is asked for its sales, it does not send them")

    def read(self, message: RawMessage, source: SourceSettings) -> Reading:
        """Return an order's lines. Raises MessageUnreadable: it is not as Odoo 19 has it."""
        found = read_body(message.body, Gathering)
        order, gathered = found.order, Gathered()
        if order.state not in _COUNTS:
            gathered.pass_over(f"order {order.id} is not paid: {order.state}")
            return gathered.reading()
        config = _number(order.config_id)
        store = store_of(source, config)
        if store is None:
            gathered.pass_over(f"order {order.id}: the point of sale {config} is not set up")
            return gathered.reading()
        basket = _basket(found, store, source)
        for line in found.lines:
            _add(line, found, basket, gathered)
        return gathered.reading()


def _basket(found: Gathering, store: str, source: SourceSettings) -> Basket:
    order = found.order
    at = instant(order.date_order, "UTC")
    currency = source.currency or _name(order.currency_id)
    return Basket(
        source=source,
        store=store,
        till=till_of(source, _number(order.config_id), _name(order.config_id)),
        business_day=day_of(at, source.zone),
        sequence=str(order.id),
        at=at,
        customer=_customer(found, source),
        currency=checked_currency(currency) if currency else None,
    )


def _add(line: PosLine, found: Gathering, basket: Basket, gathered: Gathered) -> None:
    label = _text(line.full_product_name) or _name(line.product_id) or "a line"
    if not line.qty.is_finite() or abs(line.qty) >= 10**6 or line.qty != line.qty.to_integral_value():
        gathered.pass_over(f"{label}: {line.qty} is no number of units")
        return
    units = int(line.qty)
    if not 0 < abs(units) <= MOST_UNITS:
        gathered.pass_over(f"{label}: {units} units")
        return
    amount = None
    if line.price_subtotal_incl is not None and basket.currency is not None:
        amount = minor_of(line.price_subtotal_incl, basket.currency)
    of = _given_back(line, found)
    text, done = _code(line, found, basket.source), 0
    for number, (count, serial) in enumerate(_parts(line, abs(units), found, gathered)):
        item = Item(
            own=f"order/{found.order.id}/line/{line.id}/{number}",
            line=line.id if number == 0 else line_of(f"{line.id}/{number}"),
            kind="returned" if units < 0 else "sold",
            text=text,
            serial=serial,
            quantity=count,
            amount=None if amount is None or units < 0 else _share(amount, done, done + count, units),
            given_back=of if units < 0 else None,
            name=label,
        )
        gathered.add(basket, item)
        done += count


def _parts(line: PosLine, units: int, found: Gathering, gathered: Gathered) -> list[tuple[int, str]]:
    """Return a line as (units, serial): one piece each where lots name them, and what is left without."""
    named = sorted({_text(one.lot_name) for one in found.lots if one.id in line.pack_lot_ids} - {""})
    if len(named) > units:
        gathered.pass_over(f"line {line.id}: {len(named)} serials for {units} units, none is used")
        named = []
    left = units - len(named)
    rest = [(left, "")] if left or not named else []
    return [*((1, serial) for serial in named), *rest]


def _share(amount: int, before: int, until: int, units: int) -> int:
    """Return the part of a line's amount that units ``before`` to ``until`` bear; all parts add up to it."""
    return amount * until // units - amount * before // units


def _given_back(line: PosLine, found: Gathering) -> SaleRef | None:
    """Return the line that a line gives back; only its transaction where that line was told piece by piece."""
    number = _number(line.refunded_orderline_id)
    if number is None:
        return None
    sold = next((one for one in found.refunded if one.id == number), None)
    order = _number(sold.order_id) if sold else None
    in_pieces = sold is not None and len(sold.pack_lot_ids) > 1
    return SaleRef(sequence=None if order is None else str(order), line=None if in_pieces else number)


def _code(line: PosLine, found: Gathering, source: SourceSettings) -> str:
    """Return what stands for the product: what till.toml says of it, its barcode, its internal reference."""
    number = _number(line.product_id)
    known = table(source, "products").get(str(number))
    if known is not None:
        return known
    product = next((one for one in found.products if one.id == number), None)
    return (_text(product.barcode) or _text(product.default_code)) if product else ""


def _customer(found: Gathering, source: SourceSettings) -> str | None:
    where = option(source, "customer_from", "barcode")
    if where not in ("barcode", "loyalty"):
        raise MessageUnreadable("options.customer_from in till.toml is barcode or loyalty")
    if where == "barcode":
        return (_text(found.partner.barcode)[:80] or None) if found.partner else None
    codes = sorted({_text(card.code) for card in found.cards} - {""})
    return codes[0][:80] if len(codes) == 1 else None


def _text(text: Text) -> str:
    return plain(text) if isinstance(text, str) else ""


def _number(link: Link) -> int | None:
    return link[0] if isinstance(link, tuple) else None


def _name(link: Link) -> str:
    return plain(link[1]) if isinstance(link, tuple) else ""
