"""The hub's role by itself: whom it serves, what it keeps and for how long, what a power cut leaves of it."""

from contextlib import suppress
from dataclasses import dataclass, field, replace

import msgspec
import pytest

from photocore.errors import ChannelDown
from photocore.keys import SigningKey, key_id
from photocore.roster import RosterSnapshot, Store, StoreSettings
from photocore.seams import HttpRequest, HttpResponse
from photocore.testing import ManualClock, SeededEntropy
from photocore.wire import Ack, Welcome, decode_answer, decode_batch, encode_batch, events_path, hello_path
from store_hub.disk import DATABASE, SCHEMA, SqliteStore
from store_hub.relay import AT_ONCE, SILENCE_S, Relay, Upstream
from sync.database import PRAGMAS, Pragma, open_database
from sync.enrolment import enrol
from sync.errors import JournalBusy, JournalDamaged, JournalDown
from sync.keys import load_keys
from sync.station import Footing, Seams, Station, open_station
from sync.testing import FakePhotoservice
from sync.testing_disk import FailingDisk
from sync.views import MakeUpWish

URL = "https://photos.example"
STAFF = "5ca1ab1e0ddba11a"
NORMAL = tuple(
    Pragma(name="synchronous", value="NORMAL", reads=(1,)) if one.name == "synchronous" else one for one in PRAGMAS
)


@dataclass
class Room:
    def free_bytes(self, path: str) -> int:
        return 10**12


@dataclass
class Wan:
    """The line to the photoservice: cut when told, and counting who asked."""

    service: FakePhotoservice
    is_down: bool = False
    instead: HttpResponse | None = None
    asked: list[HttpRequest] = field(default_factory=list)

    def exchange(self, request: HttpRequest) -> HttpResponse:
        self.asked.append(request)
        if self.is_down:
            raise ChannelDown("no route")
        return self.instead or self.service.exchange(request)


class Town:
    """A photoservice, a hub, and stations that are driven a request at a time."""

    def __init__(self, folder) -> None:
        self.folder, self.clock, self.entropy = folder, ManualClock(), SeededEntropy(7)
        snapshot = RosterSnapshot(
            version=1,
            made_at="2026-11-21T09:00:00.000Z",
            store=Store(gln="4012345000009", name="Foto Linde"),
            settings=StoreSettings(),
        )
        self.service = FakePhotoservice(snapshot, clock=self.clock, entropy=self.entropy)
        self.wan = Wan(self.service)
        self.key = SigningKey(seed=self.entropy.token(32))
        self.stations: dict[str, bytes] = {}
        self.opened: list[Station] = []
        self.store: SqliteStore | None = None

    def enrol(self, name: str) -> Station:
        folder = self.folder / name
        code = self.service.issue_code(name)
        enrol(url=URL, code=code, name=name, folder=folder, channel=self.service, entropy=self.entropy)
        seams = Seams(clock=self.clock, entropy=self.entropy, disk=Room(), channel=self.wan, quick_channel=self.wan)
        station = open_station(folder, seams, carry=False, under=Footing(reserve_bytes=4096, threads=False))
        self.stations[station.file.station] = load_keys(folder).signing.public
        self.opened.append(station)
        return station

    def hub(self, store: SqliteStore | None = None) -> Relay:
        self.store = store or SqliteStore(self.folder / "hub")
        upstream = Upstream(url=URL, sign_key=self.service.sign_key.public, channel=self.wan)
        return Relay(key=self.key, upstream=upstream, store=self.store, stations=self.stations, clock=self.clock)

    def make_up(self, station: Station) -> str:
        wish = MakeUpWish(event_id=self.entropy.token(16).hex(), product=None, count=1, staff=STAFF)
        return station.desk.make_up(wish).package

    def ask(self, station: Station, kind: str = "events") -> HttpRequest:
        """Return the request of that kind which the station would make next, signed."""
        delivery = station.courier.rounds.delivery
        delivery._greeted = kind != "hello"
        delivery.begin_round()
        delivery._greeted = kind != "hello"
        ask = delivery.next_ask()
        assert ask.kind == kind
        return station.courier.rounds.sign(ask.request)

    def close(self) -> None:
        for station in self.opened:
            station.close()
        if self.store is not None:
            self.store.close()


@pytest.fixture
def town(tmp_path):
    town = Town(tmp_path)
    yield town
    town.close()


def acks(answer: HttpResponse) -> list[Ack]:
    return [msgspec.json.decode(signed.text, type=Ack) for signed in decode_answer(answer.body).acks]


