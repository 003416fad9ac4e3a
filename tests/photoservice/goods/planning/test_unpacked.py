"""A package that was registered whole and then sold roll by roll: its plan makes nobody pictures of others."""

from typing import Any


def test_O20_a_plan_of_a_package_takes_no_pictures_of_rolls_that_others_registered(house: Any, terms: Any):
    terms([{"when": {"kind": "images", "count": 2}, "make": {"item": "cd"}, "repeats": True}])
    first = house.person()
    package, rolls = house.package(first, rolls=2)
    house.settle()
    (plan,) = house.plans(first)
    house.sql("delete from registration where root = $1", package)
    for roll in rolls:
        buyer = house.person()
        house.register(roll, buyer)
        house.sql("update claim set root = $2 where item = $1", roll, package)
        house.sql("update registration set root = $2 where subject = $1", roll, package)
        house.file(roll, 2)
    assert house.settle() == 0
    assert len(house.sql("select from goods.plan_image where plan = $1", plan.id)) == 4  # counted, and not theirs
    assert (house.made(), house.fired(plan.id)) == ([], [])
