"""The bytes a guest of a share gets: small and large pictures, one to keep, an original, a zip of all.

Each address asks for the share anew, so an ``img`` that stands on somebody's screen shows nothing any more from the
moment the share is taken back: a browser may keep the bytes, but must ask each time whether it may show them. An edited
picture is shown edited and never bare, for what was cropped off was cropped off for a reason.
"""

from dataclasses import dataclass
from typing import Annotated, Any, Final

from litestar import Response, get, route
from litestar.enums import HttpMethod
from litestar.params import PathParameter, QueryParameter
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from imaging.pixels.picture import Tier
from photocore.edits import NO_EDIT, Edit, digest_of
from photocore.rights import Right
from photoservice.db.database import Session
from photoservice.errors import Refusal, RightLacking, Unknown, Unprocessable
from photoservice.gallery.bytes_of import Piece
from photoservice.gallery.ranges import judge
from photoservice.gallery.sight import Sight
from photoservice.service import Photoservice
from photoservice.sharing.bare import bare_original, can_be_bare
from photoservice.taking.planning import MOST_TAKEN, Plan, plan_zip
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.dispositions import disposition
from photoservice.web.my.calling import ROBOTS, Come, who_is_in
from photoservice.web.my.guest_routes import ImageName, Token, frame
from photoservice.web.my.zips import send_zip
from photoservice.web.pages import PagesOf
from photoservice.web.rendition_routes import ASK_AGAIN, SANDBOX, SHOWN, send_piece

TierName = Annotated[Tier, PathParameter(description="The longer side in pixels, at most.")]
Only = Annotated[str, QueryParameter(max_length=10, description="`picks` for what this guest picked.")]

LARGE: Final = "2048"
_READ: Final = [HttpMethod.GET, HttpMethod.HEAD]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """One picture of a share that its caller may see: its roll as a sight, its frame, and the edit that holds."""

    image: str
    frame: str
    sight: Sight
    edit: Edit


@route("/s/{token:str}/i/{image:str}/{tier:str}", http_method=_READ, tags=["shares"], include_in_schema=False)
async def shared_rendition(
    request: AnyRequest, service: Service, token: Token, image: ImageName, tier: TierName
) -> Response[Any]:
    """Give a rendition to who is in."""
    async with service.database.begin() as session:
        come = await who_is_in(request, service, session, token)
        shown = await _shown(service, session, come, image)
        piece = await _piece(service, session, shown, tier)
    headers = {**_private(), "Content-Security-Policy": SHOWN}
    return await _send_picture(request, service, shown, piece, headers, tier=tier)


@route("/s/{token:str}/d/{image:str}/proxy", http_method=_READ, tags=["shares"], include_in_schema=False)
async def shared_proxy(request: AnyRequest, service: Service, token: Token, image: ImageName) -> Response[Any]:
    """Give a picture to be kept, as its owner shows it, with nothing in it but the picture."""
    async with service.database.begin() as session:
        come = await who_is_in(request, service, session, token)
        _need(come, "download_proxy")
        shown = await _shown(service, session, come, image)
        piece = await _piece(service, session, shown, LARGE)
    headers = {**_private(), "Content-Security-Policy": SANDBOX, **_named(come, shown, "image/jpeg")}
    return await _send_picture(request, service, shown, piece, headers, tier=LARGE)


@get("/s/{token:str}/d/{image:str}/original", tags=["shares"], include_in_schema=False)
async def shared_original(request: AnyRequest, service: Service, token: Token, image: ImageName) -> Response[Any]:
    """Give an original's pixels to be kept, without what a camera, a scanner or somebody wrote into the file."""
    async with service.database.begin() as session:
        come = await who_is_in(request, service, session, token)
        _need(come, "download_original")
        shown = await _shown(service, session, come, image)
        piece = await service.gallery.bytes.original(session, shown.sight, image)
    if not can_be_bare(piece.media):
        raise Unprocessable("Originals of this kind are not given to others; the smaller picture can be downloaded.")
    body = await bare_original(piece.media, service.gallery.bytes, piece)
    headers = {**_private(), "Content-Security-Policy": SANDBOX, **_named(come, shown, piece.media)}
    return Stream(body, headers=headers, media_type=piece.media)


