"""An epoch's name that stands in the journal already is never taken again (K4): a twin may have drawn it before us."""

import sync.journal


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
