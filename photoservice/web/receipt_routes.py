"""Where a receipt's QR leads (DESIGN 5A): the access code comes in the fragment, which no browser sends.

With a script the page reads it there, takes it out of the address bar and asks by POST; without one it is typed.
"""

from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import QueryParameter

from photocore.jsontext import read_json
from photoservice.access import AccessWord, Registered
from photoservice.errors import AccessRefused, Throttled
from photoservice.gallery.sheets import Sheet
from photoservice.home_answers import ProductTold
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.bodies import FORM, JSON, MAX_BYTES, operation_with, read_body, read_form
from photoservice.web.holding import hold_back
from photoservice.web.pages import ANYONE, NOBODY, PICTURES, Pages, PagesOf, Reader
from photoservice.web.problems import told
from photoservice.web.sources import source_of
from photoservice.web.telling import Told, tell

_FIELDS: Final = {"access_code": "The access code on the receipt."}


class AccessByCode(msgspec.Struct, frozen=True, kw_only=True):
    """An access code, as typed or scanned."""

    access_code: str

    def __repr__(self) -> str:
        return "AccessByCode(...)"


class RegistrationSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A registration as the bearer of its access code sees it.

    ``store`` is null when it was claimed at home; ``rolls`` is 0 until the maker's list came. ``told`` says the same
    in sentences, with the contact sheets of its rolls.
    """

    word: AccessWord
    number: str
    product: ProductTold | None
    rolls: int
    store: str | None
    registered_at: str
    told: Told


@get("/r", tags=["pages"], media_type="text/html")
async def receipt_page(request: AnyRequest, pages: PagesOf) -> Response[bytes]:
    """Greet who scanned a receipt: the same page for everybody, the code has not come along."""
    reader = pages.reader(request)
    return pages.show(reader, "receipt", keep=ANYONE, policy=PICTURES, seen=None, trouble="", wait="", typed="")


@post(
    "/r",
    status_code=200,
    tags=["pages"],
    media_type="text/html",
    request_max_body_size=MAX_BYTES,
    operation_class=operation_with(FORM, _FIELDS),
    responses=told(413, 415),
)
async def receipt_by_form(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Show a registration to who typed its access code."""
    reader = pages.reader(request)
    code = (await read_form(request)).get("access_code", "").strip()
    if not code:
        return _page(pages, reader, trouble="unfilled", status=400)
    try:
        seen, sheets = await _look_up(request, service, code)
    except AccessRefused as refusal:
        return _page(pages, reader, trouble="refused", status=int(refusal.status))
    except Throttled as refusal:
        page = _page(pages, reader, trouble="throttled", wait=reader.words.wait(refusal.wait_s), status=429)
        page.headers["Retry-After"] = str(refusal.wait_s)
        return page
    return _page(pages, reader, seen=tell(seen, reader.words, sheets), typed=code)


@post(
    "/registrations/lookup",
    status_code=200,
    tags=["claim at home"],
    request_max_body_size=MAX_BYTES,
    operation_class=operation_with(JSON, _FIELDS, example={"access_code": "7Q2M-9XKD-4F8T-0ABC-D"}),
    responses=told(400, 403, 413, 415, 429),
)
async def look_up_registration(
    request: AnyRequest,
    service: Service,
    pages: PagesOf,
    lang: Annotated[str, QueryParameter(max_length=12, description="en, de or ar; else as Accept-Language asks.")] = "",
) -> Response[RegistrationSeen]:
    """Tell the bearer of an access code what is known of its registration, and nothing else.

    Wrong, replaced, undone and old codes get the same 403, at the same time.
    """
    said = read_json(await read_body(request), AccessByCode)
    seen, sheets = await _look_up(request, service, said.access_code)
    answer = RegistrationSeen(
        word=seen.word,
        number=seen.number,
        product=seen.product,
        rolls=seen.rolls,
        store=seen.store,
        registered_at=seen.at.isoformat(timespec="seconds"),
        told=tell(seen, pages.reader(request).words, sheets),
    )
    return Response(answer, media_type=JSON, headers={"Cache-Control": NOBODY})


async def _look_up(request: AnyRequest, service: Photoservice, code: str) -> tuple[Registered, tuple[Sheet, ...]]:
    async def work() -> tuple[Registered, tuple[Sheet, ...]]:
        seen = await service.access_codes.look_up(code, source_of(request, service.settings.trusted_proxies))
        return seen, await service.gallery.sheets(seen.shown)

    return await hold_back(service.settings.answer_floor, work())


def _page(pages: Pages, reader: Reader, *, seen: Told | None = None, status: int = 200, **said: str) -> Response[bytes]:
    """Return the page; ``typed`` goes on to one's pictures by its button, in a page that nobody keeps."""
    told_of: dict[str, Any] = {"trouble": "", "wait": "", "typed": "", **said}
    return pages.show(reader, "receipt", status=status, policy=PICTURES, seen=seen, **told_of)
