"""The sync protocol against a station that misbehaves in every way (O1, DESIGN 5E): nothing lost, nothing twice."""

import gzip
import threading
import zlib

import msgspec
import pytest
import requests

from photocore.events import Prev, decode_event, event_hash, sign_event
from photocore.keys import SigningKey
from photocore.kinds import ClaimWithdrawn, EpochOpened
from photocore.wire import Verdict, encode_batch, events_path, hello_path, packages_path, roster_path
from photoservice.intake.retry import retry_parked


def verdicts(ack):
    return [v.verdict.value for v in ack.verdicts]


def counts(world):
    (row,) = world.sql(
        "select (select count(*) from event) as events, (select count(*) from claim) as claims,"
        " (select count(*) from account) as accounts, (select count(*) from registration) as registrations"
    )
    return row


def test_O1_a_batch_whose_reply_was_lost_is_a_duplicate_and_a_success(world, station):
    """Sent again, once or ten times: the same verdicts by name, the same outcome, and nothing twice."""
    package, _ = world.pack("LOST0001")
    station.claim(package)
    first = station.send()
    before = counts(world)

    again = [station.send() for _ in range(3)]

    assert verdicts(first) == ["applied", "applied"]
    for ack in again:
        assert verdicts(ack) == ["duplicate", "duplicate"]
        assert ack.verdicts[1].outcome == first.verdicts[1].outcome
        assert ack.high == first.high
    assert counts(world) == before


