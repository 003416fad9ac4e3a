"""However large a zip is, the service holds a few pieces of it; and who hangs up ends the work (O14)."""

import tracemalloc
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from photoservice.gallery.sight import Sight
from photoservice.objects.store import original_key
from photoservice.taking.planning import plan_zip
from photoservice.taking.streaming import Note

MIB = 1 << 20
LARGE = 24 * MIB


@pytest.fixture
def large(owner, archive):
    """An owner of a roll with eight originals of 24 MiB each."""
    mine, tenant = owner("MEMORY01", frames=("1",), rolls=1), archive.tenant("Silver Lab")
    filed = [
        archive.file(mine.rolls[0], str(n), tenant, original=b"\xff\xd8" + bytes([n]) * (LARGE - 2))
        for n in range(20, 28)
    ]
    return mine, [one.id for one in filed]


def test_O14_a_zip_of_hundreds_of_megabytes_takes_a_few_of_memory(large, world):
    mine, images = large
    service = world.running.service

    async def take():
        async with service.database.begin() as session:
            sight, kept = Sight(rolls=mine.rolls), service.gallery.bytes
            plan = await plan_zip(session, kept, sight, images, "original", heads={})
        now = datetime(2026, 11, 22, tzinfo=UTC)
        sent = await service.people.taking.stream_zip(plan, explain=lambda _: Note(name="", text=""), now=now)
        size = 0
        tracemalloc.start()
        try:
            async for part in sent.body:
                size += len(part)
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
        return size, sent.length, peak

    size, length, peak = world.running.run(take())
    assert size == length > 8 * LARGE
    assert peak < 12 * MIB


def test_O14_who_hangs_up_ends_the_work(large, world, eventually):
    """The first pieces are taken and the line is cut: the service reads no further, and holds no file open."""
    mine, images = large
    browser, objects = mine.browser, world.running.service.gallery.bytes.objects
    browser.page("/my")
    rows = world.sql("select sha256 from images.image where id = any($1::text[])", images)
    files = {str(objects.local(original_key(bytes(row["sha256"])))) for row in rows}

    def held():
        found = set()
        for handle in Path("/proc/self/fd").iterdir():
            with suppress(OSError):  # closed meanwhile
                found.add(str(handle.readlink()))
        return files & found

    sent = {"csrf": browser.csrf, "which": "original", "image": images}
    with browser.http.post(browser.url + "/my/download", data=sent, stream=True, timeout=30) as reply:
        assert int(reply.headers["Content-Length"]) > 8 * LARGE
        next(reply.iter_content(MIB))
        eventually(held)
    eventually(lambda: not held())
