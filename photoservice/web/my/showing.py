"""Showing a page of ``my`` or ``ops``: the frame round it, the reader's language, and one policy for all of them.

htmx puts fragments of our own pages in place; it is told to take them from here alone and to run nothing in them. No
inline script and no inline style is allowed, and every text is escaped where it stands.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import urlencode

import asyncpg
from litestar import Response

from photoservice.errors import NotReady, ProofNeeded, Refusal, SignInNeeded, Throttled
from photoservice.persons.sessions import Visitor
from photoservice.service import Photoservice
from photoservice.web import problems
from photoservice.web.asked import AnyRequest
from photoservice.web.my.masking import mask
from photoservice.web.my.visiting import see_other, sign_in_path
from photoservice.web.pages import NOBODY, Pages, Reader
from photoservice.web.requests import service_of

POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)

PLACES: Final = ("/my", "/sign-", "/s/", "/ops", "/pay/")
"""How the paths begin that people see in a browser: there an error is a page."""

ON_PAPER: Final = ("/r", "/claim")
"""The pages that receipts and labels lead to, in a frame of their own."""

_SOON_S: Final = 10
_DOWN: Final = (
    asyncpg.PostgresConnectionError,
    asyncpg.InterfaceError,
    asyncpg.OperatorInterventionError,
    asyncpg.InsufficientResourcesError,
    ConnectionError,
)
"""What is raised while the database is away, or has too much to do: nothing of ours is wrong."""

TELLING: Final = frozenset({"codes", "share", "pay_code", "told_once"})
"""The pages that show what opens or pays something for whoever holds it: recovery and order codes, a share, a key."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """All that a page is shown with: who asks, in which language, and whether they have a session."""

    request: AnyRequest
    service: Photoservice
    pages: Pages
    visitor: Visitor | None
    reader: Reader
    room: str = "my"
    """Whose templates these are: ``my``, or ``ops``."""

    @property
    def is_fragment(self) -> bool:
        """Whether htmx asks for a part of a page only."""
        return self.request.headers.get("hx-request") == "true"

    @property
    def here(self) -> str:
        """The address this page can be loaded from again; the first page, when it came of a form."""
        if self.request.method != "GET":
            return f"/{self.room}"
        return self.request.url.path + (f"?{urlencode(self._query)}" if self._query else "")

    @property
    def _query(self) -> dict[str, str]:
        asked = self.request.query_params
        return {name: asked[name] for name in asked if name != "lang"}

    def show(
        self, name: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: object
    ) -> Response[bytes]:  # whatever the template names
        """Return the page ``<room>/<name>.html``; a fragment's template extends nothing.

        The token of its forms is masked here, once an answer: ``csrf`` among the ``values`` is a share's own.
        """
        visitor = self.visitor
        if visitor is not None:
            visitor = replace(visitor, csrf=mask(visitor.csrf, self.service.entropy))
        if token := values.get("csrf"):
            values["csrf"] = mask(str(token), self.service.entropy)
        shown = self.pages.show(
            self.reader,
            f"{self.room}/{name}",
            status=status,
            keep=NOBODY,
            policy=POLICY,
            visitor=visitor,
            path=self.request.url.path,
            words=self.reader.words,
            is_telling=name in TELLING,
            **{"here": self.here, "switch": self._query, **values},
        )
        shown.headers.update(headers or {})
        return shown


def stage(
    request: AnyRequest, service: Photoservice, pages: Pages, visitor: Visitor | None, *, room: str = "my"
) -> Stage:
    """Set the stage for who visits."""
    reader = pages.reader(request, preferred=visitor.language if visitor else "")
    return Stage(request=request, service=service, pages=pages, visitor=visitor, reader=reader, room=room)


def refuse_gone(pages: Pages, request: AnyRequest, error: asyncpg.ForeignKeyViolationError) -> Response[bytes]:
    """Answer a form of somebody who was deleted on another device while it was on its way: nobody we know.

    Anything else that a row needs and does not find is a fault of ours.
    """
    broken = str(getattr(error, "constraint_name", ""))
    if not broken.endswith("_person_fkey"):
        return fail(pages, problems.on_anything_else, request, error)
    return refuse(pages, request, SignInNeeded())


def refuse(pages: Pages, request: AnyRequest, refusal: Refusal) -> Response[bytes]:
    """Answer what we refuse: a page for who looks at pages, a problem for all others."""
    if not _looks_at_pages(request):
        if request.headers.get("hx-request") == "true" and isinstance(refusal, SignInNeeded | ProofNeeded):
            again = problems.on_refusal(request, refusal)
            again.headers["HX-Redirect"] = "/sign-in?next=/my"
            return again
        return problems.on_refusal(request, refusal)
    if isinstance(refusal, SignInNeeded | ProofNeeded) and request.method == "GET":
        return see_other(sign_in_path(request))
    wait_s = refusal.wait_s if isinstance(refusal, Throttled | NotReady) else 0
    return _told(pages, request, slug=refusal.slug, status=int(refusal.status), wait_s=wait_s)


def fail(
    pages: Pages, answer: Callable[[AnyRequest, Any], Response[bytes]], request: AnyRequest, error: Exception
) -> Response[bytes]:
    """Answer what went wrong otherwise: the ``answer`` for programs, and a page for who looks at pages."""
    problem = answer(request, error)
    if not _looks_at_pages(request):
        return problem
    status = 503 if isinstance(error, _DOWN) else problem.status_code or 500
    return _told(pages, request, slug="not-found" if status == 404 else "", status=status)


def _looks_at_pages(request: AnyRequest) -> bool:
    is_page = request.url.path.startswith(PLACES) or request.url.path in ON_PAPER
    return is_page and "text/html" in request.headers.get("accept", "")


def _told(pages: Pages, request: AnyRequest, *, slug: str, status: int, wait_s: int = 0) -> Response[bytes]:
    """Return the page that says that something did not work, why, and where one goes on."""
    room = "ops" if request.url.path.startswith("/ops") else "my"
    on = stage(request, service_of(request.scope), pages, None, room=room)
    word = "busy" if status >= 500 else slug
    if request.url.path in ON_PAPER:
        shown = pages.show(on.reader, "refused", status=status, slug=word, again=request.url.path)
    else:
        shown = on.show("refused", status=status, slug=word, again=_again(on) if word == "busy" else "")
    if wait_s or status == 503:
        shown.headers["Retry-After"] = str(wait_s or _SOON_S)
    return shown


def _again(on: Stage) -> str:
    """Return the page to be asked for again, if it is known: this one, or of a share's form the share's."""
    path = on.request.url.path
    if on.request.method == "GET":
        return on.here
    return "/".join(path.split("/")[:3]) if path.startswith("/s/") else ""