def test_O1_the_same_batch_at_the_same_moment_is_applied_once(world, station):
    """Doubled by the network: one of them applies, the other is told duplicate."""
    package, _ = world.pack("TWIN0001")
    station.claim(package)
    acks = []
    threads = [threading.Thread(target=lambda: acks.append(station.send())) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(verdicts(ack)[1] for ack in acks) == ["applied", *["duplicate"] * 5]
    assert counts(world)["claims"] == 1


def test_O1_the_high_mark_never_passes_a_hole_and_the_gap_is_told(world, station):
    """Highest contiguous, not highest seen; a late event closes the hole."""
    for n in range(4):
        station.claim(f"(01)09521141012345(21)HOLE000{n}")
    opened, a, b, c, d = station.events

    assert station.send(opened, a, d).need == ((3, 4),)
    assert station.send(c).high.seq == 2
    ack = station.send(b)
    assert (ack.high.seq, ack.high.hash, ack.need) == (5, event_hash(d), ())


def test_O1_an_event_changed_in_any_way_is_parked_and_does_not_block(world, station):
    """A forged signature, a moved box, another station's name: parked with a reason; the rest applies."""
    package, _ = world.pack("FORGE001")
    other = world.station()
    good = station.claim(package)
    forged = station.claim(package, signer=SigningKey(seed=b"x" * 32))
    moved = sign_event(msgspec.structs.replace(station.claim(package), sealed=good.sealed), station.key)
    station.events[-1] = moved
    foreign = sign_event(msgspec.structs.replace(station.claim(package), station=other.id), station.key)
    station.events[-1] = foreign
    last = station.claim(package)

    ack = station.send()

    assert verdicts(ack) == ["applied", "applied", "parked", "parked", "parked", "applied"]
    reasons = [v.reason for v in ack.verdicts]
    assert "signed" in reasons[2]
    assert "another event" in reasons[3]
    assert other.id in reasons[4]
    assert ack.high.seq == 6
    assert ack.verdicts[1].outcome.word == "registered"
    assert verdicts(station.send(forged, last)) == ["parked", "duplicate"]
    kept = world.sql("select line from event where id = $1", forged.id)[0]["line"]
    assert decode_event(bytes(kept)).secrets.box is not None  # a parked event loses nothing


def test_O1_lines_that_are_no_events_are_parked_or_kept_and_do_not_block(world, station):
    """Half a line, an unknown field, no ID at all: neighbours are applied, and nothing is thrown away."""
    package, _ = world.pack("LINES001")
    claim = station.claim(package)
    opened, good = (msgspec.json.encode(e) for e in (station.events[0], claim))
    odd = (
        good.replace(b'"v":1', b'"v":1,"extra":true')
        .replace(b'"seq":2', b'"seq":3')
        .replace(claim.id.encode(), b"a" * 32)
    )
    body = gzip.compress(b"\n".join([opened, good, odd, b'{"half', b"[]"]))

    ack = station.send(body=body)

    assert verdicts(ack) == ["applied", "applied", "parked"]
    assert "unreadable" in ack.verdicts[2].reason
    assert len(world.sql("select * from unreadable_line")) == 2
    assert verdicts(station.send(body=body)) == ["duplicate", "duplicate", "parked"]
    assert len(world.sql("select * from unreadable_line")) == 2


def test_O1_a_poison_value_that_only_the_database_refuses_is_parked_alone(world, station):
    """A NUL in a text passes every form and no database: that event is parked, its neighbours are applied."""
    package, _ = world.pack("POISON01")
    claim = station.claim(package)
    station.write(EpochOpened(software="\x00"))
    undo = station.withdraw(claim)

    ack = station.send()

    assert verdicts(ack) == ["applied", "applied", "parked", "applied"]
    assert ack.high.seq == undo.seq
    assert verdicts(station.send()) == ["duplicate", "duplicate", "parked", "duplicate"]


def test_O1_an_id_or_a_place_used_twice_is_a_fork_kept_and_the_station_held(world, station):
    """Both branches are kept, the alarm counts, and what follows is parked until a person has looked."""
    package, _ = world.pack("FORK0001")
    claim = station.claim(package)
    station.send()
    station.events.pop()
    twin = station.claim(package, "952114100000000025", id_=claim.id)

    ack = station.send(twin)
    assert verdicts(ack) == ["fork"]
    assert verdicts(station.send(twin)) == ["fork"]

    after = station.claim(package)
    assert verdicts(station.send(after)) == ["fork"]  # it follows the branch that is not ours
    assert len(world.sql("select * from event_fork")) == 1
    assert "twincheck_forks_total 2.0" in requests.get(f"{world.url}/metrics", timeout=30).text
    assert world.sql("select held_why from station where id = $1", station.id)[0]["held_why"]
    assert world.registration(package)["claims"] == [f"{station.id}/{claim.id}"]


def test_O1_after_a_fork_the_station_is_held_and_its_events_are_parked(world, station):
    """A clone cannot go on registering; released, the station goes on."""
    package, _ = world.pack("CLONE001")
    claim = station.claim(package)
    station.send()
    clone = msgspec.structs.replace(claim, at="2026-11-21T10:00:00.000Z")
    assert verdicts(station.send(sign_event(clone, station.key))) == ["fork"]

    later = station.claim(package)
    assert verdicts(station.send(later)) == ["parked"]

    world.running.do(lambda s: s.run("stations.release", station.id))
    assert verdicts(station.send(station.claim(package))) == ["applied"]


def test_O1_a_released_stations_parked_events_are_tried_again_and_count(world, station):
    """Nothing parked is lost: released by a person, what was sent meanwhile registers like the rest."""
    package, rolls = world.pack("RETRY001")
    station.send()
    world.running.do(lambda s: s.run("stations.stop", station.id, world.clock.now(), "a drill"))
    claim = station.claim(package)
    undone = station.claim(package, "952114100000000025")
    station.withdraw(undone)
    bad = station.claim(package, store="9521141000014")
    assert verdicts(station.send()) == ["duplicate", *["parked"] * 4]
    world.running.do(lambda s: s.run("stations.release", station.id))

    done = world.running.run(retry_parked(world.running.service.receiver, station.id))

    assert (done.applied, done.parked) == (3, 1)
    ack = station.send(claim, undone, bad)
    assert [v.verdict.value for v in ack.verdicts] == ["duplicate", "duplicate", "parked"]
    assert ack.verdicts[0].outcome.word == "registered"
    assert ack.verdicts[0].outcome.rolls == tuple(rolls)
    assert ack.verdicts[1].outcome.word == "withdrawn"


def test_O1_a_chain_that_does_not_follow_is_a_fork(world, station):
    """A cloned disk that went on by itself shows in the first hash that does not fit."""
    a = station.claim("(01)09521141012345(21)CHAIN001")
    station.send()
    wrong = Prev(epoch=a.epoch, seq=a.seq, hash="0" * 64)
    b = station.claim("(01)09521141012345(21)CHAIN002", prev=wrong)
    assert verdicts(station.send(b)) == ["fork"]
    assert world.sql("select verdict from event where id = $1", b.id)[0]["verdict"] == "fork"


def test_O1_a_station_may_write_for_its_own_store_and_its_own_claims_only(world, station):
    """BOLA: another store's claim and another station's claim are parked, never applied."""
    package, _ = world.pack("BOLA0001")
    other = world.station("9521141000014")
    theirs = other.claim(package)
    other.send()

    foreign = station.claim(package, store="9521141000014")
    undo = station.withdraw(theirs)

    ack = station.send()
    assert verdicts(ack) == ["applied", "parked", "parked"]
    assert "9521141000014" in ack.verdicts[1].reason
    assert "another station" in ack.verdicts[2].reason
    assert world.registration(package)["claims"] == [f"{other.id}/{theirs.id}"]
    assert foreign.id
    assert undo.id


def test_O1_a_revoked_stations_events_are_parked_never_dropped(world, station):
    """Its requests for data are refused; what it still brings is kept and signed for."""
    package, _ = world.pack("REVOKE01")
    claim = station.claim(package)
    world.running.do(lambda s: s.run("stations.revoke", station.id, world.clock.now()))

    ack = station.send()

    assert verdicts(ack) == ["parked", "parked"]
    assert "revoked" in ack.verdicts[1].reason
    assert len(world.sql("select * from event where verdict = 'parked'")) == 2
    assert world.registration(package) is None
    assert station.roster().status_code == station.look_up(package).status_code == 401
    assert claim.id


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"hello", 400),
        (gzip.compress(b""), 400),
        (gzip.compress(b"\n\n"), 400),
        (gzip.compress(b'{"a":1}\n' * 201), 400),
        (gzip.compress(b"\x00" * 50_000_000), 400),
        (zlib.compress(b"x"), 400),
        (gzip.compress(b"x" * 2_000_000)[:-10], 400),
        (b"\x1f" * 1_200_000, 413),
    ],
)
def test_attack_A29_a_body_that_is_no_batch_is_a_problem(lasting_world, lasting_station, body, status):
    """No gzip, a bomb of 50 MB, a cut one, too large a body: told, and nothing is kept."""
    reply = lasting_station.post(events_path(lasting_station.id), body)
    assert reply.status_code == status, reply.text
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert lasting_world.sql("select * from event") == []


