"""Filing, withdrawing, collecting, dying, in every order, on real PostgreSQL: nothing live lost, nothing dead kept."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from photocore.testing import ManualClock
from photoservice.db.database import Database, Session, open_database
from photoservice.objects.collecting import GRACE, Collected, Collector
from photoservice.objects.holding import BACKUP, beside
from photoservice.objects.keeping import Keeping
from photoservice.objects.store import StoreDown, original_key, rendition_key
from photoservice.objects.testing import MemoryStore
from photoservice.testing import ScratchPostgres
from photoservice.wiring import all_queries

NOW = datetime(2026, 11, 22, tzinfo=UTC)
ROLL = "R-1"
CONTENTS = (b"one negative", b"another negative")
HASHES = tuple(hashlib.sha256(content).digest() for content in CONTENTS)


@dataclass
class Actor:
    """Somebody at work, who stops before and after each thing that others can see, until let on."""

    work: asyncio.Task[Any]
    waiting: list[asyncio.Future[None]] = field(default_factory=list)
    ready: asyncio.Event = field(default_factory=asyncio.Event)


ACTOR: ContextVar[Actor | None] = ContextVar("actor", default=None)


async def gate() -> None:
    actor = ACTOR.get()
    if actor is not None:
        opens: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        actor.waiting.append(opens)
        actor.ready.set()
        await opens


class GatedStore(MemoryStore):
    async def put(self, key: str, source: Path | bytes, *, frozen: bool = False) -> None:
        await gate()
        await super().put(key, source, frozen=frozen)
        await gate()

    async def delete(self, key: str) -> None:
        await gate()
        await super().delete(key)
        await gate()


@dataclass(frozen=True, kw_only=True)
class GatedDatabase(Database):
    @asynccontextmanager
    async def begin(self) -> AsyncGenerator[Session]:
        await gate()
        async with super().begin() as session:
            yield session


class Archive:
    """A photoservice's images as far as keeping and collecting are concerned."""

    def __init__(self, database: Database) -> None:
        self.clock = ManualClock()
        self.database = database
        self.objects = GatedStore(self.clock)
        self.keeping = Keeping(objects=self.objects, database=database, clock=self.clock)
        self.collector = Collector(objects=self.objects, database=database, clock=self.clock)
        self.filed = 0

    async def sql(self, statement: str, *values: object) -> list[dict[str, Any]]:
        async with self.database.pool.acquire() as connection:
            return [dict(row) for row in await connection.fetch(statement, *values)]

    async def file(self, n: int) -> None:
        content, sha256 = CONTENTS[n], HASHES[n]
        self.filed += 1
        image = f"IM-{self.filed}"

        async def work(session: Session) -> None:
            made = await session.connection.execute(
                "insert into images.original (sha256, size, media, width, height, kept_at)"
                " values ($1, $2, 'image/png', 1, 1, $3) on conflict do nothing",
                sha256, len(content), NOW)  # fmt: skip
            if made == "INSERT 0 1":
                await session.connection.execute("update images.storage set used = used + $1", len(content))
            await session.connection.execute(
                "insert into images.image (id, roll, frame, frame_order, sha256, tenant, state, filed_at)"
                " values ($1, $2, $3, 1, $4, 'T-1', 'rival', $5) on conflict do nothing",
                image, ROLL, image, sha256, NOW)  # fmt: skip

        await self.keeping.keep({original_key(sha256): content}, work)

    async def derive(self, n: int, recipe: int) -> None:
        sha256 = HASHES[n]

        async def work(session: Session) -> None:
            await session.connection.execute(
                "insert into images.rendition (sha256, tier, recipe, header, size, etag, width, height, kept_at)"
                " select $1, '256', $2, id, 1, '', 1, 1, $3 from images.jpeg_header"
                " where exists (select from images.original where sha256 = $1)"
                " on conflict (sha256, tier) do update set recipe = $2", sha256, recipe, NOW)  # fmt: skip

        await self.keeping.keep({rendition_key(sha256, "256", recipe): b"small"}, work)

    async def withdraw(self, n: int) -> None:
        async with self.database.begin() as session:
            await session.connection.execute(
                "update images.image set state = 'withdrawn' where sha256 = $1", HASHES[n])  # fmt: skip

    async def needed(self) -> set[str]:
        shown = await self.sql("select distinct sha256 from images.image where state <> 'withdrawn'")
        made = await self.sql("select sha256, tier, recipe from images.rendition")
        return {original_key(row["sha256"]) for row in shown} | {rendition_key(**row) for row in made}

    async def kept(self) -> set[str]:
        return {found.key async for found in self.objects.list("")}


