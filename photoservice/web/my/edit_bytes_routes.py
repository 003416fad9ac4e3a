"""The bytes of edited pictures: previews for who edits, and short addresses that pages name."""

from typing import Annotated, Final

from litestar import Response, get
from litestar.params import PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler

from imaging.pixels.picture import Tier
from photocore.edit_codes import LONGEST_CODE, read_code
from photocore.edits import NO_EDIT
from photocore.errors import EditMalformed
from photoservice.editing.editing import SOURCE
from photoservice.errors import Malformed
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.dispositions import disposition
from photoservice.web.my.visiting import visit
from photoservice.web.problems import told

ImageName = Annotated[str, PathParameter(max_length=40, description="As a list named it: IM-...")]
TierName = Annotated[Tier, PathParameter(description="The longer side in pixels, at most.")]
Code = Annotated[str, QueryParameter(name="d", max_length=LONGEST_CODE, description="The edit.")]
Expiry = Annotated[str, QueryParameter(name="x", max_length=20, description="Until when the address is good.")]
Signature = Annotated[str, QueryParameter(name="s", max_length=64, description="Its signature.")]
Side = Annotated[int, QueryParameter(ge=64, le=2048, description="The longer side in pixels, at most.")]

SHOWN: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
"""A browser that opens a picture by itself makes a document round it, with a style of its own."""

_SIDES: Final = (320, 640, 960, 1280, 2048)
"""A preview is one of these, so that the same one is not made in fifty sizes."""


@get(
    "/e/{image:str}/{tier:str}",
    tags=["images"],
    media_type="image/jpeg",
    responses=told(400, 404, 409, 503),
)
async def linked_edit(  # what is signed has these parts
    request: AnyRequest,
    service: Service,
    image: ImageName,
    tier: TierName,
    *,
    code: Code = "",
    expiry: Expiry = "",
    signature: Signature = "",
) -> Response[bytes]:
    """Give an edited picture to whoever has its short address, without asking who they are."""
    editing = service.people.editing
    edit, left_s = editing.addresses.read(image, tier, code, expiry=expiry, signature=signature)
    async with service.database.begin() as session:
        piece = await service.gallery.bytes.rendition(session, None, image, SOURCE)
    headers = {
        "Cache-Control": f"private, max-age={left_s}, immutable",
        "Content-Disposition": disposition("inline", piece.row["frame"], piece.media),
        "Content-Security-Policy": SHOWN,
    }
    body = await editing.rendered(piece, edit, tier)
    return Response(body, media_type="image/jpeg", headers=headers)


@get("/my/images/{image:str}/preview", media_type="image/jpeg", include_in_schema=False)
async def preview(
    request: AnyRequest, service: Service, image: ImageName, *, code: Code = "", side: Side = 1280
) -> Response[bytes]:
    """Show a picture as an edit would make it that is not kept yet."""
    try:
        edit = read_code(code)
    except EditMalformed as cause:
        raise Malformed("There is no such edit.") from cause
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        sight = await service.people.persons.sight(session, visitor.person)
        piece = await service.gallery.bytes.rendition(session, sight, image, SOURCE)
    editing = service.people.editing
    side = next(one for one in _SIDES if one >= side)
    is_as_kept = edit == NO_EDIT and side == int(SOURCE)
    body = (
        await editing.rendered(piece, edit, SOURCE) if is_as_kept else await editing.renderer.preview(piece, edit, side)
    )
    headers = {"Cache-Control": "private, max-age=600", "Vary": "Cookie", "Content-Security-Policy": SHOWN}
    return Response(body, media_type="image/jpeg", headers=headers)


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (linked_edit, preview)
