"""Two photoservices, asked the same: the real one (its web application over PostgreSQL) and the one in memory.

Both have the same clock, the same keys and the same randomness, so every answer and every row must be equal, to the
last byte. What PostgreSQL leaves open is not compared: the numbers sequences gave (only their order is), and the order
in which several claims' news became owed in one statement.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec
import pytest
import structlog

from photocore.crockford import mint
from photocore.roster import Store, StoreSettings
from photocore.seams import HttpRequest, HttpResponse
from photocore.testing import ManualClock, SeededEntropy
from photoservice.app import build_app
from photoservice.claim_codes import RollCode
from photoservice.claims_at_home import Wish
from photoservice.db.database import Session, open_database
from photoservice.db.named import load_queries
from photoservice.enrolment import CODE_SYMBOLS
from photoservice.errors import Refusal
from photoservice.intake.retry import retry_parked
from photoservice.modelled.looking import registrations
from photoservice.modelled.schema import ModelStore
from photoservice.modelled.service import PUBLIC_URL, ModelPhotoservice, fresh_keyring
from photoservice.service import Photoservice
from photoservice.settings import Settings
from photoservice.stores import add_store
from photoservice.tenants import find_retailer
from photoservice.testing import ScratchPostgres
from photoservice.throttle import Source
from photoservice.wiring import QUERIES, assemble

MAKER = "9521141"
TENANTS = (
    ("Halide", "maker", (MAKER,), None),
    ("Corner Photo", "retailer", ("9521999",), "9521141000021"),
    ("Discount Film", "retailer", (MAKER,), "9521141000038"),
)
STORES = ("9521141000007", "9521141000014", "9521141000045")
"""Two of a retailer's, and one that belongs to nobody."""


class Reseeded:
    """Randomness that begins anew with each history."""

    def __init__(self) -> None:
        self.begin("")

    def begin(self, seed: str) -> None:
        self._stream, self.drawn = SeededEntropy(seed), 0

    def token(self, n: int) -> bytes:
        self.drawn += n
        return self._stream.token(n)


