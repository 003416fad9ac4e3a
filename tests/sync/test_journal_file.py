"""The journal's file: nothing about it is trusted that was not read back."""

import os
import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from sync.audit import check_chain
from sync.database import PRAGMAS, Pragma, assert_sqlite_fit, migrate, open_database, open_read_only, read_beside
from sync.errors import JournalBusy, JournalDamaged, JournalDown, JournalTooNew, SqliteUnfit
from sync.journal import DATABASE, LOCK
from sync.lock import WriterLock, holder_of, is_held
from sync.statements import migrations, number, one, statement


@pytest.mark.parametrize("version", ["3.40.1", "3.51.2", "3.52.0", "3.52.9"])
def test_K4_a_sqlite_without_the_wal_reset_fix_is_refused(version):
    """Debian 12's own SQLite is one of them."""
    with pytest.raises(SqliteUnfit, match=version):
        assert_sqlite_fit(version)


@pytest.mark.parametrize("version", ["3.51.3", "3.53.0", "3.54.1", "4.0.0"])
def test_K4_a_sqlite_with_the_fix_is_taken(version):
    """Nothing is raised."""
    assert_sqlite_fit(version)


def test_K4_every_setting_is_in_force(tmp_path):
    """WAL and FULL, read back from the connection itself."""
    connection = open_database(tmp_path / DATABASE)

    assert connection.pragma("journal_mode") == "wal"
    assert connection.pragma("synchronous") == 2
    assert {setting.name: connection.pragma(setting.name) for setting in PRAGMAS} == {
        setting.name: setting.reads[0] for setting in PRAGMAS
    }
    connection.close()


def test_K4_a_setting_that_does_not_hold_stops_the_start(tmp_path):
    """An I/O error while switching to WAL raises nothing in SQLite; reading back finds it."""
    deaf = (Pragma(name="journal_mode", value="delete", reads=("wal",)),)

    with pytest.raises(SqliteUnfit, match="journal_mode reads 'delete'"):
        open_database(tmp_path / DATABASE, pragmas=deaf)


def test_K4_a_newer_schema_is_refused_and_left_alone(tmp_path):
    """An old version of the software after a downgrade must not touch what it does not know."""
    path = tmp_path / DATABASE
    connection = open_database(path)
    connection.pragma("user_version", len(migrations()) + 1)
    connection.close()
    before = path.read_bytes()

    with pytest.raises(JournalTooNew):
        open_database(path)
    with pytest.raises(JournalTooNew):
        open_read_only(path)
    assert path.read_bytes() == before


def test_K4_a_migration_that_fails_leaves_the_old_schema(tmp_path):
    """All missing steps are one transaction: the good ones are not kept without the bad one."""
    raw = apsw.Connection(str(tmp_path / DATABASE))

    with pytest.raises(apsw.SQLError, match="half"):
        migrate(raw, (*migrations(), "create table half (a); create table half (a);"))

    assert raw.pragma("user_version") == 0
    assert raw.execute("select count(*) from sqlite_schema").fetchall() == [(0,)]
    raw.close()


def test_K4_a_strangers_database_is_not_taken_for_a_journal(tmp_path):
    """Another program's tables stay another program's."""
    raw = apsw.Connection(str(tmp_path / DATABASE))
    raw.execute("create table theirs (a)")
    raw.close()

    with pytest.raises(JournalDamaged, match="no journal"):
        open_database(tmp_path / DATABASE)


def test_K4_a_file_that_is_no_database_is_refused(tmp_path):
    """Nothing is overwritten."""
    (tmp_path / DATABASE).write_bytes(b"not a database, but somebody's file" * 200)

    with pytest.raises(JournalDamaged):
        open_database(tmp_path / DATABASE)
    assert (tmp_path / DATABASE).read_bytes().startswith(b"not a database")


def test_K4_a_damaged_page_is_found_at_the_start(world, station):
    """quick_check reads every page before the station says that it is ready."""
    for serial in range(1, 6):
        station.desk.register(world.wish(world.package_id(serial)))
    station.close()
    path = world.folder / DATABASE
    page = one_of_the_event_pages(path)
    with path.open("r+b") as file:
        file.seek(page * 4096)
        file.write(b"\xff" * 64)

    with pytest.raises(JournalDown):
        world.open()


