"""What became of a claim after its ack reaches its station, once and surely (DESIGN 5C; two stores, one package)."""

import random
import threading

import msgspec
import pytest

from photocore.codes import mint_claim_code
from photocore.events import born_at
from photocore.host import SystemEntropy
from photocore.keys import SigningKey
from photocore.wire import NewsRequest, ToldNews, encode, events_path, news_path
from photoservice.intake.retry import retry_parked
from photoservice.registrations import load_roots, outcome_of
from photoservice.testing import running_service

CARDS = tuple(f"95211410000000{n:04}" for n in range(1, 9))
OTHER = "9521141000014"
ENTROPY = SystemEntropy()


def told(ack, event):
    return next(v.outcome for v in ack.verdicts if v.id == event.id)


def words(news):
    return {claim: one.outcome.word for claim, one in news.items()}


def test_O6_two_stores_one_package_both_ends_are_told_contested(world):
    """The second store hears it in its ack, the first by news; after the second withdraws, both are told again."""
    package, _ = world.pack("NEWS0001")
    one, two = world.station(), world.station(OTHER)
    a = one.claim(package, CARDS[0])
    assert told(one.send(), a).word == "registered"
    assert one.drain_news() == {}

    b = two.claim(package, CARDS[1])
    assert told(two.send(), b).word == "contested"
    assert words(one.drain_news()) == {a.id: "contested"}
    assert two.drain_news() == one.drain_news() == {}

    two.withdraw(b)
    two.send(two.events[-1])
    assert words(one.drain_news()) == {a.id: "registered"}
    assert words(two.drain_news()) == {b.id: "withdrawn"}


def test_O6_news_are_told_until_the_station_says_it_has_them(world):
    """An answer that is lost is asked for again; only what was named as stored is not told again."""
    package, _ = world.pack("NEWS0002")
    one, two = world.station(), world.station(OTHER)
    a = one.claim(package, CARDS[0])
    one.send()
    two.claim(package, CARDS[1])
    two.send()

    first, again = one.ask_news(), one.ask_news()
    assert first == again
    (news,) = first
    assert one.ask_news(ToldNews(claim=a.id, version=news.version - 1)) == first
    assert one.ask_news(ToldNews(claim=a.id, version=news.version + 7)) == first
    assert one.ask_news(ToldNews(claim=a.id, version=2**80)) == first
    assert one.ask_news(ToldNews(claim="0" * 32, version=1)) == first
    assert one.ask_news(ToldNews(claim=a.id, version=news.version)) == ()
    assert one.ask_news() == ()


def test_O11_a_list_that_comes_and_a_confirmation_are_news(world, station, builders):
    """From waiting to registered; a later unproven claim elsewhere opens a case and changes nothing for the first."""
    package, rolls = builders.package_id("NEWS0003"), builders.roll_ids("NEWS0003")
    claim = station.claim(package)
    assert told(station.send(), claim).word == "waiting"
    world.pack("NEWS0003")
    (news,) = station.drain_news().values()
    assert (news.outcome.word, news.outcome.rolls) == ("registered", tuple(rolls))

    world.clock.advance(49 * 3600)
    assert world.running.settle() == 1
    other = world.station(OTHER)
    late = other.claim(package, CARDS[3])
    assert told(other.send(), late).word == "case"
    assert station.drain_news() == {}


def test_O11_who_loses_to_a_claim_code_is_told(world, station):
    """The other has proved it: the first is told that it is refused, and the label is worth nothing."""
    package, rolls = world.pack("NEWS0004")
    code = mint_claim_code(ENTROPY)
    assert world.codes(package, {rolls[0]: code}).ok
    first = station.claim(package, CARDS[0])
    station.send()
    other = world.station(OTHER)
    other.claim(package, CARDS[1], claim_code=code)
    other.send()
    (news,) = station.drain_news().values()
    assert (news.claim, news.outcome.word in ("refused", "case")) == (first.id, True)


def test_O6_an_ack_that_tells_an_older_outcome_leaves_the_newer_owed(world):
    """The reply of the first batch was lost; what its repetition tells is not told as news again."""
    package, _ = world.pack("NEWS0005")
    one, two = world.station(), world.station(OTHER)
    a = one.claim(package, CARDS[0])
    one.send()
    two.claim(package, CARDS[1])
    two.send()
    assert told(one.send(a), a).word == "contested"
    assert one.drain_news() == {}


def test_O6_more_news_than_one_answer_holds_come_in_the_next(world):
    """At most 200 in one answer, the oldest change first."""
    packages = [f"(01)09521141012345(21)MANY{n:05}" for n in range(230)]
    one, two = world.station(), world.station(OTHER)
    for station, card in ((one, CARDS[0]), (two, CARDS[1])):
        for package in packages:
            station.claim(package, card)
        for start in range(0, len(station.events), 100):
            station.send(*station.events[start : start + 100])

    first = one.ask_news()
    assert len(first) == 200
    assert {n.claim for n in first[:99]} == {e.id for e in one.events[1:100]}
    assert len(one.drain_news()) == 230


