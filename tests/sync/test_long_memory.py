"""A station that has stood at its counter for years: what is asked all day reads what is open, not what ever was."""

import apsw
import pytest

from sync.rounds import Round, run_round
from sync.statements import run

OLD = 3_000
LIMIT = 2_000
"""Steps of SQLite's machine. One look at each of the old rows takes more."""

ASKED = {
    "labels.next_job": {},
    "labels.open_jobs": {},
    "registrations.count_waiting": {},
    "registrations.newest": {"limit": 5},
    "outbox.count_troubled": {},
    "outbox.first_owed": {},
    "outbox.count_at_hub": {},
    "outbox.oldest_in_doubt": {"skipped": "[]", "limit": 5},
    "outbox.doubt_hub": {},
    "news.count_contested": {},
    "news.untold": {"limit": 5},
}


def steps(connection: apsw.Connection, name: str, values: dict) -> int:
    """Return how many steps, in tens, SQLite takes for one statement."""
    taken = 0

    def count() -> bool:
        nonlocal taken
        taken += 10
        return False

    connection.set_progress_handler(count, 10)
    try:
        run(connection, name, values)
    finally:
        connection.set_progress_handler(None)
    return taken


@pytest.fixture
def old_station(world, station):
    """Return a station that printed and delivered thousands of registrations, and has one open."""
    done = station.desk.register(world.wish(world.package_id(1)))
    delivery = station.courier.rounds.delivery
    delivery.begin_round()
    assert run_round(Round(delivery, station.courier.rounds.sign), world.service).ok
    station.journal.write(lambda t: age(t.connection, done.claim))
    station.desk.register(world.wish(world.package_id(2)))
    return station


def age(connection: apsw.Connection, claim: str) -> None:
    """Multiply one registration with its papers, all of them printed."""
    epoch, seq = connection.execute("select ordinal, last from epoch order by ordinal desc limit 1").fetchone()
    connection.execute("update label_job set state = 'printed', proof = 'test'")
    connection.execute("create temp table old (n, id)")
    connection.executemany("insert into old values (?, ?)", ((n, f"{n:032x}") for n in range(1, OLD + 1)))
    for sql in OLDER:
        connection.execute(sql, {"claim": claim, "epoch": epoch, "seq": seq})
    connection.execute("update epoch set last = last + ? where ordinal = ?", (OLD, epoch))


OLDER = (
    """insert into event select :epoch, :seq + n, old.id, kind, at, hash, line
       from old, event where event.id = :claim""",
    """insert into outbox (ordinal, seq, event, level, verdict, reason, outcome, answered_at, cause)
       select :epoch, :seq + n, id, level, verdict, reason, outcome, answered_at, cause
       from old, outbox where event = :claim""",
    """insert into registration
       select id, 'TCN-' || n, item, item_level, package, rolls, card_mark, language, made_at, 0
       from old, registration where claim = :claim""",
    """insert into label_job (place, claim, kind, roll, number, of, copy, content, state)
       select n, old.id, kind, roll || n, number, of, copy, content, state from old, label_job where claim = :claim""",
)


@pytest.mark.parametrize("name", ASKED)
def test_K4_what_screen_and_printer_ask_all_day_does_not_grow_with_the_years(old_station, name):
    """Each through an index over what is open."""
    assert old_station.journal.read(lambda db: steps(db, name, ASKED[name])) < LIMIT


def test_K4_a_set_is_queued_behind_all_others_without_reading_them(old_station):
    """Places only grow, and the end of the line is found by the newest job's number."""
    before = old_station.jobs.next_job()
    found = old_station.journal.read(lambda db: run(db, "labels.job_by_id", {"id": before.id}))
    values = dict(
        zip(("claim", "kind", "roll", "number", "of", "copy", "content", "state"), found[0][1:9], strict=True)
    )
    fresh = values | {"roll": "TCR-NEW", "place": None, "why": ""}

    taken = old_station.journal.write(lambda t: steps(t.connection, "labels.add_job", fresh))

    assert taken < LIMIT
    places = old_station.journal.read(
        lambda db: [row[0] for row in db.execute("select place from label_job order by id")]
    )
    assert places[-1] > max(places[:-1])


def test_K4_steps_are_counted(old_station):
    """The measure itself: reading every label takes more than the limit."""
    assert old_station.journal.read(lambda db: steps(db, "labels.unsettled_jobs", {})) > LIMIT
