"""What files of sales have in common: a store's name becomes its GLN, a price minor units, a code a product or a piece.

Every adapter of files (POSLog, CSV, simple XML) ends here, so that one sale told in two of them is one sale.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec

from photocore.digital_link import is_link, parse_link
from photocore.errors import CodeError
from photocore.gs1 import gtin14, parse_bracketed, parse_elements
from photocore.ids import HouseCode, Sgtin, item_in
from photocore.money import decimals_of
from pos_bridge.errors import MessageUnreadable
from pos_bridge.sale import MOST_UNITS, SaleObserved, SaleRef
from pos_bridge.settings import SourceSettings

LONGEST_TEXT: Final = 4000
"""Of one field; what is longer is no field of a sale."""

_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,6})?")
_STORE: Final = re.compile(r"[0-9]{13}")


@dataclass(frozen=True, kw_only=True)
class PassedOver:
    """A part of a file that gave no sale. ``where`` finds it again; ``is_broken`` says that somebody should look.

    What is not broken is only none of ours: a bag of apples by weight, a line cancelled before it was paid.
    """

    where: str
    why: str
    is_broken: bool = True

    def __str__(self) -> str:
        return f"{self.where}: {self.why}"


Heard = Callable[[PassedOver], None]
"""Takes what was passed over, as it is come by."""


def nobody(_passed: PassedOver) -> None:
    """Take what was passed over and forget it."""


class Thing(msgspec.Struct, frozen=True, kw_only=True):
    """What a text on a line names: a product, a piece of one, or something that only a shop knows (``code``)."""

    gtin: str | None = None
    serial: str | None = None
    code: str = ""


NOTHING: Final = Thing()


@lru_cache(maxsize=4096)
def thing_of(text: str) -> Thing:
    """Return what a scanned or typed text names.

    A number of restricted circulation (GS1 General Specifications 1.4: EAN prefixes 02, 04 and 20-29, RCN-8) names no
    product anywhere but in its shop: it is a ``code``, as order codes are.
    """
    text = text.strip()
    if not text:
        return NOTHING
    try:
        gtin = gtin14(text)
    except CodeError:
        return _piece_in(text)
    return Thing(code=text) if _is_restricted(gtin) else Thing(gtin=gtin)


def serial_of(gtin: str | None, text: str) -> str | None:
    """Return the canonical text of a piece by its product and the serial beside it; None where that names none.

    A serial that is too short to be unique (:class:`photocore.ids.Sgtin`) names no piece, nor does one of another
    product.
    """
    thing = thing_of(text)
    if thing.serial is not None:
        return thing.serial if thing.gtin in {None, gtin} or gtin is None else None
    try:
        return None if gtin is None else str(Sgtin(gtin, text.strip()))
    except CodeError:
        return None


def _is_restricted(gtin: str) -> bool:
    if gtin.startswith("000000"):
        return gtin[6] in "02"
    return gtin[0] == "0" and (gtin[1] == "2" or gtin[1:3] in {"02", "04"})


def _piece_in(text: str) -> Thing:
    """Return the piece or product that a code other than a bare number names; else the code."""
    try:
        if text.startswith("TC"):
            return Thing(serial=str(HouseCode(text)))
        if is_link(text):
            elements = parse_link(text)
        else:
            elements = parse_bracketed(text) if text.startswith("(") else parse_elements(text)
        item, gtin = item_in(elements), elements.get("01")
    except CodeError:
        return Thing(code=text[:80])
    if gtin is None and item is None:
        return Thing(code=text[:80])
    return Thing(gtin=gtin, serial=None if item is None else str(item))


class Shape:
    """Turns the words of one source into ours.

    Raises:
        MessageUnreadable: its time zone is none.
    """

    def __init__(self, source: SourceSettings) -> None:
        self._source = source
        try:
            self._zone = ZoneInfo(source.zone)
        except (ValueError, OSError, LookupError) as cause:
            raise MessageUnreadable(f"{source.zone!r} in till.toml is no time zone") from cause

    def store(self, named: str) -> str:
        """Return the GLN of the store that the till calls ``named``; "" is the source's own.

        Raises:
            MessageUnreadable: it is no store of this source.
        """
        if not named:
            return self._source.store
        found = self._source.stores.get(named)
        if found is not None:
            return found
        if not self._source.stores or named == self._source.store:
            return named if _STORE.fullmatch(named) else self._source.store
        raise MessageUnreadable(f"store {named!r} is none of those that till.toml names for this source")

    def other_store(self, named: str, here: str) -> str | None:
        """Return the GLN of a store that a return names, where it is not the one ``here``. Raises as :meth:`store`."""
        found = self.store(named) if named else here
        return None if found == here else found

    def till(self, named: str) -> str:
        """Return our name of a till."""
        return self._source.tills.get(named, named)

    def currency(self, named: str) -> str | None:
        """Return the currency of an amount: what the till says, or the source's own."""
        return named or self._source.currency

    def moment(self, text: str) -> tuple[str, str]:
        """Return a time as an instant in UTC and as the day on the till's own calendar.

        A time without a zone is the source's; in the hour that comes twice, the first.

        Raises:
            MessageUnreadable: it is no time.
        """
        try:
            at = datetime.fromisoformat(text)
            told = at if at.tzinfo is not None else at.replace(tzinfo=self._zone)
            return told.astimezone(UTC).isoformat(), at.date().isoformat()
        except (ValueError, OverflowError) as cause:
            raise MessageUnreadable(f"{text[:40]!r} is no time") from cause

    def sale(self, fields: Mapping[str, Any]) -> SaleObserved:
        """Return one line; its event's name is its natural key and a hash of what it says.

        So the same line told again is the same, and one that says something else is another, to be looked at.

        Raises:
            MessageUnreadable: a field is not what it must be.
        """
        said = {**fields, "source": self._source.name, "event": "?"}
        try:
            line = msgspec.convert(said, SaleObserved)
        except msgspec.ValidationError as cause:
            raise MessageUnreadable(str(cause).replace("$.", "")) from cause
        digest = hashlib.sha256(msgspec.json.encode(line)).hexdigest()[:12]
        key = f"{line.store}/{line.till}/{line.business_day}/{line.sequence}/{line.line}"  # as str(line.place)
        return msgspec.structs.replace(line, event=f"{key}#{digest}")


