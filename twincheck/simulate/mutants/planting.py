"""Plant a fault into running production code, and take it out again: no file is edited.

A plant replaces functions, tables of constants and SQL blocks for as long as a simulated world lives, and counts how
often the planted code really ran: a mutant that was never reached was not caught by anybody.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from functools import cache
from types import TracebackType
from typing import Any

from sync import statements
from twincheck.simulate.faults import Faults
from twincheck.simulate.runner import Outcome, run


class Plant(AbstractContextManager["Plant"]):
    """A planted fault. ``put`` plants it; ``reached`` counts how often it acted."""

    def __init__(self, put: "Put") -> None:
        self.reached = 0
        self._put = put
        self._undo = ExitStack()
        self._blocks: dict[str, str] = {}

    def __enter__(self) -> "Plant":
        """Plant it."""
        try:
            self._put(self)
        except BaseException:
            self._undo.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None) -> None:
        """Take it out again."""
        self._undo.close()

    def hit(self) -> None:
        """Count that the fault acted."""
        self.reached += 1

    def replace(self, owner: object, name: str, value: object) -> None:
        """Let ``owner.name`` be ``value``; uncounted."""
        self._undo.callback(setattr, owner, name, getattr(owner, name))
        setattr(owner, name, value)

    def wrap(self, owner: object, name: str, make: Callable[[Any], Any]) -> None:
        """Let ``owner.name`` be what ``make`` makes of it; uncounted."""
        self.replace(owner, name, make(getattr(owner, name)))

    def entry(self, table: dict[Any, Any], key: object, value: object) -> None:
        """Let ``table[key]`` be ``value``; uncounted."""
        had, before = key in table, table.get(key)

        def back() -> None:
            if had:
                table[key] = before
            else:
                table.pop(key, None)

        self._undo.callback(back)
        table[key] = value

    def model(self, name: str, make: Callable[[Any], Any]) -> None:
        """Let a named query of the photoservice's store in memory be what ``make`` makes of it; uncounted."""
        from photoservice.modelled.statements import statements as queries  # noqa: PLC0415  # the model is slow to load

        table: Any = queries()
        self.entry(table, name, make(table[name]))

    def sql(self, name: str, old: str, new: str) -> None:
        """Let the SQL block ``name`` say ``new`` where it says ``old``; each time it is asked for counts.

        Raises:
            ValueError: the block does not say ``old``: this mutant must be written anew.
        """
        text = statements.statement(name)
        if old not in text:
            raise ValueError(f"{name} does not say {old!r} any more")
        if not self._blocks:
            self.wrap(statements, "statement", self._planted)
        self._blocks[name] = text.replace(old, new)

    def _planted(self, original: Callable[[str], str]) -> Callable[[str], str]:
        def statement(name: str) -> str:
            if name in self._blocks:
                self.hit()
                return self._blocks[name]
            return original(name)

        return statement


Put = Callable[[Plant], None]

Weather = tuple[tuple[str, int], ...]
"""Faults by name (as :class:`twincheck.simulate.faults.Faults` plans them), and each's mean store-hours between two."""


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """A fault to plant: ``fault`` in one sentence, ``where``, and the ``claims`` by which it may rightly be found.

    ``seed`` and ``hours`` find it in a ``weather`` that brings what it needs more often than ordinary weather does;
    ``also`` is a world harder still, without the fault, as when people err.
    """

    name: str
    fault: str
    where: str
    put: Put
    claims: tuple[str, ...]
    seed: int = 0
    hours: int = 100
    weather: Weather = ()
    also: Put | None = None


@dataclass(frozen=True, kw_only=True)
class Found:
    """How a mutant fared: the run, and how often the planted code acted in it."""

    outcome: Outcome
    reached: int


def simulate(mutant: Mutant, seed: int) -> Found:
    """Let one world live with the mutant in it."""
    plant = Plant(mutant.put)
    with _harder(mutant.weather, mutant.also):
        outcome = run(seed, mutant.hours, plant=plant)
    return Found(outcome=outcome, reached=plant.reached)


def control(mutant: Mutant) -> Outcome:
    """Return how the mutant's world fares with nothing planted; one that several mutants share lives once."""
    return _unplanted(mutant.seed, mutant.hours, mutant.weather, mutant.also)


@cache
def _unplanted(seed: int, hours: int, weather: Weather, also: Put | None) -> Outcome:
    with _harder(weather, also):
        return run(seed, hours)


def _harder(weather: Weather, also: Put | None) -> Plant:
    """Let some faults come more often, and ``also`` what else makes the world hard."""
    means = dict(weather)

    def put(plant: Plant) -> None:
        def make(original: Any) -> Any:  # noqa: ANN401  # a method of a class that is not ours
            def plan(self: Faults, name: str, mean: int, strike: Callable[[], None]) -> None:
                original(self, name, means.get(name, mean), strike)

            return plan

        plant.wrap(Faults, "_plan", make)
        if also is not None:
            also(plant)

    return Plant(put)
