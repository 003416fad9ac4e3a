"""The courier's rules against a photoservice that verifies, judges and signs, and fails on command."""

import zlib
from datetime import datetime, timedelta

import msgspec
import pytest
from structlog.testing import capture_logs

from photocore.errors import SignatureBroken
from photocore.events import decode_event, verify_event
from photocore.ids import ItemId
from photocore.kinds import ClaimWithdrawn
from photocore.roster import PackageFacts
from photocore.seams import HttpResponse
from photocore.wire import MAX_BATCH_EVENTS, Ack, Mark, SyncAnswer, decode_answer, encode, sign_ack
from sync import outbox
from sync.delivery import Delivery
from sync.errors import AnswerRefused
from sync.rounds import Round, run_round
from sync.statements import run


class Line:
    """One station with its delivery machine, driven by hand."""

    def __init__(self, world, station) -> None:
        self.world, self.station = world, station
        courier = station.courier
        self.delivery: Delivery = courier.rounds.delivery
        self.sign = courier.rounds.sign

    def round(self):
        self.delivery.begin_round()
        return run_round(Round(self.delivery, self.sign), self.world.service)

    def register(self, serial: int):
        return self.station.desk.register(self.world.wish(self.world.package_id(serial)))

    def unsent(self) -> int:
        return self.station.desk.status().unsent

    def ids(self) -> list[str]:
        rows = self.station.journal.read(lambda db: db.execute("select id from event order by ordinal, seq").fetchall())
        return [event_id for (event_id,) in rows]


@pytest.fixture
def line(world, station) -> Line:
    return Line(world, station)


def applied_ids(line) -> list[str]:
    return [event.id for event in line.world.service.applied]


def test_K4_what_is_registered_reaches_the_photoservice_and_is_confirmed(line):
    """One round: handshake, batch, roster; the word on screen rises with what is durable."""
    done = line.register(1)
    assert line.station.desk.level(done.claim).word == "registered here"

    report = line.round()

    assert (report.ok, report.progress.sent, report.progress.settled) == (True, 2, 2)
    assert applied_ids(line) == line.ids()
    level = line.station.desk.level(done.claim)
    assert (level.word, level.verdict, level.outcome["word"]) == ("confirmed", "applied", "registered")
    assert line.unsent() == 0


def test_K4_an_unknown_package_is_not_called_confirmed(line):
    """The service has it, and waits for the maker's list too: the screen says that."""
    done = line.register(99)
    line.round()

    assert line.station.desk.level(done.claim).word == "waiting for the maker's list"


def test_K4_a_claim_no_longer_waits_for_a_list_the_station_has(world, line):
    """The list came after the ack: the word falls back to what is surely true here."""
    done = line.register(99)
    line.round()
    line.station.roster.learn(PackageFacts(manifest=world.manifest(99)))
    line.station.desk.issue_labels(done.claim)

    assert line.station.desk.level(done.claim).word == "registered here"


def test_K4_a_lost_reply_is_sent_again_and_applied_once(line):
    """The service had it; the second time it answers duplicate, which is success."""
    done = line.register(1)
    line.round()
    second = line.register(2)
    line.world.service.faults.lost_replies = 1

    assert not line.round().ok
    assert line.station.desk.level(second.claim).word == "registered here"
    assert line.round().ok

    assert len(applied_ids(line)) == len(set(applied_ids(line))) == 3
    assert line.station.desk.level(second.claim).word == "confirmed"
    assert line.station.desk.level(done.claim).word == "confirmed"


