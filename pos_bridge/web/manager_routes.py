"""The manager's page: cases with their evidence and what is ruled on them, and how sources, tills and codes do.

Open to managers of the station's staff book alone. A ruling is a fact of its own: kept for ever, and taken back only by
a further one (docs/till/matching.md).
"""

from typing import Annotated, Any, Final
from urllib.parse import quote

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import PathParameter

from photocore.ids import ItemId
from pos_bridge.errors import BridgeRefusal
from pos_bridge.lanes.meaning import Seen
from pos_bridge.ledger.views import CaseView
from pos_bridge.matching.facts import Ruling
from pos_bridge.running import Bridge
from pos_bridge.sighting import Sighting
from pos_bridge.web.forms import Form
from pos_bridge.web.lane_views import Times, show_basket, show_light, write_money
from pos_bridge.web.manager_views import (
    decisions_of,
    pieces_shown,
    show_case,
    show_evidence,
    show_lanes,
    show_parked,
    show_sources,
    show_words,
    words_of,
)
from pos_bridge.web.pages import Pages, PagesOf, Visit
from pos_bridge.web.problems import AnyRequest, Told

Key = Annotated[str, PathParameter(max_length=64)]
BridgeOf = NamedDependency[Bridge]
SHOWN: Final = 50
MOST_NOTE: Final = 200


def open_desk(pages: Pages, request: AnyRequest) -> Visit:
    """Return the manager who asks.

    Raises:
        Told: they sign in first, which is where they are sent; or it is somebody else.
    """
    visit = pages.visit(request)
    if visit.session.staff is None:
        page = request.url.path if request.method == "GET" else "/manager"
        raise Told(303, "sign-in", headers={"Location": f"/sign-in?next={quote(page)}"})
    if not visit.session.is_manager:
        raise Told(403, "not-manager")
    return visit


@get("/manager")
async def manager_page(request: AnyRequest, pages: PagesOf, bridge: BridgeOf) -> Response[bytes]:
    """Show what wants a manager, and how everything does."""
    visit = open_desk(pages, request)
    values = await bridge.off_loop(lambda: _overview(bridge, visit))
    return pages.show(visit, "manager", **values)


@get("/manager/cases/{key:str}")
async def case_page(request: AnyRequest, pages: PagesOf, bridge: BridgeOf, key: Key) -> Response[bytes]:
    """Show one case, what is known of it, and what was decided."""
    visit = open_desk(pages, request)
    case = await bridge.off_loop(lambda: bridge.ledger.case(key))
    if case is None:
        raise Told(404, "case-gone")
    return await _case(pages, visit, case, is_decided="decided" in request.query_params)


@post("/manager/cases/{key:str}", status_code=303)
async def rule(request: AnyRequest, pages: PagesOf, bridge: BridgeOf, key: Key) -> Response[bytes]:
    """Keep what the manager decided."""
    visit = open_desk(pages, request)
    form = await pages.form(visit)
    case = await bridge.off_loop(lambda: bridge.ledger.case(key))
    if case is None:
        raise Told(404, "case-gone")
    try:
        ruling = read_ruling(bridge, case, form, staff=visit.session.staff)
    except BridgeRefusal as refusal:
        return await _case(pages, visit, case, why=refusal.reason)
    await bridge.off_loop(lambda: bridge.ledger.rule(ruling))
    bridge.wake()
    return pages.go(visit, f"/manager/cases/{key}?decided")


@post("/manager/sources/{name:str}/read-again", status_code=303)
async def read_again(request: AnyRequest, pages: PagesOf, bridge: BridgeOf, name: Key) -> Response[bytes]:
    """Read a source's refused messages again, after an upgrade or a change of settings."""
    visit = open_desk(pages, request)
    await pages.form(visit)
    if name not in bridge.settings.source:
        raise Told(404, "no-such-source")
    await bridge.off_loop(lambda: bridge.ledger.read_again(name, state="refused"))
    bridge.wake()
    return pages.go(visit, "/manager#sources")


@post("/manager/charges/{line:str}", status_code=303)
async def close_trouble(request: AnyRequest, pages: PagesOf, bridge: BridgeOf, line: Key) -> Response[bytes]:
    """Note that a charge a person had to settle is settled."""
    visit = open_desk(pages, request)
    await pages.form(visit)
    await bridge.off_loop(lambda: bridge.charges.close(line))
    return pages.go(visit, "/manager#codes")


