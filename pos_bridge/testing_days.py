"""Days at tills, made up from numbers that somebody else chooses: for properties over many of them.

Everything that can go wrong does, and often: times are close together, pieces few, receipts reused.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from photocore.cards import CardNumber
from photocore.ids import ItemId
from pos_bridge.matching.facts import BasketEnd, CardSeen, Ruling, TillFacts
from pos_bridge.matching.outcome import Reason, basket_home, case_key
from pos_bridge.sale import WHOLE, Kind, SaleObserved, SaleRef
from pos_bridge.settings import LaneSettings, MatchSettings, SourceSettings, TillSettings
from pos_bridge.sighting import CardSighting, Sighting, Via

Choose = Callable[[int], int]
"""Returns a number from 0 below the given one."""

Fact = SaleObserved | Sighting | CardSighting | Ruling

STORE = "4012345000009"
OTHER_STORE = "4012345000016"
FILM, SLIDES, BREAD = "04012345678901", "04012345678918", "04012345678925"
BEGIN = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LATER = BEGIN + timedelta(days=9)
"""When patience with all of it is over."""

SETTINGS = TillSettings(
    lane={
        "1": LaneSettings(tills=("kasse-1",)),
        "2": LaneSettings(tills=("kasse-2", "kasse-2b"), registers="at_scan"),
        "3": LaneSettings(tills=("kasse-3",), registers="never"),
    },
    source={
        "pos": SourceSettings(kind="standard", store=STORE),
        "office": SourceSettings(kind="files", store=STORE, zone="America/New_York"),
    },
    match=MatchSettings(before_s=90, after_s=40, patience_h=6),
)
TILLS = ("kasse-1", "kasse-2", "kasse-2b", "kasse-3", "kasse-4")
CARDS = tuple(CardNumber(table="club", number=f"299900000{n}") for n in range(3))

_RECEIPTS: tuple[str | None, ...] = ("r", "r", None)
_REASONS: tuple[Reason, ...] = (
    "sale_without_scan",
    "more_scans_than_sold",
    "negative_price",
    "refund_unclear",
    "told_twice_differently",
)


def piece(gtin: str, serial: int) -> ItemId:
    """Return a piece of some goods."""
    return ItemId(f"(01){gtin}(21)SERIAL{serial:04d}")


@dataclass
class Day:
    """What happened, as whoever tells it tells it; of so many ``pieces``, on so many ``receipts`` a till."""

    choose: Choose
    facts: list[Fact] = field(default_factory=list[Fact])
    pieces: int = 5
    receipts: int = 12

    @property
    def lines(self) -> list[SaleObserved]:
        """Return all lines told so far."""
        return [fact for fact in self.facts if isinstance(fact, SaleObserved)]

    def at(self) -> datetime:
        """Return an instant; most are close to each other."""
        return BEGIN + timedelta(seconds=self.choose(40) * 10 + self.choose(3) * 7000 + self.choose(2) * 86_400)


@dataclass
class RoundTheClock(Day):
    """A day without a pause: the goods sell again before a scan of the last sale could be of no other."""

    def at(self) -> datetime:
        """Return an instant; there are as many as there are receipts, and little lies between two."""
        return BEGIN + timedelta(seconds=self.choose(2 * self.receipts) * 20 + self.choose(5) * 4)


@dataclass
class NumberedAnew(Day):
    """Two hundred days of tills that number their receipts anew each day; returns seldom say which day they mean."""

    tills: int = 2

    def at(self) -> datetime:
        """Return an instant of a day; few of them are the first hundred."""
        return BEGIN + timedelta(days=60 - self.choose(10) ** 2 * 2, seconds=self.choose(40) * 10)


def make_day(choose: Choose, size: int, day: Day | None = None) -> list[Fact]:
    """Return so many things that happened, and some that were told twice."""
    day = day or Day(choose)
    deeds = _DEEDS + _DEEDS_OF_MANY_DAYS if isinstance(day, NumberedAnew) else _DEEDS
    for _ in range(size):
        deeds[choose(len(deeds))](day)
    return day.facts


def facts_of(facts: list[Fact], mark: Callable[[CardNumber], str], store: str = STORE) -> TillFacts:
    """Return facts as a set, cards by their marks."""
    known = {card.number: card for card in CARDS}
    lines = [fact for fact in facts if isinstance(fact, SaleObserved)]
    marked = (
        msgspec.structs.replace(line, customer=mark(known[line.customer]) if line.customer in known else None)
        for line in lines
    )
    return TillFacts(
        store=store,
        lines=frozenset(marked),
        sightings=frozenset(fact for fact in facts if isinstance(fact, Sighting)),
        cards=frozenset(
            CardSeen(id=fact.id, at=fact.at, lane=fact.lane, mark=mark(fact.card), receipt=fact.receipt)
            for fact in facts
            if isinstance(fact, CardSighting)
        ),
        rulings=frozenset(fact for fact in facts if isinstance(fact, Ruling)),
        serialized=frozenset([SLIDES]),
        ends=frozenset[BasketEnd](),
    )


def _sell(day: Day) -> None:
    """Sell film at a till, most often with its scan before."""
    line = _line(day, "sold", str(day.choose(day.receipts)), day.at())
    day.facts.append(line)
    if line.serial is None and line.gtin != BREAD and line.at is not None and day.choose(5):
        lane = SETTINGS.lane_of(line.till) if day.choose(6) else None
        for unit in range(line.quantity + (0 if day.choose(6) else 1)):
            seen = datetime.fromisoformat(line.at) - timedelta(seconds=day.choose(80) - 8)
            _see(day, piece(line.gtin or FILM, day.choose(day.pieces) + unit), seen, lane)
            if lane and day.choose(3) == 0:
                name, receipt = f"card-{len(day.facts)}", _RECEIPTS[day.choose(3)]
                shown = CardSighting(id=name, at=seen, lane=lane, card=CARDS[day.choose(3)], receipt=receipt)
                day.facts.append(shown)


def _tell_again(day: Day) -> None:
    """Tell a line once more: the same, or by another source, who knows less, or says something else."""
    if not day.lines:
        return
    line = day.lines[day.choose(len(day.lines))]
    changes: dict[str, Any] = {"source": "office", "event": f"o-{line.event}"}
    word = day.choose(6)
    if word == 0:
        changes = {}
    elif word == 1:
        changes |= {"at": None}
    elif word == 2:
        changes |= {"quantity": line.quantity + 1}
    elif word == 3:
        changes |= {"serial": str(piece(FILM, day.choose(day.pieces))), "gtin": FILM}
    elif word == 4:
        changes |= {"customer": CARDS[day.choose(3)].number}
    else:
        changes |= {"amount": 1299, "currency": "EUR"}
    day.facts.append(msgspec.structs.replace(line, **changes))


def _tell_another_time(day: Day) -> None:
    """Tell a line of a receipt once more, at a time that is another."""
    timed = [line for line in day.lines if line.at is not None]
    if timed:
        line = timed[day.choose(len(timed))]
        at = datetime.fromisoformat(line.at or "") - timedelta(seconds=day.choose(400))
        office = {"source": "office", "event": f"t-{len(day.facts)}", "at": at.isoformat(timespec="microseconds")}
        day.facts.append(msgspec.structs.replace(line, **office))


def _void(day: Day) -> None:
    """Void something in its own basket."""
    sold = [line for line in day.lines if line.kind == "sold"]
    if sold:
        line = sold[day.choose(len(sold))]
        named = SaleRef(sequence=line.sequence, line=line.line) if day.choose(2) else None
        at = None if line.at is None else datetime.fromisoformat(line.at)
        day.facts.append(_line(day, "voided", line.sequence, at, like=line, given_back=named))


def _void_whole(day: Day) -> None:
    """Say that a receipt does not stand as a whole."""
    if day.lines:
        of = day.lines[day.choose(len(day.lines))]
        own = SaleRef(till=of.till, business_day=of.business_day, sequence=of.sequence)
        nothing: dict[str, Any] = {"gtin": None, "serial": None, "customer": None, "amount": None, "quantity": 1}
        where = {"event": f"w-{len(day.facts)}", "line": WHOLE, "kind": "voided", "at": None, "given_back": own}
        day.facts.append(msgspec.structs.replace(of, **nothing, **where))


def _give_back(day: Day) -> None:
    """Give something back that was sold, or perhaps was not: by receipt, by piece, by both, or by the goods alone."""
    sold = [line for line in day.lines if line.kind == "sold"]
    if not sold:
        return
    line = sold[day.choose(len(sold))]
    ref = SaleRef(sequence=line.sequence, till=line.till if day.choose(2) else None)
    if day.choose(8) == 0:
        ref = SaleRef(sequence=line.sequence, till=line.till, business_day=line.business_day, line=1, store=OTHER_STORE)
    named = ref if day.choose(3) else None
    gtin = line.gtin or FILM
    serial = str(piece(gtin, day.choose(day.pieces))) if day.choose(2) else None
    kind: Kind = "voided" if day.choose(4) == 0 else "returned"
    at = day.at()
    back = _line(
        day, kind, str(day.choose(day.receipts)), at, like=line, given_back=named, serial=serial, till=_till(day)
    )
    day.facts.append(back)
    if serial is None and day.choose(2):
        _see(
            day,
            piece(gtin, day.choose(day.pieces)),
            at - timedelta(seconds=day.choose(50)),
            SETTINGS.lane_of(back.till),
        )


def _scan(day: Day) -> None:
    """See a piece, or its goods alone."""
    lane = ("1", "2", "3", "9", None)[day.choose(5)]
    item = piece((FILM, SLIDES)[day.choose(2)], day.choose(day.pieces)) if day.choose(4) else None
    _see(day, item, day.at(), lane)


def _undo_seen(day: Day) -> None:
    """Undo what a kiosk saw registered; of what a lane saw there is no undoing, whoever says so."""
    seen = [fact for fact in day.facts if isinstance(fact, Sighting)]
    if seen:
        one = seen[day.choose(len(seen))]
        undone = {"id": f"{one.id}-undone", "undoes": one.id, "via": "kiosk", "lane": None, "receipt": None}
        day.facts.append(msgspec.structs.replace(one, **undone))


def _show_card(day: Day) -> None:
    """Scan a card at a lane."""
    lane = ("1", "2", "3")[day.choose(3)]
    card = CARDS[day.choose(3)]
    receipt = _RECEIPTS[day.choose(3)]
    day.facts.append(CardSighting(id=f"card-{len(day.facts)}", at=day.at(), lane=lane, card=card, receipt=receipt))


def _rule(day: Day) -> None:
    """Let a manager say something of some case, whether it is one or not."""
    if not day.lines:
        return
    line = day.lines[day.choose(len(day.lines))]
    reason = _REASONS[day.choose(len(_REASONS))]
    by_goods = reason in ("sale_without_scan", "more_scans_than_sold")
    key = case_key(basket_home(line.basket), reason, (line.gtin or FILM) if by_goods else str(line.line))
    number = len(day.facts)
    earlier = [fact for fact in day.facts if isinstance(fact, Ruling) and fact.decision != "undo"]
    at = BEGIN + timedelta(days=3, seconds=number)
    if earlier and day.choose(4) == 0:
        undone = earlier[day.choose(len(earlier))]
        day.facts.append(Ruling(id=f"rule-{number}", case=undone.case, decision="undo", of=undone.id, at=at))
    elif day.choose(2):
        item = piece(line.gtin or FILM, day.choose(day.pieces))
        day.facts.append(Ruling(id=f"rule-{number}", case=key, decision="assign", item=item, at=at))
    elif day.choose(2):
        about = case_key(basket_home(line.basket), "told_twice_differently", str(line.line))
        word = {"source": ("pos", "office")[day.choose(2)], "event": line.event if day.choose(4) == 0 else None}
        day.facts.append(
            msgspec.convert({"id": f"rule-{number}", "case": about, "decision": "believe", "at": at} | word, Ruling)
        )
    else:
        decision = ("count", "none", "close")[day.choose(3)]
        day.facts.append(Ruling(id=f"rule-{number}", case=key, decision=decision, at=at))


def _see(day: Day, item: ItemId | None, at: datetime, lane: str | None) -> None:
    via: Via = "tee" if lane else "kiosk"
    gtin = item[4:18] if item else FILM
    name, receipt = f"seen-{len(day.facts)}", _RECEIPTS[day.choose(3)]
    day.facts.append(Sighting(id=name, at=at, via=via, lane=lane, item=item, gtin=gtin, receipt=receipt))


def _till(day: Day) -> str:
    return TILLS[day.choose(day.tills if isinstance(day, NumberedAnew) else len(TILLS))]


def _line(
    day: Day,
    kind: Kind,
    sequence: str,
    at: datetime | None,
    *,
    like: SaleObserved | None = None,
    given_back: SaleRef | None = None,
    serial: str | None = None,
    till: str = "",
) -> SaleObserved:
    gtin = like.gtin if like else (FILM, FILM, FILM, SLIDES, BREAD)[day.choose(5)]
    if like is None and gtin != BREAD and day.choose(5) == 0:
        serial = str(piece(gtin or FILM, day.choose(day.pieces)))
    told = at is not None and day.choose(8) > 0
    number = len(day.facts)
    return SaleObserved(
        source="pos",
        event=f"e-{number}",
        store=OTHER_STORE if like is None and day.choose(15) == 0 else STORE,
        till=till or (like.till if like else _till(day)),
        business_day=(at or BEGIN).date().isoformat() if like is None or till else like.business_day,
        sequence=sequence,
        line=number,
        kind=kind,
        gtin=gtin,
        serial=serial,
        quantity=1 if serial else (1, 1, 1, 2, 3)[day.choose(5)],
        amount=(None, 1299, 0, -500)[day.choose(4)] if day.choose(3) == 0 else None,
        customer=CARDS[day.choose(3)].number if day.choose(6) == 0 else None,
        at=at.isoformat(timespec="microseconds") if told and at else None,
        given_back=given_back,
    )


_DEEDS = (
    *(_sell, _sell, _sell, _sell, _tell_again, _void, _void_whole, _give_back, _give_back),
    *(_scan, _undo_seen, _show_card, _rule),
)
_DEEDS_OF_MANY_DAYS = (_sell, _sell, _sell, _give_back, _tell_another_time, _tell_another_time)
