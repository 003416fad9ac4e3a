"""The same code seen twice in a moment is one scan, told as repeated."""

from collections import OrderedDict
from typing import Final

from msgspec import structs

from hardware.scanner.framing import Frame

REMEMBERED_CODES: Final = 32


class Debounce:
    """Marks frames whose code was last seen less than ``window_s`` ago.

    The window slides: a code held under a presentation scanner stays one scan for as long as it lies there. A repeated
    frame is still told, because the screen says "seen again" rather than seeming dead. No code is kept, only Python's
    hash of it, whose key is the process's: a code may be a shopper's card.
    """

    def __init__(self, window_s: float = 0.8) -> None:
        self._window_s = window_s
        self._seen_at: OrderedDict[int, float] = OrderedDict()
        self._last = 0

    def judge(self, frame: Frame) -> Frame:
        """Return ``frame``, marked if it repeats."""
        self._last = code = hash(frame.data)
        seen_at = self._seen_at.pop(code, None)
        self._seen_at[code] = frame.at
        if len(self._seen_at) > REMEMBERED_CODES:
            self._seen_at.popitem(last=False)
        repeats = seen_at is not None and frame.at - seen_at < self._window_s
        return structs.replace(frame, repeated=True) if repeats else frame

    def forget_last(self) -> None:
        """Let the next sight of the last code count as a first one: its scanner was asked to send it again."""
        self._seen_at.pop(self._last, None)
