"""What the kiosk knows of its devices, left in the station's folder for the doctor and a fleet's monitoring.

On a thread of its own: a disk that hangs must not hold the screen. It is written when a device came or went, and every
minute, so that a reader can tell a kiosk that runs from one that stopped.
"""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Final

from hardware.inventory.notes import DeviceNote, write_notes
from hardware.inventory.watch import Attention, Watch
from kiosk.devices import StationDevices
from kiosk.flow.values import Printer
from photocore.seams import Clock

EVERY_S: Final = 10.0
MINUTE_S: Final = 60

WORKS: Final = frozenset({Printer.READY, Printer.NEAR_END})

Facts = tuple[int, tuple[tuple[str, bool, int, int], ...]]


class DeviceDiary:
    """Writes the notes of one kiosk, from :meth:`start` to :meth:`stop`."""

    def __init__(self, devices: StationDevices, folder: Path, clock: Clock, *, every_s: float = EVERY_S) -> None:
        self._devices = devices
        self._folder = folder
        self._clock = clock
        self._watch: Watch[Facts] = Watch(
            self._look, self._write, clock, attention=Attention(poll_s=every_s, check_s=every_s)
        )

    def start(self) -> None:
        """Begin to write. Once only."""
        self._watch.start()

    def stop(self) -> None:
        """Write no more."""
        self._watch.stop()

    def notes(self) -> Iterator[DeviceNote]:
        """Yield what is known of each scanner and printer now."""
        now = self._clock.now()
        for scanner in self._devices.scanners():
            yield DeviceNote(
                name=scanner.name,
                at=now,
                is_up=scanner.is_there,
                good_at=None if scanner.good_s is None else now - timedelta(seconds=scanner.good_s),
                outages=scanner.outages,
                faults=scanner.lost,
            )
        for printer in self._devices.printers():
            works = printer.printer in WORKS
            yield DeviceNote(
                name=printer.name,
                at=now,
                is_up=works,
                why="" if works else printer.printer.value.replace("_", " "),
                good_at=None if printer.good_s is None else now - timedelta(seconds=printer.good_s),
            )

    def _look(self) -> Facts:
        """Return what makes a new note worth writing: the minute, and whatever a device lived through."""
        notes = self.notes()
        facts = tuple((note.name, note.is_up, note.outages, note.faults) for note in notes)
        return int(self._clock.monotonic() // MINUTE_S), facts

    def _write(self, _: Facts) -> None:
        write_notes(self._folder, tuple(self.notes()))
