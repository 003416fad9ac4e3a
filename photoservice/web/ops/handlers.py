"""Every route of ``ops``, in one tuple for the application."""

from typing import Final

from litestar.types import ControllerRouterHandler

from photoservice.web.ops import (
    audit_routes,
    case_routes,
    catalogue_routes,
    customer_routes,
    dashboard_routes,
    draft_routes,
    home_routes,
    job_routes,
    mail_routes,
    money_routes,
    operator_routes,
    order_routes,
    parked_routes,
    plan_routes,
    search_routes,
    station_routes,
    storage_routes,
    store_routes,
    tenant_routes,
    terms_routes,
)

HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (
    *home_routes.HANDLERS,
    *dashboard_routes.HANDLERS,
    *search_routes.HANDLERS,
    *customer_routes.HANDLERS,
    *(*order_routes.HANDLERS, *money_routes.HANDLERS, *plan_routes.HANDLERS),
    *(*catalogue_routes.HANDLERS, *draft_routes.HANDLERS, *terms_routes.HANDLERS),
    *(*case_routes.HANDLERS, *parked_routes.HANDLERS),
    *(*station_routes.HANDLERS, *store_routes.HANDLERS, *tenant_routes.HANDLERS),
    *(*job_routes.HANDLERS, *storage_routes.HANDLERS, *mail_routes.HANDLERS),
    *operator_routes.HANDLERS,
    *audit_routes.HANDLERS,
)
