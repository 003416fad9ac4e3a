"""The set of facts in bridge.db: each is kept once, and marks as dirty what it may bear on."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import apsw
import msgspec

from photocore.cards import CardNumber
from photocore.seams import Clock
from pos_bridge.errors import MessageUnreadable
from pos_bridge.ledger.knowledge import Knowledge
from pos_bridge.ledger.times import instant, micros
from pos_bridge.matching.assigning import goods_of, slack
from pos_bridge.matching.charging import code_name, scanned_on
from pos_bridge.matching.facts import Ruling
from pos_bridge.matching.joining import Span, gtin_of, merged_span, piece_of, span_of
from pos_bridge.matching.meant import days_of_returns
from pos_bridge.matching.outcome import basket_home, home_of_case, item_home, sighting_home
from pos_bridge.sale import SaleObserved, SaleRef
from pos_bridge.settings import MatchSettings, TillSettings
from pos_bridge.sighting import CardSighting, Sighting
from sync.registrations import mark_card
from sync.statements import Row, one, run, run_many

LONGEST_DAY: Final = 3 * 86_400_000_000
"""Microseconds that a basket without a time spans at most: its business day, in the zones of all its sources."""

_Q = "pos_bridge/facts."


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What keeping and deciding stand on. ``card_key`` makes the marks of cards."""

    settings: TillSettings
    knowledge: Knowledge
    clock: Clock
    card_key: bytes = field(repr=False)

    def mark(self, card: CardNumber) -> str:
        """Return what stands for a card."""
        return mark_card(card, self.card_key).hex()


@dataclass(frozen=True, kw_only=True)
class Told:
    """Lines of sales with what the roster knows of them, found out before the database is held."""

    lines: tuple[SaleObserved, ...]
    cards: Mapping[str, CardNumber]
    serialized: frozenset[str]
    store: str


def prepare_sales(ground: Ground, sales: Iterable[SaleObserved]) -> Told:
    """Check lines, and ask the roster about their goods and customers.

    Raises:
        MessageUnreadable: a line is none (an adapter's fault).
    """
    lines = tuple(_without_card(ground, _checked(line)) for line in sales)
    customers = {line.customer for line in lines if line.customer}
    cards = {text: card for text in customers if (card := ground.knowledge.card_of(text)) is not None}
    gtins = {line.gtin for line in lines if line.gtin}
    serialized = frozenset(gtin for gtin in gtins if ground.knowledge.is_serialized(gtin))
    return Told(lines=lines, cards=cards, serialized=serialized, store=ground.knowledge.store)


def keep_sales(connection: apsw.Connection, ground: Ground, told: Told) -> int:
    """Write lines that are not known; return how many."""
    return sum([_keep_line(connection, ground, told, line) for line in told.lines])


def keep_sightings(connection: apsw.Connection, ground: Ground, sightings: Iterable[Sighting]) -> int:
    """Write what was seen and is not known by its ID; return how much."""
    del ground
    return sum([_keep_sighting(connection, sighting) for sighting in sightings])


def keep_card(connection: apsw.Connection, ground: Ground, sighting: CardSighting) -> bool:
    """Write that a card was seen, and its number for as long as it may be needed."""
    mark, at = ground.mark(sighting.card), micros(sighting.at)
    row = {"id": sighting.id, "at": at, "lane": sighting.lane, "mark": mark, "receipt": sighting.receipt}
    if not run(connection, _Q + "keep_card_seen", row):
        return False
    _keep_number(connection, sighting.card, mark, at)
    touch_about_card(connection, ground.settings, sighting.lane, at)
    return True


def keep_ruling(connection: apsw.Connection, ruling: Ruling) -> bool:
    """Write what a manager decided, and let its case be decided again."""
    home, item = home_of_case(ruling.case), item_home(ruling.item) if ruling.item else None
    row = {"id": ruling.id, "about": ruling.case, "home": home, "item": item, "body": msgspec.json.encode(ruling)}
    if not run(connection, _Q + "keep_ruling", row):
        return False
    touch(connection, home)
    if ruling.decision == "count":
        run(connection, _Q + "ask_again", {"case": ruling.case})
    return True


def touch(connection: apsw.Connection, *homes: str) -> None:
    """Let what is kept at these homes be decided again."""
    run_many(connection, _Q + "touch", [{"home": home} for home in homes])


