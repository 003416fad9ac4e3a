"""The controls: what a simulation claims to see, it sees when it is there."""

from collections.abc import Generator
from contextlib import contextmanager

import pytest

from photocore.wire import EpochMark, Mark, Verdict
from sync import database
from sync.database import Pragma
from twincheck.simulate import books, promises
from twincheck.simulate.cli import command
from twincheck.simulate.draws import Draws
from twincheck.simulate.loop import HOUR, Loop
from twincheck.simulate.runner import run
from twincheck.simulate.story import Story

HOURS = 400


@contextmanager
def replaced(owner: object, name: str, value: object) -> Generator[None]:
    """Plant a fault into production's code for as long as this lasts."""
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


def first_broken(plant, seeds):
    for seed in seeds:
        outcome = run(seed, HOURS, plant=plant())
        if not outcome.ok:
            return outcome
    raise AssertionError("no seed found it")


def test_K4_a_journal_that_does_not_sync_its_commits_is_found():
    """The mutant: ``synchronous=NORMAL`` loses what was acknowledged when the power goes."""
    pragmas = tuple(
        Pragma(name="synchronous", value="NORMAL", reads=(1,)) if one.name == "synchronous" else one
        for one in database.PRAGMAS
    )

    outcome = first_broken(lambda: replaced(database, "PRAGMAS", pragmas), range(1, 8))

    assert outcome.claim == promises.NOTHING_LOST
    assert f"--seed {outcome.seed} --store-hours {HOURS}" in outcome.command


def test_K4_a_high_mark_that_passes_a_hole_is_found():
    book = books.Book("the photoservice")
    high = Mark(seq=1, hash="0" * 64)

    with pytest.raises(books.ClaimBroken, match=books.CONTIGUOUS):
        book.check_mark("st-1", EpochMark(epoch="0" * 16, high=high))


def test_K4_what_breaks_is_told_with_the_command_that_replays_it(monkeypatch, capsys):
    monkeypatch.setattr(books.Book, "check_mark", _break)

    code = command(["--seed", "3", "--store-hours", "30"])

    told = capsys.readouterr()
    assert code == 1
    assert f"BROKEN: {books.ONCE}" in told.err
    assert "Replay it: twincheck simulate --seed 3 --store-hours 30 --story" in told.err


def _break(*_: object) -> None:
    raise books.ClaimBroken(books.ONCE, f"the control broke it: {Verdict.APPLIED}")


def test_K4_seeds_of_one_kind_of_fault_do_not_move_those_of_another():
    """Streams are named: drawing more from one leaves the others as they were."""
    some, others = Draws(5), Draws(5)
    others.stream("a new fault").share()

    assert [some.stream("people").below(100) for _ in range(9)] == [
        others.stream("people").below(100) for _ in range(9)
    ]


def test_K4_what_is_due_at_one_moment_happens_in_the_order_it_was_planned():
    loop, done = Loop(), []
    story = Story(loop)
    for name in "abc":
        loop.at(HOUR, lambda name=name: done.append(name))
    loop.at(1, lambda: done.append("first"))

    loop.run_until(2 * HOUR)

    assert (done, loop.now_ms) == (["first", "a", "b", "c"], 2 * HOUR)
    assert story.lines == 0


@pytest.mark.parametrize("words", [["--seeds", "3..1"], ["--seeds", "7"], ["--seeds", "a..b"]])
def test_K4_seeds_that_are_none_are_refused(words):
    with pytest.raises(SystemExit):
        command(words)
