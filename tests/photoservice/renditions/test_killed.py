"""Workers that are processes of their own, killed where they stand: the roll is finished without anybody's help."""

import pytest

from photoservice.objects.store import rendition_key

FRAMES = 24


def numbered(scan: bytes, number: int) -> bytes:
    """Return a JPEG with a comment of its own: the same picture, another original."""
    return scan[:2] + b"\xff\xfe\x00\x04" + number.to_bytes(2, "big") + scan[2:]


@pytest.fixture
def roll(idle_lab, scan_of):
    picture = scan_of(1, (1500, 1000))
    for n in range(FRAMES):
        idle_lab.file("R-1", str(n), numbered(picture, n))
    return "R-1"


def assert_whole(lab, roll):
    """Every rendition is there once, in the database and in the store, and nothing beside them."""
    rows = lab.renditions()
    assert (lab.ready(roll), len(rows)) == (FRAMES, 2 * FRAMES)
    assert lab.roll(roll) == {"wanted": FRAMES, "made": FRAMES}

    async def stored() -> dict[str, int]:
        return {one.key: one.size async for one in lab.running.service.pictures.objects.list("r/")}

    keys = {rendition_key(row["sha256"], row["tier"], row["recipe"]): row["size"] for row in rows}
    assert lab.running.run(stored()) == keys
    assert lab.running.sql("select count(*) from images.image where trouble <> ''")[0]["count"] == 0


@pytest.mark.nightly
def test_O5_a_worker_that_hangs_is_stood_in_for_and_when_it_wakes_nothing_is_done_twice(idle_lab, roll, worker, wait):
    with worker() as first:
        wait(lambda: idle_lab.ready(roll) > 0)
        first.hang()
        assert idle_lab.ready(roll) < FRAMES
        with worker():
            wait(lambda: not idle_lab.jobs(), within_s=60)
            assert_whole(idle_lab, roll)
        first.go_on()
        idle_lab.file("R-2", "1", numbered(b"\xff\xd8no picture", 1))
        wait(lambda: idle_lab.is_made("R-2") and not idle_lab.jobs(), within_s=60)
        assert first.stop() == 0
    words = idle_lab.running.sql("update images.image set trouble = '' where roll = 'R-2' returning trouble")
    assert len(words) == 1
    assert_whole(idle_lab, roll)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("kills", [1, pytest.param(3, marks=pytest.mark.nightly)])
def test_O5_a_roll_whose_workers_are_killed_in_its_middle_goes_on_where_it_was(idle_lab, roll, worker, wait, kills):
    seen = 0
    for _ in range(kills):
        with worker() as killed:
            wait(lambda seen=seen: idle_lab.ready(roll) > seen, within_s=60)
            killed.kill()
        seen = idle_lab.ready(roll)
        assert seen < FRAMES
    with worker() as last:
        wait(lambda: not idle_lab.jobs(), within_s=60)
        folder = idle_lab.running.service.settings.folder / "darkroom"
        assert len(list(folder.glob("worker-*"))) == 1
        assert last.stop() == 0
    assert_whole(idle_lab, roll)
    assert list(folder.glob("worker-*")) == []
