"""The courier's thread: wakes on a commit, waits after a failure, speaks of an outage once."""

import socket
from contextlib import suppress

import pytest
from structlog.testing import capture_logs

from photocore.testing import ManualClock, SeededEntropy
from sync.backoff import LONGEST_S, Outage, wait_after
from sync.control import ask_holder, report_of
from sync.rounds import Round, run_round
from sync.station import Footing, open_station

ONLINE = {"online": True, "rewound": False, "trouble": ""}


def test_K4_a_commit_wakes_the_courier(world, eventually):
    """Nobody calls it: the registration is confirmed by itself."""
    station = world.open(carry=True)
    done = station.desk.register(world.wish(world.package_id(1)))

    eventually(lambda: station.desk.level(done.claim).word == "confirmed")
    eventually(lambda: station.desk.status().online)
    assert station.desk.status().unsent == 0


def test_K4_weeks_without_a_network_and_then_everything_arrives(world, eventually):
    """Offline, registering goes on and the light says so; when the network is back, all of it is confirmed."""
    world.service.faults.down = True
    station = world.open(carry=True)
    done = [station.desk.register(world.wish(world.package_id(serial))) for serial in (1, 2, 3)]
    status = station.desk.status()
    assert (status.online, status.waiting, status.last_ack_at) == (False, 3, None)
    assert status.oldest_age_s >= 0
    assert {station.desk.level(one.claim).word for one in done} == {"registered here"}

    world.service.faults.down = False
    report = station.courier.sync_now()

    assert report.ok
    assert {station.desk.level(one.claim).word for one in done} == {"confirmed"}
    assert station.desk.status().last_ack_at is not None


def test_K4_a_round_tells_its_progress(world):
    """Every answer taken is a step that can be shown: handshake, batch, roster, news."""
    station = world.open()
    for serial in (1, 2):
        station.desk.register(world.wish(world.package_id(serial)))
    seen = []

    report = run_round(Round(station.courier.rounds.delivery, station.courier.rounds.sign), world.service, seen.append)

    assert [(step.sent, step.settled) for step in seen] == [(0, 0), (3, 3), (3, 3), (3, 3)]
    assert (report.ok, report.progress.roster) == (True, 1)


def test_K4_a_stopped_courier_says_so(world):
    """Nobody waits for a round that will never come."""
    station = world.open()
    assert not station.courier.sync_now().ok
    station.courier.start()
    assert station.courier.sync_now().ok
    station.courier.stop()

    assert "not running" in station.courier.sync_now().reason


def test_K4_the_courier_outlives_its_journal_and_says_so(world, eventually):
    """With the journal gone the round fails with a reason; the thread goes on."""
    station = world.open()
    station.courier.start()
    station.courier.sync_now()
    station.journal.close()

    report = station.courier.sync_now()

    assert not report.ok
    assert "closed" in report.reason
    assert not station.courier.is_online
    assert not station.courier.sync_now().ok


def test_K4_one_event_the_service_cannot_take_does_not_turn_the_light_to_offline(world):
    """It is reached; the event stays owed, and everything else is confirmed."""
    station = world.open()
    poison, good = (station.desk.register(world.wish(world.package_id(serial))) for serial in (1, 2))
    world.service.faults.fails.add(poison.claim)

    report = station.courier.carry_here()

    assert (report.ok, report.reason) == (False, "1 events could not be taken now")
    assert station.desk.status().online
    assert (station.desk.status().unsent, station.desk.status().waiting) == (1, 1)
    assert station.desk.level(good.claim).word == "confirmed"


