"""Opening and ending a viewing: an access code gives a token that shows its registration's images."""

from datetime import datetime
from typing import Final

import msgspec
from litestar import Response, delete, post
from litestar.types import ControllerRouterHandler

from photocore.jsontext import read_json
from photoservice.gallery.sight import bearer_of
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.bodies import JSON, MAX_BYTES, operation_with, read_body
from photoservice.web.holding import hold_back
from photoservice.web.pages import NOBODY
from photoservice.web.problems import told
from photoservice.web.receipt_routes import AccessByCode
from photoservice.web.sources import source_of


class ViewingTold(msgspec.Struct, frozen=True, kw_only=True):
    """A viewing: send ``token`` as Authorization: Bearer."""

    token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return "ViewingTold(...)"


@post(
    "/viewings",
    status_code=201,
    tags=["images"],
    request_max_body_size=MAX_BYTES,
    operation_class=operation_with(
        JSON, {"access_code": "The access code on the receipt."}, example={"access_code": "7Q2M-9XKD-4F8T-0ABC-D"}
    ),
    responses=told(400, 403, 413, 415, 429),
)
async def open_viewing(request: AnyRequest, service: Service) -> Response[ViewingTold]:
    """Open a viewing of the registration that an access code opens; wrong, old and voided codes get one answer.

    The token shows the images of its rolls while the registration stands.
    """
    said = read_json(await read_body(request), AccessByCode)
    source = source_of(request, service.settings.trusted_proxies)
    opening = service.gallery.viewings.open(said.access_code, source)
    viewing = await hold_back(service.settings.answer_floor, opening)
    answer = ViewingTold(token=viewing.token, expires_at=viewing.expires_at)
    return Response(answer, status_code=201, headers={"Cache-Control": NOBODY})


@delete("/viewings/current", status_code=204, tags=["images"], responses=told(401))
async def close_viewing(request: AnyRequest, service: Service) -> None:
    """End the viewing whose token is sent."""
    gallery = service.gallery
    async with service.database.begin() as session:
        await gallery.viewings.close(session, bearer_of(request.headers.get("authorization")))


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (open_viewing, close_viewing)
