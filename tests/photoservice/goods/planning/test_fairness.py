"""A plan that crosses again and again keeps no other waiting: it goes on in the next round."""

from dataclasses import replace
from typing import Any

from photocore.criteria import Images
from photocore.pricing import Choice
from photoservice.planning.shown import PlanWish


def test_O20_a_plan_with_many_crossings_takes_turns_with_others(house: Any):
    wish = PlanWish(make=Choice(item="cd"), when=Images(count=1), repeats=True)
    greedy, other = house.person(), house.person()
    (_, (many,)), (_, (few,)) = house.package(greedy, rolls=1), house.package(other, rolls=1)
    plans = [house.make(one, wish) for one in (greedy, other)]
    house.file(many, 5)
    house.file(few, 1)
    evaluating = replace(house.with_maker(), most_fired=2)
    counts = []
    for _ in range(4):
        house.settle(evaluating)
        counts.append([len(house.fired(plan)) for plan in plans])
    assert counts == [[2, 1], [4, 1], [5, 1], [5, 1]]