def test_K4_a_doubled_request_is_applied_once(line):
    """A proxy that sends twice changes nothing."""
    line.register(1)
    line.world.service.faults.doubled = 3

    assert line.round().ok
    assert len(applied_ids(line)) == len(set(applied_ids(line))) == 2


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ({"down": True}, "connection refused"),
        ({"portal": True}, "not JSON: perhaps a log-in page"),
        ({"cut": 40}, "hello"),
        ({"status": 503}, "503"),
        ({"status": 401}, "401"),
    ],
)
def test_K4_an_answer_that_is_none_settles_nothing(line, fault, reason):
    """Down, a captive portal's page, half an answer, a refusal: all the same, nothing is believed."""
    done = line.register(1)
    for name, value in fault.items():
        setattr(line.world.service.faults, name, value)

    report = line.round()

    assert not report.ok
    assert reason in report.reason
    assert line.station.desk.level(done.claim).word == "registered here"
    assert line.unsent() == 2


@pytest.mark.parametrize("fault", ["wrong_key", "unsigned"])
def test_K4_an_ack_not_signed_by_the_pinned_key_settles_nothing(line, fault):
    """The rogue's ack looks right and is worth nothing; the right one later settles."""
    done = line.register(1)
    setattr(line.world.service.faults, fault, True)
    assert not line.round().ok
    assert line.station.desk.level(done.claim).word == "registered here"

    setattr(line.world.service.faults, fault, False)
    assert line.round().ok
    assert line.station.desk.level(done.claim).word == "confirmed"


def test_K4_an_ack_for_another_request_is_refused(line):
    """A replayed answer, rightly signed, does not settle another batch."""
    line.register(1)
    line.round()
    replay = next(a for a in line.world.service.answers if b'"acks"' in a.body)
    done = line.register(2)
    line.delivery.begin_round()
    ask = line.delivery.next_ask()
    assert ask.kind == "events"

    with pytest.raises(AnswerRefused):
        line.delivery.take(ask, replay)

    assert line.station.desk.level(done.claim).word == "registered here"


def last_ack(line) -> Ack:
    """Return the first ack that came back, as signed."""
    (signed,) = decode_answer(next(a for a in line.world.service.answers if b'"acks"' in a.body).body).acks
    return msgspec.json.decode(signed.text, type=Ack)


def test_K4_an_older_ack_never_lowers_a_mark(line):
    """The mark is the highest that was ever signed for."""
    line.register(1)
    line.round()
    late = last_ack(line)
    line.register(2)
    line.round()
    first_hash = line.station.journal.read(lambda db: db.execute("select hash from event where seq = 1").fetchone()[0])
    older = msgspec.structs.replace(late, high=Mark(seq=1, hash=first_hash))

    line.station.journal.write(lambda transaction: outbox.settle(transaction.connection, older))

    mark = line.station.journal.read(lambda db: db.execute("select seq from high_mark").fetchone())
    assert mark == (3,)


def test_K4_a_mark_with_another_history_is_refused_whole(line):
    """A twin of this station wrote there: nothing of the answer is taken."""
    line.register(1)
    line.round()
    ack = last_ack(line)
    done = line.register(2)
    twin = msgspec.structs.replace(ack, high=Mark(seq=3, hash="ab" * 32))

    with pytest.raises(AnswerRefused, match="twin"):
        line.station.journal.write(lambda transaction: outbox.settle(transaction.connection, twin))

    assert line.station.desk.level(done.claim).word == "registered here"


def test_K4_a_parked_event_is_visible_with_its_reason_and_blocks_nobody(line):
    """Those behind it are applied; it is not called confirmed."""
    first = line.register(1)
    line.world.service.faults.parks.add(first.claim)
    second = line.register(2)

    report = line.round()

    assert (report.ok, report.progress.parked, report.progress.settled) == (True, 1, 2)
    level = line.station.desk.level(first.claim)
    assert (level.word, level.verdict) == ("registered here", "parked")
    assert "does not carry this film" in level.reason
    assert line.station.desk.level(second.claim).word == "confirmed"
    (parked,) = line.station.journal.read(outbox.list_parked)
    assert (parked.id, parked.kind, parked.verdict) == (first.claim, "PackageClaimed", "parked")
    assert line.station.desk.status().parked == 1
    assert line.round().progress.sent == 0


