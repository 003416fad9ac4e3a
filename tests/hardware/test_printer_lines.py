"""A printer on RS-232 is opened with what its profile says of the line (K3)."""

import os
import termios

import msgspec
import pytest

from hardware.errors import PortUrlWrong
from hardware.printer.profile import PrinterProfile, load_profile
from hardware.printer.session import PrinterSession
from hardware.profile_parts import Line
from photocore.host import SystemClock
from photocore.settings import locate_config


@pytest.fixture
def shop() -> PrinterProfile:
    return load_profile(locate_config(), "virtual-80mm")


def with_line(profile: PrinterProfile, **line) -> PrinterProfile:
    return msgspec.structs.replace(profile, line=Line(**line))


def test_K3_a_serial_printer_is_opened_at_the_speed_and_with_the_handshake_of_its_profile(shop):
    """On a real pty: speed and XON/XOFF are seen there; what a pty has not, only a real line shows."""
    master, slave = os.openpty()
    try:
        session = PrinterSession(
            os.ttyname(slave), with_line(shop, baud=38400, flow="xonxoff", stop_bits=2), SystemClock()
        )
        session.turn(0)
        inputs, _, control, _, speed_in, speed_out, _ = termios.tcgetattr(slave)
        session.stop()
    finally:
        os.close(master)
        os.close(slave)
    assert (speed_in, speed_out) == (termios.B38400, termios.B38400)
    assert inputs & termios.IXON
    assert control & termios.CSTOPB


def test_K3_a_line_that_cannot_have_the_settings_is_a_printer_that_is_not_there(shop):
    """Told once, tried again slowly: the thread lives, and no label is sent."""

    def refuse(url, *, settings=None):
        raise PortUrlWrong(f"{url}: no such speed.")

    session = PrinterSession("/dev/null", shop, SystemClock(), opener=refuse)
    session._stopping.set()  # so that no pause is waited for
    session.turn(0)
    assert not session.status.connected
    assert session.openings == 0


@pytest.mark.parametrize("line", [{"baud": 1}, {"flow": "hope"}, {"speed": 9600}])
def test_K3_a_profile_with_an_impossible_line_is_refused(shop, line):
    text = msgspec.to_builtins(shop) | {"line": line}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(text, PrinterProfile)
