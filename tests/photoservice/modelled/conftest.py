"""Two photoservices, asked the same: the real one (its web application over PostgreSQL) and the one in memory.

Both have the same clock, the same keys and the same randomness, so every answer and every row must be equal, to the
last byte. What PostgreSQL leaves open is not compared: the numbers sequences gave (only their order is), and the order
in which several claims' news became owed in one statement.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
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
from photoservice.modelled.looking import registrations
from photoservice.modelled.schema import ModelStore
from photoservice.modelled.service import PUBLIC_URL, ModelPhotoservice, fresh_keyring
from photoservice.service import Photoservice
from photoservice.settings import Settings
from photoservice.stores import add_store
from photoservice.tenants import find_retailer
from photoservice.testing import ScratchPostgres
from photoservice.throttle import Source
from photoservice.wiring import QUERIES, Ledgers, assemble

MAKER = "9521141"
TENANTS = (
    ("Halide", "maker", (MAKER,), None),
    ("Corner Photo", "retailer", ("9521999",), "9521141000021"),
    ("Discount Film", "retailer", (MAKER,), "9521141000038"),
)
STORES = ("9521141000007", "9521141000014", "9521141000045")
"""Two of a retailer's, and one that belongs to nobody."""


HOME = Source(near="192.0.2.0/24")


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

    def empty(self) -> None:
        """Let the database be as it was made."""
        deletes = "; ".join(f"delete from {name}" for name in reversed(ModelStore().tables))
        self.do(lambda session: session.connection.execute(deletes))
        self.service.accounts.erasures.__init__()
        self.service.enrolment.ledger.__init__()


