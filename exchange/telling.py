"""What a person sees of an ingest: one line that moves on a terminal, plain lines elsewhere."""

import threading
from collections.abc import Sequence
from typing import Final, TextIO

from exchange.folder import Folder, Found
from exchange.ingest import THERE, Ending, Told
from exchange.offers import FrameWord, OfferAnswer
from photocore.seams import Clock

_OFTEN_S: Final = 0.1
_SHOWN: Final = 8

WORDS: Final = {
    Ending.FILED: "filed",
    Ending.HAVE: "there already",
    Ending.RIVAL: "filed beside another picture: a person must choose",
    Ending.HELD_BACK: "not sent",
    Ending.BUSY: "not sent",
    Ending.REFUSED: "refused",
    Ending.FAILED: "not sent",
}


class Silent:
    """Tells nothing: what is asked for is JSON."""

    sent_bytes = 0

    def hashed(self, picture: Found) -> None:
        """Say nothing."""

    def answered(self, answer: OfferAnswer) -> None:
        """Say nothing."""

    def moved(self, picture: Found, offset: int, sent: int) -> None:
        """Say nothing."""

    def ended(self, told: Told) -> None:
        """Say nothing."""

    def waits(self, why: str) -> None:
        """Say nothing."""

    def clear(self) -> None:
        """Take nothing away."""


class Teller:
    """A :class:`exchange.ingest.Watcher` that writes to ``out``."""

    def __init__(self, folder: Folder, clock: Clock, out: TextIO) -> None:
        self._out = out
        self._clock = clock
        self._is_live = out.isatty()
        self._turn = threading.Lock()
        self._total = len(folder.pictures)
        self._hashed = self._ended = 0
        self._began = self._drawn_at = clock.monotonic()
        self._width = 0
        self.sent_bytes = 0
        for line in plan_lines(folder):
            self._say(line)

    def hashed(self, picture: Found) -> None:
        """Show how many were read."""
        with self._turn:
            self._hashed += 1
            self._draw(f"reading {self._hashed}/{self._total}  {picture.name}")

    def answered(self, answer: OfferAnswer) -> None:
        """Say what the service needs."""
        words = [frame.word for frame in answer.frames]
        counts = {
            "to send": words.count(FrameWord.NEED)
            + sum(1 for each in answer.frames if each.word == "busy" and each.upload),
            "there already": words.count(FrameWord.HAVE),
            "where another picture is filed": words.count(FrameWord.RIVAL),
        }
        with self._turn:
            self._began = self._clock.monotonic()
            self._say(", ".join(f"{count} {what}" for what, count in counts.items() if count) or "nothing to send")

    def moved(self, picture: Found, offset: int, sent: int) -> None:
        """Show how far one picture is, and how fast all go."""
        with self._turn:
            self.sent_bytes += sent
            seconds = max(self._clock.monotonic() - self._began, 1e-6)
            share = 100 * offset // picture.size
            speed = self.sent_bytes / seconds / 1e6
            self._draw(f"{self._ended}/{self._total}  frame {picture.frame}  {share} %  {speed:.1f} MB/s")

    def ended(self, told: Told) -> None:
        """Say what became of one picture."""
        with self._turn:
            self._ended += 1
            why = f" ({told.why})" if told.why else ""
            self._say(f"{self._ended}/{self._total}  frame {told.frame}  {told.file}  {WORDS[told.ending]}{why}")

    def waits(self, why: str) -> None:
        """Say why nothing seems to happen."""
        with self._turn:
            self._say(why)

    def clear(self) -> None:
        """Take the moving line away."""
        if self._is_live and self._width:
            self._out.write("\r" + " " * self._width + "\r")
            self._out.flush()
            self._width = 0

    def _say(self, line: str) -> None:
        self.clear()
        self._out.write(line + "\n")
        self._out.flush()

    def _draw(self, line: str) -> None:
        now = self._clock.monotonic()
        if self._is_live and now - self._drawn_at >= _OFTEN_S:
            self._drawn_at = now
            shown = line[:78]
            self._out.write("\r" + shown.ljust(self._width))
            self._out.flush()
            self._width = max(self._width, len(shown))


def plan_lines(folder: Folder) -> list[str]:
    """Return what stands in a folder: each file's frame, and what is left out."""
    lines = [f"frame {each.frame}  {each.name}" for each in folder.pictures]
    if folder.left:
        more = f" and {len(folder.left) - _SHOWN} more" if len(folder.left) > _SHOWN else ""
        lines.append(f"left out: {', '.join(folder.left[:_SHOWN])}{more}")
    return lines


def closing_line(ends: Sequence[Told], sent_bytes: int, seconds: float) -> str:
    """Return the one sentence at the end; it says *all* only when all are there."""
    missing = [told for told in ends if told.ending not in THERE]
    rivals = sum(told.ending is Ending.RIVAL for told in ends)
    speed = f" {sent_bytes / 1e6:.1f} MB in {seconds:.1f} s." if sent_bytes else ""
    if missing:
        frames = ", ".join(told.frame for told in missing[:_SHOWN]) + (" .." if len(missing) > _SHOWN else "")
        return f"{len(ends) - len(missing)} of {len(ends)} pictures are there; missing: frame {frames}.{speed}"
    choose = f" Beside another picture of its frame: {rivals}. A person must choose." if rivals else ""
    all_there = "The one picture is there." if len(ends) == 1 else f"All {len(ends)} pictures are there."
    return f"{all_there}{choose}{speed}"
