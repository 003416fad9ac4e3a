"""What of a till's telling counts for nothing is kept for whoever looks: passed over, or told again differently."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from pos_bridge.ledger.letters import MOST_OTHERS
from pos_bridge.messages import RawMessage, Reading
from pos_bridge.testing_bridge import TestedBridge
from pos_bridge.testing_days import BEGIN
from sync.statements import statement

MakeTill = Callable[..., TestedBridge]


def message(key: str, body: bytes = b"[]", hours: float = 0, source: str = "pos") -> RawMessage:
    return RawMessage(source=source, key=key, received_at=BEGIN + timedelta(hours=hours), body=body, headers={"x": "y"})


def bodies(till: TestedBridge) -> list[tuple[bytes | None, int]]:
    rows = till.ledger.read(lambda connection: connection.execute("select body, times from told_again").fetchall())
    return [(row[0], row[1]) for row in rows]


def test_K5_another_body_under_a_known_name_counts_for_nothing_and_is_kept_logged_and_listed(till: TestedBridge):
    """The first one counts. Told again as it was, it is the same message; told by another source, another one."""
    assert till.ledger.keep_told([message("a", b"one"), message("b", b"one")]) == 2
    assert till.ledger.keep_told([message("a", b"one"), message("a", b"one", source="office")]) == 1
    assert till.ledger.left_out("pos") == ()
    with capture_logs() as logs:
        assert not till.ledger.keep_message(message("a", b"two", 1))
        assert till.ledger.keep_told([message("a", b"two", 2), message("c", b"x", 3), message("c", b"y", 3)]) == 1
    assert [(one["event"], one["key"]) for one in logs] == [
        ("till.told_again_with_other_content", key) for key in ("a", "a", "c")
    ]
    assert bodies(till) == [(b"two", 2), (b"y", 1)]
    assert [(one.key, one.times) for one in till.ledger.left_out("pos")] == [("c", 1), ("a", 2)]
    assert till.ledger.told_again() == {"pos": 3}
    assert {kept.message.body for kept in till.ledger.unread()} == {b"one", b"x"}


def test_K5_what_was_fetched_may_differ_a_little_without_a_word(till: TestedBridge):
    """Names of fetched sales are ours, and their systems change what is about a sale and not of it."""
    till.ledger.keep_messages([message("order:1@2026", b"one")])
    assert till.ledger.keep_messages([message("order:1@2026", b"two")]) == 0
    assert till.ledger.left_out("pos") == ()


def test_K5_a_sender_that_never_repeats_itself_fills_no_disk_and_old_texts_go(till: TestedBridge):
    """So many other bodies are kept, all are counted; they go as early as messages do, their count stays."""
    till.ledger.keep_told([message("a", b"first")])
    for number in range(MOST_OTHERS + 5):
        till.ledger.keep_told([message("a", b"%d" % number)])
    assert (len(bodies(till)), till.ledger.told_again()) == (MOST_OTHERS, {"pos": MOST_OTHERS + 5})
    till.ledger.note_refused(1, "why")
    till.ledger.prune(BEGIN + timedelta(days=31))
    assert ({body for body, _ in bodies(till)}, till.ledger.told_again()) == ({None}, {"pos": MOST_OTHERS + 5})
    till.ledger.keep_told([message("a", b"another")])  # of a text that is gone nobody can tell
    assert till.ledger.told_again() == {"pos": MOST_OTHERS + 5}


def test_K5_what_was_passed_over_is_listed_newest_first_and_counted_of_late(till: TestedBridge):
    """By source; what was read whole, or not at all, is not among it."""
    told = [message("a", hours=0), message("b", hours=30), message("c", hours=40), message("d", source="office")]
    till.ledger.keep_told(told)
    till.ledger.note_read({1: Reading(passed_over=("100 units",)), 2: Reading(passed_over=("0 units", "no code"))})
    till.ledger.note_read({3: Reading(), 4: Reading(passed_over=("a store that is not set up: 7",))})
    till.ledger.keep_told([message("c", b"else", 35)])
    assert [(one.key, one.why, one.times) for one in till.ledger.left_out("pos")] == [
        ("c", "", 1),
        ("b", "0 units; no code", 0),
        ("a", "100 units", 0),
    ]
    assert [one.key for one in till.ledger.left_out("pos", 2)] == ["c", "b"]
    assert [till.ledger.count_left_out("pos", BEGIN + timedelta(hours=hours)) for hours in (0, 1, 31, 36)] == [
        3,
        2,
        1,
        0,
    ]
    assert [one.why for one in till.ledger.left_out("office")] == ["a store that is not set up: 7"]


@pytest.mark.parametrize("name", ["left_out", "count_left_out"])
def test_K5_what_is_left_out_is_found_by_an_index_however_many_messages_there_are(till: TestedBridge, name: str):
    """The manager's page asks at every load."""

    asked, values = statement(f"pos_bridge/door.{name}"), {"source": "pos", "since": 0, "limit": 10}
    rows = till.ledger.read(lambda connection: connection.execute(f"explain query plan {asked}", values).fetchall())
    steps = [str(row[3]) for row in rows]
    assert sum("SEARCH" in step and "source=?" in step for step in steps) == 2
    assert not [step for step in steps if step.startswith(("SCAN message", "SCAN told_again"))]
