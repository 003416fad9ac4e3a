"""The door's ASGI application: the routes, what they stand on, and what surrounds them."""

from collections.abc import Sequence
from typing import Any

from litestar import Litestar
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, ControllerRouterHandler

from pos_bridge.errors import BridgeRefusal
from pos_bridge.running import Bridge
from pos_bridge.web import door, problems
from pos_bridge.web.guard import guard, own_names
from pos_bridge.web.keeping import Keeper
from sync.errors import DeskRefusal, JournalDown


def build_app(bridge: Bridge, more: Sequence[ControllerRouterHandler] = ()) -> ASGIApp:
    """Return the application of a running bridge; ``more`` are further routes, such as the device facade's."""
    keeper = Keeper(bridge.ledger.keep_messages)

    def given(value: Any) -> Provide:  # noqa: ANN401  whatever a route asks for by its name
        return Provide(lambda: value, sync_to_thread=False)

    app = Litestar(
        route_handlers=[*door.HANDLERS, *more],
        dependencies={"bridge": given(bridge), "keeper": given(keeper)},
        exception_handlers={
            problems.Told: problems.on_told,
            BridgeRefusal: problems.on_refusal,
            DeskRefusal: problems.on_refusal,
            JournalDown: problems.on_journal_down,
            HTTPException: problems.on_http_error,
            Exception: problems.on_anything_else,
        },
        openapi_config=None,
        logging_config=None,
        debug=False,
    )
    return guard(app, own_names(bridge.settings.door))
