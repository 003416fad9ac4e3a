"""The one model of a sale: whatever a till speaks, it becomes lines of this (K5; research/pos_kiosk.md 2.6).

A line is known by two names: by what told it, (source, event), and by its natural key, which is POSLog's: store, till,
business day, sequence number, line. Both are unique; two sources that tell one line say one thing.
"""

from typing import Annotated, Final, Literal, Self

import msgspec

from photocore.kind_values import StoreGln
from photocore.package import Gtin14
from photocore.till_kinds import BusinessDay, Sequence, TillName, unit_of_sale

MOST_UNITS: Final = 99
"""Units of one line; a line of more is no sale of film over a counter, and is refused."""
MOST_LINES: Final = 1000
MOST_MINOR: Final = 100_000_000
MOST_LINE: Final = 10**15
"""Systems on the net number lines through their whole house."""
WHOLE: Final = MOST_LINE
"""The line by which a till says that the whole of a receipt does not stand: ``voided``, without goods."""

Kind = Literal["sold", "returned", "voided"]
SourceName = Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9-]{0,31}\Z")]
EventName = Annotated[str, msgspec.Meta(min_length=1, max_length=160)]
Currency = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}\Z")]
Moment = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}\+00:00\Z")]
"""An instant in UTC as ``datetime.isoformat`` writes it."""


class SaleRef(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """The transaction, or with ``line`` the line of it, that a return gives back; parts the till did not say are None.

    ``store`` is there when the sale was another store's.
    """

    till: TillName | None = None
    business_day: BusinessDay | None = None
    sequence: Sequence | None = None
    line: Annotated[int, msgspec.Meta(ge=0)] | None = None
    store: StoreGln | None = None


class SaleObserved(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a sale as a source told it.

    ``code`` is what was on the line if it is not (only) a GTIN: an order code, a house number. ``serial`` is the
    canonical text of the piece where the till itself says it. ``quantity`` counts units, at least 1; ``kind`` gives the
    sign. ``amount`` is the line's total in minor units of ``currency``, as the till says it (a sale's may not be
    negative: such a line is a case for the manager). ``customer`` is the card as the till knows it: personal.
    ``at`` is when the transaction ended by the till's clock, None where it does not say. ``given_back`` is the sale
    that a return or a void names.
    """

    source: SourceName
    event: EventName
    store: StoreGln
    till: TillName
    business_day: BusinessDay
    sequence: Sequence
    line: Annotated[int, msgspec.Meta(ge=0, le=MOST_LINE)]
    kind: Kind = "sold"
    gtin: Gtin14 | None = None
    code: Annotated[str, msgspec.Meta(max_length=80)] = ""
    serial: Annotated[str, msgspec.Meta(min_length=4, max_length=64)] | None = None
    quantity: Annotated[int, msgspec.Meta(ge=1, le=MOST_UNITS)] = 1
    customer: Annotated[str, msgspec.Meta(max_length=80)] | None = None
    amount: Annotated[int, msgspec.Meta(ge=-MOST_MINOR, le=MOST_MINOR)] | None = None
    currency: Currency | None = None
    at: Moment | None = None
    given_back: SaleRef | None = None

    @property
    def sign(self) -> Literal[1, -1]:
        """Return 1 for a sale, -1 for what takes one back."""
        return 1 if self.kind == "sold" else -1

    @property
    def basket(self) -> "BasketKey":
        """Return the transaction this is a line of."""
        return BasketKey(store=self.store, till=self.till, business_day=self.business_day, sequence=self.sequence)

    @property
    def place(self) -> "LineKey":
        """Return the line's natural key."""
        return LineKey(basket=self.basket, line=self.line)

    def __repr__(self) -> str:
        return f"SaleObserved({self.kind} {self.quantity} x {self.gtin or self.code!r} {self.place})"


class BasketKey(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One transaction of one till."""

    store: StoreGln
    till: TillName
    business_day: BusinessDay
    sequence: Sequence

    def __str__(self) -> str:
        return f"{self.store}/{self.till}/{self.business_day}/{self.sequence}"


class LineKey(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One line of one transaction."""

    basket: BasketKey
    line: int

    def unit(self, number: int) -> str:
        """Return the name of one of the line's units, counted from 1, as events bear it."""
        basket = self.basket
        return unit_of_sale(
            store=basket.store,
            till=basket.till,
            business_day=basket.business_day,
            sequence=basket.sequence,
            line=self.line,
            unit=number,
        )

    @classmethod
    def of(cls, basket: BasketKey, line: int) -> Self:
        """Return the key of a line."""
        return cls(basket=basket, line=line)

    def __str__(self) -> str:
        return f"{self.basket}/{self.line}"
