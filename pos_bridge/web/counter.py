"""What a cashier does at a lane's page: one field for whatever is scanned, orders to charge, film in, bags out.

Plain functions of the bridge and what was typed; blocking, so they run off the loop. What they find out shows on the
lane's page and sounds there.
"""

from dataclasses import dataclass
from itertools import zip_longest
from typing import Final, TypeVar, get_args

from photocore.codes import parse_order_code
from photocore.errors import CodeError
from photocore.ids import ItemId
from photocore.scans import OrderCodeScan, ReceiptScan
from photocore.till_kinds import MOST_STOPS, Negatives, Process, ScanSize
from photocore.twin_checks import BAG, parse_season_number
from pos_bridge.errors import BridgeRefusal, SourceDown
from pos_bridge.lanes.hearing import CodeSeen
from pos_bridge.lanes.meaning import Seen
from pos_bridge.orders.store import Issued
from pos_bridge.running import Bridge
from pos_bridge.sighting import Sighting
from pos_bridge.web.forms import Form
from sync.errors import JournalDown
from sync.till_views import DropNumbers, Dropped, DropRoll, DropWish

Choice = TypeVar("Choice", bound=str)

PROCESSES: Final[tuple[Process, ...]] = get_args(Process)
SCAN_SIZES: Final[tuple[ScanSize, ...]] = get_args(ScanSize)
NEGATIVES: Final[tuple[Negatives, ...]] = get_args(Negatives)
STOPS: Final = tuple(range(-MOST_STOPS, MOST_STOPS + 1))
MOST_ROLLS: Final = 20
MOST_SCAN_CHARS: Final = 400
MOST_NOTE: Final = 60
AS_FIRST: Final = "first"


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What came of a scan: ``kind`` says what it was, ``text`` its canonical text where the page goes on with it."""

    kind: str
    text: str = ""


def scan(bridge: Bridge, lane: str, text: str) -> Deed:
    """Take whatever was scanned or typed at ``lane``; only a claim stub and an order code want a page of their own."""
    text = text.strip()[:MOST_SCAN_CHARS]
    if not text:
        return Deed(kind="nothing")
    if (bag := bag_in(text)) is not None:
        return Deed(kind="bag", text=bag)
    now = bridge.clock.now()
    seen = Seen(id=bridge.entropy.token(16).hex(), at=now, lane=lane, via="cashier")
    meaning = bridge.reader.read(text.encode(), seen)
    if isinstance(meaning, CodeSeen):
        code = _order_code(meaning)
        if code is not None:
            return Deed(kind="order", text=code)
    try:
        bridge.heard(meaning, lane)
    except JournalDown:
        bridge.feed.note(lane, "refused", tone="refused", why="journal_down")
        raise
    return Deed(kind="nothing" if meaning is None else "seen")


def wants_page(text: str) -> bool:
    """Say whether a scan leads to a page of its own: a claim stub, or an order's code."""
    try:
        return bag_in(text) is not None or bool(parse_order_code(text))
    except CodeError:
        return False


def bag_in(text: str) -> str | None:
    """Return the bag's number that a claim stub says, None for anything else."""
    try:
        number = parse_season_number(text)
    except CodeError:
        return None
    return number.text if number.prefix == BAG else None


def _order_code(seen: CodeSeen) -> str | None:
    if isinstance(seen.scan, OrderCodeScan):
        return seen.scan.code
    try:
        return parse_order_code(seen.text)
    except CodeError:
        return None


def charge(bridge: Bridge, lane: str, text: str) -> Issued:
    """Return the code that charges an order at this till's scanner.

    Raises:
        BridgeRefusal: it is none, or cannot be charged; the lane's page shows why.
        JournalDown: nothing can be kept.
    """
    try:
        issued = bridge.codes.issue(text[:MOST_SCAN_CHARS], f"lane {lane}")
    except SourceDown as down:
        bridge.feed.note(lane, "order_code", tone="refused", why="source_down")
        raise BridgeRefusal("source_down", str(down)) from down
    except BridgeRefusal as refusal:
        bridge.feed.note(lane, "order_code", tone="refused", why=refusal.reason)
        raise
    bridge.ledger.touch_code(issued.form, issued.reference)
    bridge.feed.note(lane, "order_code", name=issued.code)
    return issued


class RollRefused(BridgeRefusal):
    """A row of a drop-off's form cannot be taken: ``place`` says which, from 1."""

    def __init__(self, why: BridgeRefusal, place: int) -> None:
        super().__init__(why.reason, str(why))
        self.place = place


