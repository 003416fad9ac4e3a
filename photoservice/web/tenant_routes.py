"""What makers and retailers ask: EPCIS 2.0 capture, claim codes, product master data, what of theirs was parked."""

from typing import Annotated, Any
from urllib.parse import unquote

import msgspec
from litestar import Response, get, post, put, route
from litestar.enums import HttpMethod
from litestar.params import HeaderParameter, PathParameter, QueryParameter

from photocore.digital_link import is_link
from photocore.errors import CodeError
from photocore.gs1 import gtin14
from photocore.ids import parse_item_id
from photocore.jsontext import read_json
from photocore.package import Level, Product, Text
from photoservice.captures import PAGE, CaptureJob
from photoservice.claim_codes import CodeList
from photoservice.epcis.identifiers import read_piece
from photoservice.epcis.schema import MAX_BYTES, MAX_EVENTS
from photoservice.errors import EpcisInvalid, Malformed, NotForLabs, Refusal, Unknown
from photoservice.products import put_product
from photoservice.service import Photoservice
from photoservice.tenants import Tenant
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.described import takes
from photoservice.web.problems import told

EPCIS_HEADERS = {
    "GS1-EPCIS-Version": "2.0.0",
    "GS1-EPCIS-Min": "2.0.0",
    "GS1-EPCIS-Max": "2.0.0",
    "GS1-CBV-Version": "2.0.0",
    "GS1-EPCIS-Capture-Limit": str(MAX_EVENTS),
    "GS1-EPCIS-Capture-File-Size-Limit": str(MAX_BYTES),
}
JSON_TYPES = ("application/json", "application/ld+json")
BEHAVIOUR = "GS1-Capture-Error-Behaviour"
_DOCUMENT = "An EPCISDocument of EPCIS 2.0, a list of its events, or {eventList: [...]}."


CaptureId = Annotated[str, PathParameter(max_length=40, description="As its Location told.")]
PackageName = Annotated[str, PathParameter(max_length=200, description="(01)<gtin14>(21)<serial>, percent-encoded.")]
GtinText = Annotated[str, PathParameter(max_length=14, description="8, 12, 13 or 14 digits.")]


class UnsupportedMedia(Refusal):
    """The body is of a kind we do not read."""

    status = 415
    slug = "unsupported-media-type"
    title = "This kind of body is not read here"