async def let_on(actor: Actor, which: int = 0) -> None:
    """Let an actor do the next thing, until it stops again or is done."""
    if actor.waiting and not actor.work.done():
        actor.ready.clear()
        actor.waiting.pop(which % len(actor.waiting)).set_result(None)
    while not (actor.waiting or actor.work.done()):
        arriving = asyncio.ensure_future(actor.ready.wait())
        await asyncio.wait((actor.work, arriving), return_when=asyncio.FIRST_COMPLETED)
        arriving.cancel()
        actor.ready.clear()


def begin(work: Callable[[], Awaitable[Any]]) -> Actor:
    async def run() -> Any:
        await begun.wait()
        return await work()

    begun = asyncio.Event()
    actor = Actor(work=asyncio.ensure_future(asyncio.sleep(0)))
    mark = ACTOR.set(actor)
    actor.work = asyncio.ensure_future(run())
    ACTOR.reset(mark)
    begun.set()
    return actor


@asynccontextmanager
async def opened(url: str) -> AsyncGenerator[Archive]:
    plain = await open_database(url, all_queries(), connections=8)
    try:
        yield await emptied(plain)
    finally:
        await plain.close()


async def emptied(plain: Database) -> Archive:
    archive = Archive(GatedDatabase(pool=plain.pool, queries=plain.queries))
    await archive.sql("update images.storage set used = 0")
    for table in ("image", "rendition", "original", "leaving", "filed_roll", "jpeg_header"):
        await archive.sql(f"delete from images.{table}")
    await archive.sql(
        "insert into tenant (id, name, kind, key_mac, made_at) values ('T-1', 'Lab', 'lab', '', now())"
        " on conflict do nothing"
    )
    await archive.sql("insert into images.filed_roll (id, first_at, changed_at) values ('R-1', now(), now())")
    await archive.sql("insert into images.jpeg_header (id, bytes) values (sha256(''), '')")
    return archive


@pytest.fixture(scope="module")
def url(scratch: ScratchPostgres) -> Iterator[str]:
    made = scratch.fresh()
    yield made
    scratch.drop(made)


EXAMPLES = profile().max_examples if profile().max_examples > 100 else 40
"""A story takes a tenth of a second of a real database; the night tells more of them."""

CONTENT = st.integers(0, 1)
DEED = st.one_of(
    st.tuples(st.just("file"), CONTENT),
    st.tuples(st.just("file"), CONTENT),
    st.tuples(st.just("withdraw"), CONTENT),
    st.tuples(st.just("derive"), CONTENT),
    st.just(("collect",)),
    st.just(("collect",)),
)
WHICH = st.integers(0, 11)
RACE = st.tuples(
    st.just("race"),
    st.lists(DEED, min_size=2, max_size=4),
    st.lists(st.tuples(st.sampled_from(("step", "step", "step", "step", "crash")), WHICH), max_size=40),
)
BEFORE = st.one_of(
    st.tuples(st.just("ripen"), CONTENT),
    st.tuples(st.just("ripen"), CONTENT),
    st.tuples(st.just("litter"), CONTENT),
    st.tuples(st.just("file"), CONTENT),
    st.just(("later",)),
)
STORY = st.lists(st.tuples(BEFORE, RACE), min_size=1, max_size=4)