@get("/s/{token:str}/zip", tags=["shares"], include_in_schema=False)
async def shared_zip(
    request: AnyRequest, service: Service, pages: PagesOf, token: Token, only: Only = ""
) -> Response[Any]:
    """Give all pictures, or what one picked, in a zip; it ends, cut, when the share is taken back meanwhile."""
    async with service.database.begin() as session:
        come = await who_is_in(request, service, session, token)
        _need(come, "download_proxy")
        plan = await _plan(service, session, come, is_picks=only == "picks")
    if not plan.files:
        raise Unknown("There is no picture in this that could be put into a file.")

    async def go_on() -> bool:
        try:
            async with service.database.begin() as session:
                still = await who_is_in(request, service, session, token)
        except Refusal:
            return False
        return still.caller.may("download_proxy")

    on = frame(request, service, pages, come)
    sent = await send_zip(on, plan, name=come.share.title or on.reader.words.text("shared.untitled"), go_on=go_on)
    sent.headers.update(ROBOTS)
    return sent


async def _shown(service: Photoservice, session: Session, come: Come, image: str) -> Shown:
    """Return a picture that the share shows at this moment, with the edit of whoever it belongs to.

    Raises:
        Unknown: it does not show it.
    """
    scene = await service.people.shares.look(session, come.share)
    row = await scene.whose(session, image)
    heads = await service.people.editing.heads(session, row["whose"] or come.share.person, [image])
    edit = heads[image].edit if image in heads else NO_EDIT
    return Shown(image=image, frame=row["frame"], sight=Sight(rolls=(row["roll"],)), edit=edit)


async def _piece(service: Photoservice, session: Session, shown: Shown, tier: str) -> Piece:
    """Return the rendition that is sent, or that the edit is carried out on."""
    wanted = tier if shown.edit == NO_EDIT else LARGE
    return await service.gallery.bytes.rendition(session, shown.sight, shown.image, wanted)


async def _send_picture(
    request: AnyRequest, service: Photoservice, shown: Shown, piece: Piece, headers: dict[str, str], *, tier: str
) -> Response[Any]:
    if shown.edit == NO_EDIT:
        return await send_piece(request, service, piece, headers)
    headers["ETag"] = f'"{piece.tag}-{digest_of(shown.edit)[:16]}-{tier}"'
    if judge(request.method, request.headers, etag=headers["ETag"], size=piece.size).status == 304:
        return Response(b"", status_code=304, headers=headers, media_type="image/jpeg")
    made = await service.people.editing.rendered(piece, shown.edit, tier)
    content = b"" if request.method == "HEAD" else made
    return Response(content, headers=headers, media_type="image/jpeg")


async def _plan(service: Photoservice, session: Session, come: Come, *, is_picks: bool) -> Plan:
    """Return what goes into a share's zip: each picture as whoever it belongs to shows it."""
    scene = await service.people.shares.look(session, come.share)
    listed = await scene.pictures(session, limit=MOST_TAKEN)
    picked = await service.people.guests.picked(session, come.caller.guest) if is_picks else frozenset[str]()
    plan = Plan(files=())
    for whose in dict.fromkeys(row["whose"] for row in listed):
        images = [row["id"] for row in listed if row["whose"] == whose and (row["id"] in picked or not is_picks)]
        heads = await service.people.editing.heads(session, whose or come.share.person, images)
        sight = Sight(rolls=scene.rolls_of(whose))
        more = await plan_zip(session, service.gallery.bytes, sight, images, "proxy", heads=heads)
        plan = Plan(files=(*plan.files, *more.files), left_out=(*plan.left_out, *more.left_out))
    return plan


def _need(come: Come, right: Right) -> None:
    """Let only a guest pass who has ``right``, and the owner, who may as well. Raises RightLacking."""
    if not come.caller.may(right):
        raise RightLacking


def _private() -> dict[str, str]:
    return {**ROBOTS, "Cache-Control": ASK_AGAIN, "Vary": "Cookie"}


def _named(come: Come, shown: Shown, media: str) -> dict[str, str]:
    """Return the header that names a file: by the share's title and the frame, and nothing of whose it is."""
    name = f"{come.share.title} {shown.frame}".strip()
    return {"Content-Disposition": disposition("attachment", f"{name}.x", media)}


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (
    shared_rendition,
    shared_proxy,
    shared_original,
    shared_zip,
)
