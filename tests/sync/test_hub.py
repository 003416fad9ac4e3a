"""A station behind its store's hub: what is said while only the hub has it, and what when the hub fails or lies."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
import pytest

from photocore.errors import ChannelDown
from photocore.events import Event, instant
from photocore.keys import SigningKey, b64
from photocore.seams import HttpRequest, HttpResponse
from photocore.testing import ManualClock
from photocore.wire import Ack, SyncAnswer, Verdict, decode_answer, decode_batch, encode, sign_ack
from store_hub.disk import SqliteStore
from store_hub.relay import Relay, Upstream
from sync.keys import PinnedHub, load_keys, load_station, save_station
from sync.station import Footing, Station, open_station
from sync.status_words import status_lines

BOXES = "select count(*) from secret_box"
URL = "http://localhost:8470"


@dataclass
class Line:
    """A piece of network that can be cut, that can lose an answer, and that somebody may sit in."""

    beyond: object
    is_down: bool = False
    loses: int = 0
    seen: list[HttpRequest] = field(default_factory=list)
    meddle: object = None

    def exchange(self, request: HttpRequest) -> HttpResponse:
        if self.is_down:
            raise ChannelDown("no route")
        self.seen.append(request)
        answer = self.beyond.exchange(request)
        if self.loses:
            self.loses -= 1
            raise ChannelDown("the answer was lost")
        return self.meddle(request, answer) if self.meddle else answer

    def batches(self) -> int:
        return sum(request.method == "POST" and request.url.endswith("/events") for request in self.seen)


class Shop:
    """A store with its hub: the station speaks to the hub alone, the hub over a line that fails."""

    def __init__(self, world, folder: Path) -> None:
        self.world, self.folder = world, folder
        self.key = SigningKey(seed=world.entropy.token(32))
        self.wan = Line(world.service)
        self.lan = Line(None)
        self.store: SqliteStore | None = None
        self.station: Station | None = None
        self.start_hub()

    def start_hub(self, folder: Path | None = None) -> None:
        if self.store is not None:
            self.store.close()
        self.store = SqliteStore(folder or self.folder)
        upstream = Upstream(url=URL, sign_key=self.world.service.sign_key.public, channel=self.wan)
        stations = {load_station(self.world.folder).station: load_keys(self.world.folder).signing.public}
        self.relay = Relay(key=self.key, upstream=upstream, store=self.store, stations=stations, clock=self.world.clock)
        self.lan.beyond = self.relay

    def pin(self, key: SigningKey | None) -> None:
        hub = PinnedHub(key=b64(key.public)) if key else None
        save_station(self.world.folder, msgspec.structs.replace(load_station(self.world.folder), hub=hub))

    def open(self) -> Station:
        if self.station is not None:
            self.station.close()
        under = Footing(reserve_bytes=4096, threads=False)
        self.station = open_station(self.world.folder, self.world.seams(self.lan), carry=False, under=under)
        return self.station

    def register(self, serial: int) -> str:
        return self.station.desk.register(self.world.wish(self.world.package_id(serial))).claim

    def round(self, *, asked: bool = False):
        rounds = self.station.courier.rounds
        one = rounds.begin(asked=asked)
        while request := one.next_request():
            try:
                answer = self.lan.exchange(request)
            except ChannelDown as why:
                one.lose(why)
                continue
            if one.take(answer):
                rounds.heard()
        rounds.end(one.report)
        return one.report

    def word(self, claim: str) -> str:
        return self.station.desk.level(claim).word

    def boxes(self) -> int:
        return self.station.journal.read(lambda db: db.execute(BOXES).fetchone()[0])

    def at_hub(self) -> int:
        rows = "select count(*) from outbox where level = 'hub'"
        return self.station.journal.read(lambda db: db.execute(rows).fetchone()[0])

    def applied(self) -> list[str]:
        return [event.id for event in self.world.service.applied]

    def close(self) -> None:
        self.station.close()
        self.store.close()


@pytest.fixture
def shop(make_world, tmp_path):
    world = make_world(clock=ManualClock())
    world.enrol()
    shop = Shop(world, tmp_path / "hub")
    shop.pin(shop.key)
    shop.open()
    yield shop
    shop.close()


def test_K4_through_a_hub_whose_line_is_up_a_registration_is_confirmed_in_one_round(shop):
    """The hub is in the way of nothing: what went up is byte for byte what the station signed."""
    claim = shop.register(1)

    report = shop.round()

    assert (report.ok, shop.word(claim), shop.boxes()) == (True, "confirmed", 0)
    assert shop.station.courier.is_online
    assert [request for request in shop.lan.seen if request not in shop.wan.seen] == []
    assert shop.store.count_owed() == 0


def test_K4_while_the_line_is_down_a_registration_is_at_the_store_hub_and_no_more_is_said(shop):
    """The word, the light, the status; the secret's ciphertext stays until the photoservice itself has spoken."""
    shop.wan.is_down = True
    claim = shop.register(1)

    report = shop.round()

    assert (report.ok, report.progress.at_hub, report.progress.settled) == (False, 2, 0)
    assert report.reason == "the store hub has what was sent; it cannot reach the photoservice now"
    assert (shop.word(claim), shop.boxes(), shop.at_hub()) == ("at the store hub", 1, 2)
    status = shop.station.desk.status()
    assert (status.unsent, shop.station.courier.is_online, shop.applied()) == (0, False, [])
    assert shop.store.count_owed() == 1