@pytest.mark.parametrize("status", [200, 302, 304, 400, 407, 413, 421, 422, 500, 502, 511])
def test_K4_a_log_in_page_of_the_network_is_not_the_photoservice(world, status):
    """Whatever status it comes with: offline, nothing is passed over, and one request is enough to see it."""
    station = world.open()
    assert station.courier.carry_here().ok
    assert station.desk.status().online
    for serial in (1, 2, 3):
        station.desk.register(world.wish(world.package_id(serial)))
    world.service.faults.portal, world.service.faults.portal_status = True, status
    before = len(world.service.requests)

    report = station.courier.carry_here()

    assert (report.ok, report.progress.passed_over) == (False, 0)
    assert not station.desk.status().online
    assert len(world.service.requests) == before + 1
    world.service.faults.portal = False
    assert station.courier.carry_here().ok
    assert station.desk.status().online


@pytest.mark.parametrize("status", [302, 304, 401, 407, 421, 429, 503, 511])
def test_K4_a_status_that_speaks_of_the_road_passes_over_no_event(world, status):
    """Also in the form of a problem: the batch is not halved, and the light goes to offline."""
    station = world.open()
    station.courier.carry_here()
    station.desk.register(world.wish(world.package_id(1)))
    world.service.faults.status = status

    report = station.courier.carry_here()

    assert (report.ok, report.progress.passed_over) == (False, 0)
    assert not station.desk.status().online


def test_K4_a_round_that_only_passes_events_over_still_proves_who_answered(world):
    """Nothing but one event that breaks the service, and the roster not yet due: it is asked, and the light stays."""
    station = world.open()
    poison = station.desk.register(world.wish(world.package_id(1)))
    world.service.faults.fails.add(poison.claim)
    station.courier.carry_here()
    asked = len(world.service.requests)
    delivery = station.courier.rounds.delivery
    delivery.begin_round(with_roster=False)

    report = run_round(Round(delivery, station.courier.rounds.sign), world.service)

    assert (report.ok, report.progress.passed_over, delivery.proven) == (False, 1, True)
    assert [request.url.rsplit("/", 1)[-1] for request in world.service.requests[asked:]] == ["events", "roster"]


def test_K4_a_caller_who_goes_away_does_not_break_the_round(world):
    """Its pipe is gone at the first word; everything is carried all the same, and it is told no more."""
    station = world.open()
    done = station.desk.register(world.wish(world.package_id(1)))
    told = []

    def gone(progress) -> None:
        told.append(progress)
        raise BrokenPipeError("the caller has gone")

    report = station.courier.carry_here(gone)

    assert (report.ok, len(told)) == (True, 1)
    assert station.desk.level(done.claim).word == "confirmed"


def test_K4_a_caller_who_hangs_up_in_the_middle_of_sync_now_harms_nobody(world, eventually):
    """The holder's round goes on, and the next caller is served."""
    station = world.open(carry=True)
    eventually(lambda: station.courier.is_online)
    world.service.faults.down = True
    done = station.desk.register(world.wish(world.package_id(1)))
    world.service.faults.down = False
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(world.folder / "courier.sock"))
        caller.sendall(b'{"do": "sync now"}\n')

    eventually(lambda: station.desk.level(done.claim).word == "confirmed")
    eventually(lambda: ask_holder(world.folder, "status") == ONLINE)
    assert report_of(ask_holder(world.folder, "sync now")).ok


def test_K4_the_kiosk_is_told_of_changes(world, eventually):
    """on_change is called after commits and after rounds."""
    calls = []
    station = open_station(
        world.folder, world.seams(), on_change=lambda: calls.append(1), under=Footing(reserve_bytes=4096)
    )
    world.opened.append(station)
    eventually(lambda: station.courier.is_online)
    eventually(lambda: calls)
    before = len(calls)
    done = station.desk.register(world.wish(world.package_id(1)))
    eventually(lambda: station.desk.level(done.claim).word == "confirmed")
    eventually(lambda: len(calls) >= before + 2)


