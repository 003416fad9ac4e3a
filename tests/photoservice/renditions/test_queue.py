"""The queue's place in the database: made in the transaction that wants it, one job a roll, and never lost for good."""

import asyncio

import pytest
from pgqueuer.domain.settings import DBSettings

from photoservice.renditions.queue import NAMES, Ear, open_queue
from photoservice.renditions.wanting import PRIORITY, sweep, want_backfill, want_roll, want_roll_remade


class _Undone(Exception):
    pass


def test_the_library_finds_its_schema_as_our_migration_made_it(idle_lab):
    """All but the function that notifies, which is ours: it is silent at updates, as the library's is in effect."""
    service = idle_lab.running.service
    plan = idle_lab.running.run(open_queue(Ear(service.database.pool)).plan_upgrade())
    assert [text.split("(")[0] for text in plan.statements] == ["CREATE OR REPLACE FUNCTION jobs.fn_pgqueuer_changed"]


def test_no_name_of_the_queue_comes_from_the_environment(monkeypatch):
    for field in DBSettings.model_fields:
        monkeypatch.setenv(field.upper(), "elsewhere")
        monkeypatch.setenv(f"PGQUEUER_{field.upper()}", "elsewhere")
    monkeypatch.setenv("PGQUEUER_SCHEMA", "elsewhere")
    for free in ("DURABILITY", "PGQUEUER_DURABILITY", "WIDEN_ID", "PGQUEUER_WIDEN_ID"):
        monkeypatch.delenv(free)
    names = DBSettings(**NAMES)
    assert "elsewhere" not in [str(value) for value in names.model_dump().values()]


def test_O5_a_job_is_made_with_what_wants_it_or_not_at_all(idle_lab, scan_of):
    idle_lab.file("R-1", "1", scan_of(1))
    idle_lab.running.sql("delete from jobs.pgqueuer")

    async def undone(session):
        await want_roll(session, "R-1")
        raise _Undone

    with pytest.raises(_Undone):
        idle_lab.running.do(undone)
    assert idle_lab.jobs() == []
    assert idle_lab.roll("R-1")["wanted"] == 1


def test_O5_a_roll_has_one_job_however_often_it_is_wanted_and_it_takes_the_better_lane(idle_lab, scan_of):
    for n, lane in enumerate(("backfill", "asked", "backfill", "new", "asked")):
        idle_lab.file("R-1", str(n), scan_of(n), lane=lane)
    (job,) = idle_lab.jobs()
    assert (job["dedupe_key"], job["entrypoint"], job["priority"]) == ("R-1", "new", PRIORITY["new"])
    assert idle_lab.roll("R-1") == {"wanted": 5, "made": 0}


def test_a_job_that_is_worked_on_becomes_urgent_in_place(idle_lab, scan_of):
    idle_lab.file("R-1", "1", scan_of(1), lane="backfill")
    idle_lab.running.sql("update jobs.pgqueuer set status = 'picked'")
    idle_lab.file("R-1", "2", scan_of(2))
    (job,) = idle_lab.jobs()
    assert (job["entrypoint"], job["priority"], job["status"]) == ("backfill", PRIORITY["new"], "picked")


def test_a_job_put_off_after_a_failure_goes_at_once_when_somebody_wants_more(idle_lab, scan_of):
    idle_lab.file("R-1", "1", scan_of(1))
    idle_lab.running.sql("update jobs.pgqueuer set execute_after = now() + interval '1 hour', attempts = 9")
    idle_lab.file("R-1", "2", scan_of(2))
    assert idle_lab.running.sql("select execute_after <= now() as due from jobs.pgqueuer")[0]["due"]


def test_O5_rolls_behind_without_a_job_get_one_and_no_others(idle_lab, scan_of):
    for n in range(3):
        idle_lab.file(f"R-{n}", "1", scan_of(n))
    idle_lab.running.sql("update images.filed_roll set made = wanted where id = 'R-0'")
    idle_lab.running.sql("update images.filed_roll set wanted = 5, made = 2 where id = 'R-2'")
    idle_lab.running.sql("delete from jobs.pgqueuer")
    assert idle_lab.running.do(sweep) == 2
    assert [(job["dedupe_key"], job["entrypoint"]) for job in idle_lab.jobs()] == [("R-1", "new"), ("R-2", "asked")]
    assert idle_lab.running.do(sweep) == 0