def test_K4_what_the_hub_has_is_not_sent_again_every_round(shop):
    """Only what is new goes, to the hub; after a day without the photoservice's word, all of it once more."""
    shop.wan.is_down = True
    shop.register(1)
    shop.round()
    for _ in range(3):
        shop.world.clock.advance(60)
        shop.round()
    assert shop.lan.batches() == 1
    shop.register(2)
    shop.round()
    assert shop.lan.batches() == 2

    shop.world.clock.advance(86_400)
    report = shop.round()

    assert (report.progress.sent, report.progress.at_hub, shop.lan.batches()) == (3, 3, 3)
    assert shop.store.count_owed() == 2  # it is in what is owed upward already
    shop.round()
    assert shop.lan.batches() == 3


def test_K4_when_the_line_is_back_the_hub_carries_and_the_photoservices_own_word_comes_down(shop):
    """Unchanged, and believed by the key pinned for the photoservice."""
    shop.wan.is_down = True
    claim = shop.register(1)
    shop.round()
    shop.wan.is_down = False
    shop.world.clock.advance(60)

    forwarded = shop.relay.forward_some()

    assert (forwarded.answered, forwarded.left, forwarded.reason) == (1, 0, "")
    assert (shop.word(claim), len(shop.applied())) == ("at the store hub", 2)
    assert shop.round().ok
    assert (shop.word(claim), shop.boxes(), shop.at_hub()) == ("confirmed", 0, 0)
    assert len(shop.applied()) == len(set(shop.applied())) == 2
    assert shop.wan.batches() == 1


def test_K4_the_word_of_an_answer_that_got_lost_between_hub_and_station_comes_again(shop):
    """The hub noted it as told; the photoservice's next greeting shows the station that there is a word to hear."""
    shop.wan.is_down = True
    claim = shop.register(1)
    shop.round()
    shop.wan.is_down = False
    shop.world.clock.advance(60)
    shop.relay.forward_some()
    second = shop.register(2)
    shop.lan.meddle = lambda _request, answer: lose_acks(shop.lan, answer)
    assert not shop.round().ok
    assert shop.word(claim) == "at the store hub"

    shop.lan.meddle = None
    shop.world.clock.advance(60)
    shop.round()
    shop.round()

    assert (shop.word(claim), shop.word(second), shop.boxes()) == ("confirmed", "confirmed", 0)


def lose_acks(line: Line, answer: HttpResponse) -> HttpResponse:
    """Lose the first answer that holds acks."""
    if b'"acks"' in answer.body:
        line.meddle = None
        raise ChannelDown("the answer was lost")
    return answer


def test_K4_a_hub_whose_disk_died_is_sent_everything_again(shop, tmp_path):
    """A new disk, the same key: once the photoservice greets, nothing hangs on the hub's word."""
    shop.wan.is_down = True
    claims = [shop.register(serial) for serial in (1, 2)]
    shop.round()
    shop.start_hub(tmp_path / "new-disk")
    shop.wan.is_down = False
    shop.world.clock.advance(60)

    assert shop.round().ok

    assert [shop.word(claim) for claim in claims] == ["confirmed"] * 2
    assert shop.boxes() == 0


def test_K4_a_hub_put_back_from_an_old_copy_says_what_it_lacks_and_gets_it_again(shop, tmp_path):
    """It knows what came later and what came before; the station fills the hole without waiting for a day."""
    shop.wan.is_down = True
    shop.register(1)
    shop.round()
    shop.store.close()
    old = {path.name: path.read_bytes() for path in shop.folder.iterdir()}
    shop.store = None
    shop.start_hub()
    shop.world.clock.advance(60)
    lost = shop.register(2)
    shop.round()
    shop.store.close()
    for name, text in old.items():
        (shop.folder / name).write_bytes(text)
    shop.store = None
    shop.start_hub()
    shop.world.clock.advance(60)
    shop.register(3)
    shop.round()
    shop.wan.is_down = False
    shop.world.clock.advance(60)

    shop.relay.forward_some()
    shop.round()

    assert (shop.word(lost), shop.boxes()) == ("confirmed", 0)
    assert sorted(shop.applied()) == sorted(set(shop.applied()))
    assert len(shop.applied()) == 4


