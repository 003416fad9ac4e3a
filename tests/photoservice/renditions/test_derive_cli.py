"""The verbs of an operator: ``twincheck photoservice work | derive``."""

import subprocess
import sys

import pytest


@pytest.fixture
def say(idle_lab, database):
    """In a process of its own: the verbs set up the whole process's logs."""

    def run(*words: str) -> tuple[int, str, str]:
        folder = str(idle_lab.running.service.settings.folder)
        command = [sys.executable, "-m", "photoservice.cli", *words, "--dir", folder, "--database", database]
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
        return done.returncode, done.stdout, done.stderr

    return run


def test_a_roll_or_all_that_is_old_waits_for_a_worker_when_its_operator_says_so(idle_lab, say):
    idle_lab.file("R-1", "1", b"one")
    idle_lab.running.sql("delete from jobs.pgqueuer")
    assert say("derive", "--all")[:2] == (0, "1 roll waits for a worker.\n")
    assert [job["entrypoint"] for job in idle_lab.jobs()] == ["backfill"]
    assert say("derive", "--roll", "R-1")[:2] == (0, "1 roll waits for a worker.\n")
    assert [job["entrypoint"] for job in idle_lab.jobs()] == ["asked"]


def test_a_roll_nobody_filed_is_told_and_nothing_is_done(idle_lab, say):
    code, _, err = say("derive", "--roll", "R-2")
    assert (code, err) == (1, "twincheck photoservice: There is no image of a roll R-2.\n")
    assert idle_lab.jobs() == []


@pytest.mark.parametrize(
    "words",
    [("derive",), ("derive", "--all", "--roll", "R-1"), ("work", "--children", "0"), ("work", "--children", "x")],
)
def test_what_cannot_be_meant_is_refused(say, words):
    assert say(*words)[0] == 2
