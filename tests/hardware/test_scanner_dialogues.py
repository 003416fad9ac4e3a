"""What scanners of plain text speak beside their codes: ENQ, XON and XOFF, menu commands; and when they are doubted."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.scanner import Frame, Framer, FramingCounts
from hardware.scanner.ascii import ENQ, UNANSWERED_AFTER_S, XOFF, XON, AsciiDialogue
from hardware.scanner.doubts import NO_AIM, NO_ENDING, NO_PACKETS, Doubts
from hardware.scanner.honeywell import PATIENCE_S, QUIET_S, HoneywellDialogue

CODE = b"]d2010950600013435221ABC12345"
LINE = CODE + b"\r\n"


def codes(frames):
    return [frame.data for frame in frames]


# -- ENQ, XON/XOFF (Motorola DS4208 Product Reference Guide, 6-13) ------------------------------------------


def test_K2_a_scanner_in_enq_mode_is_asked_again_and_again():
    """At once when the line is open, then every second: it gives a code up after 2 s without ENQ."""
    talk = AsciiDialogue(Framer(), enq_s=1.0)
    talk.join(5.0)
    talk.settle()
    assert [talk.outgoing(5.0), talk.outgoing(5.5), talk.outgoing(6.0)] == [ENQ, b"", ENQ]
    assert talk.due() == 7.0


def test_K2_the_next_code_stays_in_the_scanner_until_the_last_is_answered():
    """No ENQ between a code and its answer; if none ever comes, the counter is not deaf for it."""
    talk = AsciiDialogue(Framer(), good=b"\x06", refused=b"\x15", enq_s=1.0)
    talk.join(5.0)
    talk.settle()
    talk.outgoing(5.0)
    assert codes(talk.feed(LINE, 5.2)) == [CODE]
    assert talk.outgoing(6.2) == b""
    assert talk.answer(ok=True, now=6.3)
    assert talk.outgoing(6.3) == b"\x06" + ENQ
    talk.feed(LINE, 7.0)
    assert talk.outgoing(7.0 + UNANSWERED_AFTER_S) == ENQ


def test_K2_a_refused_code_comes_again_without_being_asked_for():
    """'For re-transmissions of data, due to a NAK from the host, an additional ENQ is not required.'"""
    talk = AsciiDialogue(Framer(), good=b"\x06", refused=b"\x15", enq_s=1.0)
    talk.join(5.0)
    talk.settle()
    talk.outgoing(5.0)
    talk.feed(LINE, 5.2)
    talk.answer(ok=False, now=5.3)
    assert talk.outgoing(5.3) == b"\x15"


def test_K2_xoff_holds_the_next_code_back_and_xon_lets_it_come():
    """After each code until its answer, or until it is clear that none comes; XON first of all, whoever read before."""
    talk = AsciiDialogue(Framer(), pauses=True)
    talk.join(5.0)
    talk.settle()
    assert talk.outgoing(5.0) == XON
    talk.feed(LINE, 5.2)
    assert talk.outgoing(5.2) == XOFF
    assert not talk.answer(ok=True, now=5.4)
    assert talk.outgoing(5.4) == XON
    talk.feed(LINE, 6.0)
    assert talk.outgoing(6.0) == XOFF
    assert talk.outgoing(6.0 + UNANSWERED_AFTER_S) == XON
    assert talk.due() is None


# -- Honeywell menu commands (N86 guide, chapter 10; CS19A guide, 11-3) ------------------------------------


@pytest.fixture
def asked():
    """A dialogue that has asked its question at 5 s."""
    talk = HoneywellDialogue(Framer(end="cr"), good=b"\x1b7,", refused=b"\x1b8,", question=b"232BAD?.")
    talk.join(5.0)
    talk.settle()
    assert talk.outgoing(5.0) == b"\x16M\r232BAD?."
    assert talk.outgoing(5.1) == b""
    return talk


@pytest.mark.parametrize("echo", [b"232BAD5\x06.", b"232BAD5\x06", b"232bad5\x06."])
def test_K2_the_echo_proves_that_it_understands_and_is_no_code(asked, echo):
    """Held back until the line is quiet: a full stop that comes late belongs to the echo, not to the next code."""
    for at, byte in enumerate(echo):
        assert asked.feed(bytes([byte]), 5.1 + at / 100) == []
    assert asked.due() == pytest.approx(5.1 + (len(echo) - 1) / 100 + QUIET_S)
    assert asked.silence(asked.due()) == []
    assert asked.is_confirmed is True
    assert codes(asked.feed(CODE + b"\r", 6.0)) == [CODE]
    assert asked.counts == FramingCounts()


@pytest.mark.parametrize("echo", [b"232BAD\x05?.", b"232BAD99\x15."])
def test_K2_a_question_it_does_not_understand_is_counted(asked, echo):
    """ENQ: no such tag. NAK: no such value."""
    asked.feed(echo, 5.1)
    asked.silence(asked.due())
    assert asked.is_confirmed is False
    assert asked.counts.unconfirmed == 1


def test_K2_a_code_scanned_at_the_same_moment_is_not_lost(asked):
    """The echo is cut out of what came, before or behind the code."""
    assert asked.feed(CODE + b"\r232BAD5\x06.", 5.1) == []
    assert codes(asked.silence(asked.due())) == [CODE]


def test_K2_a_scanner_that_says_nothing_is_read_all_the_same(asked):
    """After a second what came is read as codes."""
    assert asked.feed(CODE + b"\r", 5.1) == []
    assert asked.silence(5.5) == []
    assert codes(asked.silence(5.0 + PATIENCE_S)) == [CODE]
    assert asked.is_confirmed is False
    assert codes(asked.feed(CODE + b"\r", 7.0)) == [CODE]


@given(st.lists(st.binary(max_size=700), max_size=10))
def test_K2_no_bytes_whatever_are_held_back_for_ever(deliveries):
    """A flood in the place of the echo is let through to the framer, which bounds it."""
    talk = HoneywellDialogue(Framer(end="cr"), good=b"", refused=b"", question=b"232BAD?.")
    talk.join(5.0)
    talk.outgoing(5.0)
    for delivery in deliveries:
        talk.feed(delivery, 5.1)
    talk.silence(5.0 + PATIENCE_S)
    assert talk.held_bytes <= 512


# -- doubts -----------------------------------------------------------------------------------------------


def frame(data):
    return Frame(data=data, at=1.0)


def test_K2_codes_without_aim_ids_after_such_with_them_are_a_doubt():
    """A settings bar code switched them off; one with AIM IDs takes the doubt away."""
    doubts = Doubts()
    doubts.note([frame(CODE)], FramingCounts())
    for _ in range(2):
        doubts.note([frame(b"4006381333931")], FramingCounts())
    assert doubts.words == ""
    doubts.note([frame(b"4006381333931")], FramingCounts())
    assert doubts.words == NO_AIM
    doubts.note([frame(CODE)], FramingCounts())
    assert doubts.words == ""


def test_K2_a_scanner_that_never_sent_aim_ids_is_not_doubted_for_it():
    """It was set up so."""
    doubts = Doubts()
    doubts.note([frame(b"4006381333931")] * 9, FramingCounts())
    assert doubts.words == ""


@pytest.mark.parametrize(("count", "words"), [("unfinished", NO_ENDING), ("broken", NO_PACKETS)])
def test_K2_three_scans_in_a_row_that_were_dropped_are_a_doubt(count, words):
    """With a whole code between them they are mishaps."""
    doubts = Doubts()
    for times in (1, 2):
        doubts.note([], FramingCounts(**{count: times}))
    doubts.note([frame(CODE)], FramingCounts(**{count: 2}))
    for times in (3, 4):
        doubts.note([], FramingCounts(**{count: times}))
    assert doubts.words == ""
    doubts.note([frame(b"\xff")], FramingCounts(**{count: 5}))
    assert doubts.words == words