@lru_cache(maxsize=64)
def day_of(text: str) -> str:
    """Return a business day as ``2026-11-22``; a time or a zone behind it is passed over.

    Raises:
        MessageUnreadable: it is no day.
    """
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError as cause:
        raise MessageUnreadable(f"{text[:40]!r} is no day") from cause


def number_of(text: str, what: str) -> Decimal:
    """Return a decimal number with a point, such as ``-12.990``.

    Raises:
        MessageUnreadable: it is none.
    """
    if _NUMBER.fullmatch(text) is None:
        raise MessageUnreadable(f"{what} {text[:40]!r} is no number")
    return Decimal(text)


@lru_cache(maxsize=1024)
def units_of(text: str) -> int | None:
    """Return how many pieces a quantity says, negative where they come back; None where it is a weight or a length.

    Raises:
        MessageUnreadable: no number, or more than a line may have.
    """
    if not text:
        return 1
    quantity = number_of(text, "quantity")
    if quantity != quantity.to_integral_value():
        return None
    if abs(quantity) > MOST_UNITS:
        raise MessageUnreadable(f"quantity {text[:20]} is more than {MOST_UNITS}")
    return int(quantity)


@lru_cache(maxsize=4096)
def minor_of(text: str, units: int, currency: str) -> int:
    """Return ``units`` times an amount such as ``-12.990`` in minor units of ``currency``, and nothing beyond them.

    Raises:
        MessageUnreadable: it has more decimals than the currency.
    """
    amount = number_of(text, "amount") * units
    minor = amount.scaleb(decimals_of(currency))
    if minor != minor.to_integral_value():
        raise MessageUnreadable(f"{amount} is no whole number of the smallest coin of {currency}")
    return int(minor)


def sale_ref(**parts: Any) -> SaleRef:  # noqa: ANN401
    """Return the sale that a return names.

    Raises:
        MessageUnreadable: a part is not what it must be.
    """
    try:
        return msgspec.convert(parts, SaleRef)
    except msgspec.ValidationError as cause:
        raise MessageUnreadable("the sale it gives back: " + str(cause).replace("$.", "")) from cause