@pytest.mark.parametrize("pinned", ["another", "none"])
def test_K4_another_hubs_acks_count_nothing(shop, pinned):
    """The hub was replaced or taken away: what the old one had is owed as if nobody had it."""
    shop.wan.is_down = True
    claim = shop.register(1)
    shop.round()
    shop.pin(SigningKey(seed=bytes(range(32))) if pinned == "another" else None)

    shop.open()

    assert (shop.word(claim), shop.at_hub()) == ("registered here", 0)
    assert shop.station.desk.status().unsent == 3


def test_K4_a_hub_that_is_not_pinned_is_not_believed(shop):
    """Its greeting and its acks are a stranger's; through it the photoservice's own are as good as ever."""
    shop.pin(None)
    shop.open()
    shop.wan.is_down = True
    claim = shop.register(1)
    assert not shop.round().ok
    assert shop.word(claim) == "registered here"

    shop.wan.is_down = False
    shop.world.clock.advance(60)
    assert shop.round().ok
    assert shop.word(claim) == "confirmed"


def hub_ack(shop, answer: HttpResponse, **changes) -> HttpResponse:
    """Return the answer with the hub's own ack changed, and rightly signed by the hub."""
    if b'"acks"' not in answer.body:
        return answer
    acks = decode_answer(answer.body).acks
    ours = msgspec.structs.replace(msgspec.json.decode(acks[0].text, type=Ack), **changes)
    return replace(answer, body=encode(SyncAnswer(acks=(sign_ack(ours, shop.key), *acks[1:]))))


LIES = {
    "it speaks for the photoservice": {"level": "photoservice"},
    "another station's": {"station": "st-other"},
    "another request's": {"request": "ab" * 32},
    "another epoch's": {"epoch": "ab" * 8},
    "nothing was judged": {"verdicts": ()},
}


@pytest.mark.parametrize("lie", sorted(LIES))
def test_K4_a_hub_that_lies_settles_nothing(shop, lie):
    """Whatever its key signs, it is the hub's word on this very request, or none."""
    shop.wan.is_down = True
    claim = shop.register(1)
    shop.lan.meddle = lambda _request, answer: hub_ack(shop, answer, **LIES[lie])

    assert not shop.round().ok

    assert (shop.word(claim), shop.boxes(), shop.at_hub()) == ("registered here", 1, 0)


@pytest.mark.parametrize("verdict", [Verdict.FORK, Verdict.PARKED])
def test_K4_a_hub_judges_nothing(shop, verdict):
    """A fork and a parked event are the photoservice's to name: here it is only not taken, and stays owed."""
    shop.wan.is_down = True
    claim = shop.register(1)

    def accuse(_request, answer):
        if b'"acks"' not in answer.body:
            return answer
        whole = msgspec.json.decode(decode_answer(answer.body).acks[0].text, type=Ack)
        verdicts = [msgspec.structs.replace(one, verdict=verdict, reason="so says the hub") for one in whole.verdicts]
        return hub_ack(shop, answer, verdicts=tuple(verdicts))

    shop.lan.meddle = accuse
    report = shop.round()

    assert (report.ok, report.reason) == (False, "the store hub did not take what was sent")
    assert (shop.word(claim), shop.station.desk.status().parked) == ("registered here", 0)
    assert shop.station.desk.status().unsent == 2


def test_K4_a_hub_that_changes_the_photoservices_word_is_refused_whole(shop):
    """One letter of a passed-on ack: nothing of the answer is taken."""
    claim = shop.register(1)

    def meddle(_request, answer):
        return replace(answer, body=answer.body.replace(b"registered", b"contestedd").replace(b"applied", b"appIied"))

    shop.lan.meddle = meddle
    assert not shop.round().ok
    assert shop.word(claim) == "registered here"


def test_K4_an_old_word_passed_on_again_takes_nothing_back(shop):
    """Parked once, applied since: the replayed ack does not park it again, and lowers no mark."""
    claim = shop.register(1)
    shop.world.service.faults.parks.add(claim)
    shop.round()
    assert shop.station.desk.level(claim).verdict == "parked"
    old = [_last_word(shop)]
    shop.world.service.faults.parks.clear()
    shop.world.clock.advance(60)
    shop.station.journal.write(
        lambda t: t.connection.execute(
            "update outbox set verdict = 'applied', answered_at = ? where event = ?",
            (instant(shop.world.clock), claim),
        )
    )

    shop.register(2)
    shop.lan.meddle = lambda _request, answer: passed_on(answer, old)
    assert shop.round().ok

    assert shop.station.desk.level(claim).verdict == "applied"


