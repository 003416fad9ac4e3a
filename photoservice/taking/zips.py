"""A zip, piece by piece, as it is sent (APPNOTE 6.3.10): pure, no bytes of any file pass through here.

Files are stored, not compressed: pictures do not get smaller. Size and CRC stand before each file's bytes and never
behind them, although that asks for a second look at large files: stored files with a data descriptor are refused by
the readers people have (macOS's Archive Utility, Java's and .NET's streams; adr/0038). Zip64 is used where a number
does not fit otherwise, and only there.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

_LOCAL: Final = struct.Struct("<4sHHHHHIIIHH")
_CENTRAL: Final = struct.Struct("<4sHHHHHHIIIHHHHHII")
_END: Final = struct.Struct("<4sHHHHIIH")
_END64: Final = struct.Struct("<4sQHHIIQQQQ")
_LOCATOR64: Final = struct.Struct("<4sIQI")
_LOCAL_EXTRA: Final = struct.Struct("<HHQQ")

_STORED: Final = 0
_UTF8: Final = 0x0800
_PLAIN: Final = 20
_ZIP64: Final = 45
_UNIX: Final = 3 << 8
_FILE: Final = 0o100644 << 16
_FULL32: Final = 0xFFFFFFFF
_FULL16: Final = 0xFFFF


@dataclass(frozen=True, kw_only=True)
class Member:
    """A file of a zip: ``name`` with slashes, ``size`` in bytes; ``at`` is told without its zone, as zips do."""

    name: str
    size: int
    at: datetime


@dataclass
class ZipWriter:
    """Gives what stands round the files of one zip. Between two calls exactly the file's bytes are sent."""

    length: int = 0
    """How many bytes of it there are so far, in bytes, those of the files included."""
    _entries: list[tuple[Member, int, int]] = field(default_factory=list[tuple[Member, int, int]])

    def begin(self, member: Member, crc: int) -> bytes:
        """Return what stands before the bytes of ``member``, whose CRC-32 is ``crc``."""
        self._entries.append((member, crc, self.length))
        header = _before(member, crc)
        self.length += len(header) + member.size
        return header

    def end(self) -> bytes:
        """Return what stands behind all files: the directory, and where it begins."""
        start = self.length
        directory = b"".join(_listed(member, crc, offset) for member, crc, offset in self._entries)
        self.length += len(directory)
        closing = _closing(len(self._entries), start, len(directory))
        self.length += len(closing)
        return directory + closing


def length_of(members: Iterable[Member]) -> int:
    """Return how many bytes a zip of ``members`` has, before a byte of them was read."""
    writer = ZipWriter()
    for member in members:
        writer.begin(member, 0)
    writer.end()
    return writer.length


def _before(member: Member, crc: int) -> bytes:
    name, is_large = member.name.encode(), member.size >= _FULL32
    extra = _LOCAL_EXTRA.pack(1, 16, member.size, member.size) if is_large else b""
    size, version = (_FULL32, _ZIP64) if is_large else (member.size, _PLAIN)
    time, date = _dos_time(member.at)
    fixed = (b"PK\3\4", version, _UTF8, _STORED, time, date, crc, size, size, len(name), len(extra))
    return _LOCAL.pack(*fixed) + name + extra


def _listed(member: Member, crc: int, offset: int) -> bytes:
    name = member.name.encode()
    large = ([member.size] * 2 if member.size >= _FULL32 else []) + ([offset] if offset >= _FULL32 else [])
    extra = struct.pack(f"<HH{len(large)}Q", 1, 8 * len(large), *large) if large else b""
    size = min(member.size, _FULL32)
    version = _ZIP64 if large else _PLAIN
    time, date = _dos_time(member.at)
    fixed = (b"PK\1\2", _UNIX | version, version, _UTF8, _STORED, time, date, crc, size, size)
    return _CENTRAL.pack(*fixed, len(name), len(extra), 0, 0, 0, _FILE, min(offset, _FULL32)) + name + extra


def _closing(count: int, start: int, size: int) -> bytes:
    last = _END.pack(b"PK\5\6", 0, 0, *(min(count, _FULL16),) * 2, min(size, _FULL32), min(start, _FULL32), 0)
    if count < _FULL16 and size < _FULL32 and start < _FULL32:
        return last
    wide = _END64.pack(b"PK\6\6", _END64.size - 12, _UNIX | _ZIP64, _ZIP64, 0, 0, count, count, size, start)
    return wide + _LOCATOR64.pack(b"PK\6\7", 0, start + size, 1) + last


def _dos_time(at: datetime) -> tuple[int, int]:
    """Return time and date in DOS's form, which knows the years 1980 to 2107, and even seconds."""
    if not 1980 <= at.year <= 2107:
        return 0, 1 << 5 | 1
    return at.hour << 11 | at.minute << 5 | at.second // 2, (at.year - 1980) << 9 | at.month << 5 | at.day
