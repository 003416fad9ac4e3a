"""What tills and providers of payment pages tell; and the page of the provider that ships with the product."""

from typing import Annotated, Final

import msgspec
from litestar import Response, get, post
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from photocore.jsontext import read_json
from photocore.money import MOST_MINOR
from photoservice.errors import Unknown
from photoservice.paying.checkouts import Checkout
from photoservice.paying.order_codes import Redemption
from photoservice.paying.virtual import NAME, VirtualProvider
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.bodies import MAX_BYTES, read_body, read_form
from photoservice.web.described import takes, takes_bytes
from photoservice.web.my.visiting import see_other
from photoservice.web.pages import PagesOf
from photoservice.web.problems import told
from photoservice.web.tenant_routes import tenant_of

MOST_TOLD_BYTES: Final = 65_536

ProviderName = Annotated[str, PathParameter(max_length=40, description="The provider's name, in small letters.")]
Reference = Annotated[str, PathParameter(max_length=80, description="What the provider calls a payment page.")]

_Gln = Annotated[str, msgspec.Meta(pattern="^[0-9]{13}$")]
_CodeText = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]


class CodeAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An order code as scanned or typed, and the GLN of the store whose till asks."""

    code: _CodeText
    store: _Gln

    def __repr__(self) -> str:
        return f"CodeAsked(store={self.store!r})"


class CodeTold(msgspec.Struct, frozen=True, kw_only=True):
    """What a till is to take in: ``minor`` units of ``currency``, exactly."""

    minor: int
    currency: str
    expires_at: str


class CodeRedeemed(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a till took in for an order code, under a ``key`` of its own: a receipt's number, say."""

    code: _CodeText
    store: _Gln
    minor: Annotated[int, msgspec.Meta(ge=1, le=MOST_MINOR)]
    currency: Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]
    key: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9._:-]{1,100}$")]

    def __repr__(self) -> str:
        return f"CodeRedeemed(store={self.store!r}, minor={self.minor}, currency={self.currency!r})"


class OrderPaid(msgspec.Struct, frozen=True, kw_only=True):
    """The order that was paid. ``is_new`` is false where the same was answered before."""

    order: str
    minor: int
    currency: str
    at: str
    is_new: bool


@post(
    "/order-codes/look-up",
    status_code=200,
    tags=["paying"],
    request_max_body_size=MAX_BYTES,
    responses=told(400, 401, 403, 413, 415, 429),
    operation_class=takes(CodeAsked),
)
async def look_up_code(request: AnyRequest, service: Service) -> Response[CodeTold]:
    """Ask what an order code pays, before money is taken in.

    A code that pays nothing is answered 403, whatever is wrong with it.
    """
    tenant = await tenant_of(request, service)
    asked = read_json(await read_body(request), CodeAsked)
    given = await service.goods.order_codes.look(tenant, asked.code, asked.store)
    money = given.money
    return Response(
        CodeTold(minor=money.minor, currency=money.currency, expires_at=given.expires_at.isoformat()),
        headers={"Cache-Control": "no-store"},
    )


@post(
    "/order-codes/redeem",
    status_code=200,
    tags=["paying"],
    request_max_body_size=MAX_BYTES,
    responses=told(400, 401, 403, 413, 415, 422, 429),
    operation_class=takes(CodeRedeemed),
)
async def redeem_code(request: AnyRequest, service: Service) -> Response[OrderPaid]:
    """Tell that a till took an order's money in; the same key again is answered the same.

    Forged, used, replaced, expired, for another amount or currency: each is answered 403 in the same words.
    """
    tenant = await tenant_of(request, service)
    sent = read_json(await read_body(request), CodeRedeemed)
    done = await service.goods.order_codes.redeem(
        tenant,
        Redemption(code=sent.code, minor=sent.minor, currency=sent.currency, key=sent.key, store=sent.store),
    )
    money = done.money
    return Response(
        OrderPaid(
            order=done.order, minor=money.minor, currency=money.currency, at=done.at.isoformat(), is_new=done.is_new
        )
    )


@post(
    "/payments/{provider:str}",
    status_code=204,
    tags=["paying"],
    request_max_body_size=MOST_TOLD_BYTES,
    responses=told(400, 401, 404, 413),
    operation_class=takes_bytes("application/json", "A message as the provider signs it."),
)
async def hear(request: AnyRequest, service: Service, provider: ProviderName) -> None:
    """Hear what became of a payment. The message is kept before it is answered, and carried out once."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    await service.goods.checkouts.hear(provider, headers, await request.body())


@get("/pay/virtual/{reference:str}", tags=["paying"], media_type="text/html", include_in_schema=False)
async def virtual_page(request: AnyRequest, service: Service, pages: PagesOf, reference: Reference) -> Response[bytes]:
    """Show the payment page of the provider for trials: no money moves."""
    _, checkout = await _virtual(service, reference)
    is_open = checkout.state in ("open", "failed") and checkout.expires_at > service.clock.now()
    reader = pages.reader(request, preferred=checkout.language)
    return pages.show(reader, "pay_virtual", checkout=checkout, is_open=is_open, back=checkout.back)


@post("/pay/virtual/{reference:str}", status_code=200, include_in_schema=False, request_max_body_size=MAX_BYTES)
async def pay_virtually(request: AnyRequest, service: Service, reference: Reference) -> Response[bytes]:
    """Pretend to pay or to decline: tell it by a signed message, and send the customer back.

    The message goes to the same door as any provider's, by :meth:`Checkouts.hear`, with its signature and all.
    """
    provider, checkout = await _virtual(service, reference)
    does = (await read_form(request)).get("do", "")
    is_open = checkout.state in ("open", "failed") and checkout.expires_at > service.clock.now()
    if is_open and does in ("pay", "decline"):
        kind = "page.paid" if does == "pay" else "page.declined"
        headers, body = provider.message(kind, reference, checkout.money)
        await service.goods.checkouts.hear(NAME, headers, body)
    return see_other(checkout.back)


async def _virtual(service: Photoservice, reference: str) -> tuple[VirtualProvider, Checkout]:
    """Return the provider and a payment page of its; raises Unknown where it is not enabled, or there is none."""
    provider = service.goods.checkouts.provider
    if not isinstance(provider, VirtualProvider):
        raise Unknown("There is nothing here.")
    async with service.database.look() as session:
        checkout = await service.goods.checkouts.by_reference(session, NAME, reference.replace("\0", ""))
    if checkout is None:
        raise Unknown("There is nothing here.")
    return provider, checkout


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (
    look_up_code,
    redeem_code,
    hear,
    virtual_page,
    pay_virtually,
)
