"""What came is counted toward every plan that covers it, once; and what it covers no more counts no more."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from photocore.criteria import Images, Rolls
from photocore.pricing import Choice
from photoservice.planning.shown import PlanWish

CD = Choice(item="cd")
THIRD_ROLL = {"when": {"kind": "rolls", "count": 3}, "make": {"item": "cd"}}
SIXTH_PICTURE = {"when": {"kind": "images", "count": 6}, "make": {"item": "cd"}, "repeats": True}


def pending(house: Any, person: str) -> list[int]:
    return [plan.images for plan in house.plans(person)]


def test_O4_three_rolls_of_a_package_make_one_order_and_it_says_why(house: Any, terms: Any):
    """A package's own plan fires once all pictures of its third roll are there, and tells the rolls."""
    terms([THIRD_ROLL])
    person = house.person()
    package, rolls = house.package(person)
    images = [image for roll in rolls for image in house.file(roll, 2)]
    assert house.settle() == 0  # the last roll may get more

    house.pass_time(minutes=11)
    assert house.settle() == 1
    house.pass_time(days=400)
    assert house.settle() == 0

    (plan,) = house.plans(person)
    assert (plan.state, plan.number, plan.root, plan.person) == ("ended", 1, package, None)
    (order,) = house.made()
    assert (order["origin"], order["images"]) == (f"plan {plan.id} 1", images)
    (fired,) = house.plan(person, plan.id).fired
    assert [(roll.roll, roll.images, roll.is_whole) for roll in fired.why.rolls] == [(roll, 2, True) for roll in rolls]
    assert fired.why.met[0].have == 3


def test_O3_an_account_counts_the_pictures_of_all_its_packages(house: Any):
    """An account's plan counts across packages, and leaves what is too much for the next time."""
    person, other = house.person(), house.person()
    (_, (first, *_)), (_, (second, *_)) = house.package(person), house.package(person)
    _, (strange, *_) = house.package(other)
    plan = house.make(person, PlanWish(make=CD, when=Images(count=5)))
    images = house.file(first, 3)
    house.file(strange, 9)
    house.pass_time(hours=1)
    images += house.file(second, 4)

    assert house.settle() == 1
    assert [taken for _, _, taken in house.fired(plan)] == [images[:5]]
    assert pending(house, person) == [2]
    assert house.plans(other) == ()


@pytest.mark.parametrize("counts_all", [True, False])
def test_O15_a_new_plan_counts_what_is_there_only_where_that_was_asked_for(house: Any, counts_all: bool):
    """From now on, or also what is there: whatever is noted later of the same pictures changes neither."""
    person = house.person()
    _, (roll, *_) = house.package(person)
    house.file(roll, 3)
    house.make(person, PlanWish(make=CD, when=Images(count=99), counts_all=counts_all))
    house.settle()
    house.pass_time(minutes=11)
    house.file(roll, 1)
    house.settle()
    house.pass_time(minutes=11)
    house.settle()

    assert pending(house, person) == [4 if counts_all else 1]


def test_O14_a_sub_group_counts_what_is_in_it_now(house: Any):
    """A picture that is taken out while it is pending counts no more; put back, and a group brought back, it does."""
    person = house.person()
    _, (roll, *_) = house.package(person)
    images = house.file(roll, 4)
    groups, sight = house.service.people.groups, house.service.people.persons.sight
    house.settle()

    def put(names: list[str], group: str | None) -> None:
        async def work(session: Any) -> None:
            await groups.put(session, person, await sight(session, person), names, group)

        house.do(work)

    wedding = house.do(lambda session: groups.make(session, person, "Wedding"))
    plan = house.make(person, PlanWish(make=CD, when=Images(count=3), scope="sub_group", what=wedding))
    put(images[:2], wedding)
    assert house.settle() == 0
    assert pending(house, person) == [2]

    put(images[:1], None)
    house.settle()
    assert pending(house, person) == [1]
    put(images[:1], wedding)
    house.do(lambda session: groups.remove(session, person, wedding))
    house.settle()
    assert (pending(house, person), house.plan(person, plan).group) == ([0], "")

    house.do(lambda session: groups.bring_back(session, person, wedding))
    put(images[3:], wedding)
    assert house.settle() == 1
    assert sorted(house.fired(plan)[0][2]) == sorted([*images[:2], images[3]])