def test_K4_an_event_that_breaks_the_service_is_passed_over_and_tried_again(line):
    """A poison event costs a few halved batches; the twenty others arrive, and later it does too."""
    done = [line.register(serial) for serial in range(100, 121)]
    poison = done[10].claim
    line.world.service.faults.fails.add(poison)

    report = line.round()

    assert (report.ok, report.progress.passed_over) == (False, 1)
    assert set(line.ids()) - set(applied_ids(line)) == {poison}
    line.world.service.faults.fails.clear()
    assert line.round().ok
    assert sorted(applied_ids(line)) == sorted(line.ids())


def test_K4_a_service_that_fails_every_event_is_left_in_peace(line):
    """Five single failures end the round: it is the service, not the events."""
    for serial in range(100, 120):
        line.register(serial)
    line.world.service.faults.fails |= set(line.ids())

    report = line.round()

    assert not report.ok
    assert len(line.world.service.requests) < 40


def test_K4_a_restored_photoservice_gets_its_events_again(line):
    """It lost what came after its backup; the handshake shows it, and the station still has everything."""
    for serial in range(1, 6):
        line.register(serial)
    line.round()
    line.world.service.forget_since(2)
    line.delivery.lost()

    assert line.round().ok

    assert sorted(applied_ids(line)) == sorted(line.ids())
    assert line.station.desk.status().parked == 0
    level = line.station.desk.level(line.ids()[-1])
    assert (level.word, level.verdict) == ("confirmed", "applied")
    assert "new access code" in level.reason


def test_K4_what_was_taken_above_a_hole_is_sent_again_when_that_is_lost_too(line):
    """Restored, it takes the newest alone; before the hole is filled it is restored once more, and knows of neither."""
    line.register(1)
    line.round()
    service = line.world.service
    service.forget_since(1)
    line.register(2)
    line.delivery.begin_round()
    ask = line.delivery.next_ask()
    line.delivery.take(ask, service.exchange(line.sign(ask.request)))
    assert line.unsent() == 0
    service.forget_since(1)
    line.delivery.lost()

    assert line.round().ok

    assert sorted(applied_ids(line)) == sorted(line.ids())


def test_K4_a_gap_at_the_photoservice_is_filled(line):
    """It names what it misses below what it has; that is sent again."""
    for serial in range(1, 6):
        line.register(serial)
    line.round()
    service = line.world.service
    lost = service.applied.pop(2)
    del service._hash_of[lost.station, lost.id]
    del service._by_place[lost.station, lost.epoch, lost.seq]
    line.register(6)

    assert line.round().ok

    assert sorted(applied_ids(line)) == sorted(line.ids())


def test_K4_a_station_restored_from_an_old_copy_notices(world, line):
    """The service knows an epoch this journal does not."""
    image = (world.folder / "journal.db").read_bytes()
    line.station.close()
    image = (world.folder / "journal.db").read_bytes()
    later = Line(world, world.open())
    later.register(1)
    later.round()
    later.station.close()
    (world.folder / "journal.db").write_bytes(image)

    reborn = Line(world, world.open())
    reborn.register(2)
    reborn.round()

    assert reborn.delivery.restoring.rewound
    places = [(event.epoch, event.seq) for event in world.service.applied]
    assert len(places) == len(set(places))


def test_K4_batches_hold_one_epoch_ascending_and_at_most_two_hundred(world, line):
    """Three epochs and 450 events: every batch is within its bounds."""
    station = line.station

    def many(transaction):
        for number in range(225):
            transaction.append(line.station.desk.counter.drafter.draft(body(number)))

    station.journal.write(many)
    station.close()
    second = Line(world, world.open())
    second.station.journal.write(many)

    assert second.round().ok

    batches = [request for request in world.service.requests if request.url.endswith("/events")]
    assert len(batches) == 4
    assert max(len(decode_lines(request.body)) for request in batches) == MAX_BATCH_EVENTS
    for request in batches:
        events = decode_lines(request.body)
        assert len({event.epoch for event in events}) == 1
        assert [event.seq for event in events] == sorted(event.seq for event in events)
    assert len(world.service.applied) == 452


