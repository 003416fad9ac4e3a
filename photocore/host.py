"""The real clock, randomness and disk: the one module of ``photocore`` that touches the host.

Only a program's ``wiring.py``, the demo and tests import it (the lint for the seams holds that), so every other
module can be run under a simulated world.
"""

import os
import secrets
import shutil
import time
from datetime import UTC, datetime


class SystemClock:
    """The machine's clock, as a :class:`photocore.seams.Clock`."""

    def now(self) -> datetime:
        """Return the wall time, aware, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the kernel's monotonic seconds, the same in every process of one boot."""
        return time.monotonic()


class SystemEntropy:
    """The kernel's random source, as a :class:`photocore.seams.Entropy`."""

    def token(self, n: int) -> bytes:
        """Return ``n`` random bytes."""
        return secrets.token_bytes(n)


class SystemDisk:
    """The mounted filesystems, as a :class:`photocore.seams.Disk`."""

    def free_bytes(self, path: str) -> int:
        """Return the bytes free to this user on the filesystem that holds ``path``."""
        return shutil.disk_usage(os.fspath(path)).free
