"""Shares, as whose pictures they show sees them: making, listing, changing and taking back (O16)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Final

from litestar import Response, get, post
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from photoservice.db.database import Row, Session
from photoservice.errors import SharesWaiting, Unknown
from photoservice.gallery.sight import Sight
from photoservice.persons.sessions import Visitor
from photoservice.service import Photoservice
from photoservice.sharing.seeing import Scene, refuse_unseen
from photoservice.sharing.share import Share, Subject
from photoservice.sharing.shares import MOST_LISTED
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.bodies import MAX_BYTES
from photoservice.web.holding import hold_back
from photoservice.web.my.calling import pictures_in
from photoservice.web.my.pictures import Picture, pictures_of
from photoservice.web.my.share_forms import Filled, as_kept, begun, read_form_of, read_subject
from photoservice.web.my.share_papers import QR, picks_table, qr_picture
from photoservice.web.my.showing import Stage, stage
from photoservice.web.my.visiting import MAX_FORM_BYTES, read_my_form, see_other, visit
from photoservice.web.my.ways_back import way_back
from photoservice.web.pages import Pages, PagesOf

ShareName = Annotated[str, PathParameter(max_length=40, description="SH-...")]
Turn = Annotated[str, PathParameter(max_length=20, description="revoke, address, delete; hide, block, allow")]

SHOWN: Final = 12
"""Pictures of a share, or of what is about to be one, that its owner's page shows."""

MOST_PICKED: Final = 600
MOST_NAMES: Final = 20
"""Of who picked a picture, beside it; the table has all of them."""


