"""Pages from templates, in the reader's language, under one strict policy; nothing inline, nothing from elsewhere."""

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response, get
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import PathParameter

from photocore.bidi import without_overrides
from pos_bridge.running import Bridge
from pos_bridge.web.door import is_here
from pos_bridge.web.forms import Form, read_form
from pos_bridge.web.guard import POLICY
from pos_bridge.web.problems import AnyRequest, Told
from pos_bridge.web.sessions import COOKIE, Session, Sessions
from pos_bridge.web.words import LANGUAGES, Words, choose_language, read_words

TEMPLATES: Final = Path(__file__).parent / "templates"
STATIC: Final = Path(__file__).parent / "static"
_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, kw_only=True)
class Asset:
    """One file as it is sent."""

    body: bytes
    media_type: str
    digest: str


@functools.cache
def read_assets() -> Mapping[str, Asset]:
    """Return our own files by name; a process reads them once."""
    return {
        path.name: Asset(
            body=(body := path.read_bytes()),
            media_type=_TYPES[path.suffix],
            digest=hashlib.sha256(body).hexdigest()[:16],
        )
        for path in sorted(STATIC.iterdir())
        if path.suffix in _TYPES
    }


@functools.cache
def open_templates() -> Environment:
    """Return the templates; what others wrote is shown without what would turn the text around it."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_shown,
    )


def _shown(value: object) -> object:
    return without_overrides(value) if type(value) is str else value


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One request to a page: who asks, from where, in which language."""

    request: AnyRequest
    session: Session
    is_new: bool
    """The session began with this request: its cookie goes out with the answer."""
    words: Words
    token: str
    is_here: bool

    @property
    def may_serve(self) -> bool:
        """Say whether a lane's page may be used: at this machine itself, or by whoever signed in."""
        return self.is_here or self.session.staff is not None


@dataclass(frozen=True, kw_only=True)
class Pages:
    """The pages of one bridge's door."""

    bridge: Bridge
    sessions: Sessions

    def visit(self, request: AnyRequest) -> Visit:
        """Return who asks; whoever has no session yet gets one, for the token of their forms."""
        cookie = request.cookies.get(COOKIE, "")
        found = self.sessions.find(cookie) or self.sessions.resume(cookie)
        session = found or self.sessions.begin()
        query = str(request.query_params.get("lang", ""))
        if query in LANGUAGES and query != session.language:
            session = self.sessions.speak(session, query)
        accepted = request.headers.get("accept-language", "")
        language = choose_language(session.language, accepted, self.bridge.settings.language)
        return Visit(
            request=request,
            session=session,
            is_new=found is None,
            words=read_words()[language],
            token=self.sessions.token(session),
            is_here=is_here(request),
        )

    def may_follow(self, visit: Visit) -> bool:
        """Say whether who began to follow a lane's news still may: signed out, or long away, they may not."""
        return visit.is_here or self.sessions.is_signed_in(visit.session)

    async def form(self, visit: Visit) -> Form:
        """Return what a form of ours sent.

        Raises:
            Told: it bears another session's token, or an old one's: nothing was done.
        """
        form = await read_form(visit.request)
        if visit.is_new or not self.sessions.fits(visit.session, form.get("token")):
            raise Told(403, "old-form", "This page was open too long. Go back, load it again, and repeat.")
        return form

    def show(self, visit: Visit, name: str, *, status: int = 200, **values: object) -> Response[bytes]:
        """Return the page ``name``."""
        store = self.bridge.station.roster.store
        text = (
            open_templates()
            .get_template(f"{name}.html")
            .render(
                t=visit.words.say,
                about=visit.words.about,
                language=visit.words.language,
                languages=LANGUAGES,
                here=visit.request.url.path,
                asset=_address,
                token=visit.token,
                who=visit.session,
                store=store.name if store else "",
                **values,
            )
        )
        headers = {
            "Content-Security-Policy": POLICY,
            "Cache-Control": "no-store",
            "Content-Language": visit.words.language,
        }
        return Response(
            text.encode(), status_code=status, media_type="text/html", headers=headers, cookies=self.cookies(visit)
        )

    def go(self, visit: Visit, path: str) -> Response[bytes]:
        """Send a browser on to one of our own pages, after a form."""
        headers = {"Location": path, "Cache-Control": "no-store"}
        return Response(b"", status_code=303, media_type="text/html", headers=headers, cookies=self.cookies(visit))

    def cookies(self, visit: Visit) -> list[Cookie]:
        """Return the cookie of a session that is new to its browser."""
        return [self.cookie(visit.session)] if visit.is_new else []

    def cookie(self, session: Session) -> Cookie:
        """Return a session's cookie; over TLS it never leaves it."""
        is_secure = bool(self.bridge.settings.door.certificate)
        return Cookie(key=COOKIE, value=session.id, path="/", httponly=True, samesite="strict", secure=is_secure)


PagesOf = NamedDependency[Pages]


def _address(name: str) -> str:
    return f"/static/{name}?v={read_assets()[name].digest}"


@get("/static/{name:str}")
async def static_file(request: AnyRequest, name: Annotated[str, PathParameter(max_length=60)]) -> Response[bytes]:
    """Send what pages lean on."""
    asset = read_assets().get(name)
    if asset is None:
        raise Told(404, "no-such-file")
    fresh: Any = request.query_params.get("v") == asset.digest
    kept = "public, max-age=31536000, immutable" if fresh else "no-cache"
    return Response(asset.body, media_type=asset.media_type, headers={"Cache-Control": kept})
