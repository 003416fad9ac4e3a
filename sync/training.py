"""A station for training: the same desk over a journal that is thrown away, and no road out of it (S6).

Everything about it is its own: a folder that is emptied before and after, keys that nobody enrolled, an address that is
none and a channel that carries nothing. So nothing of it can reach outbox, photoservice or day closing, whatever a
program forgets. The store's facts are lent by the real station, a package at a time, and only for reading.
"""

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from photocore.errors import ChannelDown
from photocore.ids import ItemId
from photocore.keys import b64
from photocore.roster import PackageFacts
from photocore.seams import HttpRequest, HttpResponse
from sync.journal import Journal
from sync.keys import KEY_BYTES, PinnedKeys, StationFile, make_keys, save_station
from sync.roster import find_package
from sync.station import Seams, Station, open_station
from sync.upstream import Upstream
from sync.words import ReceiptWords, english_words

FOLDER = "training"
"""Below the real station's folder."""

NOWHERE = "https://training.invalid"
"""An address that never is one (RFC 2606, 2)."""


class NoRoad:
    """A :class:`photocore.seams.Channel` that carries nothing."""

    def exchange(self, request: HttpRequest) -> HttpResponse:
        """Refuse. Raises ChannelDown."""
        raise ChannelDown(f"training carries nothing, and was asked for {request.method}")


class Lender(Upstream):
    """Lends the training desk what the real station's roster knows of a package."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def ask(self, item: ItemId) -> PackageFacts | None:
        """Return the package that ``item`` belongs to, as the real roster has it."""
        known = self._journal.read(lambda connection: find_package(connection, item))
        return known.facts if known else None


class TrainingRoom:
    """Opens and ends the training station of one real station. One at a time; for one thread."""

    def __init__(
        self,
        real: Station,
        folder: Path,
        seams: Seams,
        *,
        on_change: Callable[[], None] = lambda: None,
        words: ReceiptWords = english_words,
    ) -> None:
        self._real = real
        self._folder = folder / FOLDER
        self._seams = seams
        self._on_change = on_change
        self._words = words
        self._open: Station | None = None
        self._wipe()

    def open(self) -> Station:
        """Begin: an empty station that knows what the real one knows.

        Raises:
            JournalDown: its journal cannot be made.
        """
        self.close()
        entropy, folder = self._seams.entropy, self._folder
        folder.mkdir(mode=0o700, parents=True)
        make_keys(folder, entropy)
        nobody = PinnedKeys(sign=b64(entropy.token(KEY_BYTES)), seal=b64(entropy.token(KEY_BYTES)))
        save_station(folder, StationFile(station="training", name="Training", url=NOWHERE, service=nobody))
        seams = Seams(
            clock=self._seams.clock,
            entropy=entropy,
            disk=self._seams.disk,
            channel=NoRoad(),
            quick_channel=NoRoad(),
        )
        station = open_station(folder, seams, on_change=self._on_change, words=self._words, carry=False)
        snapshot = self._real.roster.head
        if snapshot is not None:
            station.roster.switch(snapshot, "")
        self._open = lent(station, self._real)
        return self._open

    def close(self) -> None:
        """End: whatever was done there is gone. Twice is harmless."""
        if self._open is not None:
            self._open.close()
            self._open = None
        self._wipe()

    def _wipe(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def lent(training: Station, real: Station) -> Station:
    """Return ``training`` with its questions about packages put to ``real``'s roster, and to nobody else."""
    return replace(training, desk=replace(training.desk, upstream=Lender(real.journal)))
