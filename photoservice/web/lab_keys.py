"""Who may file images: labs, and retailers that scan in their stores."""

from photoservice.errors import NotForMakers
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
