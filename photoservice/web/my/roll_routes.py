"""A roll: its custody line and its contact sheet."""

from typing import Annotated, Final

from litestar import Response, get
from litestar.params import QueryParameter
from litestar.types import ControllerRouterHandler

from photoservice.errors import Unknown
from photoservice.gallery.cursors import LONGEST, FramePlace, read_cursor
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.pictures import pictures_of_roll
from photoservice.web.my.rolls_shown import Asking, show_roll
from photoservice.web.my.showing import stage
from photoservice.web.my.visiting import visit
from photoservice.web.pages import PagesOf
from photoservice.web.rolls import RollName, asked_roll

Cursor = Annotated[str, QueryParameter(max_length=LONGEST)]

_ROLL: Final = 3
"""Which part of /my/rolls/{roll} the roll is."""


@get("/my/rolls/{roll:str}", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def roll_page(
    request: AnyRequest, service: Service, pages: PagesOf, roll: RollName, *, behind: Cursor = ""
) -> Response[bytes]:
    """Show a roll: where it is, and its pictures in the order of its frames."""
    place = read_cursor(behind, FramePlace) if behind else None
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
        known = asked_roll(request, place=_ROLL)
        if not asking.sight.may_ask_of(known):
            raise Unknown("There is no such roll here.")
        found = await pictures_of_roll(session, service, visitor.person, asking.sight, known, behind=place)
        shown = await show_roll(asking, known)
        groups = await service.people.groups.names(session, visitor.person)
    if on.is_fragment:
        return on.show("more_pictures", found=found, more=shown.path)
    return on.show("roll", roll=shown, found=found, more=shown.path, groups=groups)


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (roll_page,)
