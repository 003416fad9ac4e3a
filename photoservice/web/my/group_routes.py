"""Sub-groups: each picture in exactly one (O14)."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Final
from urllib.parse import urlencode

import msgspec
from litestar import Response, get, post
from litestar.params import PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler

from photoservice.arranging.groups import BEGINNING, LONGEST_NAME, MOST_GROUPS, Behind
from photoservice.db.database import Session
from photoservice.errors import Malformed, Unknown, Unprocessable
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.pictures import MOST_ON_A_PAGE, Picture, PicturePage, pictures_of
from photoservice.web.my.selected import back_to
from photoservice.web.my.showing import stage
from photoservice.web.my.visiting import MAX_FORM_BYTES, field, read_my_form, see_other, visit
from photoservice.web.pages import PagesOf

GroupName = Annotated[str, PathParameter(max_length=40)]
Place = Annotated[str, QueryParameter(max_length=400)]
Tried = Annotated[str, QueryParameter(max_length=320)]
Trouble = Annotated[str, QueryParameter(max_length=20)]
Removed = Annotated[str, QueryParameter(max_length=40)]

REST: Final = "rest"
_LONGEST_TYPED: Final = LONGEST_NAME * 4
"""A name may be typed longer than it is kept: what is too long is refused in words."""


@get("/my/groups", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def groups_page(
    request: AnyRequest,
    service: Service,
    pages: PagesOf,
    *,
    removed: Removed = "",
    tried: Tried = "",
    trouble: Trouble = "",
) -> Response[bytes]:
    """Show a person's sub-groups in their order, and how many pictures are in none."""
    groups = service.people.groups
    async with service.database.page() as session:
        visitor = await visit(request, service, session)
        sight = await service.people.persons.sight(session, visitor.person)
        told = await groups.all(session, visitor.person, sight)
        count, rest = await groups.rest_in_short(session, visitor.person, sight)
        images = [*rest, *(image for group in told for image in group.first)]
        shown = await pictures_of(session, service, visitor.person, sight, images)
        undo = await groups.removed(session, visitor.person, removed) if removed else None
    found = {one.image: one for one in shown}
    return stage(request, service, pages, visitor).show(
        "groups",
        groups=told,
        covers={group.id: _found(found, group.first) for group in told},
        rest=_found(found, rest),
        rest_count=count,
        undo=undo,
        tried=tried,
        trouble=trouble if trouble in _TROUBLES else "",
    )


@get("/my/groups/{group:str}", tags=["my pictures"], media_type="text/html", include_in_schema=False)
async def group_page(
    request: AnyRequest,
    service: Service,
    pages: PagesOf,
    group: GroupName,
    *,
    behind: Place = "",
    tried: Tried = "",
    trouble: Trouble = "",
) -> Response[bytes]:
    """Show the pictures of a sub-group, or of those that are in none."""
    groups, place = service.people.groups, _read_place(behind)
    async with service.database.page() as session:
        visitor = await visit(request, service, session)
        person, sight = visitor.person, await service.people.persons.sight(session, visitor.person)
        if group == REST:
            told, count = None, await groups.count_rest(session, person, sight)
            listed = await groups.rest(session, person, sight, behind=place, limit=MOST_ON_A_PAGE)
        else:
            told = await groups.find(session, person, group, sight)
            count = told.pictures
            listed = await groups.pictures(session, person, sight, group, behind=place, limit=MOST_ON_A_PAGE)
        shown = await pictures_of(session, service, person, sight, listed.images)
        names = await groups.names(session, person)
    on = stage(request, service, pages, visitor)
    found = PicturePage(pictures=shown, next=_write_place(listed.next) if listed.next else "")
    more = f"/my/groups/{group}"
    if on.is_fragment:
        return on.show("more_pictures", found=found, more=more)
    return on.show(
        "group",
        group=told,
        found=found,
        more=more,
        count=count,
        groups=names,
        tried=tried,
        trouble=trouble if trouble in _TROUBLES else "",
    )


