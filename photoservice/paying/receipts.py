"""The receipt of an order: what was ordered, the tax in it by rate, what was paid and given back (S4).

It is read from what the order keeps of its prices, so it says the same whatever the catalogue says by then. Its number
is the order's ID, its date the order's.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec

from photocore.catalogue import say
from photocore.money import Money, Taxed, none_of
from photocore.orders import Pays
from photoservice.db.database import Row, Session
from photoservice.errors import Unknown
from photoservice.paying.payments import Payment, Payments

_REMAKE: Final = "remake"


@dataclass(frozen=True, kw_only=True)
class ReceiptLine:
    """One line: what it was called (by language), how often, and what it costs for all pieces.

    ``options``: what each chosen option and its value were called.
    ``is_prepaid``: the package paid for it, so it costs nothing here. ``is_cancelled``: it costs nothing any more.
    """

    number: int
    titles: Mapping[str, str]
    options: tuple[tuple[Mapping[str, str], Mapping[str, str]], ...]
    quantity: int
    images: int
    amount: Taxed
    rate: int
    is_prepaid: bool
    is_cancelled: bool

    @property
    def counts(self) -> bool:
        """Whether it is in the sums."""
        return not (self.is_prepaid or self.is_cancelled)

    def title(self, language: str) -> str:
        """Return what it was called, in this language if it had a name in it."""
        return say(dict(self.titles), language)

    def said(self, language: str) -> tuple[str, ...]:
        """Return its options and their values in words."""
        return tuple(f"{say(dict(option), language)}: {say(dict(value), language)}" for option, value in self.options)


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """What a receipt says. ``taxes`` is by rate in basis points, the highest first; ``amount`` all of them together."""

    order: str
    made_at: datetime
    pays: Pays
    lines: tuple[ReceiptLine, ...]
    taxes: Mapping[int, Taxed]
    amount: Taxed
    payments: tuple[Payment, ...]
    paid: Money
    lacking: Money
    remakes: tuple[str, ...]
    remake_of: str


@dataclass(frozen=True, kw_only=True)
class Receipts:
    """Reads receipts."""

    payments: Payments

    async def of(self, session: Session, order: str) -> Receipt:
        """Return the receipt of an order; who may see it, the caller knows.

        Raises:
            Unknown: there is no such order.
        """
        row = await session.row("paying_receipts.order", order)
        if row is None:
            raise Unknown("There is no such order.")
        currency = row["currency"]
        lines = tuple(_line(one, currency) for one in await session.rows("paying_receipts.lines", order))
        taxes = _by_rate(lines)
        bill = await self.payments.bill(session, order)
        words = row["origin"].split(" ")
        return Receipt(
            order=order,
            made_at=row["made_at"],
            pays=row["pays"],
            lines=lines,
            taxes=taxes,
            amount=_together(taxes.values(), currency),
            payments=await self.payments.of(session, order),
            paid=bill.paid,
            lacking=bill.lacking,
            remakes=tuple(one["id"] for one in await session.rows("paying_receipts.remakes", order)),
            remake_of=words[1] if words[0] == _REMAKE and len(words) > 1 else "",
        )

    async def sees(self, session: Session, person: str, roots: Sequence[str], order: str) -> bool:
        """Say whether somebody who holds these packages steers an order: theirs, or of a package and nobody's yet."""
        return await session.value("paying_receipts.seen", order, person, list(roots)) is not None


def _line(row: Row, currency: str) -> ReceiptLine:
    titled = msgspec.json.decode(row["option_titles"], type=dict[str, tuple[dict[str, str], dict[str, str]]])
    gross, tax = Money(minor=row["gross"], currency=currency), Money(minor=row["tax"], currency=currency)
    return ReceiptLine(
        number=row["number"],
        titles=msgspec.json.decode(row["titles"], type=dict[str, str]),
        options=tuple(titled[name] for name in sorted(titled)),
        quantity=row["quantity"],
        images=row["images"],
        amount=Taxed(net=gross - tax, tax=tax, gross=gross),
        rate=row["rate"],
        is_prepaid=row["credit"] is not None,
        is_cancelled=row["is_cancelled"],
    )


def _by_rate(lines: Iterable[ReceiptLine]) -> dict[int, Taxed]:
    """Return what lines that count come to, by rate."""
    sorts: defaultdict[int, list[Taxed]] = defaultdict(list)
    for line in lines:
        if line.counts:
            sorts[line.rate].append(line.amount)
    return {rate: _together(sorts[rate], sorts[rate][0].gross.currency) for rate in sorted(sorts, reverse=True)}


def _together(amounts: Iterable[Taxed], currency: str) -> Taxed:
    net, tax, gross = none_of(currency), none_of(currency), none_of(currency)
    for one in amounts:
        net, tax, gross = net + one.net, tax + one.tax, gross + one.gross
    return Taxed(net=net, tax=tax, gross=gross)
