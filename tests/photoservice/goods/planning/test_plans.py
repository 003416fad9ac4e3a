"""Plans as their people steer them: made, shown, changed, paused, resumed, ended."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from photocore.criteria import All, Elapsed, Images, Rolls
from photocore.errors import ChoiceRefused
from photocore.pricing import Choice
from photoservice.errors import PlanChangedMeanwhile, Unknown, Unprocessable
from photoservice.planning.shown import PlanWish

CD = Choice(item="cd")
WISH = PlanWish(make=CD, when=Images(count=3), name="Every third")


def test_O15_the_same_key_makes_one_plan(house: Any):
    """A form sent twice makes one plan; another key makes another."""
    person = house.person()
    made = [house.make(person, WISH, key) for key in ("one", "one", "two")]

    assert made[0] == made[1] != made[2]
    assert {plan.id for plan in house.plans(person)} == set(made)
    assert all(name.startswith("PL-") and len(name) == 15 for name in made)


UNFIT: list[tuple[PlanWish, type[Exception]]] = [
    (replace(WISH, make=Choice(item="gone")), ChoiceRefused),
    (replace(WISH, make=Choice(item="cd", quantity=-1)), ChoiceRefused),
    (replace(WISH, make=Choice(item="cd", quantity=10**9)), ChoiceRefused),
    (replace(WISH, make=Choice(item="film")), ChoiceRefused),
    (replace(WISH, currency="XAU"), ChoiceRefused),
    (replace(WISH, when=None), Unprocessable),
    (replace(WISH, name="x" * 81), Unprocessable),
    (replace(WISH, cooling=timedelta(days=31)), Unprocessable),
    (replace(WISH, cooling=timedelta(seconds=-1)), Unprocessable),
    (replace(WISH, pays="nothing"), Unprocessable),
    (replace(WISH, scope="package", what="(01)x"), Unknown),
    (replace(WISH, scope="sub_group", what="G-1"), Unknown),
    (replace(WISH, what="(01)x"), Unprocessable),
    (
        replace(WISH, make=Choice(item="film"), when=None, kind="next_roll", scope="sub_group", what="x"),
        Unprocessable,
    ),
]
"""What can be no plan, and how it is refused."""


def test_O15_what_can_be_no_plan_is_refused(house: Any):
    """Nothing is made of a wish that could never make anything, or is out of its bounds."""
    person = house.person()
    for wish, error in UNFIT:
        with pytest.raises(error):
            house.make(person, wish)
    assert house.plans(person) == ()


def test_O15_what_is_next_and_when_is_told(house: Any):
    """The outlook says of each part how far it is, and when its time comes; nothing that only a count would decide."""
    person = house.person()
    _, rolls = house.package(person)
    when = All(of=(Rolls(count=2), Elapsed(days=30)))
    plan = house.make(person, replace(WISH, when=when))
    begun = house.clock.now()
    house.file(rolls[0], 2)
    house.settle()
    house.pass_time(minutes=20)
    house.settle()

    shown = house.plan(person, plan)
    assert (shown.images, shown.rolls, shown.due) == (2, 1, None)
    assert [(need.have, need.need, need.due) for need in shown.needs] == [
        (1, 2, None),
        (0, 0, begun + timedelta(days=30)),
    ]
    house.file(rolls[1], 2)
    house.settle()
    house.pass_time(minutes=20)
    house.settle()
    assert house.plan(person, plan).due == begun + timedelta(days=30)

    house.pass_time(days=31)
    assert house.settle() == 1
    (fired,) = house.plan(person, plan).fired
    assert fired.crossed_at == begun + timedelta(days=30)
    assert [(met.have, met.need, met.since) for met in fired.why.met] == [(2, 2, None), (0, 0, begun)]
    assert (fired.why.is_all, fired.why.images, fired.number) == (True, 4, 1)


def test_O15_a_changed_criterion_keeps_what_is_pending(house: Any):
    """What was counted counts by the new criterion, at once where it is met."""
    person = house.person()
    _, (roll, *_) = house.package(person)
    plan = house.make(person, replace(WISH, when=Images(count=9)))
    images = house.file(roll, 4)
    assert house.settle() == 0

    house.steer("change", person, plan, replace(WISH, when=Images(count=4), name="Fours"))
    assert house.settle() == 1
    assert house.fired(plan)[0][2] == images
    assert house.plan(person, plan).name == "Fours"


def test_O15_whoever_looked_before_a_change_or_a_firing_is_told(house: Any):
    """Of two editors the second loses nothing and is told; so is who edits what has just fired."""
    person = house.person()
    _, (roll, *_) = house.package(person)
    plan = house.make(person, WISH)
    house.steer("change", person, plan, replace(WISH, when=Images(count=2)), version=1)
    with pytest.raises(PlanChangedMeanwhile) as told:
        house.steer("pause", person, plan, version=1)
    assert told.value.version == 2

    house.file(roll, 2)
    assert house.settle() == 1
    with pytest.raises(PlanChangedMeanwhile):
        house.steer("change", person, plan, WISH, version=2)
    assert house.plan(person, plan).when == Images(count=2)


def test_O15_a_plan_edited_while_it_fires_is_one_or_the_other(house: Any):
    """The row's lock decides: the order is made by the plan as it was, and the edit is told; or the edit goes first."""
    person = house.person()
    _, (roll, *_) = house.package(person)
    plan = house.make(person, WISH)
    house.file(roll, 3)
    house.run(house.goods.counting.run_once())

    async def edit() -> bool:
        async with house.service.database.begin() as session:
            shown = await house.service.people.persons.shown(session, person)
            try:
                await house.goods.plans.change(session, person, shown, plan, replace(WISH, name="Edited"), version=1)
            except PlanChangedMeanwhile:
                return False
        return True

    async def both() -> tuple[bool, int]:
        return await asyncio.gather(edit(), house.with_maker().run_once())

    edited, fired = house.run(both())
    house.pass_time(minutes=2)
    assert fired + house.settle() == 1
    name = house.made()[0]["why"]
    assert (house.plan(person, plan).name, len(house.made())) == ("Edited" if edited else "Every third", 1)
    assert ('"Edited"' in name) <= edited


