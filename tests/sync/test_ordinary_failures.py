"""Ordinary failures of a machine in a shop, and what people are told: disk, clock, network."""

import shutil
from datetime import timedelta

import msgspec
import pytest

from photocore.keys import SigningKey, b64
from photocore.label import Receipt
from photocore.seams import HttpResponse
from photocore.testing import ManualClock, SeededEntropy
from sync.clock_watch import ClockWatch
from sync.errors import DiskFull, JournalDown, NotEnrolled
from sync.journal import OLDEST_BELIEVED_S
from sync.keys import PinnedHub, load_station, save_station
from sync.rounds import Round, run_round
from sync.station import Footing
from sync.testing_disk import FailingDisk, Fault

YEAR = timedelta(days=365)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def world(make_world, clock):
    one = make_world(clock=clock)
    one.enrol()
    return one


@pytest.fixture
def disk(world):
    """Return a disk in memory with the station's journal on it."""
    world.open().close()
    image = {"journal.db": (world.folder / "journal.db").read_bytes()}
    disk = FailingDisk(f"failures-{id(image)}", SeededEntropy(7), image)
    yield disk
    world.close()
    disk.unregister()


def on(disk, world):
    return world.open(under=Footing(vfs=disk.name, reserve_bytes=4096))


def round_of(station, channel):
    delivery = station.courier.rounds.delivery
    delivery.begin_round()
    return run_round(Round(delivery, station.courier.rounds.sign), channel)


# --- the disk


def test_O18_a_disk_that_is_read_only_at_the_start_is_said_so(world, disk):
    """Not a traceback: the kiosk shows that it cannot register, and why."""
    disk.is_read_only = True

    with pytest.raises(JournalDown, match=r"journal\.db: the disk failed"):
        on(disk, world)

    disk.is_read_only = False
    assert on(disk, world).journal.is_up


@pytest.mark.parametrize("call", ["sync", "write", "read"])
def test_O18_a_start_that_the_disk_broke_off_keeps_nothing_locked(world, disk, call):
    """Whichever call of the start fails, and a start that meets another hub writes: the next one opens the station."""
    hubs = (PinnedHub(key=b64(SigningKey(seed=bytes([n]) * 32).public)) for n in range(250))
    failed = 0
    for at in range(1, 200):
        save_station(world.folder, msgspec.structs.replace(load_station(world.folder), hub=next(hubs)))
        disk.fault = Fault(call=call, at=at)
        try:
            on(disk, world).close()
        except JournalDown:
            failed += 1
        if not disk.has_failed:
            break
        disk.fault = None
        on(disk, world).close()
    assert not disk.has_failed
    assert failed >= 3


def test_O18_a_folder_that_cannot_be_written_is_said_so(world):
    """The lock cannot be made: the folder is named, with the system's own word for why."""
    world.open().close()
    (world.folder / "journal.lock").unlink()
    (world.folder / "journal.lock").mkdir()

    with pytest.raises(JournalDown, match=r"station-0 cannot be written: Is a directory\. Nothing can be registered"):
        world.open()


def test_O18_a_station_whose_keys_cannot_be_kept_is_said_so(world):
    """The pepper of the PINs can neither be read nor made."""
    shutil.rmtree(world.folder / "keys")
    world.folder.joinpath("keys").write_text("no folder")

    with pytest.raises(NotEnrolled, match="keys"):
        world.open()


def test_O18_a_disk_that_turns_read_only_stores_nothing_and_says_so_and_comes_back(world, disk):
    """The shopper hears that it is not stored; the light says that the journal is down; after the mend it goes on."""
    station = on(disk, world)
    done = station.desk.register(world.wish(world.package_id(1)))
    disk.is_read_only = True
    wish = world.wish(world.package_id(2))

    with pytest.raises(JournalDown) as caught:
        station.desk.register(wish)
    down = station.desk.status()
    disk.is_read_only = False
    again = station.desk.register(wish)

    assert "The journal" in str(caught.value) or "Nobody can tell" in str(caught.value)
    assert not down.journal_ok
    assert again.claim == wish.event_id
    assert station.desk.jobs(done.claim) == done.jobs
    assert station.desk.status().journal_ok


