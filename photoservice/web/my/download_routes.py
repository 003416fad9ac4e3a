"""Taking pictures along: one as a file, many as a zip; as pages show them, as they are edited, or as they came."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, get_args

from litestar import Response, get, post, route
from litestar.enums import HttpMethod
from litestar.params import PathParameter
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from photocore.edits import Edit
from photoservice.arranging.scopes import Scope
from photoservice.db.database import Session
from photoservice.errors import Unknown
from photoservice.gallery.bytes_of import Piece
from photoservice.gallery.ranges import judge
from photoservice.persons.sessions import Visitor
from photoservice.service import Photoservice
from photoservice.taking.planning import JPEG, MOST_TAKEN, TIER, Plan, Which, plan_zip, roll_name
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.dispositions import disposition
from photoservice.web.my.pictures import pictures_of
from photoservice.web.my.selected import Selected, read_selected
from photoservice.web.my.showing import stage
from photoservice.web.my.visiting import MAX_FORM_BYTES, field, read_my_form, visit
from photoservice.web.my.ways_back import way_back
from photoservice.web.my.zips import ASKED_FOR, send_zip
from photoservice.web.pages import PagesOf
from photoservice.web.rendition_routes import ImageName

WhichName = Annotated[str, PathParameter(max_length=20)]

WAYS: Final[tuple[Which, ...]] = get_args(Which)
SHOWN: Final = 6
"""Pictures of a download that its page shows."""


@get("/my/download", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def download_page(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Show what would be taken along, in which ways, and how large each is."""
    asked = request.query_params
    fields = {name: asked.getall(name) for name in asked}
    return await _offer(request, service, pages, read_selected(fields))


@get("/my/images/{image:str}/download", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def download_one_page(request: AnyRequest, service: Service, pages: PagesOf, image: ImageName) -> Response[bytes]:
    """Show in which ways one picture can be taken along."""
    return await _offer(request, service, pages, Selected(images=(image,)))


@route(
    "/my/images/{image:str}/download/{which:str}",
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    tags=["my pictures"],
    include_in_schema=False,
)
async def download_one(request: AnyRequest, service: Service, image: ImageName, which: WhichName) -> Response[Any]:
    """Give one picture as a file to be saved."""
    way = _way(which)
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        sight = await service.people.persons.sight(session, visitor.person)
        heads = await service.people.editing.heads(session, visitor.person, [image])
        edit = heads[image].edit if image in heads and way != "original" else None
        kept = service.gallery.bytes
        piece = await (
            kept.rendition(session, sight, image, TIER) if way == "proxy" else kept.original(session, sight, image)
        )
        stock = await session.value("taking.stock", image)
    name = f"{roll_name(stock, piece.row['roll'])} {piece.row['frame']}"
    return await _send(request, service, piece, (edit, way), name)


@post("/my/download", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def download_zip(request: AnyRequest, service: Service, pages: PagesOf) -> Response[Any]:
    """Give many pictures as a zip, which is made while it is sent."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        fields = await read_my_form(request, visitor)
        way, selected = _way(field(fields, "which")), read_selected(fields)
        plan = await _planned(session, service, visitor, selected, (way,))
        name = await _name(session, service, visitor, selected.scope, [file.image for file in plan[way].files])
    on = stage(request, service, pages, visitor)
    return await send_zip(on, plan[way], name=name or on.reader.words.text("download.name"))


async def _offer(request: AnyRequest, service: Photoservice, pages: PagesOf, selected: Selected) -> Response[bytes]:
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        plans = await _planned(session, service, visitor, selected, WAYS)
        images = [file.image for file in plans["original"].files]
        sight = await service.people.persons.sight(session, visitor.person)
        first = await pictures_of(session, service, visitor.person, sight, images[:SHOWN])
        name = await _name(session, service, visitor, selected.scope, images)
    on = stage(request, service, pages, visitor)
    ways = [_told(way, plans[way]) for way in WAYS if way != "edited" or plans[way].has_edits]
    one = selected.images[0] if len(selected.images) == 1 else ""
    more = len(images) == MOST_TAKEN
    scope = selected.scope
    back = way_back(scope.kind if scope else "", scope.what if scope else "", selected.images)
    told = {"ways": ways, "first": first, "one": one, "called": name, "more": more}
    return on.show("download", fields=selected.fields, **told, **back)


def _told(way: Which, plan: Plan) -> dict[str, object]:
    size = sum(file.piece.size for file in plan.files)
    about = {"which": way, "files": len(plan.files), "left_out": len(plan.left_out)}
    return {**about, "size": size, "is_about": plan.has_edits}


async def _planned(
    session: Session, service: Photoservice, visitor: Visitor, selected: Selected, ways: tuple[Which, ...]
) -> dict[Which, Plan]:
    """Return a plan for each way.

    Raises:
        Unknown: there is nothing of it to be seen.
    """
    sight = await service.people.persons.sight(session, visitor.person)
    images = await selected.seen(session, visitor.person, sight)
    if not images:
        raise Unknown("There are no such pictures here.")
    heads = await service.people.editing.heads(session, visitor.person, images)
    kept = service.gallery.bytes
    return {way: await plan_zip(session, kept, sight, images, way, heads=heads) for way in ways}


async def _name(
    session: Session, service: Photoservice, visitor: Visitor, scope: Scope | None, images: Sequence[str]
) -> str:
    """Return what a zip is called by what it is of; nothing when it is of this and that."""
    if scope is None or not scope.what:
        return ""
    if scope.kind == "roll":
        stock: str | None = await session.value("taking.stock", images[0]) if images else None
        return stock or roll_name("", scope.what)
    names = dict(await service.people.groups.names(session, visitor.person))
    return names.get(scope.what, "")


async def _send(
    request: AnyRequest, service: Photoservice, piece: Piece, how: tuple[Edit | None, Which], name: str
) -> Response[Any]:
    """Answer with one file: as it is kept, by range; or as its edit makes it."""
    edit, way = how
    media = JPEG if edit is not None else piece.media
    headers = {**ASKED_FOR, "Content-Disposition": disposition("attachment", f"{name}.x", media)}
    if edit is not None:
        if request.method == "HEAD":
            return Response(b"", headers=headers, media_type=media)
        editing = service.people.editing
        made = await (editing.full(piece, edit) if way == "edited" else editing.rendered(piece, edit, TIER))
        return Response(made, headers=headers, media_type=media)
    etag = f'"{piece.tag}"'
    wanted = judge(request.method, request.headers, etag=etag, size=piece.size)
    headers |= {"ETag": etag, "Accept-Ranges": "bytes", "Content-Length": str(wanted.length)}
    if wanted.status == 206:
        headers["Content-Range"] = f"bytes {wanted.start}-{wanted.end - 1}/{piece.size}"
    if request.method == "HEAD" or wanted.status == 304:
        del headers["Content-Length"]
        return Response(b"", status_code=wanted.status, headers=headers, media_type=media)
    stream = await service.gallery.bytes.read(piece, wanted.start, wanted.end)
    return Stream(stream, status_code=wanted.status, headers=headers, media_type=media)


def _way(which: str) -> Which:
    for way in WAYS:
        if way == which:
            return way
    raise Unknown("There is no such file of a picture.")


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (download_page, download_one_page, download_one, download_zip)
