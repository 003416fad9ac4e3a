"""The catalogue, for whoever asks (O10): what can be had, as every system reads it, and what a choice would cost."""

from typing import Annotated, Final

import msgspec
from litestar import Response, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter
from litestar.types import ControllerRouterHandler

from photocore.catalogue import Catalogue
from photocore.errors import ChoiceRefused
from photocore.jsontext import read_json
from photocore.pricing import Choice, Quote, quote
from photoservice.goods_errors import ChoiceNotHad
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.bodies import JSON, MAX_BYTES, read_body
from photoservice.web.described import takes
from photoservice.web.problems import told

_FOR_NOW: Final = "public, max-age=300"
_FOR_GOOD: Final = "public, max-age=31536000, immutable"
"""How long a copy may be kept: of the version in force, and of a version asked for by its name, which never changes."""

Version = Annotated[str, QueryParameter(max_length=32, description="A published version; without it the one in force.")]


class QuoteWish(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody wants a price of: a choice, for so many ``images``, in a currency of the catalogue."""

    choice: Choice
    currency: Annotated[str, msgspec.Meta(max_length=3)]
    images: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0


class QuoteTold(msgspec.Struct, frozen=True, kw_only=True):
    """A price: ``net + tax = gross``, in minor units of ``currency``; ``rate`` in basis points.

    ``piece`` is the price of one of ``quantity``, ``units`` what was counted for it. An order confirms ``digest``.
    """

    catalogue: str
    item: str
    options: dict[str, str]
    quantity: int
    images: int
    units: int
    currency: str
    piece: int
    net: int
    tax: int
    gross: int
    rate: int
    digest: str


@get(
    "/catalogue",
    tags=["catalogue"],
    responses={
        200: ResponseSpec(data_container=Catalogue, description="A catalogue", generate_examples=False),
        304: ResponseSpec(data_container=None, description="Still as If-None-Match names it"),
        **told(400, 404),
    },
)
async def catalogue(request: AnyRequest, service: Service, *, version: Version = "") -> Response[bytes]:
    """Give the catalogue in force, or an older version: items, options, exclusions, prices and taxes.

    The body is the very bytes that were published; the entity tag is their SHA-256.
    """
    catalogues = service.goods.catalogues
    async with service.database.begin() as session:
        one = await (catalogues.published(session, version) if version else catalogues.in_force(session))
    tag = f'"{one.digest.hex()}"'
    headers = {"ETag": tag, "Cache-Control": _FOR_GOOD if version else _FOR_NOW}
    if tag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers)
    return Response(one.body, media_type=JSON, headers=headers)


@post(
    "/catalogue/quote",
    status_code=200,
    tags=["catalogue"],
    request_max_body_size=MAX_BYTES,
    responses=told(400, 404, 413, 415, 422),
    operation_class=takes(QuoteWish),
)
async def price_of(request: AnyRequest, service: Service) -> Response[QuoteTold]:
    """Say what a choice would cost now; a refusal names the part that cannot be had in ``why``."""
    wish = read_json(await read_body(request), QuoteWish)
    async with service.database.begin() as session:
        current = await service.goods.catalogues.current(session)
    try:
        found = quote(current, wish.choice, images=wish.images, currency=wish.currency)
    except ChoiceRefused as cause:
        raise ChoiceNotHad(cause.why, f"This cannot be had: {cause}.") from cause
    return Response(tell_quote(found), headers={"Cache-Control": "no-store"})


def tell_quote(found: Quote) -> QuoteTold:
    """Return a price as it is told to programs."""
    return QuoteTold(
        catalogue=found.catalogue,
        item=found.item,
        options=dict(found.options),
        quantity=found.quantity,
        images=found.images,
        units=found.units,
        currency=found.piece.currency,
        piece=found.piece.minor,
        net=found.amount.net.minor,
        tax=found.amount.tax.minor,
        gross=found.amount.gross.minor,
        rate=found.rate,
        digest=found.digest,
    )


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (catalogue, price_of)
