"""The bytes of images: renditions and originals, by range, and by signed short addresses.

How long what is sent may be kept: a rendition that is asked for by its entity tag (``?v=``, as lists name it) never
changes, so a browser may keep it for a year; without the tag the same address shows a later recipe's picture one day,
and is asked for again. A short address may be kept as long as it is good. All of it is private: pictures are their
owners', a shared cache would hardly ever be asked twice for one person's pictures, and it could not be told when one is
withdrawn. An original is asked for each time, for its bytes may be withdrawn and nobody needs it twice.
"""

from base64 import b64encode
from typing import Annotated, Any, Final

from litestar import Response, route
from litestar.enums import HttpMethod
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import PathParameter, QueryParameter
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from imaging.pixels.picture import Tier
from photoservice.gallery.bytes_of import Piece
from photoservice.gallery.ranges import judge
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.dispositions import disposition
from photoservice.web.problems import told

ImageName = Annotated[str, PathParameter(max_length=40, description="As a list named it: IM-...")]
TierName = Annotated[Tier, PathParameter(description="The longer side in pixels, at most.")]
Tag = Annotated[str, QueryParameter(max_length=64, description="The entity tag, as a list named it.")]
Expiry = Annotated[str, QueryParameter(name="x", max_length=20, description="Until when the address is good.")]
Signature = Annotated[str, QueryParameter(name="s", max_length=64, description="Its signature.")]

_READ: Final = [HttpMethod.GET, HttpMethod.HEAD]
_BYTES: Final[dict[int, ResponseSpec]] = {
    206: ResponseSpec(data_container=bytes, media_type="image/jpeg", description="The bytes asked for by Range"),
    304: ResponseSpec(data_container=None, description="Still as If-None-Match names it"),
}
_FOR_EVER: Final = "private, max-age=31536000, immutable"
ASK_AGAIN: Final = "private, no-cache"
SANDBOX: Final = "default-src 'none'; frame-ancestors 'none'; sandbox"
SHOWN: Final = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
"""A browser that opens a picture by itself makes a document round it, with a style of its own."""


@route(
    "/images/{image:str}/original",
    http_method=_READ,
    tags=["images"],
    media_type="application/octet-stream",
    responses={**_BYTES, **told(401, 403, 404, 412, 416, 503)},
)
async def original(request: AnyRequest, service: Service, image: ImageName) -> Response[Any]:
    """Give the exact bytes that came, to be saved; their SHA-256 stands in Repr-Digest (RFC 9530)."""
    gallery = service.gallery
    async with service.database.begin() as session:
        sight = await gallery.askers.sight_of(session, request.headers.get("authorization"))
        piece = await gallery.bytes.original(session, sight, image)
    row = piece.row
    name = row["file_name"] if sight.tenant is not None else ""
    digest = b64encode(bytes(row["sha256"])).decode()
    headers = {
        "Cache-Control": ASK_AGAIN,
        "Vary": "Authorization",
        "Content-Disposition": disposition("attachment", name or f"{row['roll']} {row['frame']}", piece.media),
        "Content-Security-Policy": SANDBOX,
        "Repr-Digest": f"sha-256=:{digest}:",
    }
    return await send_piece(request, service, piece, headers)


@route(
    "/images/{image:str}/{tier:str}",
    http_method=_READ,
    tags=["images"],
    media_type="image/jpeg",
    responses={**_BYTES, **told(400, 401, 403, 404, 409, 412, 416, 503)},
)
async def rendition(
    request: AnyRequest, service: Service, image: ImageName, tier: TierName, v: Tag = ""
) -> Response[Any]:
    """Give a rendition: a JPEG, in sRGB, upright, with nothing in it but the picture."""
    gallery = service.gallery
    async with service.database.begin() as session:
        sight = await gallery.askers.sight_of(session, request.headers.get("authorization"))
        piece = await gallery.bytes.rendition(session, sight, image, tier)
    kept = _FOR_EVER if v == piece.tag else ASK_AGAIN
    headers = {"Cache-Control": kept, "Vary": "Authorization", "Content-Security-Policy": SHOWN}
    return await send_piece(request, service, piece, headers)


@route(
    "/i/{image:str}/{tier:str}",
    http_method=_READ,
    tags=["images"],
    media_type="image/jpeg",
    responses={**_BYTES, **told(400, 404, 409, 412, 416, 503)},
)
async def linked_rendition(
    request: AnyRequest,
    service: Service,
    image: ImageName,
    tier: TierName,
    *,
    expiry: Expiry = "",
    signature: Signature = "",
) -> Response[Any]:
    """Give a rendition to whoever has its short address, without asking who they are."""
    gallery = service.gallery
    left_s = gallery.links.left_s(image, tier, expiry=expiry, signature=signature)
    async with service.database.begin() as session:
        piece = await gallery.bytes.rendition(session, None, image, tier)
    headers = {
        "Cache-Control": f"private, max-age={left_s}, immutable",
        "Content-Disposition": disposition("inline", piece.row["frame"], piece.media),
        "Content-Security-Policy": SHOWN,
    }
    return await send_piece(request, service, piece, headers)


async def send_piece(
    request: AnyRequest, service: Photoservice, piece: Piece, headers: dict[str, str]
) -> Response[Any]:
    """Answer as much of ``piece`` as the request wants."""
    etag = f'"{piece.tag}"'
    wanted = judge(request.method, request.headers, etag=etag, size=piece.size)
    headers |= {"ETag": etag, "Accept-Ranges": "bytes"}
    if wanted.status == 304:
        return Response(b"", status_code=304, headers=headers, media_type=piece.media)
    headers["Content-Length"] = str(wanted.length)
    if wanted.status == 206:
        headers["Content-Range"] = f"bytes {wanted.start}-{wanted.end - 1}/{piece.size}"
    if request.method == "HEAD":
        return Response(b"", status_code=wanted.status, headers=headers, media_type=piece.media)
    stream = await service.gallery.bytes.read(piece, wanted.start, wanted.end)
    return Stream(stream, status_code=wanted.status, headers=headers, media_type=piece.media)


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (original, rendition, linked_rendition)