def test_the_queues_log_is_kept_for_a_week(idle_lab):
    idle_lab.running.sql(
        "insert into jobs.pgqueuer_log (created, job_id, status, priority, entrypoint)"
        " select now() - d * interval '1 day', d, 'picked', 0, 'new' from generate_series(5, 9) d"
    )
    idle_lab.running.do(sweep)
    assert [row["job_id"] for row in idle_lab.running.sql("select job_id from jobs.pgqueuer_log order by 1")] == [5, 6]


def test_O5_a_frame_that_comes_between_the_last_look_and_the_end_is_seen(idle_lab, scan_of):
    idle_lab.file("R-1", "1", scan_of(1))
    job = idle_lab.jobs()[0]["id"]
    seen = idle_lab.roll("R-1")["wanted"]
    idle_lab.file("R-1", "2", scan_of(2))
    finish = lambda wanted: idle_lab.running.do(  # noqa: E731
        lambda session: session.value("renditions.finish", "R-1", wanted, job)
    )
    assert finish(seen) == 0
    assert len(idle_lab.jobs()) == 1
    assert finish(seen + 1) == 1
    assert idle_lab.jobs() == []
    assert idle_lab.is_made("R-1")


def test_O5_whoever_wants_more_while_a_job_ends_waits_for_its_end_and_makes_the_next(idle_lab, scan_of):
    idle_lab.file("R-1", "1", scan_of(1))
    job = idle_lab.jobs()[0]["id"]
    database = idle_lab.running.service.database

    async def cross() -> None:
        async with database.begin() as ending:
            assert await ending.value("renditions.finish", "R-1", 1, job) == 1
            wanting = asyncio.create_task(want())
            while not await ending.connection.fetchval(  # noqa: ASYNC110  # another transaction is watched
                "select count(*) from pg_locks where not granted and locktype in ('transactionid', 'tuple')"
            ):
                await asyncio.sleep(0)
        await wanting

    async def want() -> None:
        async with database.begin() as session:
            await want_roll(session, "R-1")

    idle_lab.running.run(cross())
    (fresh,) = idle_lab.jobs()
    assert (fresh["status"], fresh["id"] > job) == ("queued", True)
    assert not idle_lab.is_made("R-1")


def test_a_backfill_finds_rolls_of_an_older_recipe_and_rolls_that_lack_something(idle_lab, scan_of):
    shas = [idle_lab.file(f"R-{n}", "1", scan_of(n)) for n in range(3)]
    idle_lab.running.sql("delete from jobs.pgqueuer")
    idle_lab.running.sql("insert into images.jpeg_header values (decode(repeat('00', 32), 'hex'), '')")
    for sha, recipe in zip(shas[:2], (0, 1), strict=True):
        idle_lab.running.sql(
            "insert into images.rendition select $1, tier, $2, id, 1, '', 1, 1, now()"
            " from images.jpeg_header, unnest(array['256', '2048']) tier",
            *(sha, recipe),
        )
    assert idle_lab.running.run(want_backfill(idle_lab.running.service.database)) == 2
    assert [(job["dedupe_key"], job["entrypoint"]) for job in idle_lab.jobs()] == [
        ("R-0", "backfill"),
        ("R-2", "backfill"),
    ]


def test_a_roll_is_remade_for_one_tenant_of_two_and_an_unknown_one_for_nobody(idle_lab, scan_of):
    mine = idle_lab.file("R-1", "1", scan_of(1))
    idle_lab.running.add_tenant("Other Lab", "lab")
    other = idle_lab.running.sql("select id from tenant where name = 'Other Lab'")[0]["id"]
    idle_lab.tenant, own = other, idle_lab.tenant
    idle_lab.file("R-1", "2", scan_of(2))
    assert idle_lab.running.do(lambda session: want_roll_remade(session, "R-1", tenant=own))
    assert [row["sha256"] for row in idle_lab.running.sql("select * from images.remake")] == [mine]
    assert not idle_lab.running.do(lambda session: want_roll_remade(session, "R-2"))