def rolls_of(bridge: Bridge, form: Form) -> tuple[DropRoll, ...]:
    """Return the rolls of a drop-off's form: what a row leaves open is as in the first.

    Raises:
        RollRefused: what stands in a row is no roll's number, or no process there is.
        BridgeRefusal: there are no rows, or they are no rows.
    """
    ids, processes, stops, notes = (form.all(name) for name in ("roll", "process", "stops", "note"))
    if not 0 < len(processes) <= MOST_ROLLS or not len(ids) == len(processes) == len(stops) == len(notes):
        raise BridgeRefusal("malformed", "a drop-off has 1 to 20 rolls")
    rolls: list[DropRoll] = []
    for place, (text, process, stop, note) in enumerate(zip(ids, processes, stops, notes, strict=True), 1):
        as_first = rolls[0] if rolls and AS_FIRST in (process, stop) else None
        try:
            row = DropRoll(
                process=as_first.process if as_first and process == AS_FIRST else _process(process),
                stops=as_first.stops if as_first and stop == AS_FIRST else _stops(stop),
                roll=_roll(bridge, text) if text else None,
                note=_written(note)[:MOST_NOTE],
            )
        except BridgeRefusal as refusal:
            raise RollRefused(refusal, place) from refusal
        rolls.append(row)
    return tuple(rolls)


@dataclass(frozen=True, kw_only=True)
class Row:
    """One roll as it stands in the form of a drop-off, whatever that is."""

    process: str = ""
    stops: str = ""
    roll: str = ""
    note: str = ""


def rows_of(form: Form) -> list[Row]:
    """Return what was typed into a drop-off's form, to be shown once more; no rows are one of nothing."""
    columns = (form.all(name)[:MOST_ROLLS] for name in ("process", "stops", "roll", "note"))
    rows = [
        Row(process=process, stops=stops, roll=roll[:MOST_SCAN_CHARS], note=note[:MOST_NOTE])
        for process, stops, roll, note in zip_longest(*columns, fillvalue="")
    ]
    return rows or [Row()]


def drop_off(bridge: Bridge, lane: str, form: Form, *, staff: str | None) -> Dropped:
    """Take film in.

    Raises:
        BridgeRefusal, DeskRefusal: what was typed is wrong, or the numbers are used up.
        JournalDown: it may not be kept; the same form may be sent again.
    """
    limits = bridge.settings.drop_off
    number = form.get("number")
    wish = DropWish(
        event_id=event_id(form),
        rolls=rolls_of(bridge, form),
        scan=_one_of(form.get("scan"), SCAN_SIZES, "standard"),
        negatives=_one_of(form.get("negatives"), NEGATIVES, "return_cut"),
        numbers=DropNumbers(season=limits.season, first=limits.first, last=limits.last),
        number=_registration(bridge, number) if number else None,
        language=form.get("language", "en")[:8],
        staff_language=bridge.settings.language,
        staff=staff,
    )
    done = bridge.station.desk.drop_off(wish)
    if not done.already:
        bridge.feed.note(lane, "dropped", name=done.bag)
    return done


def event_id(form: Form) -> str:
    """Return the event's ID that was minted with the form.

    Raises:
        BridgeRefusal: there is none.
    """
    text = form.get("event")
    if len(text) != 32 or set(text) - set("0123456789abcdef"):
        raise BridgeRefusal("malformed", "the form bears no event")
    return text


def _written(text: str) -> str:
    """Return a note as it can be written on paper: the lab's labels and lists have no control characters."""
    return "".join(mark if mark.isprintable() else " " for mark in text)


def _process(text: str) -> Process:
    if text not in PROCESSES:
        raise BridgeRefusal("malformed", "there is no such process")
    return text


def _one_of(text: str, choices: tuple[Choice, ...], default: Choice) -> Choice:
    return next((one for one in choices if one == text), default)


def _stops(text: str) -> int:
    try:
        stops = int(text or "0")
    except ValueError:
        stops = MOST_STOPS + 1
    if abs(stops) > MOST_STOPS:
        raise BridgeRefusal("malformed", "a roll is pushed or pulled by three stops at most")
    return stops


def _roll(bridge: Bridge, text: str) -> ItemId:
    seen = Seen(id="form", at=bridge.clock.now(), lane="form", via="cashier")
    meaning = bridge.reader.read(text[:MOST_SCAN_CHARS].encode(), seen)
    if isinstance(meaning, Sighting) and meaning.item is not None:
        return meaning.item
    raise BridgeRefusal("no_roll", "This is no roll's number.")


def _registration(bridge: Bridge, text: str) -> str:
    seen = Seen(id="form", at=bridge.clock.now(), lane="form", via="cashier")
    meaning = bridge.reader.read(text[:MOST_SCAN_CHARS].encode(), seen)
    if isinstance(meaning, CodeSeen) and isinstance(meaning.scan, ReceiptScan):
        return meaning.scan.number
    raise BridgeRefusal("no_registration", "This is no receipt's number.")
