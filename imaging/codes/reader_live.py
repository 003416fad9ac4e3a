"""Codes before a live camera: each told once, when it can be believed.

Every frame is glanced at, every fifth looked at. A square code corrects its own errors and is believed at once; a
linear one must be read alike in two frames (research/hardware.md 4: the wrong texts were all linear). A code that
stays in view is told once, and again only after it was gone for a while.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from imaging.codes.contexts import Context
from imaging.codes.found import Found
from imaging.codes.reader import Effort, read_codes
from photocore.aim import Symbology
from photocore.meanings import TWO_DIMENSIONAL

LOOK_EVERY: Final = 5
AGREE_WITHIN: Final = 15
"""Frames: half a second; a slanting code is seen by every fifth only."""
GONE_AFTER: Final = 45

_Code = tuple[Symbology, str]


@dataclass
class LiveReader:
    """What is in view. It counts frames and knows no clock."""

    looking_for: Context = Context.ANY
    frames: int = 0
    _seen: dict[_Code, int] = field(default_factory=dict[_Code, int])
    """The last frame each code was read in."""
    _told: set[_Code] = field(default_factory=set[_Code])

    def read(self, frame: NDArray[np.uint8]) -> tuple[Found, ...]:
        """Return the codes that can be believed from this frame on and were not told yet.

        Raises:
            PictureRefused: as :func:`~imaging.codes.reader.read_codes`.
        """
        effort = Effort.GLANCE if self.frames % LOOK_EVERY else Effort.LOOK
        found = read_codes(frame, self.looking_for, effort=effort, at=self.frames)
        news = self.take(found)
        self.frames += 1
        return news

    def take(self, found: tuple[Found, ...]) -> tuple[Found, ...]:
        """Return what of this frame's readings is news."""
        self._forget()
        return tuple(each for each in found if self._is_news(each))

    def _is_news(self, found: Found) -> bool:
        code = (found.symbology, found.text)
        before = self._seen.get(code)
        self._seen[code] = self.frames
        agrees = before is not None and 0 < self.frames - before <= AGREE_WITHIN
        if code in self._told or not (found.symbology in TWO_DIMENSIONAL or agrees):
            return False
        self._told.add(code)
        return True

    def _forget(self) -> None:
        gone = [code for code, last in self._seen.items() if self.frames - last > GONE_AFTER]
        for code in gone:
            del self._seen[code]
            self._told.discard(code)
