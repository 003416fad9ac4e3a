"""The device's end of a pty, behind a name that stays: plugging, unplugging, and coming back as another one.

The name is a symbolic link, as udev makes them under ``/dev/serial/by-id``: the host opens the link and finds, after
a replug, another ``/dev/pts/N`` behind it. A pty ignores baud, parity and flow control; whoever types on it paces.
"""

import os
import tty
from functools import partial
from pathlib import Path

from hardware.errors import HardwareError
from hardware.transport import Port
from hardware.transport.descriptor import DescriptorPort

STALLED_AFTER_S = 2.0


class PtySocket:
    """A place to plug a virtual device in: at most one pty at a time, always behind ``path``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tty_name = ""
        self._port: DescriptorPort | None = None

    @property
    def is_plugged(self) -> bool:
        """Say whether the link leads to a pty now."""
        return self._port is not None

    @property
    def port(self) -> Port:
        """Return the device's end of the line, to read what the host sends and to write to it.

        Raises:
            HardwareError: unplugged.
        """
        if self._port is None:
            raise HardwareError(f"{self.path} is unplugged.")
        return self._port

    def plug(self) -> None:
        """Make a pty, never the same one twice running, and lead the link to it. Plugged already: nothing happens.

        Raises:
            HardwareError: something that is no link of ours stands at ``path``.
        """
        if self._port is None:
            if self.path.exists() and not self.path.is_symlink():
                raise HardwareError(f"{self.path} exists and is no link: it is left alone.")
            near, far, self.tty_name = _open_unlike(self.tty_name)
            self._port = DescriptorPort(
                f"pty:{self.path}", near, partial(_close_all, near, far), write_deadline_s=STALLED_AFTER_S
            )
            _lead(self.path, self.tty_name)

    def unplug(self) -> None:
        """Take the link away and hang up: a host that reads gets EIO at once. Unplugged already: nothing happens."""
        if self._port is not None:
            port, self._port = self._port, None
            self.path.unlink(missing_ok=True)
            port.close()


def _open_unlike(used: str) -> tuple[int, int, str]:
    near, far = os.openpty()
    if os.ttyname(far) == used:
        try:
            return _open_unlike(used)
        finally:
            _close_all(near, far)
    # Our own hold on the host's side keeps the line up while no host has it open, and raw: it would echo else.
    tty.setraw(far)
    os.set_blocking(near, False)
    return near, far, os.ttyname(far)


def _lead(path: Path, target: str) -> None:
    aside = path.with_name(f".{path.name}.new")
    aside.unlink(missing_ok=True)
    aside.symlink_to(target)
    aside.replace(path)


def _close_all(*descriptors: int) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
