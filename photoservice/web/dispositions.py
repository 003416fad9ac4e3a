"""What a file is called when it is saved (RFC 6266): a name from outside that can do nothing but name.

The ending follows from what the file is and never from what somebody called it: a picture that is also a program must
not land on a disk as one.
"""

import re
from typing import Final
from urllib.parse import quote

ENDINGS: Final = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/heic": "heic",
    "image/heif": "heif",
    "application/zip": "zip",
}

_LONGEST: Final = 80
_OTHER: Final = re.compile(r"[^A-Za-z0-9 _-]+")


def disposition(kind: str, name: str, media: str) -> str:
    """Return the header for a file that somebody called ``name``; ``kind`` is attachment or inline."""
    ending = ENDINGS.get(media, "bin")
    stem = re.split(r"[/\\]", name)[-1].rpartition(".")
    plain = "".join(c for c in stem[0] or stem[2] if c.isprintable()).strip(". ")[:_LONGEST].rstrip(". ") or "picture"
    simple = _OTHER.sub("_", plain)
    header = f'{kind}; filename="{simple}.{ending}"'
    return header if simple == plain else f"{header}; filename*=UTF-8''{quote(plain, safe='')}.{ending}"
