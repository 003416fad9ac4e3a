"""What a guest of a share sees and does: ``/s/{token}`` (O16).

A page before the button that opens shows nobody's picture; with a password it does not even say what is shared. Nothing
of these pages is kept by a cache, told to a search engine, or leads elsewhere by its referrer.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from litestar import Response, get, post
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from photocore.rights import RIGHTS, Standing, in_order
from photoservice.db.database import Session
from photoservice.errors import Malformed, ShareOver, SharePasswordWrong, Throttled
from photoservice.service import Photoservice
from photoservice.sharing.bare import can_be_bare
from photoservice.sharing.guests import LONGEST_COMMENT, LONGEST_NAME, Said
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.bodies import MAX_BYTES, read_form
from photoservice.web.my.calling import ROBOTS, Come, give_cookie, pictures_in, who_comes, who_is_in
from photoservice.web.my.orders_told import OrderTold, Telling
from photoservice.web.my.showing import Stage, stage
from photoservice.web.my.visiting import MAX_FORM_BYTES, field, read_my_form, see_other
from photoservice.web.pages import Pages, PagesOf
from photoservice.web.sources import source_of

Token = Annotated[str, PathParameter(max_length=64, description="As the share's address has it.")]
ImageName = Annotated[str, PathParameter(max_length=40, description="IM-...")]

ON_A_PAGE: Final = 60
MOST_PAGES: Final = 1000
LONGEST_PASSWORD: Final = 200


@get("/s/{token:str}", tags=["shares"], media_type="text/html", include_in_schema=False)
async def share_page(request: AnyRequest, service: Service, pages: PagesOf, token: Token) -> Response[bytes]:
    """Show what is shared; or the page before it; or that it is over."""
    async with service.database.begin() as session:
        come = await who_comes(request, service, session, token)
        if not come.caller.is_inside:
            count = await _count(service, session, come)
            return before(request, service, pages, come, count=count)
        page = _page(request)
        scene = await service.people.shares.look(session, come.share)
        listed = await scene.pictures(session, limit=ON_A_PAGE, skip=(page - 1) * ON_A_PAGE)
        pictures = await pictures_in(session, service, come.share, scene, listed)
        picked = await service.people.guests.picked(session, come.caller.guest)
        said = await service.people.guests.comments(session, come.share)
        await service.people.guests.see(session, come.caller)
        orders = await orders_of(session, service, come)
    total = listed[0]["total"] if listed else 0
    return _inside(
        frame(request, service, pages, come),
        "shared/gallery",
        come,
        pictures=pictures,
        total=total,
        page=page,
        pages=-(-total // ON_A_PAGE),
        picked=picked,
        spoken=_counted(said),
        comments=[one for one in said if one.image is None],
        orders=orders,
        has_ordered=request.query_params.get("did") == "ordered",
        put_in={row["id"] for row in listed if row["whose"] and row["whose"] == come.caller.person},
    )


@post("/s/{token:str}/open", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def open_share(request: AnyRequest, service: Service, pages: PagesOf, token: Token) -> Response[bytes]:
    """Let somebody in: from here on they are a guest, and counted."""
    fields = await read_form(request)
    name, password = _name(fields.get("name", "")), fields.get("password", "").strip()
    async with service.database.begin() as session:
        come = await who_comes(request, service, session, token)
        count = await _count(service, session, come)
    if come.caller.standing is not Standing.OPEN:
        return before(request, service, pages, come, count=count)
    source = source_of(request, service.settings.trusted_proxies)
    guests = service.people.guests
    try:
        kept = await guests.open(come.caller, password[:LONGEST_PASSWORD], name, source)
    except SharePasswordWrong:
        return before(request, service, pages, come, status=403, trouble="wrong")
    except Throttled as refusal:
        return before(request, service, pages, come, status=429, trouble="throttled", wait_s=refusal.wait_s)
    except ShareOver:
        async with service.database.begin() as session:
            come = await who_comes(request, service, session, token)
        return before(request, service, pages, come)
    answer = see_other(come.share.path)
    if kept:
        give_cookie(answer, service, come.share, kept)
    return answer


@get("/s/{token:str}/images/{image:str}", tags=["shares"], media_type="text/html", include_in_schema=False)
async def shared_image_page(
    request: AnyRequest, service: Service, pages: PagesOf, token: Token, image: ImageName
) -> Response[bytes]:
    """Show one picture of a share: with what was said of it, and the next and the one before."""
    async with service.database.begin() as session:
        come = await who_is_in(request, service, session, token)
        scene = await service.people.shares.look(session, come.share)
        place = await scene.around(session, image)
        pictures = await pictures_in(session, service, come.share, scene, [place])
        picked = await service.people.guests.picked(session, come.caller.guest)
        said = await service.people.guests.comments(session, come.share, image)
    return _inside(
        frame(request, service, pages, come),
        "shared/image",
        come,
        picture=pictures[0],
        place=place,
        has_original=can_be_bare(pictures[0].media),
        on_page=-(-place["nth"] // ON_A_PAGE),
        picked=picked,
        comments=said,
        is_put_in=bool(place["whose"]) and place["whose"] == come.caller.person,
    )


@post("/s/{token:str}/name", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def name_oneself(request: AnyRequest, service: Service, token: Token) -> Response[bytes]:
    """Keep what a guest calls themselves."""
    async with service.database.begin() as session:
        come = await who_is_in(request, service, session, token)
        fields = await read_my_form(request, come.caller)
        if come.caller.guest is not None:
            name = _name(field(fields, "name", longest=MAX_BYTES))
            await service.people.guests.call_oneself(session, come.caller.guest, name)
    return see_other(come.share.path + "#you")


@post("/s/{token:str}/pick", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def pick(request: AnyRequest, service: Service, token: Token) -> Response[bytes]:
    """Pick a picture (``pick``), or take the pick back (``unpick``); ``from`` is the page to go back to."""
    async with service.database.begin() as session:
        come = await who_is_in(request, service, session, token)
        fields = await read_my_form(request, come.caller)
        is_on = "unpick" not in fields
        image = field(fields, "pick" if is_on else "unpick", longest=40)
        await service.people.guests.pick(session, come.caller, image, is_on=is_on)
    if "HX-Request" in request.headers:  # a script turns the button itself: no page goes over a slow line for it
        return Response(b"", status_code=204, headers=ROBOTS)
    return back(come, fields, image)


@post("/s/{token:str}/comments", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def comment(request: AnyRequest, service: Service, token: Token) -> Response[bytes]:
    """Say something about a picture (``image``), or about all of them."""
    async with service.database.begin() as session:
        come = await who_is_in(request, service, session, token)
        fields = await read_my_form(request, come.caller)
        image, text = field(fields, "image", longest=40), _text(field(fields, "text", longest=MAX_FORM_BYTES))
        if text:
            await service.people.guests.comment(session, come.caller, image or None, text)
    return see_other(f"{come.share.path}/images/{image}#comments" if image else come.share.path + "#comments")


@post(
    "/s/{token:str}/comments/{name:str}/remove",
    status_code=200,
    include_in_schema=False,
    request_max_body_size=MAX_BYTES,
)
async def remove_comment(request: AnyRequest, service: Service, token: Token, name: ImageName) -> Response[bytes]:
    """Take back what one said; the owner may take back anything."""
    async with service.database.begin() as session:
        come = await who_is_in(request, service, session, token)
        fields = await read_my_form(request, come.caller)
        by = None if come.caller.is_owner else come.caller.guest
        await service.people.guests.take_back(session, come.share, name, by)
    return back(come, fields, field(fields, "image", longest=40), at="comments")


async def orders_of(session: Session, service: Photoservice, come: Come) -> tuple[OrderTold, ...]:
    """Return what a guest ordered by the share, the newest first."""
    guest = come.caller.guest
    if guest is None:
        return ()
    found = await service.goods.by_share.of_guest(session, come.share, guest.id)
    return await Telling(session=session, service=service, person=come.share.person).listed(found)


def frame(request: AnyRequest, service: Photoservice, pages: Pages, come: Come) -> Stage:
    """Set the stage for a guest: without the places of one's own pictures, in their own language."""
    on = stage(request, service, pages, come.visitor)
    return Stage(request=request, service=service, pages=pages, visitor=None, reader=on.reader)


