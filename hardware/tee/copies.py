"""What a tee or a tap tells the bridge, as datagrams, and what the bridge answers. Pure.

A copy carries its place in the stream: how many bytes of this tee's life (``epoch``) went before it. So whoever listens
sees what it missed, and drops what it hears twice.
"""

import struct
from dataclasses import dataclass, field
from typing import Final

from hardware.errors import HardwareError

MAGIC: Final = b"TCT1"
MOST_COPY_BYTES: Final = 4096
MOST_BLOCK_BYTES: Final = 98_304
MOST_LANE_BYTES: Final = 32
MOST_MARK_BYTES: Final = 64
NONCE_BYTES: Final = 8

_HEAD: Final = struct.Struct("<4sBBBxQQQ")
_COPY, _ENDED, _BLOCK, _UNDER_WAY, _KEPT, _ASKED = 1, 2, 3, 4, 5, 6
_IS_HEARD: Final = 1
_WANTS_BLOCK: Final = 2
_IS_FRESH: Final = 4


class CopyWrong(HardwareError):
    """A datagram that no tee of ours made."""


@dataclass(frozen=True, kw_only=True)
class Copy:
    """Bytes that went from a scanner to its till.

    ``offset`` is the place of the first one in the stream; ``at`` the monotonic second of this machine at which they
    came in. ``is_heard`` is false if no till had its side of the line open: they then went nowhere else.
    ``is_fresh``: the line was quiet before, or the listener has kept what ended there, so they are the beginning of
    something.
    """

    lane: str
    epoch: int
    offset: int
    at: float
    payload: bytes = field(repr=False)
    is_heard: bool = True
    is_fresh: bool = False

    def encode(self) -> bytes:
        """Return the datagram."""
        return _head(_COPY, _IS_HEARD * self.is_heard | _IS_FRESH * self.is_fresh, self) + self.payload

    def after(self, offset: int) -> "Copy | None":
        """Return what of it lies at or behind ``offset``, None if nothing does."""
        skip = offset - self.offset
        if skip <= 0:
            return self
        if skip >= len(self.payload):
            return None
        return Copy(
            lane=self.lane,
            epoch=self.epoch,
            offset=self.offset + skip,
            at=self.at,
            payload=self.payload[skip:],
            is_heard=self.is_heard,
        )


@dataclass(frozen=True, kw_only=True)
class ReceiptEnded:
    """A till's receipt came to its end. ``offset`` counts this tap's receipts, from 1.

    ``mark`` is what the tap was told to look for in its text, such as the basket's number. ``wants_block``: the tap
    waits, for a moment, for a block to print above the cut; the answer bears the ``nonce``.
    """

    lane: str
    epoch: int
    offset: int
    at: float
    wants_block: bool = False
    mark: str = ""
    nonce: bytes = b"\0" * NONCE_BYTES

    def encode(self) -> bytes:
        """Return the datagram."""
        return _head(_ENDED, _WANTS_BLOCK * self.wants_block, self) + self.nonce + self.mark.encode()[:MOST_MARK_BYTES]


@dataclass(frozen=True, kw_only=True)
class UnderWay:
    """``offset`` of a tap's receipts have ended, the last, or this tap's beginning, at ``at``; the next is under way.

    Told again and again, for a bridge that has just begun.
    """

    lane: str
    epoch: int
    offset: int
    at: float

    def encode(self) -> bytes:
        """Return the datagram."""
        return _head(_UNDER_WAY, 0, self)


@dataclass(frozen=True, kw_only=True)
class Kept:
    """The bridge's answer: all of this stream before ``offset`` is written down, and no scan is open there."""

    lane: str
    epoch: int
    offset: int
    at: float = 0.0

    def encode(self) -> bytes:
        """Return the datagram."""
        return _head(_KEPT, 0, self)


@dataclass(frozen=True, kw_only=True)
class KeptAsked:
    """The tee has told all before ``offset`` and asks how much of it is kept: a bridge that died takes no question."""

    lane: str
    epoch: int
    offset: int
    at: float = 0.0

    def encode(self) -> bytes:
        """Return the datagram."""
        return _head(_ASKED, 0, self)


@dataclass(frozen=True, kw_only=True)
class Block:
    """ESC/POS bytes to print above the cut; empty for none."""

    nonce: bytes
    payload: bytes = field(repr=False)

    def encode(self) -> bytes:
        """Return the datagram."""
        return MAGIC + bytes((_BLOCK,)) + self.nonce + self.payload


Told = Copy | ReceiptEnded | UnderWay | Block | Kept | KeptAsked
"""All that goes between a tee or a tap and the bridge."""


def decode(datagram: bytes) -> Told:
    """Return what a datagram says.

    Raises:
        CopyWrong: none of ours, or broken.
    """
    if datagram[:5] == MAGIC + bytes((_BLOCK,)) and len(datagram) >= 5 + NONCE_BYTES:
        return Block(nonce=datagram[5 : 5 + NONCE_BYTES], payload=datagram[5 + NONCE_BYTES :])
    try:
        magic, kind, flags, lane_length, epoch, offset, at_ns = _HEAD.unpack_from(datagram)
        lane = datagram[_HEAD.size : _HEAD.size + lane_length].decode("ascii")
        rest = datagram[_HEAD.size + lane_length :]
        if magic == MAGIC and kind == _COPY and rest:
            return Copy(
                lane=lane,
                epoch=epoch,
                offset=offset,
                at=at_ns / 1e9,
                payload=rest,
                is_heard=bool(flags & _IS_HEARD),
                is_fresh=bool(flags & _IS_FRESH),
            )
        if magic == MAGIC and kind == _ENDED and len(rest) >= NONCE_BYTES:
            return ReceiptEnded(
                lane=lane,
                epoch=epoch,
                offset=offset,
                at=at_ns / 1e9,
                wants_block=bool(flags & _WANTS_BLOCK),
                nonce=rest[:NONCE_BYTES],
                mark=rest[NONCE_BYTES:].decode(),
            )
        if magic == MAGIC and kind in (_KEPT, _ASKED) and not rest:
            return (Kept if kind == _KEPT else KeptAsked)(lane=lane, epoch=epoch, offset=offset, at=at_ns / 1e9)
        if magic == MAGIC and kind == _UNDER_WAY:
            return UnderWay(lane=lane, epoch=epoch, offset=offset, at=at_ns / 1e9)
    except (struct.error, UnicodeDecodeError) as cause:
        raise CopyWrong(f"a datagram of {len(datagram)} bytes is none of a tee") from cause
    raise CopyWrong(f"a datagram of {len(datagram)} bytes is none of a tee")


def _head(kind: int, flags: int, told: Copy | ReceiptEnded | UnderWay | Kept | KeptAsked) -> bytes:
    lane = told.lane.encode("ascii")[:MOST_LANE_BYTES]
    return _HEAD.pack(MAGIC, kind, flags, len(lane), told.epoch, told.offset, round(told.at * 1e9)) + lane