@dataclass
class Real:
    """The real photoservice on a loop of this thread's, without its web server's socket."""

    service: Photoservice
    app: Any
    runner: asyncio.Runner
    entropy: Reseeded

    def run(self, work: Awaitable[Any]) -> Any:
        async def run() -> Any:
            return await work

        return self.runner.run(run())

    def do(self, work: Callable[[Session], Awaitable[Any]]) -> Any:
        async def run() -> Any:
            async with self.service.database.begin() as session:
                return await work(session)

        return self.runner.run(run())

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Ask the application as its web server would."""
        url = urlsplit(request.url)
        headers = {"host": url.netloc, "x-request-id": "differential", **request.headers}
        scope = {
            "type": "http",
            "http_version": "1.1",
            "scheme": url.scheme,
            "method": request.method,
            "path": url.path,
            "raw_path": url.path.encode(),
            "root_path": "",
            "query_string": url.query.encode(),
            "client": ("127.0.0.1", 1),
            "server": (url.hostname, 443),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": request.body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        self.run(self.app(scope, receive, send))
        told = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
        return HttpResponse(status=sent[0]["status"], headers=told, body=b"".join(m.get("body", b"") for m in sent[1:]))

    def sql(self, statement: str) -> Any:
        return self.do(lambda session: session.connection.fetch(statement))

    def empty(self) -> None:
        """Let the database be as it was made."""
        deletes = "; ".join(f"delete from {name}" for name in reversed(ModelStore().tables))
        self.do(lambda session: session.connection.execute(deletes))


@dataclass
class Twins:
    """Both photoservices, at the same moment of the same history."""

    real: Real
    clock: ManualClock
    model: ModelPhotoservice = field(init=False)
    entropy: Reseeded = field(default_factory=Reseeded)
    keys: dict[str, str] = field(default_factory=dict)

    def begin(self, seed: str) -> None:
        """Begin a history: two empty photoservices, and who may talk to them."""
        self.real.empty()
        self.real.entropy.begin(seed)
        self.clock.set_wall(ManualClock().now())
        self.entropy.begin(seed)
        settings = self.real.service.settings
        self.model = ModelPhotoservice(
            clock=self.clock, entropy=self.entropy, keyring=self.real.service.keyring, settings=settings
        )
        for name, kind, prefixes, gln in TENANTS:
            self.keys[name] = self._add_tenant(name, kind, prefixes, gln)
        for gln, retailer in zip(STORES, ("Corner Photo", "Corner Photo", None), strict=True):
            self._add_store(gln, retailer)

    def _add_tenant(self, name: str, kind: str, prefixes: tuple[str, ...], gln: str | None) -> str:
        tenants = self.real.service.tenants
        key = self.real.do(lambda session: tenants.add(session, name=name, kind=kind, prefixes=prefixes, gln=gln))
        return self.both(self.model.add_tenant(name, kind, *prefixes, gln=gln), key)

    def _add_store(self, gln: str, retailer: str | None) -> None:
        async def work(session: Session) -> None:
            owner = await find_retailer(session, retailer) if retailer else None
            await add_store(session, self.clock, Store(gln=gln, name=gln), StoreSettings(), retailer=owner)

        self.real.do(work)
        self.model.add_store(gln, gln, retailer=retailer)

    def both(self, model: Any, real: Any) -> Any:
        """Return what both said, which must be the same."""
        assert model == real, f"the model says {model!r}, PostgreSQL {real!r}"
        assert self.entropy.drawn == self.real.entropy.drawn, "one drew more randomness than the other"
        return model

    def ask(self, request: HttpRequest) -> HttpResponse:
        """Ask both, and return the answer they agree on."""
        model, real = self.model.answer(request), self.real.answer(request)
        self.both((model.status, _said(model.body)), (real.status, _said(real.body)))
        self.both(model.headers.get("etag"), real.headers.get("etag"))
        return model

    def enrol(self, gln: str, public_key: bytes) -> str:
        station = self.model.enrol_by_hand(gln, public_key)
        self.both(station, "ST-" + mint(self.real.entropy, CODE_SYMBOLS))
        row = (station, gln, "kiosk", "Counter", public_key, self.clock.now())
        self.real.do(lambda session: session.run("stations.insert", *row))
        return station

    def capture(self, tenant: str, document: dict[str, Any], behaviour: str) -> tuple[bool, int]:
        """Capture a document in both; tell whether it was free of errors, and how many of its events were parked."""
        body, service = msgspec.json.encode(document), self.real.service
        model = self._told(lambda: self.model.capture(self.keys[tenant], body, behaviour))

        def really() -> Any:
            owner = self.real.do(lambda s: service.tenants.whose(s, f"Bearer {self.keys[tenant]}"))
            name = self.real.run(service.captures.submit(owner, body, behaviour))
            assert self.real.run(service.captures.run_one())
            return self.real.do(lambda s: service.captures.job(s, owner, name))

        real = self._told(really)
        if isinstance(real, tuple):
            return self.both(model, real)
        return self.both((not model.errors, model.parked), (real.success, real.parked))

    def put_codes(self, tenant: str, package: str, codes: dict[str, str]) -> Any:
        listed = [RollCode(roll=roll, code=code) for roll, code in codes.items()]
        service = self.real.service

        async def work(session: Session) -> None:
            owner = await service.tenants.whose(session, f"Bearer {self.keys[tenant]}")
            await service.claim_codes.put(session, owner, package, listed)

        return self.both(
            self._told(lambda: self.model.put_codes(self.keys[tenant], package, codes)),
            self._told(lambda: self.real.do(work)),
        )

    def settle(self) -> int:
        return self.both(self.model.settle(), self.real.run(self.real.service.settlement.run_once()))

    def claim_at_home(self, roll: str, code: str, key: str) -> Any:
        wish = Wish(roll=roll, code=code, key=key, source=Source(near="192.0.2.0/24"))
        model = self.model.claim_at_home(roll, code, key=key)
        if isinstance(model, Refusal):
            model = (type(model).__name__, str(model))
        return self.both(model, self._told(lambda: self.real.run(self.real.service.claims_at_home.claim(wish))))

    def erase(self, account: str) -> None:
        self.model.erase(account)
        self.real.do(lambda session: self.real.service.accounts.erase(session, account))

    def revoke(self, station: str) -> None:
        self.model.revoke(station)
        self.real.do(lambda session: session.run("stations.revoke", station, self.clock.now()))

    def release(self, station: str) -> Any:
        released = self.real.do(lambda session: session.run("stations.release", station))
        return self.both(self.model.release(station), bool(released))

    def retry(self, station: str) -> Any:
        really = lambda: self.real.run(retry_parked(self.real.service.receiver, station))  # noqa: E731
        return self.both(self._told(lambda: self.model.retry(station)), self._told(really))

    def compare(self) -> None:
        """Lay every table of both beside each other."""
        real = {name: [dict(row) for row in self.real.sql(f"select * from {name}")] for name in self.model.store.tables}
        model = {name: [dict(row) for row in table] for name, table in self.model.store.tables.items()}
        _rank(real)
        _rank(model)
        for name in model:
            _compare(name, _by_key(name, model[name]), _by_key(name, real[name]))
        assert self.model.recomputed() == registrations(self.model.store)

    def _told(self, work: Callable[[], Any]) -> Any:
        try:
            return work()
        except Refusal as why:
            return type(why).__name__, str(why)


def _said(body: bytes) -> Any:
    """Return a body as far as it must be equal: news in any order, problems without the request's ID."""
    if not body.startswith(b"{") or body.endswith(b"\n"):
        return body
    told = msgspec.json.decode(body)
    told.pop("request_id", None)
    if "news" in str(told.get("text", "")):
        text = msgspec.json.decode(told["text"])
        if "news" in text:
            text["news"] = sorted(text["news"], key=lambda one: one["claim"])
            return text
    return told


