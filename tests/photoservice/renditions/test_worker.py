"""A worker in this process whose pictures are scripted: order, failures, outages, and ends in the middle."""

import asyncio
import random
from collections.abc import AsyncGenerator

import pytest
from prometheus_client.parser import text_string_to_metric_families

from imaging.errors import DarkroomDown
from photoservice.objects.store import StoreDown, original_key, rendition_key
from photoservice.renditions.wanting import want_backfill, want_remade, want_roll, want_roll_remade
from photoservice.renditions.watching import watch_once


def content(name: str) -> bytes:
    return f"scan {name}".encode()


def numbers(lab) -> dict[str, float]:
    text = lab.running.service.metrics.exposition().decode()
    return {
        f"{sample.name}{sorted(sample.labels.values())}": sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def test_O5_a_new_roll_never_waits_for_a_backfill(bench, wait):
    """Backfills hold all places their lane has, and wait for the gate; a roll that comes is next at once."""
    lab, darkroom = bench.lab, bench.darkroom
    old = {roll: [content(f"{roll} {n}") for n in range(6)] for roll in ("B-1", "B-2", "B-3", "B-4")}
    for roll, scans in old.items():
        for n, scan in enumerate(scans):
            lab.file(roll, str(n), scan, lane="backfill")
    darkroom.hold(*(scan for scans in old.values() for scan in scans))
    worker = bench.work(width=2)
    wait(lambda: len(darkroom.begun) == 2 and worker.gate.waiting == 10)
    new = [content(f"N-1 {n}") for n in range(3)]
    for n, scan in enumerate(new):
        lab.file("N-1", str(n), scan)
    wait(lambda: worker.gate.waiting == 13)
    first = darkroom.begun[0]
    bench.let_go(first)
    wait(lambda: lab.is_made("N-1"))
    assert darkroom.begun[2:5] == new
    assert darkroom.made[:4] == [first, *new]
    bench.let_go()
    wait(lambda: not lab.jobs())
    assert sorted(darkroom.made) == sorted([*new, *(scan for scans in old.values() for scan in scans)])


def test_O5_who_asked_goes_before_a_backfill_and_behind_what_is_new(bench, wait):
    lab, darkroom = bench.lab, bench.darkroom
    darkroom.hold(content("blocks"))
    lab.file("R-0", "1", content("blocks"))
    worker = bench.work(width=1)
    wait(lambda: darkroom.begun)
    for lane in ("backfill", "asked", "new"):
        lab.file(f"R-{lane}", "1", content(lane), lane=lane)
    wait(lambda: worker.gate.waiting == 3)
    bench.let_go()
    wait(lambda: not lab.jobs())
    assert darkroom.made == [content(name) for name in ("blocks", "new", "asked", "backfill")]


def test_O5_each_finished_frame_can_be_looked_at_before_the_roll_is_done(bench, wait):
    lab, darkroom = bench.lab, bench.darkroom
    scans = [content(str(n)) for n in range(4)]
    darkroom.hold(scans[2])
    for n, scan in enumerate(scans):
        lab.file("R-1", str(n), scan)
    bench.work()
    wait(lambda: lab.ready("R-1") == 3)
    assert not lab.is_made("R-1")
    bench.let_go()
    wait(lambda: lab.is_made("R-1"))


def test_O5_a_frame_filed_while_its_roll_is_worked_on_is_made_by_the_same_job(bench, wait):
    lab, darkroom = bench.lab, bench.darkroom
    darkroom.hold(content("1"))
    lab.file("R-1", "1", content("1"))
    bench.work()
    wait(lambda: darkroom.begun)
    for n in range(2, 30):
        lab.file("R-1", str(n), content(str(n)))
    assert len(lab.jobs()) == 1
    bench.let_go()
    wait(lambda: not lab.jobs())
    assert lab.ready("R-1") == 29
    assert lab.roll("R-1") == {"wanted": 29, "made": 29}


def test_O5_nothing_is_lost_or_made_twice_when_frames_come_as_jobs_end(bench, wait):
    """Two workers, five rolls, frames at moments drawn by lot; no sweep helps."""
    lab, lot = bench.lab, random.Random(5)
    bench.work()
    bench.work()
    for n in range(60):
        lab.file(f"R-{lot.randrange(5)}", str(n), content(str(n)))
        if lot.random() < 0.3:
            wait(lambda: not lab.jobs())
    wait(lambda: not lab.jobs())
    assert all(lab.is_made(roll) for roll in lab.rolls)
    assert sum(lab.ready(roll) for roll in lab.rolls) == 60
    assert len(lab.renditions()) == 120


def test_O5_a_poison_picture_stands_alone_and_is_tried_again_when_somebody_asks(bench, wait):
    lab, darkroom = bench.lab, bench.darkroom
    darkroom.refused.add(content("2"))
    for n in range(1, 4):
        lab.file("R-1", str(n), content(str(n)))
    bench.work()
    wait(lambda: not lab.jobs())
    trouble = lab.running.sql("select frame, trouble from images.image where trouble <> ''")
    assert trouble == [{"frame": "2", "trouble": "undecodable"}]
    assert (lab.ready("R-1"), lab.is_made("R-1")) == (2, True)
    assert numbers(lab)["twincheck_renditions_total['undecodable']"] == 1
    assert numbers(lab)["twincheck_renditions_total['made']"] == 2
    darkroom.refused.clear()
    assert lab.running.do(lambda session: want_roll_remade(session, "R-1"))
    wait(lambda: not lab.jobs())
    assert lab.ready("R-1") == 3
    assert lab.running.sql("select * from images.remake") == []


def test_an_original_that_is_gone_or_cut_short_is_said_so(bench, wait):
    lab = bench.lab
    lab.file("R-1", "1", content("gone"), put=False)
    sha256 = lab.file("R-1", "2", content("cut"))
    lab.running.sql("update images.original set size = 1000 where sha256 = $1", sha256)
    bench.work()
    wait(lambda: not lab.jobs())
    words = lab.running.sql("select trouble from images.image order by frame")
    assert [row["trouble"] for row in words] == ["missing", "damaged"]


def test_an_original_whose_bytes_have_changed_where_they_lie_is_damaged_and_no_bad_picture(bench, wait):
    lab = bench.lab
    sha256 = lab.file("R-1", "1", content("right"))
    other = content("wrong")
    lab.running.service.pictures.objects.local(original_key(sha256)).write_bytes(other)
    bench.darkroom.refused.add(other)
    bench.work()
    wait(lambda: not lab.jobs())
    assert lab.running.sql("select trouble from images.image") == [{"trouble": "damaged"}]


def test_O5_an_original_on_two_rolls_has_its_renditions_once(bench, wait):
    lab = bench.lab
    lab.file("R-1", "1", content("same"))
    bench.work()
    wait(lambda: lab.is_made("R-1"))
    lab.file("R-2", "7", content("same"))
    wait(lambda: lab.is_made("R-2"))
    assert bench.darkroom.made == [content("same")]
    assert len(lab.renditions()) == 2


class FlakyStore:
    """A store that is down for some calls, then there again."""

    def __init__(self, store, failures: int) -> None:
        self._store = store
        self.failures = failures

    def local(self, _key: str) -> None:
        return None

    async def stream(self, key: str, start: int = 0, length: int | None = None) -> AsyncGenerator[bytes]:
        if self.failures:
            self.failures -= 1
            raise StoreDown("the store does not answer")
        async for piece in self._store.stream(key, start, length):
            yield piece


def test_O5_a_store_that_is_down_is_tried_again_and_it_is_seen(bench, wait):
    lab = bench.lab
    lab.file("R-1", "1", content("1"))
    store = FlakyStore(lab.running.service.pictures.objects, failures=1_000_000)
    bench.work(objects=store)
    wait(lambda: [job["attempts"] for job in lab.jobs()] == [1])
    lab.running.run(watch_once(lab.running.service.database, lab.running.service.metrics))
    seen = numbers(lab)
    assert seen["twincheck_renditions_delayed_total['StoreDown']"] >= 1
    assert seen["twincheck_renditions_rolls['new']"] == 1
    assert seen["twincheck_renditions_rolls_retried['new']"] == 1
    assert lab.roll("R-1") == {"wanted": 1, "made": 0}
    store.failures = 0
    wait(lambda: not lab.jobs())
    assert lab.ready("R-1") == 1
    assert lab.running.sql("select trouble from images.image") == [{"trouble": ""}]


@pytest.mark.parametrize("error", [DarkroomDown("closed"), RuntimeError("a bug")])
def test_a_failure_that_is_no_pictures_fault_is_tried_again(bench, wait, error):
    lab = bench.lab
    bench.darkroom.broken[content("2")] = error
    for n in range(1, 4):
        lab.file("R-1", str(n), content(str(n)))
    bench.work()
    wait(lambda: not lab.jobs())
    assert lab.ready("R-1") == 3


def test_O5_a_worker_that_is_stopped_keeps_what_it_makes_and_gives_the_rest_back(bench, wait):
    lab, darkroom = bench.lab, bench.darkroom
    scans = [content(str(n)) for n in range(6)]
    darkroom.hold(*scans[:2])
    for n, scan in enumerate(scans):
        lab.file("R-1", str(n), scan)
    worker = bench.work(width=2)
    wait(lambda: len(darkroom.begun) == 2)

    async def stop() -> None:
        stopping = asyncio.create_task(worker.stop())
        await asyncio.sleep(0)
        darkroom.let_go()
        await stopping

    lab.running.run(stop())
    bench.workers.clear()
    assert sorted(darkroom.made) == scans[:2]
    assert lab.ready("R-1") == 2
    assert [job["status"] for job in lab.jobs()] == ["queued"]
    bench.work()
    wait(lambda: not lab.jobs())
    assert sorted(darkroom.made) == scans


def test_O5_renditions_of_an_older_recipe_are_replaced_by_a_backfill(bench, wait):
    lab = bench.lab
    sha256 = lab.file("R-1", "1", content("1"))
    bench.work()
    wait(lambda: not lab.jobs())
    lab.running.sql("update images.rendition set recipe = 0")
    assert lab.running.run(want_backfill(lab.running.service.database)) == 1
    wait(lambda: not lab.jobs())
    assert [row["recipe"] for row in lab.renditions()] == [1, 1]
    assert lab.running.run(want_backfill(lab.running.service.database)) == 0
    assert bench.darkroom.made == [content("1"), content("1")]
    assert {row["sha256"] for row in lab.renditions()} == {sha256}


def test_O5_a_rendition_that_is_gone_from_the_store_is_made_again(bench, wait):
    lab = bench.lab
    sha256 = lab.file("R-1", "1", content("1"))
    bench.work()
    wait(lambda: not lab.jobs())
    objects, key = lab.running.service.pictures.objects, rendition_key(sha256, "256", 1)
    lab.running.run(objects.delete(key))
    lab.running.do(lambda session: want_remade(session, sha256))
    wait(lambda: not lab.jobs())
    assert lab.running.run(objects.look(key)) is not None


def test_images_that_were_withdrawn_or_collected_meanwhile_are_let_be(bench, wait):
    lab, darkroom = bench.lab, bench.darkroom
    darkroom.hold(content("1"))
    for n in (1, 2):
        lab.file("R-1", str(n), content(str(n)))
    bench.work(width=1)
    wait(lambda: darkroom.begun)
    lab.running.sql("update images.image set state = 'withdrawn'")
    lab.running.sql("delete from images.image where frame = '1'")
    lab.running.sql("delete from images.original where sha256 not in (select sha256 from images.image)")
    bench.let_go()
    wait(lambda: not lab.jobs())
    kept = {row["sha256"] for row in lab.running.sql("select sha256 from images.original")}
    assert len(kept) == 1
    assert {row["sha256"] for row in lab.renditions()} <= kept


def test_a_roll_that_nothing_is_due_of_ends_at_once(bench, wait):
    lab = bench.lab
    lab.file("R-1", "1", content("1"))
    bench.work()
    wait(lambda: not lab.jobs())
    lab.running.do(lambda session: want_roll(session, "R-1"))
    wait(lambda: lab.is_made("R-1") and not lab.jobs())
    assert bench.darkroom.made == [content("1")]
