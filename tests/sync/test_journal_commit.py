"""Group commit: what callers share, what they do not, and what happens when the disk says no."""

import shutil
import threading
from pathlib import Path

import apsw
import pytest

from photocore.kinds import ClaimWithdrawn
from photocore.testing import SeededEntropy
from sync.audit import check_chain
from sync.commits import LONGEST_WAL_PAGES, GroupFailed, Ticket, commit_group
from sync.database import open_database
from sync.errors import DiskFull, JournalDown, NotStored
from sync.registering import prepare, register
from sync.reserve import RESERVE_BYTES, Reserve
from sync.statements import number, run
from sync.station import Footing
from sync.testing_disk import FailingDisk


def count(station, sql: str) -> int:
    return station.journal.read(lambda db: db.execute(sql).fetchone()[0])


def draft(station):
    body = ClaimWithdrawn(claim="0" * 32, item="(01)04012345678901(21)12345678", by="staff")
    return station.desk.counter.drafter.draft(body)


def test_K4_an_error_in_one_callers_work_rolls_back_that_work_alone(tmp_path):
    """Three share one COMMIT; the one in the middle fails, and only it."""
    connection = open_database(tmp_path / "j.db")

    def note(name: str, then: Exception | None = None):
        def work(db):
            run(db, "journal.write_note", {"name": name, "value": name})
            if then is not None:
                raise then
            return name

        return Ticket(work=work)

    tickets = [note("a"), note("b", ValueError("mine")), note("c")]
    commit_group(connection, tickets)

    assert [ticket.result for ticket in tickets] == ["a", None, "c"]
    assert str(tickets[1].error) == "mine"
    assert connection.execute("select name from note order by name").fetchall() == [("a",), ("c",)]
    connection.close()


def test_K4_a_failed_commit_promises_nobody_anything(tmp_path):
    """A disk error in any caller's work fails the whole group."""
    connection = open_database(tmp_path / "j.db")

    def disk_error(_db):
        raise apsw.FullError("no room")

    good = Ticket(work=lambda db: run(db, "journal.write_note", {"name": "a", "value": "a"}))
    with pytest.raises(GroupFailed):
        commit_group(connection, [good, Ticket(work=disk_error)])

    connection.close(force=True)
    assert open_database(tmp_path / "j.db").execute("select count(*) from note").fetchall() == [(0,)]


