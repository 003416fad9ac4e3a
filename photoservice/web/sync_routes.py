"""What stations ask: join, greet, send events, fetch the roster, look a package up (/enrol and /sync/v1)."""

from typing import Annotated

from litestar import Response, get, post
from litestar.params import PathParameter, QueryParameter

from photocore.errors import CodeError
from photocore.ids import parse_item_id
from photocore.jsontext import read_json
from photocore.keys import b64
from photocore.roster import PackageFacts, sign_package
from photocore.signed import Signed
from photocore.wire import (
    MAX_BATCH_BYTES,
    EnrolAnswer,
    EnrolRequest,
    Hello,
    NewsRequest,
    ServiceKeys,
    SyncAnswer,
    decode_news_request,
    encode,
    sign_news,
)
from photoservice.enrolment import wrong_code
from photoservice.errors import Malformed, Unknown
from photoservice.manifests import read_manifest
from photoservice.news import answer_news, tell_again
from photoservice.web.asked import AnyRequest, Service
from photoservice.web.described import takes, takes_bytes
from photoservice.web.problems import told
from photoservice.web.signatures import live_signer_of, signer_of
from photoservice.web.sources import source_of

JSON = "application/json"
MAX_BODY = MAX_BATCH_BYTES + 100_000
MAX_EVENTS_BACK = 200
MAX_NEWS_BODY = 50_000

StationName = Annotated[str, PathParameter(description="The station's ID, as enrolment gave it.", max_length=64)]


@post(
    "/enrol",
    status_code=201,
    tags=["stations"],
    request_max_body_size=10_000,
    responses=told(400, 401, 413, 422, 429),
    operation_class=takes(EnrolRequest),
)
async def enrol(request: AnyRequest, service: Service) -> Response[EnrolAnswer]:
    """Join a store: a one-time code and the station's public key, for what the station pins."""
    wish = read_json(await request.body(), EnrolRequest)
    async with service.database.begin() as session:
        source = source_of(request, service.settings.trusted_proxies)
        station = await service.enrolment.try_code(session, wish, source)
        roster = await service.rosters.of_store(session, station["store"]) if station else None
    if station is None or roster is None:
        raise wrong_code()
    service.enrolment.remember(station)
    keys = ServiceKeys(sign=b64(service.keyring.sign.public), seal=b64(service.keyring.seal.public))
    answer = EnrolAnswer(station=station["id"], service=keys, roster=roster.text.decode())
    return Response(answer, media_type=JSON, status_code=201)


@post(
    "/sync/v1/stations/{station:str}/hello",
    status_code=200,
    tags=["stations"],
    request_max_body_size=MAX_BODY,
    responses=told(400, 401, 413),
    operation_class=takes(Hello),
)
async def hello(request: AnyRequest, service: Service, station: StationName) -> Response[Signed]:
    """Greet: what a station holds of each epoch, for what is held here, signed."""
    signed = await signer_of(request, service, station)
    welcome = await service.receiver.greet(signed.sender, await request.body())
    return Response(welcome, media_type=JSON, status_code=200)


@post(
    "/sync/v1/stations/{station:str}/events",
    status_code=200,
    tags=["stations"],
    request_max_body_size=MAX_BODY,
    responses=told(400, 401, 413),
    operation_class=takes_bytes("application/gzip", "Gzipped NDJSON: one event a line, of one epoch, ascending."),
)
async def take_events(request: AnyRequest, service: Service, station: StationName) -> Response[bytes]:
    """Send a batch (gzip NDJSON, one epoch, ascending) and get the signed ack."""
    signed = await signer_of(request, service, station)
    answer: SyncAnswer = await service.receiver.take(signed.sender, await request.body())
    return Response(encode(answer), media_type=JSON, status_code=200)


@get("/sync/v1/stations/{station:str}/events", tags=["stations"], responses=told(400, 401, 404))
async def give_events_back(
    request: AnyRequest,
    service: Service,
    station: StationName,
    epoch: Annotated[str, QueryParameter(pattern="^[0-9a-f]{16}$")],
    first: Annotated[int, QueryParameter(ge=1, le=2**53 - 1)] = 1,
) -> Response[bytes]:
    """Give a station restored from an old copy its own events back, as NDJSON without what was sealed.

    What became of the claims among them is owed to it again as news.
    """
    sender = await live_signer_of(request, service, station)
    async with service.database.begin() as session:
        rows = await session.rows("events.between", sender.id, epoch, first, MAX_EVENTS_BACK)
        await tell_again(session, sender.id, [row["id"] for row in rows])
    return Response(b"".join(bytes(row["line"]) + b"\n" for row in rows), media_type="application/x-ndjson")


@post(
    "/sync/v1/stations/{station:str}/news",
    status_code=200,
    tags=["stations"],
    request_max_body_size=MAX_NEWS_BODY,
    responses=told(400, 401, 413),
    operation_class=takes(NewsRequest),
)
async def tell_news(request: AnyRequest, service: Service, station: StationName) -> Response[Signed]:
    """Ask what became of the station's claims since they were acknowledged, naming what it has taken note of."""
    sender = await live_signer_of(request, service, station)
    body = await request.body()
    question = decode_news_request(body)
    async with service.database.begin() as session:
        news = await answer_news(session, service.clock, sender.id, question, body)
    return Response(sign_news(news, service.keyring.sign), media_type=JSON, status_code=200)


@get("/sync/v1/stations/{station:str}/roster", tags=["stations"], responses=told(400, 401, 404))
async def give_roster(request: AnyRequest, service: Service, station: StationName) -> Response[bytes]:
    """Fetch the store's signed roster; with If-None-Match, only when it changed."""
    sender = await live_signer_of(request, service, station)
    async with service.database.begin() as session:
        roster = await service.rosters.of_store(session, sender.store, held=request.headers.get("if-none-match", ""))
    headers = {"ETag": roster.etag, "Cache-Control": "no-cache"}
    if roster.etag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers, media_type=JSON)
    return Response(roster.text, media_type=JSON, headers=headers)


@get("/sync/v1/stations/{station:str}/packages", tags=["stations"], responses=told(400, 401, 404))
async def look_up(
    request: AnyRequest,
    service: Service,
    station: StationName,
    item: Annotated[str, QueryParameter(max_length=64, description="A package's or roll's canonical text.")],
) -> Response[Signed]:
    """Look a package up beyond the roster, by its own ID or any of its rolls'."""
    await live_signer_of(request, service, station)
    try:
        canonical = parse_item_id(item)
    except CodeError as cause:
        raise Malformed(f"item is no package or roll: {cause}") from cause
    async with service.database.begin() as session:
        found = await read_manifest(session, canonical)
    if found is None:
        raise Unknown("Nothing is known of this package.")
    facts = PackageFacts(manifest=found[0], product=found[1])
    return Response(sign_package(facts, station, service.keyring.sign), media_type=JSON)
