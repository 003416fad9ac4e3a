"""Taking an edit over to other pictures: those of the same roll, or those that were selected; and undoing that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from photoservice.db.database import Session
from photoservice.editing.versions import Taken
from photoservice.errors import Malformed, Unknown
from photoservice.persons.sessions import Visitor
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.pictures import Picture, pictures_of, pictures_of_roll
from photoservice.web.my.showing import Stage, stage
from photoservice.web.my.visiting import MAX_FORM_BYTES, field, read_my_form, see_other, visit
from photoservice.web.pages import PagesOf

MOST: Final = 500
"""Pictures that are offered on one page, and that an edit is taken over to at once."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class _Offer:
    """The edited picture, and those it can be taken over to."""

    source: Picture
    others: Sequence[Picture]
    is_roll: bool


@get("/my/edits/copy", media_type="text/html", include_in_schema=False)
async def copy_page(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Show to which pictures the edit of one (``from``) can be taken over: each ``image``, or those of its roll."""
    asked = request.query_params
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        offer = await _offer(session, service, visitor, asked.get("from", ""), asked.getall("image", []))
    on = stage(request, service, pages, visitor)
    count = asked.get("done", "")
    is_done = count.isascii() and count.isdecimal() and len(count) < 5
    return _show(on, offer, done=int(count) if is_done else None, at=asked.get("at", ""), undone="undone" in asked)


@post("/my/edits/copy", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def copy(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Take the edit of ``from`` over to each ``image``: its ``shape``, its ``colours``, or both."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        fields = await read_my_form(request, visitor)
        source, images = field(fields, "from", longest=40), fields.get("image", [])
        taken = Taken(shape=field(fields, "shape") == "yes", colours=field(fields, "colours") == "yes")
        if len(images) > MOST:
            raise Malformed(f"An edit is taken over to {MOST} pictures at once, at most.")
        sight = await service.people.persons.sight(session, visitor.person)
        if not images or not (taken.shape or taken.colours):
            offer = await _offer(session, service, visitor, source, [])
            return _show(stage(request, service, pages, visitor), offer, status=422)
        if not await pictures_of(session, service, visitor.person, sight, [source]):
            raise Unknown("There is no such picture here.")
        versions = service.people.editing.versions
        copied = await versions.copy(session, (visitor.person, sight), source, images, taken=taken)
    at = (copied.at - _EPOCH) // timedelta(microseconds=1)
    return see_other(f"/my/edits/copy?from={source}&done={len(copied.images)}&at={at}")


@post("/my/edits/copy/undo", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def undo_copy(request: AnyRequest, service: Service) -> Response[bytes]:
    """Undo what was taken over ``at`` a time, but where it was edited since."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        fields = await read_my_form(request, visitor)
        source, at = field(fields, "from", longest=40), field(fields, "at", longest=17)
        if not (source.replace("-", "").isalnum() and source.isascii() and at.isascii() and at.isdecimal()):
            raise Malformed("There is nothing to undo.")
        when = _EPOCH + timedelta(microseconds=int(at))
        undone = await service.people.editing.versions.undo_copy(session, visitor.person, when)
    return see_other(f"/my/edits/copy?from={source}&done={len(undone)}&undone=yes")


async def _offer(
    session: Session, service: Photoservice, visitor: Visitor, source: str, images: Sequence[str]
) -> _Offer:
    """Return what an edit can be taken over to.

    Raises:
        Unknown: there is no such picture of theirs.
    """
    sight = await service.people.persons.sight(session, visitor.person)
    found = await pictures_of(session, service, visitor.person, sight, [source])
    if not found:
        raise Unknown("There is no such picture here.")
    if images:
        others = await pictures_of(session, service, visitor.person, sight, images[:MOST])
    else:
        page = await pictures_of_roll(session, service, visitor.person, sight, found[0].roll, limit=MOST)
        others = page.pictures
    others = [one for one in others if one.image != source and one.is_ready]
    return _Offer(source=found[0], others=others, is_roll=not images)


def _show(
    on: Stage, offer: _Offer, *, status: int = 200, done: int | None = None, at: str = "", undone: bool = False
) -> Response[bytes]:
    return on.show(
        "edit_copy",
        status=status,
        source=offer.source,
        others=offer.others,
        is_roll=offer.is_roll,
        done=done,
        at=at if at.isascii() and at.isdecimal() and len(at) < 18 else "",
        undone=undone,
        missing=status == 422,
    )


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (copy_page, copy, undo_copy)
