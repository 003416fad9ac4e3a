"""The pages a phone sees, in the reader's language: rendered from ``templates``, sent under one strict policy.

``/01/<gtin>/21/<serial>`` must not tell whether a package is known or registered (DESIGN 5D), so the database is not
even asked. The one style sheet and the one script are our own files; nothing inline, nothing from elsewhere, and no
text of the script's ever becomes markup (trusted types).
"""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response, get
from litestar.di import NamedDependency

from photocore.bidi import without_overrides
from photocore.digital_link import parse_link
from photocore.errors import CodeError
from photocore.privacy import Privacy, load_privacy
from photocore.settings import locate_config
from photoservice.web.asked import AnyRequest
from photoservice.web.languages import LANGUAGES, Words, choose_language, read_words
from photoservice.web.packing import may_pack, pack, takes_gzip
from photoservice.web.static_files import Assets, read_assets

TEMPLATES = Path(__file__).parent / "templates"
LINKSET_JSON = "application/linkset+json"

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
PICTURES = POLICY.replace("img-src 'self'", "img-src 'self' data:")
"""The policy of a page with contact sheets: their placeholders stand in it."""

ANYONE = "public, max-age=300"
NOBODY = "no-store"
"""Whether a page may be kept: one that is the same for everybody, or one that may hold what was typed or a code."""


@dataclass(frozen=True, kw_only=True)
class Reader:
    """Who reads: their words, whether they chose the language by the switch, and how a page may reach them."""

    words: Words
    has_chosen: bool
    takes_gzip: bool
    may_pack: bool
    """Whether a page that is not the same for everybody may be packed for this request."""

    def link(self, path: str, **query: str) -> str:
        """Return ``path`` with ``query``, keeping a chosen language."""
        lang = {"lang": self.words.language} if self.has_chosen else {}
        asked = urlencode({**query, **lang})
        return f"{path}?{asked}" if asked else path


@dataclass(frozen=True, kw_only=True)
class Pages:
    """The templates, the words of each language, and the files they lean on."""

    templates: Environment
    words: Mapping[str, Words]
    assets: Assets
    privacy: Privacy

    def reader(self, request: AnyRequest, *, preferred: str = "") -> Reader:
        """Return who reads, from ``?lang=``, else what they ``preferred``, else from what their browser does."""
        chosen = request.query_params.get("lang")
        wanted = chosen if chosen in LANGUAGES else preferred
        language = choose_language(wanted, request.headers.get("accept-language", ""))
        return Reader(
            words=self.words[language],
            has_chosen=chosen in LANGUAGES,
            takes_gzip=takes_gzip(request),
            may_pack=may_pack(request),
        )

    def show(
        self,
        reader: Reader,
        name: str,
        *,
        status: int = 200,
        keep: str = NOBODY,
        policy: str = POLICY,
        is_telling: bool = False,
        **values: object,
    ) -> Response[bytes]:
        """Return the page ``name``; ``switch`` among the ``values`` is the query kept when the language is switched.

        One that is telling, of a secret that stands for more than this page, is never packed.
        """
        text = self.templates.get_template(f"{name}.html").render(
            t=reader.words.say,
            price=reader.words.price,
            reader=reader,
            asset=self.assets.link,
            languages=LANGUAGES,
            **{"switch": {}, **values},
        )
        headers = {
            "Content-Security-Policy": policy,
            "Cache-Control": keep,
            "Content-Language": reader.words.language,
            "Vary": "Accept, Accept-Encoding, Accept-Language",
        }
        body = text.encode()
        if reader.takes_gzip and (keep == ANYONE or (reader.may_pack and not is_telling)):
            body, headers["Content-Encoding"] = pack(body), "gzip"
        return Response(body, status_code=status, media_type="text/html", headers=headers)


def open_pages() -> Pages:
    """Return the pages, their files read."""
    privacy = load_privacy(locate_config())
    return Pages(templates=open_templates(), words=read_words(), assets=read_assets(), privacy=privacy)


@functools.cache
def open_templates() -> Environment:
    """Return the templates of pages; a process compiles each of them once.

    What somebody else wrote is shown without what would turn the text around it (U+202E and its like), wherever it is.
    """
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
    """Return what a template shows; what is markup already went through here, or through the words."""
    return without_overrides(value) if type(value) is str else value


PagesOf = NamedDependency[Pages]


@get("/", tags=["pages"], media_type="text/html")
async def start_page(request: AnyRequest, pages: PagesOf) -> Response[bytes]:
    """Say what runs here."""
    return pages.show(pages.reader(request), "start", keep=ANYONE)


@get("/privacy", tags=["pages"], media_type="text/html")
async def privacy_page(request: AnyRequest, pages: PagesOf) -> Response[bytes]:
    """Show the privacy notice that holds: what is kept, why, how long, who sees it, how to have it erased."""
    reader = pages.reader(request)
    notice = pages.privacy.in_language(reader.words.language)
    return pages.show(reader, "privacy", keep=ANYONE, notice=notice, version=pages.privacy.version)


@get(["/01/{gtin:str}/21/{serial:str}", "/01/{tail:path}"], tags=["pages"], media_type="text/html")
async def package_page(request: AnyRequest, pages: PagesOf) -> Response[bytes]:
    """Answer a phone that scanned a package: one page, whether it is known, unknown or registered."""
    path = request.scope["raw_path"].decode("latin-1").partition("?")[0]  # a serial may hold an encoded slash
    try:
        parse_link(f"https://id.gs1.org{path}")
    except CodeError:
        return pages.show(pages.reader(request), "unread", status=404, keep=ANYONE)
    if LINKSET_JSON in request.headers.get("accept", ""):
        return Response(_linkset(path, tuple(LANGUAGES)), media_type=LINKSET_JSON, headers={"Vary": "Accept"})
    return pages.show(pages.reader(request), "package", keep=ANYONE)


def _linkset(path: str, languages: Sequence[str]) -> bytes:
    """Return the link set of any package (RFC 9264): the page about it, and nothing that depends on it.

    ``path`` is as it was asked for and well-formed: percent-encoded ASCII.
    """
    link = [{"href": path, "title": "About this film package", "type": "text/html", "hreflang": list(languages)}]
    context = {"anchor": path, "https://ref.gs1.org/voc/defaultLink": link, "https://ref.gs1.org/voc/pip": link}
    return msgspec.json.encode({"linkset": [context]})