@dataclass
class Twins:
    """Both photoservices, at the same moment of the same history.

    ``heard`` is all that the real one said. Where that is given back as the ``script``, it stands for the real one: so
    a planted fault of the model is looked for without asking PostgreSQL again.
    """

    real: Real
    clock: ManualClock
    script: deque[Any] | None = None
    heard: list[Any] = field(default_factory=list)
    model: ModelPhotoservice = field(init=False)
    entropy: Reseeded = field(default_factory=Reseeded)
    keys: dict[str, str] = field(default_factory=dict)

    def begin(self, seed: str) -> None:
        """Begin a history: two empty photoservices, and who may talk to them."""
        if self.script is None:
            self.real.empty()
        self.heard.clear()
        self.real.entropy.begin(seed)
        self.entropy.begin(seed)
        self.clock.set_wall(ManualClock().now())
        settings, keys = self.real.service.settings, self.real.service.keyring
        self.model = ModelPhotoservice(clock=self.clock, entropy=self.entropy, keyring=keys, settings=settings)
        for name, kind, prefixes, gln in TENANTS:
            self.keys[name] = self._add_tenant(name, kind, prefixes, gln)
        for gln, retailer in zip(STORES, ("Corner Photo", "Corner Photo", None), strict=True):
            self._add_store(gln, retailer)

    def both(self, model: Callable[[], Any], really: Callable[[], Any]) -> Any:
        """Return what both say, which must be the same."""
        said, drawn = _told(model), self.entropy.drawn
        real, really_drawn = self._hear(really)
        if said != real:
            pytest.fail(f"the model and PostgreSQL differ {_difference(said, real)}", pytrace=False)
        if drawn != really_drawn:
            pytest.fail(f"the model drew {drawn} bytes of randomness, PostgreSQL {really_drawn}", pytrace=False)
        return said

    def _hear(self, really: Callable[[], Any]) -> tuple[Any, int]:
        if self.script is not None:
            return self.script.popleft()
        self.heard.append((_told(really), self.real.entropy.drawn))
        return self.heard[-1]

    def _add_tenant(self, name: str, kind: str, prefixes: tuple[str, ...], gln: str | None) -> str:
        tenants = self.real.service.tenants
        return self.both(
            lambda: self.model.add_tenant(name, kind, *prefixes, gln=gln),
            lambda: self.real.do(lambda s: tenants.add(s, name=name, kind=kind, prefixes=prefixes, gln=gln)),
        )

    def _add_store(self, gln: str, retailer: str | None) -> None:
        async def work(session: Session) -> None:
            owner = await find_retailer(session, retailer) if retailer else None
            await add_store(session, self.clock, Store(gln=gln, name=gln), StoreSettings(), retailer=owner)

        self.both(lambda: self.model.add_store(gln, gln, retailer=retailer), lambda: self.real.do(work))

    def ask(self, request: HttpRequest) -> HttpResponse:
        """Ask both, and return the answer they agree on."""
        answers: list[HttpResponse] = []

        def model() -> Any:
            answers.append(self.model.answer(request))
            return _said(answers[0])

        self.both(model, lambda: _said(self.real.answer(request)))
        return answers[0]

    def enrol(self, gln: str, public_key: bytes, role: str = "kiosk") -> str:
        def really() -> str:
            station = "ST-" + mint(self.real.entropy, CODE_SYMBOLS)
            row = (station, gln, role, "Counter", public_key, self.clock.now())
            self.real.do(lambda session: session.run("stations.insert", *row))
            return station

        return self.both(lambda: self.model.enrol_by_hand(gln, public_key, role=role), really)

    def capture(self, tenant: str, document: dict[str, Any], behaviour: str) -> Any:
        """Capture a document in both; tell whether it was free of errors, and how many of its events were parked."""
        body, service = msgspec.json.encode(document), self.real.service

        def model() -> Any:
            done = self.model.capture(self.keys[tenant], body, behaviour)
            return not done.errors, done.parked

        def really() -> Any:
            owner = self.real.do(lambda s: service.tenants.whose(s, f"Bearer {self.keys[tenant]}"))
            name = self.real.run(service.captures.submit(owner, body, behaviour))
            assert self.real.run(service.captures.run_one())
            job = self.real.do(lambda s: service.captures.job(s, owner, name))
            return job.success, job.parked

        return self.both(model, really)

    def put_codes(self, tenant: str, package: str, codes: dict[str, str]) -> Any:
        listed = [RollCode(roll=roll, code=code) for roll, code in codes.items()]

        async def really(session: Session) -> None:
            owner = await self.real.service.tenants.whose(session, f"Bearer {self.keys[tenant]}")
            await self.real.service.claim_codes.put(session, owner, package, listed)

        model = lambda: self.model.put_codes(self.keys[tenant], package, codes)  # noqa: E731
        return self.both(model, lambda: self.real.do(really))

    def claim_at_home(self, roll: str, code: str, key: str) -> Any:
        def model() -> Any:
            told = self.model.claim_at_home(roll, code, key=key, source=HOME.near)
            return (type(told).__name__, str(told)) if isinstance(told, Refusal) else told

        wish = Wish(roll=roll, code=code, key=key, source=HOME)
        return self.both(model, lambda: self.real.run(self.real.service.claims_at_home.claim(wish)))

    def run(self, work: Callable[[Photoservice], Awaitable[Any]]) -> Any:
        """Let both services do the same; return what both said."""
        model = lambda: self.model.run(work(self.model.service))  # noqa: E731
        return self.both(model, lambda: self.real.run(work(self.real.service)))

    def do(self, work: Callable[[Photoservice, Session], Awaitable[Any]]) -> Any:
        """Do the same in a transaction of both; return what both said."""
        model = lambda: self.model.do(lambda session: work(self.model.service, session))  # noqa: E731
        return self.both(model, lambda: self.real.do(lambda session: work(self.real.service, session)))

    def settle(self) -> int:
        return self.both(self.model.settle, lambda: self.real.run(self.real.service.settlement.run_once()))

    def compare(self) -> None:
        """Lay every table of both beside each other, and what their long views tell."""
        tables = self.model.store.tables

        async def read(session: Session) -> dict[str, Any]:
            fetch = session.connection.fetch
            return _ranked({name: [dict(row) for row in await fetch(f"select * from {name}")] for name in tables})

        model = lambda: _ranked({name: [dict(row) for row in table] for name, table in tables.items()})  # noqa: E731
        self.both(model, lambda: self.real.do(read))
        rolls = sorted({row["roll"] for row in tables["label_copy"]})
        accounts = sorted(row["id"] for row in tables["account"])
        self.do(lambda _, session: _views(session, rolls, accounts))
        assert self.model.recomputed() == registrations(self.model.store)