def test_K4_callers_from_many_threads_get_gapless_seqs(world, station):
    """Forty registrations from eight threads: one epoch, no gap, a sound chain."""
    journal = station.journal
    errors: list[JournalDown] = []

    def caller():
        try:
            for _ in range(5):
                journal.write(lambda transaction: transaction.append(draft(station)))
        except JournalDown as error:
            errors.append(error)

    threads = [threading.Thread(target=caller) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    assert count(station, "select last from epoch") == 41
    assert journal.read(lambda db: check_chain(db, world.keys().signing.public)) == 41


def test_K4_a_look_that_fails_takes_no_stored_registration_back(world, station, eventually):
    """A bad sector under a look that shares its turn with a registration: the registration is told the truth."""
    is_inside, may_go = threading.Event(), threading.Event()
    told: dict[str, object] = {}

    def hold(_transaction):
        is_inside.set()
        assert may_go.wait(60)

    def bad_sector(_connection):
        raise apsw.IOError("bad sector")

    def ask(name: str, question):
        def run_it():
            try:
                told[name] = question()
            except JournalDown as down:
                told[name] = down

        thread = threading.Thread(target=run_it)
        thread.start()
        return thread

    wish, counter = world.wish(world.package_id(1)), station.desk.counter
    attempt = prepare(counter, wish)
    threads = [ask("holder", lambda: station.journal.write(hold))]
    assert is_inside.wait(30)
    threads.append(ask("register", lambda: station.journal.write(lambda t: register(t, counter, attempt))))
    threads.append(ask("bad look", lambda: station.journal.read(bad_sector)))
    threads.append(ask("good look", lambda: station.journal.read(lambda db: number(db, "journal.count_events"))))
    eventually(lambda: station.journal._writer._queue.qsize() == 3)
    may_go.set()
    for thread in threads:
        thread.join()

    assert told["register"].claim == wish.event_id
    assert isinstance(told["bad look"], JournalDown)
    assert told["good look"] in (2, 3)  # the database may have been opened afresh in between
    assert station.jobs.next_job() is not None


def test_K4_one_computes_at_a_time_and_nobody_while_a_group_is_worked_on(station):
    """Python computes on one core: who prepares waits for the writer's work, and the writer for who prepares."""
    inside: list[str] = []

    def alone(name: str):
        inside.append(name)
        assert inside == [name]
        inside.remove(name)

    def caller(name: str):
        for _ in range(20):
            with station.journal.preparing():
                alone(name)
            station.journal.write(lambda _: alone(f"work of {name}"))

    threads = [threading.Thread(target=caller, args=(name,)) for name in ("a", "b", "c", "d")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert station.journal.write(lambda _: list(inside)) == []


def test_K4_who_prepares_does_not_wait_for_the_disk(station):
    """While the group's work is done nobody else computes; while COMMIT is under way somebody may."""
    turn = station.journal.preparing()
    seen: list[bool] = []

    def look() -> bool:
        if is_free := turn.acquire(blocking=False):
            turn.release()
        seen.append(is_free)
        return False

    def work(transaction):
        transaction.connection.set_commit_hook(look)
        transaction.append(draft(station))
        look()

    station.journal.write(work)

    assert seen == [False, True]


def test_K4_an_error_says_whether_it_was_surely_not_stored(world, failing):
    """Before COMMIT, or with the journal closed: not stored. In COMMIT: nobody can tell."""
    station, disk = failing

    def no_room(_transaction):
        raise apsw.FullError("no room")

    with pytest.raises(NotStored, match="could not store"):
        station.journal.write(no_room)
    assert count(station, "select count(*) from event")  # open again
    disk.sync_fails_at = disk.syncs + 1
    with pytest.raises(JournalDown) as caught:
        station.desk.register(world.wish(world.package_id(1)))
    assert not isinstance(caught.value, NotStored)
    disk.is_dead = True
    with pytest.raises(JournalDown):
        station.journal.read(lambda db: number(db, "journal.count_events"))
    with pytest.raises(NotStored):  # it is not even open
        station.journal.write(lambda transaction: transaction.append(draft(station)))
    station.close()
    with pytest.raises(NotStored):
        station.journal.write(lambda transaction: None)
    assert issubclass(DiskFull, NotStored)


def note(megabytes: int):
    values = {"name": "long", "value": "x" * megabytes * 1024 * 1024}
    return lambda transaction: run(transaction.connection, "journal.write_note", values)


def test_K4_a_long_wal_is_carried_into_the_database_when_nobody_wants_anything(world, station, eventually):
    """Off the way of whoever registers: five megabytes are in the database a moment after the last caller."""
    database = world.folder / "journal.db"

    station.journal.write(note(5))

    eventually(lambda: database.stat().st_size > 5 * 1024 * 1024)
    assert station.journal.is_up


def test_K4_a_wal_never_grows_beyond_what_the_reserve_holds_back(world, station):
    """However busy the station is: the next caller waits until it was carried."""
    database = world.folder / "journal.db"

    station.journal.write(note(15))
    station.journal.read(lambda _: None)

    assert database.stat().st_size > 15 * 1024 * 1024
    assert LONGEST_WAL_PAGES * 4096 < RESERVE_BYTES


def test_K4_a_callers_own_error_reaches_that_caller(station):
    """It is raised where it was caused, and the journal goes on."""
    with pytest.raises(ZeroDivisionError):
        station.journal.write(lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        station.journal.read(lambda _: 1 / 0)

    assert station.journal.is_up
    assert count(station, "select count(*) from event") == 1


def test_K4_a_closed_journal_takes_nothing(station):
    """It says so instead of waiting for ever."""
    station.close()

    with pytest.raises(JournalDown):
        station.journal.write(lambda transaction: None)


@pytest.fixture
def failing(world):
    """Return a station on a disk that fails on command, and that disk."""
    world.open().close()
    image = {"journal.db": (world.folder / "journal.db").read_bytes()}
    disk = FailingDisk(f"disk-{id(image)}", SeededEntropy(7), image)
    station = world.open(under=Footing(vfs=disk.name, reserve_bytes=4096))
    yield station, disk
    station.close()
    disk.unregister()


def test_K4_a_failed_fsync_is_never_confirmed_and_begins_a_new_epoch(world, failing):
    """EIO on fsync: the caller hears that it was not stored, the next one is served by a re-opened database."""
    station, disk = failing
    first = station.desk.register(world.wish(world.package_id(1)))
    epoch = station.journal.epoch
    disk.sync_fails_at = disk.syncs + 1
    wish = world.wish(world.package_id(2))

    with pytest.raises(JournalDown, match="Nobody can tell"):
        station.desk.register(wish)
    again = station.desk.register(wish)

    assert again.claim == wish.event_id
    assert station.journal.epoch != epoch
    assert station.journal.is_up
    assert station.desk.jobs(first.claim) == first.jobs
    assert count(station, f"select count(*) from event where id = '{wish.event_id}'") == 1
    station.journal.read(lambda db: check_chain(db, world.keys().signing.public))


def test_K4_a_failed_fsync_and_then_a_power_cut_loses_nothing_acknowledged(world, failing):
    """What the failed fsync left in the cache is on no disk; nothing acknowledged may build on it."""
    station, disk = failing
    acked = [station.desk.register(world.wish(world.package_id(1)))]
    disk.sync_fails_at = disk.syncs + 1
    with pytest.raises(JournalDown):
        station.desk.register(world.wish(world.package_id(2)))
    acked += [station.desk.register(world.wish(world.package_id(serial))) for serial in (3, 4)]
    disk.is_dead = True
    station.close()

    after = FailingDisk(f"{disk.name}-after", SeededEntropy(8), disk.survivors())
    reborn = world.open(under=Footing(vfs=after.name, reserve_bytes=4096))
    assert [reborn.desk.jobs(done.claim) for done in acked] == [done.jobs for done in acked]
    reborn.close()
    after.unregister()


def test_K4_a_full_disk_refuses_new_registrations_and_keeps_the_rest_running(world, failing):
    """The reserve is given up: states and acks can still be written, new packages cannot be registered."""
    station, disk = failing
    done = station.desk.register(world.wish(world.package_id(1)))
    disk.full_after_bytes = disk.written
    with pytest.raises(JournalDown):
        station.desk.register(world.wish(world.package_id(2)))
    disk.full_after_bytes = None  # the reserve's room
    world.room.free = 0

    with pytest.raises(DiskFull, match="what is stored is safe"):
        station.desk.register(world.wish(world.package_id(2)))
    job = station.jobs.next_job()
    station.jobs.begin(job.id, "p")
    station.jobs.printed(job.id, "process id")

    status = station.desk.status()
    assert (status.journal_ok, status.disk_low) == (True, True)
    assert station.desk.jobs(done.claim)[0].state == "printed"
    world.room.free = 10**12
    assert station.desk.register(world.wish(world.package_id(2))).rolls


class CrowdedDisk(FailingDisk):
    """A disk on which the reserve has taken the last room: not a byte can be written until it is given up."""

    reserve: Path

    @property
    def full_after_bytes(self) -> int | None:
        return 0 if self.reserve.exists() else None

    @full_after_bytes.setter
    def full_after_bytes(self, _value: int | None) -> None:
        """The reserve alone decides."""


def test_K4_a_station_starts_on_a_full_disk_in_the_room_of_its_reserve(world):
    """Opened after the disk filled up overnight: it starts, prints and syncs what it has, and refuses new packages."""
    station = world.open()
    done = station.desk.register(world.wish(world.package_id(1)))
    station.close()
    world.room.free = 0
    disk = CrowdedDisk("crowded", SeededEntropy(5), {"journal.db": (world.folder / "journal.db").read_bytes()})
    disk.reserve = world.folder / "journal.reserve"
    assert disk.reserve.exists()

    station = world.open(under=Footing(vfs=disk.name, reserve_bytes=4096))

    assert not disk.reserve.exists()
    assert station.desk.status().disk_low
    assert station.courier.carry_here().ok
    assert station.desk.level(done.claim).word == "confirmed"
    with pytest.raises(DiskFull):
        station.desk.register(world.wish(world.package_id(2)))
    station.close()
    disk.unregister()


def test_K4_a_disk_that_stays_full_without_its_reserve_is_said_so(world):
    """Even the reserve's room is not enough: one more try, then the truth, and the lock is given back."""
    world.open().close()
    world.room.free = 0
    disk = FailingDisk("brim-full", SeededEntropy(5), {"journal.db": (world.folder / "journal.db").read_bytes()})
    disk.full_after_bytes = 0

    with pytest.raises(JournalDown, match="full"):
        world.open(under=Footing(vfs=disk.name, reserve_bytes=4096))

    assert not (world.folder / "journal.reserve").exists()
    disk.unregister()
    world.room.free = 10**12
    assert world.open().journal.is_up


def test_K4_a_folder_that_is_gone_is_an_error_with_its_reason(world, failing):
    """The database could be opened, its folder not made durable: not stored, and no half-open database is kept."""
    station, _ = failing
    world.room.free = 0
    with pytest.raises(NotStored):
        station.journal.write(failing_write)
    shutil.rmtree(world.folder)

    for _ in range(2):
        with pytest.raises(NotStored, match=r"cannot begin an epoch.*No such file"):
            station.journal.write(lambda transaction: None)
    world.folder.mkdir()
    world.room.free = 10**12

    assert station.desk.register(world.wish(world.package_id(1))).rolls


def failing_write(_transaction):
    raise apsw.IOError("bad sector")


def test_K4_status_tells_the_truth_while_the_journal_is_down(world, failing):
    """The light goes to 'cannot store', it does not raise."""
    station, disk = failing
    disk.is_dead = True

    with pytest.raises(JournalDown):
        station.desk.register(world.wish(world.package_id(1)))

    assert station.desk.status().journal_ok is False


def test_K4_the_reserve_is_really_laid_and_laid_back(tmp_path, world):
    """Bytes on the disk, not a promise; after a full disk it comes back when there is room."""
    reserve = Reserve(tmp_path / "reserve", world.room, size=65_536)
    reserve.look()
    stat = (tmp_path / "reserve").stat()
    assert (stat.st_size, stat.st_blocks * 512 >= 65_536, reserve.is_spent) == (65_536, True, False)

    reserve.spend()
    assert (reserve.is_spent, (tmp_path / "reserve").exists()) == (True, False)
    reserve.look()
    assert (reserve.is_spent, (tmp_path / "reserve").exists()) == (False, True)


def test_K4_a_nearly_full_disk_warns_before_anything_is_refused(tmp_path, world):
    """The low-water mark looks through the disk seam."""
    world.room.free = 100 * 1024 * 1024
    reserve = Reserve(tmp_path / "reserve", world.room, size=4096)
    reserve.look()

    assert (reserve.is_low, reserve.is_spent) == (True, False)


def test_K4_counting_events(station):
    """The opening of the epoch is the first event of all."""
    assert station.journal.read(lambda db: number(db, "journal.count_events")) == 1


def test_K4_a_journal_that_cannot_be_opened_says_so_and_gives_its_lock_back(world):
    """A dead disk at the start is an error on the screen, not a kiosk that waits for ever."""
    disk = FailingDisk("dead-at-the-start", SeededEntropy(1))
    for cut in (1, 2, 5, 20):
        disk.is_dead, disk.operations, disk.cut_at = False, 0, cut
        with pytest.raises(JournalDown):
            world.open(under=Footing(vfs=disk.name, reserve_bytes=4096))
    disk.unregister()

    assert world.open().journal.is_up