@post("/manager/parked/{event:str}", status_code=303)
async def settle_parked(request: AnyRequest, pages: PagesOf, bridge: BridgeOf, event: Key) -> Response[bytes]:
    """Write once more what the photoservice has set aside, where that can help; or say that it needs nothing more."""
    visit = open_desk(pages, request)
    form = await pages.form(visit)
    desk, staff, deed = bridge.station.desk, str(visit.session.staff), form.get("deed")
    if deed == "again":
        await bridge.off_loop(lambda: desk.correct(event, staff=staff))
    elif deed == "close":
        await bridge.off_loop(lambda: desk.close_parked(event, staff=staff, reason="closed at the till"))
    else:
        raise Told(400, "malformed")
    return pages.go(visit, "/manager#parked")


def read_ruling(bridge: Bridge, case: CaseView, form: Form, *, staff: str | None) -> Ruling:
    """Return what a form decides on a case.

    Raises:
        BridgeRefusal: ``malformed``, or ``no_piece``: what was scanned names no piece.
    """
    deed, of = form.get("decision"), form.get("of") or None
    if deed not in ("undo", *decisions_of(case)) or (deed == "undo") != any(ruling.id == of for ruling in case.rulings):
        raise BridgeRefusal("malformed", "there is no such decision")
    source, event = (form.get("source"), form.get("event") or None) if deed == "believe" else (None, None)
    if source is not None and (source, event) not in words_of(case):
        raise BridgeRefusal("malformed", "that source told nothing of this line")
    return Ruling(
        id=bridge.entropy.token(16).hex(),
        case=case.key,
        decision=deed,
        at=bridge.clock.now(),
        item=_piece(bridge, form) if deed == "assign" else None,
        of=of,
        source=source,
        event=event,
        staff=staff,
        note=" ".join(form.get("note").split())[:MOST_NOTE],
    )


def _piece(bridge: Bridge, form: Form) -> ItemId:
    typed = form.get("scanned") or form.get("piece")
    seen = Seen(id="ruling", at=bridge.clock.now(), lane="manager", via="cashier")
    meaning = bridge.reader.read(typed[:400].encode(), seen)
    if isinstance(meaning, Sighting) and meaning.item is not None:
        return meaning.item
    raise BridgeRefusal("no_piece", "what was scanned names no piece")


def _overview(bridge: Bridge, visit: Visit) -> dict[str, Any]:
    words, times = visit.words, Times(bridge)
    language = words.language
    issued = bridge.codes.newest(SHOWN // 2)
    troubles = bridge.charges.troubles()
    drops = bridge.station.desk.drop_offs(SHOWN // 2)
    return {
        "light": show_light(bridge.light(), words),
        "cases": [show_case(bridge, case, words, times) for case in bridge.ledger.cases(limit=SHOWN)],
        "baskets": [show_basket(bridge, basket, words, times) for basket in bridge.ledger.baskets(None, SHOWN // 2)],
        "parked": show_parked(bridge, words, times),
        "sources": show_sources(bridge, words, times),
        "lanes": show_lanes(bridge, times),
        "codes": [
            (one.code, write_money(one.minor, one.currency, language), times.at(one.issued_at), one.about)
            for one in issued
        ],
        "troubles": [
            (
                one.line,
                words.about("kind", one.kind),
                one.place,
                write_money(one.minor, one.currency, language),
                one.why,
            )
            for one in troubles
        ],
        "drops": [(drop, times.at(drop.made_at), times.at(drop.picked_up_at)) for drop in drops],
    }


async def _case(
    pages: Pages, visit: Visit, case: CaseView, *, is_decided: bool = False, why: str = ""
) -> Response[bytes]:
    bridge, words, times = pages.bridge, visit.words, Times(pages.bridge)
    name_of = bridge.station.staff.name_of

    def look() -> dict[str, Any]:
        return {
            "shown": show_case(bridge, case, words, times),
            "evidence": [show_evidence(bridge, one, words, times) for one in case.evidence],
            "pieces": list(pieces_shown(bridge, case)),
            "decisions": decisions_of(case),
            "believable": show_words(bridge, case, words, times),
            "rulings": [
                (one, times.at(one.at), (one.staff and name_of(one.staff)) or "", bridge.piece_name(one.item))
                for one in case.rulings
            ],
        }

    values = await bridge.off_loop(look)
    status = 422 if why else 200
    return pages.show(visit, "case", case=case, is_decided=is_decided, why=why, status=status, **values)


HANDLERS: Final = (manager_page, case_page, rule, read_again, close_trouble, settle_parked)
