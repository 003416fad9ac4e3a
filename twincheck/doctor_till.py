"""What the doctor says of a till bridge in the station's folder; nothing where there is none.

The lines themselves are the bridge's (pos_bridge/doctor_lines.py).
"""

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from photocore.seams import Clock
from twincheck.findings import Finding

NEEDED: Final = ("apsw", "litestar", "lxml")
SETTINGS: Final = "till.toml"


def examine_till(folder: Path, clock: Clock) -> Iterator[Finding]:
    """Yield what there is to say of the bridge; where its libraries are missing, how to get them."""
    if not (folder / SETTINGS).exists():
        return
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        seen = f"{folder / SETTINGS} is there, and {', '.join(missing)} is not installed"
        step = "pip install 'twincheck[till]'"
        yield Finding(check="till bridge", verdict="fail", seen=seen, next_step=step)
        return
    from pos_bridge import doctor_lines  # noqa: PLC0415  only tills have its libraries

    yield from doctor_lines.examine_till(folder, clock.now())
