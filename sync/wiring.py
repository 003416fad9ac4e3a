"""A station on the real machine: the system's clock, randomness and disk, and the real network."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from photocore.host import SystemClock, SystemDisk, SystemEntropy
from sync.channel import RequestsChannel
from sync.station import Seams, Station, open_station
from sync.words import ReceiptWords, english_words

if TYPE_CHECKING:
    from sync.enrolment import Enrolled


def real_seams() -> Seams:
    """Return the machine's own clock, randomness, disk and network."""
    return Seams(clock=SystemClock(), entropy=SystemEntropy(), disk=SystemDisk())


def open_real_station(
    folder: Path,
    *,
    on_change: Callable[[], None] = lambda: None,
    words: ReceiptWords = english_words,
    carry: bool = True,
) -> Station:
    """Open the station in ``folder`` on this machine. Raises as :func:`sync.station.open_station`."""
    return open_station(folder, real_seams(), on_change=on_change, words=words, carry=carry)


def enrol_real(*, url: str, code: str, name: str, folder: Path) -> "Enrolled":
    """Enrol ``folder`` over the real network. Raises as :func:`sync.enrolment.enrol`."""
    from sync.enrolment import enrol  # noqa: PLC0415  once in a station's life

    return enrol(url=url, code=code, name=name, folder=folder, channel=RequestsChannel(), entropy=SystemEntropy())
