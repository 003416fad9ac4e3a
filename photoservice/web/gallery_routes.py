"""Rolls and frames for whoever may look at them: lists, search, one frame, its sidecar."""

from datetime import date
from typing import Annotated, Final, TypeVar

from litestar import Response, get
from litestar.params import QueryParameter
from litestar.types import ControllerRouterHandler

from photoservice.errors import Unknown
from photoservice.gallery.cursors import LONGEST, FramePlace, RollPlace, read_cursor
from photoservice.gallery.frames import MOST_FRAMES, FramesTold, FrameTold
from photoservice.gallery.rolls import MOST_ROLLS, RollsTold, RollTold, Search, find_roll, list_rolls
from photoservice.gallery.sidecars import sidecar_of
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.problems import told
from photoservice.web.rolls import FrameName, RollName, asked_frame, asked_roll

Told = TypeVar("Told")

Cursor = Annotated[str, QueryParameter(max_length=LONGEST, description="`next` of the page before.")]
Stock = Annotated[str, QueryParameter(max_length=120, description="A film stock's name; ending in *, its beginning.")]
Words = Annotated[
    str, QueryParameter(name="q", max_length=200, description="Words of the roll's ID, stock, lab, note.")
]
Since = Annotated[date | None, QueryParameter(name="from", description="The first day, such as 2026-11-20.")]
Until = Annotated[date | None, QueryParameter(name="to", description="The last day.")]
RollLimit = Annotated[int, QueryParameter(ge=1, le=MOST_ROLLS)]
FrameLimit = Annotated[int, QueryParameter(ge=1, le=MOST_FRAMES)]

XMP: Final = "application/rdf+xml"


@get("/rolls", tags=["images"], responses=told(400, 401, 403))
async def rolls(  # a query has these many parts
    request: AnyRequest,
    service: Service,
    *,
    stock: Stock = "",
    since: Since = None,
    until: Until = None,
    words: Words = "",
    cursor: Cursor = "",
    limit: RollLimit = 50,
) -> Response[RollsTold]:
    """List the rolls you filed images of, or, in a viewing, those of your registration; the last day first.

    A roll's day is when it was scanned, else developed, else filed.
    """
    search = Search(
        since=since or date.min,
        until=until or date.max,
        stock=stock.strip(),
        words=words.strip(),
        limit=limit,
        behind=read_cursor(cursor, RollPlace) if cursor else None,
    )
    async with service.database.begin() as session:
        sight = await service.gallery.askers.sight_of(session, request.headers.get("authorization"))
        return _private(await list_rolls(session, sight, search))


@get("/rolls/{roll:str}", tags=["images"], responses=told(401, 403, 404))
async def roll(request: AnyRequest, service: Service, roll: RollName) -> Response[RollTold]:  # read from the raw path
    """Tell of one roll."""
    async with service.database.begin() as session:
        sight = await service.gallery.askers.sight_of(session, request.headers.get("authorization"))
        return _private(await find_roll(session, sight, asked_roll(request)))


@get("/rolls/{roll:str}/frames", tags=["images"], responses=told(400, 401, 403, 404))
async def frames(
    request: AnyRequest,
    service: Service,
    roll: RollName,  # read from the raw path
    *,
    cursor: Cursor = "",
    limit: FrameLimit = 100,
) -> Response[FramesTold]:
    """List a roll's images in the order of its frames: 00, 0, 0A, 1; to a lab also its own that wait for a choice."""
    place = read_cursor(cursor, FramePlace) if cursor else None
    gallery = service.gallery
    async with service.database.begin() as session:
        sight = await gallery.askers.sight_of(session, request.headers.get("authorization"))
        return _private(await gallery.frames.list(session, sight, asked_roll(request), behind=place, limit=limit))


@get("/rolls/{roll:str}/frames/{frame:str}", tags=["images"], responses=told(401, 403, 404))
async def frame(
    request: AnyRequest,
    service: Service,
    roll: RollName,  # read from the raw path
    frame: FrameName,  # the same
) -> Response[FrameTold]:
    """Tell of one frame: the image that stands, and its rivals."""
    gallery = service.gallery
    async with service.database.begin() as session:
        sight = await gallery.askers.sight_of(session, request.headers.get("authorization"))
        asked = asked_frame(request)
        rows = await gallery.frames.rows_of(session, sight, asked_roll(request), asked)
        images = tuple(gallery.frames.told(row, sight) for row in rows)
    return _private(FrameTold(roll=asked_roll(request), frame=str(asked), images=images))


@get("/rolls/{roll:str}/frames/{frame:str}/sidecar.xmp", tags=["images"], media_type=XMP, responses=told(401, 403, 404))
async def sidecar(
    request: AnyRequest,
    service: Service,
    roll: RollName,  # read from the raw path
    frame: FrameName,  # the same
) -> Response[bytes]:
    """Give what is known of the film of one frame, as an XMP sidecar."""
    gallery = service.gallery
    async with service.database.begin() as session:
        sight = await gallery.askers.sight_of(session, request.headers.get("authorization"))
        rows = await gallery.frames.rows_of(session, sight, asked_roll(request), asked_frame(request))
        standing = next((row for row in rows if row["state"] == "standing"), None)
        if standing is None:
            raise Unknown("There is no picture of such a frame here.")
        body = await sidecar_of(session, standing)
    headers = {"Content-Disposition": 'attachment; filename="sidecar.xmp"', **_PRIVATE}
    return Response(body, media_type=XMP, headers=headers)


_PRIVATE: Final = {"Cache-Control": "private, no-store", "Vary": "Authorization"}
"""Lists name short addresses and change as work goes on; what is shown to one asker is no other's."""


def _private(answer: Told) -> Response[Told]:
    return Response(answer, headers=dict(_PRIVATE))


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (rolls, roll, frames, frame, sidecar)
