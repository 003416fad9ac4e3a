"""Showing a page of ``ops``: ``my``'s stage, policy and masked tokens, with the operators' frame round it."""

from collections.abc import Mapping
from dataclasses import dataclass

from litestar import Response

from photoservice.web.asked import AnyRequest
from photoservice.web.languages import Words
from photoservice.web.my.showing import Stage, stage
from photoservice.web.ops.duty import OnDuty
from photoservice.web.ops.places import is_at, places_of
from photoservice.web.pages import Pages
from photoservice.web.requests import service_of


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What a page is shown with: who is on duty, and the stage."""

    duty: OnDuty
    stage: Stage

    @property
    def words(self) -> Words:
        """The operator's words."""
        return self.stage.reader.words

    def show(
        self, name: str, *, status: int = 200, headers: Mapping[str, str] | None = None, **values: object
    ) -> Response[bytes]:
        """Return the page ``ops/<name>.html``; it knows ``duty``, ``places``, and what ``values`` name."""
        return self.stage.show(
            name,
            status=status,
            headers=headers,
            duty=self.duty,
            places=places_of(self.duty),
            is_at=is_at,
            after=self.stage.request.query_params.get("after", ""),
            **values,
        )


def desk(request: AnyRequest, pages: Pages, duty: OnDuty) -> Desk:
    """Set the stage for an operator."""
    service = service_of(request.scope)
    return Desk(duty=duty, stage=stage(request, service, pages, duty.visitor, room="ops"))
