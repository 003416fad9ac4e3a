"""A service started on another object store than its pictures lie in says so, and how to go on (D4)."""

import asyncio

import pytest

from photocore.host import SystemEntropy
from photocore.testing import ManualClock
from photoservice.db.database import open_database
from photoservice.errors import StartRefused
from photoservice.objects.collecting import Collector
from photoservice.objects.marking import KEY, adopt_store, check_store
from photoservice.objects.store import original_key
from photoservice.objects.testing import MemoryStore
from photoservice.wiring import all_queries

ENTROPY = SystemEntropy()
SHA = bytes(range(32))


class House:
    """A database with a picture or none, and object stores."""

    def __init__(self, url):
        self.url, self.clock = url, ManualClock()

    def do(self, work):
        async def run():
            database = await open_database(self.url, all_queries(), connections=2)
            try:
                return await work(database)
            finally:
                await database.close()

        return asyncio.run(run())

    def start(self, store):
        self.do(lambda database: check_store(database, store, ENTROPY, "/srv/scans"))

    def adopt(self, store):
        self.do(lambda database: adopt_store(database, store, ENTROPY, "/srv/scans"))

    def collect(self, store):
        return self.do(lambda database: Collector(objects=store, database=database, clock=self.clock).run())

    def file(self, *stores):
        """Note a picture, and put it into ``stores``."""

        async def note(database):
            async with database.begin() as session:
                await session.connection.execute(
                    "insert into images.original (sha256, size, media, width, height, kept_at)"
                    " values ($1, 4, 'image/jpeg', 1, 1, $2)",
                    *(SHA, self.clock.now()),
                )

        self.do(note)
        for store in stores:
            asyncio.run(store.put(original_key(SHA), b"scan"))


@pytest.fixture
def house(database):
    return House(database)


@pytest.fixture
def other(scratch):
    url = scratch.fresh()
    yield House(url)
    scratch.drop(url)


def store():
    return MemoryStore(ManualClock())


def test_D4_a_store_is_marked_at_the_first_start_and_known_from_then_on(house):
    mine = store()
    house.start(mine)
    mark = asyncio.run(mine.read(KEY))
    house.file(mine)
    house.start(mine)
    assert asyncio.run(mine.read(KEY)) == mark
    assert house.collect(mine).strange == 0


def test_D4_another_databases_store_is_refused_and_nothing_of_it_deleted(house, other):
    """Also by a collection that is started later, and before this database has a picture of its own."""
    mine, theirs = store(), store()
    other.start(theirs)
    other.file(theirs)
    for _ in range(2):
        with pytest.raises(StartRefused, match="another database"):
            house.start(theirs)
    with pytest.raises(StartRefused, match="another database"):
        house.collect(theirs)
    with pytest.raises(StartRefused, match="would delete"):
        house.adopt(theirs)
    house.start(mine)
    other.start(theirs)


def test_D4_an_empty_folder_is_refused_once_there_are_pictures(house):
    """As where a disk is not mounted. What was copied without its mark is taken, and marked again."""
    mine, empty, copied = store(), store(), store()
    house.start(mine)
    house.file(mine, copied)
    with pytest.raises(StartRefused, match="not mounted"):
        house.start(empty)
    assert asyncio.run(empty.look(KEY)) is None
    house.start(copied)
    assert asyncio.run(copied.read(KEY)) == asyncio.run(mine.read(KEY))


def test_D4_a_database_restored_by_other_means_adopts_the_store_of_its_pictures(house, other):
    theirs, empty = store(), store()
    other.start(theirs)
    house.file(theirs)
    with pytest.raises(StartRefused):
        house.start(theirs)
    with pytest.raises(StartRefused, match="none of this"):
        house.adopt(empty)
    house.adopt(theirs)
    house.start(theirs)
    with pytest.raises(StartRefused):
        other.start(theirs)


def test_D4_a_store_that_is_down_keeps_nobody_from_starting(house):
    mine = store()
    mine.is_down = True
    house.start(mine)
    mine.is_down = False
    house.start(mine)
    assert asyncio.run(mine.look(KEY)) is not None
