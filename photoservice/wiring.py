"""The one place where a photoservice is put together, with the real clock and the real randomness, and set going."""

import asyncio
import functools
import signal
import socket
import threading
import time
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

import structlog
import uvicorn

from photocore.host import SystemClock, SystemDisk, SystemEntropy
from photocore.seams import Clock, Disk, Entropy
from photocore.settings import locate_config
from photoservice.access import AccessCodes
from photoservice.accounts import Accounts
from photoservice.captures import Captures
from photoservice.claim_codes import ClaimCodes
from photoservice.claims_at_home import ClaimsAtHome
from photoservice.db.database import Database, open_database
from photoservice.db.embedded import EmbeddedPostgres, is_begun
from photoservice.db.migrate import migrate
from photoservice.db.named import load_queries
from photoservice.enrolment import WRONG_PER_HOUR, Enrolment
from photoservice.epcis.carry_out import Carrier
from photoservice.erasures import Erasures, open_erasures
from photoservice.errors import StartRefused
from photoservice.gallery.gallery import Doors, open_gallery
from photoservice.goods_wiring import Base, assemble_goods
from photoservice.home_answers import HomeAnswers
from photoservice.intake.apply import Applier
from photoservice.intake.make_ups import MakeUps
from photoservice.intake.merges import Mergings
from photoservice.intake.receive import Receiver
from photoservice.intake.sales import Sales
from photoservice.keyring import Keyring, open_keyring
from photoservice.manifests import Manifests
from photoservice.metrics import Metrics
from photoservice.objects.marking import check_store
from photoservice.objects.opening import where_objects
from photoservice.ordering.releases import Releases, open_releases
from photoservice.people_wiring import Kept, assemble_people
from photoservice.persons.departures import Departures, open_departures
from photoservice.pictures_wiring import assemble_pictures
from photoservice.rosters import Rosters
from photoservice.service import Photoservice
from photoservice.settings import Settings
from photoservice.settlement import Settlement
from photoservice.station_ledger import StationLedger, open_station_ledger
from photoservice.tenants import TenantKeys
from photoservice.throttle import Throttle
from photoservice.web.patience import patient

log = structlog.get_logger(__name__)

_OTHER_KEYS = (
    "The keys in {} are not those this database was made with: cards and codes would not be found, accounts would be"
    " made twice, and stations would not know us. Bring the right ones there, or give another --dir."
)

_NO_DATA = (
    "There is no service data in {}. Give the --dir (or --database) that serve was given, or start serve first:"
    " it makes what is missing."
)
_HIGHEST_PORT = 65_535
_BEGUN_WITHIN_S = 5.0
"""How long another process that was started together with this one may take until it begins to build its data."""

QUERIES = Path(__file__).parent / "db" / "queries"
IMAGE_QUERIES = Path(__file__).parent / "db" / "image_queries"
PEOPLE_QUERIES = Path(__file__).parent / "db" / "people_queries"
GOODS_QUERIES = Path(__file__).parent / "db" / "goods_queries"
"""What is asked of the schemas ``images``, ``people``, ``goods`` and ``ops``; the simulations' model of the store has
none of it."""


@functools.cache
def all_queries() -> Mapping[str, str]:
    """Return every query there is, by its name; a process reads them once."""
    folders = (QUERIES, IMAGE_QUERIES, PEOPLE_QUERIES, GOODS_QUERIES)
    return MappingProxyType({name: sql for folder in folders for name, sql in load_queries(folder).items()})


@contextmanager
def database_url(settings: Settings) -> Generator[str]:
    """Give the database's address: the operator's own, or the embedded server, running for as long as this lasts."""
    if settings.database:
        yield settings.database
        return
    with EmbeddedPostgres(settings.folder) as server:
        yield server.url()


def refuse_empty(settings: Settings) -> None:
    """Refuse to work on an embedded database that nobody has begun: the folder is mistyped more likely than new.

    A service that starts at this moment (``serve &``, and on the next line ``tenant add``) is waited for.

    Raises:
        StartRefused: there is no service data, and none has come within five seconds.
    """
    deadline = time.monotonic() + _BEGUN_WITHIN_S
    while not (settings.database or is_begun(settings.folder)):
        if time.monotonic() > deadline:
            raise StartRefused(_NO_DATA.format(settings.folder))
        time.sleep(0.05)


