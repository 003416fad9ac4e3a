"""Tenants: makers, retailers and labs, with their prefixes and quotas; a key is shown once."""

import re
from collections.abc import Mapping
from typing import Annotated, Final
from urllib.parse import urlencode

from litestar import Response, get, post
from litestar.params import PathParameter, QueryParameter
from litestar.types import ControllerRouterHandler

from photoservice.errors import Malformed
from photoservice.operating.fleet import KINDS, Tenants, TenantWish
from photoservice.service import Photoservice
from photoservice.tenants import Kind
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.visiting import field, see_other
from photoservice.web.ops.duty import acts, on_duty, reason_in
from photoservice.web.ops.showing import desk
from photoservice.web.pages import PagesOf

TenantId = Annotated[str, PathParameter(max_length=40)]
Short = Annotated[str, QueryParameter(max_length=40)]

_KINDS: Final[Mapping[str, Kind]] = {one: one for one in KINDS}
_GIGABYTE: Final = 1_000_000_000
_MOST_GIGABYTES: Final = 10_000_000
_MOST_PREFIXES: Final = 50


@get("/ops/tenants", tags=["operators"], media_type="text/html", include_in_schema=False)
async def tenants_page(
    request: AnyRequest,
    service: Service,
    pages: PagesOf,
    *,
    kind: Short = "",
    revoked: Short = "",
    behind: Short = "",
) -> Response[bytes]:
    """List tenants by name. Raises Malformed: there is no such kind."""
    if kind not in ("", *KINDS):
        raise Malformed("There is no such kind.")
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "fleet")
        listed = await _tenants(service).list(session, duty, kind=kind, revoked=bool(revoked), behind=behind)
    kept = {"kind": kind, "revoked": revoked}
    next_ = "/ops/tenants?" + urlencode({**kept, "behind": listed.behind}) if listed.behind else ""
    return desk(request, pages, duty).show("tenants", listed=listed, next=next_, kept=kept, kinds=KINDS)


@get("/ops/tenants/{tenant:str}", tags=["operators"], media_type="text/html", include_in_schema=False)
async def tenant_page(request: AnyRequest, service: Service, pages: PagesOf, tenant: TenantId) -> Response[bytes]:
    """Show one tenant. Raises Unknown, for another one's too."""
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "fleet")
        row = await _tenants(service).find(session, duty, tenant)
    return desk(request, pages, duty).show("tenant", row=row)


@post("/ops/tenants", status_code=200, include_in_schema=False)
async def add_tenant(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Add a tenant and show its key, this once. Raises as :meth:`Tenants.add`."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "fleet_change")
        duty.refuse_foreign()
        kind = _KINDS.get(field(fields, "kind"))
        if kind is None:
            raise Malformed("There is no such kind.")
        prefixes = tuple(dict.fromkeys(re.split(r"[\s,;]+", field(fields, "prefixes").strip()))) or ()
        prefixes = tuple(prefix for prefix in prefixes if prefix)[:_MOST_PREFIXES]
        wish = TenantWish(name=field(fields, "name"), kind=kind, prefixes=prefixes, gln=field(fields, "gln") or None)
        tenant, key = await _tenants(service).add(session, duty, wish)
    return desk(request, pages, duty).show(
        "told_once", what="tenant_key", secret=key, about=wish.name, back=f"/ops/tenants/{tenant}"
    )


@post("/ops/tenants/{tenant:str}/key", status_code=200, include_in_schema=False)
async def new_key(request: AnyRequest, service: Service, pages: PagesOf, tenant: TenantId) -> Response[bytes]:
    """Make another key and show it, this once. Raises as :meth:`Tenants.new_key`."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "fleet_change")
        key = await _tenants(service).new_key(session, duty, tenant, why=reason_in(fields))
    return desk(request, pages, duty).show(
        "told_once", what="tenant_key", secret=key, about=tenant, back=f"/ops/tenants/{tenant}"
    )


@post("/ops/tenants/{tenant:str}/revoke", status_code=200, include_in_schema=False)
async def revoke_tenant(request: AnyRequest, service: Service, tenant: TenantId) -> Response[bytes]:
    """End a tenant's key. Raises as :meth:`Tenants.revoke`."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "fleet_change")
        await _tenants(service).revoke(session, duty, tenant, why=reason_in(fields))
    return _done(tenant)


@post("/ops/tenants/{tenant:str}/prefixes", status_code=200, include_in_schema=False)
async def change_prefixes(request: AnyRequest, service: Service, tenant: TenantId) -> Response[bytes]:
    """Give a tenant a prefix, or take one back (``take``). Raises as :meth:`Tenants.lend` and ``take_back``."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "fleet_change")
        if taken := field(fields, "take", longest=20):
            await _tenants(service).take_back(session, duty, tenant, taken)
        else:
            await _tenants(service).lend(session, duty, tenant, field(fields, "prefix", longest=20))
    return _done(tenant)


@post("/ops/tenants/{tenant:str}/quota", status_code=200, include_in_schema=False)
async def bound_tenant(request: AnyRequest, service: Service, tenant: TenantId) -> Response[bytes]:
    """Bound what a tenant's images take; nothing is no bound. Raises Unknown and Malformed."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "storage_change")
        await _tenants(service).bound(session, duty, tenant, _read_quota(field(fields, "gigabytes", longest=12)))
    return _done(tenant)


def _read_quota(text: str) -> int | None:
    """Return bytes of gigabytes as people write them, or None for nothing. Raises Malformed."""
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,8}([.,][0-9]{1,3})?", text) or float(text.replace(",", ".")) > _MOST_GIGABYTES:
        raise Malformed("This is no number of gigabytes.")
    return int(float(text.replace(",", ".")) * _GIGABYTE)


def _tenants(service: Photoservice) -> Tenants:
    return Tenants(clock=service.clock, audit=service.goods.audit, keys=service.tenants)


def _done(tenant: str) -> Response[bytes]:
    return see_other(f"/ops/tenants/{tenant}?after=done")


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (
    *(tenants_page, tenant_page, add_tenant, new_key, revoke_tenant, change_prefixes, bound_tenant),
)
