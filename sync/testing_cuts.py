"""What a disk holds after a power cut: the one model behind the failing disk and the cuts of a recorded life.

Model of one file: what is stable, and what was changed since the last sync. Of the un-synced writes a power cut most
often drops 35 %, tears 25 % at 512-byte sectors and keeps the rest; or it keeps those up to one, or all but one, or
all: else a long commit would never survive by luck. Un-synced truncations are kept half the time; a file that was never
synced may be gone with its name. A failed fsync dooms what it should have written: it can still be read, looks clean,
and is on no disk, as Linux does it. A disk that lies says that it has synced, and has not. A kill -9 is no such test:
it loses nothing that was written (research: reliability 0.1).

A station's life need not be lived again for every cut: :class:`Replay` walks the record of one, operation by operation.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from photocore.seams import Entropy

DROPPED = 0.35
TORN = 0.25
SECTOR = 512
MIXED, UP_TO_ONE, ALL_BUT_ONE = 0.6, 0.75, 0.9
"""What becomes of the writes together: each its own fate; those up to one kept; all but one; beyond that, all."""

Image = dict[str, bytes]
"""Files by name: what a disk holds."""


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes that a program wrote at an offset."""

    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    """A file cut off at a size, in bytes."""

    size: int


class Act(Enum):
    """What else befalls a file. ``DOOMED`` is a sync that failed."""

    MADE = "made"
    SYNCED = "synced"
    DOOMED = "doomed"
    GONE = "gone"


Change = Write | Truncate
Operation = tuple[str, Change | Act]
"""What was done to which file."""


@dataclass(slots=True)
class DiskFile:
    """One file: ``view`` is what programs read, ``stable`` what no power cut takes away."""

    stable: bytearray = field(default_factory=bytearray)
    view: bytearray = field(default_factory=bytearray)
    pending: list[Change] = field(default_factory=list[Change])
    was_synced: bool = False


class Surface:
    """All files of a disk. One that ``lies`` takes every sync for done, and does nothing."""

    def __init__(self, image: Mapping[str, bytes], *, lies: bool = False) -> None:
        self.lies = lies
        self.files = {
            path: DiskFile(stable=bytearray(text), view=bytearray(text), was_synced=True)
            for path, text in image.items()
        }

    def do(self, path: str, what: Change | Act) -> None:
        """Carry one operation out; on a file that is gone it changes nothing, since no name leads to it any more."""
        if what is Act.MADE:
            self.files.setdefault(path, DiskFile())
        elif what is Act.GONE:
            self.files.pop(path, None)
        elif (file := self.files.get(path)) is not None:
            self._change(file, what)

    def views(self) -> Image:
        """Return what is there after a kill -9: every write that was made."""
        return {path: bytes(file.view) for path, file in self.files.items()}

    def survivors(self, entropy: Entropy) -> Image:
        """Return what is there after the power came back; ``entropy`` decides what became of un-synced writes."""
        chance = Chance(entropy)
        kept: Image = {}
        for path, file in self.files.items():
            if not file.was_synced and chance.falls_within(0.5):
                continue
            kept[path] = _after_cut(file, chance) if file.pending else bytes(file.stable)
        return kept

    def _change(self, file: DiskFile, what: Change | Act) -> None:
        if isinstance(what, Act):
            if what is Act.DOOMED:
                file.pending.clear()
            elif not self.lies:
                for change in file.pending:
                    _apply(file.stable, change)
                file.pending.clear()
                file.was_synced = True
            return
        file.pending.append(what)
        _apply(file.view, what)


class Chance:
    """Fractions from an entropy, 32 bits each, drawn by the kilobyte."""

    def __init__(self, entropy: Entropy) -> None:
        self._entropy = entropy
        self._left = b""

    def draw(self) -> float:
        """Return a number from 0 to 1, 1 excluded."""
        if len(self._left) < 4:
            self._left = self._entropy.token(256)
        word, self._left = self._left[:4], self._left[4:]
        return int.from_bytes(word, "big") / 2**32

    def falls_within(self, share: float) -> bool:
        """Say yes in ``share`` of all cases."""
        return self.draw() < share


class Replay:
    """The record of one life, walked from its first operation to its last, each cut on the way."""

    def __init__(self, start: Image, log: Sequence[Operation], *, lies: bool = False) -> None:
        self.surface = Surface(start, lies=lies)
        self._log = log
        self.at = 0

    def stops(self, cuts: Sequence[int]) -> Iterator[Surface]:
        """Yield the disk as it stands when the first ``n`` operations are done, for each ``n`` of ``cuts``, rising."""
        for cut in cuts:
            while self.at < cut:
                self.surface.do(*self._log[self.at])
                self.at += 1
            yield self.surface


def _after_cut(file: DiskFile, chance: Chance) -> bytes:
    disk = bytearray(file.stable)
    mood, place = chance.draw(), int(chance.draw() * len(file.pending))
    for number, change in enumerate(file.pending):
        if mood < MIXED:
            fate = chance.draw()
        else:
            is_hit = number > place if mood < UP_TO_ONE else number == place and mood < ALL_BUT_ONE
            fate = chance.draw() * (DROPPED + TORN) if number == place and is_hit else 0.0 if is_hit else 1.0
        _befall(disk, change, fate, chance)
    return bytes(disk)


def _befall(disk: bytearray, change: Change, fate: float, chance: Chance) -> None:
    if isinstance(change, Truncate):
        if fate >= 0.5:
            _apply(disk, change)
    elif fate >= DROPPED + TORN:
        _apply(disk, change)
    elif fate >= DROPPED:
        _tear(disk, change, chance)


def _tear(disk: bytearray, write: Write, chance: Chance) -> None:
    for start in range(0, len(write.data), SECTOR):
        if chance.falls_within(0.5):
            _apply(disk, Write(offset=write.offset + start, data=write.data[start : start + SECTOR]))


def _apply(disk: bytearray, change: Change) -> None:
    if isinstance(change, Truncate):
        del disk[change.size :]
        return
    if len(disk) < change.offset:
        disk.extend(bytes(change.offset - len(disk)))
    disk[change.offset : change.offset + len(change.data)] = change.data
