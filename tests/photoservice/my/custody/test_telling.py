"""Labs and retailers tell where rolls are: each step once, whatever is beside it; overdue rolls are listed (S2)."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import quote

import pytest
import requests

from photoservice.web.custody_words import tell_line
from photoservice.web.languages import read_words

NOW = "2026-11-21T10:00:00+01:00"


@pytest.fixture
def key(world):
    return world.running.add_tenant("Silver Lab", "lab")


@pytest.fixture
def archive(world, key):
    """The lab is there already."""
    from photoservice.testing_pictures import Archive

    return Archive(world.running)


@pytest.fixture
def tell(world, key):
    def send(*steps, bearer=key, status=200):
        reply = requests.post(
            f"{world.url}/custody",
            json={"steps": list(steps)},
            headers={"Authorization": f"Bearer {bearer}"},
            timeout=30,
        )
        assert reply.status_code == status, reply.text
        return reply.json().get("steps")

    return send


def step(roll, name, key, at=NOW, **more):
    return {"roll": roll, "step": name, "at": at, "key": key, **more}


def verdicts(answers):
    return [one["verdict"] for one in answers]


def test_S2_a_step_told_twice_is_kept_once_and_moves_the_line(owner, tell, lines, world):
    mine = owner("TOLD0001", frames=())
    roll, other = mine.rolls
    sent = [step(roll, "dropped", "k1", place="Corner Shop"), step(roll, "received", "k2")]
    assert verdicts(tell(*sent)) == ["applied", "applied"]
    assert verdicts(tell(*sent)) == ["duplicate", "duplicate"]
    known = lines(mine.rolls)
    assert [known[roll].now.step, known[roll].now.place] == ["received", "Silver Lab"]
    assert known[other].now.step == "registered"
    told = tell_line(read_words()["en"], known[roll], world.clock.now())
    assert told.sentence.startswith("It has been at the lab since ")
    assert told.next == "Your pictures usually appear within 3 days."
    assert [one.state for one in told.steps] == [
        "unknown", "done", "done", "unknown", "now", "next", "later", "later", "later",
    ]  # fmt: skip


def test_S2_one_step_that_cannot_be_kept_stops_none_beside_it(owner, tell):
    roll = owner("TOLD0002", frames=()).rolls[0]
    future = "2030-01-01T00:00:00Z"
    answers = tell(
        step("nonsense", "received", "a"),
        step(roll, "eaten", "b"),
        step(roll, "registered", "c"),
        step(roll, "received", "d", at="yesterday"),
        step(roll, "received", "e", at="2026-11-21T10:00:00"),
        step(roll, "received", "f", at=future),
        step(roll, "received", "g", at="0001-01-01T00:00:00+14:00"),
        step(roll, "received", "a/b"),
        step(roll, "received", "h", place="\u202egnihton\x00"),
        step(roll, "received", "good", place="Łódź \U0001f39e نوشته‌ها"),
        step(roll, "developed", "good"),
    )
    assert verdicts(answers) == ["refused"] * 9 + ["applied", "refused"]
    assert all(one["reason"] for one in answers if one["verdict"] == "refused")


def test_S2_a_body_out_of_form_is_refused_whole(owner, tell):
    roll = owner("TOLD0003", frames=()).rolls[0]
    tell(status=400)
    tell({"roll": roll}, status=400)
    tell(step(roll, "received", "k", place="x" * 10_000), status=400)
    tell(*(step(roll, "received", f"k{n}") for n in range(201)), status=400)
    tell(step(roll, "received", "k", extra="field"), status=400)


def test_S2_makers_and_strangers_tell_nothing(owner, tell, world):
    roll = owner("TOLD0004", frames=()).rolls[0]
    tell(step(roll, "received", "k"), bearer=world.maker, status=403)
    tell(step(roll, "received", "k"), bearer="tck_wrong", status=401)
    assert world.sql("select key from images.custody") == []


def test_S2_a_tenant_reads_what_it_told_and_nothing_of_anothers(owner, tell, world, key):
    roll = owner("TOLD0005", frames=()).rolls[0]
    other = world.running.add_tenant("Other Lab", "lab")
    tell(step(roll, "received", "same-key"))
    assert verdicts(tell(step(roll, "developed", "same-key"), bearer=other)) == ["applied"]
    path = f"{world.url}/rolls/{quote(roll, safe='')}/custody"
    for bearer, told in ((key, "received"), (other, "developed")):
        reply = requests.get(path, headers={"Authorization": f"Bearer {bearer}"}, timeout=30)
        assert [one["step"] for one in reply.json()["steps"]] == [told]
    reply = requests.delete(f"{world.url}/custody/nothing", headers={"Authorization": f"Bearer {key}"}, timeout=30)
    assert reply.status_code == 404


def test_S2_a_step_told_by_mistake_is_taken_back(owner, tell, lines, world, key):
    roll = owner("TOLD0006", frames=()).rolls[0]
    tell(step(roll, "received", "k1"), step(roll, "picked_up", "k2"))
    assert lines([roll])[roll].now.step == "picked_up"
    for _ in range(2):
        reply = requests.delete(f"{world.url}/custody/k2", headers={"Authorization": f"Bearer {key}"}, timeout=30)
        assert reply.status_code == 204
    assert lines([roll])[roll].now.step == "received"
    assert world.sql("select key from images.custody where is_open") == [{"key": "k1"}]
    assert verdicts(tell(step(roll, "picked_up", "k2"))) == ["duplicate"]
    assert lines([roll])[roll].now.step == "received"


def test_S2_a_roll_expected_but_not_seen_is_listed_until_something_is_seen(owner, tell, lines, world, archive):
    late, scanned, moving = (owner(f"LATE000{n}", frames=(), rolls=1).rolls[0] for n in range(3))
    tell(*(step(roll, "dropped", f"k{n}") for n, roll in enumerate((late, scanned, moving))))
    world.clock.advance(timedelta(days=6).total_seconds())
    tell(step(moving, "received", "k9", at=world.clock.now().isoformat()))
    archive.file(scanned, "1", archive.tenant("Silver Lab"))
    line = lines([late])[late]
    assert (line.missing.ends, lines([scanned])[scanned].missing) == ("received", None)
    told = tell_line(read_words()["en"], line, world.clock.now())
    assert told.is_late
    assert told.next.startswith("It should have reached the lab by now.")
    assert [one.roll for one in overdue(world)] == [late]
    assert count(world)["received"] == 1
    assert len(world.sql("select key from images.custody where is_open")) == 2
    tell(step(late, "shipped", "k10", at=world.clock.now().isoformat()))
    assert overdue(world) == ()


def overdue(world):
    async def ask():
        async with world.running.service.database.begin() as session:
            return await world.running.service.people.custody.overdue(session, most=10)

    return world.running.run(ask())


def count(world):
    async def ask():
        async with world.running.service.database.begin() as session:
            return await world.running.service.people.custody.count_overdue(session)

    return world.running.run(ask())


def test_S2_the_command_lists_overdue_rolls_and_says_so_by_its_exit_code(owner, tell, world, database):
    roll = owner("LATE0009", frames=(), rolls=1).rolls[0]
    folder = str(world.running.service.settings.folder)
    line = f"from photoservice.cli import command; raise SystemExit(command({['custody', 'late', '--dir', folder]!r}))"

    def run():
        known = {**os.environ, "TWINCHECK_DATABASE": database}
        asked = [sys.executable, "-P", "-c", line]
        return subprocess.run(asked, env=known, capture_output=True, text=True, timeout=60, check=False)

    before = run()
    assert (before.returncode, before.stdout) == (0, "")
    tell(step(roll, "shipped", "k", at="2026-10-01T10:00:00Z", place="Depot"))
    after = run()
    assert after.returncode == 1
    assert after.stdout == f"{roll}  shipped 2026-10-01T10:00:00+00:00 (Silver Lab, Depot)  expected: received\n"


def test_S2_two_labs_that_tell_of_one_roll_at_once_leave_one_step_open(owner, tell, world):
    roll = owner("BOTH0001", frames=(), rolls=1).rolls[0]
    names = ["dropped", "shipped", "received", "developed", "scanned", "finished"] * 4
    with ThreadPoolExecutor(8) as pool:
        told = list(pool.map(lambda sent: tell(step(roll, sent[1], f"k{sent[0]}")), enumerate(names)))
    assert {verdict for one in told for verdict in verdicts(one)} == {"applied"}
    assert world.sql("select step from images.custody where is_open") == [{"step": "finished"}]