def before(
    request: AnyRequest,
    service: Photoservice,
    pages: Pages,
    come: Come,
    *,
    status: int = 0,
    trouble: str = "",
    wait_s: int = 0,
    count: int = 0,
) -> Response[bytes]:
    """Return the page of a share for who is not in: with its button; or that it is over, full, or shows nothing."""
    on, standing = frame(request, service, pages, come), come.caller.standing
    is_shut = come.share.has_password
    if standing is not Standing.OPEN or not (is_shut or count or trouble):
        over = 403 if standing is Standing.FULL else 404 if standing is Standing.OPEN else 410
        word = "dark" if standing is Standing.OPEN else standing.value
        return on.show("shared/over", status=over, headers=ROBOTS, word=word, csrf="", share=None)
    wait = on.reader.words.wait(wait_s) if wait_s else ""
    headers = {**ROBOTS, **({"Retry-After": str(wait_s)} if wait_s else {})}
    told = None if is_shut else come.share
    values = {"csrf": "", "share": told, "action": f"{come.share.path}/open", "total": count, "is_shut": is_shut}
    return on.show("shared/landing", status=status or 200, headers=headers, **values, trouble=trouble, wait=wait)


def back(come: Come, fields: Mapping[str, list[str]], image: str, *, at: str = "") -> Response[bytes]:
    """Send a guest back to the page their form stood on: a picture's, or a page of the sheet."""
    came = field(fields, "from", longest=10)
    if came == "image" and image.startswith("IM-") and image[3:].isalnum():
        return see_other(f"{come.share.path}/images/{image}#{at or 'pick'}")
    page = f"?page={came}" if came.isascii() and came.isdecimal() else ""
    return see_other(f"{come.share.path}{page}#{at or f'p-{image}'}")


