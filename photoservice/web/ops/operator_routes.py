"""Who the operators are: owners give and end roles."""

from typing import Annotated, Final

from litestar import Response, get, post
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from photocore.duties import HOUSE_ONLY, MAY, RIGHTS, ROLES
from photoservice.errors import Malformed
from photoservice.operating.operators import LONGEST_NAME, Appointment
from photoservice.persons.logins import LONGEST_MAIL
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.visiting import MAX_FORM_BYTES, field, see_other
from photoservice.web.ops.duty import acts, on_duty
from photoservice.web.ops.showing import desk
from photoservice.web.pages import PagesOf

OperatorId = Annotated[str, PathParameter(max_length=40)]


@get("/ops/operators", tags=["operators"], media_type="text/html", include_in_schema=False)
async def operators_page(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """List the operators, what each role may do, and the form for one more."""
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "operators")
        listed = await service.goods.operators.list(session)
        tenants = await session.rows("operators.tenants")
    return desk(request, pages, duty).show(
        "operators",
        operators=listed,
        names={one.id: one.name for one in listed},
        tenants=tenants,
        roles=ROLES,
        rights=[(right, MAY[right], right in HOUSE_ONLY) for right in RIGHTS],
    )


@post("/ops/operators", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def add_operator(request: AnyRequest, service: Service) -> Response[bytes]:
    """Give somebody a role, in the place of the one they have.

    Raises:
        Malformed: there is no such role.
        Unknown: nobody signs in by that name, or there is no such tenant.
        OperatorKept: it is oneself, or the last owner.
    """
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "operators")
        role = field(fields, "role")
        if role not in ROLES:
            raise Malformed("There is no such role.")
        wish = Appointment(
            login=field(fields, "login", longest=LONGEST_MAIL),
            role=role,
            tenant=field(fields, "tenant"),
            name=field(fields, "name", longest=LONGEST_NAME),
        )
        await service.goods.operators.add(session, duty, wish)
    return see_other("/ops/operators?after=operator_added")


@post("/ops/operators/{operator:str}/end", status_code=200, include_in_schema=False)
async def end_operator(request: AnyRequest, service: Service, operator: OperatorId) -> Response[bytes]:
    """End a role at once.

    Raises:
        Unknown: there is no such operator, any more.
        OperatorKept: they are the last owner.
    """
    async with service.database.begin() as session:
        duty, _ = await acts(request, service, session, "operators")
        await service.goods.operators.end(session, duty, operator)
    return see_other("/ops/operators?after=operator_ended")


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (operators_page, add_operator, end_operator)
