"""Owners with pictures who order, round a real photoservice; rounds run when a test says so."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from photocore.pricing import Choice
from photoservice.ordering.shown import OrderShown
from photoservice.ordering.wishes import LineWish, Made, OrderWish
from photoservice.persons.profiles import Address
from photoservice.settings import Settings
from photoservice.testing_pictures import Archive, AtHome, Filed, register_at_home

DAY = timedelta(days=1)
_ONCE = itertools.count(1)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, derive_here=False, orders_every=None, plan_every=None, sweep_every=None)


@dataclass
class Owner:
    """A person who holds a registration, with pictures of its first roll."""

    shop: "Shop"
    person: str
    home: AtHome
    pictures: list[Filed]

    @property
    def images(self) -> tuple[str, ...]:
        return tuple(one.id for one in self.pictures)

    @property
    def orders(self) -> list[OrderShown]:
        return list(self.shop.as_them(self, "of").orders)

    def address(self, town: str = "Bern") -> Address:
        return Address(id="home", name="Zoë 李", lines=("Gasse 1",), postcode="3011", town=town, country="CH")

    def lives(self) -> None:
        """Keep an address in the profile."""
        profiles = self.shop.service.people.profiles
        self.shop.do(lambda s: profiles.change(s, self.person, lambda one: one.with_address(self.address())))

    def told(self) -> list[str]:
        rows = self.shop.world.sql("select kind from people.notice where person = $1 order by at, kind", self.person)
        return [row["kind"] for row in rows]


@dataclass
class Shop:
    """The service as those see it who order, make and hand over."""

    world: Any
    archive: Archive
    made: int = field(default_factory=lambda: next(_ONCE))

    @property
    def service(self) -> Any:
        return self.world.running.service

    @property
    def goods(self) -> Any:
        return self.service.goods

    def do(self, work: Any) -> Any:
        return self.world.running.do(work)

    def run(self, work: Any) -> Any:
        return self.world.running.run(work)

    def owner(self, serial: str, *, frames: int = 3, rolls: int = 1) -> Owner:
        home = register_at_home(self.world.running, self.world.maker, serial, rolls=rolls)
        tenant = self.archive.tenant("Silver Lab")
        pictures = [self.archive.file(home.rolls[0], str(n), tenant) for n in range(1, frames + 1)]
        person = self.do(lambda s: self.service.people.persons.make(s, language="de"))
        self.hold(person, home)
        return Owner(shop=self, person=person, home=home, pictures=pictures)

    def hold(self, person: str, home: AtHome) -> None:
        self.world.sql(
            "insert into people.holding (person, station, claim, how, since)"
            " select $2, station, id, 'staff', $3 from claim where number = $1",
            *(home.number, person, self.world.clock.now()),
        )

    def wish(self, owner: Owner, item: str = "cd", **more: Any) -> OrderWish:
        line = LineWish(
            choice=Choice(item=item, options=more.pop("options", {}), quantity=more.pop("quantity", 1)),
            images=more.pop("images", owner.images),
        )
        about: dict[str, Any] = {"origin": f"hand T{next(_ONCE)}", "kind": "hand", "person": owner.person}
        return OrderWish(**{**about, "lines": (line,), **more})

    def of_plan(self, owner: Owner, item: str = "cd", **more: Any) -> OrderWish:
        """Return what a plan of the owner's package wishes for."""
        about = {"origin": f"plan PL-1 {next(_ONCE)}", "kind": "plan", "person": None, "root": owner.home.package}
        return self.wish(owner, item, **{**about, "cooling": DAY, "why": {"plan": "PL-1"}, **more})

    def make(self, wish: OrderWish) -> Made:
        return self.do(lambda s: self.goods.making.make(s, wish))

    def order(self, wish: OrderWish) -> str:
        return self.make(wish).order

    def look(self, order: str) -> OrderShown:
        return self.do(lambda s: self.goods.orders.look(s, order))

    def as_them(self, owner: Owner, verb: str, *args: Any, **more: Any) -> Any:
        async def work(session: Any) -> Any:
            shown = await self.service.people.persons.shown(session, owner.person)
            return await getattr(self.goods.orders, verb)(session, owner.person, shown, *args, **more)

        return self.do(work)

    def steer(self, owner: Owner, verb: str, order: str, **more: Any) -> Any:
        """Do something with an order as it stands now."""
        return self.as_them(owner, verb, order, **{"version": self.look(order).version, **more})

    def pay(self, order: str, minor: int, key: str = "K1") -> None:
        pay = self.goods.payments.note
        self.do(lambda s: pay(s, order, way="staff", key=f"{order} {key}", minor=minor, currency="EUR", by="test"))

    def release(self) -> int:
        return self.run(self.goods.releasing.run_once())

    def remind(self) -> int:
        return self.run(self.goods.reminding.run_once())

    def pass_days(self, days: float) -> None:
        self.world.clock.advance(days * 86_400)

    def credit(self, root: str, pieces: int = 1, item: str = "cd", options: str = "{}", most: int = 1) -> None:
        now = self.world.clock.now()
        self.world.sql(
            "insert into goods.begun_package (root, gtin, began_at, applied_at) values ($1, '09521141012345', $2, $2)"
            " on conflict do nothing",
            *(root, now),
        )
        self.world.sql(
            "insert into goods.credit (root, place, item, options, pieces, most_units)"
            " select $1, count(*), $2, $3::jsonb, $4, $5 from goods.credit where root = $1",
            *(root, item, options, pieces, most),
        )

    def used(self, root: str) -> int:
        return self.world.sql("select sum(used)::int as n from goods.credit where root = $1", root)[0]["n"]

    def steps(self, order: str) -> list[tuple[int, str, str]]:
        rows = self.world.sql(
            "select line, step, note from goods.line_step where order_id = $1 order by line, told_at, step", order
        )
        return [(row["line"], row["step"], row["note"]) for row in rows]

    def contest(self, owner: Owner, word: str = "contested") -> None:
        self.world.sql("update registration set word = $2 where root = $1", owner.home.package, word)


@pytest.fixture
def shop(world: Any) -> Shop:
    world.lab = world.running.add_tenant("Silver Lab", "lab")
    return Shop(world=world, archive=Archive(world.running))


@pytest.fixture
def owner(shop: Shop) -> Callable[..., Owner]:
    return shop.owner
