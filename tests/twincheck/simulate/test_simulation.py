"""Twenty thousand store-hours of a simulated world, in which everything goes wrong that is known to go wrong."""

from pathlib import Path

import pytest

from twincheck.simulate.report import failure
from twincheck.simulate.runner import Outcome, run
from twincheck.simulate.tally import FAULTS, HUB_FAULTS

SEEDS = range(1, 9)
STORE_HOURS = 2500
NIGHTLY = range(1001, 1401)

RARE = {*HUB_FAULTS, "long outages", "service restores", "service peers older", "twins", "twins with the same dice"}
"""Faults that some of the seeds bring: not every store has a hub, and ninety days without a network are rare.
All others come with every seed."""


def assert_holds(outcome: Outcome) -> None:
    assert outcome.ok, "\n" + failure(outcome)


def leave_word(outcome: Outcome, folder: Path) -> None:
    """Leave a word on what this seed brought, where other workers' seeds find it."""
    words = sorted(name for name in (*FAULTS, *HUB_FAULTS) if outcome.tally[name])
    (folder / f"seed-{outcome.seed}").write_text("\n".join(words))


def shared(tmp_path_factory: pytest.TempPathFactory, worker: str) -> Path:
    """Return a folder that all workers of this session share."""
    own = tmp_path_factory.getbasetemp()
    folder = (own if worker == "master" else own.parent) / "simulated"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.mark.timeout(400)
@pytest.mark.parametrize("seed", SEEDS)
def test_K4_2500_store_hours_of_faults_and_every_claim_holds(seed, tmp_path_factory, worker_id):
    """Whichever seed comes last sees that together they have brought every fault there is."""
    outcome = run(seed, STORE_HOURS)

    assert_holds(outcome)
    assert set(outcome.tally.missing()) <= RARE
    assert outcome.tally["shoppers told that it is registered"] > 50
    folder = shared(tmp_path_factory, worker_id)
    leave_word(outcome, folder)
    words = [path.read_text().splitlines() for path in sorted(folder.glob("seed-*"))]
    if len(words) == len(SEEDS):
        assert {name for told in words for name in told} == {*FAULTS, *HUB_FAULTS}


@pytest.mark.nightly
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", NIGHTLY)
def test_K4_a_million_store_hours_at_night(seed):
    assert_holds(run(seed, STORE_HOURS))