def _rank(tables: dict[str, list[dict[str, Any]]]) -> None:
    """Put ranks in the places of what sequences gave: claims and claim codes share one, epochs are told by theirs."""
    epochs = {row["place"]: rank for rank, row in enumerate(sorted(tables["station_epoch"], key=_place), 1)}
    coded = [*tables["claim"], *tables["claim_code"]]
    arrivals = {n: rank for rank, n in enumerate(sorted({row["arrival"] for row in coded} - {0}), 1)}
    for row in coded:
        row["arrival"] = arrivals.get(row["arrival"], 0)
    for row in (*coded, *tables["access_code"]):
        row["epoch_place"] = epochs.get(row["epoch_place"], 0)
    for name in ("station_epoch", "label_copy", "epcis_event"):
        ranks = {row["place"]: rank for rank, row in enumerate(sorted(tables[name], key=_place), 1)}
        for row in (*tables[name], *(tables["epcis_name"] if name == "epcis_event" else ())):
            row["place"] = ranks[row["place"]]
    for row in tables["claim_news"]:
        row["place"] = None


def _place(row: dict[str, Any]) -> int:
    return row["place"]


def _by_key(table: str, rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return a table's rows by their key, with JSON for its text."""
    shape = ModelStore().tables[table].shape
    for row in rows:
        for column in ("body", "errors", "context"):
            if isinstance(row.get(column), str):
                row[column] = msgspec.json.decode(row[column])
    return {str([row[column] for column in shape.key]): row for row in rows}


def _compare(table: str, model: dict[str, dict[str, Any]], real: dict[str, dict[str, Any]]) -> None:
    assert model.keys() == real.keys(), (
        f"{table}: the model alone has {sorted(model.keys() - real.keys())},"
        f" PostgreSQL alone {sorted(real.keys() - model.keys())}"
    )
    for key, row in model.items():
        differ = {name: (value, real[key][name]) for name, value in row.items() if value != real[key][name]}
        assert not differ, f"{table} {key}: (model, PostgreSQL) differ in {differ}"


@pytest.fixture(scope="module")
def real(scratch: ScratchPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    folder, entropy, url = tmp_path_factory.mktemp("service"), Reseeded(), scratch.fresh()
    settings = Settings(folder=Path(folder), public_url=PUBLIC_URL, answer_floor=timedelta(0))
    with asyncio.Runner() as runner:
        database = runner.run(open_database(url, load_queries(QUERIES), connections=1))
        service = assemble(settings, database, fresh_keyring(SeededEntropy("keys")), ManualClock(), entropy)
        yield Real(service=service, app=build_app(service), runner=runner, entropy=entropy)
        runner.run(database.close())
    scratch.drop(url)


@pytest.fixture
def twins(real: Real) -> Twins:
    clock = real.service.clock
    assert isinstance(clock, ManualClock)
    return Twins(real=real, clock=clock)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Let no log line of thousands of batches be written."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(**before)
