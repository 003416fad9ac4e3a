"""One picture full screen; favourites and notes."""

from typing import Annotated, Final

from litestar import Response, get, post
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from photoservice.arranging.marks import LONGEST_NOTE
from photoservice.db.database import Session
from photoservice.errors import Malformed, Unknown
from photoservice.gallery.sight import Sight
from photoservice.persons.sessions import Visitor
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.pictures import Picture, pictures_of
from photoservice.web.my.rolls_shown import Asking, name_roll
from photoservice.web.my.showing import stage
from photoservice.web.my.visiting import MAX_FORM_BYTES, field, read_my_form, safe_next, see_other, visit
from photoservice.web.pages import PagesOf

ImageName = Annotated[str, PathParameter(max_length=40)]

_ON_OFF: Final = {"yes": True, "no": False}


@get("/my/images/{image:str}", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def image_page(request: AnyRequest, service: Service, pages: PagesOf, image: ImageName) -> Response[bytes]:
    """Show one picture as large as the screen, its neighbours beside it, and what can be done with it."""
    async with service.database.page() as session:
        visitor = await visit(request, service, session)
        on = stage(request, service, pages, visitor)
        asking = Asking(
            session=session,
            service=service,
            visitor=visitor,
            words=on.reader.words,
            shown=await service.people.persons.shown(session, visitor.person),
        )
        picture = await _picture(session, service, visitor, asking.sight, image)
        roll = await name_roll(asking, picture.roll)
        beside = await session.row("pictures.neighbours", picture.roll, picture.order, picture.image)
    return on.show(
        "image",
        picture=picture,
        roll=roll,
        before=beside["before"] if beside else None,
        after=beside["after"] if beside else None,
        longest_note=LONGEST_NOTE,
    )


@post(
    "/my/images/{image:str}/favourite",
    status_code=200,
    include_in_schema=False,
    request_max_body_size=MAX_FORM_BYTES,
)
async def favour(request: AnyRequest, service: Service, pages: PagesOf, image: ImageName) -> Response[bytes]:
    """Make a picture a favourite, or no longer one: the field ``on`` is yes or no."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        fields = await read_my_form(request, visitor)
        is_on = _ON_OFF.get(field(fields, "on"))
        if is_on is None:
            raise Malformed("A picture is a favourite, yes or no.")
        sight = await service.people.persons.sight(session, visitor.person)
        picture = await _picture(session, service, visitor, sight, image)
        marks = service.people.marks
        if is_on:
            await marks.favour(session, visitor.person, sight, [image])
        else:
            await marks.unfavour(session, visitor.person, [image])
    on = stage(request, service, pages, visitor)
    if on.is_fragment:
        return on.show("favour_form", image=image, is_favourite=is_on)
    return see_other(safe_next(field(fields, "next") or picture.path))


@post("/my/images/{image:str}/note", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def keep_note(request: AnyRequest, service: Service, image: ImageName) -> Response[bytes]:
    """Keep a note on a picture; an empty one drops it."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        fields = await read_my_form(request, visitor)
        sight = await service.people.persons.sight(session, visitor.person)
        note = field(fields, "note", longest=2 * LONGEST_NOTE)
        await service.people.marks.note(session, visitor.person, sight, image, note)
    return see_other(f"/my/images/{image}?did=noted#noted")


async def _picture(session: Session, service: Photoservice, visitor: Visitor, sight: Sight, image: str) -> Picture:
    found = await pictures_of(session, service, visitor.person, sight, [image])
    if not found:
        raise Unknown("There is no such picture here.")
    return found[0]


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (image_page, favour, keep_note)
