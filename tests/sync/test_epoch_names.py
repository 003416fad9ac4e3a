"""An epoch's name that stands in the journal already is never taken again (K4): a twin may have drawn it before us."""

import pytest

import sync.journal
from sync.errors import JournalDown


def test_K4_a_start_that_draws_the_name_of_an_epoch_it_has_draws_again(world, station, monkeypatch):
    """What a twin with the same random numbers wrote was brought back: the next start must not fail on its name."""
    known = station.journal.epoch
    station.close()
    names = iter([known, known, "00ff" * 4])
    monkeypatch.setattr(sync.journal, "mint_epoch", lambda entropy: next(names))
    again = world.open()
    try:
        assert again.journal.epoch == "00ff" * 4
    finally:
        again.close()


def test_K4_a_source_that_draws_known_names_alone_fails_the_start_alone(world, station, monkeypatch):
    """It ends: randomness that repeats itself a hundred times is broken, and the next start may have better."""
    known = station.journal.epoch
    station.close()
    with monkeypatch.context() as broken:
        broken.setattr(sync.journal, "mint_epoch", lambda entropy: known)
        with pytest.raises(JournalDown, match="cannot begin an epoch"):
            world.open()
    again = world.open()
    try:
        assert again.journal.epoch != known
    finally:
        again.close()