def test_K4_a_batch_is_answered_by_the_hub_and_by_the_photoservice_each_with_its_key(town):
    """One answer, two levels; both name the same request."""
    station = town.enrol("one")
    relay = town.hub()
    request = town.ask(station)

    answer = relay.exchange(request)

    assert [ack.level for ack in acks(answer)] == ["hub", "photoservice"]
    assert len({ack.request for ack in acks(answer)}) == 1
    assert len({signed.key for signed in decode_answer(answer.body).acks}) == 2
    assert town.wan.asked == [request]


def test_K4_the_same_batch_twice_while_the_line_is_down_is_kept_once_and_is_a_duplicate(town):
    """Durable once; the high mark is the highest without a hole, and never passes one."""
    station = town.enrol("one")
    relay = town.hub()
    town.wan.is_down = True
    request = town.ask(station)

    first, again = relay.exchange(request), relay.exchange(request)

    assert [[str(one.verdict) for one in ack.verdicts] for ack in (*acks(first), *acks(again))] == [
        ["applied"],
        ["duplicate"],
    ]
    assert acks(again)[0].high.seq == 1
    assert town.store.count_owed() == 1


def test_K4_a_mark_of_the_hub_never_passes_a_hole(town):
    """Seqs 2 and 4 are there, 1 and 3 are not: no mark, and both are named."""
    station = town.enrol("one")
    relay = town.hub()
    town.wan.is_down = True
    for _ in range(3):
        town.make_up(station)
    batch = decode_batch(town.ask(station).body)

    def send(event) -> Ack:
        request = HttpRequest(
            method="POST", url=URL + events_path(station.file.station), headers={}, body=encode_batch([event])
        )
        return acks(relay.exchange(station.courier.rounds.sign(request)))[0]

    send(batch[1])
    holes = send(batch[3])
    assert (holes.high, holes.need) == (None, ((1, 1), (3, 3)))
    assert send(batch[0]).high.seq == 2
    filled = send(batch[2])
    assert (filled.high.seq, filled.need) == (4, ())


def test_K4_strangers_and_changed_requests_are_not_served(town):
    """Another station's key, a changed body, another photoservice's address, a station that is not the store's."""
    one, two = town.enrol("one"), town.enrol("two")
    relay = town.hub()
    request = town.ask(one)
    forged = two.courier.rounds.sign(replace(request, headers={}))
    for bad in (
        replace(request, body=request.body[:-1]),
        replace(request, url=request.url.replace("photos.example", "evil.example")),
        replace(request, url=request.url.replace(one.file.station, two.file.station)),
        replace(request, headers={}),
        forged,
    ):
        assert relay.exchange(bad).status == 401
    del town.stations[two.file.station]
    assert relay.exchange(town.ask(two)).status == 401
    assert town.wan.asked == []
    assert town.store.count_owed() == 0


@pytest.mark.parametrize("body", [b"", b"{}", b"\x1f\x8b junk", b"[" * 10_000])
@pytest.mark.parametrize("path", [events_path, hello_path])
def test_K4_what_is_no_batch_and_no_greeting_is_a_problem_and_is_not_kept(town, body, path):
    """Rightly signed nonsense: 400 in the form the station knows."""
    station = town.enrol("one")
    relay = town.hub()
    request = HttpRequest(method="POST", url=URL + path(station.file.station), headers={}, body=body)

    answer = relay.exchange(station.courier.rounds.sign(request))

    assert (answer.status, answer.headers["content-type"]) == (400, "application/problem+json")
    assert town.store.count_owed() == 0


def test_K4_what_the_hub_cannot_answer_is_passed_through_unchanged_or_told_as_503(town):
    """Roster, news, packages, events given back: the photoservice's own answers, or none."""
    station = town.enrol("one")
    relay = town.hub()
    name = station.file.station
    asked = [("GET", f"/sync/v1/stations/{name}/roster"), ("POST", f"/sync/v1/stations/{name}/news")]
    asked += [("GET", f"/sync/v1/stations/{name}/packages?item=x"), ("PUT", f"/sync/v1/stations/{name}/roster")]
    answers = []
    for is_down in (False, True):
        town.wan.is_down = is_down
        for method, path in asked:
            body = b"{}" if method == "POST" else b""
            request = station.courier.rounds.sign(HttpRequest(method=method, url=URL + path, headers={}, body=body))
            answers.append(relay.exchange(request).status)
            if not is_down and method != "PUT":
                assert town.wan.asked[-1] == request

    assert answers == [200, 200, 404, 404, 503, 503, 503, 404]


