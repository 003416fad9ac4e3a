"""Which unit a return or a void gives back: by the piece, by the sale it names, and never by a guess."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from photocore.ids import ItemId
from photocore.till_kinds import unit_of_sale
from pos_bridge.matching.baskets import Basket, Return, Unit
from pos_bridge.matching.cases import said, told_line
from pos_bridge.matching.facts import ManyMeant
from pos_bridge.matching.meant import Receipts, is_named, may_be_before, names_day
from pos_bridge.matching.outcome import Evidence, GivenBack, Reason, basket_home, case_key, item_home
from pos_bridge.matching.pieces import Work
from pos_bridge.sale import BasketKey, LineKey, SaleRef
from pos_bridge.settings import MatchSettings


@dataclass(frozen=True, kw_only=True)
class _Sales:
    """The units sold, by piece and by receipt, each in the order of their baskets; lines of receipts that are void.

    ``receipts`` are those that a return may mean which names no day.
    """

    by_item: dict[ItemId, list[Unit]]
    by_receipt: dict[str, list[Unit]]
    void: dict[str, list[LineKey]]
    receipts: Receipts

    @staticmethod
    def of(baskets: Sequence[Basket], many: frozenset[ManyMeant], match: MatchSettings) -> "_Sales":
        by_item: defaultdict[ItemId, list[Unit]] = defaultdict(list)
        by_receipt: defaultdict[str, list[Unit]] = defaultdict(list)
        void: defaultdict[str, list[LineKey]] = defaultdict(list)
        for basket in baskets:
            if basket.is_void:
                void[basket.key.sequence] += [line.place for line in basket.lines]
            for unit in basket.units:
                by_receipt[basket.key.sequence].append(unit)
                if unit.item is not None:
                    by_item[unit.item].append(unit)
        receipts = Receipts(baskets, many, match)
        return _Sales(by_item=by_item, by_receipt=by_receipt, void=void, receipts=receipts)

    def named(self, given: Return) -> list[Unit]:
        """Return the units of the sale that a return names; a return that names no receipt names none."""
        receipts = {ref.sequence for ref in given.refs if ref.sequence is not None}
        if len(receipts) != 1:
            return []
        store = given.place.basket.store
        found = self.by_receipt.get(receipts.pop(), [])
        return [unit for unit in found if all(is_named(ref, unit.place, store) for ref in given.refs)]

    def meant(self, given: Return) -> list[Unit]:
        """Return the units of the sale that a return names; does it not say the day, of those that it may mean."""
        named = self.named(given)
        if not named or names_day(given):
            return named
        receipts = self.receipts.meant(given)
        return [unit for unit in named if unit.place.basket in receipts]

    def is_void_already(self, given: Return) -> bool:
        """Say whether a void is of a receipt that its till also says is void as a whole: one fact, told twice."""
        if given.line.kind != "voided" or not given.refs:
            return False
        store = given.place.basket.store
        places = self.void.get(given.refs[0].sequence or "", [])
        places = [place for place in places if all(is_named(ref, place, store) for ref in given.refs)]
        if places and not names_day(given):
            receipts = self.receipts.meant(given)
            places = [place for place in places if place.basket in receipts]
        return bool(places) and not self.meant(given)


def give_back(
    baskets: list[Basket], many: frozenset[ManyMeant], serialized: frozenset[str], work: Work
) -> list[GivenBack]:
    """Return what was given back. Returns that name piece and sale come first, those that name goods alone last."""
    sales = _Sales.of(baskets, many, work.match)
    returns = [given for basket in baskets for given in basket.returns if _is_ours(given, serialized)]
    returns = [given for given in returns if not sales.is_void_already(given)]
    _assign_by_manager(returns, work)
    named = [given for given in returns if given.item is not None and given.refs]
    by_item = [given for given in returns if given.item is not None and not given.refs]
    by_goods = [given for given in returns if given.item is None]
    done: list[GivenBack] = []
    elsewhere: dict[str, Return] = {}
    for given in named:
        done += _by_sale_and_item(given, sales, elsewhere, work)
    for given in by_item:
        done += _by_item(given, sales, work)
    for group in _groups(by_goods):
        done += _by_goods(group, sales, work)
    for basket in baskets:
        for line in basket.over:
            if line.gtin in serialized or line.serial is not None:
                _unclear(basket, line.place, (told_line(one) for one in line.told), work, units=1)
    return done


def _is_ours(given: Return, serialized: frozenset[str]) -> bool:
    return given.item is not None or given.line.gtin in serialized


def _assign_by_manager(returns: list[Return], work: Work) -> None:
    """Set the pieces that a manager says were given back, in the order of the units that lack one."""
    for group in _groups(given for given in returns if given.item is None):
        place = group[0].place
        home = basket_home(place.basket)
        assigned = work.rulings.assigned(case_key(home, "refund_unclear", str(place.line)))
        for given, (item, ruling) in zip(group, assigned.items(), strict=False):
            given.item, given.staff = item, ruling.staff


def _by_sale_and_item(given: Return, sales: _Sales, elsewhere: dict[str, Return], work: Work) -> list[GivenBack]:
    sale = _foreign(given)
    if sale is not None:
        before = elsewhere.setdefault(sale, given)
        if before is given:
            return [_told(given, sale=sale)]
        _refused(given, "refunded_twice", [told_line(line) for line in before.line.told], work)
        return []
    if not any(ref.sequence for ref in given.refs):
        return _by_item(given, sales, work)
    same = _likeliest_last(given, [unit for unit in sales.named(given) if unit.item == given.item])
    return _take(given, [unit for unit in same if unit.given_back_by is None], same, work)


def _by_item(given: Return, sales: _Sales, work: Work) -> list[GivenBack]:
    known, store = sales.by_item.get(given.item, []) if given.item else [], given.place.basket.store
    fits = (unit for unit in known if all(is_named(ref, unit.place, store) for ref in given.refs))
    before = _likeliest_last(given, [unit for unit in fits if may_be_before(unit.basket, given.basket, work.match)])
    return _take(given, [unit for unit in before if unit.given_back_by is None], before, work)


def _likeliest_last(given: Return, units: list[Unit]) -> list[Unit]:
    """Return the sales that a return may mean, the likeliest last: the latest before it.

    Those that seem to come after it count only where none comes before it, as clocks differ: else the next customer's
    would end. Its own basket's is the last resort.
    """
    own = [unit for unit in units if unit.basket is given.basket]
    earlier = [unit for unit in units if unit.basket.order < given.basket.order]
    later = [unit for unit in units if unit.basket.order > given.basket.order]
    return [*own, *(earlier or reversed(later))]


def _take(given: Return, live: list[Unit], same: list[Unit], work: Work) -> list[GivenBack]:
    if live:
        return [_given_back(given, live[-1])]
    if not same and not work.is_patience_over(given.basket.until, basket_home(given.basket.key)):
        return []
    evidence = [told_line(line) for unit in same for line in unit.line.told]
    for unit in same:
        if unit.given_back_by is not None:
            evidence += [told_line(line) for line in unit.given_back_by.line.told]
    _refused(given, "refunded_twice" if same else "refund_without_sale", evidence, work)
    return []


def _refused(given: Return, why: Reason, evidence: list[Evidence], work: Work) -> None:
    work.cases.add(
        why,
        basket_home(given.basket.key),
        given.name,
        at=given.basket.told_at,
        basket=given.basket.key,
        line=given.place.line,
        lane=given.basket.lane,
        gtin=given.line.gtin,
        units=1,
        pieces=[given.item] if given.item else [],
        evidence=[*(told_line(line) for line in given.line.told), *evidence],
    )


def _by_goods(group: list[Return], sales: _Sales, work: Work) -> list[GivenBack]:
    """Take the units of the sale that these name if no other could be meant: all that are left, or there is one.

    Tills count their receipts anew: :mod:`pos_bridge.matching.meant` has which a receipt without its day may be.
    """
    first = group[0]
    live = [
        unit
        for unit in sales.meant(first)
        if unit.given_back_by is None and unit.line.gtin == first.line.gtin and unit.basket is not first.basket
    ]
    if live and len(live) == len(group) and all(unit.item is not None for unit in live):
        return [_given_back(given, unit) for given, unit in zip(group, live, strict=True)]
    home = basket_home(first.basket.key)
    if work.is_patience_over(first.basket.until, home):
        evidence = [told_line(line) for unit in live for line in unit.line.told]
        evidence += [told_line(line) for line in first.line.told]
        pieces = [unit.item for unit in live if unit.item]
        _unclear(first.basket, first.place, evidence, work, units=len(group), pieces=pieces)
    return []


def _unclear(
    basket: Basket,
    place: LineKey,
    evidence: Iterable[Evidence],
    work: Work,
    *,
    units: int,
    pieces: list[ItemId] | None = None,
) -> None:
    line = next(line for line in basket.lines if line.place == place)
    refs = [
        said("sale_named", basket.told_at, till=ref.till, day=ref.business_day, receipt=ref.sequence, store=ref.store)
        for ref in line.refs
    ]
    work.cases.add(
        "refund_unclear",
        basket_home(basket.key),
        str(place.line),
        at=basket.told_at,
        basket=basket.key,
        line=place.line,
        lane=basket.lane,
        gtin=line.gtin,
        units=units,
        pieces=pieces or (),
        evidence=[*evidence, *refs],
    )


def _given_back(given: Return, unit: Unit) -> GivenBack:
    unit.given_back_by = given
    given.item = given.item or unit.item
    return _told(given, sale=unit.name)


def _told(given: Return, *, sale: str) -> GivenBack:
    if given.item is None:
        raise ValueError(f"{given.place} gives back no piece")
    how = "manager" if given.staff else "voided" if given.line.kind == "voided" else "returned"
    return GivenBack(sale=sale, item=given.item, refund=given.name, place=given.place, how=how, staff=given.staff)


def _foreign(given: Return) -> str | None:
    """Return the unit that another store sold, if the return says all that names it."""
    for ref in given.refs:
        if ref.store and ref.store != given.place.basket.store and ref.till and ref.business_day and ref.sequence:
            if ref.line is None:
                return None
            return unit_of_sale(
                store=ref.store,
                till=ref.till,
                business_day=ref.business_day,
                sequence=ref.sequence,
                line=ref.line,
                unit=1,
            )
    return None


def _groups(returns: Iterable[Return]) -> list[list[Return]]:
    """Put together what one basket gives back of one sale and one kind of goods."""
    groups: defaultdict[tuple[BasketKey, str | None, tuple[SaleRef, ...]], list[Return]] = defaultdict(list)
    for given in returns:
        groups[(given.place.basket, given.line.gtin, given.refs)].append(given)
    return list(groups.values())


def find_sold_twice(baskets: list[Basket], work: Work) -> None:
    """Open a case of every piece that is in two sales of which neither was given back."""
    for item, units in _Sales.of(baskets, frozenset(), work.match).by_item.items():
        live = [unit for unit in units if unit.given_back_by is None]
        if len(live) > 1:
            last = live[-1].basket
            work.cases.add(
                "sold_twice",
                item_home(item),
                *(unit.name for unit in live),
                at=last.told_at,
                basket=last.key,
                line=live[-1].place.line,
                lane=last.lane,
                gtin=live[-1].line.gtin,
                units=len(live),
                pieces=[item],
                evidence=[told_line(line) for unit in live for line in unit.line.told],
            )