def body(number: int):
    return ClaimWithdrawn(claim=f"{number:032x}", item="(01)04012345678901(21)12345678", by="staff")


def decode_lines(packed: bytes):
    return [decode_event(one) for one in zlib.decompress(packed, 31).split(b"\n") if one]


def test_K4_every_event_is_the_stations_own_signature(world, line):
    """Forwarded unchanged, signed once; a changed one does not verify."""
    line.register(1)
    line.round()
    event = world.service.applied[-1]

    verify_event(event, world.keys().signing.public)
    forged = msgspec.structs.replace(event, public=event.public | {"number": "TCN-000000000"})
    with pytest.raises(SignatureBroken):
        verify_event(forged, world.keys().signing.public)


def test_K4_secrets_ciphertext_goes_with_the_ack_and_the_event_still_verifies(world, line):
    """The box is deleted here; hash, chain and signature stay."""
    line.register(1)
    boxes = "select count(*) from secret_box"
    assert line.station.journal.read(lambda db: db.execute(boxes).fetchone()) == (1,)

    line.round()

    assert line.station.journal.read(lambda db: db.execute(boxes).fetchone()) == (0,)
    assert world.service.secrets_of(world.service.applied[-1])["access_code"]


def test_K4_an_event_the_disk_spoilt_is_set_aside_and_the_rest_goes(line):
    """It shows as damaged; it does not hold up those behind it."""
    first, second = line.register(1), line.register(2)
    line.station.journal.write(
        lambda transaction: transaction.connection.execute(
            "update event set line = cast(replace(cast(line as text), 'PKG', 'XXX') as blob) where id = ?",
            (first.claim,),
        )
    )

    line.round()

    assert line.station.desk.level(second.claim).word == "confirmed"
    (parked,) = line.station.journal.read(outbox.list_parked)
    assert (parked.id, parked.verdict) == (first.claim, "damaged")


def test_K4_the_roster_comes_down_once_and_then_only_when_it_changed(world, line):
    """ETag and 304; a new version is switched whole."""
    line.round()
    line.round()
    assert [a.status for a in world.service.answers if a.headers.get("etag")] == [200, 304]
    world.service.roster = world.roster(2, 8)

    report = line.round()

    assert report.progress.roster == 2
    assert line.station.roster.version == 2
    assert line.station.desk.look_up(world.package_id(8)).knowledge == "roster"


def test_K4_a_rewritten_roster_is_refused_and_the_old_one_stays(world, line):
    """Signed by another key: nothing of it is taken."""
    line.round()
    world.service.roster = world.roster(3, 8)
    world.service.faults.wrong_key = True
    assert not line.round().ok
    assert line.station.roster.version == 1
    world.service.faults.wrong_key = False
    assert line.round().ok
    assert line.station.roster.version == 3


def test_K4_a_service_restored_with_an_older_roster_is_still_our_service(world, line):
    """The newer roster stays, it is logged once, and registrations go up as ever."""
    world.service.roster = world.roster(5, 8)
    assert line.round().ok
    world.service.roster = world.roster(4, 1)
    with capture_logs() as lines:
        done = line.register(1)
        reports = [line.round(), line.round()]

    assert [(report.ok, report.progress.roster) for report in reports] == [(True, None), (True, None)]
    assert line.delivery.proven
    assert [entry["offered"] for entry in lines if entry["event"] == "roster_older"] == [4]
    assert line.station.roster.version == 5
    assert line.station.desk.look_up(world.package_id(8)).knowledge == "roster"
    assert line.station.desk.level(done.claim).word == "confirmed"