def one_of_the_event_pages(path: Path) -> int:
    raw = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    (root,) = raw.execute("select rootpage from sqlite_schema where name = 'event'").fetchone()
    raw.close()
    return root - 1


def test_K4_a_changed_event_does_not_pass_the_chain(world, station):
    """A record edited in place keeps the file sound and breaks the chain."""
    done = station.desk.register(world.wish(world.package_id(1)))
    public = world.keys().signing.public
    assert station.journal.read(lambda db: check_chain(db, public)) == 2

    def edit(transaction):
        transaction.connection.execute(
            "update event set line = cast(replace(cast(line as text), '4012345000009', '4012345000016') as blob)"
            " where id = ?", (done.claim,)
        )  # fmt: skip

    station.journal.write(edit)

    with pytest.raises(JournalDamaged, match=done.claim):
        station.journal.read(lambda db: check_chain(db, public))


def test_K4_two_journals_on_one_folder_are_impossible(world, station):
    """The second is refused and told who holds it."""
    with pytest.raises(JournalBusy, match=str(os.getpid())) as caught:
        world.open()

    assert caught.value.holder == os.getpid()


def test_K4_a_second_process_is_refused_with_the_holders_number(world, station):
    """The lock is the kernel's, not a variable of ours."""
    script = (
        "import sys, pathlib; from sync.lock import WriterLock; from sync.errors import JournalBusy\n"
        "try: WriterLock(pathlib.Path(sys.argv[1]))\n"
        "except JournalBusy as busy: print(busy.holder)"
    )
    command = [sys.executable, "-c", script, str(world.folder / LOCK)]
    told = subprocess.run(command, capture_output=True, text=True, check=True)

    assert told.stdout.strip() == str(os.getpid())


def test_K4_the_lock_goes_with_its_holder(tmp_path):
    """Released or not, nothing has to be cleaned up by hand."""
    lock = WriterLock(tmp_path / LOCK)
    assert is_held(tmp_path / LOCK) == os.getpid() == holder_of(tmp_path / LOCK)
    lock.release()
    lock.release()

    assert is_held(tmp_path / LOCK) is None
    WriterLock(tmp_path / LOCK).release()


def test_K4_status_reads_beside_the_writer_and_after_it(world, station):
    """Looking needs no lock, while the station runs and when it does not."""
    station.desk.register(world.wish(world.package_id(1)))
    beside = read_beside(world.folder / DATABASE, lambda db: number(db, "journal.count_events"))
    station.close()
    after = read_beside(world.folder / DATABASE, lambda db: number(db, "journal.count_events"))

    assert (beside, after) == (2, 2)
    with pytest.raises(JournalDown):
        read_beside(world.folder / "none.db", lambda db: None)


def test_K4_looking_cannot_write(world, station):
    """Not even by mistake."""
    connection = open_read_only(world.folder / DATABASE)
    with pytest.raises(apsw.ReadOnlyError):
        connection.execute("delete from event")
    connection.close()


def test_K4_every_start_is_a_fresh_epoch_that_names_the_one_before(world, station):
    """A restored disk can only come to life through a start, so (epoch, seq) is never used twice."""
    first = station.journal.epoch
    station.close()
    second = world.open()

    rows = second.journal.read(lambda db: db.execute("select epoch, last, head from epoch order by ordinal").fetchall())
    public = second.journal.read(lambda db: one(db, "journal.all_events"))
    assert [row[0] for row in rows] == [first, second.journal.epoch]
    assert len({row[0] for row in rows}) == 2
    opened = second.journal.read(
        lambda db: db.execute("select json_extract(line, '$.public') from event order by ordinal desc").fetchone()
    )
    assert f'"previous_epoch":"{first}"' in opened[0]
    assert rows[0][2] in opened[0]
    assert public is not None


def test_sql_is_found_by_name_and_its_absence_is_loud():
    """A misspelt name fails at once."""
    assert statement("journal.newest_epoch").startswith("-- The epoch now being written")
    with pytest.raises(KeyError):
        statement("journal.no_such_query")
