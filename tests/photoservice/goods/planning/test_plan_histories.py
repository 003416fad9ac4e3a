"""Exactly one order a crossing, whatever happens (O2-O4, O21): histories that hypothesis makes up, on real PostgreSQL.

The model is ``photocore.criteria`` over what happened. As long as nothing but pictures, time, deaths, replays and other
workers happens, the crossings that were fired are the model's, image by image and moment by moment. Where somebody
edits the plan, withdraws pictures or sets the clock, no image is used twice, no number is left out, each crossing has
its order, and at the end nothing is left that should have been made.
"""

import asyncio
import itertools
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, ClassVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from photocore.criteria import (
    All,
    Counted,
    Criterion,
    Elapsed,
    Images,
    Pending,
    Rolls,
    Span,
    crossings,
)
from photocore.criteria import (
    Any as AnyOf,
)
from photocore.pricing import Choice
from photoservice.planning.shown import PlanWish

QUIET = timedelta(minutes=10)
PARTS = st.one_of(
    st.builds(Images, count=st.integers(1, 5)),
    st.builds(Rolls, count=st.integers(1, 2)),
    st.builds(Elapsed, days=st.integers(1, 3)),
)
SEVERAL = st.lists(PARTS, min_size=2, max_size=3, unique_by=type).map(tuple)
CRITERIA = st.one_of(PARTS, st.builds(All, of=SEVERAL), st.builds(AnyOf, of=SEVERAL))
STEPS = st.integers(0, 20)
MOSTLY = st.sampled_from([True, True, True, False])