def test_K4_acked_events_are_kept_ninety_days_by_the_services_clock(line):
    """Before that nothing is pruned, whatever the till's clock says; after it, ID and hash stay."""
    line.register(1)
    line.round()
    whole = "select count(*) from event where line is not null"
    journal = line.station.journal

    def at(server_time: str) -> int:
        def work(transaction):
            run(transaction.connection, "journal.write_note", {"name": "server_time", "value": server_time})
            return outbox.prune(transaction.connection)

        return journal.write(work)

    now = journal.read(lambda db: db.execute("select value from note where name='server_time'").fetchone()[0])
    assert at(now) == 0
    assert at(shifted(now, 89)) == 0
    assert journal.read(lambda db: db.execute(whole).fetchone()) == (2,)
    owed = line.register(2)
    assert at(shifted(now, 91)) == 2
    assert journal.read(lambda db: db.execute(whole).fetchone()) == (1,)
    assert journal.read(lambda db: db.execute("select count(*) from event").fetchone()) == (3,)
    assert line.station.desk.level(owed.claim).word == "registered here"
    assert line.round().ok


def shifted(text: str, days: int) -> str:
    return (datetime.fromisoformat(text) + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def test_K4_issue_labels_learns_the_rolls_from_the_photoservices_answer(world, line):
    """The service knew the manifest, the station's roster did not: the labels print all the same."""
    done = line.register(99)
    world.service.roster = world.roster(1, 0, manifests=(world.manifest(99),))
    line.round()

    jobs = line.station.desk.issue_labels(done.claim)

    assert line.station.desk.level(done.claim).word == "confirmed"
    assert [job.roll for job in jobs if job.kind == "roll"] == list(world.manifest(99).rolls)


def test_K4_beyond_the_roster_the_upstream_is_asked_and_remembered(world, line):
    """Online, a package of another store is found in two seconds; offline later it still is."""
    world.service.packages[world.package_id(77)] = PackageFacts(manifest=world.manifest(77))
    line.station.courier.rounds.is_online = True
    view = line.station.desk.look_up(world.package_id(77))
    line.station.courier.rounds.is_online = False

    assert (view.knowledge, view.rolls) == ("upstream", world.manifest(77).rolls)
    assert line.station.desk.look_up(world.roll_id(77, 1)).package == world.package_id(77)
    assert line.station.desk.register(world.wish(ItemId(world.roll_id(77, 1)))).rolls == view.rolls


def test_K4_an_upstream_that_lies_about_another_package_is_not_believed(world, line):
    """The answer must hold the item that was asked for."""
    world.service.packages[world.package_id(77)] = PackageFacts(manifest=world.manifest(78))
    line.station.courier.rounds.is_online = True

    assert line.station.desk.look_up(world.package_id(77)).knowledge == "unknown"


def test_K4_package_facts_signed_by_another_key_are_not_believed(world, line):
    """Whoever could forge them could have labels printed for rolls that are not in the box."""
    world.service.packages[world.package_id(77)] = PackageFacts(manifest=world.manifest(77))
    world.service.faults.wrong_key = True
    line.station.courier.rounds.is_online = True

    assert line.station.desk.look_up(world.package_id(77)).knowledge == "unknown"


def test_K4_an_answer_that_judges_less_than_was_sent_is_refused(line):
    """Half an ack would leave the other half owed for ever, unseen."""
    line.register(1)
    line.delivery.begin_round()
    hello = line.delivery.next_ask()
    line.delivery.take(hello, line.world.service.exchange(line.sign(hello.request)))
    ask = line.delivery.next_ask()
    answer = decode_answer(line.world.service.exchange(line.sign(ask.request)).body)
    whole = msgspec.json.decode(answer.acks[0].text, type=Ack)
    half = msgspec.structs.replace(whole, verdicts=whole.verdicts[:1])
    signed = SyncAnswer(acks=(sign_ack(half, line.world.service.sign_key),))

    with pytest.raises(AnswerRefused, match="does not judge"):
        line.delivery.take(
            ask, HttpResponse(status=200, headers={"content-type": "application/json"}, body=encode(signed))
        )
    assert line.unsent() == 2
