"""A maker, a retailer, a store and its stations round a real photoservice: real PostgreSQL, real HTTP, own clock."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from http_message_signatures import HTTPMessageSigner, MappingKeyResolver, algorithms

from photocore.codes import (
    mint_access_code,
    mint_claim_code,
    mint_copy_id,
    mint_house_package,
    mint_house_roll,
    mint_registration_number,
)
from photocore.digital_link import link_for
from photocore.events import Event, Prev, SealedPart, event_hash, instant, mint_epoch, mint_event_id, sign_event
from photocore.gs1_rules import check_digit
from photocore.host import SystemEntropy
from photocore.ids import Sgtin, parse_item
from photocore.keys import SigningKey, b64, unb64
from photocore.kinds import (
    Body,
    CardsMerged,
    CardsMergedSealed,
    ClaimCodesReplaced,
    ClaimCodesReplacedSecrets,
    ClaimWithdrawn,
    CodeOfRoll,
    CopiesIssued,
    EpochOpened,
    LabelCopy,
    MakeUpWithdrawn,
    PackageClaimed,
    PackageClaimedSealed,
    PackageClaimedSecrets,
    PackageMadeUp,
    PackageMadeUpSecrets,
    public_of,
)
from photocore.sealing import seal_part
from photocore.seams import Entropy
from photocore.testing import ManualClock
from photocore.till_kinds import (
    BagPickedUp,
    DropOffWithdrawn,
    DroppedRoll,
    PackageSold,
    PackageSoldSealed,
    RollsDropped,
    SaleCorrected,
    SaleRefunded,
    unit_of_sale,
)
from photocore.twin_checks import bag_number, twin_check
from photocore.wire import (
    Ack,
    ClaimNews,
    EpochHead,
    Hello,
    NewsRequest,
    ToldNews,
    decode_answer,
    decode_enrol_answer,
    encode,
    encode_batch,
    events_path,
    hello_path,
    news_path,
    packages_path,
    read_ack,
    read_news,
    read_welcome,
    request_digest,
    roster_path,
)
from photoservice.persons.passwords import PasswordCost
from photoservice.settings import Settings
from photoservice.testing import RunningService, ScratchPostgres, running_service

MAKER_PREFIX = "9521141"
STORE = "9521141000007"
OTHER_STORE = "9521141000014"
ENTROPY = SystemEntropy()


def gtin(payload: str) -> str:
    """Return a GTIN-14 from its first 13 digits."""
    return payload + check_digit(payload)


PACKAGE_GTIN = gtin("0952114101234")
ROLL_GTIN = gtin("0952114101235")


def package_id(serial: str) -> str:
    return str(Sgtin(PACKAGE_GTIN, serial))


def roll_ids(serial: str, count: int = 3) -> list[str]:
    return [str(Sgtin(ROLL_GTIN, f"{serial}-R{n}")) for n in range(1, count + 1)]


def link(item: str) -> str:
    piece = parse_item(item)
    assert isinstance(piece, Sgtin)
    return link_for(piece.elements)


def packing(package: str, rolls: list[str], **more: Any) -> dict[str, Any]:
    """Return the packing event of a package, as a maker sends it."""
    return {
        "type": "AggregationEvent",
        "eventTime": "2026-11-20T08:00:00Z",
        "eventTimeZoneOffset": "+01:00",
        "action": "ADD",
        "bizStep": "packing",
        "disposition": "container_closed",
        "parentID": link(package),
        "childEPCs": [link(roll) for roll in rolls],
        **more,
    }


def document(*events: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return an EPCIS 2.0 document."""
    return {
        "@context": ["https://ref.gs1.org/standards/epcis/epcis-context.jsonld"],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": "2026-11-20T08:00:00Z",
        "epcisBody": {"eventList": list(events)},
        **more,
    }


@dataclass(frozen=True, kw_only=True)
class MadeUp:
    """A package a store made up, as its labels stand now: code and copy of each roll."""

    event: Event
    package: str
    rolls: tuple[str, ...]
    codes: dict[str, str]
    copies: tuple[LabelCopy, ...]


