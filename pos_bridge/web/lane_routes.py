"""A lane's page for the cashier: what was scanned and sold, orders to charge, film in and bags out (K5, S1, S4).

At this machine itself it is open, as a till is; from elsewhere whoever uses it signs in by badge and PIN first.
Everything works as plain forms; the script only spares the reloading.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from typing import Annotated, Any, Final
from urllib.parse import quote

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter
from litestar.response import Stream

from pos_bridge.errors import BridgeRefusal
from pos_bridge.orders.store import Issued
from pos_bridge.running import Bridge
from pos_bridge.web import bag_charge, counter
from pos_bridge.web.barcodes import bars_of
from pos_bridge.web.forms import Form
from pos_bridge.web.lane_views import Times, show_lane, write_money
from pos_bridge.web.pages import Pages, PagesOf, Visit
from pos_bridge.web.problems import AnyRequest, Told
from sync.errors import DeskRefusal
from sync.till_views import PickUpWish

Lane = Annotated[str, PathParameter(max_length=32)]
Bag = Annotated[str, PathParameter(max_length=40)]
BridgeOf = NamedDependency[Bridge]
LANGUAGES_OF_STUBS: Final = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "it": "Italiano",
    "pl": "Polski",
    "tr": "Türkçe",
    "ar": "العربية",
    "he": "עברית",
    "hi": "हिन्दी",
    "zh": "中文",
    "ja": "日本語",
}
"""What a claim stub can be printed in, each by its own name."""
MOST_PRICE: Final = 24
OFFERED_COUNTS: Final = tuple(range(1, 11))


def open_lane(pages: Pages, request: AnyRequest, lane: str) -> Visit:
    """Return who uses the lane's page.

    Raises:
        Told: there is no such lane; or they must sign in, which is where they are sent.
    """
    visit = pages.visit(request)
    if lane not in pages.bridge.settings.lane:
        raise Told(404, "no-such-lane")
    if not visit.may_serve:
        page = (
            request.url.path if request.method == "GET" and not request.url.path.endswith("/live") else f"/lane/{lane}"
        )
        raise Told(303, "sign-in", headers={"Location": f"/sign-in?next={quote(page)}"})
    return visit


@get("/lane/{lane:str}")
async def lane_page(request: AnyRequest, pages: PagesOf, lane: Lane) -> Response[bytes]:
    """Show the lane."""
    visit = open_lane(pages, request, lane)
    return await _lane(pages, visit, lane)


@get("/lane/{lane:str}/live")
async def lane_news(request: AnyRequest, pages: PagesOf, lane: Lane) -> Stream:
    """Tell what moves on the lane's page as it happens (Server-Sent Events)."""
    visit = open_lane(pages, request, lane)

    async def news() -> AsyncGenerator[bytes]:
        async for _ in pages.bridge.feed.follow():
            if not pages.may_follow(visit):
                return
            shown = await asyncio.to_thread(show_lane, pages.bridge, lane, visit.words)
            yield b"data: " + msgspec.json.encode(shown) + b"\n\n"

    return Stream(news(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


@post("/lane/{lane:str}/scan", status_code=303)
async def scan(request: AnyRequest, pages: PagesOf, bridge: BridgeOf, lane: Lane) -> Response[bytes]:
    """Take whatever was scanned or typed into the one field."""
    visit = open_lane(pages, request, lane)
    text = (await pages.form(visit)).get("text")
    if request.headers.get("x-live") and counter.wants_page(text):
        return Response(b"", status_code=204, media_type="text/plain", headers={"X-Plain": "1"})
    deed = await bridge.off_loop(lambda: counter.scan(bridge, lane, text))
    if request.headers.get("x-live"):
        return Response(b"", status_code=204, media_type="text/plain")
    if deed.kind == "bag":
        return pages.go(visit, f"/lane/{lane}/bag/{deed.text}")
    if deed.kind == "order":
        return await _charge(pages, visit, lane, deed.text)
    return pages.go(visit, f"/lane/{lane}")


@get("/lane/{lane:str}/charge")
async def charge_page(request: AnyRequest, pages: PagesOf, lane: Lane) -> Response[bytes]:
    """Ask for the order's code."""
    visit = open_lane(pages, request, lane)
    return pages.show(visit, "charge", lane=lane, issued=None, why="")


@post("/lane/{lane:str}/charge", status_code=200)
async def charge(request: AnyRequest, pages: PagesOf, lane: Lane) -> Response[bytes]:
    """Show the code that charges the order at the till."""
    visit = open_lane(pages, request, lane)
    text = (await pages.form(visit)).get("code")
    return await _charge(pages, visit, lane, text)


@post("/lane/{lane:str}/slip", status_code=200)
async def print_slip(request: AnyRequest, pages: PagesOf, bridge: BridgeOf, lane: Lane) -> Response[bytes]:
    """Print an order's code as a slip, for a till whose scanner does not read screens."""
    visit = open_lane(pages, request, lane)
    number = (await pages.form(visit)).number("number", 0, least=0, most=2**53)
    issued = await bridge.off_loop(lambda: bridge.codes.by_number(number))
    put = bridge.parts.print_slip
    if issued is None or put is None:
        raise Told(404, "not-found")
    amount = write_money(issued.minor, issued.currency, visit.words.language)
    until = visit.words.say("charge.until", time=Times(bridge).at(issued.expires_at))
    await bridge.off_loop(lambda: put(issued, amount, until))
    return _show_code(pages, visit, lane, issued, is_printing=True)


@get("/lane/{lane:str}/drop-off")
async def drop_off_page(request: AnyRequest, pages: PagesOf, bridge: BridgeOf, lane: Lane) -> Response[bytes]:
    """Ask what is dropped off."""
    visit = open_lane(pages, request, lane)
    count = request.query_params.get("rolls", "")
    rolls = min(int(count), counter.MOST_ROLLS) if count.isdecimal() and len(count) < 4 else 0
    return _drop_form(pages, visit, lane, [counter.Row()] * rolls)


@post("/lane/{lane:str}/drop-off", status_code=303)
async def drop_off(request: AnyRequest, pages: PagesOf, bridge: BridgeOf, lane: Lane) -> Response[bytes]:
    """Take film in; its papers print."""
    visit = open_lane(pages, request, lane)
    form = await pages.form(visit)
    try:
        done = await bridge.off_loop(lambda: counter.drop_off(bridge, lane, form, staff=visit.session.staff))
    except (BridgeRefusal, DeskRefusal) as refusal:
        place = refusal.place if isinstance(refusal, counter.RollRefused) else 0
        return _drop_form(pages, visit, lane, counter.rows_of(form), form=form, why=refusal.reason, place=place)
    return pages.go(visit, f"/lane/{lane}/bag/{done.bag}?done=in")


@get("/lane/{lane:str}/pick-up")
async def pick_up_page(request: AnyRequest, pages: PagesOf, lane: Lane) -> Response[bytes]:
    """Ask for the claim stub, or show its bag."""
    visit = open_lane(pages, request, lane)
    typed = request.query_params.get("bag", "")
    bag = counter.bag_in(typed)
    if bag is not None:
        return pages.go(visit, f"/lane/{lane}/bag/{bag}")
    return pages.show(visit, "pick_up", lane=lane, why="unknown" if typed else "")


@get("/lane/{lane:str}/bag/{bag:str}")
async def bag_page(request: AnyRequest, pages: PagesOf, bridge: BridgeOf, lane: Lane, bag: Bag) -> Response[bytes]:
    """Show a bag: what is in it, its papers, and what can be done with it."""
    visit = open_lane(pages, request, lane)
    said = request.query_params.get("done", "")
    return await _bag(pages, visit, lane, bag, said=said if said in ("in", "out", "undone", "again") else "")


@post("/lane/{lane:str}/bag/{bag:str}", status_code=303)
async def change_bag(request: AnyRequest, pages: PagesOf, bridge: BridgeOf, lane: Lane, bag: Bag) -> Response[bytes]:
    """Hand a bag out, undo its drop-off, or print its papers again."""
    visit = open_lane(pages, request, lane)
    form = await pages.form(visit)
    desk, staff, deed = bridge.station.desk, visit.session.staff, form.get("deed")
    if deed == "out":
        wish = PickUpWish(event_id=counter.event_id(form), bag=bag, staff=staff)
        picked = await bridge.off_loop(lambda: desk.pick_up(wish))
        if not picked.is_first:
            return await _bag(pages, visit, lane, bag, said="before")
        bridge.feed.note(lane, "picked_up", name=bag)
        return pages.go(visit, f"/lane/{lane}/bag/{bag}?done=out")
    found = await bridge.off_loop(lambda: desk.find_drop_off(bag))
    if found is None:
        raise Told(404, "no-such-bag")
    if deed == "undo":
        await bridge.off_loop(lambda: desk.withdraw_drop_off(found.event_id, reason="undone at the till", staff=staff))
        return pages.go(visit, f"/lane/{lane}/bag/{bag}?done=undone")
    if deed == "again":
        await bridge.off_loop(
            lambda: desk.reprint_drop_off(found.event_id, None, reason="printed again at the till", staff=staff)
        )
        return pages.go(visit, f"/lane/{lane}/bag/{bag}?done=again")
    raise Told(400, "malformed")


@post("/lane/{lane:str}/bag/{bag:str}/charge", status_code=200)
async def charge_bag(request: AnyRequest, pages: PagesOf, bridge: BridgeOf, lane: Lane, bag: Bag) -> Response[bytes]:
    """Show the code that charges what a bag costs."""
    visit = open_lane(pages, request, lane)
    form = await pages.form(visit)
    number = counter.bag_in(bag)
    if number is None:
        raise Told(404, "no-such-bag")
    found = await bridge.off_loop(lambda: bridge.station.desk.find_drop_off(number))
    try:
        issued = await bridge.off_loop(lambda: bag_charge.charge_bag(bridge, lane, number, form, found))
    except BridgeRefusal as refusal:
        return await _bag(pages, visit, lane, number, why=refusal.reason, price=form.get("price")[:MOST_PRICE])
    return _show_code(pages, visit, lane, issued)


async def _lane(pages: Pages, visit: Visit, lane: str) -> Response[bytes]:
    shown = await asyncio.to_thread(show_lane, pages.bridge, lane, visit.words)
    title = pages.bridge.settings.lane[lane].title or visit.words.say("lane.title", lane=lane)
    return pages.show(visit, "lane", lane=lane, title=title, shown=shown)


async def _charge(pages: Pages, visit: Visit, lane: str, text: str) -> Response[bytes]:
    try:
        issued = await pages.bridge.off_loop(lambda: counter.charge(pages.bridge, lane, text))
    except BridgeRefusal as refusal:
        return pages.show(visit, "charge", lane=lane, issued=None, why=refusal.reason, status=422)
    return _show_code(pages, visit, lane, issued)


def _show_code(pages: Pages, visit: Visit, lane: str, issued: Issued, *, is_printing: bool = False) -> Response[bytes]:
    bars, width = bars_of(issued)
    values: dict[str, Any] = {
        "issued": issued,
        "bars": bars,
        "width": width,
        "amount": write_money(issued.minor, issued.currency, visit.words.language),
        "until": Times(pages.bridge).at(issued.expires_at),
        "can_print": pages.bridge.parts.print_slip is not None,
        "is_printing": is_printing,
    }
    return pages.show(visit, "charge", lane=lane, why="", **values)


def _drop_form(
    pages: Pages,
    visit: Visit,
    lane: str,
    rows: list[counter.Row],
    *,
    form: Form | None = None,
    why: str = "",
    place: int = 0,
) -> Response[bytes]:
    """Show the form of a drop-off; what was typed stands in it again, with what is wrong, and of which roll."""
    typed = form or Form({})
    values: dict[str, Any] = {
        "processes": counter.PROCESSES,
        "stops": counter.STOPS,
        "as_first": counter.AS_FIRST,
        "sizes": counter.SCAN_SIZES,
        "negatives": counter.NEGATIVES,
        "stubs": LANGUAGES_OF_STUBS,
        "counts": OFFERED_COUNTS,
        "event": pages.bridge.station.desk.mint_event_id(),
        "chosen": {
            "scan": typed.get("scan", "standard"),
            "negatives": typed.get("negatives"),
            "language": typed.get("language", visit.words.language),
            "number": typed.get("number")[:80],
        },
    }
    status = 422 if why else 200
    return pages.show(visit, "drop_off", lane=lane, rows=rows, why=why, place=place, status=status, **values)


async def _bag(
    pages: Pages, visit: Visit, lane: str, bag: str, *, said: str = "", why: str = "", price: str | None = None
) -> Response[bytes]:
    """Show a bag; ``why`` its ``price`` as typed cannot be charged. Else that of its last code stands there."""
    desk = pages.bridge.station.desk
    try:
        found = await pages.bridge.off_loop(lambda: desk.find_drop_off(bag))
    except DeskRefusal as refusal:
        raise Told(404, "no-such-bag") from refusal
    times, number = Times(pages.bridge), counter.bag_in(bag) or bag
    given = await pages.bridge.off_loop(lambda: bag_charge.last_charge(pages.bridge, number))
    currency = bag_charge.currency_of(pages.bridge.settings)
    values: dict[str, Any] = {
        "bag": number,
        "why": why,
        "currency": currency,
        "price": (bag_charge.typed_price(given) if given else "") if price is None else price,
        "found": found,
        "said": said,
        "event": desk.mint_event_id(),
        "made_at": times.at(found.made_at) if found else "",
        "picked_up_at": times.at(found.picked_up_at) if found else "",
        "papers": Counter(str(job.state) for job in found.jobs) if found else {},
        "has_printer": pages.bridge.printer_word() != "none",
    }
    return pages.show(visit, "bag", lane=lane, status=422 if why else 200, **values)


HANDLERS: Final = (
    *(lane_page, lane_news, scan, charge_page, charge, print_slip, drop_off_page, drop_off),
    *(pick_up_page, bag_page, change_bag, charge_bag),
)
