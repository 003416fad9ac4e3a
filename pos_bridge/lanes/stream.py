"""One lane's copied bytes, put back in order and cut into frames.

Copies bear their place in the stream, so what comes twice counts once, and what is missing is seen: then all up to the
next end of a scan is dropped, for half a code must never pass for a whole one. A frame's name is the place where it
ended, which no other way of cutting the same bytes into copies changes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hardware.scanner.debounce import Debounce
from hardware.scanner.framing import Frame
from hardware.scanner.profile import ScannerProfile
from hardware.tee.copies import Copy
from photocore.errors import SettingsError

_PIECES = re.compile(rb"[^\r\n\t\x02\x03]*[\r\n\t\x02\x03]?")


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One frame, and its name: epoch of the tee and place of its end."""

    name: str
    frame: Frame


@dataclass(frozen=True, kw_only=True)
class Missed:
    """Bytes that were not heard; None if it cannot be known how many: the tee began anew."""

    count: int | None


class LaneStream:
    """Bytes of one lane's scanner; ``at`` and ``now`` are monotonic seconds of this machine. For one thread.

    It listens only: what its dialogue would say to the scanner is the till's to say.

    Raises:
        SettingsError: a scanner that is a keyboard sends no bytes that could be copied.
    """

    def __init__(self, profile: ScannerProfile) -> None:
        if profile.protocol == "hid":
            raise SettingsError(f"{profile.name}: a scanner that is a keyboard cannot be teed")
        self._profile = profile
        self._dialogue = profile.dialogue()
        self._debounce = Debounce(profile.repeat_window_ms / 1000)
        self._epoch: int | None = None
        self._next = 0
        self._whole = 0

    @property
    def whole_until(self) -> tuple[int, int] | None:
        """Return the epoch, and the place before which everything was told; behind it a scan may be half there."""
        return None if self._epoch is None else (self._epoch, self._whole)

    def take(self, copy: Copy) -> list[Heard | Missed]:
        """Return what a copy brings, in order; repeats of a code within a moment are left out."""
        told: list[Heard | Missed] = []
        if copy.epoch != self._epoch:
            is_first, self._epoch, self._next, self._whole = self._epoch is None, copy.epoch, copy.offset, 0
            self._rejoin(copy.at, is_whole=copy.is_fresh or copy.offset == 0)
            told += [] if is_first else [Missed(count=None)]
        elif copy.offset > self._next:
            told.append(Missed(count=copy.offset - self._next))
            self._rejoin(copy.at, is_whole=copy.is_fresh)
        rest = copy.after(self._next)
        if rest is None:
            return told
        told += self.silence(copy.at)
        self._next = rest.offset
        for piece in self._pieces(rest.payload):
            self._next += len(piece)
            told += self._named(self._dialogue.feed(piece, copy.at), is_heard=copy.is_heard)
            self._dialogue.outgoing(copy.at)
            self._mark_whole()
        return told

    def silence(self, now: float) -> list[Heard]:
        """Conclude from a line that was quiet until ``now``."""
        frames = self._dialogue.silence(now)
        self._dialogue.outgoing(now)
        self._mark_whole()
        return self._named(frames)

    def due(self) -> float | None:
        """Return when silence begins to mean something."""
        return self._dialogue.due()

    def _mark_whole(self) -> None:
        """Note the place, if no scan is open there and none is being dropped."""
        if self._dialogue.due() is None:
            self._whole = self._next

    def _rejoin(self, at: float, *, is_whole: bool) -> None:
        self._dialogue.join(at)
        if is_whole:
            self._dialogue.settle()
        self._dialogue.outgoing(at)

    def _pieces(self, payload: bytes) -> Iterator[bytes]:
        """Cut so that no piece ends two frames, wherever copies begin and end."""
        if self._profile.protocol == "ssi":
            return (payload[at : at + 1] for at in range(len(payload)))
        return (piece for piece in _PIECES.findall(payload) if piece)

    def _named(self, frames: list[Frame], *, is_heard: bool = True) -> list[Heard]:
        """Name frames. What no till heard is no reason to leave out its repeat, which one did."""
        if not frames:  # before the first copy there is no epoch to name any after
            return []
        judged = [self._debounce.judge(frame) for frame in frames] if is_heard else frames
        name = f"{self._epoch:016x}-{self._next}"
        return [
            Heard(name=name if nr == 0 else f"{name}-{nr}", frame=frame)
            for nr, frame in enumerate(judged)
            if not frame.repeated
        ]
