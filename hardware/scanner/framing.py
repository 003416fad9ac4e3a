"""From a scanner's bytes to frames: where one scan ends and the next begins. No port, no clock, no thread.

A frame is what stands between two ends, raw: GS and every other byte stay in, for ``photocore`` to judge. Only
NUL is dropped, which some scanners pad with. The framer never guesses: what never got its end is dropped whole and
counted, and the next frame is read clean. What grew too long is told once, at once, as a frame that is one byte too
long: whoever reads it must refuse it, so that a person hears of it; the rest is dropped. It never holds more than
``longest_bytes``.
"""

import re
from typing import Final, Literal

import msgspec

from photocore.symbology import MAX_FRAME_BYTES

End = Literal["cr", "lf", "crlf", "tab", "etx", "stx_etx", "gap"]

STX: Final = b"\x02"

# CR, LF and CRLF scanners are all read alike: an empty frame is no frame, so CRLF ends one frame and not two, and a
# megabyte of ends is one end.
_MARKS: Final[dict[End, re.Pattern[bytes]]] = {
    "cr": re.compile(rb"([\r\n])[\r\n]*"),
    "lf": re.compile(rb"([\r\n])[\r\n]*"),
    "crlf": re.compile(rb"([\r\n])[\r\n]*"),
    "tab": re.compile(rb"(\t)\t*"),
    "etx": re.compile(rb"(\x03)\x03*"),
    "stx_etx": re.compile(rb"([\x02\x03])"),
    "gap": re.compile(rb"(\Z\A.)"),  # never: only silence ends such a frame
}


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """One scan as it came off the line, without its end. ``at`` is the monotonic second of its last byte."""

    data: bytes
    at: float
    repeated: bool = False
    """The same code was seen a moment ago, see :class:`hardware.scanner.Debounce`."""


class FramingCounts(msgspec.Struct, frozen=True, kw_only=True):
    """What did not come through, for diagnostics: a scanner with a wrong suffix or baud rate shows here.

    Of an overlong frame all its bytes count as dropped, also those that were told to be refused. The last three are of
    scanners that speak in packets: ``broken`` ones we had sent again, ``resent`` ones that came twice and were told
    as repeated, and what we sent that no scanner took (``unconfirmed``).
    """

    overlong: int = 0
    unfinished: int = 0
    dropped_bytes: int = 0
    nulls: int = 0
    broken: int = 0
    resent: int = 0
    unconfirmed: int = 0


class Framer:
    """Cuts a byte stream into frames.

    ``end`` says what ends a frame; ``gap`` stands for scanners that send no suffix: ``gap_s`` of silence ends it.
    With any other end, ``stale_s`` of silence in mid-frame means that the end was lost: the rest is dropped, so that
    it is not glued to the next scan.

    :meth:`feed` never judges silence by ``now``: only a driver that waited and got nothing knows that the line
    was quiet, and not merely its own thread held up. It then calls :meth:`silence`.
    """

    def __init__(
        self, *, end: End = "crlf", gap_s: float = 0.05, stale_s: float = 1.0, longest_bytes: int = MAX_FRAME_BYTES
    ) -> None:
        self._end = end
        self._marks = _MARKS[end]
        self._gap_s = gap_s
        self._stale_s = gap_s if end == "gap" else stale_s
        self._longest_bytes = longest_bytes
        self._held = bytearray()
        self._is_plain = self._is_open = end != "stx_etx"
        self._is_dropping = False
        self._patience_s = self._stale_s
        self._last_at = 0.0
        self._overlong = self._unfinished = self._dropped_bytes = self._nulls = 0

    @property
    def held_bytes(self) -> int:
        """Return how much of an unfinished frame is in memory; never above ``longest_bytes``."""
        return len(self._held)

    @property
    def counts(self) -> FramingCounts:
        """Return what was dropped since the framer was made."""
        return FramingCounts(
            overlong=self._overlong,
            unfinished=self._unfinished,
            dropped_bytes=self._dropped_bytes,
            nulls=self._nulls,
        )

    def feed(self, delivery: bytes, now: float) -> list[Frame]:
        """Take in what came off the line at ``now`` (monotonic seconds); return the frames it ended."""
        self._last_at = now
        stream = delivery.replace(b"\0", b"")
        self._nulls += len(delivery) - len(stream)
        frames: list[Frame] = []
        # re.split with one group: text, mark, text, mark, ..., text.
        parts = self._marks.split(stream)
        for text, mark in zip(parts[::2], [*parts[1::2], b""], strict=True):
            if (
                mark
                and self._is_plain
                and not self._held
                and not self._is_dropping
                and len(text) <= self._longest_bytes
            ):
                if text:  # a whole scan, as nearly every one comes
                    frames.append(Frame(data=text, at=now))
                continue
            frames += self._take(text, now)
            if mark:
                frames += self._mark(mark, now)
        return frames

    def due(self) -> float | None:
        """Return the monotonic second at which silence begins to mean something; None: it means nothing now."""
        return self._last_at + self._patience_s if self._held or self._is_dropping else None

    def silence(self, now: float) -> list[Frame]:
        """Conclude from a line that was quiet until ``now``; nothing happens before :meth:`due`."""
        due = self.due()
        if due is None or now < due:
            return []
        if self._end == "gap" and not self._is_dropping:
            return self._finish(self._last_at)
        self._unfinished += bool(self._held)
        self._forget()
        return []

    def join(self, now: float) -> None:
        """Start over on a line that may be in mid-frame: drop all up to the next end, or a gap of silence."""
        self._unfinished += bool(self._held)
        self._forget()
        self._last_at = now
        self._is_dropping = self._end != "stx_etx"
        self._patience_s = self._gap_s

    def settle(self) -> None:
        """End what :meth:`join` began: the line was found quiet, so what comes next is the start of a scan."""
        if self._is_dropping:
            self._forget()

    def _take(self, text: bytes, now: float) -> list[Frame]:
        if self._is_dropping:
            self._dropped_bytes += len(text)
        elif not self._is_open:
            self._dropped_bytes += len(text.translate(None, b"\r\n"))  # a line end behind an ETX is no loss
        elif len(self._held) + len(text) > self._longest_bytes:
            return [self._give_up(text, now)]
        else:
            self._held += text
        return []

    def _give_up(self, text: bytes, now: float) -> Frame:
        """Tell a frame that grew too long, cut one byte above the limit; what else comes of it is dropped."""
        told = bytes(self._held) + text[: self._longest_bytes + 1 - len(self._held)]
        self._overlong += 1
        self._dropped_bytes += len(text)
        self._forget()
        self._is_dropping = True
        return Frame(data=told, at=now)

    def _mark(self, mark: bytes, now: float) -> list[Frame]:
        if mark != STX:
            return self._finish(now)
        self._unfinished += bool(self._held)
        self._forget()
        self._is_open = True
        return []

    def _finish(self, at: float) -> list[Frame]:
        held = bytes(self._held)
        self._held.clear()
        self._forget()
        return [Frame(data=held, at=at)] if held else []

    def _forget(self) -> None:
        self._dropped_bytes += len(self._held)
        self._held.clear()
        self._is_open = self._end != "stx_etx"
        self._is_dropping = False
        self._patience_s = self._stale_s
