"""What the doctor says of a kiosk that tells a till bridge what it registered; nothing of one that tells none.

No bridge is asked: the running kiosk notes how it fares (kiosk/bridge_note.py).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from kiosk.bridge_note import Trouble, read_bridge_note
from twincheck.findings import Finding

_STEPS: Final[dict[Trouble, str]] = {
    "unreached": "look whether the bridge runs (twincheck till run) and its address is still that one; nothing is lost",
    "key": "put the key under [door] of the bridge's till.toml into the file that --bridge-key-file names; chmod 600",
    "refused": "look at --bridge: something else answers at that address, or an older version",
}


def examine_bridge(folder: Path) -> Iterator[Finding]:
    """Yield how the kiosk of ``folder`` last fared with its store's bridge."""
    note = read_bridge_note(folder)
    if note is None:
        return
    at = f"{note.at:%Y-%m-%d %H:%M} UTC"
    if not note.trouble:
        yield Finding(check="bridge told", verdict="ok", seen=f"{note.url} took what was registered; last at {at}")
        return
    seen = f"{note.url} is not told what is registered: {note.why} (since {at})"
    yield Finding(check="bridge told", verdict="warn", seen=seen, next_step=_STEPS[note.trouble])
