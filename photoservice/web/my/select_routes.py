"""What is done with several pictures at once: one form under every sheet, with a button for each.

The form works without a script: what is ticked is sent, or "all" of what the page is of. With one it also holds what
was ticked on other pages of the same.
"""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

from litestar import Response, post
from litestar.types import ControllerRouterHandler

from photoservice.arranging.groups import LONGEST_NAME
from photoservice.arranging.scopes import FAVOURITES, REST, read_scope
from photoservice.db.database import Session
from photoservice.gallery.sight import Sight
from photoservice.persons.sessions import Visitor
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.selected import LONGEST_SCOPE, Selected, back_to, place_after, read_selected
from photoservice.web.my.visiting import MAX_FORM_BYTES, field, read_my_form, see_other, visit

LONGEST_ADDRESS: Final = 32_000
"""About 1,000 pictures by name; a request's head may have 64 KB."""

NEW: Final = "new"
NONE: Final = "none"

_SHARED_AS: Final = {"roll": "roll", "group": "sub_group", "all": "account"}


@post("/my/selection", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def do_with_selection(request: AnyRequest, service: Service) -> Response[bytes]:
    """Do what was pressed with the pictures that were selected."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        fields = await read_my_form(request, visitor)
        sight = await service.people.persons.sight(session, visitor.person)
        selected = read_selected(fields)
        back, do = field(fields, "back"), field(fields, "do")
        seen = await selected.seen(session, visitor.person, sight)
        if not seen:
            return see_other(back_to(back, "nothing"))
        back = await _place(session, visitor, sight, (selected, seen), fields)
        if "group" in fields:
            group, name = field(fields, "group"), field(fields, "new_name", longest=LONGEST_NAME * 4)
            return see_other(await _move(session, service, (visitor, sight), seen, (group, name, back)))
        if do in ("favourite", "plain"):
            return see_other(await _mark(session, service, (visitor, sight), seen, (do, back)))
        if do == "edit":
            on_to = await _copy_edit(session, service, visitor, seen, back)
        else:
            page = "/my/ordering?" if do == "order" else "/my/download?"
            on_to = _share(selected, seen) if do == "share" else page + urlencode(_named(selected, seen))
    return see_other(on_to if len(on_to) <= LONGEST_ADDRESS else back_to(back, "many"))


async def _place(
    session: Session,
    visitor: Visitor,
    sight: Sight,
    chosen: tuple[Selected, tuple[str, ...]],
    fields: Mapping[str, list[str]],
) -> str:
    """Return the page to go back to, at the picture where somebody was on it; its beginning when they chose all."""
    (selected, seen), of = chosen, field(fields, "of", longest=LONGEST_SCOPE)
    back = field(fields, "back").partition("#")[0]
    if selected.scope is not None or not of:
        return back
    kind = read_scope(of).kind
    into = field(fields, "group")
    leave = field(fields, "do") == "plain" if kind == FAVOURITES else bool(into) and kind in ("group", REST)
    at = await place_after(session, visitor.person, sight, seen, of, leave=leave)
    return f"{back}#p-{at}" if at else back


async def _move(
    session: Session, service: Photoservice, who: tuple[Visitor, Sight], seen: tuple[str, ...], to: tuple[str, str, str]
) -> str:
    (visitor, sight), (group, name, back) = who, to
    groups = service.people.groups
    if group == NEW:
        if not name:
            return back_to(back, "nameless")
        group = await groups.make(session, visitor.person, name)
    moved = await groups.put(session, visitor.person, sight, seen, None if group == NONE else group)
    return back_to(back, "taken-out") if group == NONE else back_to(back, "moved", moved, group)


async def _mark(
    session: Session, service: Photoservice, who: tuple[Visitor, Sight], seen: tuple[str, ...], how: tuple[str, str]
) -> str:
    (visitor, sight), (do, back) = who, how
    marks = service.people.marks
    if do == "favourite":
        await marks.favour(session, visitor.person, sight, seen)
        return back_to(back, "favourite", len(seen))
    await marks.unfavour(session, visitor.person, seen)
    return back_to(back, "plain", len(seen))


async def _copy_edit(
    session: Session, service: Photoservice, visitor: Visitor, seen: tuple[str, ...], back: str
) -> str:
    """Go on to the page that copies the edit of the first of them that has one."""
    heads = await service.people.editing.heads(session, visitor.person, seen)
    source = next((image for image in seen if image in heads), None)
    if source is None:
        return back_to(back, "unedited")
    targets = [image for image in seen if image != source]
    return "/my/edits/copy?" + urlencode([("from", source), *(("image", image) for image in targets)])


def _share(selected: Selected, seen: tuple[str, ...]) -> str:
    """Return the address of the page of a new share of what was selected."""
    scope = selected.scope
    if scope is not None and scope.kind in _SHARED_AS:
        asked = {"scope": _SHARED_AS[scope.kind], **({"what": scope.what} if scope.what else {})}
        return "/my/shares/new?" + urlencode(asked)
    return "/my/shares/new?" + urlencode([("scope", "selection"), *(("image", image) for image in seen)])


def _named(selected: Selected, seen: tuple[str, ...]) -> list[tuple[str, str]]:
    return selected.fields if selected.scope is not None else [("image", image) for image in seen]


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (do_with_selection,)
