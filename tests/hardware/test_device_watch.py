"""Devices that come and go are noticed: told by the kernel where it is heard, by looking where it is not."""

import os
import queue
import struct
from contextlib import closing
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from hardware.errors import PortDown, PortFault
from hardware.inventory.uevents import UDEV_MAGIC, Uevent, read_uevent
from hardware.inventory.watch import CHECK_S, LINKED_S, POLL_S, SOON_S, Attention, Watch
from hardware.transport import loop_pair
from hardware.transport.uevents import open_uevents
from photocore.host import SystemClock

# Read off a netlink socket of Linux 6.18 after writing "change" to a serial port's uevent file.
RECORDED = (
    b"change@/devices/pnp0/00:00/00:00:0/00:00:0.0/tty/ttyS0\0ACTION=change\0"
    b"DEVPATH=/devices/pnp0/00:00/00:00:0/00:00:0.0/tty/ttyS0\0SUBSYSTEM=tty\0SYNTH_UUID=0\0"
    b"MAJOR=4\0MINOR=64\0DEVNAME=ttyS0\0SEQNUM=1248\0"
)


def of_udev(properties: bytes, *, magic: int = UDEV_MAGIC, begin: int = 40) -> bytes:
    """Return a message as udev sends it: the header is struct udev_monitor_netlink_header of systemd's sources."""
    hashes = struct.pack("=4I", 1, 2, 3, 4)
    return (
        b"libudev\0" + struct.pack(">I", magic) + struct.pack("=3I", 40, begin, len(properties)) + hashes + properties
    )


def test_K2_a_recorded_message_of_the_kernel_is_read():
    """Byte for byte as it came."""
    port = "/devices/pnp0/00:00/00:00:0/00:00:0.0/tty/ttyS0"
    assert read_uevent(RECORDED) == Uevent(action="change", subsystem="tty", devpath=port, devname="ttyS0")


def test_K2_udevs_own_messages_are_read_too():
    """They come when the links of /dev/serial/by-id are there."""
    seen = read_uevent(of_udev(b"ACTION=add\0DEVPATH=/devices/x\0SUBSYSTEM=usbmisc\0DEVNAME=/dev/usb/lp0\0"))
    assert seen == Uevent(action="add", subsystem="usbmisc", devpath="/devices/x", devname="/dev/usb/lp0")
    assert seen.concerns_us


@pytest.mark.parametrize(
    "message",
    [
        b"",
        b"\0",
        b"libudev\0",
        of_udev(b"ACTION=add\0DEVPATH=/x\0SUBSYSTEM=tty\0", magic=7),
        of_udev(b"ACTION=add\0DEVPATH=/x\0SUBSYSTEM=tty\0", begin=2**32 - 1),
        b"add@/devices/x\0ACTION=add\0",
        b"anything\0ACTION=add\0DEVPATH=/x\0SUBSYSTEM=tty\0",
    ],
)
def test_K2_a_message_that_makes_no_sense_is_none(message):
    """Any local program may send one."""
    assert read_uevent(message) is None


@given(st.one_of(st.binary(max_size=300), st.binary(max_size=60).map(lambda tail: RECORDED[:90] + tail)))
def test_K2_no_message_breaks_the_reader(message):
    """Cut, glued or made up."""
    seen = read_uevent(message)
    assert seen is None or seen.action


def test_K2_a_network_card_is_no_business_of_ours():
    """Only what could be a scanner, printer or camera makes us look."""
    assert not Uevent(action="add", subsystem="net", devpath="/devices/x").concerns_us


def test_K2_a_burst_of_messages_is_one_look_soon_and_one_when_the_links_are_there():
    """A hub of ten devices speaks a hundred times."""
    attention = Attention()
    attention.is_told = True
    assert attention.wait_s(100.0) == 0
    attention.looked(100.0)
    assert attention.wait_s(100.0) == CHECK_S
    for step in range(100):
        attention.nudge(101.0 + step / 1000)
    assert attention.wait_s(101.1) == pytest.approx(SOON_S - 0.1)
    attention.looked(101.15)
    assert attention.wait_s(101.15) == pytest.approx(LINKED_S + 0.099 - 0.15)
    attention.looked(102.2)
    assert attention.wait_s(102.2) == pytest.approx(CHECK_S)


