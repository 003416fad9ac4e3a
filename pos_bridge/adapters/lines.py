"""From what a till wrote to lines of the one model: names, times, codes and pieces, each checked once and here.

Whatever a line says that cannot be is a reason to pass over that line, never to fail; what makes the whole message
unreadable raises :class:`~pos_bridge.errors.MessageUnreadable`.
"""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

import msgspec

from photocore.digital_link import is_link, parse_link
from photocore.errors import CodeError, EventMalformed
from photocore.gs1 import parse_elements
from photocore.ids import Sgtin, item_in, parse_item
from photocore.jsontext import read_json
from pos_bridge.adapters.files_shape import Thing, thing_of
from pos_bridge.errors import MessageUnreadable
from pos_bridge.messages import MOST_BYTES, Reading
from pos_bridge.sale import MOST_LINES, MOST_UNITS, Kind, LineKey, SaleObserved, SaleRef
from pos_bridge.settings import SourceSettings

Shape = TypeVar("Shape")

_LONGEST_NAME: Final = 40
_MOST_REASONS: Final = 50


def read_body(body: bytes, shape: type[Shape]) -> Shape:
    """Return a message's JSON as ``shape``. Raises MessageUnreadable: too long, not JSON, or out of the shape."""
    if len(body) > MOST_BYTES:
        raise MessageUnreadable(f"a message of {len(body)} bytes")
    try:
        return read_json(body, shape)
    except EventMalformed as cause:
        raise MessageUnreadable(plain(str(cause))[:300]) from cause


def plain(text: str) -> str:
    """Return ``text`` without what cannot be printed, and without space around it."""
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()


def instant(text: str, zone: str) -> datetime:
    """Return a time as ISO 8601 has it, in UTC; one without a zone is of ``zone``.

    Raises:
        MessageUnreadable: it is none, or there is no such zone.
    """
    try:
        at = datetime.fromisoformat(text)
        if at.tzinfo is None:
            at = at.replace(tzinfo=zone_named(zone))
        at = at.astimezone(UTC)
    except (ValueError, OverflowError) as cause:
        raise MessageUnreadable("a time that is none") from cause
    if not 2000 <= at.year <= 9000:
        raise MessageUnreadable("a time that cannot be")
    return at


def zone_named(name: str) -> ZoneInfo:
    """Return a time zone. Raises MessageUnreadable: there is none of that name."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError) as cause:
        raise MessageUnreadable("a time zone that there is not, in till.toml") from cause


def day_of(at: datetime, zone: str) -> str:
    """Return the business day of an instant: the calendar day where the store is."""
    return at.astimezone(zone_named(zone)).date().isoformat()


def checked_day(text: str) -> str:
    """Return a business day as the till says it. Raises MessageUnreadable: no day."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as cause:
        raise MessageUnreadable("a business day that is none") from cause


def till_of(source: SourceSettings, *names: str | int | None) -> str:
    """Return our name of a till: the first of the system's names for it that ``tills`` knows, else the first there is.

    Raises:
        MessageUnreadable: there is none, or one too long to be shown.
    """
    given = [plain(str(name)) for name in names if name is not None and plain(str(name))]
    for name in given:
        if name in source.tills:
            return source.tills[name]
    if not given:
        raise MessageUnreadable("a sale that names neither till nor place")
    if len(given[0]) > _LONGEST_NAME:
        raise MessageUnreadable("a till's name of more than 40 characters; `tills` can give it one of ours")
    return given[0]


def store_of(source: SourceSettings, name: str | int | None) -> str | None:
    """Return the GLN of the store that the system calls ``name``; None when it is a store that is not set up."""
    if name is None or not source.stores:
        return source.store
    return source.stores.get(str(name))


def checked_sequence(text: str) -> str:
    """Return a transaction's number. Raises MessageUnreadable: none, or more than 64 characters."""
    sequence = plain(text)
    if not 0 < len(sequence) <= 64:
        raise MessageUnreadable("a transaction without a number, or with one too long")
    return sequence


def line_of(own: str) -> int:
    """Return a line's number for the system's own name of it, the same wherever it is named (a refund names it alone).

    Digits stand for themselves, up to 15; anything else by 48 bits of its hash, so that every program can count to it.
    """
    if re.fullmatch(r"[0-9]{1,15}", own):
        return int(own)
    return int.from_bytes(hashlib.sha256(own.encode(errors="replace")).digest()[:6], "big")


def piece_of(text: str, gtin: str | None) -> str:
    """Return the canonical text of the piece that a till wrote: its ID, what a scanner gave, or the bare serial.

    Raises:
        CodeError: no piece.
    """
    text = text.strip()
    if is_link(text):
        found = item_in(parse_link(text))
    elif text.startswith(("(01)", "TC")):
        found = parse_item(text)
    elif re.match(r"01[0-9]{14}", text):
        found = item_in(parse_elements(text))
    elif gtin is not None:
        found = Sgtin(gtin, text)
    else:
        raise CodeError("a serial without a GTIN")
    if found is None:
        raise CodeError("a code that names no piece")
    if isinstance(found, Sgtin) and gtin is not None and found.gtin != gtin:
        raise CodeError("the piece of another product")
    return str(found)


