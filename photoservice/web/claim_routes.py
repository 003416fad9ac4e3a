"""Claim a package at home: the form people fill in, and the same for programs (O6, O11; DESIGN 5D)."""

import re
from typing import Annotated, Any, Final

import msgspec
from litestar import Response, get, post
from litestar.params import HeaderParameter, QueryParameter

from photocore.codes import grouped
from photocore.crockford import draw
from photocore.jsontext import read_json
from photoservice.claims_at_home import Wish
from photoservice.errors import ClaimRefused, KeyReused, NoticeOutdated, Throttled
from photoservice.home_answers import HomeClaim
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.bodies import FORM, JSON, MAX_BYTES, operation_with, read_body, read_form
from photoservice.web.holding import hold_back
from photoservice.web.pages import NOBODY, Pages, PagesOf, Reader
from photoservice.web.problems import told
from photoservice.web.sources import source_of
from photoservice.web.telling import tell_claimed

KEY_FORM: Final = r"^[!-~]{22,100}$"
_KEY_SYMBOLS: Final = 26

_FIELDS: Final = {
    "roll": "The ID of any one roll of the package, or the package's own, as printed.",
    "code": "The claim code under the security strip.",
}
_NOTICE: Final = {
    "notice": "The version of the privacy notice (/privacy) that the person agreed to; left out where nobody was asked."
}
_EXAMPLE: Final = {"roll": "TCR-66SC-A0RZ-M8Y", "code": "7Q2M-9XKD-4F8T-P", "notice": "2026-11-21"}

Key = Annotated[
    str,
    HeaderParameter(
        name="Idempotency-Key",
        pattern=KEY_FORM,
        description="22 to 100 random characters of your own. The same request under the same key gets the same"
        " answer for a day, the access code included; keep it as secret as that.",
    ),
]
RollText = Annotated[str, QueryParameter(max_length=200, description="A roll's or package's ID to fill in.")]


class ClaimAtHome(msgspec.Struct, frozen=True, kw_only=True):
    """Roll and claim code, as typed, and what was agreed to."""

    roll: str
    code: str
    notice: str | None = None

    def __repr__(self) -> str:
        return "ClaimAtHome(...)"


@post(
    "/claims",
    status_code=201,
    tags=["claim at home"],
    request_max_body_size=MAX_BYTES,
    operation_class=operation_with(JSON, _FIELDS | _NOTICE, "notice", example=_EXAMPLE),
    responses=told(400, 403, 413, 415, 422, 429),
)
async def claim_by_code(request: AnyRequest, service: Service, pages: PagesOf, key: Key) -> Response[HomeClaim]:
    """Register a whole package by one roll's ID and its claim code; the access code is told this once.

    Whatever is wrong with roll or code, the answer is the same 403, at the same time. Too many wrong ones: 429. A
    version of the privacy notice that does not hold: 422.
    """
    said = read_json(await read_body(request), ClaimAtHome)
    if said.notice is not None and said.notice != pages.privacy.version:
        raise NoticeOutdated(pages.privacy.version)
    answer = await _claim(request, service, roll=said.roll, code=said.code, key=key, notice=said.notice)
    return Response(answer, status_code=201, media_type=JSON, headers={"Cache-Control": NOBODY})


@get("/claim", tags=["pages"], media_type="text/html")
async def claim_form(request: AnyRequest, service: Service, pages: PagesOf, roll: RollText = "") -> Response[bytes]:
    """Show the form; a roll may be filled in already, a code never is."""
    return _form(pages, pages.reader(request), _fresh_key(service), roll=roll)


@post(
    "/claim",
    status_code=200,
    tags=["pages"],
    media_type="text/html",
    request_max_body_size=MAX_BYTES,
    operation_class=operation_with(FORM, {**_FIELDS, **_NOTICE, "key": "As the form came with."}),
    responses=told(413, 415),
)
async def claim_by_form(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Register a whole package from the form, and show the access code this once."""
    reader, form = pages.reader(request), await read_form(request)
    roll, code, key = form.get("roll", "").strip(), form.get("code", "").strip(), form.get("key", "")
    if not (roll and code and re.fullmatch(KEY_FORM, key)):
        return _form(pages, reader, _fresh_key(service), roll=roll, trouble="unfilled", status=400)
    if (notice := form.get("notice")) != pages.privacy.version:
        return _form(pages, reader, key, roll=roll, trouble="notice", status=422)
    try:
        claim = await _claim(request, service, roll=roll, code=code, key=key, notice=notice)
    except ClaimRefused as refusal:
        return _form(pages, reader, key, roll=roll, trouble="refused", status=int(refusal.status))
    except KeyReused as refusal:
        return _form(pages, reader, _fresh_key(service), roll=roll, trouble="reused", status=int(refusal.status))
    except Throttled as refusal:
        page = _form(pages, reader, key, roll=roll, trouble="throttled", wait_s=refusal.wait_s, status=429)
        page.headers["Retry-After"] = str(refusal.wait_s)
        return page
    return _claimed(pages, reader, claim)


async def _claim(
    request: AnyRequest, service: Photoservice, *, roll: str, code: str, key: str, notice: str | None
) -> HomeClaim:
    source = source_of(request, service.settings.trusted_proxies)
    wish = Wish(roll=roll, code=code, key=key, source=source, notice=notice)
    return await hold_back(service.settings.answer_floor, service.claims_at_home.claim(wish))


def _form(
    pages: Pages, reader: Reader, key: str, *, roll: str, trouble: str = "", wait_s: int = 0, status: int = 200
) -> Response[bytes]:
    switch = {"roll": roll[:200]} if roll else {}
    wait, version = reader.words.wait(wait_s), pages.privacy.version
    filled: dict[str, Any] = {"roll": roll[:200], "key": key, "trouble": trouble, "wait": wait, "version": version}
    return pages.show(reader, "claim", status=status, switch=switch, **filled)


def _claimed(pages: Pages, reader: Reader, claim: HomeClaim) -> Response[bytes]:
    link = reader.link("/r") + "#" + claim.access_code
    told_of = tell_claimed(claim, reader.words)
    access_code = grouped(claim.access_code)
    return pages.show(reader, "claimed", told=told_of, access_code=access_code, open_link=link, rolls=claim.rolls)


def _fresh_key(service: Photoservice) -> str:
    return draw(service.entropy, _KEY_SYMBOLS)