def test_O1_events_of_two_epochs_are_no_batch(world, station):
    """One epoch a batch: the ack names one."""
    other = world.station()
    body = encode_batch([station.events[0], msgspec.structs.replace(other.events[0], station=station.id)])
    assert station.post(events_path(station.id), body).status_code == 400


def test_attack_A17_only_the_station_itself_can_speak_for_it(world, station):
    """Wrong key, another's key, unknown station, no signature, a changed body or path: 401, one answer for all."""
    other = world.station()
    body = encode_batch(station.events)
    path = events_path(station.id)

    def change_body(request):
        request.body = body + b"\n"
        request.headers["Content-Length"] = str(len(request.body))

    def change_path(request):
        request.url = request.url.replace(station.id, other.id)

    def drop(name):
        def tamper(request):
            del request.headers[name]

        return tamper

    replies = [
        station.post(path, body, key=SigningKey(seed=b"k" * 32)),
        other.post(path, body),
        station.post(events_path("ST-NOBODY00"), body, key_id="ST-NOBODY00"),
        station.post(path, body, tamper=change_body),
        station.post(path, body, tamper=change_path),
        station.post(path, body, tamper=drop("Signature")),
        station.post(path, body, tamper=drop("Content-Digest")),
        requests.post(world.url + path, data=body, timeout=30),
    ]
    assert [reply.status_code for reply in replies] == [401] * len(replies)
    assert len({reply.json()["detail"] for reply in replies}) == 1
    assert world.sql("select * from event") == []


