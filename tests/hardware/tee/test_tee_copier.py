"""What the listener is told: with the moment it came in, late if need be, and what it missed in numbers."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.tee.copier import KEPT_BYTES, Copier
from hardware.tee.copies import Copy, Kept, KeptAsked, decode
from hardware.tee.flow import Flow
from hardware.tee.shared import COPIES_LOST, KEPT, Shared
from hardware.transport.datagrams import DatagramLine, DatagramReceiver
from photocore.testing import ManualClock


class Rig:
    """A flow that is fed from a pipe and emptied into another, and its copier."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.shared = Shared()
        self.flow = Flow(self.shared, 0)
        self.path = folder / "bridge.sock"
        self.line = DatagramLine(self.path)
        self.copier = self.make_copier()
        self.source, self._feed = os.pipe()
        os.set_blocking(self.source, False)
        self._out, self.sink = os.pipe()

    def make_copier(self) -> Copier:
        return Copier(self.shared, self.flow, self.line, self.clock, lane="till-1", epoch=7)

    def scan(self, payload: bytes, *, is_heard: bool = True) -> None:
        for at in range(0, len(payload), 4096):
            os.write(self._feed, payload[at : at + 4096])
            while self.flow.take_in(self.source):
                self.flow.send_on(self.sink)
                os.read(self._out, 65_536)
        self.copier.note(is_heard=is_heard)

    def close(self) -> None:
        self.flow.close()
        self.line.close()
        for fd in (self.source, self._feed, self._out, self.sink):
            os.close(fd)


def heard(listener: DatagramReceiver) -> list[Copy]:
    copies = []
    while (came := listener.receive(0)) is not None:
        told = decode(came[0])
        assert isinstance(told, Copy)
        copies.append(told)
    return copies


@pytest.fixture
def rig(tmp_path) -> Iterator[Rig]:
    made = Rig(tmp_path)
    yield made
    made.close()


def test_K5_what_waited_for_the_bridge_bears_the_moment_it_came_in(rig) -> None:
    """Two scans, a minute apart, told an hour later; one of them at a till that was shut."""
    rig.scan(b"one\r")
    rig.copier.tell()
    rig.clock.advance(60)
    rig.scan(b"two\r", is_heard=False)
    rig.clock.advance(3600)
    listener = DatagramReceiver(rig.path)
    assert rig.copier.is_behind
    rig.copier.tell()
    assert not rig.copier.is_behind
    first, second = heard(listener)
    assert (first.payload, first.offset, first.at, first.is_heard, first.is_fresh) == (b"one\r", 0, 1000.0, True, True)
    assert (second.payload, second.offset, second.at, second.is_heard) == (b"two\r", 4, 1060.0, False)
    listener.close()


def test_K5_what_the_ring_has_no_more_room_for_is_lost_in_numbers(rig) -> None:
    """The oldest goes first, whole pieces, and the places show it."""
    for nr in range(30):
        rig.clock.advance(1)
        rig.scan(b"%04d" % nr * 1000)
        rig.copier.tell()
    listener = DatagramReceiver(rig.path)
    told: list[Copy] = []
    while rig.copier.is_behind:
        rig.copier.tell()
        told += heard(listener)
    lost = rig.shared.words[COPIES_LOST]
    assert told[0].offset == lost
    assert lost % 4000 == 0
    assert 30 * 4000 - lost <= KEPT_BYTES < 30 * 4000 - lost + 4000
    assert b"".join(copy.payload for copy in told) == b"".join(b"%04d" % nr * 1000 for nr in range(30))[lost:]
    listener.close()


def test_K5_a_next_forwarder_tells_what_the_last_one_had_not(rig) -> None:
    """It knows no moments; it goes on at the place that was told."""
    rig.scan(b"one\r")
    rig.scan(b"two\r")
    rig.clock.advance(5)
    rig.copier = rig.make_copier()
    rig.copier.note(is_heard=True)
    listener = DatagramReceiver(rig.path)
    rig.copier.tell()
    (copy,) = heard(listener)
    assert (copy.payload, copy.offset, copy.at, copy.is_fresh) == (b"one\rtwo\r", 0, 1005.0, False)
    listener.close()


def keep(listener: DatagramReceiver, offset: int, *, epoch: int = 7) -> list[Copy]:
    """Hear all that is there, and answer that so much of it is written down."""
    copies = []
    while (came := listener.receive(0)) is not None:
        told = decode(came[0])
        if isinstance(told, Copy):
            copies.append(told)
        listener.answer(came[1], Kept(lane="till-1", epoch=epoch, offset=offset).encode())
    return copies


def test_K5_a_listener_that_dies_is_followed_by_one_that_is_told_all_it_had_not_kept(rig) -> None:
    """Taken is not written down: the first scan is kept, the second read, the third lies unread at its death."""
    listener = DatagramReceiver(rig.path)
    rig.scan(b"one\r")
    rig.copier.tell()
    assert [copy.payload for copy in keep(listener, 4)] == [b"one\r"]
    rig.scan(b"two\r")
    rig.copier.tell()
    assert [copy.payload for copy in heard(listener)] == [b"two\r"]
    rig.scan(b"three\r")
    rig.copier.tell()
    listener.close()
    rig.copier.tell()
    assert rig.copier.is_owing
    following = DatagramReceiver(rig.path)
    rig.clock.advance(1)
    rig.copier.tell()
    told = keep(following, 14)
    assert b"".join(copy.payload for copy in told) == b"two\rthree\r"
    assert (told[0].offset, told[0].at, told[0].is_fresh) == (4, 1000.0, True)
    rig.copier.tell()
    assert not rig.copier.is_owing
    assert rig.copier.patience_ms() is None
    following.close()


def test_K5_a_listener_that_is_slow_to_keep_is_asked_and_told_nothing_twice(rig) -> None:
    """Its disk is down: it is asked, less and less often; what it then says of more than was told is no more."""
    listener = DatagramReceiver(rig.path)
    rig.scan(b"one\r")
    rig.copier.tell()
    asked = []
    for _ in range(100):
        rig.clock.advance(0.25)
        rig.copier.tell()
        while (came := listener.receive(0)) is not None:
            asked.append(decode(came[0]))
    assert [type(told) for told in asked[1:]] == [KeptAsked] * (len(asked) - 1)
    assert 20 <= len(asked) - 1 <= 30
    assert asked[-1].offset == 4
    rig.clock.advance(5)
    rig.copier.tell()
    keep(listener, 1_000_000)
    rig.copier.tell()
    assert rig.shared.words[KEPT] == 4
    listener.close()


def test_K5_an_answer_of_another_stream_keeps_nothing(rig) -> None:
    """An epoch that is none of ours, garbage: the bytes stay."""
    listener = DatagramReceiver(rig.path)
    rig.scan(b"one\r")
    rig.copier.tell()
    came = listener.receive(0)
    assert came is not None
    for answer in (b"", b"garbage", Kept(lane="till-1", epoch=8, offset=4).encode()):
        listener.answer(came[1], answer)
    rig.copier.tell()
    assert rig.copier.is_owing
    listener.close()