def test_O18_nearly_full_refuses_new_registrations_and_leaves_room_for_what_must_follow(world, clock):
    """The reserve is untouched: an undo, a label's proof, an ack and a PIN's count still find room."""
    station = world.open()
    done = station.desk.register(world.wish(world.package_id(1)))
    world.room.free = 4000

    with pytest.raises(DiskFull, match="nothing new can be stored, what is stored is safe"):
        station.desk.register(world.wish(world.package_id(2)))

    assert (world.folder / "journal.reserve").exists()
    job = station.jobs.next_job()
    station.jobs.begin(job.id, "p")
    station.jobs.printed(job.id, "process id")
    station.desk.undo(done.claim)
    assert round_of(station, world.service).ok
    assert station.desk.level(done.claim).word == "withdrawn"
    assert (station.desk.status().unsent, station.desk.status().disk_low) == (0, True)
    world.room.free = 10**12
    assert station.desk.register(world.wish(world.package_id(2))).rolls


def test_O18_a_disk_that_fills_up_in_the_middle_of_a_commit_says_that_it_is_full(world, disk):
    """Nobody can tell whether it was stored; with room again the same event ID finds out, and nothing is doubled."""
    station = on(disk, world)
    wish = world.wish(world.package_id(1))
    disk.full_after_bytes = disk.written

    with pytest.raises(JournalDown, match="the disk is full"):
        station.desk.register(wish)

    disk.full_after_bytes = None
    done = station.desk.register(wish)
    assert done.claim == wish.event_id
    assert station.desk.status().waiting == 1


# --- the clock


@pytest.mark.parametrize("off", [YEAR, -YEAR])
def test_O18_a_clock_a_year_off_registers_syncs_and_prints_all_the_same(world, clock, off):
    """Nothing is ordered by it, so nothing is refused; the event keeps the time it was written with."""
    clock.set_wall(clock.now() + off)
    station = world.open()

    done = station.desk.register(world.wish(world.package_id(1)))

    assert round_of(station, world.service).ok
    assert station.desk.level(done.claim).word == "confirmed"
    labels = [station.jobs.next_job()]
    while labels[-1] is not None and not isinstance(labels[-1].label, Receipt):
        station.jobs.begin(labels[-1].id, "p")
        station.jobs.printed(labels[-1].id, "process id")
        labels.append(station.jobs.next_job())
    assert labels[-1].label.made_at == clock.now()


@pytest.mark.parametrize("off", [YEAR, -YEAR])
def test_O18_the_oldest_waiting_never_has_an_absurd_age_while_the_clock_is_set(world, clock, off):
    """Neither negative nor a year: what this process wrote is no older than the process."""
    station = world.open()
    clock.advance(100)
    station.desk.register(world.wish(world.package_id(1)))
    clock.advance(30)
    right = station.desk.status().oldest_age_s

    clock.set_wall(clock.now() + off)

    assert right == 130  # the epoch's own opening waits too
    assert 0 <= station.desk.status().oldest_age_s <= 130


@pytest.mark.parametrize("off", [YEAR, -YEAR])
def test_O18_what_waited_since_before_a_restart_has_an_honest_age_or_none(world, clock, off):
    """Half a year is what nobody believes; a negative age becomes how long this process runs at least."""
    station = world.open()
    station.desk.register(world.wish(world.package_id(1)))
    station.close()
    clock.advance(3600)
    assert world.open().desk.status().oldest_age_s == 3600
    world.close()
    clock.set_wall(clock.now() + off)

    reborn = world.open()
    clock.advance(60)
    status = reborn.desk.status()

    assert status.oldest_age_s == (None if off > timedelta() else 60)
    assert status.waiting == 1
    assert timedelta(seconds=OLDEST_BELIEVED_S) < YEAR


@pytest.mark.parametrize(
    ("off", "said"),
    [
        (YEAR, "365 days ahead of"),
        (-YEAR, "365 days behind"),
        (timedelta(hours=3), "3 hours ahead of"),
        (timedelta(minutes=-7), "7 minutes behind"),
    ],
)
def test_O18_a_clock_that_is_off_is_told_by_the_photoservices_signed_time(clock, off, said):
    """In words for a manager; put right, it is said no more."""
    watch = ClockWatch(clock)
    signed = clock.now().isoformat()
    clock.set_wall(clock.now() + off)

    watch.compare(signed)
    assert watch.trouble == f"this machine's clock is {said} the photoservice's: set it right"
    assert watch.off_s == off.total_seconds()

    clock.set_wall(clock.now() - off + timedelta(seconds=1))
    watch.compare(clock.now().isoformat())
    assert (watch.trouble, watch.off_s) == ("", None)


