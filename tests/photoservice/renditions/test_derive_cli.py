"""The verbs of an operator: ``twincheck photoservice work | derive``."""

import pytest

from photoservice.cli import command


@pytest.fixture
def say(idle_lab, database, capsys):
    def run(*words: str) -> tuple[int, str, str]:
        code = command([*words, "--dir", str(idle_lab.running.service.settings.folder), "--database", database])
        said = capsys.readouterr()
        return code, said.out, said.err

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
    with pytest.raises(SystemExit):
        say(*words)
