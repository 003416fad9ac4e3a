"""Who may file images: labs, and retailers that scan in their stores. Who may make goods: labs."""

from photoservice.errors import NotForMakers
from photoservice.ordering.errors import ForLabsOnly
from photoservice.service import Photoservice
from photoservice.tenants import Tenant
from photoservice.web.asked import AnyRequest


async def lab_of(request: AnyRequest, service: Photoservice) -> Tenant:
    """Return which lab's or retailer's key a request bears.

    Raises:
        Unproven: no key, a wrong one, or a revoked one.
        NotForMakers: it is a maker's.
    """
    async with service.database.look() as session:
        tenant = await service.tenants.whose(session, request.headers.get("authorization"))
    if tenant.kind == "maker":
        raise NotForMakers
    return tenant


async def maker_of_goods(request: AnyRequest, service: Photoservice) -> Tenant:
    """Return which lab's key a request bears.

    Raises:
        Unproven: no key, a wrong one, or a revoked one.
        NotForMakers: it is a maker's of film.
        ForLabsOnly: it is a retailer's; a till's key is no list of customers.
    """
    tenant = await lab_of(request, service)
    if tenant.kind != "lab":
        raise ForLabsOnly
    return tenant
