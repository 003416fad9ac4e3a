"""A journal of the version before the till, with papers in every state: the step keeps every row, and it goes on."""

import shutil
from pathlib import Path

import apsw
import pytest

from sync.database import APPLICATION_ID, open_database
from sync.journal import DATABASE
from sync.label_states import LabelState
from sync.statements import migrations

BEFORE = 6
"""The steps that had shipped before the till's."""


def tables(connection: apsw.Connection) -> dict[str, list]:
    names = [row[0] for row in connection.execute("select name from sqlite_schema where type = 'table' order by name")]
    return {name: sorted(connection.execute(f"select * from {name}").fetchall(), key=repr) for name in names}


@pytest.fixture
def sixth(world, tmp_path) -> Path:
    """Return a journal as version six left it: its rows are made by today's station, and carried over."""
    station = world.open()
    done = [station.desk.register(world.wish(world.package_id(serial))) for serial in range(1, 4)]
    station.desk.make_up(world.make_up_wish(2))
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
    old = apsw.Connection(str(tmp_path / "sixth.db"))
    for step in migrations()[:BEFORE]:
        old.execute(step)
    old.pragma("application_id", APPLICATION_ID)
    old.pragma("user_version", BEFORE)
    old.execute("attach ? as new", (str(world.folder / DATABASE),))
    for name in tables(old):
        if not name.startswith("sqlite_"):
            columns = ", ".join(row[1] for row in old.execute(f"pragma main.table_info({name})"))
            old.execute(f"insert into main.{name} ({columns}) select {columns} from new.{name}")
    old.execute("update sqlite_sequence set seq = 900 where name = 'label_job'")
    old.close()
    for leftover in world.folder.glob(f"{DATABASE}*"):
        leftover.unlink()
    shutil.copy(tmp_path / "sixth.db", world.folder / DATABASE)
    return world.folder / DATABASE


def test_S1_a_filled_journal_of_version_six_keeps_every_row(sixth):
    """Every table is the same before and after but for the new ones, and the last job's number is remembered."""
    raw = apsw.Connection(str(sixth))
    before = tables(raw)
    raw.close()
    states = {row[9] for row in before["label_job"]}
    assert states >= {"queued", "awaiting_proof", "printed", "taken", "maybe", "spoiled", "void", "deferred"}

    connection = open_database(sixth)

    after = tables(connection)
    assert {name: after[name] for name in before} == before
    assert set(after) - set(before) == {
        "till_told",
        "till_ended",
        "drop_off",
        "drop_roll",
        "drop_number",
        "bag_pick_up",
    }
    assert connection.pragma("foreign_key_check") is None
    assert connection.pragma("integrity_check") == "ok"
    connection.close()


def test_S1_the_new_version_goes_on_with_what_version_six_left(world, sixth, till):
    """Old papers print, sales and drop-offs are told, and no job number is given twice."""
    station = world.open()
    before = len(station.desk.queue())

    done = station.desk.drop_off(till.drop())
    station.desk.sell(till.sale(world.package_id(1), card=world.anna))
    told = station.desk.refund_sale(till.refund(world.package_id(1)))

    assert min(job.id for job in done.jobs) == 901
    assert len(told.ended) == 1
    assert len(station.desk.queue()) < before + len(done.jobs)
    while (job := station.jobs.next_job()) is not None:
        station.jobs.begin(job.id, f"p{job.id}")
        station.jobs.printed(job.id, "process id")
    assert {job.state for job in station.desk.find_drop_off(done.bag).jobs} == {LabelState.PRINTED}
    world.sync(station)
    assert world.service.parked == {}


def test_S1_the_database_refuses_a_second_valid_copy_of_a_drop_offs_paper(world, station, till):
    """Each kind has an index of its own."""
    station.desk.drop_off(till.drop())
    station.close()
    raw = apsw.Connection(str(world.folder / DATABASE))
    for kind in ("bag", "twin", "stub"):
        with pytest.raises(apsw.ConstraintError, match="UNIQUE"):
            raw.execute(
                "insert into label_job (place, claim, kind, number, of, copy, content)"
                " select place, claim, kind, number, of, '000000', content from label_job where valid = 1 and kind = ?",
                (kind,),
            )
    raw.close()
