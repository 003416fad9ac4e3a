"""A camera's file under Linux: whether it is one, and its name, without taking a picture (V4L2, linux/videodev2.h).

The struct and the request's number are written from memory of that header: driver, card, bus, version, then what the
device as a whole can do and what this file of it can.
"""

import fcntl
import os
import struct
from collections.abc import Callable
from typing import Final

from hardware.errors import PortDown, PortFault
from hardware.transport.descriptor import fault_of

VIDIOC_QUERYCAP: Final = 0x80685600
CAN_CAPTURE: Final = 0x0000_0001
HAS_DEVICE_CAPS: Final = 0x8000_0000

_CAPABILITY: Final = struct.Struct("=16s32s32sIII12x")

Control = Callable[[int, int, bytes], object]
"""Does :func:`fcntl.ioctl`: descriptor, request, argument."""


def ask_camera(url: str, path: str, *, control: Control = fcntl.ioctl) -> str:
    """Return a camera's name for itself.

    Raises:
        PortDown: missing, not permitted, or no camera.
    """
    try:
        fd = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as cause:
        raise PortDown(url, fault_of(cause, PortFault.UNREACHABLE), cause.strerror or "") from cause
    try:
        answer = control(fd, VIDIOC_QUERYCAP, bytes(_CAPABILITY.size))
    except OSError as cause:
        raise PortDown(url, fault_of(cause, PortFault.NOT_A_DEVICE), cause.strerror or "") from cause
    finally:
        os.close(fd)
    if not isinstance(answer, bytes):
        raise PortDown(url, PortFault.NOT_A_DEVICE)
    _, card, _, _, whole, own = _CAPABILITY.unpack(answer)
    if not (own if whole & HAS_DEVICE_CAPS else whole) & CAN_CAPTURE:
        raise PortDown(url, PortFault.NOT_A_DEVICE, "it gives no pictures")
    return "".join(letter for letter in card.partition(b"\0")[0].decode("utf-8", "replace") if letter.isprintable())