async def _views(session: Session, rolls: list[str], accounts: list[str]) -> list[Any]:
    """Return what the queries tell that no station's request asks."""
    asked = [("stations.list",), *(("claims.copies_of_roll", roll) for roll in rolls)]
    asked += [("accounts.card", account) for account in accounts]
    asked += [(f"merges.{view}", accounts) for view in ("of_accounts", "claims_of", "cards_shown", "with_key")]
    listed = [[dict(row) for row in await session.rows(*query)] for query in asked]
    asked_sales = await session.rows("sales.of_accounts", accounts)
    listed.append([dict(row) for row in asked_sales])
    for also in (True, False):
        parked = [dict(row) for row in await session.rows("events.parked", None, 1000, also)]
        listed.append(sorted(parked, key=lambda row: (row["received_at"], row["seq"], row["station"], row["id"])))
    return listed


def _difference(model: Any, real: Any, where: str = "at") -> str:
    """Return where two values first differ, and how."""
    if isinstance(model, dict) and isinstance(real, dict) and model.keys() == real.keys():
        return next(_difference(model[k], real[k], f"{where} {k}") for k in model if model[k] != real[k])
    if isinstance(model, list | tuple) and isinstance(real, list | tuple) and len(model) == len(real):
        return next(
            _difference(*pair, f"{where} {n}")
            for n, pair in enumerate(zip(model, real, strict=True))
            if pair[0] != pair[1]
        )
    return f"{where}: {model!r:.1500} against {real!r:.1500}"


def _told(work: Callable[[], Any]) -> Any:
    """Return what ``work`` returns, or how it was refused."""
    try:
        return work()
    except Refusal as why:
        return type(why).__name__, str(why)


def _said(answer: HttpResponse) -> Any:
    """Return an answer as far as it must be equal: news in any order, problems without the request's ID."""
    return answer.status, answer.headers.get("etag"), _body(answer.body)


def _body(body: bytes) -> Any:
    if not body.startswith(b"{") or body.endswith(b"\n"):
        return body
    told = msgspec.json.decode(body)
    told.pop("request_id", None)
    if not isinstance(told.get("text"), str):
        return told
    text = msgspec.json.decode(told["text"])
    if "news" not in text:
        return {**told, "text": text}
    return {**text, "news": sorted(text["news"], key=lambda one: one["claim"])}


def _ranked(tables: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """Return the rows of each table by their keys, with ranks for what sequences gave.

    Claims and claim codes share one sequence; epochs are told by their place.
    """
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
    shapes = ModelStore().tables
    return {name: _by_key(shapes[name].shape.key, rows) for name, rows in tables.items()}


def _place(row: dict[str, Any]) -> int:
    return row["place"]


def _by_key(key: Sequence[str], rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return a table's rows by their key, with JSON for its text."""
    for row in rows:
        for column in ("body", "errors", "context"):
            if isinstance(row.get(column), str):
                row[column] = msgspec.json.decode(row[column])
    return {str([row[column] for column in key]): row for row in rows}


@pytest.fixture(scope="module")
def real(scratch: ScratchPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Real]:
    folder, entropy, url = tmp_path_factory.mktemp("service"), Reseeded(), scratch.fresh()
    settings = Settings(folder=Path(folder), public_url=PUBLIC_URL, answer_floor=timedelta(0))
    with asyncio.Runner() as runner:
        database = runner.run(open_database(url, load_queries(QUERIES), connections=1))
        keys = fresh_keyring(SeededEntropy("keys"))
        service = assemble(settings, database, keys, ManualClock(), entropy, ledgers=Ledgers())
        yield Real(service=service, app=build_app(service), runner=runner, entropy=entropy)
        runner.run(database.close())
    scratch.drop(url)


@pytest.fixture(scope="module")
def twins(real: Real) -> Twins:
    clock = real.service.clock
    assert isinstance(clock, ManualClock)
    return Twins(real=real, clock=clock)


@pytest.fixture(autouse=True, scope="module")
def _quiet() -> Iterator[None]:
    """Let no log line of thousands of batches be written."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(**before)
