"""A house without a door: the service's parts on real PostgreSQL, packages and pictures as rows, a clock in hand."""

import asyncio
import importlib.util
import itertools
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from photocore.testing import ManualClock
from photoservice.db.database import Session
from photoservice.ordering.wishes import Made, OrderWish
from photoservice.persons.persons import Shown
from photoservice.planning.noting import note_image
from photoservice.planning.shown import PlanShown
from photoservice.service import Photoservice
from photoservice.settings import Settings
from photoservice.wiring import open_service

PRODUCT = "09521141012345"
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
CATALOGUE: dict[str, Any] = {
    "version": "v1",
    "currencies": ["EUR"],
    "items": [
        {"id": "cd", "kind": "disc", "titles": {"en": "CD"}, "price": {"unit": "piece", "base": {"EUR": 590}}},
        {
            "id": "album",
            "kind": "album_pages",
            "titles": {"en": "Album pages"},
            "least_images": 4,
            "price": {"unit": "piece", "base": {"EUR": 990}},
        },
        {
            "id": "leaflet",
            "kind": "prints",
            "titles": {"en": "Leaflet"},
            "most_images": 2,
            "price": {"unit": "piece", "base": {"EUR": 90}},
        },
        {"id": "film", "kind": "next_roll", "titles": {"en": "Film"}, "price": {"unit": "piece", "base": {"EUR": 990}}},
    ],
}


@dataclass(frozen=True, kw_only=True)
class RecordingMaker:
    """Makes orders into a table of its own, in the same transaction; the same origin twice breaks its key."""

    async def make(self, session: Session, wish: OrderWish) -> Made:
        order = "O-" + wish.origin.replace(" ", "-")
        (line,) = wish.lines
        await session.connection.execute(
            "insert into made (origin, images, why) values ($1, $2, $3)",
            wish.origin,
            list(line.images),
            msgspec.json.encode(wish.why).decode(),
        )
        return Made(order=order, is_new=True)


@dataclass
class House:
    """The service, and hands that put rows where stations, labs and shoppers would have them."""

    service: Photoservice
    clock: ManualClock
    runner: asyncio.Runner
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def goods(self) -> Any:
        return self.service.goods

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return self.runner.run(work)

    def do(self, work: Callable[[Session], Awaitable[Any]]) -> Any:
        async def run() -> Any:
            async with self.service.database.begin() as session:
                return await work(session)

        return self.run(run())

    def sql(self, statement: str, *values: object) -> list[dict[str, Any]]:
        async def work(session: Session) -> list[dict[str, Any]]:
            return [dict(row) for row in await session.connection.fetch(statement, *values)]

        return self.do(work)

    def pass_time(self, **much: float) -> datetime:
        self.clock.advance(timedelta(**much).total_seconds())
        return self.clock.now()

    def person(self) -> str:
        return self.do(self.service.people.persons.make)

    def package(self, holder: str | None = None, *, rolls: int = 3, registered: bool = True) -> tuple[str, list[str]]:
        """Forward a package; registered, ``holder`` holds it by an account of a card."""
        number = next(self.numbers)
        package = f"(01){PRODUCT}(21)P{number}"
        names = [f"(01)09521141012352(21)P{number}R{place}" for place in range(1, rolls + 1)]
        self.sql("insert into manifest values ($1, 'T-MAKER', 'maker', $2, $3)", package, PRODUCT, self.clock.now())
        self.sql(
            "insert into manifest_roll select name, $1, place"
            " from unnest($2::text[]) with ordinality as r (name, place)",
            package,
            names,
        )
        if registered:
            self.register(package, holder)
        return package, names

    def register(self, package: str, holder: str | None = None) -> None:
        """Register a package for a fresh account, and give that to ``holder``."""
        now, number = self.clock.now(), next(self.numbers)
        account, claim = f"A-{number}", f"C-{number}"
        self.sql("insert into account values ($1, $2)", account, now)
        self.sql("insert into account_key values ($1, '\\x00')", account)
        self.sql(
            "insert into claim (station, id, item, root, account, store, number, activation, received_at)"
            " values ('S', $1, $2, $2, $3, '9521141000007', $1, 'registration', $4)",
            *(claim, package, account, now),
        )
        self.sql(
            "insert into registration values ($1, $1, 'registered', $2, 'unopposed', false, array['S/' || $3], $4)",
            *(package, account, claim, now),
        )
        if holder is not None:
            self.sql("insert into people.account_holding values ($1, $2, 'mail', $3)", holder, account, now)

    def register_also(self, package: str, holder: str) -> None:
        """Let somebody hold the registration of a package by another way."""
        (claim,) = self.sql("select id from claim where root = $1", package)
        self.sql(
            "insert into people.holding values ($1, 'S', $2, 'staff', null, $3)", holder, claim["id"], self.clock.now()
        )

    def contest(self, package: str, word: str = "contested") -> None:
        self.sql("update registration set word = $2 where subject = $1", package, word)

    def file(self, roll: str, count: int = 1) -> list[str]:
        """File pictures of a roll, in one transaction each, at this moment."""
        return [self.do(lambda session: self._file(session, roll)) for _ in range(count)]

    async def _file(self, session: Session, roll: str) -> str:
        number, now = next(self.numbers), self.clock.now()
        run = session.connection.execute
        await run(
            "insert into images.filed_roll (id, first_at, changed_at) values ($1, $2, $2)"
            " on conflict (id) do update set changed_at = excluded.changed_at",
            *(roll, now),
        )
        await run(
            "insert into images.original (sha256, size, media, width, height, kept_at)"
            " values (sha256($1::text::bytea), 9, 'image/jpeg', 3, 2, $2)",
            *(str(number), now),
        )
        image = f"IM-{number:08}"
        await run(
            "insert into images.image (id, roll, frame, frame_order, sha256, tenant, state, filed_at)"
            " values ($1, $2, $3, $4, sha256($3::text::bytea), 'T-LAB', 'standing', $5)",
            *(image, roll, str(number), number, now),
        )
        await note_image(session, image, roll, now)
        return image

    def shown(self, person: str) -> tuple[Shown, ...]:
        return self.do(lambda session: self.service.people.persons.shown(session, person))

    def plans(self, person: str) -> tuple[PlanShown, ...]:
        async def work(session: Session) -> Any:
            shown = await self.service.people.persons.shown(session, person)
            return await self.goods.plans.of(session, person, shown)

        return self.do(work)

    def plan(self, person: str, plan: str) -> PlanShown:
        async def work(session: Session) -> Any:
            shown = await self.service.people.persons.shown(session, person)
            return await self.goods.plans.find(session, person, shown, plan)

        return self.do(work)

    def steer(self, verb: str, person: str, plan: str, *rest: Any, version: int | None = None) -> None:
        """Change, pause, resume or end a plan in the version that stands, or in ``version``."""
        holds = self.plan(person, plan).version if version is None else version

        async def work(session: Session) -> None:
            shown = await self.service.people.persons.shown(session, person)
            await getattr(self.goods.plans, verb)(session, person, shown, plan, *rest, version=holds)

        self.do(work)

    def make(self, person: str, wish: Any, key: str = "key") -> str:
        async def work(session: Session) -> str:
            shown = await self.service.people.persons.shown(session, person)
            return await self.goods.plans.make(session, person, shown, wish, key)

        return self.do(work)

    def with_maker(self, maker: Any = None) -> Any:
        """Return what looks at plans, with another maker of orders."""
        evaluating = self.goods.evaluating
        return replace(evaluating, firing=replace(evaluating.firing, maker=maker or RecordingMaker()))

    def settle(self, evaluating: Any = None) -> int:
        """Count, find what is whole, look and fire; returns how many crossings were fired."""
        self.run(self.goods.counting.run_once())
        if self.run(self.goods.wholes.run_once()):
            self.run(self.goods.counting.run_once())
        return self.run((evaluating or self.with_maker()).run_once())

    def made(self) -> list[dict[str, Any]]:
        """Return the orders of the recording maker."""
        return self.sql("select origin, images, why from made order by place")

    def fired(self, plan: str) -> list[tuple[int, datetime, list[str]]]:
        """Return a plan's crossings with the images of each, in the order in which they came."""
        rows = self.sql(
            """select number, crossed_at, (select array_agg(image order by at, plan_image.roll, image.frame_order)
                       from goods.plan_image join images.image on image.id = plan_image.image
                       where plan = firing.plan and plan_image.firing = number) as images
               from goods.firing where plan = $1 order by number""",
            plan,
        )
        return [(row["number"], row["crossed_at"], row["images"] or []) for row in rows]


