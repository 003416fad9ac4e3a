"""What a running kiosk last knew of each device, left in the station's folder for the doctor and the fleet to read.

Diagnostics, not records: written aside and put in place, never waited for on the disk; a note that is broken or
missing is no note.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

import msgspec

FILE: Final = "device-notes.json"
MOST_BYTES: Final = 64 * 1024


class DeviceNote(msgspec.Struct, frozen=True, kw_only=True):
    """One device as it was at ``at``: ``good_at`` is its last good scan or proven label, ``why`` why it was down."""

    name: str
    at: datetime
    is_up: bool
    why: str = ""
    good_at: datetime | None = None
    outages: int = 0
    faults: int = 0


def write_notes(folder: Path, notes: Sequence[DeviceNote]) -> None:
    """Leave these notes in the place of the last. A disk that takes none is no reason to stop a kiosk."""
    draft = folder / f".{FILE}.new"
    with suppress(OSError):
        draft.write_bytes(msgspec.json.encode(notes))
        draft.replace(folder / FILE)


def read_notes(folder: Path) -> dict[str, DeviceNote]:
    """Return the last notes by name; none where there are none to be read."""
    path = folder / FILE
    try:
        if path.stat().st_size > MOST_BYTES:
            return {}
        notes = msgspec.json.decode(path.read_bytes(), type=list[DeviceNote])
    except (OSError, msgspec.DecodeError, RecursionError):
        return {}
    return {note.name: note for note in notes if note.at.tzinfo and (note.good_at is None or note.good_at.tzinfo)}