def _last_word(shop):
    (signed,) = [one for one in decode_answer(answer_with_acks(shop).body).acks if '"photoservice"' in one.text]
    return signed


def answer_with_acks(shop) -> HttpResponse:
    return next(answer for answer in shop.world.service.answers if b'"acks"' in answer.body)


def passed_on(answer: HttpResponse, old) -> HttpResponse:
    if b'"acks"' not in answer.body:
        return answer
    return replace(answer, body=encode(SyncAnswer(acks=(*decode_answer(answer.body).acks, *old))))


def test_K4_a_photoservice_put_back_from_a_backup_behind_a_hub_gets_its_events_again(shop):
    """The hub forwards what is sent again, although it has words on it: those are from before the backup."""
    for serial in range(1, 5):
        shop.register(serial)
    shop.round()
    shop.world.service.forget_since(2)
    shop.station.courier.rounds.delivery.lost()

    assert shop.round().ok

    assert len(shop.applied()) == len(set(shop.applied())) == 5
    assert shop.station.desk.status().parked == 0


def test_K4_behind_a_hub_an_epochs_first_fork_brings_up_again_what_was_taken_of_it(shop):
    """A photoservice that was put back holds a twin's events in these places: the hub's words on ours are too old."""
    shop.register(1)
    shop.round()
    taken = shop.applied()
    shop.station.courier.rounds.delivery.lost()
    shop.round()  # the photoservice greets, and the hub learns that it holds all of this
    carried, before = shop.wan.batches(), len(shop.wan.seen)

    def call_a_fork(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
        if b'"acks"' not in answer.body or shop.wan.batches() > carried + 1:
            return answer
        (signed,) = decode_answer(answer.body).acks
        ack = msgspec.json.decode(signed.text, type=Ack)
        forks = tuple(msgspec.structs.replace(one, verdict=Verdict.FORK, outcome=None) for one in ack.verdicts)
        forked = msgspec.structs.replace(ack, verdicts=forks, high=None)
        again = sign_ack(forked, shop.world.service.sign_key)
        return replace(answer, body=encode(SyncAnswer(acks=(again,))))

    shop.wan.meddle = call_a_fork
    shop.register(2)
    shop.round()

    sent = [event.id for request in shop.wan.seen[before:] for event in events_of(request)]
    assert set(taken) <= set(sent)
    assert shop.station.desk.status().unsent == 0


def events_of(request: HttpRequest) -> list[Event]:
    is_batch = request.method == "POST" and request.url.endswith("/events")
    return [line for line in decode_batch(request.body) if isinstance(line, Event)] if is_batch else []


def test_K4_an_event_that_breaks_the_photoservice_holds_up_nobody_behind_a_hub(shop):
    """The line is up: the photoservice's refusal is passed on, and the station halves as without a hub."""
    claims = [shop.register(serial) for serial in range(100, 110)]
    poison = claims[4]
    shop.world.service.faults.fails.add(poison)

    report = shop.round()

    assert (report.ok, report.progress.passed_over) == (False, 1)
    assert {claim for claim in claims if shop.word(claim) == "registered here"} == {poison}
    assert shop.store.count_owed() == 0
    shop.world.service.faults.fails.clear()
    shop.world.clock.advance(60)
    assert shop.round().ok
    assert sorted(shop.applied()) == sorted(set(shop.applied()))
    assert poison in shop.applied()


def test_K4_a_batch_refused_after_the_hub_took_it_is_asked_for_again_and_halved(shop):
    """The photoservice fails at it long after: the hub gives it up and says so; one event stays behind."""
    shop.wan.is_down = True
    claims = [shop.register(serial) for serial in range(100, 110)]
    shop.round()
    shop.world.service.faults.fails.add(claims[4])
    shop.wan.is_down = False
    shop.world.clock.advance(60)
    assert shop.relay.forward_some().refused == 1
    last = shop.register(111)

    for _ in range(3):
        shop.round()
        shop.world.clock.advance(60)

    assert [claim for claim in claims if shop.word(claim) == "registered here"] == [claims[4]]
    assert {shop.word(claim) for claim in (*claims[:4], *claims[5:], last)} == {"waiting for the maker's list"}
    assert shop.at_hub() == 0


def test_K4_status_tells_what_only_the_hub_has():
    """In a line of its own: it is neither unsent nor known to the photoservice."""
    told = {
        "station": "st-1", "url": URL, "online": False, "events": 12, "unsent": 0, "waiting": 0, "oldest_at": None,
        "parked": 0, "contested": 0, "restored": 0, "last_ack_at": None, "roster": 3, "held_by": None, "trouble": "",
        "at_hub": 4,
    }  # fmt: skip

    assert "  4 events at the store hub, not yet known to the photoservice" in status_lines(told)