def touch_name(connection: apsw.Connection, name: str) -> None:
    """Let the baskets be decided again that bear a piece or an order code."""
    run(connection, _Q + "touch_named", {"name": name})


def touch_all(connection: apsw.Connection) -> None:
    """Let everything be decided again."""
    run(connection, _Q + "touch_baskets")
    run(connection, _Q + "touch_sightings")


def touch_about_card(connection: apsw.Connection, settings: TillSettings, lane: str, at: int) -> None:
    """Let what a card at a lane may lie with be decided again: baskets that end after it, pieces seen about it."""
    match = settings.match
    span = {
        "since": at - _us(slack(match)),
        "until": at + _us(timedelta(seconds=match.before_s)),
        "skew": _us(timedelta(seconds=match.skew_s)),
        "tills": msgspec.json.encode(tills_of(settings, lane)).decode(),
    }
    run(connection, _Q + "touch_ended", span)
    if lane in settings.lane and settings.lane[lane].registers == "at_scan":
        after = _us(timedelta(seconds=match.after_s))
        run(connection, _Q + "touch_seen", {"lane": lane, "since": at - after, "until": at + after})


def tills_of(settings: TillSettings, lane: str) -> list[str]:
    """Return all names that sources may call a lane's till by."""
    own = settings.lane[lane].tills if lane in settings.lane else ()
    return [till for till in (lane, *own) if settings.lane_of(till) == lane]


def learn_serialized(connection: apsw.Connection, gtin: str) -> None:
    """Note that goods have serials, and decide again on all of it that was sold as if they had none."""
    if run(connection, _Q + "learn_serialized", {"gtin": gtin}):
        run(connection, _Q + "touch_share", {"gtin": gtin})


def reach_of(match: MatchSettings) -> timedelta:
    """Return how far apart in time a scan and its basket may lie at most, either way."""
    longest = max(match.before_s, match.after_s) + slack(match).total_seconds()
    return timedelta(seconds=longest + abs(match.skew_s), microseconds=1)


def elsewhere_name(ref: SaleRef) -> str:
    """Return what a sale of another store is called where the baskets are found by it that give it back."""
    return "u" + hashlib.sha256(msgspec.json.encode((ref.store, ref.sequence))).hexdigest()[:16]


def gtins_without_serials(connection: apsw.Connection) -> list[str]:
    """Return the GTINs on lines of which nobody knows a piece."""
    return [row[0] for row in run(connection, _Q + "gtins_without_serials")]


def _checked(line: SaleObserved) -> SaleObserved:
    try:
        checked = msgspec.json.decode(msgspec.json.encode(line), type=SaleObserved)
    except msgspec.ValidationError as cause:
        raise MessageUnreadable(f"line {line.line} of receipt {line.sequence!r}: {cause}") from cause
    if checked.given_back is not None and checked.given_back.sequence is None and checked.given_back.line is not None:
        raise MessageUnreadable(f"line {line.line} of receipt {line.sequence!r} gives back a line of no receipt")
    return checked


def _without_card(ground: Ground, line: SaleObserved) -> SaleObserved:
    """Return a line without the card that a cashier scanned as if it were goods: its number is kept nowhere."""
    if not line.code or scanned_on([line.code], ground.settings.codes) is not None:
        return line
    return msgspec.structs.replace(line, code="") if ground.knowledge.card_of(line.code) is not None else line


def _keep_line(connection: apsw.Connection, ground: Ground, told: Told, line: SaleObserved) -> int:
    card = told.cards.get(line.customer) if line.customer else None
    mark = ground.mark(card) if card else None
    kept = msgspec.structs.replace(line, customer=mark)
    body = msgspec.json.encode(kept)
    digest = hashlib.sha256(body).digest()[:16]
    if one(connection, _Q + "is_line_kept", {"home": basket_home(line.basket), "id": digest}) is not None:
        return 0
    if card is not None and mark is not None:
        _keep_number(connection, card, mark, micros(ground.clock.now()))
    number = _keep_basket(connection, ground, kept, is_own=line.store == told.store)
    run(connection, _Q + "keep_line", {"id": digest, "basket": number, "body": body})
    _keep_names(connection, ground, kept, number, is_serialized=line.gtin in told.serialized)
    touch(connection, basket_home(line.basket))
    return 1


