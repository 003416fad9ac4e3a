"""What the listener is told: with the moment it came in, late if need be, and what it missed in numbers."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.tee.copier import KEPT_BYTES, Copier
from hardware.tee.copies import Copy, decode
from hardware.tee.flow import Flow
from hardware.tee.shared import COPIES_LOST, Shared
from hardware.transport.datagrams import DatagramReceiver, DatagramSender
from photocore.testing import ManualClock


class Rig:
    """A flow that is fed from a pipe and emptied into another, and its copier."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.shared = Shared()
        self.flow = Flow(self.shared, 0)
        self.path = folder / "bridge.sock"
        self.sender = DatagramSender(self.path)
        self.copier = self.make_copier()
        self.source, self._feed = os.pipe()
        os.set_blocking(self.source, False)
        self._out, self.sink = os.pipe()

    def make_copier(self) -> Copier:
        return Copier(self.shared, self.flow, self.sender, self.clock, lane="till-1", epoch=7)

    def scan(self, payload: bytes, *, is_heard: bool = True) -> None:
        for at in range(0, len(payload), 4096):
            os.write(self._feed, payload[at : at + 4096])
            while self.flow.take_in(self.source):
                self.flow.send_on(self.sink)
                os.read(self._out, 65_536)
        self.copier.note(is_heard=is_heard)

    def close(self) -> None:
        self.flow.close()
        self.sender.close()
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