async def open_house(stack: AsyncExitStack, url: str, folder: Path, clock: ManualClock) -> Photoservice:
    settings = Settings(folder=folder, connections=4)
    service = await stack.enter_async_context(open_service(settings, url, clock=clock))
    async with service.database.begin() as session:
        await service.goods.catalogues.publish(session, msgspec.json.encode(CATALOGUE), by="test", is_forced=True)
        run = session.connection.execute
        for tenant, kind in (("T-MAKER", "maker"), ("T-LAB", "lab")):
            what = (tenant, kind, clock.now())
            await run("insert into tenant values ($1, $1, $2, null, sha256($1::text::bytea), $3)", *what)
        await run("create table made (place bigserial, origin text primary key, images text[], why jsonb)")
    return service


@asynccontextmanager
async def opened(url: str, folder: Path, clock: ManualClock) -> AsyncGenerator[Photoservice]:
    async with AsyncExitStack() as stack:
        yield await open_house(stack, url, folder, clock)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def house(database: str, tmp_path: Path, clock: ManualClock) -> Iterator[House]:
    with asyncio.Runner() as runner:
        context = opened(database, tmp_path / "house", clock)
        service = runner.run(context.__aenter__())
        try:
            yield House(service=service, clock=clock, runner=runner)
        finally:
            runner.run(context.__aexit__(None, None, None))


@pytest.fixture
def terms(house: House) -> Callable[..., None]:
    """Write what packages of our product bring along."""

    def write(plans: Sequence[dict[str, Any]] = (), prepaid: Sequence[dict[str, Any]] = ()) -> None:
        body = msgspec.json.encode({"plans": plans, "credits": prepaid})
        house.do(lambda session: house.goods.terms.set(session, PRODUCT, body, by="test"))

    return write


@pytest.fixture
def catalogue(house: House) -> Callable[..., None]:
    """Publish a catalogue in which an item is withdrawn, and another CD is there."""

    def publish(*, without: str) -> None:
        items = [{**item, "is_withdrawn": item["id"] == without} for item in CATALOGUE["items"]]
        more = {**CATALOGUE["items"][0], "id": "film-cd"}
        body = msgspec.json.encode({**CATALOGUE, "version": "v2", "items": [*items, more]})
        house.do(lambda session: house.goods.catalogues.publish(session, body, by="test", is_forced=True))

    return publish


@pytest.fixture(scope="session")
def fuses() -> Any:
    """The module of databases that die; tests cannot import a neighbour."""
    where = Path(__file__).with_name("failing.py")
    spec = importlib.util.spec_from_file_location("failing", where)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["failing"] = module
    spec.loader.exec_module(module)
    return module
