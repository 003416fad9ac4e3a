"""The photoservice of a simulated world: production's routes, intake and owner rule over its store in memory.

It can be down, die between commit and reply, be put back from last night's backup, and play an older version that tells
no news. What it signs is read back and written into a book of the simulation's own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from photocore.cards import CardTable
from photocore.errors import ChannelDown
from photocore.events import Event
from photocore.ids import ItemId
from photocore.roster import StoreSettings
from photocore.seams import HttpRequest, HttpResponse
from photocore.wire import Verdict, decode_answer, decode_batch, read_ack, read_welcome, request_digest
from photoservice.db.database import Session
from photoservice.home_answers import HomeClaim
from photoservice.modelled.connection import Moment
from photoservice.modelled.schema import Snapshot
from photoservice.modelled.service import ModelPhotoservice
from photoservice.registrations import lock_name
from photoservice.settings import Settings
from photoservice.tenants import Tenant
from twincheck.simulate.books import Book, Pages
from twincheck.simulate.clocks import MachineClock
from twincheck.simulate.ground import Ground
from twincheck.simulate.stock import CARD_TABLE, PRODUCTS, Box

URL = "https://photo.example"
MAKER = "Sunny Film"

_CLUB = CardTable(name=CARD_TABLE, kind="card", symbologies=("ean-13",), pattern=r"29\d{11}", check="none")


class ServiceDied(ChannelDown):
    """The photoservice's process ended in the middle of a request."""


@dataclass(frozen=True, kw_only=True)
class Backup:
    """Last night's backup, and the page of the simulation's own book that goes with it."""

    snapshot: Snapshot
    pages: Pages
    at_ms: int


