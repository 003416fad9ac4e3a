"""Faults that only show when somebody lies: the test made for each fails when it is planted."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from photocore.facts import Claim, CodeMinted, ManifestKnown
from photocore.ownership import decide_owner

HERE = Path(__file__).parent
LOAD = "import runpy, sys; print(*(v[2] for v in runpy.run_path(sys.argv[1])['DIRECTED'].values()), sep='\\n')"
NAMES = (
    *("believed-unsigned", "ack-of-any-request", "half-an-ack", "older-ack-lowers", "poison-blocks"),
    *("parked-is-forgotten", "roster-goes-back", "news-go-back", "returned-unsigned", "returned-unchained"),
    *("twin-not-told", "old-queue-prints", "backs-off-for-ever", "secret-goes-at-hub"),
    *("hub-speaks-for-all", "ack-of-any-station", "code-counts-for-two"),
    *("hub-counts-as-service", "marks-alone", "hub-never-doubted"),
)

pytestmark = pytest.mark.xdist_group("directed_mutants")


def test_O11_a_claim_code_shown_by_two_customers_makes_neither_the_owner():
    claims = [Claim(id=f"c{one}", item="p", customer=one, code="h1") for one in ("anna", "ben")]
    facts = {ManifestKnown(id="m", rolls=frozenset({"r1"})), CodeMinted(id="k", code="h1"), *claims}

    assert decide_owner(facts).word == "contested"


@pytest.fixture(scope="session")
def fared(tmp_path_factory):
    """Return how each directed test fared with its fault planted: all of them run in one process of their own."""
    told = tmp_path_factory.mktemp("mutants") / "told.json"
    env = {**os.environ, "PYTHONPATH": str(HERE), "TWINCHECK_MUTANTS": str(told)}
    python = [sys.executable, "-P"]
    nodes = subprocess.run(
        [*python, "-c", LOAD, str(HERE / "directed.py")],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        env=env,
    )
    options = ["-q", "-n", "0", "-p", "no:randomly", "-p", "no:cacheprovider", "-p", "directed"]
    done = subprocess.run(
        [*python, "-m", "pytest", *options, *nodes.stdout.splitlines()],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
        env=env,
        cwd=HERE.parents[2],
    )
    assert told.exists(), done.stdout + done.stderr
    return json.loads(told.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", NAMES)
def test_K4_mutant_is_caught(fared, name):
    """Its test fails where the fault acts: by what it asserts, not by an accident."""
    found = fared[name]

    assert found["reached"] > 0
    assert found.get("when") == "call", found
    assert found["why"].startswith(("AssertionError", "assert", "Failed: DID NOT RAISE", "Failed")), found
