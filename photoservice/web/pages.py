"""The pages a phone sees: rendered once at the start, the same bytes for everybody.

``/01/<gtin>/21/<serial>`` must not tell whether a package is known or registered (DESIGN 5D), so the database is not
even asked. No scripts; the one style is allowed by its hash.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Response, get
from litestar.di import NamedDependency
from markupsafe import Markup

from photocore.digital_link import parse_link
from photocore.errors import CodeError
from photoservice.web.asked import AnyRequest

TEMPLATES = Path(__file__).parent / "templates"
LINKSET_JSON = "application/linkset+json"


@dataclass(frozen=True, kw_only=True)
class Pages:
    """The rendered pages, and the headers they are sent with."""

    start: bytes
    package: bytes
    receipt: bytes
    unread: bytes
    headers: Mapping[str, str]


def render_pages() -> Pages:
    """Return all pages, rendered."""
    templates = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
    style = (TEMPLATES / "style.css").read_text(encoding="utf-8")
    style = "".join(line.strip() for line in style.splitlines())

    def render(name: str) -> bytes:
        return templates.get_template(name).render(style=Markup(style)).encode()  # noqa: S704  # our own file

    return Pages(
        start=render("start.html"),
        package=render("package.html"),
        receipt=render("receipt.html"),
        unread=render("unread.html"),
        headers=_headers(style),
    )


@get("/", tags=["pages"], media_type="text/html")
async def start_page(pages: NamedDependency[Pages]) -> Response[bytes]:
    """Say what runs here."""
    return _html(pages, pages.start)


@get("/r", tags=["pages"], media_type="text/html")
async def receipt_page(pages: NamedDependency[Pages]) -> Response[bytes]:
    """Greet who scanned a receipt; its code stays in the fragment and never gets here."""
    return _html(pages, pages.receipt)


@get(["/01/{gtin:str}/21/{serial:str}", "/01/{tail:path}"], tags=["pages"], media_type="text/html")
async def package_page(request: AnyRequest, pages: NamedDependency[Pages]) -> Response[bytes]:
    """Answer a phone that scanned a package: one page, whether it is known, unknown or registered."""
    path = request.scope["raw_path"].decode("latin-1").partition("?")[0]  # a serial may hold an encoded slash
    try:
        parse_link(f"https://id.gs1.org{path}")
    except CodeError:
        return _html(pages, pages.unread, status=404)
    if LINKSET_JSON in request.headers.get("accept", ""):
        return Response(_linkset(path), media_type=LINKSET_JSON, headers={"Vary": "Accept"})
    return _html(pages, pages.package)


def _html(pages: Pages, text: bytes, status: int = 200) -> Response[bytes]:
    return Response(text, status_code=status, media_type="text/html", headers=dict(pages.headers))


def _linkset(path: str) -> bytes:
    """Return the link set of any package (RFC 9264): the page about it, and nothing that depends on it.

    ``path`` is as it was asked for and well-formed: percent-encoded ASCII.
    """
    link = [{"href": path, "title": "About this film package", "type": "text/html", "hreflang": ["en"]}]
    context = {"anchor": path, "https://ref.gs1.org/voc/defaultLink": link, "https://ref.gs1.org/voc/pip": link}
    return msgspec.json.encode({"linkset": [context]})


def _headers(style: str) -> dict[str, str]:
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {"Content-Security-Policy": policy, "Cache-Control": "public, max-age=300", "Vary": "Accept"}
