"""Ports over real ptys, TCP and files: what they deliver, how they wait, and how they fail."""

import os
import threading
import time
from pathlib import Path

import pytest

from hardware.errors import PortDown, PortFault, PortUrlWrong
from hardware.testing import Workbench
from hardware.transport import PortSettings, check_url, listen, loop_pair, open_port
from hardware.transport.serial_line import stable_name
from hardware.virtual.pty import PtySocket


@pytest.fixture
def plugged(tmp_path):
    place = PtySocket(tmp_path / "scanner0")
    place.plug()
    yield place
    place.unplug()


def read_all(port, count):
    received = b""
    while len(received) < count:
        received += port.read(2.0)
    return received


def fault_of(call, *args, **kwargs):
    with pytest.raises(PortDown) as caught:
        call(*args, **kwargs)
    return caught.value.fault


def test_K2_a_pty_carries_bytes_both_ways(plugged):
    """What the device types comes in as it was typed, and what the host answers goes out."""
    port = open_port(f"serial://{plugged.path}")
    plugged.port.write(b"]C1\x1d0109\r\n\x00\x06")
    assert read_all(port, 11) == b"]C1\x1d0109\r\n\x00\x06"
    port.write(b"\x06")
    assert plugged.port.read(2.0) == b"\x06"
    port.close()


def test_a_bare_path_is_a_serial_device(plugged):
    """An address without a scheme is a path."""
    port = open_port(str(plugged.path))
    plugged.port.write(b"x")
    assert port.read(2.0) == b"x"
    port.close()


def test_a_read_takes_everything_that_is_there(plugged):
    """One delivery is one read, not one a byte."""
    port = open_port(str(plugged.path))
    plugged.port.write(b"0123456789" * 30)
    assert port.read(2.0) == b"0123456789" * 30
    port.close()


def test_K2_a_false_alarm_is_no_unplug(plugged):
    """A read that finds nothing, though select promised something, says nothing about the device."""
    port = open_port(str(plugged.path))
    assert port._receive() == b""
    plugged.port.write(b"x")
    assert port.read(2.0) == b"x"
    port.close()


def test_a_read_comes_back_empty_when_nothing_came(plugged):
    """The wait is bounded by the time-out."""
    port = open_port(str(plugged.path))
    started = time.monotonic()
    assert port.read(0.05) == b""
    assert 0.04 < time.monotonic() - started < 30.0
    port.close()


def test_K2_an_unplug_ends_a_read_that_waits(plugged):
    """The reader learns of it at once, as PortDown, whatever the kernel or pyserial would raise."""
    port = open_port(str(plugged.path))
    threading.Timer(0.05, plugged.unplug).start()
    started = time.monotonic()
    assert fault_of(port.read, 60.0) is PortFault.GONE
    assert time.monotonic() - started < 30.0
    assert fault_of(port.write, b"x") is PortFault.GONE
    port.close()


def test_K2_one_device_is_opened_once(plugged):
    """A second reader would steal bytes: it is refused, and told why."""
    port = open_port(str(plugged.path))
    assert fault_of(open_port, str(plugged.path)) is PortFault.BUSY
    port.close()
    open_port(str(plugged.path)).close()


def test_K2_a_replug_is_another_pty_behind_the_same_name(plugged):
    """The stable name outlives the device behind it."""
    before = plugged.tty_name
    plugged.unplug()
    assert fault_of(open_port, str(plugged.path)) is PortFault.MISSING
    plugged.plug()
    assert plugged.tty_name != before
    open_port(str(plugged.path)).close()


def test_a_link_never_replaces_what_is_not_ours(tmp_path):
    """A virtual device leaves a real file alone."""
    (tmp_path / "scanner0").write_text("mine")
    with pytest.raises(Exception, match="left alone"):
        PtySocket(tmp_path / "scanner0").plug()
    assert (tmp_path / "scanner0").read_text() == "mine"


@pytest.mark.parametrize(("name", "fault"), [("file", PortFault.NOT_A_DEVICE), ("none", PortFault.MISSING)])
def test_what_is_no_serial_device_is_told_apart(tmp_path, name, fault):
    """Missing passes by itself; a wrong kind of file does not."""
    (tmp_path / "file").write_text("")
    assert fault_of(open_port, str(tmp_path / name)) is fault
    assert fault.is_lasting is (fault is PortFault.NOT_A_DEVICE)


def test_cancel_ends_a_read_that_waits(plugged):
    """Another thread can take the reader out of its wait."""
    port = open_port(str(plugged.path))
    threading.Timer(0.05, port.cancel).start()
    started = time.monotonic()
    assert port.read(None) == b""
    assert time.monotonic() - started < 30.0
    plugged.port.write(b"still open")
    assert read_all(port, 10) == b"still open"
    port.close()


def test_close_ends_a_read_that_waits(plugged):
    """Closing from another thread is safe, and says CLOSED."""
    port = open_port(str(plugged.path))
    threading.Timer(0.05, port.close).start()
    assert fault_of(port.read, None) is PortFault.CLOSED
    assert fault_of(port.read, 0) is PortFault.CLOSED
    assert fault_of(port.write, b"x") is PortFault.CLOSED
    port.close()
    port.cancel()


