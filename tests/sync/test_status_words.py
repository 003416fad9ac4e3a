"""``twincheck sync status`` for people: numbers that agree with their nouns, one form of time, what to do."""

import pytest

from sync.status_words import kind_words, status_lines

TOLD = {
    "station": "st-1",
    "url": "https://photos.example",
    "online": True,
    "events": 12,
    "unsent": 0,
    "waiting": 0,
    "oldest_at": None,
    "parked": 0,
    "contested": 0,
    "restored": 0,
    "last_ack_at": None,
    "roster": 3,
    "held_by": None,
    "trouble": "",
}


def told(**changes) -> str:
    return "\n".join(status_lines(TOLD | changes))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"contested": 1}, "  1 registration of this station is contested by another's now"),
        ({"contested": 2}, "  2 registrations of this station are contested by others' now"),
        ({"restored": 1}, "  RESTORED 1 event (not yet noted by staff)"),
        ({"restored": 9}, "  RESTORED 9 events (not yet noted by staff)"),
        ({"events": 1}, "  1 event, 0 parked"),
        ({"parked": 2}, "  12 events, 2 parked (`twincheck sync parked` says why)"),
    ],
)
def test_K4_one_is_said_as_one_and_two_as_two(changes, said):
    """Whoever reads it need not guess what it counts."""
    assert said in told(**changes).splitlines()


def test_K4_both_times_stand_in_one_form_and_by_this_machines_clock():
    """The journal's and the photoservice's, written differently, are the same instant here."""
    said = told(
        unsent=3, waiting=1, oldest_at="2026-11-21T14:57:45+00:00", last_ack_at="2026-11-21T14:57:45.542Z"
    ).splitlines()

    oldest = next(line for line in said if "unsent" in line).partition("the oldest of ")[2]
    acked = next(line for line in said if "acknowledged" in line).partition(" at ")[2]
    assert oldest == acked
    assert oldest.startswith("2026-11-2")
    assert "T" not in oldest.partition(" ")[0]


def test_K4_a_time_that_no_calendar_has_is_shown_as_it_is_stored():
    """A clock at the end of all years must not hide what is owed."""
    for instant in ("9999-12-31T23:59:59-12:00", "yesterday"):
        assert f"the oldest of {instant}" in told(unsent=1, oldest_at=instant)


def test_K5_events_of_the_till_are_counted_and_said_in_words():
    """Whoever manages a store knows what waits, and what stands aside."""
    said = told(unsent=7, waiting=1, unsent_sales=1, unsent_drop_offs=4, oldest_at="2026-11-21T14:57:45+00:00")

    assert "  7 unsent, 1 registration, 1 event of sales, 4 events of drop-offs among them; the oldest of " in said
    assert kind_words("SaleCorrected") == "SaleCorrected (what was told of a sale was taken back)"
    assert kind_words("PackageClaimed") == "PackageClaimed"
