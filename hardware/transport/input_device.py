"""Keyboards, keypads and switches as the Linux kernel gives them: ``/dev/input/event*``, by a name that stays.

Read without a library: an event is a struct of 24 bytes (16 where a word has 32 bits), and three ioctls tell the rest
(linux/input.h). A switch that is on already sends nothing, so its state is asked for at the opening and handed out
first, as the events it would have sent.
"""

import fcntl
import os
import struct
from collections.abc import Callable
from functools import partial
from typing import Final

from hardware.errors import PortDown, PortFault
from hardware.transport.descriptor import DescriptorPort, fault_of

EVIOCGVERSION: Final = 0x80044501
EVIOCGRAB: Final = 0x40044590
SWITCH_BYTES: Final = 8
EVIOCGSW: Final = 0x8000451B | SWITCH_BYTES << 16
EV_SYN: Final = 0
EV_SW: Final = 5

_EVENT: Final = struct.Struct("@llHHi")

Control = Callable[..., object]
"""Does :func:`fcntl.ioctl`: descriptor, request, argument."""


def open_input(url: str, path: str, *, is_grabbed: bool, control: Control = fcntl.ioctl) -> "InputPort":
    """Open an input device; with ``is_grabbed`` its events come to us alone, and the window never sees them.

    Raises:
        PortDown: missing, not permitted, grabbed by another program, no input device.
    """
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as cause:
        raise PortDown(url, fault_of(cause, PortFault.UNREACHABLE), cause.strerror or "") from cause
    try:
        control(fd, EVIOCGVERSION, bytes(4))
        if is_grabbed:
            control(fd, EVIOCGRAB, 1)
        switches = _switches(fd, control)
    except OSError as cause:
        os.close(fd)
        raise PortDown(url, fault_of(cause, PortFault.NOT_A_DEVICE), cause.strerror or "") from cause
    return InputPort(url, fd, opening=switch_events(switches))


def switch_events(switches: int) -> bytes:
    """Return the state of every switch, a bit each, as the events that would have told of it."""
    states = b"".join(_EVENT.pack(0, 0, EV_SW, code, switches >> code & 1) for code in range(SWITCH_BYTES * 8))
    return states + _EVENT.pack(0, 0, EV_SYN, 0, 0)


def _switches(fd: int, control: Control) -> int:
    answer = control(fd, EVIOCGSW, bytes(SWITCH_BYTES))
    return int.from_bytes(answer, "little") if isinstance(answer, bytes) else 0


class InputPort(DescriptorPort):
    """A descriptor whose first read gives what is already so. Nothing is ever written to it."""

    def __init__(self, url: str, fd: int, *, opening: bytes) -> None:
        super().__init__(url, fd, partial(os.close, fd), write_deadline_s=0.0)
        self._opening = opening

    def read(self, timeout: float | None) -> bytes:
        """Return the state at the opening, once; from then on what comes in."""
        if self._opening:
            opening, self._opening = self._opening, b""
            return opening
        return super().read(timeout)
