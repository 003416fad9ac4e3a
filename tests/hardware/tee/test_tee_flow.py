"""A flow moves each byte once, at whatever line of its code it is cut off."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import pytest

import hardware.tee.flow as flow_module
from hardware.tee.flow import DIRECT_BYTES, IS_DIRECT, Flow, SourceGone
from hardware.tee.shared import BLOCK_LENGTH, BLOCK_SENT, Shared

FIRST = b"]E0400638133393\r\n"
SECOND = b"\xa5\x00half a scan" + b"x" * 700
THIRD = b"its end\r\n"


class Death(BaseException):
    """Stands for kill -9."""


def dying_at(line: int, work: Callable[[], None]) -> bool:
    """Run ``work`` and cut it off before that line of the flow's code, counted as run; say if it came to that."""
    left = line
    file = flow_module.__file__

    def trace(frame: FrameType, event: str, _arg: object) -> object:
        nonlocal left
        if frame.f_code.co_filename != file:
            return None
        if event == "line":
            left -= 1
            if left == 0:
                raise Death
        return trace

    sys.settrace(trace)
    try:
        work()
    except Death:
        return True
    finally:
        sys.settrace(None)
    return False


class Rig:
    """A flow between two pipes, or from a pipe to a file that cannot be spliced to."""

    def __init__(self, sink: Path | None = None) -> None:
        self.fed = b""
        self.shared = Shared()
        self.flow = Flow(self.shared, 1)
        self.source, self._feed = os.pipe()
        os.set_blocking(self.source, False)
        if sink is None:
            self._drain, self.sink = os.pipe()
            os.set_blocking(self._drain, False)
        else:
            self.sink = os.open(sink, os.O_RDWR | os.O_APPEND | os.O_CREAT)
            self._drain = os.open(sink, os.O_RDONLY)
        self.flow.resume()
        self.flow.aim(self.sink)

    def run(self) -> None:
        for piece in (FIRST, SECOND, THIRD):
            self.fed += piece
            os.write(self._feed, piece)
            self.go_on()

    def pass_on(self) -> None:
        """As :meth:`run`, the way nearly every byte takes."""
        for piece in (FIRST, SECOND, THIRD):
            self.fed += piece
            os.write(self._feed, piece)
            for _ in range(3):
                if self.flow.make_ready():
                    self.flow.pass_on(self.source, self.sink)

    def go_on(self) -> None:
        while self.flow.take_in(self.source):
            self.flow.send_on(self.sink)
        self.flow.send_on(self.sink)

    def finish(self) -> bytes:
        """Go on as the next forwarder does, and return all that came out."""
        self.flow.resume()
        self.go_on()
        self.flow.send_block(self.sink)
        return os.read(self._drain, 100_000)

    def close(self) -> None:
        self.flow.close()
        for fd in (self.source, self._feed, self._drain, self.sink):
            os.close(fd)


@pytest.mark.parametrize("way", ["run", "pass_on"])
def test_K5_cut_off_at_any_line_a_flow_loses_and_doubles_nothing(way) -> None:
    """Death before every single line of the code: what was fed comes out, each byte once."""
    line = 0
    while True:
        line += 1
        rig = Rig()
        died = dying_at(line, getattr(rig, way))
        assert rig.finish() == rig.fed, line
        rig.close()
        if not died:
            break
    assert line > 100
    assert rig.fed == FIRST + SECOND + THIRD


def test_K5_a_sink_that_cannot_be_spliced_to_is_never_told_twice(tmp_path) -> None:
    """Straight writes: cut off at any line nothing is doubled, and at most one step is missing."""
    line, missing = 0, 0
    while True:
        line += 1
        rig = Rig(tmp_path / f"{line}")
        assert rig.flow.words[IS_DIRECT]
        died = dying_at(line, rig.run)
        out = rig.finish()
        lost = len(rig.fed) - len(out)
        assert 0 <= lost <= DIRECT_BYTES, line
        assert any(rig.fed[:at] + rig.fed[at + lost :] == out for at in range(len(out) + 1)), line
        missing += lost > 0
        rig.close()
        if not died:
            break
    assert out == FIRST + SECOND + THIRD
    assert missing < line / 10


def test_K5_a_block_cut_off_at_any_line_is_printed_once() -> None:
    """A receipt's block goes the same way: whole, once."""
    block, line = bytes(range(256)) * 40, 0
    while True:
        line += 1
        rig = Rig()
        rig.shared.block[: len(block)] = block
        rig.shared.words[BLOCK_LENGTH] = len(block)
        died = dying_at(line, lambda rig=rig: rig.flow.send_block(rig.sink))
        assert rig.finish() == block, line
        assert rig.shared.words[BLOCK_SENT] == len(block)
        rig.close()
        if not died:
            break
    assert line > 20


def test_a_ring_that_is_full_takes_nothing_more_and_loses_nothing() -> None:
    """A sink that takes nothing: the ring fills, the source is left alone, and all comes out when it moves again."""
    rig = Rig()
    sent = bytearray()
    os.set_blocking(rig._feed, False)
    os.set_blocking(rig.sink, False)
    for nr in range(3000):
        piece = b"%04d" % nr * 32
        try:
            sent += piece[: os.write(rig._feed, piece)]
        except BlockingIOError:
            break
        rig.go_on()
    assert rig.flow.room == 0
    got = bytearray()
    while len(got) < len(sent):
        got += os.read(rig._drain, 100_000)
        rig.go_on()
    assert bytes(got) == bytes(sent)
    rig.close()


def test_a_source_that_ends_says_so() -> None:
    """End of file is an unplug."""
    rig = Rig()
    os.close(rig._feed)
    with pytest.raises(SourceGone):
        rig.flow.take_in(rig.source)
    rig.flow.close()
    for fd in (rig.source, rig._drain, rig.sink):
        os.close(fd)
