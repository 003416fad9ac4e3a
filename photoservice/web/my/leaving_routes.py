"""Leaving: everything taken along, everything deleted. Whoever signs in proves who they are just before.

A guest holds their registration by its receipt's code alone, and may take along and delete what that shows.
"""

from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.params import PathParameter
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from photoservice.db.database import Session
from photoservice.errors import Unknown
from photoservice.persons.sessions import Visitor
from photoservice.service import Photoservice
from photoservice.taking.planning import MOST_TAKEN, plan_zip
from photoservice.taking.streaming import Note
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.dispositions import disposition
from photoservice.web.my.showing import stage
from photoservice.web.my.visiting import (
    MAX_FORM_BYTES,
    field,
    read_my_form,
    refuse_unproved,
    see_other,
    take_session,
    visit,
)
from photoservice.web.my.zips import ASKED_FOR, ZIP, explain_in
from photoservice.web.pages import PagesOf

DOCUMENT: Final = "twincheck.json"

Part = Annotated[int, PathParameter(ge=1, le=10_000, description="Pictures go in parts of ten thousand.")]


@get("/my/account/export", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def export_page(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Say what one may take along, and how large it is."""
    async with service.database.begin() as session:
        visitor = await _proved(request, service, session)
        images = await service.people.exporting.images(session, visitor.person)
        size = int(await session.value("exporting.size", list(images)))
    on = stage(request, service, pages, visitor)
    words = on.reader.words
    return on.show(
        "export",
        count=words.count("originals", len(images)),
        size=words.size(size),
        parts=range(1, max(1, -(-len(images) // MOST_TAKEN)) + 1),
    )


@get("/my/account/export/{part:int}", tags=["my pictures"], include_in_schema=False, media_type=ZIP)
async def export(request: AnyRequest, service: Service, pages: PagesOf, part: Part) -> Response[Any]:
    """Send everything kept of a person, made while it is sent: the document first, then the originals.

    Raises:
        Unknown: there is no such part.
    """
    people = service.people
    async with service.database.begin() as session:
        visitor = await _proved(request, service, session)
        every = await people.exporting.images(session, visitor.person)
        images = every[(part - 1) * MOST_TAKEN : part * MOST_TAKEN]
        if part > 1 and not images:
            raise Unknown("There is no such part.")
        sight = await people.persons.sight(session, visitor.person)
        plan = await plan_zip(session, service.gallery.bytes, sight, images, "original", heads={})
        files = {file.image: file.name for file in plan.files}
        told = await people.exporting.tell(session, visitor.person, files, known=pages.privacy.known)
    on = stage(request, service, pages, visitor)

    async def go_on() -> bool:
        return await service.database.row("persons.find", visitor.person) is not None

    sent = await people.taking.stream_zip(
        plan,
        explain=explain_in(on.reader.words),
        now=service.clock.now(),
        notes=(Note(name=DOCUMENT, text=told.decode()),),
        go_on=go_on,
    )
    headers = {**ASKED_FOR, "Content-Disposition": disposition("attachment", f"twincheck-{part}.zip", ZIP)}
    if sent.length is not None:
        headers["Content-Length"] = str(sent.length)
    return Stream(sent.body, headers=headers, media_type=ZIP)


@get("/my/account/delete", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def delete_page(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Say what would go and what would stay."""
    async with service.database.begin() as session:
        visitor = await _proved(request, service, session)
        going = await service.people.deleting.going(session, visitor.person)
    unticked = request.query_params.get("tick") == "missing"
    return stage(request, service, pages, visitor).show("delete", going=going, unticked=unticked)


@post("/my/account/delete", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def delete(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Delete a person and all that is theirs."""
    deleting = service.people.deleting
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        fields = await read_my_form(request, visitor)
        _refuse_unproved(service, visitor)
        if field(fields, "really") != "yes":
            return see_other("/my/account/delete?tick=missing")
        contents = await deleting.delete(session, visitor.person)
    await deleting.forget_contents(contents)
    gone = stage(request, service, pages, None).show("deleted")
    take_session(gone, service)
    return gone


async def _proved(request: AnyRequest, service: Photoservice, session: Session) -> Visitor:
    visitor = await visit(request, service, session)
    _refuse_unproved(service, visitor)
    return visitor


def _refuse_unproved(service: Photoservice, visitor: Visitor) -> None:
    if not visitor.is_guest:
        refuse_unproved(service, visitor)


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (export_page, export, delete_page, delete)