@dataclass(frozen=True, kw_only=True)
class Basket:
    """One transaction, as its lines will say it. ``at`` is None where the till does not tell."""

    source: SourceSettings
    store: str
    till: str
    business_day: str
    sequence: str
    at: datetime | None = None
    customer: str | None = None
    currency: str | None = None


@dataclass(frozen=True, kw_only=True)
class Item:
    """One line as the till wrote it, before it is checked. ``own`` names it in the till's system.

    ``text`` is what stood on it (a GTIN, or some other code), ``serial`` the piece in whatever form, ``name`` only for
    reasons.
    """

    own: str
    line: int
    kind: Kind = "sold"
    text: str = ""
    serial: str = ""
    quantity: int = 1
    amount: int | None = None
    given_back: SaleRef | None = None
    name: str = ""


@dataclass
class Gathered:
    """Lines and reasons, as they are found in a message."""

    sales: list[SaleObserved] = field(default_factory=list[SaleObserved])
    reasons: list[str] = field(default_factory=list[str])
    _places: set[LineKey] = field(default_factory=set[LineKey])

    def pass_over(self, why: str) -> None:
        """Note that something was none of ours."""
        if len(self.reasons) < _MOST_REASONS:
            self.reasons.append(plain(why)[:200])

    def add(self, basket: Basket, item: Item) -> None:
        """Take a line, or note why not. Raises MessageUnreadable: there are more than a sale can have."""
        if len(self.sales) >= MOST_LINES:
            raise MessageUnreadable(f"more than {MOST_LINES} lines")
        thing = thing_of(plain(item.text))
        label = item.name or item.text or item.own
        if item.quantity < 1 or item.quantity > MOST_UNITS:
            self.pass_over(f"{label}: {item.quantity} units")
            return
        serial = self._piece(item, thing, label)
        if thing.gtin is None and not thing.code and serial is None:
            self.pass_over(f"{label}: no code and no serial on the line")
            return
        self._keep(_sale(basket, item, thing, serial), label)

    def reading(self, wants: tuple[str, ...] = ()) -> Reading:
        """Return what was gathered."""
        return Reading(sales=tuple(self.sales), passed_over=tuple(self.reasons), wants=wants)

    def _piece(self, item: Item, thing: Thing, label: str) -> str | None:
        if not item.serial.strip():
            return thing.serial
        try:
            return piece_of(item.serial, thing.gtin)
        except CodeError as why:
            self.pass_over(f"{label}: its serial is not used: {why}")
            return None

    def _keep(self, sale: SaleObserved, label: str) -> None:
        try:
            checked: SaleObserved = msgspec.convert(msgspec.to_builtins(sale), SaleObserved)
        except msgspec.ValidationError as why:
            self.pass_over(f"{label}: {why}")
            return
        if checked.place in self._places:
            raise MessageUnreadable(f"two lines of one transaction with the number {checked.line}")
        self._places.add(checked.place)
        self.sales.append(checked)


def _sale(basket: Basket, item: Item, thing: Thing, serial: str | None) -> SaleObserved:
    source = basket.source
    sale = SaleObserved(
        source=source.name,
        event="?",
        store=basket.store,
        till=basket.till,
        business_day=basket.business_day,
        sequence=basket.sequence,
        line=item.line,
        kind=item.kind,
        gtin=thing.gtin,
        code=thing.code,
        serial=serial,
        quantity=item.quantity,
        customer=basket.customer,
        amount=item.amount,
        currency=None if item.amount is None else basket.currency,
        at=None if basket.at is None else basket.at.isoformat(),
        given_back=item.given_back,
    )
    return msgspec.structs.replace(sale, event=_event(item.own, sale))


def _event(own: str, sale: SaleObserved) -> str:
    """Name what a line says: told again it is the same; told with more in it, it joins on the natural key."""
    digest = hashlib.sha256(msgspec.json.encode(sale)).hexdigest()[:12]
    return f"{plain(own)[:140]}#{digest}"


def option(source: SourceSettings, name: str, otherwise: str) -> str:
    """Return one of the adapter's own options that is a word."""
    found: Any = source.options.get(name, otherwise)
    return found if isinstance(found, str) else otherwise


def table(source: SourceSettings, name: str) -> dict[str, str]:
    """Return one of the adapter's own options that is a table of words."""
    found: Any = source.options.get(name, {})
    try:
        return msgspec.convert(found, dict[str, str])
    except msgspec.ValidationError as why:
        raise MessageUnreadable(f"options.{name} in till.toml: {why}") from why