@dataclass(frozen=True, kw_only=True)
class Ledgers:
    """What stands beside the keys and outlives every database."""

    erasures: Erasures = field(default_factory=Erasures)
    stations: StationLedger = field(default_factory=StationLedger)
    departures: Departures = field(default_factory=Departures)
    releases: Releases = field(default_factory=Releases)


def open_ledgers(folder: Path, keyring: Keyring) -> Ledgers:
    """Open the ledgers in the data folder.

    Raises:
        LedgerDamaged: one is not as it was written.
    """
    return Ledgers(
        erasures=open_erasures(folder, keyring),
        stations=open_station_ledger(folder, keyring),
        departures=open_departures(folder, keyring),
        releases=open_releases(folder, keyring),
    )


@asynccontextmanager
async def open_service(
    settings: Settings, url: str, *, clock: Clock | None = None, entropy: Entropy | None = None
) -> AsyncGenerator[Photoservice]:
    """Open the photoservice on the database at ``url``, migrated first; close it at the end.

    The database may have come back from a backup: whom the ledgers of erasures and departures name goes here once
    more, and the stations that the third ledger names are put in again.

    Raises:
        StartRefused: the keys in the folder are not those the database was made with, or a ledger is damaged.
    """
    entropy = entropy or SystemEntropy()
    await migrate(url)
    keyring = await asyncio.to_thread(open_keyring, settings.folder / "keys", entropy)
    ledgers = await asyncio.to_thread(open_ledgers, settings.folder, keyring)
    database = await open_database(url, all_queries(), connections=settings.connections)
    try:
        async with database.begin() as session:
            if await session.value("keyring.mark", keyring.mark) != keyring.mark:
                raise StartRefused(_OTHER_KEYS.format(settings.folder / "keys"))
        service = assemble(settings, database, keyring, clock or SystemClock(), entropy, ledgers=ledgers)
        async with database.begin() as session:
            if again := await service.accounts.erase_again(session):
                log.warning("erasures.carried_out_again", accounts=again)
            if gone := await service.people.deleting.delete_again(session):
                log.warning("departures.carried_out_again", people=gone)
            if returned := await service.enrolment.carry_over(session):
                log.warning("stations.put_in_again", stations=returned)
            if released := await service.goods.releasing.carry_over(session):
                log.warning("orders.released_before", orders=released)
        yield service
    finally:
        await database.close()


async def look_at_store(service: Photoservice) -> None:
    """Refuse an object store that is another database's.

    Raises:
        StartRefused: it is.
    """
    where = where_objects(service.settings)
    await check_store(service.database, service.pictures.objects, service.entropy, where)


async def offer_something(service: Photoservice) -> None:
    """Publish the catalogue that the product brings along, where none was ever published: it works out of the box."""
    shipped = await asyncio.to_thread((locate_config() / "catalogue" / "standard.json").read_bytes)
    async with service.database.begin() as session:
        if await service.goods.catalogues.begin(session, shipped):
            log.info("catalogue.shipped_one_published")


def assemble(
    settings: Settings, database: Database, keyring: Keyring, clock: Clock, entropy: Entropy, *, ledgers: Ledgers
) -> Photoservice:
    """Put the parts together."""
    metrics = Metrics()
    accounts = Accounts(clock=clock, entropy=entropy, keyring=keyring, erasures=ledgers.erasures)
    manifests = Manifests(clock=clock, keyring=keyring)
    make_ups = MakeUps(keyring=keyring, manifests=manifests)
    mergings = Mergings(accounts=accounts)
    sales = Sales(accounts=accounts)
    applier = Applier(
        accounts=accounts, keyring=keyring, entropy=entropy, make_ups=make_ups, mergings=mergings, sales=sales
    )
    carrier = Carrier(clock=clock, manifests=manifests)
    doors = _doors(settings, database, keyring, clock=clock, entropy=entropy, metrics=metrics)
    pictures = assemble_pictures(settings, database, clock=clock, entropy=entropy, metrics=metrics)
    gallery = open_gallery(settings, database, doors, objects=pictures.objects, clock=clock, entropy=entropy)
    kept = Kept(accounts=accounts, departures=ledgers.departures)
    people = assemble_people(
        settings, database, doors, gallery, clock=clock, entropy=entropy, metrics=metrics, kept=kept
    )
    base = Base(settings=settings, database=database, keyring=keyring, clock=clock, entropy=entropy, metrics=metrics)
    goods = assemble_goods(base, people=people, pictures=pictures, releases=ledgers.releases)
    return Photoservice(
        settings=settings,
        clock=clock,
        entropy=entropy,
        keyring=keyring,
        database=database,
        metrics=metrics,
        tenants=doors.tenants,
        enrolment=Enrolment(
            clock=clock,
            entropy=entropy,
            keyring=keyring,
            throttle=Throttle(clock=clock, keyring=keyring, purpose="enrol", budget=WRONG_PER_HOUR),
            ledger=ledgers.stations,
        ),
        accounts=accounts,
        receiver=Receiver(database=database, clock=clock, keyring=keyring, applier=applier, metrics=metrics),
        rosters=Rosters(
            clock=clock,
            keyring=keyring,
            access_url=f"{settings.address}/r",
            claim_url=f"{settings.address}/claim",
        ),
        captures=Captures(database=database, clock=clock, entropy=entropy, carrier=carrier, metrics=metrics),
        claim_codes=ClaimCodes(clock=clock, keyring=keyring),
        claims_at_home=_claims_at_home(settings, database, keyring, accounts, metrics=metrics),
        access_codes=doors.access_codes,
        settlement=Settlement(database=database, clock=clock, settle_after=settings.settle_after),
        pictures=pictures,
        gallery=gallery,
        people=people,
        goods=goods,
    )