def test_K4_back_off_grows_with_full_jitter_to_five_minutes():
    """Random below 1 s, 2 s, 4 s ... 300 s, and never a hammer."""
    entropy = SeededEntropy(3)
    waits = {failures: [wait_after(failures, entropy) for _ in range(200)] for failures in (1, 3, 9, 50)}

    for failures, ceiling in ((1, 1.0), (3, 4.0), (9, 256.0), (50, LONGEST_S)):
        assert max(waits[failures]) <= ceiling
        assert min(waits[failures]) >= 0.1
        assert max(waits[failures]) > 0.9 * ceiling
        assert min(waits[failures]) < 0.2 * ceiling or ceiling == 1.0


def test_K4_an_outage_is_logged_once_and_its_end_once():
    """Beginning, end, and the count between; not a line for every try."""
    clock = ManualClock()
    outage = Outage(clock)
    with capture_logs() as lines:
        for _ in range(50):
            outage.note_failure("connection refused")
            clock.advance(60)
        outage.note_success()
        outage.note_success()

    assert [(line["event"], line.get("failures")) for line in lines] == [
        ("sync_interrupted", None),
        ("sync_resumed", 50),
    ]
    assert lines[1]["seconds"] == 3000


def test_K4_another_process_asks_the_holder_through_its_door(world, eventually):
    """The door answers 'sync now' with the holder's own report, and 'status' with its light."""
    station = world.open(carry=True)
    eventually(lambda: station.courier.is_online)
    world.service.faults.down = True
    done = station.desk.register(world.wish(world.package_id(1)))
    world.service.faults.down = False

    answer = ask_holder(world.folder, "sync now", lambda _: None)

    assert report_of(answer).ok
    assert station.desk.level(done.claim).word == "confirmed"
    assert ask_holder(world.folder, "status") == ONLINE
    assert "error" in ask_holder(world.folder, "format the disk")


def test_K4_without_a_holder_there_is_no_door(world, tmp_path):
    """No station, no process: the asker may run by itself."""
    assert ask_holder(world.folder, "status") is None
    assert ask_holder(tmp_path / "nowhere", "status") is None


def test_K4_the_door_is_for_its_owner_and_a_folders_depth_does_not_matter(make_world, tmp_path, eventually):
    """Mode 0600, and a path longer than a socket's 107 bytes."""
    world = make_world()
    deep = tmp_path.joinpath(*["a-rather-long-folder-name"] * 6)
    world.enrol(deep)
    world.open(carry=True, folder=deep)

    assert (deep / "courier.sock").stat().st_mode & 0o777 == 0o600
    assert len(str(deep)) > 107
    eventually(lambda: ask_holder(deep, "status") == ONLINE)


@pytest.mark.parametrize("rubbish", [b"", b"\n", b"{", b"[]\n", b'"sync now"\n', b"\xff" * 3000, b"[" * 1023 + b"\n"])
def test_K4_rubbish_at_the_door_harms_nobody(world, rubbish, eventually):
    """The next caller is served."""
    world.open(carry=True)
    with socket.socket(socket.AF_UNIX) as caller:
        caller.connect(str(world.folder / "courier.sock"))
        caller.sendall(rubbish)
        caller.shutdown(socket.SHUT_WR)
        caller.settimeout(30)
        with suppress(ConnectionResetError):
            caller.recv(1000)

    assert ask_holder(world.folder, "status") is not None


def test_K4_a_courier_that_is_held_back_goes_when_it_is_let_go(world, eventually):
    """A kiosk's screen comes first; then what was owed all the while is carried."""
    station = world.open(carry=True, under=Footing(reserve_bytes=4096, is_held=True))
    done = station.desk.register(world.wish(world.package_id(1)))
    assert station.courier.last_report is None
    assert station.desk.level(done.claim).word == "registered here"
    station.courier.release()
    eventually(lambda: station.desk.level(done.claim).word == "confirmed")


def test_K4_a_courier_that_is_held_back_goes_when_it_is_asked(world):
    """Who says ``sync now`` does not wait for a screen."""
    assert world.open(carry=True, under=Footing(reserve_bytes=4096, is_held=True)).courier.sync_now().ok