def test_K3_how_far_the_clock_is_off_stands_in_the_status(world, clock):
    """For the device page, as a number: also while the photoservice is away again; gone once the clock is right."""
    station = world.open()
    service = world.service
    service._clock = ManualClock(clock.now())
    assert station.desk.status().clock_off_s is None
    clock.set_wall(clock.now() - timedelta(hours=2))
    assert station.courier.carry_here().ok
    service.faults.down = True
    assert not station.courier.carry_here().ok
    assert station.desk.status().clock_off_s == -7200

    service.faults.down = False
    clock.set_wall(service._clock.now())
    service._clock.advance(1)
    assert station.courier.carry_here().ok

    assert station.desk.status().clock_off_s is None


def test_O18_a_clock_that_is_right_within_five_minutes_is_no_trouble(clock):
    """Nor is the same signed time, looked at again an hour later."""
    watch = ClockWatch(clock)
    signed = clock.now().isoformat()
    clock.advance(299)
    watch.compare(signed)
    clock.advance(3600)
    watch.compare(signed)

    assert watch.trouble == ""


def test_O18_sync_status_can_tell_a_wrong_clock(world, clock, eventually):
    """The running station knows it after its first handshake."""
    station = world.open(carry=True)
    eventually(lambda: station.desk.status().online)
    assert station.courier.trouble == ""
    world.service._clock = ManualClock(clock.now() - YEAR)

    station.desk.register(world.wish(world.package_id(1)))

    eventually(lambda: "365 days ahead" in station.courier.trouble)


# --- the network


class Junk:
    """A channel that answers the ``kind`` of question with ``body``, and all others by the photoservice."""

    def __init__(self, service, path: str, answer: HttpResponse) -> None:
        self._service, self._path, self._answer = service, path, answer

    def exchange(self, request):
        told = self._service.exchange(request)
        return self._answer if request.url.partition("?")[0].endswith(self._path) else told


MEGABYTE = 1_000_000
BODIES = {
    "a megabyte of letters": b"a" * MEGABYTE,
    "a megabyte of brackets": b"[" * MEGABYTE,
    "a megabyte in a string": b'{"text": "' + b"x" * MEGABYTE + b'", "key": "", "sig": ""}',
    "a megabyte of NUL": bytes(MEGABYTE),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
@pytest.mark.parametrize("path", ["/hello", "/events", "/roster", "/news"])
def test_O18_a_megabyte_of_nonsense_settles_nothing_and_is_told_in_a_line(world, path, body):
    """Whichever question it answers: nothing is believed, the reason is short, and the next round is good."""
    station = world.open()
    done = station.desk.register(world.wish(world.package_id(1)))
    junk = Junk(world.service, path, HttpResponse(status=200, headers={"content-type": "application/json"}, body=body))

    report = round_of(station, junk)

    assert not report.ok
    assert len(report.reason) < 300
    if path in ("/hello", "/events"):
        assert station.desk.level(done.claim).word == "registered here"
    assert round_of(station, world.service).ok
    assert station.desk.level(done.claim).word == "confirmed"


@pytest.mark.parametrize("status", [200, 302, 404, 511])
@pytest.mark.parametrize("path", ["/hello", "/events", "/roster", "/news"])
def test_O18_a_captive_portal_is_named_as_what_it_may_be(world, path, status):
    """Half-way through a round too; a portal's 404 to the question for news is no older photoservice."""
    station = world.open()
    station.desk.register(world.wish(world.package_id(1)))
    page = HttpResponse(status=status, headers={"content-type": "text/html"}, body=b"<html>Please log in</html>")

    report = round_of(station, Junk(world.service, path, page))

    assert not report.ok
    assert report.reason == f"the answer is {status} of type text/html, not JSON: perhaps a log-in page of the network"
    assert round_of(station, world.service).ok
    assert station.courier.rounds.delivery._tells_no_news is False


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_O18_a_megabyte_given_back_to_a_restored_station_is_not_believed(world, body):
    """It is left alone, said, and stops nothing: what is registered now goes up."""
    world.open().close()
    copy = world.folder.with_name("last-night")
    shutil.copytree(world.folder, copy)
    station = world.open()
    station.desk.register(world.wish(world.package_id(1)))
    assert round_of(station, world.service).ok
    station.close()
    shutil.rmtree(world.folder)
    shutil.copytree(copy, world.folder)
    world.service.spoil_back = lambda _: body
    station = world.open()
    done = station.desk.register(world.wish(world.package_id(2)))

    assert round_of(station, world.service).ok

    assert station.desk.level(done.claim).word == "confirmed"
    assert station.desk.status().restored == 0
    assert len(station.courier.trouble) < 300
