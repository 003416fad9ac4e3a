"""A printer on a slow line: what is asked stands behind what was sent, and is no silence while that moves."""

from pathlib import Path

from hardware.printer.profile import load_profile
from hardware.printer.straight import StraightSession
from hardware.transport import HoldsBack, PortSettings, loop_pair, open_port
from photocore.settings import locate_config
from photocore.testing import ManualClock

BYTES_PER_S = 960
"""A line of 9600 baud, which is what a serial line has until somebody says otherwise."""

ANSWER_DLE_EOT = b"\x12"


class SlowLine:
    """Takes everything at once, as the system's buffer does; each ``DLE EOT`` is answered when it gets there."""

    url = "serial:///dev/ttyS0"

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self._queue = bytearray()
        self.stands_still = False

    def write(self, data: bytes, *, timeout: float | None = None) -> None:
        del timeout
        self._queue += data

    def unsent(self) -> int:
        return len(self._queue)

    def read(self, timeout: float | None) -> bytes:
        self._clock.advance(timeout or 0.0)
        gone = 0 if self.stands_still else round(BYTES_PER_S * (timeout or 0.0))
        arrived = bytes(self._queue[:gone])
        del self._queue[:gone]
        return ANSWER_DLE_EOT * arrived.count(b"\x10\x04")

    def cancel(self) -> None:
        """Nobody waits."""

    def close(self) -> None:
        """Nothing is held."""


def session_on(line: SlowLine, clock: ManualClock) -> StraightSession:
    profile = load_profile(locate_config(), "generic-80mm")

    def opener(url: str, *, settings: PortSettings | None = None) -> SlowLine:
        del url, settings
        return line

    session = StraightSession(line.url, profile, clock, clock.advance, opener=opener)
    assert session.wait_for(lambda talk: talk.status.connected, 5)
    assert session.ask_status()
    return session


def test_K3_a_question_behind_a_band_is_waited_for_while_the_band_moves() -> None:
    """8 KB are eight seconds on such a line: a label is not given up, cut off and begun again for that."""
    clock = ManualClock()
    session = session_on(SlowLine(clock), clock)
    session.write_now(bytes(8_000))
    assert session.is_awake()
    assert session.status.connected


def test_K3_a_line_that_stands_still_is_silent_after_one_wait() -> None:
    """Held by flow control, or dead: nothing moves, and nobody waits for ever."""
    clock = ManualClock()
    line = SlowLine(clock)
    session = session_on(line, clock)
    line.stands_still = True
    session.write_now(bytes(8_000))
    asked_at = clock.monotonic()
    assert not session.is_awake()
    assert clock.monotonic() - asked_at < 3


def test_K3_a_port_says_what_has_not_left_yet(tmp_path: Path) -> None:
    """A socket whose peer reads nothing holds back; one that was read out, a closed one and a file hold nothing."""
    near, far = loop_pair()
    assert isinstance(near, HoldsBack)
    near.write(b"label")
    assert near.unsent() > 0
    assert far.read(30.0) == b"label"
    assert near.unsent() == 0
    near.close()
    assert near.unsent() == 0
    far.close()
    plain = tmp_path / "paper"
    plain.touch()
    port = open_port(f"file://{plain}")
    assert isinstance(port, HoldsBack)
    port.write(b"label")
    assert port.unsent() == 0
    port.close()