@dataclass
class Station:
    """A station as the wire sees it: its own key, epoch and chain; it forgets nothing and checks every ack."""

    url: str
    clock: ManualClock
    store: str = STORE
    key: SigningKey = field(default_factory=lambda: SigningKey(seed=ENTROPY.token(32)))
    id: str = ""
    sign_public: bytes = b""
    seal_public: bytes = b""
    epoch: str = field(default_factory=lambda: mint_epoch(ENTROPY))
    events: list[Event] = field(default_factory=list)
    secrets: dict[str, PackageClaimedSecrets] = field(default_factory=dict)
    entropy: Entropy = ENTROPY

    def enrol(self, code: str) -> requests.Response:
        wish = {"code": code, "public_key": b64(self.key.public), "name": "Counter 1"}
        reply = requests.post(f"{self.url}/enrol", json=wish, timeout=30)
        if reply.status_code == 201:
            answer = decode_enrol_answer(reply.content)
            self.id = answer.station
            self.sign_public, self.seal_public = unb64(answer.service.sign), unb64(answer.service.seal)
        return reply

    def write(
        self,
        body: Body,
        *,
        sealed: Body | None = None,
        secrets: Body | None = None,
        id_: str | None = None,
        seq: int | None = None,
        prev: Prev | None = None,
        signer: SigningKey | None = None,
    ) -> Event:
        """Append an event to the chain; the keyword arguments are for stations that misbehave."""
        id_ = id_ or mint_event_id(self.clock, self.entropy)
        kind = type(body).__name__
        last = self.events[-1] if self.events else None
        event = Event(
            id=id_,
            kind=kind,
            station=self.id,
            epoch=self.epoch,
            seq=seq or (last.seq + 1 if last else 1),
            at=instant(self.clock),
            public=public_of(body),
            sealed=self._seal(id_, kind, "sealed", sealed),
            secrets=self._seal(id_, kind, "secrets", secrets),
            prev=prev or (Prev(epoch=last.epoch, seq=last.seq, hash=event_hash(last)) if last else None),
        )
        event = sign_event(event, signer or self.key)
        self.events.append(event)
        return event

    def open_epoch(self) -> Event:
        return self.write(EpochOpened(software="test"))

    def claim(
        self,
        item: str,
        card: str = "952114100000000018",
        *,
        claim_code: str | None = None,
        level: str = "package",
        table: str = "demo-gsrn",
        copies: tuple[LabelCopy, ...] = (),
        **misbehave: Any,
    ) -> Event:
        body = PackageClaimed(
            item=item,
            level=level,
            package=item if level == "package" else None,
            rolls=(),
            store=misbehave.pop("store", self.store),
            number=mint_registration_number(self.entropy),
            item_typed=False,
            card_typed=False,
            claim_code=claim_code is not None,
            activation=misbehave.pop("activation", "registration"),
            roster=1,
            copies=copies,
            corrects=misbehave.pop("corrects", None),
            notice=misbehave.pop("notice", None),
        )
        secrets = PackageClaimedSecrets(access_code=mint_access_code(self.entropy), claim_code=claim_code)
        sealed = PackageClaimedSealed(card_table=table, card_number=card, card_issue=misbehave.pop("issue", None))
        event = self.write(body, sealed=sealed, secrets=secrets, **misbehave)
        self.secrets[event.id] = secrets
        return event

    def merge(
        self, why: str, old: str | Event, into: str, *, tables: tuple[str, str] = ("demo-gsrn", "demo-gsrn"), **odd: Any
    ) -> Event:
        """Say that two cards are one customer's; a registration may stand for the old one."""
        claim = old.id if isinstance(old, Event) else None
        staff, store = odd.pop("staff", "00112233445566aa"), odd.pop("store", self.store)
        body = CardsMerged(why=why, store=store, staff=staff, claim=claim)  # type: ignore[arg-type]
        sealed = CardsMergedSealed(
            into_table=tables[1],
            into_number=into,
            old_table=None if claim else tables[0],
            old_number=None if isinstance(old, Event) else old,
        )
        return self.write(body, sealed=sealed, **odd)

    def withdraw(self, claim: Event, **misbehave: Any) -> Event:
        return self.write(ClaimWithdrawn(claim=claim.id, item=claim.public["item"], by="shopper"), **misbehave)

    def reissue(self, claim: Event, *copies: LabelCopy) -> Event:
        return self.write(CopiesIssued(claim=claim.id, reason="spoiled", copies=copies))

    def make_up(
        self,
        count: int = 3,
        *,
        coded: bool = True,
        product: str | None = "04006381333931",
        package: str = "",
        rolls: tuple[str, ...] = (),
        **misbehave: Any,
    ) -> MadeUp:
        """Make up a package, for the shelf (``coded``) or for a shopper who stands there."""
        rolls = rolls or tuple(mint_house_roll(self.entropy) for _ in range(count))
        copies = tuple(LabelCopy(roll=roll, copy=mint_copy_id(self.entropy)) for roll in rolls) if coded else ()
        body = PackageMadeUp(
            package=package or mint_house_package(self.entropy),
            rolls=rolls,
            product=product,
            store=misbehave.pop("store", self.store),
            coded=coded,
            copies=copies,
            staff="00112233445566aa",
            corrects=misbehave.pop("corrects", None),
        )
        codes = misbehave.pop("codes", None) or {roll: mint_claim_code(self.entropy) for roll in rolls if coded}
        listed = tuple(CodeOfRoll(roll=roll, code=code) for roll, code in codes.items())
        event = self.write(body, secrets=PackageMadeUpSecrets(codes=listed) if coded else None, **misbehave)
        return MadeUp(event=event, package=body.package, rolls=rolls, codes=codes, copies=copies)

    def replace_codes(self, made: MadeUp, *rolls: str, **misbehave: Any) -> MadeUp:
        """Print labels of a pre-sale package again: a new code and copy of each of ``rolls``, or of all."""
        before = {copy.roll: copy.copy for copy in made.copies}
        copies = tuple(
            LabelCopy(roll=roll, copy=mint_copy_id(self.entropy), voids=before.get(roll))
            for roll in rolls or made.rolls
        )
        codes = {copy.roll: mint_claim_code(self.entropy) for copy in copies}
        body = ClaimCodesReplaced(package=made.package, copies=copies, reason="spoiled", staff="00112233445566aa")
        listed = tuple(CodeOfRoll(roll=roll, code=code) for roll, code in codes.items())
        event = self.write(body, secrets=ClaimCodesReplacedSecrets(codes=listed), **misbehave)
        kept = tuple(copy for copy in made.copies if copy.roll not in codes)
        return MadeUp(
            event=event,
            package=made.package,
            rolls=made.rolls,
            codes={**made.codes, **codes},
            copies=(*kept, *copies),
        )

    def unmake(self, made: MadeUp, **misbehave: Any) -> Event:
        """Take a make-up back."""
        body = MakeUpWithdrawn(package=made.package, reason="counted wrongly", staff="00112233445566aa")
        return self.write(body, **misbehave)

    def sell(self, item: str, card: str | None = None, *, sequence: str = "1001", **odd: Any) -> Event:
        """Tell that the till sold ``item``; with a card it lay in the basket. ``odd`` is what else it says."""
        where = {
            "store": odd.pop("store", self.store),
            "till": odd.pop("till", "7"),
            "business_day": odd.pop("business_day", "2026-11-21"),
            "sequence": sequence,
            "line": odd.pop("line", 1),
        }
        unit = odd.pop("sale", "") or unit_of_sale(**where, unit=odd.pop("unit", 1))
        said = {"amount": 1299, "currency": "EUR", **odd.pop("said", {})}
        body = PackageSold(item=item, sale=unit, how=odd.pop("how", "scan"), **where, **said)
        sealed = PackageSoldSealed(card_table=odd.pop("table", "demo-gsrn"), card_number=card) if card else None
        return self.write(body, sealed=sealed, **odd)

    def refund(self, sold: Event, *, sequence: str = "2001", **odd: Any) -> Event:
        """Tell that what was sold was given back."""
        where = {"store": self.store, "till": "7", "business_day": "2026-11-21", "sequence": sequence}
        body = SaleRefunded(
            item=odd.pop("item", sold.public["item"]),
            sale=sold.public["sale"],
            refund=unit_of_sale(**where, line=1, unit=1),
            store=odd.pop("store", self.store),
            how="returned",
        )
        return self.write(body, **odd)

    def correct(self, told: Event, **odd: Any) -> Event:
        """Take back what was told of a sale."""
        return self.write(SaleCorrected(told=told.id, item=told.public["item"], reason="not so"), **odd)

    def drop_off(self, *rolls: str | None, bag: int = 312, **odd: Any) -> Event:
        """Tell that these rolls were dropped off in one bag."""
        listed = tuple(
            DroppedRoll(twin=twin_check(4, 10 * bag + place).text, process="C-41", roll=roll)
            for place, roll in enumerate(rolls, 1)
        )
        body = RollsDropped(
            bag=bag_number(4, bag).text,
            rolls=listed,
            scan="standard",
            negatives="return_cut",
            store=odd.pop("store", self.store),
            number=odd.pop("number", None),
        )
        return self.write(body, **odd)

    def undrop(self, dropped: Event) -> Event:
        """Tell that a drop-off is none."""
        return self.write(DropOffWithdrawn(dropped=dropped.id, bag=dropped.public["bag"]))

    def pick_up(self, bag: int = 312, **odd: Any) -> Event:
        """Tell that a bag was taken away."""
        return self.write(BagPickedUp(bag=bag_number(4, bag).text, store=odd.pop("store", self.store)), **odd)

    def ask_news(self, *told: ToldNews) -> tuple[ClaimNews, ...]:
        """Ask for news, naming what was taken note of; return what the signed answer holds."""
        body = encode(NewsRequest(told=told))
        reply = self.post(news_path(self.id), body)
        assert reply.status_code == 200, reply.text
        return read_news(reply.content, self.sign_public, station=self.id, request=request_digest(body)).news

    def drain_news(self) -> dict[str, ClaimNews]:
        """Ask until there is no more; return the newest of each claim, as a station that stores them would have it."""
        newest: dict[str, ClaimNews] = {}
        news = self.ask_news()
        while news:
            newest |= {one.claim: one for one in news}
            news = self.ask_news(*(ToldNews(claim=one.claim, version=one.version) for one in news))
        return newest

    def post(self, path: str, body: bytes, **more: Any) -> requests.Response:
        return self.request("POST", path, body, **more)

    def request(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        *,
        headers: dict[str, str] | None = None,
        key: SigningKey | None = None,
        key_id: str | None = None,
        tamper: Callable[[requests.PreparedRequest], None] | None = None,
    ) -> requests.Response:
        request = requests.Request(method, self.url + path, data=body or None, headers=headers or {}).prepare()
        private = Ed25519PrivateKey.from_private_bytes((key or self.key).seed)
        name = key_id or self.id
        signer = HTTPMessageSigner(
            signature_algorithm=algorithms.ED25519,
            key_resolver=MappingKeyResolver(public_keys={}, private_keys={name: private}),
        )
        signer.sign(
            request,
            key_id=name,
            created=self.clock.now(),
            label="sig1",
            covered_component_ids=("@method", "@target-uri"),
            body=body or None,
        )
        if tamper:
            tamper(request)
        with requests.Session() as session:
            return session.send(request, timeout=30)

    def send(self, *events: Event, body: bytes | None = None) -> Ack:
        """Send a batch (all events when none is named) and return the verified ack."""
        batch = list(events) or self.events
        body = body if body is not None else encode_batch(batch)
        reply = self.post(events_path(self.id), body)
        assert reply.status_code == 200, reply.text
        (signed,) = decode_answer(reply.content).acks
        epoch = msgspec.json.decode(signed.text)["epoch"]
        return read_ack(signed, self.sign_public, station=self.id, epoch=epoch, request=request_digest(body))

    def hello(self) -> dict[str, Any]:
        last = self.events[-1]
        said = Hello(epochs=(EpochHead(epoch=self.epoch, last=last.seq, head=event_hash(last)),))
        body = encode(said)
        reply = self.post(hello_path(self.id), body)
        assert reply.status_code == 200, reply.text
        told = read_welcome(reply.content, self.sign_public, station=self.id, request=request_digest(body))
        return msgspec.json.decode(encode(told))

    def roster(self, etag: str = "") -> requests.Response:
        return self.request("GET", roster_path(self.id), headers={"If-None-Match": etag} if etag else {})

    def look_up(self, item: str) -> requests.Response:
        return self.request("GET", f"{packages_path(self.id)}?item={quote(item, safe='')}")

    def _seal(self, id_: str, kind: str, part: Any, body: Body | None) -> SealedPart | None:
        if body is None:
            return None
        return seal_part(
            to=self.seal_public,
            entropy=self.entropy,
            event=id_,
            station=self.id,
            kind=kind,
            part=part,
            body=public_of(body),
        )


