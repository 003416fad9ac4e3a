"""How the kiosk last fared with the store's till bridge, left in the station's folder for the doctor to read.

Diagnostics, not a record: written aside and put in place; a note that is broken or missing is no note.
"""

from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

import msgspec

FILE: Final = "bridge-note.json"
MOST_BYTES: Final = 16 * 1024

Trouble = Literal["", "unreached", "key", "refused"]
"""Nothing; no answer, or none that helps; our key is not the door's, or not readable; it does not take what we say."""


class BridgeNote(msgspec.Struct, frozen=True, kw_only=True):
    """How it was at ``at``: the address, what was wrong, and why in words for a log."""

    url: str
    at: datetime
    trouble: Trouble = ""
    why: str = ""


def write_bridge_note(folder: Path, note: BridgeNote) -> None:
    """Leave ``note`` in the place of the last. A disk that takes none is no reason to stop."""
    draft = folder / f".{FILE}.new"
    with suppress(OSError):
        draft.write_bytes(msgspec.json.encode(note))
        draft.replace(folder / FILE)


def forget_bridge_note(folder: Path) -> None:
    """Take it away: this kiosk tells no bridge any more."""
    with suppress(OSError):
        (folder / FILE).unlink(missing_ok=True)


def read_bridge_note(folder: Path) -> BridgeNote | None:
    """Return the last note; None where there is none to be read."""
    path = folder / FILE
    try:
        if path.stat().st_size > MOST_BYTES:
            return None
        note = msgspec.json.decode(path.read_bytes(), type=BridgeNote)
    except (OSError, msgspec.DecodeError, RecursionError):
        return None
    return note if note.at.tzinfo else None
