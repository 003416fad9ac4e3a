"""Order codes on lines of sales: each is good once, for its amount, in its time (pos_bridge/orders)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from functools import lru_cache

from pos_bridge.matching.baskets import Basket
from pos_bridge.matching.cases import Cases, said, told_line
from pos_bridge.matching.joining import Joined, business_day_of
from pos_bridge.matching.outcome import Charged, Evidence, Reason, basket_home
from pos_bridge.orders.codes import Scanned, parse
from pos_bridge.orders.store import Issued, Seen, judge
from pos_bridge.settings import CodeSettings


class CodeBook:
    """The codes that were given out, by what tills read of them."""

    def __init__(self, issued: Iterable[Issued], settings: CodeSettings) -> None:
        self._settings = settings
        self._issued: defaultdict[str, list[Issued]] = defaultdict(list)
        for one in sorted(set(issued), key=lambda one: (one.issued_at, one.number)):
            self._issued[code_name(one.form, one.reference)].append(one)

    def scanned(self, line: Joined) -> Scanned | None:
        """Return the order code that stood on a line, if one did."""
        return scanned_on(line.texts, self._settings)

    def find(self, basket: Basket, line: Joined) -> tuple[Scanned, Issued] | None:
        """Return the code of ours on a line: of several with its reference, the newest given out by its time."""
        scanned = self.scanned(line)
        given = self._issued.get(code_name(scanned.form, scanned.reference), []) if scanned else []
        if scanned is None or not given:
            return None
        latest = basket.until + timedelta(hours=1)
        return scanned, next((one for one in reversed(given) if one.issued_at <= latest), given[0])


def scanned_on(texts: Iterable[str], settings: CodeSettings) -> Scanned | None:
    """Return the first order code among some texts."""
    found = (_parsed(text, settings) for text in sorted(texts))
    return next((scanned for scanned in found if scanned is not None), None)


@lru_cache(maxsize=16_384)
def _parsed(text: str, settings: CodeSettings) -> Scanned | None:
    """Remember what a number is: a store sells the same goods again and again."""
    return parse(text, settings)


def code_name(form: str, reference: str) -> str:
    """Return what a code's reference is called where lines are found by it."""
    return f"{form} {reference}"


def charge(baskets: list[Basket], book: CodeBook, cases: Cases) -> list[Charged]:
    """Return the charges, one for each code: the first line that bears it, if all about it is right.

    A return that bears it takes the charge before it back, or where there is none the one after it: clocks differ.
    """
    first: dict[int, tuple[Joined, Charged]] = {}
    early: list[tuple[Basket, Joined]] = []
    for basket in baskets:
        early += [
            (basket, line) for line in _given_back(basket) if not _is_taken_back(basket, line, book, first, cases)
        ]
        for line in _sold(basket):
            found = book.find(basket, line)
            if found is None:
                if (scanned := book.scanned(line)) is not None and scanned.form == "code128":
                    _open(basket, line, "order_code_foreign", [], cases)
                continue
            scanned, issued = found
            why: Reason | None = _fault(issued, scanned, basket, line)
            if why is None and (issued.number in first or line.quantity > 1):
                why = "order_code_twice"
            if why is not None:
                before = first.get(issued.number)
                told = before[0].told if before else ()
                _open(basket, line, why, [_given_out(scanned, issued), *(told_line(one) for one in told)], cases)
                continue
            charged = Charged(number=issued.number, place=line.place, minor=issued.minor, currency=issued.currency)
            first[issued.number] = line, charged
    for basket, line in early:
        _is_taken_back(basket, line, book, first, cases)
    return [charged for _, charged in first.values()]


def _is_taken_back(
    basket: Basket, line: Joined, book: CodeBook, first: dict[int, tuple[Joined, Charged]], cases: Cases
) -> bool:
    """Take back what a code on a line that gives back charged; say whether there was anything."""
    found = book.find(basket, line)
    if found is None or found[1].number not in first:
        return found is None
    scanned, issued = found
    if line.amount is not None and abs(line.amount) != issued.minor:
        _open(basket, line, "order_code_amount", [_given_out(scanned, issued)], cases)
    else:
        del first[issued.number]
    return True


def _given_back(basket: Basket) -> list[Joined]:
    """Return the lines of a basket that give something back."""
    return list({given.place: given.line for given in basket.returns if given.line.texts}.values())


def _sold(basket: Basket) -> list[Joined]:
    """Return the lines of a basket of which any unit stayed sold."""
    return list({unit.place: unit.line for unit in basket.units if unit.line.texts}.values())


def _fault(issued: Issued, scanned: Scanned, basket: Basket, line: Joined) -> Reason | None:
    """Return what is wrong with a code on a line, by the money of every source that told it; None where nothing is."""
    day = business_day_of(basket.key.business_day) or basket.since.date()
    money = {(told.amount, told.currency) for told in line.told if told.amount is not None} or {(None, None)}
    seen = (
        Seen(in_code=scanned.minor, minor=minor, currency=currency, at=basket.end, business_day=day)
        for minor, currency in sorted(money, key=str)
    )
    return next((fault for one in seen if (fault := judge(issued, one)) is not None), None)


def _given_out(scanned: Scanned, issued: Issued) -> Evidence:
    return said(
        "code_given_out",
        issued.issued_at.isoformat(),
        reference=scanned.reference,
        minor=str(issued.minor),
        currency=issued.currency,
        about=issued.about,
        until=issued.expires_at.isoformat(),
    )


def _open(basket: Basket, line: Joined, why: Reason, evidence: list[Evidence], cases: Cases) -> None:
    cases.add(
        why,
        basket_home(basket.key),
        str(line.place.line),
        at=basket.told_at,
        basket=basket.key,
        line=line.place.line,
        lane=basket.lane,
        units=line.quantity,
        evidence=[*(told_line(one) for one in line.told), *evidence],
    )