@dataclass
class World:
    """The photoservice, whoever talks to it, and the hand that moves the clock."""

    running: RunningService
    clock: ManualClock
    maker: str
    retailer: str

    @property
    def url(self) -> str:
        return self.running.url

    def sql(self, statement: str, *values: object) -> list[dict[str, Any]]:
        return self.running.sql(statement, *values)

    def till(self, store: str = STORE) -> Station:
        return self.station(store, role="till")

    def station(self, store: str = STORE, *, role: str = "kiosk") -> Station:
        station = Station(url=self.url, clock=self.clock, store=store)
        assert station.enrol(self.running.enrol_code(store, role)).status_code == 201
        station.open_epoch()
        return station

    def capture(self, what: Any, *, key: str | None = None, behaviour: str = "", kind: str = "") -> requests.Response:
        headers = {"Authorization": f"Bearer {key or self.maker}", "Content-Type": kind or "application/ld+json"}
        if behaviour:
            headers["GS1-Capture-Error-Behaviour"] = behaviour
        body = what if isinstance(what, bytes) else msgspec.json.encode(what)
        return requests.post(f"{self.url}/capture", data=body, headers=headers, timeout=30)

    def captured(self, what: Any, *, key: str | None = None, behaviour: str = "") -> dict[str, Any]:
        """Capture a document and return its finished job."""
        reply = self.capture(what, key=key, behaviour=behaviour)
        assert reply.status_code == 202, reply.text
        return self.finished(reply.headers["Location"], key=key)

    def finished(self, location: str, *, key: str | None = None) -> dict[str, Any]:
        import threading

        for _ in range(2000):
            job = self.get(location, key=key).json()
            if not job["running"]:
                return job
            threading.Event().wait(0.005)
        raise AssertionError("the capture never finished")

    def pack(self, serial: str, count: int = 3, **more: Any) -> tuple[str, list[str]]:
        """Forward a package with its rolls as the maker; return their IDs."""
        package, rolls = package_id(serial), roll_ids(serial, count)
        job = self.captured(document(packing(package, rolls, **more)))
        assert (job["success"], job["photo:parked"]) == (True, 0), job
        return package, rolls

    def pack_coded(self, serial: str, count: int = 3) -> tuple[str, list[str], list[str]]:
        """Pack a package with one claim code a roll; return package, rolls and codes."""
        package, rolls = self.pack(serial, count)
        codes = {roll: mint_claim_code(ENTROPY) for roll in rolls}
        assert self.codes(package, codes).status_code == 204
        return package, rolls, [codes[roll] for roll in rolls]

    def codes(self, package: str, codes: dict[str, str], *, key: str | None = None) -> requests.Response:
        listed = {"codes": [{"roll": roll, "code": code} for roll, code in codes.items()]}
        url = f"{self.url}/manifests/{quote(package, safe='')}/codes"
        return requests.post(url, json=listed, headers={"Authorization": f"Bearer {key or self.maker}"}, timeout=30)

    def get(self, path: str, *, key: str | None = None) -> requests.Response:
        return requests.get(self.url + path, headers={"Authorization": f"Bearer {key or self.maker}"}, timeout=30)

    def sweep(self) -> dict[str, int]:
        """Sweep once, after the service did so by itself when it started; return what went, by rule."""
        import threading

        registry = self.running.service.metrics.registry
        for _ in range(3000):
            if registry.get_sample_value("twincheck_sweep_round_seconds"):
                return dict(self.running.run(self.running.service.people.sweep.run()).gone)
            threading.Event().wait(0.01)
        raise AssertionError("the service never swept")

    def registration(self, item: str) -> dict[str, Any] | None:
        rows = self.sql("select * from registration where subject = $1", item)
        return rows[0] if rows else None