def host_clock() -> Clock:
    """Return this machine's clock, for verbs that open no service."""
    return SystemClock()


def host_disk() -> Disk:
    """Return this machine's file systems."""
    return SystemDisk()


def system_entropy() -> Entropy:
    """Return the real randomness, for verbs that open no service."""
    return SystemEntropy()


def _claims_at_home(
    settings: Settings, database: Database, keyring: Keyring, accounts: Accounts, *, metrics: Metrics
) -> ClaimsAtHome:
    clock = accounts.clock
    return ClaimsAtHome(
        database=database,
        clock=clock,
        entropy=accounts.entropy,
        keyring=keyring,
        accounts=accounts,
        answers=HomeAnswers(clock=clock, keyring=keyring),
        throttle=Throttle(clock=clock, keyring=keyring, purpose="claim", budget=settings.wrong_per_hour),
        metrics=metrics,
    )


def _doors(
    settings: Settings, database: Database, keyring: Keyring, *, clock: Clock, entropy: Entropy, metrics: Metrics
) -> Doors:
    throttle = Throttle(clock=clock, keyring=keyring, purpose="access", budget=settings.wrong_per_hour)
    codes = AccessCodes(database=database, clock=clock, keyring=keyring, throttle=throttle, metrics=metrics)
    tenants = TenantKeys(clock=clock, entropy=entropy, keyring=keyring)
    return Doors(tenants=tenants, access_codes=codes, keyring=keyring)


def bind(settings: Settings) -> socket.socket:
    """Return a listening socket, so that the port is known (and ours) before anything else starts.

    Raises:
        StartRefused: the address cannot be had.
    """
    if not 0 <= settings.port <= _HIGHEST_PORT:
        raise StartRefused(f"There is no port {settings.port}; they end at {_HIGHEST_PORT}, and 0 takes any free one.")
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((settings.host, settings.port))
        door.listen(1024)
    except OSError as cause:
        door.close()
        raise StartRefused(f"Cannot listen on {settings.host}:{settings.port}: {cause.strerror}.") from cause
    return door


class PhotoserviceServer(uvicorn.Server):
    """uvicorn, ending at SIGINT and SIGTERM without raising them again: what it stands on must be closed after it."""

    on_started: Callable[[], None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and tell who waits for it."""
        await super().startup(sockets)
        if self.started and self.on_started:
            self.on_started()

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Ask the loop for the signals; in a thread of a test there are none to have."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)


async def serve(
    settings: Settings,
    url: str,
    door: socket.socket,
    *,
    on_ready: Callable[[PhotoserviceServer, Photoservice], None],
    clock: Clock | None = None,
) -> None:
    """Serve on the open ``door`` until asked to stop; ``on_ready`` is told when requests are answered."""
    from photoservice.app import build_app  # noqa: PLC0415  a verb that serves nothing needs no web framework

    async with open_service(settings, url, clock=clock) as service:
        await look_at_store(service)
        await offer_something(service)
        config = uvicorn.Config(
            build_app(service),
            loop="uvloop",
            http=patient(headers_within=settings.headers_within, body_within=settings.body_within),
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=5,
            ssl_certfile=settings.tls_cert,
            ssl_keyfile=settings.tls_key,
        )
        server = PhotoserviceServer(config)
        server.on_started = lambda: on_ready(server, service)
        await server.serve(sockets=[door])
