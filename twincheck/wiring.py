"""The composition root of the command line: where the doctor gets the real clock and disk from."""

from photocore.host import SystemClock, SystemDisk
from photocore.seams import Clock, Disk


def host_clock() -> Clock:
    """Return this machine's clock."""
    return SystemClock()


def host_disk() -> Disk:
    """Return this machine's mounted filesystems."""
    return SystemDisk()
