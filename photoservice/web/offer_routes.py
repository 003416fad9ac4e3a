"""What a lab offers before it sends a byte: which frames are needed, and room for them."""

from typing import Final

from litestar import Response, post
from litestar.types import ControllerRouterHandler

from exchange.offers import MOST_OFFER_BYTES, Offer, OfferAnswer, read_offer
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.bodies import read_body
from photoservice.web.described import takes
from photoservice.web.lab_keys import lab_of
from photoservice.web.problems import told
from photoservice.web.rolls import RollName, asked_roll


@post(
    "/rolls/{roll:str}/offer",
    status_code=200,
    tags=["images"],
    request_max_body_size=MOST_OFFER_BYTES,
    responses=told(400, 401, 403, 404, 413, 415, 422, 503, 507),
    operation_class=takes(Offer),
)
async def offer_frames(request: AnyRequest, service: Service, roll: RollName) -> Response[OfferAnswer]:
    """Offer pictures of a roll: which of them are needed, and room for those. Nothing is sent yet.

    The same offer sent again is promised no second room. What it says of the roll is kept with what is filed of it.
    """
    tenant = await lab_of(request, service)
    offered = read_offer(await read_body(request))
    return Response(await service.pictures.offers.answer(tenant, asked_roll(request), offered))


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (offer_frames,)
