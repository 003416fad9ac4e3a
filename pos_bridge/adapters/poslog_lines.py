"""The lines of one POSLog transaction: what was sold, what came back, and what was voided before it was paid.

A voided line is written in two ways. Some tills write the reversal as a line of its own, with VoidFlag and mostly an
ItemLink to the line it takes back; others set VoidFlag on the line itself. Without a link it is taken as a reversal if
an earlier line of the same article is there to be reversed; ``options.voids`` of the source says it for good:
``reversal`` or ``line``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import msgspec
from msgspec.structs import replace

from pos_bridge.adapters.files_shape import (
    NOTHING,
    Heard,
    PassedOver,
    Shape,
    Thing,
    day_of,
    minor_of,
    sale_ref,
    serial_of,
    thing_of,
    units_of,
)
from pos_bridge.adapters.lines import option
from pos_bridge.adapters.poslog_names import Named, store_text, text_of
from pos_bridge.errors import MessageUnreadable
from pos_bridge.intake.markup import Element
from pos_bridge.sale import MOST_LINES, WHOLE, Kind, SaleObserved, SaleRef
from pos_bridge.settings import SourceSettings

_TRUE: Final = frozenset({"true", "1"})


class Basket(msgspec.Struct, frozen=True, kw_only=True):
    """What all lines of a transaction share. ``returns`` and ``voids``: the sale that the whole of it takes back."""

    store: str
    till: str
    business_day: str
    sequence: str
    at: str | None
    currency: str
    customer: str | None = None
    returns: SaleRef | None = None
    voids: SaleRef | None = None


class _Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line as it is written. ``is_void`` until it is known what it voids; ``reverses`` is the line it names."""

    number: int
    kind: Kind
    thing: Thing
    quantity: int
    amount: int | None
    currency: str | None
    is_void: bool
    reverses: int | None
    given_back: SaleRef | None


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Reads the lines of one transaction. ``where`` and ``heard`` are for what is passed over."""

    shape: Shape
    source: SourceSettings
    where: str
    heard: Heard

    def lines(self, basket: Basket, inside: Named, voids: SaleRef | None = None) -> Iterator[SaleObserved]:
        """Yield the lines of the transaction whose RetailTransaction has the children ``inside``.

        ``voids`` is the sale that it takes back, where that is known already.

        Raises:
            MessageUnreadable: one of them cannot be understood, so the transaction is not taken.
        """
        items = inside.all("LineItem")
        if len(items) > MOST_LINES:
            raise MessageUnreadable(f"{len(items)} lines, more than {MOST_LINES}")
        basket = self._with_links(basket, inside) if voids is None else replace(basket, voids=voids)
        customer = _customer(inside)
        lines: dict[int, _Line] = {}
        for position, item in enumerate(items, start=1):
            parts = inside.inside(item)
            customer = customer or _customer(parts)
            line = self._line(item, parts, position, basket)
            if line is not None and lines.setdefault(line.number, line) is not line:
                raise MessageUnreadable(f"two lines are number {line.number}")
        basket = replace(basket, customer=customer)
        for line in self._without_voids(lines, basket):
            yield self._sale(line, basket)

    def voided_afterwards(self, basket: Basket, inside: Named) -> Iterator[SaleObserved]:
        """Yield that a receipt is void as a whole, and the lines beside: their goods were in somebody's hands.

        It is the sale that the transaction says it voids, as far as that is named whole; else the transaction itself.
        Lines that cannot be understood do not hold up the void.

        Raises:
            MessageUnreadable: the sale it names is none.
        """
        said = {_reason(link, inside): link for link in reversed(inside.all("TransactionLink"))}
        links = [link for reason, link in said.items() if "void" in reason] + [said[why] for why in said if not why]
        voids = self._ref(links[0], inside, basket) if links else None
        if voids is None:
            yield whole_void(self.shape, basket)
        elif voids.store is None and voids.line is None and voids.till and voids.business_day and voids.sequence:
            of = replace(basket, till=voids.till, business_day=voids.business_day, sequence=voids.sequence)
            yield whole_void(self.shape, of)
        try:
            yield from tuple(self.lines(basket, inside, voids))
        except MessageUnreadable as cause:
            self.heard(PassedOver(where=self.where, why=str(cause)))

    def _line(self, item: Element, parts: Named, position: int, basket: Basket) -> _Line | None:
        """Return a line of goods; None for payments, taxes, and what is told to be passed over."""
        name = "Sale" if "Sale" in parts else "Return" if "Return" in parts else "Void"
        article = parts.first(name)
        if article is None:
            return None
        inner = parts.inside(article)
        quantity = units_of(inner.text("Quantity"))
        if not quantity:
            return self._pass_over(position, "a quantity of nought" if quantity == 0 else "no whole number of pieces")
        thing = self._thing(inner, abs(quantity), position)
        if thing == NOTHING:
            return self._pass_over(position, "no article number")
        is_return = name == "Return" or quantity < 0
        is_void = name == "Void" or _is_flagged(item) or _is_flagged(article)
        amount, currency = self._amount(inner, abs(quantity), basket)
        return _Line(
            number=_number(parts, position),
            kind="returned" if is_return and not (is_void and quantity < 0) else "sold",
            thing=thing,
            quantity=abs(quantity),
            amount=amount,
            currency=currency,
            is_void=is_void,
            reverses=_reversed(inner, parts),
            given_back=self._given_back(inner, parts, basket) or basket.returns if is_return else None,
        )

    def _thing(self, inner: Named, units: int, position: int) -> Thing:
        """Return the product or piece of a line: the first of its codes that names one, else the first code."""
        thing = NOTHING
        for text in _codes(inner):
            found = thing_of(text)
            if found.gtin or found.serial:
                thing = found
                break
            thing = found if thing is NOTHING else thing
        serials = [text for each in inner.all("SerialNumber") if (text := text_of(each))]
        if serials and not thing.serial:
            thing = replace(thing, serial=serial_of(thing.gtin, serials[0]))
        if thing.serial and (units > 1 or len(serials) > 1):
            self._pass_over(position, f"{max(len(serials), 1)} serials for {units} units: the scans tell the pieces")
            thing = replace(thing, serial=None)
        return thing

    def _amount(self, inner: Named, units: int, basket: Basket) -> tuple[int | None, str | None]:
        """Return the line's total, of a return as of a sale without a sign of its own (its kind gives it)."""
        element, count = inner.first("ExtendedAmount"), 1
        if element is None:
            element, count = inner.first("ActualSalesUnitPrice"), units
        text = "" if element is None else text_of(element)
        currency = self.shape.currency((element is not None and element.get("Currency")) or basket.currency)
        if not text or currency is None:
            return None, None
        return minor_of(text, count, currency), currency

    def _with_links(self, basket: Basket, inside: Named) -> Basket:
        for link in inside.all("TransactionLink"):
            reason = _reason(link, inside)
            if "void" in reason:
                basket = replace(basket, voids=self._ref(link, inside, basket))
            elif reason in {"return", "refund", ""}:
                basket = replace(basket, returns=self._ref(link, inside, basket))
        return basket

    def _given_back(self, inner: Named, parts: Named, basket: Basket) -> SaleRef | None:
        for link in (*inner.all("TransactionLink"), *parts.all("TransactionLink")):
            if "void" not in _reason(link, inner):
                return self._ref(link, inner, basket)
        return None

    def _ref(self, link: Element, around: Named, basket: Basket) -> SaleRef | None:
        """Return the sale that a link names, as far as it does; None when it names nothing."""
        parts = around.inside(link)
        store, till, line = store_text(parts), parts.text("WorkstationID"), parts.text(_LINE)
        day = parts.text("BusinessDayDate")
        found = sale_ref(
            till=self.shape.till(till) if till else None,
            business_day=day_of(day) if day else None,
            sequence=parts.text("SequenceNumber") or None,
            line=_count(line, "the line it gives back") if line else None,
            store=self.shape.other_store(store, basket.store),
        )
        return None if found == SaleRef() else found

    def _without_voids(self, lines: dict[int, _Line], basket: Basket) -> Iterator[_Line]:
        """Yield what is left once voids are understood; a void of a whole other sale voids every line of it."""
        if basket.voids is not None:
            for line in lines.values():
                if line.kind == "sold":
                    yield replace(line, kind="voided", given_back=basket.voids)
                else:
                    self._pass_over(line.number, "a return that is voided afterwards stays a return")
            return
        dropped, reversals = _voids(lines, option(self.source, "voids", "either"))
        for number in dropped:
            self._pass_over(number, "voided before it was paid")
        for line in lines.values():
            if line.number in reversals:
                target = reversals[line.number]
                yield replace(line, kind="voided", given_back=None if target is None else _own(basket, target))
            elif line.number not in dropped:
                yield line

    def _sale(self, line: _Line, basket: Basket) -> SaleObserved:
        amount = line.amount
        return self.shape.sale(
            {
                "store": basket.store,
                "till": basket.till,
                "business_day": basket.business_day,
                "sequence": basket.sequence,
                "line": line.number,
                "kind": line.kind,
                "gtin": line.thing.gtin,
                "code": line.thing.code,
                "serial": line.thing.serial,
                "quantity": line.quantity,
                "customer": basket.customer,
                "amount": amount if amount is None or line.kind == "sold" else abs(amount),
                "currency": line.currency,
                "at": basket.at,
                "given_back": line.given_back,
            }
        )

    def _pass_over(self, line: int, why: str) -> None:
        self.heard(PassedOver(where=f"{self.where}, line {line}", why=why, is_broken=False))