def _keep_basket(connection: apsw.Connection, ground: Ground, line: SaleObserved, *, is_own: bool) -> int:
    """Write the basket of a line, or what the line adds to its time; return its number."""
    settings = ground.settings
    told, home = span_of(line, settings), basket_home(line.basket)
    row = one(connection, _Q + "basket", {"home": home})
    if row is None:
        key = line.basket
        where = {"store": key.store, "till": key.till, "business_day": key.business_day, "sequence": key.sequence}
        number = int(run(connection, _Q + "keep_basket", {"home": home} | where | _row(told))[0][0])
        if is_own:
            _touch_about_end(connection, ground.settings, line.till, told.at)
        return number
    number, known = int(row[0]), _span(row)
    now = merged_span([known, told])
    if now != known:
        near = {"number": number, "reach": _us(reach_of(settings.match)), "longest": LONGEST_DAY}
        run(connection, _Q + "touch_seen_near", {"number": number, "reach": near["reach"]})
        run(connection, _Q + "touch_sold_near", near)
        if (days := days_of_returns(line.business_day)) is not None:
            run(connection, _Q + "touch_returns", {"number": number, "first": days[0], "last": days[1]})
        run(connection, _Q + "change_basket", {"number": number} | _row(now))
        run(connection, _Q + "change_shares", {"number": number} | _row(now))
        for end in (known.at, now.at) if is_own else ():
            _touch_about_end(connection, ground.settings, line.till, end)
    return number


def _span(row: Row) -> Span:
    at = instant(row[1]) if row[1] is not None else None
    return Span(at=at, since=instant(row[2]), until=instant(row[3]))


def _row(span: Span) -> dict[str, int | None]:
    at = micros(span.at) if span.at is not None else None
    return {"at": at, "since": micros(span.since), "until": micros(span.until)}


def _touch_about_end(connection: apsw.Connection, settings: TillSettings, till: str, at: datetime | None) -> None:
    """Let the next baskets of the lane be decided again, if cards were seen that may have been this one's."""
    lane = settings.lane_of(till)
    if lane is None or at is None:
        return
    before, end = timedelta(seconds=settings.match.before_s), micros(at) + _us(timedelta(seconds=settings.match.skew_s))
    span = {"since": end - _us(before), "until": end + _us(slack(settings.match))}
    cards = run(connection, _Q + "cards_seen", {"lane": lane} | span)
    for seen in sorted({row[1] for row in cards}):
        touch_about_card(connection, settings, lane, seen)


def _keep_names(
    connection: apsw.Connection, ground: Ground, line: SaleObserved, basket: int, *, is_serialized: bool
) -> None:
    """Write all that a basket is found by for this line's sake."""
    item = piece_of(line.serial)
    gtin = line.gtin or (gtin_of(item) if item else None)
    if gtin:
        run(connection, _Q + "keep_share", {"gtin": gtin, "basket": basket})
        run(connection, _Q + "keep_goods", {"gtin": gtin})
        if item or is_serialized:
            learn_serialized(connection, gtin)
    names = [item_home(item)] if item else []
    scanned = scanned_on([text for text in (line.code, line.gtin) if text], ground.settings.codes)
    if scanned is not None:
        names.append(code_name(scanned.form, scanned.reference))
    if line.given_back is not None and line.given_back.store not in (None, line.store):
        names.append(elsewhere_name(line.given_back))
    run_many(connection, _Q + "keep_name", [{"name": name, "basket": basket} for name in names])
    ref = line.given_back
    if ref is not None and ref.sequence is not None:
        said = {"business_day": ref.business_day or "", "till": ref.till or "", "store": ref.store or line.store}
        run(connection, _Q + "keep_given_back", {"sequence": ref.sequence, "basket": basket} | said)


def _keep_sighting(connection: apsw.Connection, sighting: Sighting) -> int:
    home, gtin = sighting_home(sighting.id), goods_of(sighting)
    row = {
        "home": home,
        "at": micros(sighting.at),
        "lane": sighting.lane,
        "item": item_home(sighting.item) if sighting.item else None,
        "gtin": gtin,
        "body": msgspec.json.encode(sighting),
    }
    if not run(connection, _Q + "keep_sighting", row):
        return 0
    touch(connection, home)
    if sighting.item and gtin:
        learn_serialized(connection, gtin)
    return 1


def _keep_number(connection: apsw.Connection, card: CardNumber, mark: str, at: int) -> None:
    number = msgspec.json.encode({"table": card.table, "number": card.number, "issue": card.issue})
    run(connection, _Q + "keep_number", {"mark": mark, "number": number, "at": at})


def _us(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
