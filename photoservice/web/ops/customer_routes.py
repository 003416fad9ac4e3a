"""Customers: found by what they show or say, seen masked, opened for a reason, exported and erased when they ask."""

from typing import Annotated, Final

from litestar import Response, get, post
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from photoservice.errors import Malformed, Unknown
from photoservice.operating.customers import LONGEST_REASON, Customers
from photoservice.operating.search import LONGEST, Search
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.visiting import MAX_FORM_BYTES, field, see_other
from photoservice.web.ops.duty import acts, on_duty, reason_in
from photoservice.web.ops.order_routes import read_amount
from photoservice.web.ops.search_routes import path_of
from photoservice.web.ops.showing import desk
from photoservice.web.pages import PagesOf

Customer = Annotated[str, PathParameter(max_length=60, description="P-... or A-...")]

_CURRENCIES: Final = ("EUR", "USD", "GBP", "CHF", "JPY", "PLN", "TRY", "ILS", "INR", "CNY")
_KINDS: Final = ("person", "account")


@get("/ops/customers", tags=["operators"], media_type="text/html", include_in_schema=False)
async def customers_page(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Show how a customer is found: they are never listed."""
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "customers")
    return desk(request, pages, duty).show("customers", found=(), typed="", is_asked=False)


@post("/ops/customers", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def find_customer(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """Find a customer by a mail address, a name they sign in with, a registration's number, or their ID."""
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "customers")
        text = field(fields, "q", longest=LONGEST)
        hits = await Search(logins=service.people.entrance.logins).find_anything(session, text, duty)
        found = [hit for hit in hits.found if hit.kind in _KINDS]
        about = {"found": len(found)}
        await service.goods.audit.add(session, duty, "customers_sought", found[0].id if len(found) == 1 else "", about)
    if len(found) == 1:
        return see_other(path_of(found[0]))
    listed = [(hit, path_of(hit)) for hit in hits.found]
    return desk(request, pages, duty).show("customers", found=listed, typed="", is_asked=True)


@get("/ops/customers/{customer:str}", tags=["operators"], media_type="text/html", include_in_schema=False)
async def customer_page(request: AnyRequest, service: Service, pages: PagesOf, customer: Customer) -> Response[bytes]:
    """Show a person or a card's account, masked; the look is an entry of the audit.

    Raises:
        Unknown: there is no such customer.
    """
    customers = _customers(service)
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "customers")
        if customer.startswith("A-"):
            account = await customers.see_account(session, duty, customer, known=pages.privacy.known)
            return desk(request, pages, duty).show("customer_account", seen=account, customer=customer)
        seen = await customers.see_person(session, duty, customer)
    return desk(request, pages, duty).show(
        "customer", seen=seen, customer=customer, opened=None, currencies=_CURRENCIES
    )


@post("/ops/customers/{customer:str}/open", status_code=200, include_in_schema=False)
async def open_customer(request: AnyRequest, service: Service, pages: PagesOf, customer: Customer) -> Response[bytes]:
    """Show what is personal of somebody, this once, to who says why.

    Raises:
        ReasonMissing: nobody said why; nothing is shown.
        Unknown: there is no such customer.
    """
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "personal")
        why = field(fields, "why", longest=LONGEST_REASON)
        seen, opened = await _customers(service).open(session, duty, customer, why)
    return desk(request, pages, duty).show(
        "customer", seen=seen, customer=customer, opened=opened, currencies=_CURRENCIES
    )


@post("/ops/customers/{customer:str}/export", status_code=200, include_in_schema=False)
async def export_customer(request: AnyRequest, service: Service, pages: PagesOf, customer: Customer) -> Response[bytes]:
    """Send all that is kept of a customer, for themselves, as a file.

    Raises:
        ReasonMissing: nobody said why.
        Unknown: there is no such customer.
    """
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "personal")
        why = field(fields, "why", longest=LONGEST_REASON)
        told = await _customers(service).export(session, duty, customer, why, known=pages.privacy.known)
    headers = {"Content-Disposition": f'attachment; filename="{customer}.json"', "Cache-Control": "no-store"}
    return Response(told, media_type="application/json", headers=headers)


@post("/ops/customers/{customer:str}/give", status_code=200, include_in_schema=False)
async def give_customer(request: AnyRequest, service: Service, customer: Customer) -> Response[bytes]:
    """Give a person a registration by its number, or a card's whole account, as they proved it at a counter.

    Raises:
        ReasonMissing: nobody said what proved it.
        Unknown: there is no such person, registration or account.
    """
    proofs = service.people.entrance.card_proofs
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "personal")
        why, what = reason_in(fields), field(fields, "what", longest=60)
        if what.upper().startswith("A-"):
            await proofs.tie_by_staff(session, customer, what.upper())
            kind = "account_given"
        else:
            await proofs.hold_by_staff(session, customer, what.replace(" ", ""))
            kind = "registration_given"
        await service.goods.audit.add(session, duty, kind, customer, {"what": what, "why": why})
    return see_other(f"/ops/customers/{customer}?after=done")


@post("/ops/customers/{customer:str}/tab", status_code=200, include_in_schema=False)
async def give_tab(request: AnyRequest, service: Service, customer: Customer) -> Response[bytes]:
    """Let somebody order on account up to a limit; nothing ends it for new orders.

    Raises:
        Malformed: it is no amount, or in no currency of ours.
        Unknown: there is no such person.
    """
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "money")
        if not duty.may("customers"):
            raise Unknown("There is no such customer.")
        most = read_amount(fields, "most")
        if most.currency not in _CURRENCIES:
            raise Malformed("There is no such currency here.")
        await service.goods.tabs.give(session, customer, most, by=duty.operator)
        kind = "tab_given" if most.minor else "tab_ended"
        await service.goods.audit.add(session, duty, kind, customer, {"most": most.minor, "currency": most.currency})
    return see_other(f"/ops/customers/{customer}?after=done")


@post("/ops/customers/{customer:str}/erase", status_code=200, include_in_schema=False)
async def erase_customer(request: AnyRequest, service: Service, pages: PagesOf, customer: Customer) -> Response[bytes]:
    """Erase a customer for good, when they asked for it.

    Raises:
        ReasonMissing: nobody said why.
        Malformed: it was not confirmed.
        Unprocessable: they are an operator.
        Unknown: there is no such customer.
    """
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "erase")
        if field(fields, "really") != "yes":
            raise Malformed("Say that you have read what goes.")
        why = field(fields, "why", longest=LONGEST_REASON)
        contents = await _customers(service).erase(session, duty, customer, why)
    await service.people.deleting.forget_contents(contents)
    return see_other("/ops/customers?after=erased")


def _customers(service: Photoservice) -> Customers:
    people, goods = service.people, service.goods
    return Customers(
        audit=goods.audit,
        accounts=service.accounts,
        profiles=people.profiles,
        logins=people.entrance.logins,
        exporting=people.exporting,
        deleting=people.deleting,
        tabs=goods.tabs,
    )


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (
    *(customers_page, find_customer, customer_page, open_customer, export_customer),
    *(give_customer, give_tab, erase_customer),
)
