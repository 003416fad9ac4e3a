"""Every route of ``ops``, in one tuple for the application."""

from typing import Final

from litestar.types import ControllerRouterHandler

from photoservice.web.ops import (
    audit_routes,
    customer_routes,
    catalogue_routes,
    dashboard_routes,
    draft_routes,
    home_routes,
    operator_routes,
    search_routes,
)

HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (
    *home_routes.HANDLERS,
    *dashboard_routes.HANDLERS,
    *search_routes.HANDLERS,
    *customer_routes.HANDLERS,
    *(*catalogue_routes.HANDLERS, *draft_routes.HANDLERS),
    *operator_routes.HANDLERS,
    *audit_routes.HANDLERS,
)