class Service:
    """The photoservice. ``book`` is what it signed for; ``crash`` names the moment of the next batch it dies at."""

    def __init__(self, ground: Ground) -> None:
        self.book = Book("the photoservice", lambda: ground.loop.now_ms)
        self.is_down = False
        self.crash: Moment | None = None
        self.arrived: dict[str, Event] = {}
        self._ground = ground
        self._is_taking = False
        self._holds_events = False
        self._erased_claims: set[tuple[tuple[str, str], str | None]] = set()
        self.model = self.another(ground, "photoservice")
        self.model.on_commit = self._pass
        self.sign_key = self.model.keys.sign.public
        self._maker = Tenant(id="", name="", kind="maker", prefixes=())

    def another(self, ground: Ground, name: str) -> ModelPhotoservice:
        """Return a photoservice that knows nothing yet; a second one has the keys of the first."""
        keyring = self.model.keys if hasattr(self, "model") else None
        settings = Settings(folder=Path(), public_url=URL)
        entropy = ground.draws.entropy(name)
        return ModelPhotoservice(MachineClock(ground.loop), entropy, keyring, settings)

    @property
    def is_older(self) -> bool:
        """Whether it plays a version that knows no news."""
        return self.model.is_older

    @is_older.setter
    def is_older(self, value: bool) -> None:
        self.model.is_older = value

    def set_up(self, stores: Sequence[tuple[str, StoreSettings]]) -> None:
        """Add the maker with its films, and stores by GLN with their settings."""
        key = self.model.add_tenant(MAKER, "maker", "401234567")
        self.model.put_products(key, PRODUCTS)
        for gln, settings in stores:
            self.model.add_store(gln, f"Store {gln[-4:]}", settings=settings, tables=(_CLUB,))

        async def find(session: Session) -> Tenant:
            row = await session.row("tenants.by_name", MAKER)
            assert row is not None  # noqa: S101  # it was just written
            return Tenant(id=row["id"], name=MAKER, kind="maker", prefixes=("401234567",))

        self._maker = self.model.do(find)

    def issue_code(self, gln: str) -> str:
        """Return a one-time code that lets a station join the store."""
        return self.model.enrol_code(gln)

    def handle(self, request: HttpRequest) -> HttpResponse:
        """Answer one request. Raises ChannelDown when it is down, or dies over it."""
        if self.is_down:
            raise ChannelDown("connection refused")
        self._ground.tally.note("requests served")
        verb = request.method, urlsplit(request.url).path.rpartition("/")[2]
        self._is_taking = verb == ("POST", "events")
        try:
            answer = self.model.answer(request)
        except ServiceDied:
            self.crash = None
            self._note_unanswered(request)
            raise
        finally:
            self._is_taking = False
        if answer.status == 200 and verb == ("POST", "events"):
            self._note_taken(request, answer)
        elif answer.status == 200 and verb == ("POST", "hello"):
            self._note_greeted(request, answer)
        return answer

    def exchange(self, request: HttpRequest) -> HttpResponse:
        """Answer as a channel without a road between: for an enrolment, which somebody watches over."""
        return self.handle(request)

    def tell(self, boxes: Sequence[Box], gln: str) -> None:
        """Take a maker's lists in, destined to one store."""
        self.tell_to(self.model, boxes, gln)

    def tell_to(self, model: ModelPhotoservice, boxes: Sequence[Box], gln: str) -> None:
        """Let one photoservice take a maker's lists in."""
        parts = model.service

        async def work(session: Session) -> None:
            await session.lock({lock_name(item) for box in boxes for item in (box.package, *box.rolls)})
            for box in boxes:
                await parts.captures.carrier.manifests.pack(session, self._maker, box.package, box.rolls)
                await session.run("manifests.put_destination", box.package, gln, parts.clock.now(), 0)

        model.do(work)

    def settle(self) -> int:
        """Confirm what has stood unopposed long enough, as the periodic task does."""
        return self.model.settle()

    def claim_at_home(self, roll: ItemId, code: str, key: str) -> HomeClaim | None:
        """Register a package from a browser; None when roll and code open nothing."""
        answer = self.model.claim_at_home(roll, code, key=key)
        return answer if isinstance(answer, HomeClaim) else None

    def release(self, station: str) -> None:
        """Let a held station go on, and try again what was parked meanwhile: an operator's act."""
        if self.model.release(station):
            self.model.retry(station)

    def erase(self, account: str) -> None:
        """Erase a person's account, and write down which claims were theirs, by their events' hashes."""
        store = self.model.store
        names = [(row["station"], row["id"]) for row in store.claim if row["account"] == account]
        self._erased_claims |= {(name, event["hash"]) for name in names if (event := store.event.get(name))}
        self.model.erase(account)

    def accounts_of_erased(self) -> list[str]:
        """Return the accounts that claims of erased persons stand under now, after whatever was restored and resent."""
        store, accounts = self.model.store, set[str]()
        for name, digest in self._erased_claims:
            event, claim = store.event.get(name), store.claim.get(name)
            if event is not None and claim is not None and event["hash"] == digest:
                accounts.add(claim["account"])
        return sorted(accounts)

    def back_up(self) -> Backup:
        """Return a backup of everything but the keys."""
        return Backup(snapshot=self.model.snapshot(), pages=self.book.pages.copy(), at_ms=self._ground.loop.now_ms)

    def put_back(self, backup: Backup) -> set[str]:
        """Put a backup back; returns the hashes of what it does not hold."""
        self.model.restore(backup.snapshot)
        return self.book.put_back(backup.pages)

    def is_held(self, station: str) -> bool:
        """Say whether a station is held since its history forked."""
        row = self.model.store.station.get(station)
        return row is not None and row["held_at"] is not None

    def accounts(self) -> list[str]:
        """Return the accounts of cards, those erased left out."""
        return sorted({row["account"] for row in self.model.store.account_card})

    def _pass(self, moment: Moment) -> None:
        """Die at a commit that holds new events, if that was planned."""
        store = self.model.store
        if moment == "commit":
            self._holds_events = any(table is store.event for table, _, _ in store.ledger.past)
        if self._is_taking and self._holds_events and self.crash == moment:
            self._ground.tally.note("service crashes after commit" if moment == "committed" else "service crashes")
            self._ground.story.tell("photoservice", f"died over a batch, {moment}")
            raise ServiceDied("the photoservice died")

    def _note_taken(self, request: HttpRequest, answer: HttpResponse) -> None:
        """Write down what was taken, by the signed answer."""
        station, events = _batch(request)
        for event in events:
            self.arrived.setdefault(event.sig, event)
        (signed,) = decode_answer(answer.body).acks
        digest, epoch = request_digest(request.body), events[0].epoch
        ack = read_ack(signed, self.sign_key, station=station, epoch=epoch, request=digest)
        for event, verdict in self.book.take(station, events, ack):
            self._ground.tally.note(f"verdict {verdict.value}")
            self._ground.story.tell("photoservice", f"{verdict.value} {event.kind} {event.id} of {station}")

    def _note_greeted(self, request: HttpRequest, answer: HttpResponse) -> None:
        station = _station(request)
        digest = request_digest(request.body)
        for mark in read_welcome(answer.body, self.sign_key, station=station, request=digest).epochs:
            self.book.check_mark(station, mark)

    def _note_unanswered(self, request: HttpRequest) -> None:
        """Write down what a dead process has committed without telling anybody: its store is asked."""
        station, events = _batch(request)
        for event in events:
            self.arrived.setdefault(event.sig, event)
            row = self.model.store.event.get((station, event.id))
            if row is not None and row["hash"] is not None:
                self.book.note_found(station, event, row["hash"], Verdict(row["verdict"]))


def _station(request: HttpRequest) -> str:
    return urlsplit(request.url).path.split("/")[-2]


def _batch(request: HttpRequest) -> tuple[str, list[Event]]:
    return _station(request), [line for line in decode_batch(request.body) if isinstance(line, Event)]
