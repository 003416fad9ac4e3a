"""Resumable uploads: tus 1.0 over the rules of exchange.tus."""

from collections.abc import AsyncGenerator
from http import HTTPStatus
from typing import Annotated, Final, cast

from litestar import Response, route
from litestar.enums import HttpMethod
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from exchange.errors import TusRefused
from exchange.tus.answers import TusAnswer, refusal_headers, tell_what
from exchange.tus.protocol import OFFSET_STREAM, Append, Create, Look, Place, TellWhat, read_request
from photoservice.errors import PROBLEM_TYPES, Refusal
from photoservice.images.arrival import BodyCut
from photoservice.images.uploads import MAX_SIZE
from photoservice.service import Photoservice
from photoservice.web import problems
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.described import takes_bytes
from photoservice.web.lab_keys import lab_of
from photoservice.web.problems import told

UploadId = Annotated[str, PathParameter(max_length=40, description="As the Location of its creation told.")]

_SLUGS: Final = {
    400: "malformed",
    404: "not-found",
    405: "method-not-allowed",
    409: "offset-mismatch",
    410: "ended",
    412: "tus-version",
    413: "too-large",
    415: "unsupported-media-type",
    423: "locked",
    460: "checksum-mismatch",
}
_BYTES = takes_bytes(OFFSET_STREAM, "The bytes that follow Upload-Offset.")


@route("/uploads", http_method=[HttpMethod.OPTIONS], status_code=204, tags=["images"], operation_id="UploadsOptions")
async def uploads_options(request: AnyRequest, service: Service) -> Response[None]:
    """Tell which parts of tus 1.0 are spoken here, and how large an upload may be."""
    return await _answer(request, service, Place.UPLOADS)


@route(
    "/uploads",
    http_method=[HttpMethod.POST],
    status_code=201,
    tags=["images"],
    operation_id="BeginUpload",
    operation_class=_BYTES,
    responses=told(400, 401, 403, 404, 412, 413, 415, 422, 503, 507),
    request_max_body_size=None,
)
async def begin_upload(request: AnyRequest, service: Service) -> Response[None]:
    """Begin an upload (tus 1.0, creation and creation-with-upload).

    Upload-Metadata: roll, frame, and where wanted sha256 (hexadecimal), filename, reservation.
    """
    return await _answer(request, service, Place.UPLOADS)


@route(
    "/uploads/{upload:str}", http_method=[HttpMethod.OPTIONS], status_code=204, tags=["images"],
    operation_id="UploadOptions",
)  # fmt: skip
async def upload_options(request: AnyRequest, service: Service, upload: UploadId) -> Response[None]:
    """Tell which parts of tus 1.0 are spoken here."""
    return await _answer(request, service, Place.UPLOAD, upload)


@route(
    "/uploads/{upload:str}",
    http_method=[HttpMethod.HEAD],
    status_code=200,
    tags=["images"],
    operation_id="LookAtUpload",
    responses=told(400, 401, 403, 404, 410, 412, 422, 423),
)
async def look_at_upload(request: AnyRequest, service: Service, upload: UploadId) -> Response[None]:
    """Tell how far an upload is, and of one that is filed its image."""
    return await _answer(request, service, Place.UPLOAD, upload)


@route(
    "/uploads/{upload:str}",
    http_method=[HttpMethod.PATCH],
    status_code=204,
    tags=["images"],
    operation_id="AppendToUpload",
    operation_class=_BYTES,
    responses=told(400, 401, 403, 404, 409, 410, 412, 413, 415, 422, 423, 503, 507),
    request_max_body_size=None,
)
async def append_to_upload(request: AnyRequest, service: Service, upload: UploadId) -> Response[None]:
    """Send the next bytes of an upload.

    The answer to the last ones names the image and what became of it: Twincheck-Image, Twincheck-Word.
    """
    return await _answer(request, service, Place.UPLOAD, upload)


@route(
    "/uploads/{upload:str}",
    http_method=[HttpMethod.DELETE],
    status_code=204,
    tags=["images"],
    operation_id="TerminateUpload",
    responses=told(400, 401, 403, 404, 410, 412, 423),
)
async def terminate_upload(request: AnyRequest, service: Service, upload: UploadId) -> Response[None]:
    """Forget an upload that is not filed, and give its room back."""
    return await _answer(request, service, Place.UPLOAD, upload)


@route(
    "/uploads/{upload:str}",
    http_method=[HttpMethod.POST],
    status_code=204,
    tags=["images"],
    operation_id="OverrideUpload",
    operation_class=_BYTES,
    responses=told(400, 401, 403, 404, 405, 409, 410, 412, 413, 415, 422, 423, 503, 507),
    request_max_body_size=None,
)
async def override_upload(request: AnyRequest, service: Service, upload: UploadId) -> Response[None]:
    """Do what X-HTTP-Method-Override says, for clients whose network lets GET and POST pass alone."""
    return await _answer(request, service, Place.UPLOAD, upload)


async def _answer(request: AnyRequest, service: Photoservice, place: Place, upload: str = "") -> Response[None]:
    """Answer a request of tus; every answer, also a problem, bears the protocol's headers."""
    try:
        answer = await _carry_out(request, service, place, upload)
    except TusRefused as refused:
        return cast("Response[None]", _problem(request, refused, place))
    except Refusal as refusal:
        answered = problems.on_refusal(request, refusal)
        answered.headers.update(refusal_headers(TusRefused("", status=int(refusal.status)), place))
        return cast("Response[None]", answered)
    empty = Response(b"", status_code=int(answer.status), headers=dict(answer.headers), media_type=OFFSET_STREAM)
    return cast("Response[None]", empty)


async def _carry_out(request: AnyRequest, service: Photoservice, place: Place, upload: str) -> TusAnswer:
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.scope["headers"]]
    ask = read_request(request.method, headers, place, max_size=MAX_SIZE)
    if isinstance(ask, TellWhat):
        return tell_what(place, max_size=MAX_SIZE)
    tenant = await lab_of(request, service)
    uploads = service.pictures.uploads
    match ask:
        case Create():
            return await uploads.create(tenant, ask, _pieces(request))
        case Look():
            return await uploads.look(tenant, upload)
        case Append():
            return await uploads.append(tenant, upload, ask, _pieces(request))
        case _:
            return await uploads.terminate(tenant, upload)


async def _pieces(request: AnyRequest) -> AsyncGenerator[bytes]:
    """Yield a body as it comes; the server reads on only when the last piece was taken.

    Raises:
        BodyCut: the client went.
    """
    more = True
    while more:
        message = await request.receive()
        if message["type"] != "http.request":
            raise BodyCut
        yield message["body"]
        more = message.get("more_body", False)


def _problem(request: AnyRequest, refused: TusRefused, place: Place) -> Response[bytes]:
    status = refused.status
    known = status in HTTPStatus.__members__.values()
    return problems.answer(
        request,
        type_=PROBLEM_TYPES + _SLUGS.get(status, "refused"),
        title=HTTPStatus(status).phrase if known else "The checksum does not fit",
        status=status,
        detail=str(refused),
        headers=refusal_headers(refused, place),
    )


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (
    uploads_options,
    begin_upload,
    upload_options,
    look_at_upload,
    append_to_upload,
    terminate_upload,
    override_upload,
)
