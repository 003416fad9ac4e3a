"""What came is counted toward every plan that covers it, once."""

from typing import Any

from photocore.pricing import Choice

CD = Choice(item="cd")
THIRD_ROLL = {"when": {"kind": "rolls", "count": 3}, "make": {"item": "cd"}}


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