_LINE: Final = "LineItemSequenceNumber"


def whole_void(shape: Shape, basket: Basket) -> SaleObserved:
    """Return the line by which the whole of a receipt does not stand. It tells no time: the receipt's own is another.

    Raises:
        MessageUnreadable: a part of its name is not what it must be.
    """
    own = SaleRef(till=basket.till, business_day=basket.business_day, sequence=basket.sequence)
    where = {"store": basket.store, "till": basket.till, "business_day": basket.business_day}
    return shape.sale(
        {**where, "sequence": basket.sequence, "line": WHOLE, "kind": "voided", "given_back": own, "quantity": 1}
    )


def _voids(lines: dict[int, _Line], meant: str) -> tuple[set[int], dict[int, int | None]]:
    """Return the lines that never were, and the reversals with the line that each takes back."""
    left = {number: line.quantity for number, line in lines.items()}
    dropped: set[int] = set()
    reversals: dict[int, int | None] = {}
    for line in lines.values():
        if not line.is_void:
            continue
        target = None if meant == "line" else _target(line, lines, left)
        if target is None and meant != "reversal":
            dropped.add(line.number)
        elif target is not None and lines[target].kind == "returned":
            dropped |= {line.number, target}
        else:
            reversals[line.number] = target
        if target is not None:
            left[target] -= line.quantity
    return dropped, reversals


