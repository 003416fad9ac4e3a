"""Putting pictures of one's own into a sub-group that somebody shares, and taking them out again."""

from typing import Final

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from photoservice.errors import RightLacking
from photoservice.gallery.cursors import FramePlace, read_cursor
from photoservice.gallery.rolls import MOST_ROLLS, RollsTold, Search, list_rolls
from photoservice.gallery.sight import Sight
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.bodies import MAX_BYTES
from photoservice.web.my.calling import ROBOTS, who_is_in
from photoservice.web.my.guest_routes import ImageName, Token, frame
from photoservice.web.my.pictures import PicturePage, pictures_of_roll
from photoservice.web.my.visiting import MAX_FORM_BYTES, read_my_form, see_other
from photoservice.web.pages import PagesOf


@get("/s/{token:str}/put", tags=["shares"], media_type="text/html", include_in_schema=False)
async def put_page(request: AnyRequest, service: Service, pages: PagesOf, token: Token) -> Response[bytes]:
    """Show one's own rolls, and the pictures of one of them, to be put in; or how to open them first."""
    roll, cursor = request.query_params.get("roll", ""), request.query_params.get("cursor", "")
    behind = read_cursor(cursor, FramePlace) if cursor else None
    found, told = PicturePage(pictures=()), RollsTold(rolls=(), next=None)
    async with service.database.begin() as session:
        come = await who_is_in(request, service, session, token)
        come.caller.need("exchange")
        if come.visitor is not None:
            sight = await service.people.persons.sight(session, come.visitor.person)
            told = await list_rolls(session, sight, Search(limit=MOST_ROLLS)) if sight.rolls else told
            chosen = Sight(rolls=(roll,) if roll in sight.rolls else ())
            if chosen.rolls:
                found = await pictures_of_roll(session, service, come.visitor.person, chosen, roll, behind=behind)
    return frame(request, service, pages, come).show(
        "shared/put",
        headers=ROBOTS,
        share=come.share,
        who=come.caller,
        csrf=come.caller.csrf,
        has_session=come.visitor is not None,
        rolls=told.rolls,
        roll=roll,
        found=found,
    )


@post("/s/{token:str}/put", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def put_in(request: AnyRequest, service: Service, token: Token) -> Response[bytes]:
    """Put the pictures named by ``image`` in."""
    async with service.database.begin() as session:
        come = await who_is_in(request, service, session, token)
        fields = await read_my_form(request, come.caller)
        if images := fields.get("image"):
            await service.people.guests.exchange.put_in(session, come.caller, images)
    return see_other(come.share.path)


@post(
    "/s/{token:str}/put/{image:str}/remove", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES
)
async def take_out(request: AnyRequest, service: Service, token: Token, image: ImageName) -> Response[bytes]:
    """Take out a picture that one put in; also after the right to put more in was taken away."""
    async with service.database.begin() as session:
        come = await who_is_in(request, service, session, token)
        await read_my_form(request, come.caller)
        if come.caller.person is None:
            raise RightLacking
        await service.people.guests.exchange.take_out(session, come.share, image, come.caller.person)
    return see_other(come.share.path)


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (put_page, put_in, take_out)
