"""Who may make the next picture."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photoservice.renditions.gate import Gate, GateClosed


async def _settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_the_best_lane_goes_first_and_in_it_the_oldest_job():
    gate, order = Gate(1), []
    hold = asyncio.Event()

    async def make(name: str, priority: int, job: int) -> None:
        async with gate.turn(priority=priority, job=job):
            order.append(name)
            if name == "first":
                await hold.wait()

    tasks = [asyncio.create_task(make("first", 0, 9))]
    await _settle()
    for name, priority, job in (
        ("backfill", 0, 1),
        ("asked", 10, 2),
        ("new 4", 20, 4),
        ("new 3", 20, 3),
        ("new 3 again", 20, 3),
    ):
        tasks.append(asyncio.create_task(make(name, priority, job)))
        await _settle()
    hold.set()
    await asyncio.gather(*tasks)
    assert order == ["first", "new 3", "new 3 again", "new 4", "asked", "backfill"]


async def test_a_closed_gate_sends_away_who_waits_and_who_comes_but_nobody_who_is_inside():
    gate, inside, hold = Gate(1), asyncio.Event(), asyncio.Event()

    async def make() -> str:
        async with gate.turn(priority=0, job=1):
            inside.set()
            await hold.wait()
            return "made"

    first = asyncio.create_task(make())
    await inside.wait()
    second = asyncio.create_task(make())
    await _settle()
    gate.close()
    with pytest.raises(GateClosed):
        await second
    with pytest.raises(GateClosed):
        await make()
    hold.set()
    assert await first == "made"


@given(
    width=st.integers(1, 4),
    steps=st.lists(st.tuples(st.sampled_from(["come", "leave", "cancel"]), st.integers(0, 5)), max_size=40),
)
def test_no_place_is_lost_or_made_whoever_comes_leaves_or_is_called_back(width, steps):
    async def play() -> None:
        gate = Gate(width)
        tasks: list[asyncio.Task[None]] = []
        doors: list[asyncio.Event] = []
        inside: set[int] = set()

        async def one(number: int, door: asyncio.Event) -> None:
            async with gate.turn(priority=number % 3, job=number):
                inside.add(number)
                try:
                    await door.wait()
                finally:
                    inside.discard(number)

        for what, which in steps:
            if what == "come":
                doors.append(asyncio.Event())
                tasks.append(asyncio.create_task(one(len(tasks), doors[-1])))
            elif tasks and what == "leave":
                doors[which % len(doors)].set()
            elif tasks:
                tasks[which % len(tasks)].cancel()
                if which % 2:
                    continue  # the next step comes before the loop has turned
            await _settle()
            waiting = [task for task in tasks if not task.done()]
            assert len(inside) == min(width, len(waiting))
        for door in doors:
            door.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert not inside

    asyncio.run(play())
