"""What a lane's page shows, worded for its reader: the same values for the page and for its live news."""

from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from photocore.money import decimals_of
from pos_bridge.ledger.views import BasketView
from pos_bridge.running import Bridge, Light
from pos_bridge.web.live import LaneEntry
from pos_bridge.web.words import Words
from sync.errors import JournalDown

BASKETS_SHOWN: Final = 5


class LightShown(msgspec.Struct, frozen=True, kw_only=True):
    """The light in words; ``tone`` is ``ok``, ``warn`` or ``bad``."""

    tone: str
    text: str


class EntryShown(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a list: what it is, what more there is to say, when."""

    number: int
    tone: str
    title: str
    detail: str
    at: str


class LaneShown(msgspec.Struct, frozen=True, kw_only=True):
    """All that moves on a lane's page."""

    light: LightShown
    entries: tuple[EntryShown, ...]
    baskets: tuple[EntryShown, ...]


class Times:
    """Writes instants as people in the store read them."""

    def __init__(self, bridge: Bridge) -> None:
        self._now = bridge.clock.now()
        names = {source.zone for source in bridge.settings.source.values()}
        self._zone = _zone(names.pop()) if len(names) == 1 else None

    def at(self, moment: datetime | str | None) -> str:
        """Return an instant by the store's clock: the time of today, the date of another day."""
        if not moment:
            return ""
        if isinstance(moment, str):
            if len(moment) == 10:
                return moment
            moment = datetime.fromisoformat(moment)
        here, now = (one.astimezone(self._zone) for one in (moment, self._now))
        return f"{here:%H:%M}" if here.date() == now.date() else f"{here:%Y-%m-%d %H:%M}"


def age_words(words: Words, seconds: float) -> str:
    """Return how long ago something was, in its largest unit."""
    for unit, of, most in (("seconds", 1, 120), ("minutes", 60, 120), ("hours", 3600, 72)):
        if seconds < most * of:
            return words.say(f"age.{unit}", n=int(seconds // of))
    return words.say("age.days", n=int(seconds // 86_400))


def show_light(light: Light, words: Words) -> LightShown:
    """Return the light in words: what is worst first."""
    if not light.is_kept:
        return LightShown(tone="bad", text=words.say("light.broken"))
    parts = [words.say("light.online" if light.online else "light.offline")]
    if light.waiting and not light.online:
        age = age_words(words, light.oldest_age_s or 0)
        parts.append(words.say("light.waiting", n=light.waiting, age=age))
    if light.cases_open:
        parts.append(words.say("light.cases", n=light.cases_open))
    return LightShown(tone="ok" if light.online else "warn", text=" · ".join(parts))


def show_lane(bridge: Bridge, lane: str, words: Words) -> LaneShown:
    """Return what the page of ``lane`` shows now. May wait for the disk."""
    times = Times(bridge)
    try:
        baskets = bridge.ledger.baskets(lane, BASKETS_SHOWN)
    except JournalDown:
        baskets = ()
    return LaneShown(
        light=show_light(bridge.light(), words),
        entries=tuple(_entry(entry, words, times) for entry in bridge.feed.last(lane)),
        baskets=tuple(show_basket(bridge, basket, words, times) for basket in baskets),
    )


def show_basket(bridge: Bridge, basket: BasketView, words: Words, times: Times) -> EntryShown:
    """Return a basket in a line: its number at the till, what was found in it, and whether something is open."""
    names = [
        words.say("basket.back" if piece.is_given_back else "basket.registered", name=name)
        if piece.is_given_back or piece.is_registered
        else name
        for piece in basket.pieces
        for name in (bridge.piece_name(piece.item),)
    ]
    return EntryShown(
        number=0,
        tone="wait" if basket.cases else "good" if basket.pieces else "quiet",
        title=words.say("basket.title", sequence=basket.basket.sequence, till=basket.basket.till),
        detail=", ".join(names) or words.say("basket.case" if basket.cases else "basket.none"),
        at=times.at(basket.at) or basket.basket.business_day,
    )


def write_money(minor: int, currency: str, language: str) -> str:
    """Return an amount as people write it."""
    decimals = decimals_of(currency)
    whole, part = divmod(abs(minor), 10**decimals)
    point = "," if language == "de" else "."
    sign = "-" if minor < 0 else ""
    return f"{sign}{whole}{point}{part:0{decimals}d} {currency}" if decimals else f"{sign}{whole} {currency}"


def _entry(entry: LaneEntry, words: Words, times: Times) -> EntryShown:
    why = words.about("why", entry.why) if entry.why else ""
    return EntryShown(
        number=entry.number,
        tone=entry.tone,
        title=entry.name or words.about("entry", entry.what),
        detail=": ".join(part for part in (words.about("entry", entry.what) if entry.name else "", why) if part),
        at=times.at(entry.at),
    )


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None
