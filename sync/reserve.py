"""Room kept back for the day the disk is full, so that status and sync can still run (DESIGN 5E, 5H).

A file of 16 MiB lies beside the journal. When the disk is full it is given up: acks, label states and the roster can
still be written. New registrations are refused with the truth already when no more than that is left beside it, so that
what must follow those already made, an undo, a label, an ack, always finds room. Once there is room again the file is
laid back, and registering goes on.
"""

import errno
import os
from pathlib import Path

import structlog

from photocore.seams import Disk
from sync.errors import NotStored

_log = structlog.get_logger()

RESERVE_BYTES = 16 * 1024 * 1024
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
"""What the kernel says when there is no room on the disk, or none for us."""

LOW_WATER_BYTES = 200 * 1024 * 1024
"""Below this the station warns, long before anything is refused."""


class Reserve:
    """The file that keeps room back, and what the disk looks like. Used from the writer's thread alone."""

    def __init__(self, path: Path, disk: Disk, *, size: int = RESERVE_BYTES) -> None:
        self._path = path
        self._name, self._folder = str(path), str(path.parent)  # asked for with every registration: made once
        self._disk = disk
        self._size = size
        self.is_spent = False
        self.is_low = False
        self.is_scarce = False

    def look(self) -> None:
        """See how much room is left; lay the reserve back when there is room for it twice over.

        Raises:
            NotStored: the disk does not even answer that.
        """
        try:
            self._look()
        except OSError as cause:
            raise NotStored(f"{self._path.parent} cannot be looked at: {cause.strerror}.") from cause

    def _look(self) -> None:
        free = self._disk.free_bytes(self._folder)
        self.is_low = free < LOW_WATER_BYTES
        self.is_scarce = free < self._size
        if self._held():
            self.is_spent = False
        elif free >= 2 * self._size:
            self.is_spent = not self._lay()
        else:
            self.is_spent = True

    def spend(self) -> None:
        """Give the room up; from now on only what shrinks the trouble may be written.

        A disk that does not even delete gives no room: that is worth a line in the log, and nobody else's failure.
        """
        self.is_spent = True
        try:
            self._path.unlink(missing_ok=True)
        except OSError as cause:
            _log.error("reserve_not_given_up", cause=str(cause))

    def _held(self) -> bool:
        try:
            return os.stat(self._name).st_size >= self._size  # noqa: PTH116 - as above
        except FileNotFoundError:
            return False

    def _lay(self) -> bool:
        handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.posix_fallocate(handle, 0, self._size)
        except OSError as cause:
            if cause.errno not in NO_ROOM | {errno.EFBIG}:
                raise
            self._path.unlink(missing_ok=True)
            return False
        finally:
            os.close(handle)
        return True