class Play:
    """A story on its way: deeds to the end, and races of deeds step by step, some of which die."""

    def __init__(self, archive: Archive) -> None:
        self.archive = archive
        self.number = 0

    async def tell(self, story: list[tuple[Any, Any]]) -> None:
        for before, (_, deeds, steps) in story:
            await self.do(*before)
            await self.race([self.deed(*deed) for deed in deeds], steps)

    async def do(self, verb: str, *given_: Any) -> None:
        """Do something that nobody crosses."""
        archive = self.archive
        match verb:
            case "later":
                archive.clock.advance(GRACE.total_seconds() + 1)
            case "ripen":  # withdrawn for so long that the next collection takes it
                await archive.file(*given_)
                await archive.derive(*given_, recipe=1)
                await archive.withdraw(*given_)
                await archive.collector.run()
                archive.clock.advance(GRACE.total_seconds() + 1)
            case "litter":  # put by a filing that died, as long ago
                await archive.objects.put(original_key(HASHES[given_[0]]), CONTENTS[given_[0]])
                await archive.collector.run()
                archive.clock.advance(GRACE.total_seconds() + 1)
            case _:
                await self.deed(verb, *given_)()
        await self.look(verb)

    def deed(self, verb: str, *given_: Any) -> Callable[[], Awaitable[Any]]:
        self.number += 1
        recipe = self.number + 1
        deeds: dict[str, Callable[..., Awaitable[Any]]] = {
            "file": self.archive.file,
            "withdraw": self.archive.withdraw,
            "collect": self.archive.collector.run,
            "derive": lambda n: self.archive.derive(n, recipe),
        }
        return lambda: deeds[verb](*given_)

    async def race(self, deeds: list[Callable[[], Awaitable[Any]]], steps: list[tuple[str, int]]) -> None:
        all_of_them = actors = [begin(deed) for deed in deeds]
        try:
            await self.step(actors, steps)
        finally:  # one that failed leaves nobody behind who holds a lock
            for actor in all_of_them:
                actor.work.cancel()
            await asyncio.gather(*(actor.work for actor in all_of_them), return_exceptions=True)

    async def step(self, actors: list[Actor], steps: list[tuple[str, int]]) -> None:
        for actor in actors:
            await let_on(actor)
        for verb, which in steps:
            actors = [actor for actor in actors if not done(actor)]
            if not actors:
                return
            actor = actors[which % len(actors)]
            if verb == "crash":
                actor.work.cancel()
                await asyncio.wait((actor.work,))
            else:
                await let_on(actor, which // len(actors))
            await self.look(verb)
        while actors:
            for actor in actors:
                await let_on(actor)
            await self.look("the end")
            actors = [actor for actor in actors if not done(actor)]

    async def look(self, after: str) -> None:
        """See that at this very instant every row that is committed has its object."""
        kept = await self.archive.kept()
        assert await self.archive.needed() <= kept, f"lost after {after}"


def done(actor: Actor) -> bool:
    """Say whether it has ended or died; what went wrong with it goes wrong here."""
    if actor.work.done() and not actor.work.cancelled():
        actor.work.result()
    return actor.work.done()


async def assert_tidy(archive: Archive) -> None:
    """Nothing is left but what is needed, and the room that is said to be used is."""
    for _ in range(2):
        await archive.collector.run()
        archive.clock.advance(GRACE.total_seconds() + 1)
    await archive.collector.run()
    assert await archive.kept() == await archive.needed()
    (room,) = await archive.sql("select used from images.storage")
    (real,) = await archive.sql("select coalesce(sum(size), 0)::bigint as used from images.original")
    assert room == real
    assert await archive.sql("select * from images.leaving where state <> 'gone'") == []


@pytest.fixture(scope="module")
def runner(url: str) -> Iterator[tuple[asyncio.Runner, Database]]:
    queries = all_queries()
    with asyncio.Runner() as made:
        database = made.run(open_database(url, queries, connections=8))
        yield made, database
        made.run(database.close())


@given(story=STORY)
@profile(max_examples=EXAMPLES)
def test_O1_no_order_of_filing_withdrawing_collecting_and_dying_loses_what_is_live_or_keeps_what_is_dead(
    runner: tuple[asyncio.Runner, Database], story: list[tuple[Any, Any]]
) -> None:
    async def run() -> None:
        archive = await emptied(runner[1])
        await Play(archive).tell(story)
        await assert_tidy(archive)

    runner[0].run(run())


async def test_O1_a_filing_that_put_before_a_collection_deleted_puts_again(url: str) -> None:
    """The object was old garbage when it was put, so the put did nothing; then it was collected."""
    async with opened(url) as archive:
        await archive.objects.put(original_key(HASHES[0]), CONTENTS[0])
        await archive.collector.run()
        archive.clock.advance(GRACE.total_seconds())
        filing = begin(lambda: archive.file(0))
        await let_on(filing)
        await let_on(filing)  # has put, stands before its transaction
        assert (await archive.collector.run()).deleted == 1
        while not filing.work.done():
            await let_on(filing)
        assert await archive.objects.read(original_key(HASHES[0])) == CONTENTS[0]


async def test_O1_a_filing_ends_the_collection_that_died_with_its_object_in_hand(url: str) -> None:
    async with opened(url) as archive:
        await archive.file(0)
        await archive.withdraw(0)
        await archive.collector.run()
        archive.clock.advance(GRACE.total_seconds())
        collecting = begin(archive.collector.run)
        while not await archive.sql("select * from images.leaving where state = 'leaving'"):
            await let_on(collecting)
        collecting.work.cancel()
        await asyncio.wait((collecting.work,))
        await archive.file(0)
        assert await archive.needed() == await archive.kept() == {original_key(HASHES[0])}
        await assert_tidy(archive)


async def test_O1_nothing_is_deleted_before_the_grace_is_over(url: str) -> None:
    async with opened(url) as archive:
        await archive.file(0)
        await archive.withdraw(0)
        for seconds in (0, GRACE.total_seconds() - 1):
            archive.clock.advance(seconds)
            assert (await archive.collector.run()).deleted == 0
        assert await archive.kept() == {original_key(HASHES[0])}
        archive.clock.advance(1)
        assert (await archive.collector.run()).deleted == 1


async def test_O1_the_grace_begins_anew_when_a_content_was_needed_in_between(url: str) -> None:
    async with opened(url) as archive:
        await archive.file(0)
        await archive.withdraw(0)
        await archive.collector.run()
        archive.clock.advance(GRACE.total_seconds() / 2)
        await archive.file(0)
        await archive.withdraw(0)
        archive.clock.advance(GRACE.total_seconds() / 2)
        assert (await archive.collector.run()).deleted == 0
        assert await archive.kept() == {original_key(HASHES[0])}


async def test_O1_collections_keep_out_of_each_others_way_and_out_of_a_backups(url: str) -> None:
    async with opened(url) as archive:
        async with beside(archive.database, BACKUP) as first, beside(archive.database, BACKUP) as second:
            assert first
            assert second
            assert (await archive.collector.run()).held_off
        one = begin(archive.collector.run)
        await let_on(one)
        await let_on(one)
        assert (await archive.collector.run()).held_off
        async with beside(archive.database, BACKUP) as backup:
            assert backup is None
        while not one.work.done():
            await let_on(one)
        assert one.work.result() == Collected()


async def test_O1_what_is_not_ours_in_the_store_is_counted_and_left_alone(url: str) -> None:
    async with opened(url) as archive:
        for key in ("o/aa/bb/notahash", "o/00/00/" + "ab" * 32, "lost+found", "r/256/aa/bb/x-1"):
            await archive.objects.put(key, b"somebody's")
        before = await archive.kept()
        for _ in range(3):
            archive.clock.advance(GRACE.total_seconds())
            assert (await archive.collector.run()).strange == 4
        assert await archive.kept() == before


async def test_O1_a_store_that_is_down_ends_a_collection_and_the_next_one_goes_on(url: str) -> None:
    async with opened(url) as archive:
        await archive.file(0)
        await archive.withdraw(0)
        await archive.collector.run()
        archive.clock.advance(GRACE.total_seconds())
        archive.objects.is_down = True
        with pytest.raises(StoreDown):
            await archive.collector.run()
        archive.objects.is_down = False
        await assert_tidy(archive)
        assert await archive.kept() == set()


async def test_O1_a_filing_that_is_refused_leaves_only_what_a_collection_finds(url: str) -> None:
    async with opened(url) as archive:

        async def refuse(_: Session) -> None:
            raise LookupError("no such roll")

        with pytest.raises(LookupError):
            await archive.keeping.keep({original_key(HASHES[0]): CONTENTS[0]}, refuse)
        assert await archive.kept() == {original_key(HASHES[0])}
        await assert_tidy(archive)
        assert await archive.kept() == set()


async def test_O1_turns_that_are_long_over_are_forgotten(url: str) -> None:
    async with opened(url) as archive:
        await archive.objects.put(original_key(HASHES[0]), CONTENTS[0])
        await assert_tidy(archive)
        archive.clock.advance(timedelta(days=8).total_seconds())
        await archive.collector.run()
        assert await archive.sql("select * from images.leaving") == []