@pytest.fixture(scope="session")
def scratch() -> Iterator[ScratchPostgres]:
    with ScratchPostgres() as server:
        yield server


@pytest.fixture
def database(scratch: ScratchPostgres) -> Iterator[str]:
    url = scratch.fresh()
    yield url
    scratch.drop(url)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def easy_settings(folder: Path) -> Settings:
    """Return settings under which tests are quick.

    Wrong codes are answered without long waits, and a password costs next to nothing: hundreds of people sign in. Few
    connections: each round of each task begins at once, and would open one of its own that no test needs. Nobody makes
    renditions, which the tests of renditions have made.
    """
    cheap = PasswordCost(passes=1, memory_kib=64, lanes=1)
    soon = timedelta(milliseconds=5)
    return Settings(folder=folder, answer_floor=soon, password_cost=cheap, connections=4, derive_here=False)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The world's photoservice; a module of tests may set it otherwise."""
    return easy_settings(tmp_path / "service")


@contextmanager
def open_world(database: str, settings: Settings, clock: ManualClock) -> Iterator[World]:
    with running_service(database, settings.folder, clock=clock, settings=settings) as running:
        maker = running.add_tenant("Halide", "maker", MAKER_PREFIX)
        retailer = running.add_tenant("Corner Photo", "retailer", "9521999", gln="9521141000021")
        running.add_store(STORE, "Corner Photo Mitte", retailer="Corner Photo")
        running.add_store(OTHER_STORE, "Corner Photo Nord", retailer="Corner Photo")
        yield World(running=running, clock=clock, maker=maker, retailer=retailer)


