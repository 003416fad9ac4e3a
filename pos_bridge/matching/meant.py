"""Which receipts a return can mean that names one by its number and not by its day: tills number theirs anew.

It means one with its goods, not later than itself, and not long before. Are there more of these than a manager would
look through, nobody can tell which, whatever of them was given back since: so a number that comes again every day ties
nothing together. docs/till/matching.md has the rule in words.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from photocore.ids import ItemId
from pos_bridge.matching.assigning import slack
from pos_bridge.matching.baskets import Basket, Return
from pos_bridge.matching.facts import ManyMeant
from pos_bridge.matching.joining import business_day_of
from pos_bridge.sale import BasketKey, LineKey, SaleRef
from pos_bridge.settings import MatchSettings

DAYS_BACK: Final = 100
"""A return that names no day means no receipt whose business day lies further back than this."""
DAYS_AHEAD: Final = 1
"""... nor further ahead: about midnight two tills of a store may be in different business days."""
MOST_MEANT: Final = 6
"""Are there more such receipts, none of them is meant."""


def is_named(ref: SaleRef, place: LineKey, store: str) -> bool:
    """Say whether a line is one that a return in ``store`` names; what it does not say fits any."""
    return _is_receipt(ref, place.basket, store) and ref.line in (None, place.line)


def names_day(given: Return) -> bool:
    """Say whether a return names its receipt's business day."""
    return any(ref.business_day for ref in given.refs)


def days_meant(back: str) -> tuple[str, str] | None:
    """Return the first and last business day that a return of that one may mean; None: its own is none."""
    return _days(back, -DAYS_BACK, DAYS_AHEAD)


def days_of_returns(sale: str) -> tuple[str, str] | None:
    """Return the first and last business day of the returns that may mean a sale of that one."""
    return _days(sale, -DAYS_AHEAD, DAYS_BACK)


def clocks_differ(match: MatchSettings) -> timedelta:
    """Return how much later than a return its sale may seem, at another till."""
    return slack(match) + timedelta(seconds=match.after_s)


def may_be_before(sale: Basket, back: Basket, match: MatchSettings) -> bool:
    """Say whether a sale may have been before a return: the clocks of two tills differ, one till's tells them apart."""
    if sale.key.till == back.key.till and sale.end is not None and back.end is not None:
        return sale.end <= back.end
    return sale.since <= back.until + clocks_differ(match)


class Receipts:
    """Baskets by their numbers. ``many`` are returns of which others know that they mean too many."""

    def __init__(self, baskets: Iterable[Basket], many: frozenset[ManyMeant], match: MatchSettings) -> None:
        self._by_number: defaultdict[str, list[Basket]] = defaultdict(list)
        for basket in baskets:
            self._by_number[basket.key.sequence].append(basket)
        self._many = many
        self._match = match

    def meant(self, given: Return) -> frozenset[BasketKey]:
        """Return the receipts that a return may mean that names no day: none, if they are too many."""
        found = [baskets for ref in given.refs if (baskets := self._meant_by(ref, given)) is not None]
        return found[0].intersection(*found[1:]) if found else frozenset()

    def _meant_by(self, ref: SaleRef, given: Return) -> frozenset[BasketKey] | None:
        """Return the receipts that one source's word may mean; None, if they are too many."""
        back, gtin = given.basket, given.line.gtin
        store = ref.store or back.key.store
        if ref.sequence is None or (days := days_meant(back.key.business_day)) is None:
            return frozenset()
        if (
            gtin
            and ManyMeant(back=back.key, sequence=ref.sequence, till=ref.till, store=store, gtin=gtin) in self._many
        ):
            return None
        found = [
            basket.key
            for basket in self._by_number.get(ref.sequence, ())
            if basket is not back and days[0] <= basket.key.business_day <= days[1]
            if _is_receipt(ref, basket.key, back.key.store) and business_day_of(basket.key.business_day) is not None
            if may_be_before(basket, back, self._match) and _has(basket, gtin, given.line.serial)
        ]
        return frozenset(found) if len(found) <= MOST_MEANT or not gtin else None


def _has(basket: Basket, gtin: str | None, item: ItemId | None) -> bool:
    """Say whether any source tells of some goods in a basket, on whatever line; of what has no GTIN, of the piece."""
    return gtin in basket.goods if gtin else item is not None and item in basket.pieces


def _is_receipt(ref: SaleRef, basket: BasketKey, store: str) -> bool:
    return (
        (ref.store or store) == basket.store
        and ref.till in (None, basket.till)
        and ref.business_day in (None, basket.business_day)
        and ref.sequence in (None, basket.sequence)
    )


def _days(day: str, first: int, last: int) -> tuple[str, str] | None:
    known = business_day_of(day)
    if known is None:
        return None
    return (known + timedelta(days=first)).isoformat(), (known + timedelta(days=last)).isoformat()
