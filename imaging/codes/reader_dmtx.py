"""Data Matrix in a picture by libdmtx: a last resort for noisy stills, which may be absent.

It lives in a child process (:mod:`imaging.codes.dmtx_child`): a picture of one pixel makes it abort, and what else
does nobody knows. A child that dies or hangs has found nothing.
"""

import json
import subprocess
import sys
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from imaging.codes.dmtx_child import GS, library
from imaging.codes.found import Found

LIMIT_MS: Final = 300
"""libdmtx looks on until its time is up, whenever there is nothing more to find."""
PATIENCE_S: Final = 10
"""For a child on a busy machine, beyond its limit; then it is killed."""
SMALLEST: Final = 10
"""Pixels: the smallest symbol has ten modules a side (ISO/IEC 16022)."""
LARGEST: Final = 25_000_000


def is_dmtx_here() -> bool:
    """Say whether the system has libdmtx."""
    return library() is not None


def read_with_dmtx(picture: NDArray[np.uint8], limit_ms: int = LIMIT_MS) -> list[Found]:
    """Return the Data Matrix symbols of a grey picture of shape (height, width); nothing where libdmtx is absent."""
    height, width = picture.shape
    if not is_dmtx_here() or min(height, width) < SMALLEST or picture.size > LARGEST:
        return []
    command = [sys.executable, "-P", "-m", "imaging.codes.dmtx_child", str(width), str(height), str(limit_ms)]
    try:
        run = subprocess.run(  # noqa: S603  our own module
            command, input=picture.tobytes(), capture_output=True, check=True, timeout=limit_ms / 1000 + PATIENCE_S
        )
    except subprocess.SubprocessError:
        return []
    return [_found(told) for told in json.loads(run.stdout)]


def _found(told: dict[str, Any]) -> Found:
    """FNC1 in first place makes it GS1 (ISO/IEC 16022): it is told by the AIM identifier and is no data."""
    content = bytes.fromhex(told["content"])
    aim, content = ("]d2", content[1:]) if content[0] == GS else ("]d1", content)
    a, b, c, d = ((float(x), float(y)) for x, y in told["corners"])
    return Found(content.decode("latin-1"), aim, content, (a, b, c, d), "dmtx")
