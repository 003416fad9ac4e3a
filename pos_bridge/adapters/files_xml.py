"""Sales in the plain XML of our own, for tills that can write what they are told to (docs/till/files.md).

::

    <sales>
      <sale till="3" day="2026-11-20" number="4711" at="2026-11-20T10:12:13" currency="EUR" customer="...">
        <line number="1" article="9506000134352" serial="AB12CD34" quantity="1" amount="12.99"/>
        <line number="2" kind="returned" article="9506000134352" amount="12.99">
          <of till="2" day="2026-11-18" number="88" line="1"/>
        </line>
      </sale>
    </sales>
"""

from collections.abc import Iterator
from typing import BinaryIO, Final

from pos_bridge.adapters.files_shape import (
    LONGEST_TEXT,
    NOTHING,
    Heard,
    PassedOver,
    Shape,
    day_of,
    minor_of,
    nobody,
    sale_ref,
    serial_of,
    thing_of,
    units_of,
)
from pos_bridge.errors import MessageUnreadable
from pos_bridge.intake.markup import Element, elements_of
from pos_bridge.sale import MOST_LINES, SaleObserved, SaleRef
from pos_bridge.settings import SourceSettings

SALE: Final = "sale"


def read_sales(stream: BinaryIO, source: SourceSettings, heard: Heard = nobody) -> Iterator[tuple[SaleObserved, ...]]:
    """Yield the lines of each sale together. One that cannot be understood is passed over whole.

    Raises:
        MessageUnreadable: the XML itself is broken, cut off, or none that we take. What stood before has been given.
    """
    shape, counted = Shape(source), 0
    try:
        for element in elements_of(stream, SALE):
            counted += 1
            where = f"sale {counted} (line {element.sourceline})"
            try:
                yield tuple(_lines(element, shape, where, heard))
            except MessageUnreadable as cause:
                heard(PassedOver(where=where, why=str(cause)))
    except MessageUnreadable as cause:
        raise MessageUnreadable(f"after {counted} whole sales: {cause}") from cause


def _lines(sale: Element, shape: Shape, where: str, heard: Heard) -> Iterator[SaleObserved]:
    at, calendar_day = shape.moment(_said(sale, "at")) if _said(sale, "at") else (None, "")
    day = _said(sale, "day") or calendar_day
    for name, text in (("till", _said(sale, "till")), ("number", _said(sale, "number")), ("day", day)):
        if not text:
            raise MessageUnreadable(f"{name} is missing, without which the sale has no name")
    shared = {
        "store": shape.store(_said(sale, "store")),
        "till": shape.till(_said(sale, "till")),
        "business_day": day_of(day),
        "sequence": _said(sale, "number"),
        "customer": _said(sale, "customer")[:80] or None,
        "at": at,
    }
    numbers: set[int] = set()
    for position, line in enumerate(_children(sale, "line"), start=1):
        found = _line(line, position, shared, _said(sale, "currency"), shape)
        if isinstance(found, str):
            heard(PassedOver(where=f"{where}, line {position}", why=found, is_broken=False))
            continue
        if found.line in numbers or len(numbers) >= MOST_LINES:
            raise MessageUnreadable(f"two lines are number {found.line}, or there are more than {MOST_LINES}")
        numbers.add(found.line)
        yield found


def _line(
    line: Element, position: int, shared: dict[str, str | None], currency: str, shape: Shape
) -> SaleObserved | str:
    quantity = units_of(_said(line, "quantity"))
    if not quantity:
        return "a quantity of nought" if quantity == 0 else "no whole number of pieces"
    thing, serial = thing_of(_said(line, "article")), _said(line, "serial")
    piece = thing.serial or (serial_of(thing.gtin, serial) if serial else None)
    if thing == NOTHING and piece is None:
        return "no article number"
    kind = _said(line, "kind") or ("sold" if quantity > 0 else "returned")
    money = shape.currency(_said(line, "currency") or currency)
    amount = _said(line, "amount")
    minor = minor_of(amount, 1, money) if amount and money else None
    return shape.sale(
        {
            **shared,
            "line": _count(_said(line, "number")) if _said(line, "number") else position,
            "kind": kind,
            "gtin": thing.gtin,
            "code": thing.code,
            "serial": piece if abs(quantity) == 1 else None,
            "quantity": abs(quantity),
            "amount": minor if minor is None or kind == "sold" else abs(minor),
            "currency": None if minor is None else money,
            "given_back": next((_ref(of, shape, shared["store"] or "") for of in _children(line, "of")), None),
        }
    )


def _ref(of: Element, shape: Shape, here: str) -> SaleRef | None:
    till, day, line, store = (_said(of, name) for name in ("till", "day", "line", "store"))
    found = sale_ref(
        store=shape.other_store(store, here),
        till=shape.till(till) if till else None,
        business_day=day_of(day) if day else None,
        sequence=_said(of, "number") or None,
        line=_count(line) if line else None,
    )
    return None if found == SaleRef() else found


def _count(text: str) -> int:
    if not (text.isdecimal() and text.isascii() and len(text) <= 9):
        raise MessageUnreadable(f"line {text[:20]!r} is no number")
    return int(text)


def _children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if child.tag.rpartition("}")[2] == name)


def _said(element: Element, name: str) -> str:
    text = element.get(name) or ""
    if len(text) > LONGEST_TEXT:
        raise MessageUnreadable(f"a field of {len(text):,} characters")
    return text.strip()
