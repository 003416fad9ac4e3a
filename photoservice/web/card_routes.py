"""How cards' holders are reached, as their retailer tells it."""

from typing import Final

from litestar import put
from litestar.types import ControllerRouterHandler

from photocore.jsontext import read_json
from photoservice.persons.card_contacts import CardContacts
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.bodies import read_body
from photoservice.web.described import takes
from photoservice.web.problems import told
from photoservice.web.tenant_routes import tenant_of


@put(
    "/cards/contacts",
    status_code=204,
    tags=["cards"],
    request_max_body_size=500_000,
    responses=told(400, 401, 403, 413, 415, 422),
    operation_class=takes(CardContacts),
)
async def put_card_contacts(request: AnyRequest, service: Service) -> None:
    """Tell how the holders of cards of yours are reached, so that they can prove a card is theirs.

    Of each card mail and telephone are what was told last; what is null is forgotten. Up to 1,000 cards at once, all of
    them or none.
    """
    tenant = await tenant_of(request, service)
    said = read_json(await read_body(request), CardContacts)
    async with service.database.begin() as session:
        await service.people.entrance.contacts.put(session, tenant, said.contacts)


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (put_card_contacts,)