def test_K4_a_restored_station_is_told_again_what_became_of_the_claims_it_gets_back(world):
    """Its disk was last night's: events and news of them are owed again, and nobody else's."""
    package, _ = world.pack("NEWS0006")
    one, two = world.station(), world.station(OTHER)
    a = one.claim(package, CARDS[0])
    one.send()
    two.claim(package, CARDS[1])
    two.send()
    assert words(one.drain_news()) == {a.id: "contested"}

    back = one.request("GET", f"{events_path(one.id)}?epoch={one.epoch}&first=2")
    assert back.status_code == 200

    assert words(one.drain_news()) == {a.id: "contested"}
    assert two.drain_news() == {}


def test_K4_a_handshake_that_forgets_what_we_hold_is_owed_all_news_again(world):
    """A whole station's memory of news went with its disk; one that names all it has is owed nothing."""
    package, _ = world.pack("NEWS0007")
    one, two = world.station(), world.station(OTHER)
    a = one.claim(package, CARDS[0])
    one.send()
    two.claim(package, CARDS[1])
    two.send()
    assert len(one.drain_news()) == 1
    one.hello()
    assert one.drain_news() == {}

    kept, one.events = one.events, one.events[:1]
    one.hello()
    assert words(one.drain_news()) == {a.id: "contested"}
    one.events = kept


def test_K4_events_that_came_back_and_are_sent_without_their_boxes_are_answered_with_their_outcome(world, station):
    """A restored station learns verdict, cause and outcome of each; parked ones and forks are given back, too."""
    package, _ = world.pack("NEWS0008")
    claim = station.claim(package)
    parked = station.claim(package, store=OTHER)
    station.send()

    path = f"{events_path(station.id)}?epoch={station.epoch}&first=1"
    lines = station.request("GET", path).content.splitlines()
    events = [msgspec.json.decode(line, type=type(claim)) for line in lines]
    assert [e.id for e in events] == [station.events[0].id, claim.id, parked.id]
    assert events[1].sealed.box is None

    ack = station.send(*events)
    assert [(v.verdict.value, v.cause) for v in ack.verdicts] == [
        ("duplicate", ""),
        ("duplicate", ""),
        ("parked", "other_store"),
    ]
    assert told(ack, claim).word == "registered"


def test_O1_a_parked_claim_that_counts_after_all_is_news(world, station):
    """The ack said parked; the release and retry that followed reach the station as news."""
    package, _ = world.pack("NEWS0009")
    station.send()
    world.running.do(lambda s: s.run("stations.stop", station.id, world.clock.now(), "a drill"))
    claim = station.claim(package)
    station.send(claim)
    world.running.do(lambda s: s.run("stations.release", station.id))
    world.running.run(retry_parked(world.running.service.receiver, station.id))
    assert words(station.drain_news()) == {claim.id: "registered"}


def test_attack_A17_news_are_for_the_station_itself_and_none_for_a_revoked_one(world, station):
    """Another station's signature, none at all, a changed body, a revoked key: 401."""
    other = world.station()
    body = encode(NewsRequest())
    path = news_path(station.id)

    def change(request):
        request.body = body + b" "
        request.headers["Content-Length"] = str(len(request.body))

    replies = [
        other.post(path, body),
        station.post(path, body, key=SigningKey(seed=b"k" * 32)),
        station.post(path, body, tamper=change),
    ]
    assert [reply.status_code for reply in replies] == [401] * 3
    world.running.do(lambda s: s.run("stations.revoke", station.id, world.clock.now()))
    assert station.post(path, body).status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{",
        b'{"told":[{"claim":"x","version":1}]}',
        b'{"told":[{"claim":"' + b"0" * 32 + b'","version":0}]}',
        b'{"told":[' + b",".join([b'{"claim":"' + b"0" * 32 + b'","version":1}'] * 201) + b"]}",
    ],
)
def test_attack_A29_a_body_that_asks_for_no_news_is_a_problem(lasting_station, body):
    """Told, and no fault of ours."""
    assert lasting_station.post(news_path(lasting_station.id), body).status_code == 400


def test_attack_A29_a_body_beyond_all_news_is_refused(station):
    """Too large to be a question."""
    assert station.post(news_path(station.id), b" " * 60_000).status_code == 413


def settled_outcomes(world, station):
    """Return what the projection says of each of a station's claims, freshly computed."""
    roots = [row["root"] for row in world.sql("select distinct root from claim where station = $1", station.id)]
    known = world.running.do(lambda s: load_roots(s, roots))
    return {
        name.partition("/")[2]: outcome_of(root, name)
        for root in known.values()
        for name in root.claims
        if name.startswith(f"{station.id}/")
    }


