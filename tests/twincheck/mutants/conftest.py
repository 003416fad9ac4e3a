"""Each mutant of a module's ``MUTANTS`` in the worlds of the simulation: caught, and not without the fault."""

import statistics

import pytest

from twincheck.simulate.mutants.planting import control, simulate
from twincheck.simulate.report import failure

STARTS = (0, 1000, 2000, 3000, 4000)
MOST_SEEDS = 60


def pytest_generate_tests(metafunc):
    if "mutant" in metafunc.fixturenames:
        metafunc.parametrize("mutant", metafunc.module.MUTANTS, ids=lambda one: one.name)


@pytest.fixture
def caught():
    """Return the check that a mutant is reached, and found by a claim that fits."""

    def check(mutant):
        found = simulate(mutant, mutant.seed)
        assert found.reached > 0
        assert found.outcome.claim in mutant.claims, found.outcome.seen

    return check


@pytest.fixture
def held():
    """Return the check that nothing is found where nothing is planted."""

    def check(mutant):
        outcome = control(mutant)
        assert outcome.ok, "\n" + failure(outcome)

    return check


@pytest.fixture
def sought(capsys):
    """Return the search: how many seeds it takes, from several beginnings."""

    def check(mutant):
        tries = [seeds_from(mutant, start) for start in STARTS]
        with capsys.disabled():
            print(f"\n| `{mutant.name}` | {statistics.median(tries):g} | {tries}")  # noqa: T201  # the search is made to be read
        assert statistics.median(tries) <= MOST_SEEDS

    return check


def seeds_from(mutant, start):
    for seed in range(start, start + MOST_SEEDS):
        found = simulate(mutant, seed)
        if found.reached and found.outcome.claim in mutant.claims:
            return seed - start + 1
    return MOST_SEEDS + 1
