"""Editing a picture: the editor, and what its buttons do. Without a script each of them is a form's.

A version is kept only by "Save"; turning, mirroring and looking show the page again with what was set. Who saves says
which version they began with; if another holds by then, both are shown and nothing is lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler

from photocore.edit_codes import code_of
from photocore.edits import NO_EDIT, Edit, taken_over
from photocore.errors import EditMalformed
from photoservice.db.database import Session
from photoservice.editing.editing import SOURCE
from photoservice.editing.versions import Head, Kept
from photoservice.errors import EditedMeanwhile, Malformed
from photoservice.persons.sessions import Visitor
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.edit_bytes_routes import ImageName
from photoservice.web.my.edit_forms import controls_of, edit_of, turned
from photoservice.web.my.showing import Stage, stage
from photoservice.web.my.visiting import MAX_FORM_BYTES, field, read_my_form, see_other, visit
from photoservice.web.pages import PagesOf

MOST_HISTORY: Final = 12

_DONE: Final = ("saved", "undone", "redone", "reset", "taken")
_TURNS: Final = ("left", "right", "flip")
_KEEPS: Final = {"save": "saved", "undo": "undone", "redo": "redone", "reset": "reset", "go": "taken"}


@dataclass(frozen=True, kw_only=True)
class _Looked:
    """A picture that is edited: what holds, and all that was kept; width and height are the unedited tier's."""

    visitor: Visitor
    image: str
    roll: str
    frame: str
    width: int
    height: int
    head: Head
    history: tuple[Kept, ...]
    earlier: Edit | None
    """What was done to another scan of the same frame; told only where this one is unedited."""


@dataclass(frozen=True, kw_only=True)
class _Version:
    """A version in the list of them: its edit as text for an address, and when it was kept, for machines and people."""

    version: int
    code: str
    at: datetime
    when: str


@get("/my/images/{image:str}/edit", media_type="text/html", include_in_schema=False)
async def editor(request: AnyRequest, service: Service, pages: PagesOf, image: ImageName) -> Response[bytes]:
    """Show the editor."""
    async with service.database.page() as session:
        visitor = await visit(request, service, session)
        looked = await _look(session, service, visitor, image)
    done = request.query_params.get("done", "")
    return _show(stage(request, service, pages, visitor), looked, looked.head.edit, done=done if done in _DONE else "")


@post("/my/images/{image:str}/edit", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def edit(request: AnyRequest, service: Service, pages: PagesOf, image: ImageName) -> Response[bytes]:
    """Do what the pressed button (``do``) says, from the version ``seen``."""
    async with service.database.begin() as session:
        visitor = await visit(request, service, session)
        fields = await read_my_form(request, visitor)
        looked = await _look(session, service, visitor, image)
        wanted = _wanted(fields, looked)
        what, trouble = field(fields, "do"), ""
        if what in _KEEPS:
            try:
                async with session.savepoint():
                    await _keep(session, service, looked, wanted, fields)
            except EditedMeanwhile:
                trouble = "meanwhile"
            else:
                return see_other(f"/my/images/{image}/edit?done={_KEEPS[what]}")
    on = stage(request, service, pages, visitor)
    return _show(on, looked, wanted, status=409 if trouble else 200, trouble=trouble)


async def _keep(
    session: Session, service: Photoservice, looked: _Looked, wanted: Edit, fields: Mapping[str, list[str]]
) -> None:
    versions, person, image = service.people.editing.versions, looked.visitor.person, looked.image
    seen = _version(field(fields, "seen"))
    match field(fields, "do"):
        case "save":
            await versions.keep(session, person, image, wanted, seen=seen)
        case "undo":
            await versions.undo(session, person, image, seen=seen)
        case "redo":
            await versions.redo(session, person, image, seen=seen)
        case "reset":
            await versions.keep(session, person, image, NO_EDIT, seen=seen)
        case _:
            await versions.go_to(session, person, image, _version(field(fields, "version")), seen=seen)


def _wanted(fields: Mapping[str, list[str]], looked: _Looked) -> Edit:
    """Return the edit that the form stands for, with the pressed button's turn."""
    what = field(fields, "do")
    if what == "earlier" and looked.earlier is not None:
        return looked.earlier
    try:
        wanted = edit_of(fields)
        return turned(wanted, what) if what in _TURNS else wanted
    except EditMalformed as cause:
        raise Malformed("This cannot be done to a picture.") from cause


async def _look(session: Session, service: Photoservice, visitor: Visitor, image: str) -> _Looked:
    """Return what there is to know of a picture that is edited.

    Raises:
        Unknown: it is not theirs to see.
        NotReady: it is not made yet.
        NotMade: it cannot be made.
    """
    sight = await service.people.persons.sight(session, visitor.person)
    piece = await service.gallery.bytes.rendition(session, sight, image, SOURCE)
    shape = (piece.row["width"], piece.row["height"])
    head, history = await service.people.editing.versions.opened(session, visitor.person, image)
    return _Looked(
        visitor=visitor,
        image=image,
        roll=piece.row["roll"],
        frame=piece.row["frame"],
        width=shape[0],
        height=shape[1],
        head=head,
        history=history,
        earlier=None if history else await _earlier(session, service, visitor, (image, *shape)),
    )


async def _earlier(
    session: Session, service: Photoservice, visitor: Visitor, picture: tuple[str, int, int]
) -> Edit | None:
    image, *shape = picture
    found = await service.people.editing.versions.of_earlier_scan(session, visitor.person, image)
    if found is None:
        return None
    return taken_over(found[0], NO_EDIT, shapes=(found[1], (shape[0], shape[1])))


def _show(
    on: Stage, looked: _Looked, wanted: Edit, *, status: int = 200, done: str = "", trouble: str = ""
) -> Response[bytes]:
    image, head = looked.image, looked.head
    return on.show(
        "edit",
        status=status,
        image=image,
        roll=looked.roll,
        frame=looked.frame,
        width=looked.width,
        height=looked.height,
        controls=controls_of(wanted),
        preview=preview_path(image, wanted),
        kept=preview_path(image, head.edit),
        original=preview_path(image, NO_EDIT),
        seen=head.version,
        is_edited=head.edit != NO_EDIT,
        is_changed=wanted != head.edit,
        can_redo=any(one.after == head.version for one in looked.history),
        history=[_told(on, one) for one in looked.history[:MOST_HISTORY]],
        earlier=looked.earlier is not None,
        done=done,
        trouble=trouble,
    )


def _told(on: Stage, one: Kept) -> _Version:
    return _Version(version=one.version, code=code_of(one.edit), at=one.at, when=on.reader.words.moment(one.at))


def preview_path(image: str, edit: Edit) -> str:
    """Return the address of a preview, for who may see the picture."""
    return f"/my/images/{image}/preview?side=1280&d={code_of(edit)}"


def _version(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 7):
        raise Malformed("There is no such version.")
    return int(text)


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (editor, edit)
