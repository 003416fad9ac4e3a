"""A filled journal of the first version under today's schema: every row kept; the old schema or the new, never half."""

import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import apsw
import pytest

from photocore.testing import SeededEntropy
from sync.audit import check_chain
from sync.database import APPLICATION_ID, open_database
from sync.errors import JournalDown
from sync.journal import DATABASE
from sync.label_states import LabelState
from sync.statements import migrations
from sync.station import Footing
from sync.testing_disk import FailingDisk

TABLES = ("note", "epoch", "event", "secret_box", "outbox", "registration", "registration_item", "label_job")


def columns(connection: apsw.Connection, table: str) -> list[str]:
    return [row[1] for row in connection.execute(f"pragma main.table_info({table})").fetchall()]


def rows(connection: apsw.Connection, table: str, names: list[str] | None = None) -> list:
    wanted = ", ".join(names or columns(connection, table))
    return connection.execute(f"select {wanted} from {table} order by 1, 2").fetchall()


@pytest.fixture
def first_day(world, tmp_path) -> Path:
    """Return a journal as the first version left it: registrations, copies in every state, a withdrawal.

    The rows are made by today's station and carried over into the first schema, whose tables are all there still.
    """
    station = world.open()
    done = [station.desk.register(world.wish(world.package_id(serial))) for serial in range(1, 5)]
    verbs = [
        lambda job: station.jobs.printed(job, "process id"),
        lambda job: station.jobs.maybe(job, "silence"),
        lambda job: station.jobs.spoiled(job, "paper out"),
        station.jobs.taken,
        lambda job: None,
    ]
    for verb in verbs:
        job = station.jobs.next_job()
        station.jobs.begin(job.id, f"p{job.id}")
        station.jobs.sent(job.id)
        verb(job.id)
    station.desk.reprint(done[1].claim, None, "lost", receipt=True)
    station.jobs.deferred(station.jobs.next_job().id, "too wide")
    station.desk.undo(done[2].claim)
    station.close()
    old = apsw.Connection(str(tmp_path / "first.db"))
    old.execute(migrations()[0])
    old.pragma("application_id", APPLICATION_ID)
    old.pragma("user_version", 1)
    old.execute("attach ? as new", (str(world.folder / DATABASE),))
    for table in (*TABLES, "high_mark", "roster", "manifest", "manifest_item", "revoked"):
        names = ", ".join(columns(old, table))
        old.execute(f"insert into main.{table} ({names}) select {names} from new.{table}")
    old.execute("insert or ignore into sqlite_sequence (name, seq) values ('label_job', 0)")
    old.execute("update sqlite_sequence set seq = 500 where name = 'label_job'")
    old.close()
    for leftover in world.folder.glob(f"{DATABASE}*"):
        leftover.unlink()
    shutil.copy(tmp_path / "first.db", world.folder / DATABASE)
    return world.folder / DATABASE


def test_O18_a_filled_journal_of_the_first_version_keeps_every_row(world, first_day):
    """Events, marks, registrations, copies in all their states: the same before and after."""
    raw = apsw.Connection(str(first_day))
    names = {table: columns(raw, table) for table in TABLES}
    before = {table: rows(raw, table) for table in TABLES}
    raw.close()
    assert {row[9] for row in before["label_job"]} >= {"queued", "printed", "maybe", "spoiled", "void", "deferred"}

    connection = open_database(first_day)

    assert connection.pragma("user_version") == len(migrations())
    width = {table: len(before[table][0]) if before[table] else None for table in TABLES}
    after = {table: [row[: width[table]] for row in rows(connection, table)] for table in TABLES}  # new columns follow
    names = [row[1] for row in connection.execute("pragma table_info(label_job)").fetchall()]
    assert names[:4] == ["id", "place", "claim", "kind"]
    assert after == before
    assert connection.pragma("foreign_key_check") is None
    assert connection.pragma("integrity_check") == "ok"
    connection.close()


def test_O18_the_second_version_goes_on_with_what_the_first_left(world, first_day):
    """The chain holds, papers print, packages are made up, and no job number is given twice."""
    station = world.open()

    assert station.journal.read(lambda db: check_chain(db, world.keys().signing.public)) > 8
    made = station.desk.make_up(world.make_up_wish(2))
    assert min(job.id for job in made.jobs) == 501
    in_doubt = {LabelState.MAYBE, LabelState.AWAITING_PROOF}
    assert {job.state for job in station.desk.queue()} == {LabelState.QUEUED, LabelState.DEFERRED} | in_doubt
    while (job := station.jobs.next_job()) is not None:
        station.jobs.begin(job.id, "p")
        station.jobs.printed(job.id, "process id")
    world.sync(station)
    assert world.service.parked == {}


def test_O18_an_outcome_the_disk_spoilt_does_not_stop_the_step(first_day):
    """Only what can be read is carried over; what cannot stays as it was."""
    raw = apsw.Connection(str(first_day))
    claims = [row[0] for row in raw.execute("select claim from registration order by claim")]
    outcomes = (b'{"word": "registered"}', b'{"word": "regis', b'{"package": null}', b"\xff\x00{")
    for claim, outcome in zip(claims, outcomes, strict=True):
        raw.execute(
            "update outbox set level = 'photoservice', verdict = 'applied', outcome = ? where event = ?",
            (outcome, claim),
        )
    raw.close()

    connection = open_database(first_day)

    found = connection.execute("select claim, word, outcome from claim_outcome").fetchall()
    assert found == [(claims[0], "registered", outcomes[0])]
    kept = dict(connection.execute("select event, outcome from outbox where outcome is not null").fetchall())
    assert kept == dict(zip(claims, outcomes, strict=True))
    connection.close()


