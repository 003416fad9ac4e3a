"""A machine's disk through its lives: killed, without power, copied at night, put back, cloned."""

from photocore.seams import Entropy
from sync.testing_disk import FailingDisk

Image = dict[str, bytes]
"""What is on a disk, file by file."""


class Drive:
    """The disk of one machine. Its file system is registered under a name of its own for as long as it is used."""

    def __init__(self, name: str, entropy: Entropy, image: Image) -> None:
        self._name = name
        self._entropy = entropy
        self._turn = 0
        self.disk = self._new(image)

    def copy(self) -> Image:
        """Return what is on the disk at this moment, as a backup reads it."""
        return {path: bytes(file.view) for path, file in self.disk.files.items()}

    def unsynced(self) -> int:
        """Return how many writes no sync has made stable."""
        return sum(len(file.pending) for file in self.disk.files.values())

    @property
    def is_ill(self) -> bool:
        """Whether nothing can be written, for now."""
        return self.disk.is_read_only or self.disk.full_after_bytes is not None

    def revive(self) -> None:
        """Let the disk work again after its process was killed: what was written stays, synced or not."""
        self.disk.is_dead = False
        self.disk.cut_at = None
        self.mend()

    def lose_power(self) -> None:
        """Let the disk be what a power cut leaves of it."""
        self._replace(self.disk.survivors())

    def put_back(self, image: Image) -> None:
        """Replace everything by an older copy."""
        self._replace(dict(image))

    def mend(self) -> None:
        """End whatever ails the disk."""
        self.disk.sync_fails_at = None
        self.disk.full_after_bytes = None
        self.disk.is_read_only = False

    def remove(self) -> None:
        """Forget the disk's file system."""
        self.disk.unregister()

    def _replace(self, image: Image) -> None:
        self.disk.unregister()
        self.disk = self._new(image)

    def _new(self, image: Image) -> FailingDisk:
        self._turn += 1
        return FailingDisk(f"{self._name}-{self._turn}", self._entropy, image)
