"""What a lab says of its pictures: which it offers before it sends a byte, which of two stands, which is withdrawn."""

from typing import Annotated, Final

import msgspec
from litestar import Response, delete, post
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from exchange.offers import MOST_OFFER_BYTES, Offer, OfferAnswer, read_offer
from photocore.jsontext import read_json
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.bodies import read_body
from photoservice.web.described import takes
from photoservice.web.lab_keys import lab_of
from photoservice.web.problems import told
from photoservice.web.rolls import FrameName, RollName, asked_frame, asked_roll

MOST_CHOICE_BYTES: Final = 1000
ImageId = Annotated[str, PathParameter(max_length=40, description="As Twincheck-Image told.")]


class Choice(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which picture shall stand."""

    image: Annotated[str, msgspec.Meta(max_length=40)]


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


@post(
    "/rolls/{roll:str}/frames/{frame:str}/choice",
    status_code=204,
    tags=["images"],
    request_max_body_size=MOST_CHOICE_BYTES,
    responses=told(400, 401, 403, 404, 409, 413, 415),
    operation_class=takes(Choice),
)
async def choose_image(request: AnyRequest, service: Service, roll: RollName, frame: FrameName) -> None:
    """Choose which of your pictures stands for a frame; your others of that frame are withdrawn."""
    tenant = await lab_of(request, service)
    choice = read_json(await read_body(request), Choice)
    chosen_roll, chosen_frame = asked_roll(request), asked_frame(request)
    await service.pictures.choosing.choose(tenant, chosen_roll, chosen_frame.text, choice.image)


@delete("/images/{image:str}", status_code=204, tags=["images"], responses=told(400, 401, 403, 404))
async def withdraw_image(request: AnyRequest, service: Service, image: ImageId) -> None:
    """Withdraw a picture that you filed; nobody is shown it from now on."""
    tenant = await lab_of(request, service)
    await service.pictures.choosing.withdraw(tenant, image)


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (offer_frames, choose_image, withdraw_image)
