"""A crossing and its order are one; what cannot be had pauses, what fails is tried again, and clocks change nothing."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from photocore.criteria import Any as AnyOf
from photocore.criteria import Elapsed, Images
from photocore.errors import ChoiceRefused
from photocore.pricing import Choice
from photoservice.planning.shown import PlanWish

CD = Choice(item="cd")
WISH = PlanWish(make=CD, when=Images(count=2), name="Pairs")


@dataclass
class Troubled:
    """A maker that cannot make orders of one plan just now."""

    inner: Any
    plan: str

    async def make(self, session: Any, wish: Any) -> Any:
        if wish.plan == self.plan:
            raise OSError("the disk is full")
        return await self.inner.make(session, wish)


def test_O20_three_rolls_make_a_real_order_with_its_reason_and_its_price(house: Any, terms: Any):
    """The real order book: prepaid by the package, cooling off, and why in facts."""
    terms([{"when": {"kind": "rolls", "count": 3}, "make": {"item": "cd"}}], [{"item": "cd", "pieces": 1}])
    person = house.person()
    package, rolls = house.package(person)
    images = [image for roll in rolls for image in house.file(roll, 2)]
    house.settle(house.goods.evaluating)
    house.pass_time(minutes=11)
    assert house.settle(house.goods.evaluating) == 1

    (order,) = house.sql("select * from goods.customer_order")
    (plan,) = house.plans(person)
    assert (order["origin"], order["root"], order["pays"], order["price"]) == (
        f"plan {plan.id} 1",
        package,
        "prepaid",
        0,
    )
    assert order["cooling_until"] == house.clock.now() + timedelta(hours=24)
    assert msgspec.json.decode(order["why"])["images"] == 6
    pictures = house.sql("select image from goods.line_image where order_id = $1 order by place", order["id"])
    assert [row["image"] for row in pictures] == images
    assert house.sql("select used from goods.credit")[0]["used"] == 1
    (notice,) = house.sql("select kind from people.notice where person = $1", person)
    assert notice["kind"] == "order_made"


def test_O21_goods_that_are_withdrawn_pause_their_plan_and_its_people_are_told(house: Any, catalogue: Any):
    """Nothing is lost: what is pending stays, and counts for what is chosen instead."""
    person = house.person()
    _, (roll, *_) = house.package(person)
    plan = house.make(person, WISH)
    catalogue(without="cd")
    house.file(roll, 3)
    assert house.settle(house.goods.evaluating) == 0

    shown = house.plan(person, plan)
    assert (shown.state, shown.trouble, shown.images, shown.number) == ("paused", "item", 3, 0)
    (notice,) = house.sql("select kind, about from people.notice where person = $1", person)
    assert (notice["kind"], msgspec.json.decode(notice["about"])["name"]) == ("plan_paused", "Pairs")
    house.settle(house.goods.evaluating)
    assert len(house.sql("select * from people.notice")) == 1

    house.steer("change", person, plan, replace(WISH, make=Choice(item="film-cd")))
    assert house.settle(house.goods.evaluating) == 1


def test_O10_goods_that_need_more_pictures_wait_for_them(house: Any):
    """Album pages of four pictures: a time that comes with two waits until the next time with enough."""
    person = house.person()
    _, (roll, *_) = house.package(person)
    plan = house.make(person, replace(WISH, make=Choice(item="album"), when=Elapsed(days=10)))
    begun = house.clock.now()
    house.file(roll, 2)
    house.settle()
    house.pass_time(days=12)
    assert house.settle() == 0
    assert house.plan(person, plan).due is None

    house.file(roll, 2)
    house.settle()
    assert house.plan(person, plan).due == begun + timedelta(days=20)
    house.pass_time(days=9)
    assert house.settle() == 1
    assert [at for _, at, _ in house.fired(plan)] == [begun + timedelta(days=20)]


def test_O21_a_plan_whose_order_fails_keeps_no_other_waiting_and_is_tried_again(house: Any):
    """What went wrong is raised when the others were looked at, and a minute later the plan is looked at again."""
    person = house.person()
    _, (roll, *_) = house.package(person)
    bad, good = house.make(person, WISH, "1"), house.make(person, WISH, "2")
    house.file(roll, 2)
    house.run(house.goods.counting.run_once())
    evaluating = house.with_maker()
    troubled = house.with_maker(Troubled(evaluating.firing.maker, bad))
    with pytest.raises(OSError, match="full"):
        house.run(troubled.run_once())

    assert [row["origin"] for row in house.made()] == [f"plan {good} 1"]
    assert house.settle() == 0
    house.pass_time(minutes=1)
    assert house.settle() == 1
    assert house.fired(bad)[0][2] == house.fired(good)[0][2]


def test_O2_a_clock_set_a_year_ahead_and_back_makes_nothing_twice_and_loses_nothing(house: Any):
    """What came and fired meanwhile stays; times count on from the clock that is right."""
    person = house.person()
    _, (roll, *_) = house.package(person)
    plan = house.make(person, replace(WISH, when=Elapsed(days=90)))
    right = house.clock.now()
    first = house.file(roll, 1)
    house.settle()
    house.clock.set_wall(right + timedelta(days=365))
    assert house.settle() == 1
    second = house.file(roll, 1)
    assert house.settle() == 0

    house.clock.set_wall(right + timedelta(days=1))
    assert house.settle() == 0
    shown = house.plan(person, plan)
    assert (shown.number, shown.images) == (1, 1)
    assert shown.due == right + timedelta(days=91)
    house.pass_time(days=90)
    assert house.settle() == 1
    assert [images for _, _, images in house.fired(plan)] == [first, second]


def test_O21_a_backup_makes_the_same_orders_by_the_same_names(house: Any):
    """What was fired after a backup is fired again under its old origin: the order book knows it by that."""
    person = house.person()
    _, (roll, *_) = house.package(person)
    plan = house.make(person, WISH)
    house.file(roll, 2)
    house.settle(house.goods.evaluating)
    (before,) = house.sql("select id, origin from goods.customer_order")

    for statement in (
        "delete from goods.customer_order",
        "delete from goods.firing",
        "update goods.plan_image set firing = null",
        "update goods.plan set number = 0, since = begun_at, look_at = $1",
    ):
        house.sql(statement, *([house.clock.now()] if "$1" in statement else []))
    assert house.settle(house.goods.evaluating) == 1
    assert house.sql("select id, origin from goods.customer_order") == [before]
    assert before["origin"] == f"plan {plan} 1"


def test_O3_a_plan_asks_for_no_more_pictures_than_its_goods_are_made_of(house: Any):
    """Ten thousand of a CD are a plan, one more is not; neither is one made into that, nor one by one of two parts."""
    person = house.person()
    plan = house.make(person, replace(WISH, when=Images(count=10_000)))
    for when in (Images(count=10_001), AnyOf(of=(Images(count=10_001), Elapsed(days=9)))):
        with pytest.raises(ChoiceRefused) as refused:
            house.make(person, replace(WISH, when=when), "more")
        assert refused.value.why == "images"
        with pytest.raises(ChoiceRefused):
            house.steer("change", person, plan, replace(WISH, when=when))


def test_O21_a_plan_that_rested_too_long_makes_what_goes_into_one_and_keeps_the_rest(house: Any):
    """A leaflet of two pictures, and five came while it was paused: two a time, none lost, and it does not pause."""
    person = house.person()
    _, (roll, *_) = house.package(person)
    plan = house.make(person, replace(WISH, make=Choice(item="leaflet"), when=Elapsed(days=10), repeats=True))
    house.steer("pause", person, plan)
    images = house.file(roll, 5)
    house.settle()
    house.pass_time(days=11)
    house.steer("resume", person, plan)
    assert house.settle() == 1
    assert (house.plan(person, plan).state, house.plan(person, plan).images) == ("live", 3)
    house.pass_time(days=20)
    assert house.settle() == 2
    assert [image for row in house.made() for image in row["images"]] == images