class ProductFacts(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a GTIN is (``PUT /products/{gtin}``)."""

    level: Level
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    format: Text = ""
    process: Text = ""
    iso: Annotated[int, msgspec.Meta(ge=0, le=100_000)] = 0
    exposures: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 0
    rolls: Annotated[int, msgspec.Meta(ge=1, le=50)] = 1


class ParkedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One of a tenant's events that was set aside, and why."""

    event_id: str
    capture: str
    type: str
    reason: str
    recorded_at: str
    event: dict[str, Any]


@route(
    "/capture",
    http_method=[HttpMethod.OPTIONS],
    status_code=204,
    tags=["epcis"],
    operation_id="CaptureOptions",
    responses=told(400),
)
async def capture_limits() -> Response[None]:
    """Tell the limits of a capture."""
    return Response(None, status_code=204, headers={**EPCIS_HEADERS, "Allow": "OPTIONS, GET, POST"})


@post(
    "/capture",
    status_code=202,
    tags=["epcis"],
    request_max_body_size=MAX_BYTES,
    responses=told(400, 401, 403, 413, 415),
    operation_class=takes(dict[str, Any], types=("application/ld+json", "application/json"), about=_DOCUMENT),
)
async def capture(
    request: AnyRequest,
    service: Service,
    behaviour: Annotated[
        str, HeaderParameter(name=BEHAVIOUR, description="rollback or proceed", required=False)
    ] = "rollback",
) -> Response[bytes]:
    """Capture an EPCIS 2.0 document; what becomes of it stands at the Location."""
    tenant = await tenant_of(request, service)
    if request.content_type[0] not in JSON_TYPES:
        raise UnsupportedMedia(f"Send {' or '.join(JSON_TYPES)}.")
    capture_id = await service.captures.submit(tenant, await request.body(), behaviour.lower())
    headers = {**EPCIS_HEADERS, "Location": f"/capture/{capture_id}"}
    return Response(b"", status_code=202, headers=headers, media_type="application/json")


@get("/capture/{capture_id:str}", tags=["epcis"], responses=told(400, 401, 403, 404))
async def capture_job(request: AnyRequest, service: Service, capture_id: CaptureId) -> Response[CaptureJob]:
    """Tell what became of a capture of yours."""
    tenant = await tenant_of(request, service)
    async with service.database.begin() as session:
        job = await service.captures.job(session, tenant, capture_id)
    return Response(job, headers=EPCIS_HEADERS)


@get("/capture", tags=["epcis"], responses=told(400, 401, 403))
async def capture_jobs(
    request: AnyRequest,
    service: Service,
    per_page: Annotated[int, QueryParameter(name="perPage", ge=1, le=PAGE)] = 30,
    next_page: Annotated[str, QueryParameter(name="nextPageToken", max_length=40)] = "",
) -> Response[list[CaptureJob]]:
    """List your captures, the oldest first."""
    tenant = await tenant_of(request, service)
    async with service.database.begin() as session:
        jobs = await service.captures.jobs(session, tenant, after=next_page, limit=per_page)
    headers = dict(EPCIS_HEADERS)
    if len(jobs) == per_page:
        headers["Link"] = f'</capture?perPage={per_page}&nextPageToken={jobs[-1].capture_id}>; rel="next"'
    return Response(jobs, headers=headers)


@get("/parked", tags=["epcis"], responses=told(401, 403))
async def parked(request: AnyRequest, service: Service) -> Response[list[ParkedEvent]]:
    """List your events that were set aside, the newest first, each with its reason."""
    tenant = await tenant_of(request, service)
    async with service.database.begin() as session:
        rows = await session.rows("captures.parked", tenant.id, 500)
    return Response(
        [
            ParkedEvent(
                event_id=row["event_id"],
                capture=row["capture"],
                type=row["kind"],
                reason=row["reason"],
                recorded_at=row["recorded_at"].isoformat(),
                event=msgspec.json.decode(row["body"]),
            )
            for row in rows
        ]
    )


@post(
    "/manifests/{package:str}/codes",
    status_code=204,
    tags=["claim codes"],
    request_max_body_size=100_000,
    responses=told(400, 401, 403, 404, 413, 422),
    operation_class=takes(CodeList),
)
async def put_codes(request: AnyRequest, service: Service, package: PackageName) -> None:
    """Hand over the claim codes of a package; only their HMACs are kept.

    ``package`` is the canonical text ``(01)<gtin14>(21)<serial>`` or an EPC URI, percent-encoded.
    """
    tenant = await tenant_of(request, service)
    listed = read_json(await request.body(), CodeList)
    async with service.database.begin() as session:
        await service.claim_codes.put(session, tenant, _package(package), listed.codes)


@put(
    "/products/{gtin:str}",
    status_code=204,
    tags=["products"],
    request_max_body_size=10_000,
    responses=told(400, 401, 403, 404, 413),
    operation_class=takes(ProductFacts),
)
async def put_master_data(request: AnyRequest, service: Service, gtin: GtinText) -> None:
    """Write what a GTIN of yours is."""
    tenant = await tenant_of(request, service)
    facts = read_json(await request.body(), ProductFacts)
    known = _own_gtin(tenant, gtin)
    async with service.database.begin() as session:
        await put_product(session, tenant, Product(gtin=known, **msgspec.structs.asdict(facts)))


async def tenant_of(request: AnyRequest, service: Photoservice) -> Tenant:
    """Return which maker's or retailer's key a request bears.

    Raises:
        Unproven: no key, a wrong one, or a revoked one.
        NotForLabs: it is a lab's.
    """
    async with service.database.begin() as session:
        tenant = await service.tenants.whose(session, request.headers.get("authorization"))
    if tenant.kind == "lab":
        raise NotForLabs
    return tenant


def _package(text: str) -> str:
    try:
        piece = read_piece(unquote(text)) if is_link(unquote(text)) or text.startswith("urn:") else None
        return str(piece) if piece else parse_item_id(unquote(text))
    except (CodeError, EpcisInvalid) as cause:
        raise Unknown("There is no such package of yours.") from cause


def _own_gtin(tenant: Tenant, text: str) -> str:
    try:
        gtin = gtin14(text)
    except CodeError as cause:
        raise Malformed(f"The GTIN is none: {cause}") from cause
    if not tenant.owns(gtin):
        raise Unknown("There is no such product of yours.")
    return gtin
