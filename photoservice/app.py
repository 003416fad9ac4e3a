"""The ASGI application: routes by noun, and problems for errors; what surrounds them brings what they stand on."""

import functools

import asyncpg
from litestar import Litestar
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.types import ASGIApp, Scope

from photocore.errors import EventError
from photoservice.errors import Refusal
from photoservice.objects.store import StoreDown
from photoservice.service import Photoservice
from photoservice.web import (
    card_routes,
    catalogue_routes,
    claim_routes,
    custody_routes,
    derive_routes,
    epcis_routes,
    gallery_routes,
    key_routes,
    offer_routes,
    operations,
    order_routes,
    pages,
    payment_routes,
    problems,
    receipt_routes,
    rendition_routes,
    static_files,
    sync_routes,
    tenant_routes,
    upload_routes,
    viewing_routes,
)
from photoservice.web.my import handlers as my
from photoservice.web.my import showing
from photoservice.web.ops import handlers as ops
from photoservice.web.requests import service_of, surround

DESCRIPTION = """Makers and retailers forward package and roll IDs by EPCIS 2.0; stations in stores send what was
registered. Errors are problem+json (RFC 9457); docs/photoservice.md lists their types."""


def build_app(service: Photoservice) -> ASGIApp:
    """Return the application of an open service; what surrounds requests also surrounds those no route takes."""
    return surround(service, build_routes())


@functools.cache
def build_routes() -> Litestar:
    """Return the routes, without what surrounds each request.

    They are the same for every service: each request brings its own, so a process registers its 160 handlers once.
    """
    opened = pages.open_pages()
    return Litestar(
        route_handlers=[
            epcis_routes.query_options,  # the first of its paths: else the framework answers OPTIONS there itself
            *(pages.start_page, pages.package_page, pages.privacy_page, static_files.static_file),
            *(claim_routes.claim_form, claim_routes.claim_by_form, claim_routes.claim_by_code),
            *(receipt_routes.receipt_page, receipt_routes.receipt_by_form, receipt_routes.look_up_registration),
            *(operations.health, operations.ready, operations.metrics),
            *(sync_routes.enrol, sync_routes.hello, sync_routes.take_events, sync_routes.give_events_back),
            *(sync_routes.give_roster, sync_routes.look_up, sync_routes.tell_news),
            *(epcis_routes.query_events, epcis_routes.query_event),
            *(epcis_routes.query_epcs, epcis_routes.query_events_of),
            *(tenant_routes.capture_limits, tenant_routes.capture, tenant_routes.capture_job),
            *(tenant_routes.capture_jobs, tenant_routes.parked, tenant_routes.put_codes),
            tenant_routes.put_master_data,
            *(*offer_routes.HANDLERS, *upload_routes.HANDLERS, *derive_routes.HANDLERS),
            *(*viewing_routes.HANDLERS, *gallery_routes.HANDLERS, *rendition_routes.HANDLERS),
            *(*card_routes.HANDLERS, *custody_routes.HANDLERS, *my.HANDLERS),
            *(
                *catalogue_routes.HANDLERS,
                *key_routes.HANDLERS,
                *order_routes.HANDLERS,
                *payment_routes.HANDLERS,
                *ops.HANDLERS,
            ),
        ],
        dependencies={
            "service": Provide(_service, sync_to_thread=False),
            "pages": Provide(lambda: opened, sync_to_thread=False),
            "assets": Provide(lambda: opened.assets, sync_to_thread=False),
        },
        exception_handlers={
            Refusal: functools.partial(showing.refuse, opened),
            EventError: functools.partial(showing.fail, opened, problems.on_event_error),
            StoreDown: functools.partial(showing.fail, opened, problems.on_store_down),
            asyncpg.CharacterNotInRepertoireError: functools.partial(showing.fail, opened, problems.on_unstorable),
            asyncpg.ForeignKeyViolationError: functools.partial(showing.refuse_gone, opened),
            HTTPException: functools.partial(showing.fail, opened, problems.on_http_error),
            Exception: functools.partial(showing.fail, opened, problems.on_anything_else),
        },
        openapi_config=OpenAPIConfig(
            title="Twincheck photoservice",
            version="1",
            description=DESCRIPTION,
            path="/openapi.json",
            render_plugins=[JsonRenderPlugin(path="/")],
        ),
        logging_config=None,
        debug=False,
    )


def _service(scope: Scope) -> Photoservice:
    return service_of(scope)