def test_attack_A18_every_station_route_refuses_another_station(world, station):
    """BOLA over all routes of /sync/v1: another station's key opens none of them."""
    other = world.station()
    for method, path in (
        ("POST", hello_path(station.id)),
        ("POST", events_path(station.id)),
        ("GET", roster_path(station.id)),
        ("GET", packages_path(station.id) + "?item=x"),
        ("GET", events_path(station.id) + "?epoch=" + "0" * 16),
    ):
        body = b"{}" if method == "POST" else b""
        assert other.request(method, path, body).status_code == 401, path


def test_O1_a_stations_clock_a_year_off_is_measured_and_not_refused(world, station):
    """A dead battery must not stop a store."""
    from datetime import timedelta

    wrong = world.station()
    wrong.clock = type(world.clock)(world.clock.now() - timedelta(days=400))
    wrong.claim("(01)09521141012345(21)CLOCK001")
    assert verdicts(wrong.send()) == ["applied", "applied"]
    (row,) = world.sql("select skew_s from station where id = $1", wrong.id)
    assert abs(row["skew_s"] + 400 * 86400) < 5


def test_O1_the_handshake_tells_marks_gaps_and_epochs_a_restored_station_forgot(world, station):
    """An epoch the station does not name tells it that it was restored; its events can be had back."""
    for n in range(3):
        station.claim(f"(01)09521141012345(21)HELLO00{n}")
    station.send(station.events[0], station.events[1], station.events[3])
    told = station.hello()["epochs"]
    assert told == [
        {"epoch": station.epoch, "high": {"seq": 2, "hash": event_hash(station.events[1])}, "need": [[3, 3]]}
    ]

    forgotten = station.epoch
    station.send(station.events[2])
    old = list(station.events)
    station.epoch, station.events = "ab" * 8, []
    station.open_epoch()
    said = {epoch["epoch"]: epoch for epoch in station.hello()["epochs"]}
    assert said[forgotten]["high"]["seq"] == 4
    assert said[station.epoch]["high"] is None

    back = station.request("GET", f"{events_path(station.id)}?epoch={forgotten}&first=2")
    events = [decode_event(line) for line in back.content.splitlines()]
    assert [event_hash(event) for event in events] == [event_hash(event) for event in old[1:]]
    assert all(event.sealed.box is None for event in events)


def test_O1_a_handshake_with_another_history_holds_the_station(world, station):
    """The same place, another hash: somebody else has lived this life."""
    station.send()
    station.events[0] = msgspec.structs.replace(station.events[0], at="2026-11-21T10:00:00.000Z")
    station.hello()
    assert "another history" in world.sql("select held_why from station")[0]["held_why"]


def test_O1_a_kind_this_service_does_not_know_is_parked(world, station):
    """A newer station may be ahead of us; its event waits."""

    class SomethingNew(ClaimWithdrawn):
        pass

    station.write(SomethingNew(claim="0" * 32, item="TCP-x", by="staff"))
    ack = station.send()
    assert verdicts(ack) == ["applied", "parked"]
    assert ack.high.seq == 2


def test_O1_the_ack_names_this_very_request(world, station):
    """An ack of another batch, station or epoch proves nothing; Verdict is per event and in order."""
    ack = station.send()
    assert ack.level == "photoservice"
    assert ack.verdicts[0].verdict is Verdict.APPLIED
    assert [(v.id, v.seq) for v in ack.verdicts] == [(e.id, e.seq) for e in station.events]


def test_O1_full_batches_of_many_stations_at_once_lose_nothing(world):
    """Four stations, the same packages in other orders, at the same moment: every claim is kept, no deadlock shows."""
    packages = [world.pack(f"MANY00{n:02}")[0] for n in range(12)]
    stations = [world.station() for _ in range(4)]
    for n, one in enumerate(stations):
        for package in packages[n:] + packages[:n]:
            one.claim(package, f"95211410000000{n}018"[:18])
    failed = []

    def run(one):
        try:
            assert set(verdicts(one.send())) == {"applied"}
        except AssertionError as why:
            failed.append(why)

    threads = [threading.Thread(target=run, args=(one,)) for one in stations]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []
    assert counts(world) == {"events": 52, "claims": 48, "accounts": 4, "registrations": 12}
    assert {r["word"] for r in world.sql("select word from registration")} == {"contested"}