class Histories(RuleBasedStateMachine):
    """A person, an account's plan, and four rolls; all that may happen to them."""

    house: ClassVar[Any]
    fuses: ClassVar[Any]
    is_plain: ClassVar[bool]

    @initialize(criterion=CRITERIA, repeats=MOSTLY, least=st.sampled_from(["cd", "cd", "album"]))
    def begin(self, criterion: Criterion, repeats: bool, least: str) -> None:
        house = self.house
        self.criterion, self.repeats, self.least = criterion, repeats, 4 if least == "album" else 1
        house.sql("delete from goods.plan")
        house.sql("delete from goods.plan_clock")
        house.sql("delete from goods.uncounted")
        house.sql("delete from made")
        self.person = house.person()
        self.rolls = house.package(self.person, rolls=4)[1]
        wish = PlanWish(make=Choice(item=least), when=criterion, repeats=repeats)
        self.plan = house.make(self.person, wish)
        self.begun = house.clock.now()
        self.filed: list[Counted] = []
        self.whole: dict[str, datetime] = {}
        self.changed: dict[str, datetime] = {}

    @rule(roll=st.integers(0, 3), count=st.integers(1, 4))
    def file(self, roll: int, count: int) -> None:
        name, now = self.rolls[roll], self.house.pass_time(seconds=1)
        for image in self.house.file(name, count):
            self.filed.append(Counted(image=image, roll=name, at=now))
        self.changed[name] = now

    @rule(roll=st.integers(0, 3), count=st.integers(2, 5), hours=st.sampled_from([1, 30]), steps=STEPS)
    def a_roll_comes(self, roll: int, count: int, hours: float, steps: int) -> None:
        self.file(roll, count)
        self.pass_time(hours, steps, late=False)
        self.look_and_die(steps, late=True)

    @rule(hours=st.sampled_from([0.01, 1, 13, 24, 50, 200]), steps=STEPS, late=st.booleans())
    def pass_time(self, hours: float, steps: int, late: bool) -> None:
        """Whoever counts dies at some step; another counts all of it, and finds what became whole meanwhile."""
        now = self.house.pass_time(hours=hours)
        with self.dying(steps, late) as database:
            self.house.run(replace(self.house.goods.counting, database=database).run_once())
        with self.dying(steps // 2, late) as database:
            self.house.run(replace(self.house.goods.wholes, database=database).run_once())
        self.count()
        for roll, changed in self.changed.items():
            if changed + QUIET <= now:
                self.whole.setdefault(roll, changed + QUIET)

    @rule(steps=STEPS, late=st.booleans())
    def look_and_die(self, steps: int, late: bool) -> None:
        with self.dying(steps, late) as database:
            evaluating = self.house.with_maker()
            firing = replace(evaluating.firing, database=database)
            self.house.run(replace(evaluating, database=database, firing=firing).run_once())
        self.holds()

    @rule()
    def look_with_two(self) -> None:
        async def both() -> None:
            looks = (self.house.with_maker().run_once(), self.house.with_maker().run_once())
            counts = (self.house.goods.counting.run_once(), self.house.goods.counting.run_once())
            await asyncio.gather(*looks, *counts)

        self.house.run(both())
        self.holds()

    @rule()
    def note_again(self) -> None:
        """Whatever was noted is noted again: a replay, a restored backup."""
        self.house.sql("insert into goods.uncounted (image, roll, at) select image, roll, at from goods.plan_image")
        self.house.sql("insert into goods.uncounted (roll, person, at) values ('', $1, $2)", self.person, self.begun)

    def holds(self) -> None:
        made = {row["origin"]: row["images"] for row in self.house.made()}
        fired = self.house.fired(self.plan)
        assert [number for number, *_ in fired] == list(range(1, len(fired) + 1))
        assert set(made) == {f"plan {self.plan} {number}" for number, *_ in fired}
        used = [image for _, _, images in fired for image in images]
        assert len(used) == len(set(used))
        assert all(sorted(made[f"plan {self.plan} {number}"]) == sorted(images) for number, _, images in fired)
        assert self.repeats or len(fired) <= 1 or not self.is_plain

    def teardown(self) -> None:
        if not hasattr(self, "filed"):
            return
        self.house.pass_time(days=4)  # what somebody died over is set aside for a minute
        self.count()
        self.house.settle()
        self.holds()
        self.check()

    def check(self) -> None:
        """Compare with the model."""
        now = self.house.clock.now()
        order = {one.image: place for place, one in enumerate(self.filed)}
        images = tuple(sorted(self.filed, key=lambda one: (one.at, one.roll, order[one.image])))
        whole = dict(self.whole)
        for roll, changed in self.changed.items():
            if changed + QUIET <= now:
                whole.setdefault(roll, changed + QUIET)
        span = Span(begun=self.begun, since=self.begun, now=now)
        expected = crossings(self.criterion, Pending(images=images, rolls=whole), span, least=self.least)
        expected = expected if self.repeats else expected[:1]
        told = [(number, one.at, list(one.images)) for number, one in enumerate(expected, 1)]
        assert self.house.fired(self.plan) == told

    def count(self) -> None:
        self.house.run(self.house.goods.counting.run_once())
        if self.house.run(self.house.goods.wholes.run_once()):
            self.house.run(self.house.goods.counting.run_once())

    @contextmanager
    def dying(self, steps: int, late: bool) -> Iterator[Any]:
        fuse = self.fuses.Fuse(left=steps, after_commit=late)
        with suppress(self.fuses.Killed):
            yield self.fuses.failing(self.house.service.database, fuse)


class Disturbed(Histories):
    """The same, with a person at the plan, a lab that takes back, and a clock that is set."""

    @rule(criterion=CRITERIA, repeats=MOSTLY)
    def change(self, criterion: Criterion, repeats: bool) -> None:
        plan = self.house.plan(self.person, self.plan)
        if plan.state == "ended":
            return
        make = Choice(item="album" if self.least > 1 else "cd")
        wish = PlanWish(make=make, when=criterion, repeats=repeats)
        self.house.steer("change", self.person, self.plan, wish)
        self.criterion, self.repeats = criterion, repeats

    @rule(resumes=st.booleans())
    def pause(self, resumes: bool) -> None:
        if self.house.plan(self.person, self.plan).state != "ended":
            self.house.steer("pause", self.person, self.plan)
            if resumes:
                self.house.steer("resume", self.person, self.plan)

    @rule(place=st.integers(0, 20))
    def withdraw(self, place: int) -> None:
        if self.filed:
            image = self.filed[place % len(self.filed)].image
            self.house.sql("update images.image set state = 'withdrawn' where id = $1", image)

    @rule()
    def bring_back(self) -> None:
        self.house.sql("update images.image set state = 'standing' where state = 'withdrawn'")
        self.note_again()
        self.house.sql("insert into goods.uncounted (image, roll, at) select id, roll, filed_at from images.image")

    @rule(days=st.sampled_from([365, 30, 1]), looks=st.booleans())
    def clock_goes_wrong(self, days: int, looks: bool) -> None:
        """The clock is set ahead, pictures come, somebody looks, and it is set right."""
        right = self.house.clock.now()
        self.house.clock.set_wall(right + timedelta(days=days))
        self.file(1, 1)
        if looks:
            self.house.settle()
        else:
            self.count()
        self.house.clock.set_wall(right + timedelta(hours=1))

    def check(self) -> None:
        """Nothing is left that should have been made: each image that stands is used, or waits."""
        plan = self.house.plan(self.person, self.plan)
        if plan.state != "live":
            return
        now = self.house.clock.now()
        assert plan.since <= now
        waiting = self.house.sql(
            "select image.id from images.image where image.state = 'standing' and roll = any($1::text[])"
            " and not exists (select from goods.plan_image as used"
            " where used.plan = $2 and used.image = image.id and used.firing is not null)",
            self.rolls,
            self.plan,
        )
        assert plan.images == len(waiting)
        assert plan.due is None or plan.due > now
        look = self.house.sql("select look_at from goods.plan where id = $1", self.plan)[0]["look_at"]
        assert look == plan.due


@pytest.mark.parametrize("machine", [Histories, Disturbed])
def test_O21_every_crossing_makes_one_order_through_deaths_replays_and_other_workers(
    machine: type[Histories], house: Any, fuses: Any
):
    """Whatever happens in whatever order, what is made is what the criterion says of what came, once."""

    class Here(machine):  # type: ignore[misc,valid-type]
        pass

    Here.house, Here.fuses, Here.is_plain = house, fuses, machine is Histories
    house.numbers = itertools.count(1)
    chosen = settings(
        max_examples=10,
        stateful_step_count=12,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.generate],  # a history takes a third of a second: to shrink one would take minutes
    )
    run_state_machine_as_test(Here, settings=chosen)