def test_O2_a_package_that_is_registered_late_begins_with_the_pictures_that_were_there(house: Any, terms: Any):
    """A station that was offline for days: pictures first, then the registration, then the plans and the count."""
    terms([SIXTH_PICTURE])
    package, (roll, *_) = house.package(registered=False)
    house.file(roll, 7)
    assert house.settle() == 0
    assert house.sql("select id from goods.plan") == []

    house.pass_time(days=5)
    person = house.person()
    house.register(package, person)
    house.settle()
    house.settle()
    (plan,) = house.plans(person)
    assert (plan.number, plan.images, plan.begun_at) == (1, 1, house.clock.now())


def test_O4_somebody_who_comes_to_hold_a_roll_later_has_its_pictures_counted_then(house: Any):
    """Joining, staff's word, merged accounts: an account's plan counts what its person came to hold."""
    person, first = house.person(), house.person()
    house.make(person, PlanWish(make=CD, when=Images(count=99)))
    package, (roll, *_) = house.package(first)
    house.file(roll, 2)
    house.settle()
    assert pending(house, person) == [0]

    own, (other, *_) = house.package(person)
    house.file(other, 1)
    accounts = house.sql("select account from claim where root = any($1::text[]) order by received_at", [package, own])
    old, new = (row["account"] for row in accounts)
    house.sql("insert into account_merge values ('S', 'E', $1, $2, 'household', 'X', 'staff', now())", old, new)
    house.settle()
    assert pending(house, person) == [3]


def test_O21_a_picture_withdrawn_while_pending_counts_no_more(house: Any, terms: Any):
    """What does not stand, or belongs to a contested package, is in no order; it counts again when that is over."""
    terms([SIXTH_PICTURE])
    person = house.person()
    package, (roll, *_) = house.package(person)
    images = house.file(roll, 5)
    house.settle()
    house.sql("update images.image set state = 'withdrawn' where id = $1", images[0])
    images += house.file(roll, 1)
    assert house.settle() == 0
    assert pending(house, person) == [5]

    house.contest(package)
    house.file(roll, 3)
    assert house.settle() == 0
    house.contest(package, "registered")
    assert house.settle() == 1
    assert images[0] not in house.made()[0]["images"]


def test_O21_two_workers_begin_and_count_the_same_package_once(house: Any, terms: Any):
    """Defaults and credits are made once however many are at it, and no picture is counted twice."""
    terms([THIRD_ROLL, SIXTH_PICTURE], [{"item": "cd", "pieces": 2}])
    packages = [house.package(house.person()) for _ in range(4)]
    for _, rolls in packages:
        house.file(rolls[0], 3)
    small = replace(house.goods.counting, at_once=3)

    async def several() -> None:
        await asyncio.gather(*(small.run_once() for _ in range(3)))

    house.run(several())
    counted = house.sql("select plan, count(*) as images from goods.plan_image group by plan")
    assert [row["images"] for row in counted] == [3] * 8
    assert len(house.sql("select * from goods.begun_package")) == 4
    assert [row["pieces"] for row in house.sql("select * from goods.credit")] == [2] * 4
    assert house.sql("select * from goods.uncounted") == []


def test_O4_late_pictures_of_a_counted_roll_count_no_second_roll(house: Any, terms: Any):
    """A roll counts as one once; what comes late goes with the next."""
    terms([{"when": {"kind": "rolls", "count": 2}, "make": {"item": "cd"}, "repeats": True}])
    person = house.person()
    _, rolls = house.package(person)
    house.file(rolls[0], 2)
    house.file(rolls[1], 2)
    house.settle()
    house.pass_time(minutes=11)
    assert house.settle() == 1

    late = house.file(rolls[0], 1)
    house.pass_time(minutes=11)
    assert house.settle() == 0
    last = house.file(rolls[2], 1)
    house.settle()
    house.pass_time(minutes=11)
    assert house.settle() == 0  # one roll more, not two
    (plan,) = house.plans(person)
    assert (plan.images, plan.rolls) == (len(late + last), 1)
    assert [(need.have, need.need) for need in plan.needs] == [(1, 2)]
    assert plan.when == Rolls(count=2)