def test_O15_a_paused_plan_makes_nothing_and_goes_on_counting(house: Any):
    """Resumed, it makes at once what was met meanwhile; ended, it never makes anything again."""
    person = house.person()
    _, (roll, *_) = house.package(person)
    plan = house.make(person, WISH)
    house.steer("pause", person, plan)
    house.file(roll, 4)
    assert house.settle() == 0
    assert house.plan(person, plan).images == 4

    house.steer("resume", person, plan)
    assert house.settle() == 1
    house.steer("end", person, plan)
    house.file(roll, 5)
    assert house.settle() == 0
    with pytest.raises(Unprocessable):
        house.steer("resume", person, plan)


def test_O15_a_plan_is_there_for_its_own_people_alone(house: Any, terms: Any):
    """A package's own plan is steered by all who hold it, a person's by that person; to others neither is there."""
    terms([{"when": {"kind": "rolls", "count": 3}, "make": {"item": "cd"}}])
    one, two, other = house.person(), house.person(), house.person()
    package, _ = house.package(one)
    house.register_also(package, two)
    house.settle()
    own = house.make(one, replace(WISH, scope="package", what=package))
    (default,) = house.plans(two)

    assert {plan.id for plan in house.plans(one)} == {own, default.id}
    house.steer("pause", two, default.id)
    for person, plan in ((two, own), (other, own), (other, default.id)):
        with pytest.raises(Unknown):
            house.plan(person, plan)
        with pytest.raises(Unknown):
            house.steer("pause", person, plan, version=1)
    assert house.plans(other) == ()