def test_K2_without_messages_it_is_looked_every_two_seconds():
    """A container hears nothing of the kernel's."""
    attention = Attention()
    attention.looked(5.0)
    assert attention.wait_s(5.0) == POLL_S


class Room:
    """Something to look at, and what the watch told of it."""

    def __init__(self, **options):
        self.seen = 0
        self.told = queue.Queue()
        self.log = structlog.testing.LogCapture()
        log = structlog.wrap_logger(None, processors=[self.log])
        self.watch = Watch(lambda: self.seen, self.told.put, SystemClock(), log=log, **options)

    def next(self):
        return self.told.get(timeout=30)


def test_K2_a_message_makes_it_look_and_only_a_change_is_told():
    """Over a line in memory that stands for netlink's."""
    near, far = loop_pair()
    room = Room(listen=lambda: near)
    with closing(far), room.watch:
        assert room.next() == 0
        room.seen = 1
        far.write(RECORDED)
        assert room.next() == 1
    assert room.told.empty()


def test_K2_where_nothing_is_heard_it_looks_by_itself():
    """And says once that it does."""

    def deaf():
        raise PortDown("uevents:", PortFault.DENIED, "Operation not permitted")

    room = Room(listen=deaf, attention=Attention(poll_s=0.01))
    with room.watch:
        assert room.next() == 0
        room.seen = 2
        assert room.next() == 2
    assert [entry["event"] for entry in room.log.entries] == ["device_watch.polling"]


def test_K2_a_line_that_breaks_is_no_end_of_watching():
    """Netlink's room was full, say: what was lost is seen by looking, and it is listened anew."""
    lines = [loop_pair(), loop_pair()]
    waiting = [near for near, _ in lines]
    room = Room(listen=lambda: waiting.pop(0), recover_s=0.01)
    with room.watch:
        assert room.next() == 0
        room.seen = 1
        lines[0][1].close()
        assert room.next() == 1
        room.seen = 2
        lines[1][1].write(RECORDED)
        assert room.next() == 2
    lines[1][1].close()


def test_K2_a_fault_of_ours_does_not_end_the_watch():
    """The next look may go well."""
    looks = iter([RuntimeError("first"), 7])

    def look():
        found = next(looks, 7)
        if isinstance(found, Exception):
            raise found
        return found

    told = queue.Queue()
    log = structlog.wrap_logger(None, processors=[structlog.testing.LogCapture()])
    near, far = loop_pair()
    with closing(far), Watch(look, told.put, SystemClock(), listen=lambda: near, log=log, recover_s=0.01):
        assert told.get(timeout=30) == 7


def kernels_own_file():
    """Return a file that makes the kernel speak, where we may write it."""
    files = (path for path in Path("/sys/class/tty").glob("ttyS*/uevent") if os.access(path, os.W_OK))
    return next(files, None)


@pytest.mark.skipif(kernels_own_file() is None, reason="only root can make the kernel speak, and only of a tty it has")
def test_K2_the_kernel_itself_is_heard():
    """A real netlink socket and a real message; some systems hear none, and are polled."""
    try:
        port = open_uevents()
    except PortDown as down:
        pytest.skip(f"this system lets nobody hear the kernel: {down}")
    with closing(port):
        kernels_own_file().write_text("change")
        heard = (read_uevent(port.read(5.0)) for _ in range(100))
        spoken = next((seen for seen in heard if seen is None or seen.concerns_us), None)
    if spoken is None:
        pytest.skip("this kernel keeps its messages from us: devices are found by polling")
    assert spoken.devpath.startswith("/devices/")
