"""A port over a file descriptor: what serial lines, ptys, sockets and device files have in common on Linux.

Whoever opened it (pyserial, a socket, the kernel) brings the descriptor and the way to close it; waiting, cancelling,
deadlines and the names of faults are the same for all and stand here once. Reads take all that is there: one system
call a delivery, where pyserial's ``read_until`` makes one a byte and tops out at 5,000 frames/s (research: hardware 1).
"""

import errno
import fcntl
import os
import select
import sys
import termios
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from hardware.errors import PortDown, PortFault

DELIVERY_BYTES: Final = 65_536
WRITE_SLICE_S: Final = 0.05  # how long a close may have to wait for a write that is stalled

_FAULT_OF_ERRNO: Final = {
    errno.ENOENT: PortFault.MISSING,
    errno.ENODEV: PortFault.MISSING,
    errno.ENXIO: PortFault.MISSING,
    errno.EACCES: PortFault.DENIED,
    errno.EPERM: PortFault.DENIED,
    errno.EAGAIN: PortFault.BUSY,
    errno.EBUSY: PortFault.BUSY,
    errno.ENOTTY: PortFault.NOT_A_DEVICE,
    errno.EINVAL: PortFault.NOT_A_DEVICE,
    errno.EISDIR: PortFault.NOT_A_DEVICE,
    errno.ENOTDIR: PortFault.NOT_A_DEVICE,
    errno.ELOOP: PortFault.NOT_A_DEVICE,
    errno.ECONNREFUSED: PortFault.REFUSED,
}


def fault_of(cause: BaseException, otherwise: PortFault) -> PortFault:
    """Return why an open failed, by the error number ``cause`` carries."""
    number = getattr(cause, "errno", None)
    return _FAULT_OF_ERRNO.get(number, otherwise) if isinstance(number, int) else otherwise


class DescriptorPort:
    """A :class:`hardware.transport.Port` over a non-blocking descriptor.

    ``release`` closes the descriptor, and is called once. ``speaks`` is false for a plain file that print bytes are
    collected in: it never says anything, so a read only waits.
    """

    def __init__(
        self, url: str, fd: int, release: Callable[[], None], *, write_deadline_s: float, speaks: bool = True
    ) -> None:
        self._url = url
        self._fd = fd
        self._release = release
        self._write_deadline_s = write_deadline_s
        self._reading = threading.Lock()
        self._writing = threading.Lock()
        self._closing = threading.Lock()
        self._is_closed = False
        self._woken, self._wake = os.pipe()
        os.set_blocking(self._woken, False)
        os.set_blocking(self._wake, False)
        self._readable = select.poll()
        self._readable.register(self._woken, select.POLLIN)
        if speaks:
            self._readable.register(fd, select.POLLIN)
        self._writable = select.poll()
        self._writable.register(fd, select.POLLOUT)

    @property
    def url(self) -> str:
        """Return the address it was opened by."""
        return self._url

    @property
    def is_closed(self) -> bool:
        """Say whether :meth:`close` was called."""
        return self._is_closed

    def fileno(self) -> int:
        """Return the descriptor, which stays this port's: for whoever lets the system move the bytes."""
        return self._fd

    def read(self, timeout: float | None) -> bytes:
        """Return what has come in, waiting for the first byte; empty on time-out and on :meth:`cancel`."""
        with self._reading:
            self._demand_open()
            ready = dict(self._readable.poll(None if timeout is None else max(0.0, timeout * 1000)))
            self._demand_open()
            if self._woken in ready:
                os.read(self._woken, DELIVERY_BYTES)
            return self._receive() if self._fd in ready else b""

    def _receive(self) -> bytes:
        try:
            delivery = os.read(self._fd, DELIVERY_BYTES)
        except BlockingIOError:
            return b""
        except OSError as cause:
            raise self._gone(cause) from cause
        if not delivery:
            raise PortDown(self._url, PortFault.GONE, "end of the line")
        return delivery

    def write(self, data: bytes, *, timeout: float | None = None) -> None:
        """Hand all of ``data`` to the line before the deadline."""
        ends_at = time.monotonic() + (self._write_deadline_s if timeout is None else timeout)
        with self._writing:
            written = 0
            while written < len(data):
                written += self._send(data[written : written + DELIVERY_BYTES], written, ends_at)

    def _send(self, part: bytes, written: int, ends_at: float) -> int:
        self._demand_open(written)
        try:
            return os.write(self._fd, part)
        except BlockingIOError:
            self._await_room(written, ends_at)
            return 0
        except OSError as cause:
            raise self._gone(cause, written) from cause

    def _await_room(self, written: int, ends_at: float) -> None:
        left = ends_at - time.monotonic()
        if left <= 0:
            raise PortDown(self._url, PortFault.STALLED, "deadline passed", written=written)
        self._writable.poll(min(left, WRITE_SLICE_S) * 1000)

    def unsent(self) -> int:
        """Return how many bytes wait for a serial line, or for a TCP peer to say that it has them; 0 of others."""
        with self._closing:
            if self._is_closed:
                return 0
            try:
                return int.from_bytes(fcntl.ioctl(self._fd, termios.TIOCOUTQ, bytes(4)), sys.byteorder)
            except OSError:
                return 0

    def cancel(self) -> None:
        """Let the read that waits now, else the next one, come back empty at once."""
        with self._closing:
            if not self._is_closed:
                self._rouse()

    def close(self) -> None:
        """Give the device free; a read or write that waits ends with ``PortDown(CLOSED)``."""
        with self._closing:
            if self._is_closed:
                return
            self._is_closed = True
            self._rouse()
        with self._reading, self._writing:
            self._release()
            os.close(self._woken)
            os.close(self._wake)

    def _rouse(self) -> None:
        with suppress(BlockingIOError):  # 64 KiB of wake-ups wait already: one is enough
            os.write(self._wake, b"!")

    def _demand_open(self, written: int = 0) -> None:
        if self._is_closed:
            raise PortDown(self._url, PortFault.CLOSED, written=written)

    def _gone(self, cause: OSError, written: int = 0) -> PortDown:
        return PortDown(self._url, PortFault.GONE, cause.strerror or str(cause), written=written)
