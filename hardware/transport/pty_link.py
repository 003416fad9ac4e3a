"""A serial port for another program to open, behind a name that stays: our end of a pty.

Whoever opens it finds a raw line, as a device's is; nobody of ours holds the other side, so the system tells whether
somebody has it open. Baud, parity and flow control mean nothing on it.
"""

import fcntl
import os
import select
import termios
import tty
from contextlib import suppress
from pathlib import Path
from typing import Final

from hardware.errors import PortDown, PortFault

_OTHER_SIDE_IS_SHUT: Final = select.POLLHUP | select.POLLERR
_GIVE_OTHER_SIDE: Final = 0x5441  # TIOCGPTPEER, asm-generic/ioctls.h: Linux 4.13


class PtyLink:
    """One pty and the symbolic link that leads to it.

    ``mode`` is who may open it, as of any file; None leaves the system's way: this user alone.

    Raises:
        PortDown: something that is no link stands at ``path``, or no pty can be had.
    """

    def __init__(self, path: Path, *, mode: int | None = None) -> None:
        if path.exists() and not path.is_symlink():
            raise PortDown(str(path), PortFault.BUSY, "something that is no link of ours stands there")
        try:
            self._near, far = os.openpty()
            self.tty_name = os.ttyname(far)
            tty.setraw(far)
            if mode is not None:
                os.fchmod(far, mode)
            os.close(far)
            os.set_blocking(self._near, False)
            self.path = path
            self._lead()
        except OSError as cause:
            raise PortDown(str(path), PortFault.MISSING, str(cause)) from cause

    def fileno(self) -> int:
        """Return the descriptor of our end; it never blocks."""
        return self._near

    @property
    def is_open(self) -> bool:
        """Say whether somebody has the other side open now."""
        return is_open(self._near)

    def close(self) -> None:
        """Take the link away, if it is still ours, and hang up."""
        with suppress(OSError):
            if str(self.path.readlink()) == self.tty_name:
                self.path.unlink()
        os.close(self._near)

    def _lead(self) -> None:
        aside = self.path.with_name(f".{self.path.name}.new")
        aside.unlink(missing_ok=True)
        aside.symlink_to(self.tty_name)
        aside.replace(self.path)


def is_open(near: int) -> bool:
    """Say whether somebody has the other side of a pty, or of a line, open now."""
    poll = select.poll()
    poll.register(near, 0)
    return not any(event & _OTHER_SIDE_IS_SHUT for _, event in poll.poll(0))


def forget_unread(near: int) -> None:
    """Drop what the other side was sent and never read: as of a real port that nobody has open."""
    flags = os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK
    with suppress(OSError):
        far = fcntl.ioctl(near, _GIVE_OTHER_SIDE, flags)
        try:
            termios.tcflush(far, termios.TCIFLUSH)
        finally:
            os.close(far)
