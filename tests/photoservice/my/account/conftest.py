"""Somebody who signs in, by the rows that signing up leaves; and looks into what is kept."""

from collections.abc import Callable
from typing import Any

import pytest


@pytest.fixture
def person_of(world: Any) -> Callable[[Any], str]:
    """Return the person behind an owner's session."""

    def find(owner: Any) -> str:
        (row,) = world.sql(
            "select person from people.holding join claim on claim.id = holding.claim where number = $1",
            owner.home.number,
        )
        return str(row["person"])

    return find


@pytest.fixture
def joined(world: Any, person_of: Any) -> Callable[..., str]:
    """Make an owner somebody with credentials: they hold their registration without its code."""

    def join(owner: Any) -> str:
        person = person_of(owner)
        world.sql("update people.person set has_credentials = true where id = $1", person)
        world.sql("update people.holding set how = 'joined', code = null where person = $1", person)
        return person

    return join


@pytest.fixture
def also_held(world: Any) -> Callable[[Any, Any], None]:
    """Let another owner hold the registration of the first, too."""

    def hold(first: Any, other_person: str) -> None:
        world.sql(
            "insert into people.holding (person, station, claim, how, since)"
            " select $2, station, id, 'staff', $3 from claim where number = $1",
            first.home.number, other_person, world.clock.now(),
        )  # fmt: skip

    return hold