def test_K4_while_the_line_is_down_the_hub_greets_by_its_own_key_and_names_what_it_holds(town):
    """And only epochs the station itself has named: a hub gives nothing back."""
    station = town.enrol("one")
    relay = town.hub()
    town.wan.is_down = True
    relay.exchange(town.ask(station))
    town.clock.advance(SILENCE_S + 1)

    answer = relay.exchange(town.ask(station, "hello"))

    signed = msgspec.json.decode(answer.body)
    welcome = msgspec.json.decode(signed["text"], type=Welcome)
    assert [(mark.epoch, mark.high.seq) for mark in welcome.epochs] == [(station.journal.epoch, 1)]
    town.wan.is_down = False
    town.clock.advance(SILENCE_S + 1)
    assert relay.exchange(town.ask(station, "hello")).body == town.service.answers[-1].body != answer.body


@pytest.mark.parametrize("status", [200, 302, 404, 500, 503])
def test_K4_a_log_in_page_on_the_hubs_line_is_no_word_of_the_photoservice(town, status):
    """Nothing is taken for an answer: the requests stay owed, the stations are greeted by the hub."""
    station = town.enrol("one")
    relay = town.hub()
    town.wan.instead = HttpResponse(status=status, headers={"content-type": "text/html"}, body=b"<html>log in</html>")

    assert [ack.level for ack in acks(relay.exchange(town.ask(station)))] == ["hub"]
    assert relay.exchange(town.ask(station, "hello")).status == 200
    forwarded = relay.forward_some()

    assert (forwarded.answered, forwarded.left) == (0, 1)
    assert forwarded.reason


def test_K4_a_station_that_the_photoservice_turns_away_holds_up_no_other(town):
    """Its requests stay owed, in their order; the other's go."""
    one, two = town.enrol("one"), town.enrol("two")
    relay = town.hub()
    town.wan.is_down = True
    for station in (one, two):
        relay.exchange(town.ask(station))
    problem = HttpResponse(status=401, headers={"content-type": "application/problem+json"}, body=b"{}")

    @dataclass
    class Bouncer:
        def exchange(self, request: HttpRequest) -> HttpResponse:
            return problem if one.file.station in request.url else town.service.exchange(request)

    relay.upstream = replace(relay.upstream, channel=Bouncer())
    forwarded = relay.forward_some()

    assert (forwarded.answered, forwarded.left, forwarded.reason) == (1, 1, "")
    assert {event.station for event in town.service.applied} == {two.file.station}


def test_K4_while_the_line_is_silent_no_station_waits_for_it_again_and_again(town):
    """After one try that nobody answered, five seconds of answers by the hub alone."""
    station = town.enrol("one")
    relay = town.hub()
    town.wan.is_down = True
    for _ in range(10):
        relay.exchange(town.ask(station, "hello"))
    assert len(town.wan.asked) == 1
    town.clock.advance(SILENCE_S)
    relay.exchange(town.ask(station, "hello"))
    assert len(town.wan.asked) == 2


def test_K4_the_hub_forwards_a_few_at_a_time_and_says_what_is_left(town):
    """So that whoever drives it can do something else between."""
    station = town.enrol("one")
    relay = town.hub()
    town.wan.is_down = True
    for _ in range(4):
        relay.exchange(town.ask(station))
        town.make_up(station)
    town.wan.is_down = False

    steps = [relay.forward_some(limit=3), relay.forward_some(limit=3), relay.forward_some(limit=3)]

    assert [(step.answered, step.left) for step in steps] == [(3, 1), (1, 0), (0, 0)]
    assert [event.seq for event in town.service.applied] == [1, 2, 3, 4]


def test_K4_the_photoservice_greets_only_when_nothing_of_the_station_waits_at_the_hub(town):
    """What came up after the greeting, from a life the station forgot, would look like a twin's."""
    station = town.enrol("one")
    relay = town.hub()
    town.wan.is_down = True
    for _ in range(AT_ONCE + 2):
        relay.exchange(town.ask(station))
        town.make_up(station)
    town.wan.is_down = False
    town.clock.advance(SILENCE_S + 1)

    keys = []
    for _ in range(2):
        answer = relay.exchange(town.ask(station, "hello"))
        keys.append((msgspec.json.decode(answer.body)["key"], len(town.service.applied)))

    hub, service = key_id(town.key.public), key_id(town.service.sign_key.public)
    assert keys == [(hub, AT_ONCE), (service, AT_ONCE + 2)]