@post("/my/groups", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def make_group(request: AnyRequest, service: Service) -> Response[bytes]:
    """Make a sub-group."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        fields = await read_my_form(request, visitor)
        typed = field(fields, "name", longest=_LONGEST_TYPED)
        try:
            group = await service.people.groups.make(session, visitor.person, typed)
        except (Malformed, Unprocessable) as refusal:
            return see_other("/my/groups?" + _tried(typed, refusal))
    return see_other(back_to(f"/my/groups/{group}", "made"))


@post("/my/groups/{group:str}/name", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def rename_group(request: AnyRequest, service: Service, group: GroupName) -> Response[bytes]:
    """Give a sub-group another name."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        fields = await read_my_form(request, visitor)
        typed = field(fields, "name", longest=_LONGEST_TYPED)
        try:
            await service.people.groups.rename(session, visitor.person, group, typed)
        except (Malformed, Unprocessable) as refusal:
            return see_other(f"/my/groups/{_plain(group)}?" + _tried(typed, refusal))
    return see_other(back_to(f"/my/groups/{group}", "renamed"))


@post("/my/groups/{group:str}/remove", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def remove_group(request: AnyRequest, service: Service, group: GroupName) -> Response[bytes]:
    """Remove a sub-group; its pictures stay, and are in none."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        await read_my_form(request, visitor)
        await service.people.groups.remove(session, visitor.person, group)
    return see_other(f"/my/groups?removed={group}")


@post("/my/groups/{group:str}/back", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def bring_group_back(request: AnyRequest, service: Service, group: GroupName) -> Response[bytes]:
    """Undo the removal of a sub-group."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        await read_my_form(request, visitor)
        await service.people.groups.bring_back(session, visitor.person, group)
    return see_other(back_to(f"/my/groups/{group}", "back"))


@post("/my/groups/{group:str}/place", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def place_group(request: AnyRequest, service: Service, group: GroupName) -> Response[bytes]:
    """Put a sub-group before another (field ``before``), behind all (``before`` empty), or one place on (``step``)."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        fields = await read_my_form(request, visitor)
        before = field(fields, "before") or None
        if step := field(fields, "step"):
            before = await _neighbour(session, service, visitor.person, group, -1 if step == "earlier" else 1)
        await service.people.groups.shift(session, visitor.person, group, before=before)
    return see_other(f"/my/groups#{group}")


async def _neighbour(session: Session, service: Photoservice, person: str, group: str, step: int) -> str | None:
    """Return before which sub-group one must stand to go one place on; None for the end."""
    order = [one for one, _ in await service.people.groups.names(session, person)]
    if group not in order:
        raise Unknown("There is no such group here.")
    others = [one for one in order if one != group]
    place = max(0, order.index(group) + step)
    return others[place] if place < len(others) else None


def _found(pictures: Mapping[str, Picture], images: Sequence[str]) -> list[Picture]:
    return [pictures[image] for image in images if image in pictures]


_TROUBLES: Final = ("empty", "long", "taken", "many")


def _tried(typed: str, refusal: Malformed | Unprocessable) -> str:
    """Return the query of a page that says why a name was not taken, and still holds it."""
    if isinstance(refusal, Unprocessable):
        trouble = "many" if str(MOST_GROUPS) in str(refusal) else "taken"
    else:
        trouble = "long" if len(typed) > LONGEST_NAME else "empty"
    return urlencode({"trouble": trouble, "tried": typed})


def _plain(group: str) -> str:
    return group if group.isascii() and group.replace("-", "").isalnum() else ""


def _write_place(place: Behind) -> str:
    return msgspec.json.encode(place).hex()


def _read_place(text: str) -> Behind:
    """Return the place a page before this one ended at.

    Raises:
        Malformed: it is none of ours.
    """
    try:
        return msgspec.json.decode(bytes.fromhex(text), type=Behind) if text else BEGINNING
    except (ValueError, msgspec.DecodeError) as cause:
        raise Malformed("There is no such page. Begin with the first.") from cause


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (
    groups_page,
    group_page,
    make_group,
    rename_group,
    remove_group,
    bring_group_back,
    place_group,
)
