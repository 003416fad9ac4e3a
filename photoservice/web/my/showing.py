"""Showing a page of ``my``: the frame round it, the reader's language, and one policy for all of them.

htmx puts fragments of our own pages in place; it is told to take them from here alone and to run nothing in them. No
inline script and no inline style is allowed, and every text is escaped where it stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

import asyncpg
from litestar import Response

from photoservice.errors import ProofNeeded, Refusal, SignInNeeded, Throttled
from photoservice.persons.sessions import Visitor
from photoservice.service import Photoservice
from photoservice.web import problems
from photoservice.web.asked import AnyRequest
from photoservice.web.my.visiting import see_other, sign_in_path
from photoservice.web.pages import NOBODY, Pages, Reader
from photoservice.web.requests import service_of

POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)

PLACES: Final = ("/my", "/sign-", "/s/")
"""How the paths begin that people see in a browser: there an error is a page."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """All that a page is shown with: who asks, in which language, and whether they have a session."""

    request: AnyRequest
    service: Photoservice
    pages: Pages
    visitor: Visitor | None
    reader: Reader

    @property
    def is_fragment(self) -> bool:
        """Whether htmx asks for a part of a page only."""
        return self.request.headers.get("hx-request") == "true"

    @property
    def here(self) -> str:
        """The address this page can be loaded from again; the first page, when it came of a form."""
        if self.request.method != "GET":
            return "/my"
        return self.request.url.path + (f"?{urlencode(self._query)}" if self._query else "")

    @property
    def _query(self) -> dict[str, str]:
        asked = self.request.query_params
        return {name: asked[name] for name in asked if name != "lang"}

    def show(
        self, name: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: object
    ) -> Response[bytes]:  # whatever the template names
        """Return the page ``my/<name>.html``; a fragment's template extends nothing."""
        shown = self.pages.show(
            self.reader,
            f"my/{name}",
            status=status,
            keep=NOBODY,
            policy=POLICY,
            visitor=self.visitor,
            path=self.request.url.path,
            words=self.reader.words,
            **{"here": self.here, "switch": self._query, **values},
        )
        shown.headers.update(headers or {})
        return shown


def stage(request: AnyRequest, service: Photoservice, pages: Pages, visitor: Visitor | None) -> Stage:
    """Set the stage for who visits."""
    reader = pages.reader(request, preferred=visitor.language if visitor else "")
    return Stage(request=request, service=service, pages=pages, visitor=visitor, reader=reader)


def refuse_gone(pages: Pages, request: AnyRequest, error: asyncpg.ForeignKeyViolationError) -> Response[bytes]:
    """Answer a form of somebody who was deleted on another device while it was on its way: nobody we know.

    Anything else that a row needs and does not find is a fault of ours.
    """
    broken = str(getattr(error, "constraint_name", ""))
    if not broken.endswith("_person_fkey"):
        return problems.on_anything_else(request, error)
    return refuse(pages, request, SignInNeeded())


def refuse(pages: Pages, request: AnyRequest, refusal: Refusal) -> Response[bytes]:
    """Answer what we refuse: a page for who looks at pages, a problem for all others."""
    if not request.url.path.startswith(PLACES) or "text/html" not in request.headers.get("accept", ""):
        if request.headers.get("hx-request") == "true" and isinstance(refusal, SignInNeeded | ProofNeeded):
            again = problems.on_refusal(request, refusal)
            again.headers["HX-Redirect"] = "/sign-in?next=/my"
            return again
        return problems.on_refusal(request, refusal)
    if isinstance(refusal, SignInNeeded | ProofNeeded) and request.method == "GET":
        return see_other(sign_in_path(request))
    shown = stage(request, service_of(request.scope), pages, None).show(
        "refused", status=int(refusal.status), slug=refusal.slug
    )
    if isinstance(refusal, Throttled):
        shown.headers["Retry-After"] = str(refusal.wait_s)
    return shown
