"""How far a roll is, and having it made once more, over HTTP."""

import asyncio
from urllib.parse import quote

import pytest
import requests

from photocore.codes import mint_house_roll
from photocore.host import SystemEntropy
from photoservice.renditions.wanting import want_roll_remade

ROLL = "(01)09521141012352(21)8K2F/91QX"
WAITS = "select exists (select from pg_locks where not granted)"


def ask(lab, method: str, path: str, key: str | None = "own") -> requests.Response:
    headers = {"Authorization": f"Bearer {lab.key if key == 'own' else key}"} if key else {}
    return requests.request(method, lab.running.url + path, headers=headers, timeout=30)


def test_O5_a_lab_sees_how_far_its_roll_is_and_has_it_made_once_more(bench, wait):
    lab, path = bench.lab, f"/rolls/{quote(ROLL, safe='')}"
    bench.darkroom.refused.add(b"bad")
    for frame, content in (("1", b"one"), ("2", b"bad"), ("12A", b"three")):
        lab.file(ROLL, frame, content)
    told = ask(lab, "GET", path + "/progress")
    assert told.json() == {"state": "queued", "images": 3, "ready": 0, "waiting": 3, "failed": []}
    bench.work()
    wait(lambda: not lab.jobs())
    assert ask(lab, "GET", path + "/progress").json() == {
        "state": "done",
        "images": 3,
        "ready": 2,
        "waiting": 0,
        "failed": [{"frame": "2", "word": "undecodable"}],
    }
    bench.darkroom.refused.clear()
    asked = ask(lab, "POST", path + "/derive")
    assert (asked.status_code, asked.headers["Location"]) == (202, path + "/progress")
    wait(lambda: not lab.jobs())
    assert ask(lab, "GET", asked.headers["Location"]).json()["ready"] == 3
    assert sorted(bench.darkroom.made) == [b"bad", b"one", b"one", b"three", b"three"]


def test_O5_asking_anew_and_choosing_at_once_never_wait_for_each_other_in_a_ring(bench):
    """Both change the roll and its images: who changes an image holds its roll first."""
    lab = bench.lab
    lab.file(ROLL, "1", b"one")
    lab.running.sql("update images.image set trouble = 'undecodable'")
    database, (image,) = lab.running.service.database, lab.running.sql("select id from images.image")

    async def ask_anew():
        async with database.begin() as session:
            return await want_roll_remade(session, ROLL)

    async def both():
        async with database.begin() as session:
            await session.run("images.note_roll_again", ROLL, lab.running.service.clock.now())
            asked = asyncio.create_task(ask_anew())
            while not await session.connection.fetchval(WAITS):  # noqa: ASYNC110  # only the database knows
                await asyncio.sleep(0.01)
            await session.run("images.set_state", image["id"], "rival")
        return await asked

    assert lab.running.run(both()) is True


def test_a_delayed_roll_says_so(bench):
    lab = bench.lab
    lab.file(ROLL, "1", b"one")
    lab.running.sql("update jobs.pgqueuer set attempts = 1, execute_after = now() + interval '1 minute'")
    assert ask(lab, "GET", f"/rolls/{quote(ROLL, safe='')}/progress").json()["state"] == "delayed"


@pytest.mark.parametrize(("method", "verb"), [("GET", "progress"), ("POST", "derive")])
def test_attack_A07_what_another_filed_is_as_unknown_as_what_nobody_did(bench, method, verb):
    lab = bench.lab
    lab.file(ROLL, "1", b"one")
    other = lab.running.add_tenant("Other Lab", "lab")
    maker = lab.running.add_tenant("Halide", "maker", "9521141")
    path = f"/rolls/{quote(ROLL, safe='')}/{verb}"
    unfiled = f"/rolls/{mint_house_roll(SystemEntropy())}/{verb}"
    answers = {
        "nobody": ask(lab, method, path, None),
        "maker": ask(lab, method, path, maker),
        "other": ask(lab, method, path, other),
        "unfiled": ask(lab, method, unfiled),
        "no roll": ask(lab, method, f"/rolls/%00%FF/{verb}"),
    }
    assert {who: answer.status_code for who, answer in answers.items()} == {
        "nobody": 401,
        "maker": 403,
        "other": 404,
        "unfiled": 404,
        "no roll": 404,
    }
    same = {answers[who].json()["detail"] for who in ("other", "unfiled", "no roll")}
    assert len(same) == 1
    assert lab.running.sql("select * from images.remake") == []
