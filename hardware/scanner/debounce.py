"""The same code seen twice in a moment is one scan, told as repeated."""

from collections import OrderedDict
from dataclasses import replace
from typing import Final

from hardware.scanner.framing import Frame

REMEMBERED_CODES: Final = 32


class Debounce:
    """Marks frames whose code was last seen less than ``window_s`` ago.

    The window slides: a code held under a presentation scanner stays one scan for as long as it lies there. A repeated
    frame is still told, because the screen says "seen again" rather than seeming dead.
    """

    def __init__(self, window_s: float = 0.8) -> None:
        self._window_s = window_s
        self._seen_at: OrderedDict[bytes, float] = OrderedDict()

    def judge(self, frame: Frame) -> Frame:
        """Return ``frame``, marked if it repeats."""
        seen_at = self._seen_at.pop(frame.data, None)
        self._seen_at[frame.data] = frame.at
        if len(self._seen_at) > REMEMBERED_CODES:
            self._seen_at.popitem(last=False)
        repeats = seen_at is not None and frame.at - seen_at < self._window_s
        return replace(frame, repeated=True) if repeats else frame

    def forget(self, code: bytes) -> None:
        """Let the next sight of ``code`` count as a first one: its scanner was asked to send it again."""
        self._seen_at.pop(code, None)
