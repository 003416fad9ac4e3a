"""Connections to the database are cut under a worker: it comes back by itself, and says little."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from photoservice.db.driver import Connection, connect
from photoservice.renditions.outages import Outage, in_a_line
from photoservice.renditions.queue import Ear, open_lane
from photoservice.renditions.wanting import LANES

_ASKING = "wait_event_type = 'Lock' and query ilike '%pgqueuer%' and query !~ 'images[.]|as lane'"
_OTHERS = " from pg_stat_activity where pid <> pg_backend_pid() and datname = current_database()"


@dataclass
class Scissors:
    """A connection of one's own that cuts all others."""

    run: Callable[..., Any]
    connection: Connection

    def cut(self) -> None:
        self.run(
            self.connection.fetch(f"select pg_terminate_backend(pid) {_OTHERS} and backend_type = 'client backend'")
        )

    def count(self, condition: str) -> int:
        self.say("select pg_stat_clear_snapshot()")  # else a transaction sees for ever what it saw first
        return self.run(self.connection.fetchval(f"select count(*) {_OTHERS} and {condition}"))

    def say(self, statement: str) -> None:
        self.run(self.connection.execute(statement))

    def listening(self) -> int:
        return self.count("query ilike 'listen%'")


@pytest.fixture
def scissors(bench, database) -> Iterator[Scissors]:
    run = bench.lab.running.run
    scissors = Scissors(run, run(connect(database)))
    yield scissors
    run(scissors.connection.close())


def surely(call: Callable[[], Any]) -> Any:
    """Ask over the service's own pool, whose next connection may be one that was cut: then it does not hold yet."""
    try:
        return call()
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False


async def _nothing(_job: object) -> None:
    """Do nothing of a job."""


def lanes(told: list[Any], event: str) -> list[str]:
    return sorted(one["lane"] for one in told if one["event"] == event)


def test_O5_a_queue_whose_connections_were_cut_while_every_lane_asked_is_asked_and_listened_to_again(
    bench, scissors, wait
):
    """All lanes fail at the same moment, twice: the library's own driver would never listen again."""
    lab = bench.lab
    bench.work()
    wait(lambda: scissors.listening() == 1)
    with capture_logs() as told:
        for n in range(2):
            scissors.say("begin")
            scissors.say("lock table jobs.pgqueuer in access exclusive mode")
            wait(lambda: scissors.count(_ASKING) >= len(LANES))
            scissors.cut()
            scissors.say("commit")
            wait(lambda n=n: surely(lambda: lab.file(f"R-{n}", "1", str(n).encode())))
            wait(lambda n=n: surely(lambda: lab.is_made(f"R-{n}")))
            wait(lambda: scissors.listening() == 1)
        wait(lambda: lanes(told, "renditions.queue_works_again") == lanes(told, "renditions.queue_failing"))
    failing = [one for one in told if one["event"] == "renditions.queue_failing"]
    assert {one["lane"] for one in failing} == set(LANES)
    assert all(len(str(one)) < 400 for one in told if one["event"].startswith("renditions."))
    assert "terminating connection" in failing[0]["why"]


def test_O5_a_roll_under_way_when_connections_are_cut_keeps_no_other_waiting(bench, scissors, wait):
    lab, darkroom = bench.lab, bench.darkroom
    darkroom.hold(b"held")
    lab.file("R-1", "1", b"held")
    bench.work()
    wait(lambda: darkroom.begun == [b"held"] and scissors.listening() == 1)
    scissors.cut()
    wait(lambda: surely(lambda: lab.file("R-2", "1", b"new")))
    wait(lambda: surely(lambda: lab.is_made("R-2")))
    wait(lambda: scissors.listening() == 1)
    assert not lab.is_made("R-1")
    bench.let_go()
    wait(lambda: surely(lambda: lab.is_made("R-1")))
    assert len(lab.renditions()) == 4


def test_O5_an_ear_that_hears_nothing_is_dropped_and_another_is_taken(bench, scissors, wait):
    """As after a network that lost the other end without a word: the connection looks well."""
    service = bench.lab.running.service
    soon = timedelta(seconds=0.2)

    async def listen_and_ask() -> tuple[bool, bool]:
        ear = Ear(service.database.pool)
        outage = Outage("new", service.metrics)
        lane = open_lane(ear, "new", _nothing, outage)
        await ear.add(lambda _: None)  # hears, but tells the lane nothing
        was_open = ear.is_open
        asking = asyncio.create_task(lane._run_periodic_health_check(soon))
        while not outage.is_on:  # noqa: ASYNC110  # the library's own loop is watched
            await asyncio.sleep(0.01)
        lane.shutdown.set()
        await asking
        dropped = not ear.is_open
        await ear.mend()
        try:
            return was_open and dropped, ear.is_open
        finally:
            ear.drop()

    with capture_logs() as told:
        assert bench.lab.running.run(listen_and_ask()) == (True, True)
    assert [one["why"].split(":")[0] for one in told if "lane" in one] == ["FailingListenerError"]
    wait(lambda: scissors.listening() == 0)


def test_what_was_raised_is_told_in_a_line():
    with pytest.raises(ValueError, match="one") as raised:
        raise ValueError("one\ntwo " + "x" * 500)
    assert in_a_line(raised.value).startswith("ValueError: one at test_outages.py:")
    assert in_a_line(KeyError()) == "KeyError: "
