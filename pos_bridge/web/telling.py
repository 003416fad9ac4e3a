"""Errors as whoever asked can read them: a page for a browser, problem+json for a program."""

from collections.abc import Callable
from typing import Any, Final

from litestar import Response
from litestar.exceptions import NotFoundException

from pos_bridge.errors import BridgeRefusal
from pos_bridge.web.pages import Pages
from pos_bridge.web.problems import AnyRequest, Told
from sync.errors import DeskRefusal, JournalDown

FOR_PROGRAMS: Final = ("/in/", "/sightings", "/healthz", "/light", "/metrics")

Answer = Callable[[AnyRequest, Any], Response[bytes]]


def telling(pages: Pages, plain: Answer) -> Answer:
    """Return what answers an error with a page where a browser asked for one, and with ``plain`` everywhere else."""

    def answer(request: AnyRequest, error: Exception) -> Response[bytes]:
        if isinstance(error, Told) and error.status == 303:
            return Response(b"", status_code=303, headers={**error.headers, "Cache-Control": "no-store"})
        said = plain(request, error)
        if request.url.path.startswith(FOR_PROGRAMS) or "text/html" not in request.headers.get("accept", ""):
            return said
        visit = pages.visit(request)
        name, detail = _words(error)
        if not visit.words.has(name):
            name = "told.refused"
        return pages.show(visit, "told", status=said.status_code or 500, why=name, detail=detail)

    return answer


def _words(error: Exception) -> tuple[str, str]:
    if isinstance(error, Told):
        return f"told.{error.slug.replace('-', '_')}", ""
    if isinstance(error, JournalDown):
        return "told.journal_down", ""
    if isinstance(error, NotFoundException):
        return "told.not_found", ""
    if isinstance(error, BridgeRefusal | DeskRefusal):
        return f"why.{error.reason}", str(error)
    return "told.refused", ""
