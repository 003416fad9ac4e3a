"""Device files such as ``/dev/usb/lp0``, and files and FIFOs that stand in for one.

Linux gives a USB printer as a character device that one program may hold, and that reads as well as writes where the
printer's interface is bidirectional (drivers/usb/class/usblp.c). Such a device may answer a read with nothing: the
printer sent an empty packet, which is no end of the line, and some send them without pause.
"""

import os
import select
import stat
from functools import partial
from typing import Final

from hardware.errors import PortDown, PortFault
from hardware.transport.descriptor import DescriptorPort, fault_of
from hardware.transport.port import PortSettings

AFTER_EMPTY_S: Final = 0.02
"""Rest after an empty packet, so that a printer that sends nothing else costs no processor."""


def open_file(url: str, path: str, settings: PortSettings) -> DescriptorPort:
    """Open a device file, FIFO or plain file that exists already.

    Never created: a plain file in the place of an unplugged /dev/usb/lp0 would swallow labels for ever.

    Raises:
        PortDown: missing, held by another program, not permitted, a folder.
    """
    try:
        fd = os.open(path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_APPEND)
    except OSError as cause:
        raise PortDown(url, fault_of(cause, PortFault.UNREACHABLE), cause.strerror or "") from cause
    mode = os.fstat(fd).st_mode
    if stat.S_ISDIR(mode):
        os.close(fd)
        raise PortDown(url, PortFault.NOT_A_DEVICE, "a folder")
    release = partial(os.close, fd)
    if stat.S_ISCHR(mode):
        return DeviceFilePort(url, fd, release, write_deadline_s=settings.write_deadline_s)
    return DescriptorPort(url, fd, release, write_deadline_s=settings.write_deadline_s, speaks=not stat.S_ISREG(mode))


class DeviceFilePort(DescriptorPort):
    """A character device: an empty read is an empty packet, unless the system says that the other side hung up."""

    def _receive(self) -> bytes:
        try:
            return super()._receive()
        except PortDown as down:
            if isinstance(down.__cause__, OSError) or self._is_hung_up():
                raise
            select.select([self._woken], [], [], AFTER_EMPTY_S)
            return b""

    def _is_hung_up(self) -> bool:
        return any(event & (select.POLLHUP | select.POLLERR) for fd, event in self._readable.poll(0) if fd == self._fd)
