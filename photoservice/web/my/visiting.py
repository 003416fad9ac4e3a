"""Who visits: the session behind a request, its cookie, and the proof that a form stood on a page of ours.

Every handler of ``my`` begins with :func:`visit`; one that changes something reads its form by :func:`read_my_form`,
which refuses a form without the session's token. The cookie is a host's own (``__Host-``) wherever there is TLS.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final, Protocol
from urllib.parse import parse_qsl, quote

from litestar import Response
from litestar.datastructures import Cookie

from photoservice.db.database import Session
from photoservice.errors import FormForeign, Malformed, ProofNeeded, SignInNeeded
from photoservice.persons.sessions import Visitor
from photoservice.service import Photoservice
from photoservice.settings import Settings
from photoservice.web.asked import AnyRequest
from photoservice.web.bodies import FORM
from photoservice.web.my.masking import is_masked
from photoservice.web.tenant_routes import UnsupportedMedia

PROVED_WITHIN: Final = timedelta(minutes=15)
MAX_FORM_BYTES: Final = 200_000
MOST_FIELDS: Final = 3_000
"""A selection of pictures is a field each."""

_CSRF: Final = "csrf"
_IN_ADDRESSES: Final = "%/:?#[]@!$&'()*+,;=~"
_CSRF_HEADER: Final = "x-csrf-token"


class Proven(Protocol):
    """Whoever can be told from others: a session's visitor, or a share's guest."""

    @property
    def csrf(self) -> str:
        """What each of their forms must bring along."""
        ...


async def visit(request: AnyRequest, service: Photoservice, session: Session) -> Visitor:
    """Return who visits.

    Raises:
        SignInNeeded: nobody we know.
    """
    visitor = await visitor_of(request, service, session)
    if visitor is None:
        raise SignInNeeded
    return visitor


async def visitor_of(request: AnyRequest, service: Photoservice, session: Session) -> Visitor | None:
    """Return who visits, or None."""
    token = request.cookies.get(cookie_name(service.settings), "")
    return await service.people.sessions.find(session, token) if token else None


async def read_my_form(request: AnyRequest, visitor: Proven) -> Mapping[str, list[str]]:
    """Return a form's fields, each with all its values in their order.

    Raises:
        FormForeign: it does not bring the session's token, as a field or a header; or stood on another website.
        UnsupportedMedia: it is no form.
        Malformed: it has more fields than any form of ours.
    """
    if request.content_type[0] != FORM:
        raise UnsupportedMedia(f"Send {FORM}.")
    body = (await request.body()).decode("ascii", errors="replace")
    fields: dict[str, list[str]] = {}
    try:
        for name, value in parse_qsl(body, keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS):
            fields.setdefault(name, []).append(value)
    except ValueError as cause:
        raise Malformed("The form has too many fields.") from cause
    said = request.headers.get(_CSRF_HEADER) or (fields.pop(_CSRF, None) or [""])[-1]
    refuse_foreign(request, visitor, said)
    return fields


def refuse_foreign(request: AnyRequest, visitor: Proven, said: str) -> None:
    """Let a change pass only when ``said`` is the session's token, masked, and the request came from a page of ours.

    Raises:
        FormForeign: it is not, or did not.
    """
    is_foreign = request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none")
    if is_foreign or not visitor.csrf or not is_masked(said, visitor.csrf):
        raise FormForeign


def field(fields: Mapping[str, list[str]], name: str, *, longest: int = 500) -> str:
    """Return the last value of a field, trimmed; nothing when it was not sent.

    Raises:
        Malformed: it is longer than ``longest`` characters, or holds a NUL.
    """
    value = (fields.get(name) or [""])[-1].strip()
    if len(value) > longest or "\0" in value:
        raise Malformed(f"The field {name} is too long; at most {longest} characters are kept.")
    return value


def refuse_unproved(service: Photoservice, visitor: Visitor) -> None:
    """Let only somebody pass who proved who they are within the last quarter of an hour.

    Raises:
        ProofNeeded: they did not.
    """
    if service.clock.now() - visitor.proved_at > PROVED_WITHIN:
        raise ProofNeeded


def cookie_name(settings: Settings) -> str:
    """Return the name of the session's cookie: a host's own where there is TLS."""
    return "__Host-twincheck" if is_secure(settings) else "twincheck"


def is_secure(settings: Settings) -> bool:
    """Say whether browsers reach us by TLS, our own or a proxy's."""
    return settings.address.startswith("https:")


def give_session(response: Response[Any], service: Photoservice, token: str, *, lives: timedelta) -> None:
    """Have the browser keep a session's token."""
    response.set_cookie(_cookie(service.settings, token, int(lives.total_seconds())))


def take_session(response: Response[Any], service: Photoservice) -> None:
    """Have the browser forget the session's token."""
    response.set_cookie(_cookie(service.settings, "", 0))


def safe_next(text: str) -> str:
    """Return where to go on after signing in: a path of ours under ``/my``, ``/s/`` or ``/ops``, or else ``/my``.

    Anything a browser might read as another host (``//``, a backslash, a control character) is not followed.
    """
    is_ours = text.startswith(("/my/", "/my?", "/s/", "/ops/", "/ops?")) or text in ("/my", "/ops")
    is_plain = text.isascii() and text.isprintable() and not any(sign in text for sign in ("\\", "//", "..", " "))
    return text if is_ours and is_plain and len(text) <= 500 else "/my"


def see_other(path: str) -> Response[bytes]:
    """Send the browser on to ``path`` after a form (303), so that a reload sends nothing again.

    What no address holds as it stands, a line's end above all, is written as addresses write it.
    """
    leads_to = quote(path, safe=_IN_ADDRESSES)
    return Response(b"", status_code=303, headers={"Location": leads_to, "Cache-Control": "no-store"})


def sign_in_path(request: AnyRequest) -> str:
    """Return the address of the sign-in page that leads back to what was asked for."""
    asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/sign-in?next={quote(asked, safe='')}"


def _cookie(settings: Settings, token: str, max_age: int) -> Cookie:
    return Cookie(
        key=cookie_name(settings),
        value=token,
        max_age=max_age,
        path="/",
        httponly=True,
        secure=is_secure(settings),
        samesite="lax",
    )
