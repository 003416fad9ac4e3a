"""Signing in and out by badge and PIN, through the station's staff book: its throttle, its locks, its roles."""

import asyncio
from typing import Final
from urllib.parse import quote, urlsplit

from litestar import Response, get, post
from litestar.di import NamedDependency

from pos_bridge.running import Bridge
from pos_bridge.web.lane_views import age_words
from pos_bridge.web.pages import Pages, PagesOf, Visit
from pos_bridge.web.problems import AnyRequest
from sync.errors import StaffRefusal, StaffUnfit
from sync.staff import read_badge
from sync.views import StaffMember

ONE_AT_A_TIME: Final = 1
"""PINs that are tried at once: each costs a tenth of a second of this machine, and a till has one pair of hands."""
MOST_CHARS: Final = 80

BridgeOf = NamedDependency[Bridge]
TryingOf = NamedDependency[asyncio.Semaphore]


@get("/")
async def start_page(request: AnyRequest, pages: PagesOf) -> Response[bytes]:
    """Show the lanes; with one alone, that one."""
    visit = pages.visit(request)
    lanes = pages.bridge.settings.lane
    if len(lanes) == 1 and visit.may_serve:
        return pages.go(visit, f"/lane/{next(iter(lanes))}")
    return pages.show(visit, "home", lanes=lanes)


@get("/sign-in")
async def sign_in_page(request: AnyRequest, pages: PagesOf) -> Response[bytes]:
    """Ask for badge and PIN."""
    return _ask(pages, pages.visit(request), next_=_inside(request.query_params.get("next", "")))


@post("/sign-in", status_code=303)
async def sign_in(request: AnyRequest, pages: PagesOf, bridge: BridgeOf, trying: TryingOf) -> Response[bytes]:
    """Let somebody of the staff book in."""
    visit = pages.visit(request)
    form = await pages.form(visit)
    next_ = _inside(form.get("next"))
    badge, pin = form.get("badge")[:MOST_CHARS], form.get("pin")[:MOST_CHARS]
    try:
        async with trying:
            member = await bridge.off_loop(lambda: _try(bridge, badge, pin))
    except StaffUnfit:
        return _ask(pages, visit, next_=next_, why=visit.words.say("sign.wrong"), status=422)
    except StaffRefusal as refusal:
        age = age_words(visit.words, refusal.wait_s or 0)
        why = visit.words.say("sign.locked", age=age) if refusal.reason == "locked" else visit.words.say("sign.wrong")
        return _ask(pages, visit, next_=next_, why=why, status=422)
    pages.sessions.end(visit.session.id)  # a fresh cookie: nobody can have laid this one out
    session = pages.sessions.begin(staff=member.id, name=member.name, role=member.role, language=visit.session.language)
    onward = quote(next_) or ("/manager" if session.is_manager else "/")
    headers = {"Location": onward, "Cache-Control": "no-store"}
    return Response(b"", status_code=303, media_type="text/html", headers=headers, cookies=[pages.cookie(session)])


@post("/sign-out", status_code=303)
async def sign_out(request: AnyRequest, pages: PagesOf) -> Response[bytes]:
    """End the session."""
    visit = pages.visit(request)
    await pages.form(visit)
    pages.sessions.end(visit.session.id)
    return Response(
        b"", status_code=303, media_type="text/html", headers={"Location": "/", "Cache-Control": "no-store"}
    )


def _try(bridge: Bridge, badge: str, pin: str) -> StaffMember:
    number = read_badge(tuple(bridge.station.roster.card_tables), badge)
    return bridge.station.staff.sign_in(number, pin)


def _ask(pages: Pages, visit: Visit, *, next_: str, why: str = "", status: int = 200) -> Response[bytes]:
    has_badges = any(table.kind == "badge" for table in pages.bridge.station.roster.card_tables)
    why = why or ("" if has_badges else visit.words.say("sign.no_badges"))
    return pages.show(visit, "sign_in", next=next_, why=why, status=status)


def _inside(path: str) -> str:
    """Return a path of our own pages, and nothing that leads anywhere else."""
    parts = urlsplit(path)
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return parts.path if is_ours else ""


HANDLERS: Final = (start_page, sign_in_page, sign_in, sign_out)