@pytest.mark.parametrize("seed", range(6))
def test_O6_after_everything_settled_and_news_drained_every_station_knows_what_stands(world, seed):
    """Any history of claims, lists, codes, withdrawals and confirmations, with answers lost at random (DESIGN 5C)."""
    chance = random.Random(seed)
    stations = [world.station(store) for store in ("9521141000007", OTHER, OTHER)]
    known = [{} for _ in stations]
    serials = [f"PROP{seed}{n:03}" for n in range(4)]
    items = [(s, f"(01)09521141012345(21){s}") for s in serials]
    packed, claims = set(), []
    for station in stations:
        station.send()

    def hear(n, ack):
        for v in ack.verdicts:
            if v.outcome is not None:
                known[n][v.id] = v.outcome

    def take_news(n):
        for news in stations[n].ask_news():
            known[n][news.claim] = news.outcome
            if chance.random() < 0.7:
                stations[n].ask_news(ToldNews(claim=news.claim, version=news.version))

    for _ in range(30):
        n = chance.randrange(3)
        serial, item = chance.choice(items)
        match chance.choice(["claim", "claim", "claim", "pack", "withdraw", "settle", "news", "again"]):
            case "claim":
                claims.append((n, stations[n].claim(item, chance.choice(CARDS[:3]))))
                hear(n, stations[n].send(stations[n].events[-1]))
            case "pack" if serial not in packed:
                packed.add(serial)
                world.pack(serial)
            case "withdraw" if claims:
                m, claim = claims.pop(chance.randrange(len(claims)))
                stations[m].withdraw(claim)
                stations[m].send(stations[m].events[-1])
            case "settle":
                world.clock.advance(25 * 3600)
                world.running.settle()
            case "again" if claims:
                m, claim = chance.choice(claims)
                hear(m, stations[m].send(claim))
            case _:
                take_news(n)

    for n, station in enumerate(stations):
        known[n] |= {claim: news.outcome for claim, news in station.drain_news().items()}
        assert known[n] == settled_outcomes(world, station)


def test_O6_no_news_are_lost_while_everybody_speaks_at_once(world):
    """Four stations claim, withdraw and ask at the same moment; in the end each knows what stands."""
    packages = [world.pack(f"CONC00{n:02}")[0] for n in range(6)]
    stations = [world.station() for _ in range(4)]
    known = [{} for _ in stations]
    failed = []
    for station in stations:
        station.send()

    def run(n):
        chance = random.Random(n)
        station = stations[n]
        mine = []
        try:
            for _ in range(12):
                mine.append(station.claim(chance.choice(packages), CARDS[n]))
                if chance.random() < 0.4:
                    station.withdraw(mine.pop(chance.randrange(len(mine))))
                ack = station.send(*station.events[-2:])
                known[n] |= {v.id: v.outcome for v in ack.verdicts if v.outcome is not None}
                for news in station.ask_news():
                    known[n][news.claim] = news.outcome
                    station.ask_news(ToldNews(claim=news.claim, version=news.version))
        except BaseException as why:
            failed.append(why)
            raise

    threads = [threading.Thread(target=run, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    for n, station in enumerate(stations):
        known[n] |= {claim: news.outcome for claim, news in station.drain_news().items()}
        assert known[n] == settled_outcomes(world, station)


def test_O6_news_after_the_service_was_put_back_are_newer_than_what_it_forgot(
    scratch, database, settings, clock, builders
):
    """A station passes over what is older than it knows: what happens after our restore must reach it."""
    one, two = (builders.Station(url="", clock=clock, store=gln) for gln in (builders.STORE, OTHER))
    with running_service(database, settings.folder, clock=clock, settings=settings) as running:
        for station in (one, two):
            running.add_store(station.store, "Corner Photo")
            station.url = running.url
            station.enrol(running.enrol_code(station.store))
            station.open_epoch()
        made = one.make_up()
        a = one.claim(made.package, CARDS[0])
        one.send()
        two.send()
    backup = scratch.copy(database)
    with running_service(database, settings.folder, clock=clock, settings=settings) as running:
        one.url = two.url = running.url
        b = two.claim(made.package, CARDS[1])
        two.send()
        contested = one.drain_news()[a.id]
        two.withdraw(b)
        two.send(two.events[-1])
        registered = one.drain_news()[a.id]
        assert (contested.outcome.word, registered.outcome.word) == ("contested", "registered")
    clock.advance(600)
    with running_service(backup, settings.folder, clock=clock, settings=settings) as running:
        one.url = two.url = running.url
        two.claim(made.package, CARDS[2])
        two.send()
        news = one.drain_news()[a.id]
        assert news.outcome.word == "contested"
        assert news.version > registered.version > contested.version
    scratch.drop(backup)


def test_S6_who_is_told_of_a_contest_is_told_from_where_since_when_and_what_proves_it(world):
    """Stations, times and proofs in the order the claims came; no account of anybody else and no card."""
    package, _ = world.pack("NEWSEVID")
    one, two = world.station(), world.station(OTHER)
    a = one.claim(package, CARDS[0])
    assert told(one.send(), a).evidence == ()
    b = two.claim(package, CARDS[1])
    evidence = told(two.send(), b).evidence
    assert [(claim.station, claim.proof) for claim in evidence] == [(one.id, "none"), (two.id, "none")]
    assert [claim.at for claim in evidence] == [born_at(a.id), born_at(b.id)]
    assert one.drain_news()[a.id].outcome.evidence == evidence
    two.withdraw(b)
    two.send(two.events[-1])
    assert one.drain_news()[a.id].outcome.evidence == ()
