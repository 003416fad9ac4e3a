"""A line with parity: what arrives with a wrong one is refused, never read as another character (K2).

A pty has no parity, so what the kernel makes of a wrong byte is taken from termios(3), and the rest is real.
"""

import os
import termios

import pytest

from hardware.scanner import Framer
from hardware.transport import PortSettings
from hardware.transport import serial_line as line
from hardware.transport.serial_line import mark_wrong_parity, open_serial
from photocore.refusals import RefusalReason
from photocore.scans import PackageScan, Refused
from photocore.symbology import read_frame
from photocore.testing import KnownShop

CODE = b"]d20109506000134352" + b"21ABC12345"


@pytest.fixture
def pty():
    ends = os.openpty()
    yield ends
    for end in ends:
        os.close(end)


def test_K2_a_wrong_parity_is_marked_in_what_comes_in(pty):
    """The kernel's marks are on: a true 0xFF comes twice, as it must where 0xFF marks."""
    device, counter = pty
    mark_wrong_parity(counter)
    flags = termios.tcgetattr(counter)[0]
    assert flags & (termios.INPCK | termios.PARMRK | termios.IGNPAR) == termios.INPCK | termios.PARMRK
    os.write(device, b"A\xffB\n")
    assert os.read(counter, 10) == b"A\xff\xffB\n"


@pytest.mark.parametrize("parity", ["none", "even", "odd"])
def test_K2_a_line_whose_profile_has_a_parity_has_it_judged(pty, parity, monkeypatch):
    """pyserial alone only sends it. Here a pty takes the line's part, which refuses a parity of its own."""
    serial = line.serial.Serial
    monkeypatch.setattr(line.serial, "Serial", lambda path, **how: serial(path, **how | {"parity": "N"}))
    port = open_serial("serial:///dev/x", os.ttyname(pty[1]), PortSettings(parity=parity))
    marks = termios.tcgetattr(pty[1])[0] & termios.PARMRK
    port.close()
    assert bool(marks) == (parity != "none")


@pytest.mark.parametrize("place", range(len(CODE) + 1))
def test_K2_a_byte_of_wrong_parity_is_refused_wherever_it_stands(place):
    """0xFF, NUL and the byte, as the kernel marks it: the framer leaves the mark in, and decoding refuses it."""
    sent = CODE + b"\r"
    marked = sent[:place] + b"\xff\0" + sent[place : place + 1] + sent[place + 1 :]
    frames = Framer().feed(marked, 1.0)
    scans = [read_frame(frame.data, KnownShop()) for frame in frames]
    assert [scan.reason for scan in scans if isinstance(scan, Refused)] == [RefusalReason.UNREADABLE]
    assert not any(isinstance(scan, PackageScan) for scan in scans)
