"""The door's ASGI application: the routes, what they stand on, and what surrounds them."""

import asyncio
from collections.abc import Sequence
from typing import Any

from litestar import Litestar
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.types import ASGIApp, ControllerRouterHandler

from pos_bridge.errors import BridgeRefusal
from pos_bridge.running import Bridge
from pos_bridge.web import door, lane_routes, manager_routes, problems, sign_routes
from pos_bridge.web.guard import guard, own_names
from pos_bridge.web.keeping import Keeper
from pos_bridge.web.pages import Pages, static_file
from pos_bridge.web.sessions import Sessions
from pos_bridge.web.taking import taking
from pos_bridge.web.telling import telling
from sync.errors import DeskRefusal, JournalDown


def build_app(bridge: Bridge, more: Sequence[ControllerRouterHandler] = ()) -> ASGIApp:
    """Return the application of a running bridge; ``more`` are further routes, such as the device facade's."""
    sessions = Sessions(clock=bridge.clock, entropy=bridge.entropy)
    pages = Pages(bridge=bridge, sessions=sessions)

    def given(value: Any) -> Provide:  # noqa: ANN401  whatever a route asks for by its name
        return Provide(lambda: value, sync_to_thread=False)

    app = Litestar(
        route_handlers=[
            *(*door.HANDLERS, *sign_routes.HANDLERS, *lane_routes.HANDLERS, *manager_routes.HANDLERS),
            *(static_file, *more),
        ],
        dependencies={
            "bridge": given(bridge),
            "pages": given(pages),
            "trying": given(asyncio.Semaphore(sign_routes.ONE_AT_A_TIME)),
        },
        exception_handlers={
            problems.Told: telling(pages, problems.on_told),
            BridgeRefusal: telling(pages, problems.on_refusal),
            DeskRefusal: telling(pages, problems.on_refusal),
            JournalDown: telling(pages, problems.on_journal_down),
            HTTPException: telling(pages, problems.on_http_error),
            Exception: telling(pages, problems.on_anything_else),
        },
        openapi_config=None,
        logging_config=None,
        debug=False,
    )
    keeper = Keeper(bridge.ledger.keep_told, bridge.wake)
    return guard(taking(app, bridge, keeper), own_names(bridge.settings.door))
