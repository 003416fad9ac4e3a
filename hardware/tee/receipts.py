"""Finds where a receipt ends in what a till sends its printer. No port, no clock.

A receipt ends at a cut (GS V, ESC i, ESC m), or, on a printer without a cutter, after so many line feeds. What looks
like a cut inside a picture or a parameter is none: commands are read with their lengths. After a command that no manual
here explains the place can no longer be trusted: ends are still told, and none of them is sure before the till begins
anew with ESC @.
"""

import re
import struct
from dataclasses import dataclass
from typing import Final

from hardware.tee.escpos_lengths import MORE, MOST_HEAD, UNKNOWN, length_of

_LEADS: Final = re.compile(rb"[\x10\x1b\x1c\x1d]")
MOST_TEXT: Final = 2048
_STATE: Final = struct.Struct(f"<QQIBB{MOST_HEAD}s")
STATE_BYTES: Final = _STATE.size


@dataclass(frozen=True, kw_only=True)
class ReceiptEnd:
    """``at`` is the place in the stream, of its cut's first byte; or behind its last line feed.

    ``is_sure``: all that came before was understood. ``feeds``: the cut brings the paper to the cutter by itself.
    ``text`` is the end of what was printed in letters, as it came.
    """

    at: int
    is_sure: bool
    feeds: bool
    text: bytes = b""


class ReceiptFinder:
    """Bytes in, ends out; any split of the same bytes gives the same ends.

    ``line_feeds``: so many in a row, without a cut, end a receipt too; 0: only cuts do. ``at`` is the place in the
    stream at which it begins to read.
    """

    def __init__(self, *, line_feeds: int = 0, at: int = 0) -> None:
        self._line_feeds = line_feeds
        self._head = bytearray()
        self._skip = 0
        self._to_nul = False
        self._at = at
        self._has_printed = False
        self._is_sure = True
        self._feeds = 0
        self._text = bytearray()

    @property
    def holds_from(self) -> int | None:
        """Return the place of a command that has begun and may become a cut; None if none has."""
        may_cut = bytes(self._head[:2]) in (b"\x1b", b"\x1d", b"\x1dV")
        return self._at - len(self._head) if may_cut else None

    def state(self) -> bytes:
        """Return where it stands, in STATE_BYTES bytes; without the text."""
        flags = self._to_nul | self._has_printed << 1 | self._is_sure << 2
        return _STATE.pack(self._at, self._skip, self._feeds, flags, len(self._head), bytes(self._head))

    @classmethod
    def resumed(cls, state: bytes, *, line_feeds: int) -> "tuple[ReceiptFinder, int]":
        """Return a finder that reads on from ``state``, and the place in the stream from which it does."""
        at, skip, feeds, flags, length, head = _STATE.unpack(state)
        finder = cls(line_feeds=line_feeds, at=at)
        finder._skip, finder._feeds = skip, feeds
        finder._to_nul, finder._has_printed, finder._is_sure = bool(flags & 1), bool(flags & 2), bool(flags & 4)
        finder._head += head[:length]
        return finder, at

    def feed(self, came: bytes) -> list[ReceiptEnd]:
        """Return the receipts that end in ``came``."""
        ends: list[ReceiptEnd] = []
        at = 0
        while at < len(came):
            if self._skip:
                step = min(self._skip, len(came) - at)
                self._skip -= step
            elif self._to_nul:
                nul = came.find(b"\0", at)
                step = (len(came) if nul < 0 else nul + 1) - at
                self._to_nul = nul < 0
            elif self._head:
                step = 1
                self._head.append(came[at])
            else:
                lead = _LEADS.search(came, at)
                step = (lead.start() if lead else len(came)) - at
                ends += self._print(came[at : at + step])
                if lead:
                    step += 1
                    self._head += lead[0]
            at += step
            self._at += step
            if self._head:
                ends += self._command()
        return ends

    def _print(self, text: bytes) -> list[ReceiptEnd]:
        """Take in letters and line feeds."""
        self._text = (self._text + text)[-MOST_TEXT:]
        ends: list[ReceiptEnd] = []
        for nr, byte in enumerate(text if self._line_feeds else b"", start=1):
            if byte == 0x0A:
                self._feeds += 1
                if self._feeds == self._line_feeds:
                    ends += self._end(self._at + nr, feeds=False)
            elif byte > 0x20:
                self._feeds = 0
                self._has_printed = True
        if text.strip():
            self._has_printed = self._has_printed or not self._line_feeds
        return ends

    def _command(self) -> list[ReceiptEnd]:
        """Take in a command as far as its head is here."""
        head = bytes(self._head)
        length = length_of(head)
        if length is MORE and len(head) < MOST_HEAD:
            return []
        begins_at = self._at - len(head)
        if length is MORE or length == UNKNOWN:
            self._is_sure = False
            self._head.clear()
            return []
        if length < 0:
            self._head.clear()
            self._to_nul = head[-length - 1 :].find(b"\0") < 0
            return []
        if length > len(head) and head[:2] == b"\x1dV":
            return []
        self._skip = length - len(head)
        self._head.clear()
        self._is_sure = self._is_sure or head == b"\x1b@"
        self._note_printing(head, length)
        if head[:2] in (b"\x1bi", b"\x1bm") or head[:2] == b"\x1dV":
            return self._end(begins_at, feeds=head[:2] == b"\x1dV" and length == 4)
        return []

    def _note_printing(self, head: bytes, length: int) -> None:
        if head[:2] in (b"\x1dv", b"\x1b*", b"\x1d(", b"\x1d8", b"\x1dk", b"\x1d/") and length > 4:
            self._has_printed, self._feeds = True, 0

    def _end(self, at: int, *, feeds: bool) -> list[ReceiptEnd]:
        if not self._has_printed:
            return []
        ended = ReceiptEnd(at=at, is_sure=self._is_sure, feeds=feeds, text=bytes(self._text))
        self._has_printed, self._feeds = False, 0
        self._text.clear()
        return [ended]