def _target(void: _Line, lines: dict[int, _Line], left: dict[int, int]) -> int | None:
    """Return the number of the line that a void takes back: the one it names, or the last like it with enough left."""
    if void.reverses is not None and void.reverses != void.number:
        return void.reverses if void.reverses in lines else None
    alike = (
        line.number
        for line in reversed(lines.values())
        if line.number < void.number
        and not line.is_void
        and line.kind == void.kind
        and _is_same(line.thing, void.thing)
        and left[line.number] >= void.quantity
    )
    return next(alike, None)


def _is_same(sold: Thing, void: Thing) -> bool:
    """Say whether two lines are of one article; a reversal need not repeat the serial."""
    if (sold.gtin, sold.code) != (void.gtin, void.code):
        return False
    return sold.serial == void.serial or (None in {sold.serial, void.serial} and void.gtin is not None)


def _own(basket: Basket, line: int) -> SaleRef:
    return SaleRef(till=basket.till, business_day=basket.business_day, sequence=basket.sequence, line=line)


def _is_flagged(element: Element) -> bool:
    return element.get("VoidFlag") in _TRUE or element.get("CancelFlag") in _TRUE


def _number(parts: Named, position: int) -> int:
    text = parts.text("SequenceNumber")
    return _count(text, "the line's number") if text else position


def _reversed(inner: Named, parts: Named) -> int | None:
    text = parts.text("ItemLink") or inner.text("ItemLink")
    return int(text) if text.isdecimal() and text.isascii() and len(text) <= 9 else None


def _count(text: str, what: str) -> int:
    if not (text.isdecimal() and text.isascii() and len(text) <= 9):
        raise MessageUnreadable(f"{what} {text[:20]!r} is no number")
    return int(text)


def _codes(inner: Named) -> Iterator[str]:
    """Yield what an article is called, what was scanned before what the till's own file calls it."""
    yield from inner.texts_in("POSIdentity", "POSItemID")
    for name in ("GTIN", "ItemID"):
        if text := inner.text(name):
            yield text


def _reason(link: Element, around: Named) -> str:
    told = link.get("ReasonCode") or around.inside(link).text("ReasonCode")
    return told.rpartition(":")[2].strip().lower()


def _customer(parts: Named) -> str | None:
    """Return the card or the customer's number as the till knows it: a loyalty card before any other."""
    for around, names in _CUSTOMERS:
        element = parts.first(around)
        if element is not None:
            inner = parts.inside(element)
            found = next((text for name in names if (text := inner.text(name))), None)
            if found:
                return found[:80]
    return None


_LOYALTY: Final = ("LoyaltyID", "LoyaltyAccountID", "CustomerID")
_CUSTOMERS: Final = (
    ("LoyaltyAccount", _LOYALTY),
    ("LoyaltyMembership", _LOYALTY),
    ("Customer", ("AlternateID", "CustomerID")),
)