@get("/my/shares", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def shares_page(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """List what a person shares, and what others share with them."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        before = request.query_params.get("before", "").replace("\0", "")
        shares = await service.people.shares.of(session, visitor.person, before=before)
        blocked = await service.people.shares.blocked(session, visitor.person)
        with_me = await service.people.shares.with_me(session, visitor.person)
        names = dict(await service.people.groups.names(session, visitor.person))
    now = service.clock.now()
    standings = {share.id: share.standing(now, is_known=False).value for share in shares}
    return stage(request, service, pages, visitor).show(
        "shares",
        shares=shares,
        older=shares[-1].id if len(shares) == MOST_LISTED else "",
        with_me=with_me,
        blocked=blocked,
        names=names,
        standings=standings,
        did=request.query_params.get("did", ""),
    )


@get("/my/shares/new", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def new_share_page(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Show the form of a new share: ``scope`` and ``what``, or ``image`` again and again."""
    asked = request.query_params
    return await _new(request, service, pages, {name: asked.getall(name) for name in asked})


@post("/my/shares/new", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def new_share_of_selection(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Show the same for more pictures than an address can name."""
    async with service.database.begin() as session:
        fields = await read_my_form(request, await visit(request, service, session))
    return await _new(request, service, pages, fields)


@post("/my/shares", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def make_share(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Make a share, and show where it is."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        fields = await read_my_form(request, visitor)
        sight = await service.people.persons.sight(session, visitor.person)
        subject = await read_subject(session, visitor.person, sight, fields)
        await refuse_unseen(session, service.people.persons, visitor.person, subject)
    filled, wish = read_form_of(fields, subject, service.clock.now())
    if filled.kind == "person" and visitor.is_guest:
        filled = replace(filled, troubles={**filled.troubles, "kind": "account"})
    if filled.troubles:
        return await _form(request, service, pages, subject, filled, status=422)
    to_whom = filled.to_whom if filled.kind == "person" else None
    making = service.people.shares.make(visitor.person, subject, wish, to_whom=to_whom)
    try:
        share = await (hold_back(service.settings.answer_floor, making) if to_whom else making)
    except SharesWaiting:
        filled = replace(filled, troubles={"to_whom": "waiting"})
        return await _form(request, service, pages, subject, filled, status=422)
    return see_other(f"/my/shares/{share}?did=made")


@get("/my/shares/{share:str}", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def one_share_page(request: AnyRequest, service: Service, pages: PagesOf, share: ShareName) -> Response[bytes]:
    """Show one share: its address, who opened it, what they picked and said, and its form."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        kept = await service.people.shares.one(session, visitor.person, share)
    return await _one(stage(request, service, pages, visitor), visitor.person, kept, as_kept(kept))


@post("/my/shares/{share:str}", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def change_share(request: AnyRequest, service: Service, pages: PagesOf, share: ShareName) -> Response[bytes]:
    """Change what a share says and allows."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        fields = await read_my_form(request, visitor)
        kept = await service.people.shares.one(session, visitor.person, share)
    subject = Subject(scope=kept.scope, what=kept.what)
    filled, wish = read_form_of({**fields, "kind": ["link"]}, subject, service.clock.now())
    if filled.troubles:
        return await _one(stage(request, service, pages, visitor), visitor.person, kept, filled, status=422)
    await service.people.shares.change(visitor.person, share, wish)
    return see_other(f"/my/shares/{share}?did=kept")


@post("/my/shares/{share:str}/{what:str}", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def turn_share(request: AnyRequest, service: Service, share: ShareName, what: Turn) -> Response[bytes]:
    """Take a share back (``revoke``), give it a new address (``address``), or forget it (``delete``).

    Of somebody else's: put it away (``hide``), block who sent it (``block``); ``allow`` is for one who is blocked.
    """
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        await read_my_form(request, visitor)
        shares = service.people.shares
        own = {"revoke": shares.revoke, "address": shares.readdress, "delete": shares.delete}
        turns = {**own, "hide": shares.hide, "block": shares.block, "allow": shares.allow}
        if what not in turns:
            raise Unknown("There is nothing of this kind to do with a share.")
        await turns[what](session, visitor.person, share)
    if what in ("revoke", "address"):
        return see_other(f"/my/shares/{share}?did={what}")
    return see_other(f"/my/shares?did={'deleted' if what == 'delete' else what}")


@post(
    "/my/shares/{share:str}/comments/{name:str}/remove",
    status_code=200,
    include_in_schema=False,
    request_max_body_size=MAX_BYTES,
)
async def remove_guests_comment(
    request: AnyRequest, service: Service, share: ShareName, name: ShareName
) -> Response[bytes]:
    """Remove what anybody said in one's share."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        await read_my_form(request, visitor)
        kept = await service.people.shares.one(session, visitor.person, share)
        await service.people.guests.take_back(session, kept, name, None)
    return see_other(f"/my/shares/{share}?did=removed#comments")


@post(
    "/my/shares/{share:str}/put/{image:str}/remove",
    status_code=200,
    include_in_schema=False,
    request_max_body_size=MAX_BYTES,
)
async def take_out(request: AnyRequest, service: Service, share: ShareName, image: ShareName) -> Response[bytes]:
    """Take out a picture that somebody put into one's sub-group."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        await read_my_form(request, visitor)
        kept = await service.people.shares.one(session, visitor.person, share)
        await service.people.guests.exchange.take_out(session, kept, image, None)
    return see_other(f"/my/shares/{share}?did=taken-out#put-in")


@get("/my/shares/{share:str}/qr.svg", tags=["my pictures"], media_type="image/svg+xml", include_in_schema=False)
async def share_qr(request: AnyRequest, service: Service, share: ShareName) -> Response[bytes]:
    """Give a share's address as a QR code."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        kept = await service.people.shares.one(session, visitor.person, share)
    return Response(qr_picture(service.settings.address + kept.path), media_type="image/svg+xml", headers=QR)


@get("/my/shares/{share:str}/picks.csv", tags=["my pictures"], media_type="text/csv", include_in_schema=False)
async def share_picks(request: AnyRequest, service: Service, pages: PagesOf, share: ShareName) -> Response[bytes]:
    """Give what guests picked as a table for a spreadsheet."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        kept = await service.people.shares.one(session, visitor.person, share)
        picks = await service.people.guests.picks(session, kept)
    words = stage(request, service, pages, visitor).reader.words
    headers = {"Content-Disposition": 'attachment; filename="picks.csv"', "Cache-Control": "private, no-store"}
    return Response(picks_table(picks, words), media_type="text/csv; charset=utf-8", headers=headers)


async def _new(
    request: AnyRequest, service: Photoservice, pages: Pages, fields: Mapping[str, Sequence[str]]
) -> Response[bytes]:
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        sight = await service.people.persons.sight(session, visitor.person)
        subject = await read_subject(session, visitor.person, sight, fields)
    return await _form(request, service, pages, subject, begun(service.clock.now()))


async def _form(
    request: AnyRequest, service: Photoservice, pages: Pages, subject: Subject, filled: Filled, *, status: int = 200
) -> Response[bytes]:
    """Return the form of a new share, with the first few of its pictures."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        await refuse_unseen(session, service.people.persons, visitor.person, subject)
        sight = await service.people.persons.sight(session, visitor.person)
        first = await _first(session, service, visitor, sight, subject)
        called = await _name_of(session, visitor.person, subject, first)
    on = stage(request, service, pages, visitor)
    back = way_back(subject.scope, subject.what, subject.images)
    return on.show("share_new", status=status, subject=subject, form=filled, first=first, called=called, **back)


async def _one(on: Stage, person: str, share: Share, filled: Filled, *, status: int = 200) -> Response[bytes]:
    service, guests = on.service, on.service.people.guests
    async with service.database.begin() as session:
        scene = await service.people.shares.look(session, share)
        listed = await scene.pictures(session, limit=MOST_PICKED)
        picks = await guests.picks(session, share)
        picked = {row["image"] for row in picks}
        wanted = [row for n, row in enumerate(listed) if n < SHOWN or row["id"] in picked or row["whose"]]
        pictures = await pictures_in(session, service, share, scene, wanted)
        called = await _name_of(session, person, Subject(scope=share.scope, what=share.what), pictures)
        opened = await guests.of(session, share)
        comments = await guests.comments(session, share)
    by_image = {one.image: one for one in pictures}
    put_in = {row["id"] for row in listed if row["whose"]}
    return on.show(
        "share",
        status=status,
        share=share,
        standing=share.standing(service.clock.now(), is_known=False).value,
        link=service.settings.address + share.path,
        form=filled,
        called=called,
        total=listed[0]["total"] if listed else 0,
        first=[by_image[row["id"]] for row in listed[:SHOWN] if row["id"] in by_image],
        picked=_by_picture(picks, by_image),
        put_in=[one for one in pictures if one.image in put_in],
        guests=opened,
        comments=comments,
        frames={one.image: one.frame for one in pictures},
        did=on.request.query_params.get("did", ""),
    )


def _by_picture(picks: Sequence[Row], pictures: Mapping[str, Picture]) -> list[tuple[Picture, list[str]]]:
    """Return each picked picture that is shown still, with the names of who picked it, most picked first."""
    names: dict[str, list[str]] = {}
    for row in picks:
        there = names.setdefault(row["image"], [])
        if len(there) <= MOST_NAMES:
            there.append(row["name"] if len(there) < MOST_NAMES else "…")
    shown = [(pictures[image], who) for image, who in names.items() if image in pictures]
    return sorted(shown, key=lambda one: -len(one[1]))


async def _first(
    session: Session, service: Photoservice, visitor: Visitor, sight: Sight, subject: Subject
) -> Sequence[Picture]:
    if subject.scope == "selection":
        images = list(subject.images[:SHOWN])
    else:
        shown = await service.people.persons.shown(session, visitor.person)
        whole = {"roll": [subject.what], "package": [one.roll for one in shown if one.package == subject.what]}
        rolls = [one.roll for one in shown] if subject.scope == "account" else whole.get(subject.scope, [])
        scene = Scene(
            share="",
            whole=tuple(rolls),
            rolls=sight.rolls,
            group=subject.what if subject.scope == "sub_group" else None,
        )
        images = [row["id"] for row in await scene.pictures(session, limit=SHOWN)]
    return await pictures_of(session, service, visitor.person, sight, images)


async def _name_of(session: Session, person: str, subject: Subject, first: Sequence[Picture]) -> str:
    """Return the name of a shared sub-group, as its owner gave it, or the film of a roll; nothing of anything else."""
    if subject.scope == "roll" and first:
        return str(await session.value("taking.stock", first[0].image) or "")
    if subject.scope != "sub_group":
        return ""
    return str(await session.value("shares.group_name", subject.what, person) or "")


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (
    shares_page,
    new_share_page,
    new_share_of_selection,
    make_share,
    one_share_page,
    change_share,
    turn_share,
    remove_guests_comment,
    take_out,
    share_qr,
    share_picks,
)