def test_a_write_that_is_not_taken_ends_at_its_deadline(plugged):
    """STALLED tells how much had gone, and the port lives on."""
    port = open_port(str(plugged.path))
    with pytest.raises(PortDown) as caught:
        port.write(b"x" * 1_000_000, timeout=0.1)
    assert caught.value.fault is PortFault.STALLED
    assert 0 < caught.value.written < 1_000_000
    assert read_all(plugged.port, caught.value.written) == b"x" * caught.value.written
    port.write(b"y")
    assert plugged.port.read(2.0) == b"y"
    port.close()


def test_close_ends_a_write_that_is_stalled():
    """A shutdown does not wait for a deaf device."""
    near, far = loop_pair()
    threading.Timer(0.05, near.close).start()
    started = time.monotonic()
    assert fault_of(near.write, b"x" * 10_000_000, timeout=60) is PortFault.CLOSED
    assert time.monotonic() - started < 30.0
    far.close()


def test_K3_tcp_carries_bytes_both_ways_and_tells_a_hang_up():
    """A printer's port 9100 is one more port."""
    with listen() as listener:
        port = open_port(listener.url)
        device = listener.accept(2.0)
        assert device is not None
        port.write(b"\x1b@" * 50_000)
        assert read_all(device, 100_000) == b"\x1b@" * 50_000
        device.write(b"\x12")
        assert port.read(2.0) == b"\x12"
        device.close()
        assert fault_of(port.read, 2.0) is PortFault.GONE
        port.close()


def test_tcp_where_nothing_listens_is_refused():
    """The reason is told, and passes."""
    with listen() as listener:
        url = listener.url
    assert fault_of(open_port, url) is PortFault.REFUSED
    assert not PortFault.REFUSED.is_lasting


def test_a_listener_gives_up_waiting():
    """Accept is bounded, and can be woken for good."""
    with listen() as listener:
        assert listener.accept(0.01) is None
        threading.Timer(0.05, listener.cancel).start()
        assert fault_of(listener.accept, None) is PortFault.CLOSED


def test_K3_a_plain_file_collects_what_is_printed(tmp_path):
    """It is written to and never answers; it is never created."""
    paper = tmp_path / "paper.bin"
    assert fault_of(open_port, paper.as_uri()) is PortFault.MISSING
    assert not paper.exists()
    paper.touch()
    port = open_port(paper.as_uri())
    port.write(b"one ")
    port.write(b"two")
    assert port.read(0.01) == b""
    port.close()
    assert paper.read_bytes() == b"one two"


def test_K3_a_fifo_is_a_device_file(tmp_path):
    """What stands for /dev/usb/lp0 here is opened and written to without a reader."""
    os.mkfifo(tmp_path / "lp0")
    port = open_port((tmp_path / "lp0").as_uri())
    port.write(b"abc")
    assert port.read(2.0) == b"abc"
    port.close()


@pytest.mark.parametrize(
    "url",
    ["", "usb://x", "tcp://printer", "tcp://:9100", "tcp://h:x", "tcp://h:0", "serial://ttyS0", "file://a/b"],
)
def test_an_address_that_can_never_be_opened_is_refused_at_once(url):
    """The mistake is told before a device thread takes it up."""
    with pytest.raises(PortUrlWrong):
        check_url(url)


def test_settings_a_line_cannot_have_are_refused(plugged):
    """A profile's mistake is no unplugged device."""
    with pytest.raises(PortUrlWrong):
        open_port(str(plugged.path), settings=PortSettings(baud=-1))


def test_K2_the_name_that_survives_a_replug_is_found(tmp_path):
    """ttyACM0 is advised by its by-id name; a by-id name needs no advice."""
    by_id = tmp_path / "by-id"
    by_id.mkdir()
    (tmp_path / "ttyACM0").touch()
    (by_id / "usb-Scanner_123-if00").symlink_to("../ttyACM0")
    assert stable_name(str(tmp_path / "ttyACM0"), (by_id,)) == str(by_id / "usb-Scanner_123-if00")
    assert stable_name(str(by_id / "usb-Scanner_123-if00"), (by_id,)) is None
    assert stable_name(str(tmp_path / "ttyACM1"), (by_id, Path("/nowhere"))) is None


def test_the_workbench_behaves_as_ports_do():
    """The published fake refuses what a real line refuses."""
    bench = Workbench()
    assert fault_of(bench, "serial:///x") is PortFault.MISSING
    bench.plug("serial:///x")
    port = bench("serial:///x")
    assert fault_of(bench, "serial:///x") is PortFault.BUSY
    bench.device("serial:///x").write(b"hi")
    assert port.read(2.0) == b"hi"
    bench.unplug("serial:///x")
    assert fault_of(port.read, 2.0) is PortFault.GONE
    port.close()
    bench.refuse("serial:///x", PortFault.DENIED)
    assert fault_of(bench, "serial:///x") is PortFault.DENIED
