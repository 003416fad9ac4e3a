"""What package products have prepaid, for operators: a list, and a form for each product (O15, S4, O7)."""

from typing import Annotated, Final

from litestar import Response, get, post
from litestar.params import PathParameter
from litestar.types import ControllerRouterHandler

from photocore.catalogue import Catalogue
from photocore.terms import Terms, write_terms
from photoservice.cataloguing.terms import ProductTerms, read_gtin
from photoservice.db.database import Session
from photoservice.errors import Malformed
from photoservice.goods_errors import ChangedMeanwhile, TermsUnfit
from photoservice.products import product_of
from photoservice.service import Photoservice
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.my.visiting import MAX_FORM_BYTES, field, see_other
from photoservice.web.ops.catalogue_routes import names_of
from photoservice.web.ops.duty import OnDuty, acts, on_duty
from photoservice.web.ops.showing import desk
from photoservice.web.ops.terms_forms import PARTS, read_terms_form, rows_of
from photoservice.web.pages import Pages, PagesOf

Gtin = Annotated[str, PathParameter(max_length=20)]

_NOTHING: Final = Terms()
_MOST_LETTERS: Final = 200


@get("/ops/terms", media_type="text/html", include_in_schema=False)
async def terms_page(request: AnyRequest, service: Service, pages: PagesOf) -> Response[bytes]:
    """List the products that have something prepaid; ``?gtin=`` leads to one, also to a new one.

    Raises:
        Malformed: this is no GTIN.
    """
    asked = request.query_params.get("gtin", "")
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "catalogue")
        if asked:
            return see_other(f"/ops/terms/{read_gtin(asked)}")
        listed = await service.goods.terms.all(session)
        names = await names_of(service, session)
    return desk(request, pages, duty).show("terms", products=listed, names=names)


@get("/ops/terms/{gtin:str}", media_type="text/html", include_in_schema=False)
async def product_terms_page(request: AnyRequest, service: Service, pages: PagesOf, gtin: Gtin) -> Response[bytes]:
    """Show what packages of a product bring along, as a form where it may be changed.

    Raises:
        Malformed: this is no GTIN.
        NothingOffered: there is no catalogue to choose from.
    """
    async with service.database.begin() as session:
        duty = await on_duty(request, service, session, "catalogue")
        return await _show(request, service, session, pages, duty, gtin=gtin)


@post("/ops/terms/{gtin:str}", status_code=200, include_in_schema=False, request_max_body_size=MAX_FORM_BYTES)
async def save_terms(request: AnyRequest, service: Service, pages: PagesOf, gtin: Gtin) -> Response[bytes]:
    """Keep what packages of a product bring along from now on; those registered before keep what they began with.

    Raises:
        Malformed: this is no GTIN, or a field is too long or holds a NUL.
    """
    async with service.database.begin() as session:
        duty, fields = await acts(request, service, session, "catalogue_change")
        typed = {name: field(fields, name, longest=_MOST_LETTERS) for name in fields}
        form = read_terms_form(typed, await service.goods.catalogues.current(session))
        if form.terms is None:
            return await _show(request, service, session, pages, duty, gtin=gtin, typed=typed, faults=form.faults)
        edition = typed.get("edition", "")
        said = int(edition) if edition.isascii() and edition.isdecimal() and len(edition) < 9 else -1
        book = service.goods.terms
        try:
            await book.set(session, gtin, write_terms(form.terms), by=duty.operator, edition=said)
        except ChangedMeanwhile:
            return await _show(request, service, session, pages, duty, gtin=gtin, typed=typed, is_behind=True)
        except TermsUnfit as refusal:
            strange = refusal.faults
            return await _show(request, service, session, pages, duty, gtin=gtin, typed=typed, strange=strange)
        about = {"credits": len(form.terms.credits), "plans": len(form.terms.plans)}
        await service.goods.audit.add(session, duty, "terms_changed", read_gtin(gtin), about)
    return see_other(f"/ops/terms/{read_gtin(gtin)}?after=terms_changed")


async def _show(
    request: AnyRequest,
    service: Photoservice,
    session: Session,
    pages: Pages,
    duty: OnDuty,
    *,
    gtin: str,
    typed: dict[str, str] | None = None,
    faults: dict[str, str] | None = None,
    strange: tuple[str, ...] = (),
    is_behind: bool = False,
) -> Response[bytes]:
    """Show a product's form: as it is kept, or as it was ``typed`` and why that was not."""
    whole = read_gtin(gtin)
    product: ProductTerms | None = await service.goods.terms.product(session, whole)
    row = await session.row("products.by_gtin", whole)
    catalogue: Catalogue = await service.goods.catalogues.current(session)
    values = typed if typed is not None else rows_of(product.terms if product else _NOTHING)
    status = 409 if is_behind else 422 if faults or strange else 200
    return desk(request, pages, duty).show(
        "terms_product",
        status=status,
        gtin=whole,
        product=product,
        film=product_of(row) if row else None,
        items=[item for item in catalogue.items if not item.is_withdrawn],
        catalogue=catalogue,
        values=values,
        credit_rows=_rows(values, "credits"),
        plan_rows=_rows(values, "plans"),
        parts=PARTS,
        faults=faults or {},
        strange=strange,
        is_behind=is_behind,
        names=await names_of(service, session),
        may_change=duty.may("catalogue_change"),
    )


def _rows(values: dict[str, str], kind: str) -> int:
    """Return how many rows of a kind are shown: those there are, and one more."""
    numbers = [name.split(".")[1] for name, said in values.items() if name.startswith(f"{kind}.") and said]
    found = [int(number) for number in numbers if number.isdecimal() and number.isascii() and len(number) < 3]
    if not found and any(numbers):
        raise Malformed("This form is not one of ours.")
    return min(max(found, default=-1) + 2, 25)


HANDLERS: Final[tuple[ControllerRouterHandler, ...]] = (terms_page, product_terms_page, save_terms)
