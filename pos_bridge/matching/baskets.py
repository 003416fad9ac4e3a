"""Baskets: the lines of one transaction, less what was voided within it, as single units."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from photocore.ids import ItemId
from pos_bridge.matching.joining import Disagreement, Joined, Span, gtin_of, merged_span, piece_of
from pos_bridge.sale import WHOLE, BasketKey, LineKey, SaleObserved, SaleRef
from pos_bridge.settings import TillSettings


@dataclass(slots=True, kw_only=True)
class Unit:
    """One unit that was sold, and stayed so to the end of its basket. ``item`` is set once its piece is known."""

    line: Joined
    number: int
    basket: "Basket"
    item: ItemId | None = None
    how: Literal["line", "scan", "kiosk", "manager"] = "line"
    staff: str | None = None
    given_back_by: "Return | None" = None

    @property
    def place(self) -> LineKey:
        """Return the line it is of."""
        return self.line.place

    @property
    def name(self) -> str:
        """Return its name, as events bear it."""
        return self.line.place.unit(self.number)


@dataclass(slots=True, kw_only=True)
class Return:
    """One unit that a line gives back: a return, or the void of what an earlier basket sold."""

    line: Joined
    number: int
    basket: "Basket"
    refs: tuple[SaleRef, ...]
    item: ItemId | None = None
    staff: str | None = None

    @property
    def place(self) -> LineKey:
        """Return the line it is of."""
        return self.line.place

    @property
    def name(self) -> str:
        """Return its name, as events bear it."""
        return self.line.place.unit(self.number)


@dataclass(slots=True, kw_only=True, eq=False)
class Basket:
    """One transaction. ``end`` is when it ended, None where no source tells; then ``since`` and ``until`` are its day.

    ``disputed`` are lines that its sources tell differently; ``over`` are lines that void more than the basket sold.
    ``is_void``: a till says that nothing of it stands.
    """

    key: BasketKey
    lane: str | None
    end: datetime | None
    since: datetime
    until: datetime
    lines: list[Joined]
    disputed: list[Disagreement] = field(default_factory=list[Disagreement])
    is_void: bool = False
    units: list[Unit] = field(default_factory=list[Unit])
    returns: list[Return] = field(default_factory=list[Return])
    over: list[Joined] = field(default_factory=list[Joined])

    @property
    def gtins(self) -> set[str]:
        """Return the GTINs of all its lines, voided ones too."""
        return {line.gtin for line in self.lines if line.gtin}

    @property
    def told(self) -> list[SaleObserved]:
        """Return all that any source tells of any of its lines, whether it counts or not."""
        return [told for line in (*self.lines, *self.disputed) for told in line.told]

    @property
    def pieces(self) -> set[ItemId]:
        """Return the pieces that any source tells of."""
        return {item for line in self.told if (item := piece_of(line.serial)) is not None}

    @property
    def goods(self) -> set[str]:
        """Return the GTINs that any source tells of; of a line without one, its piece's."""
        items = {line.serial: piece_of(line.serial) for line in self.told if line.serial and not line.gtin}
        known = {line.gtin for line in self.told if line.gtin}
        return known | {gtin for item in items.values() if item is not None and (gtin := gtin_of(item))}

    @property
    def order(self) -> tuple[datetime, int, BasketKey]:
        """Return what baskets are put in order by; sequence numbers without a time go by their length first."""
        return self.since, len(self.key.sequence), self.key

    @property
    def told_at(self) -> str:
        """Return its time as cases show it."""
        return self.end.isoformat() if self.end else self.key.business_day


def make_baskets(
    joined: Iterable[Joined], disagreements: Iterable[Disagreement], settings: TillSettings
) -> list[Basket]:
    """Return the baskets in order. Of lines that are told differently nothing counts but when their basket ended."""
    lines: defaultdict[BasketKey, list[Joined]] = defaultdict(list)
    spans: defaultdict[BasketKey, list[Span]] = defaultdict(list)
    disputed: defaultdict[BasketKey, list[Disagreement]] = defaultdict(list)
    for line in joined:
        lines[line.place.basket].append(line)
        spans[line.place.basket].append(line.span)
    for line in disagreements:
        spans[line.place.basket].append(line.span)
        disputed[line.place.basket].append(line)
    baskets = [_basket(key, lines[key], merged_span(found), settings) for key, found in spans.items()]
    for basket in baskets if disputed else ():
        basket.disputed = disputed.get(basket.key, [])
    return sorted(baskets, key=lambda basket: basket.order)


def split_units(basket: Basket, counted: Collection[Joined]) -> None:
    """Fill in what the basket sold and gave back, of the lines that count: nothing, where it is void as a whole."""
    if basket.is_void:
        return
    sold = [line for line in counted if line.kind == "sold"]
    left = {line.place: line.quantity for line in sold}
    for line in counted:
        if line.kind == "voided" and _is_of_own_basket(line, sold):
            over = _void(line, sold, left)
            if over:
                basket.over.append(line)
        elif line.kind != "sold":
            basket.returns += _returns(line, basket)
    for line in sold:
        for number in range(1, left[line.place] + 1):
            basket.units.append(
                Unit(line=line, number=number, basket=basket, item=line.serial if number == 1 else None)
            )


def _basket(key: BasketKey, lines: list[Joined], span: Span, settings: TillSettings) -> Basket:
    skew = timedelta(seconds=settings.match.skew_s)
    return Basket(
        key=key,
        lane=settings.lane_of(key.till),
        end=span.at + skew if span.at else None,
        since=span.since + skew,
        until=span.until + skew,
        lines=lines,
        is_void=any(line.place.line == WHOLE and line.kind == "voided" for line in lines),
    )


def _is_of_own_basket(void: Joined, sold: list[Joined]) -> bool:
    """Say whether a void is of its own basket: it names no other sale, and something like it was sold there."""
    key = void.place.basket
    if any(not _names(ref, key) for ref in void.refs):
        return False
    return bool(void.refs) or any(_is_like(line, void) for line in sold)


def _names(ref: SaleRef, key: BasketKey) -> bool:
    return (
        ref.till in (None, key.till)
        and ref.business_day in (None, key.business_day)
        and ref.sequence in (None, key.sequence)
        and ref.store in (None, key.store)
    )


def _is_like(line: Joined, void: Joined) -> bool:
    if void.serial is not None and line.serial is not None:
        return line.serial == void.serial
    return bool(line.gtin) and line.gtin == void.gtin if void.gtin else bool(line.texts & void.texts)


def _void(void: Joined, sold: list[Joined], left: dict[LineKey, int]) -> int:
    """Take a void off the lines it is of; return how many units of it found nothing to be taken off.

    A line it names comes first, then one of the same piece, then those of the same goods, the last first.
    """
    numbers = {ref.line for ref in void.refs if ref.line is not None}
    alike = [line for line in sold if _is_like(line, void) or line.place.line in numbers]

    def rank(line: Joined) -> tuple[bool, bool, int]:
        is_named, is_piece = line.place.line in numbers, line.serial is not None and line.serial == void.serial
        return not is_named, not is_piece, -line.place.line

    owed = void.quantity
    for line in sorted(alike, key=rank):
        taken = min(owed, left[line.place])
        left[line.place] -= taken
        owed -= taken
    return owed


def _returns(line: Joined, basket: Basket) -> list[Return]:
    return [
        Return(
            line=line,
            number=number,
            basket=basket,
            refs=line.refs,
            item=line.serial if number == 1 else None,
        )
        for number in range(1, line.quantity + 1)
    ]
