"""What a request for bytes wants of them: all, a part, or only to hear that they are still the same (RFC 9110).

Pure: preconditions in the order of 13.2.2, then one range (14.2). More ranges than one are answered with all of it, as
is a range in another unit or out of its form; both are allowed there, and no client of pictures asks for them.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from photoservice.errors import PreconditionFailed, RangeRefused

_RANGE: Final = re.compile("bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.ASCII | re.IGNORECASE)
_TAG: Final = re.compile('(?:W/)?("[^"]*")')


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which bytes are sent, from ``start`` up to, not with, ``end``; ``status`` says how that is told."""

    status: Literal[200, 206, 304]
    start: int
    end: int

    @property
    def length(self) -> int:
        """How many bytes that are."""
        return self.end - self.start


def judge(method: str, headers: Mapping[str, str], *, etag: str, size: int) -> Wanted:
    """Return what is wanted of ``size`` bytes whose strong entity tag is ``etag``, its quotes included.

    Raises:
        PreconditionFailed: an If-Match that names others.
        RangeRefused: the range lies wholly outside.
    """
    match = headers.get("if-match")
    if match is not None and match.strip() != "*" and etag not in _strong(match):
        raise PreconditionFailed
    none_match = headers.get("if-none-match")
    if none_match is not None and (none_match.strip() == "*" or etag in _TAG.findall(none_match)):
        return Wanted(status=304, start=0, end=0)
    asked = headers.get("range", "") if method == "GET" else ""
    if not asked or headers.get("if-range", etag).strip() != etag:
        return Wanted(status=200, start=0, end=size)
    return _part(asked, size)


def _strong(tags: str) -> list[str]:
    return [tag.strip() for tag in re.findall('(?:W/)?"[^"]*"', tags)]


def _part(asked: str, size: int) -> Wanted:
    found = _RANGE.fullmatch(asked.strip())
    first, last = found.groups() if found else ("", "")
    if not (first or last) or (first and last and int(last) < int(first)):
        return Wanted(status=200, start=0, end=size)
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
    if start >= size:
        raise RangeRefused(size)
    return Wanted(status=206, start=start, end=end)