@pytest.mark.parametrize(
    "outcome",
    [b'{"word": "regis', b"\xff\x00{", b"[1]", b'{"word": "registered", "rolls": 7}', b"[" * 100_000, b'{"word": []}'],
)
def test_O18_a_claim_whose_outcome_the_disk_spoilt_is_said_to_be_registered_here(world, first_day, outcome):
    """No screen fails of it, and none says more than what can still be read."""
    raw = apsw.Connection(str(first_day))
    (claim,) = raw.execute("select claim from registration where withdrawn = 0 order by claim").fetchone()
    raw.execute(
        "update outbox set level = 'photoservice', verdict = 'applied', outcome = ? where event = ?", (outcome, claim)
    )
    raw.close()
    station = world.open()

    told = station.desk.level(claim)

    assert (told.word, told.outcome, told.verdict) == ("registered here", None, "applied")
    assert station.desk.status().contested == 0


def test_O18_the_database_still_refuses_a_second_valid_copy_after_the_step(world, first_day):
    """The unique indexes came over with the table; each kind has its own."""
    connection = open_database(first_day)
    found = {
        name: sql
        for name, sql in connection.execute("select name, sql from sqlite_schema where type = 'index'").fetchall()
        if name.startswith("label_job")
    }
    assert set(found) == {
        "label_job_of_claim",
        "label_job_open",
        "label_job_one_valid_copy",
        "label_job_copy",
        "label_job_one_valid_receipt",
        "label_job_one_valid_package",
        "label_job_one_valid_bag",
        "label_job_one_valid_twin",
        "label_job_one_valid_stub",
    }
    copied = (
        "insert into label_job (place, claim, kind, roll, number, of, copy, content)"
        " select place, claim, kind, roll, number, of, '000000', content from label_job where valid = 1 and kind = ?"
    )
    for kind in ("roll", "receipt"):
        with pytest.raises(apsw.ConstraintError, match="UNIQUE"):
            connection.execute(copied, (kind,))
    with pytest.raises(apsw.ConstraintError, match="FOREIGN KEY"):
        connection.execute(
            "insert into label_job (place, claim, kind, number, of, copy, content)"
            " values (1, 'nobody', 'package', 1, 1, 'A', x'00')"
        )
    with pytest.raises(apsw.ConstraintError, match="CHECK"):
        connection.execute("update label_job set kind = 'poster'")
    connection.close()


def test_O18_a_power_cut_during_the_step_leaves_the_old_schema_or_the_new(world, first_day):
    """At every operation of the opening: what is found afterwards is whole, and the station opens."""
    image = {DATABASE: first_day.read_bytes()}
    whole = FailingDisk("step-whole", SeededEntropy(0), image)
    world.open(under=Footing(vfs=whole.name, reserve_bytes=1)).close()
    whole.unregister()
    versions = set()
    for index in range(24):
        cut = 1 + whole.operations * index // 24
        disk = FailingDisk(f"step-{cut}", SeededEntropy(cut), image)
        disk.cut_at = cut
        with suppress(JournalDown):
            world.open(under=Footing(vfs=disk.name, reserve_bytes=1)).close()
        disk.unregister()
        survivors = disk.survivors()
        versions.add(int.from_bytes(survivors[DATABASE][60:64], "big"))  # user_version, in the file's header
        after = FailingDisk(f"step-after-{cut}", SeededEntropy(cut), survivors)
        station = world.open(under=Footing(vfs=after.name, reserve_bytes=1))
        assert station.journal.read(lambda db: check_chain(db, world.keys().signing.public)) > 8
        count = station.journal.read(lambda db: db.execute("select count(*) from label_job").fetchone())
        assert count == (len(rows_of(first_day)),)
        station.close()
        after.unregister()
    assert versions == {1, len(migrations())}


def rows_of(path: Path) -> list:
    raw = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    found = rows(raw, "label_job")
    raw.close()
    return found


def test_O18_kill_9_during_the_step_leaves_a_journal_that_opens(world, first_day):
    """In a process of its own, stopped dead inside the transaction, before its commit."""
    script = (
        "import os, signal, sys, pathlib, apsw\n"
        "from sync import database\n"
        "from sync.statements import migrations\n"
        "connection = apsw.Connection(sys.argv[1])\n"
        "connection.pragma('journal_mode', 'wal')\n"
        "connection.pragma('foreign_keys', 'ON')\n"
        "dying = (*migrations()[:-1], migrations()[-1] + '; select die();')\n"
        "connection.create_scalar_function('die', lambda: os.kill(os.getpid(), signal.SIGKILL))\n"
        "database.migrate(connection, dying)\n"
    )
    before = rows_of(first_day)
    told = subprocess.run([sys.executable, "-c", script, str(first_day)], capture_output=True, text=True, check=False)
    assert told.returncode == -9, told.stderr

    connection = open_database(first_day)

    assert connection.pragma("user_version") == len(migrations())
    assert rows(connection, "label_job") == before
    connection.close()