def _inside(on: Stage, name: str, come: Come, **values: Any) -> Response[bytes]:  # noqa: ANN401  # as the page has it
    """Return a page for who is in: with the share, what it lets them do, and the token of their forms."""
    rights = in_order(come.share.terms.rights)
    return on.show(
        name,
        headers=ROBOTS,
        share=come.share,
        who=come.caller,
        csrf=come.caller.csrf,
        rights=rights,
        may={right: come.caller.guest is not None and come.caller.may(right) for right in RIGHTS},
        has_session=come.visitor is not None,
        **values,
    )


async def _count(service: Photoservice, session: Session, come: Come) -> int:
    """Return how many pictures there are, for the page before the button; nothing where a password is asked for."""
    if come.caller.standing is not Standing.OPEN or come.share.has_password:
        return 0
    listed = await (await service.people.shares.look(session, come.share)).pictures(session, limit=1)
    return listed[0]["total"] if listed else 0


def _counted(said: tuple[Said, ...]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for one in said:
        if one.image is not None:
            counts[one.image] = counts.get(one.image, 0) + 1
    return counts


def _page(request: AnyRequest) -> int:
    asked = request.query_params.get("page", "1")
    return min(max(1, int(asked)), MOST_PAGES) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 1


def _name(text: str) -> str:
    """Return a name on one line, cut to what is kept; signs that are not seen, or turn the line, are left out."""
    shown = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(shown.split())[:LONGEST_NAME]


def _text(text: str) -> str:
    """Return what was said, its lines kept; longer texts are refused, not cut.

    Raises:
        Malformed: it is too long.
    """
    lines = ("".join(sign if sign.isprintable() else " " for sign in line).rstrip() for line in text.splitlines())
    said = "\n".join(lines).strip()
    if len(said) > LONGEST_COMMENT:
        raise Malformed(f"A comment has at most {LONGEST_COMMENT} characters. Nothing was kept.")
    return said


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (
    share_page,
    open_share,
    shared_image_page,
    name_oneself,
    pick,
    comment,
    remove_comment,
)