def test_K4_a_station_that_is_turned_away_hears_it_from_the_photoservice(town):
    """Its requests wait at the hub for ever; its greeting is not held back for them."""
    station = town.enrol("one")
    relay = town.hub()
    town.wan.is_down = True
    relay.exchange(town.ask(station))
    town.wan.is_down = False
    town.clock.advance(SILENCE_S + 1)
    headers = {"content-type": "application/problem+json"}
    town.wan.instead = HttpResponse(status=401, headers=headers, body=b"{}")

    assert relay.exchange(town.ask(station, "hello")).status == 401


def test_K4_once_answered_the_hub_keeps_the_word_and_not_what_was_sealed(town):
    """Headers and body go, securely; the words are dropped ninety days after, by the photoservice's own time."""
    station = town.enrol("one")
    relay = town.hub()
    town.make_up(station)
    relay.exchange(town.ask(station))
    look = "select count(*) from sent where body is not null or headers is not null"
    assert town.store._writer.read(lambda db: db.execute(look).fetchone()) == (0,)
    assert town.store.prune() == 0

    town.clock.advance(91 * 86_400)
    town.make_up(station)
    relay.exchange(town.ask(station))

    assert town.store.prune() == 1
    assert town.store._writer.read(lambda db: db.execute("select count(*) from sent").fetchone()) == (1,)


def test_K4_a_hub_whose_store_fails_is_in_nobodys_way(town):
    """It stores nothing and promises nothing; what comes and goes is passed through."""
    station = town.enrol("one")
    relay = town.hub()

    class Broken:
        def __getattr__(self, name):
            def down(*_args, **_more):
                raise JournalDown("the disk failed")

            return down

    relay.store = Broken()
    answer = relay.exchange(town.ask(station))
    assert [ack.level for ack in acks(answer)] == ["photoservice"]
    town.wan.is_down = True
    assert relay.exchange(town.ask(station)).status == 503


def test_K4_the_hubs_database_is_one_writers_and_nobody_elses(town, tmp_path):
    """Its own mark in the header, every PRAGMA read back, one process at a time."""
    town.hub()
    with pytest.raises(JournalBusy):
        SqliteStore(tmp_path / "hub")
    with pytest.raises(JournalDamaged, match="no journal"):
        open_database(tmp_path / "hub" / DATABASE)
    found = town.store._writer.read(
        lambda db: (db.pragma("synchronous"), db.pragma("journal_mode"), db.pragma("application_id"))
    )
    assert found == (2, "wal", SCHEMA.application_id)


def lost_after_cuts(town, pragmas, cuts: int) -> int:
    """Cut the hub's power at many points of an evening, and count events it had acknowledged and has no more."""
    station = town.enrol("one")
    town.wan.is_down = True
    requests = []
    for _ in range(4):
        requests.append(town.ask(station))
        town.make_up(station)

    def evening(name: str, disk: FailingDisk) -> dict[str, HttpRequest]:
        said: dict[str, HttpRequest] = {}
        store = SqliteStore(town.folder / name, vfs=disk.name, pragmas=pragmas)
        try:
            relay = town.hub(store)
            for request in requests:
                answer = relay.exchange(request)
                if answer.status == 200:
                    said |= {one.id: request for ack in acks(answer) for one in ack.verdicts}
        finally:
            store.close()
        town.store = None
        return said

    whole = FailingDisk("hub-whole", SeededEntropy(0))
    evening("whole", whole)
    whole.unregister()
    lost = 0
    for index in range(cuts):
        cut = 1 + whole.operations * index // cuts
        disk = FailingDisk(f"hub-{cut}", SeededEntropy(cut))
        disk.cut_at = cut
        said: dict[str, HttpRequest] = {}
        with suppress(JournalDown):
            said = evening(f"cut-{cut}", disk)
        disk.unregister()
        after = FailingDisk(f"hub-after-{cut}", SeededEntropy(cut), disk.survivors())
        store = SqliteStore(town.folder / f"cut-{cut}", vfs=after.name)
        kept = {event.id for owed in store.owed(limit=100) for event in decode_batch(owed.request.body)}
        lost += len(said.keys() - kept)
        assert all(owed.request in requests for owed in store.owed(limit=100))
        store.close()
        after.unregister()
    return lost


def test_K4_what_the_hub_has_acknowledged_survives_every_power_cut_unchanged(town):
    """Sixty cuts through an evening: each acknowledged event is there, in the very request the station signed."""
    assert lost_after_cuts(town, PRAGMAS, 60) == 0


def test_K4_the_same_cuts_with_synchronous_normal_are_caught(town):
    """The control, without which the test above would prove nothing."""
    assert lost_after_cuts(town, NORMAL, 60) > 0
