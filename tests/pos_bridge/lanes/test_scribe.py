"""What ears heard is written down to the last scan, also when the bridge is asked to end."""

from pos_bridge.threads import Scribe
from sync.errors import JournalDown


def test_K5_a_scan_heard_in_the_instant_the_bridge_ends_is_written():
    """It came after the thread's last look; a fault of one scan costs no other."""
    scribe, written = Scribe(), []

    def fail():
        raise ValueError("a fault of ours")

    for work in (lambda: written.append(1), fail, lambda: written.append(2)):
        scribe.note(work)
    scribe.stop()
    assert written == [1, 2]


def test_K5_a_journal_that_is_down_holds_nobody_up_who_wants_to_end():
    """It is asked once more, and no further."""
    scribe, tries = Scribe(), []

    def refuse():
        tries.append(1)
        raise JournalDown("the disk is full")

    scribe.note(refuse)
    scribe.note(refuse)
    scribe.stop()
    assert len(tries) == 1
