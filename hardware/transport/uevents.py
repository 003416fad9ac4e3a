"""The kernel's own word that a device came or went: netlink's uevents, where the system lets us hear them.

Two groups are heard: the kernel's (at once, before udev made its links) and udev's (when its links are there). Both are
open to every user; a container, or a service without AF_NETLINK, may not have them, and then there is polling.
"""

import socket
from typing import Final

from hardware.errors import PortDown, PortFault
from hardware.transport.descriptor import DescriptorPort, fault_of

URL: Final = "uevents:"
NETLINK_KOBJECT_UEVENT: Final = 15  # linux/netlink.h
KERNEL: Final = 1
UDEV: Final = 2
ROOM_BYTES: Final = 1 << 20
"""A hub full of devices says much at once, and what finds no room is lost."""


def open_uevents() -> DescriptorPort:
    """Listen; each read is one message. Nothing is ever written.

    Raises:
        PortDown: this system, or this service, has none.
    """
    try:
        line = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_KOBJECT_UEVENT)
    except OSError as cause:
        raise PortDown(URL, fault_of(cause, PortFault.UNREACHABLE), str(cause)) from cause
    try:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, ROOM_BYTES)
        line.bind((0, KERNEL | UDEV))
        line.settimeout(0)
    except OSError as cause:
        line.close()
        raise PortDown(URL, fault_of(cause, PortFault.UNREACHABLE), str(cause)) from cause
    return DescriptorPort(URL, line.fileno(), line.close, write_deadline_s=0.0)