@pytest.fixture
def world(database: str, settings: Settings, clock: ManualClock) -> Iterator[World]:
    with open_world(database, settings, clock) as made:
        yield made


@pytest.fixture(scope="module")
def lasting_world(scratch: ScratchPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world for all those tests of a module that ask and change nothing: to begin one takes longer than they do."""
    url = scratch.fresh()
    with open_world(url, easy_settings(tmp_path_factory.mktemp("lasting") / "service"), ManualClock()) as made:
        yield made
    scratch.drop(url)


@pytest.fixture(scope="module")
def lasting_station(lasting_world: World) -> Station:
    """A station of the world that lasts."""
    return lasting_world.station()


@pytest.fixture
def station(world: World) -> Station:
    return world.station()


@pytest.fixture(scope="session")
def builders() -> Any:
    """The module's builders by name, as tests cannot import a conftest."""

    class Builders:
        pass

    for name in ("package_id", "roll_ids", "link", "packing", "document", "gtin"):
        setattr(Builders, name, staticmethod(globals()[name]))
    for name in ("PACKAGE_GTIN", "ROLL_GTIN", "STORE", "OTHER_STORE", "ENTROPY", "Station"):
        setattr(Builders, name, globals()[name])
    Builders.copy_id = staticmethod(lambda: mint_copy_id(ENTROPY))
    return Builders
