"""Whether a scanner still is as its profile says: a settings bar code, scanned by mistake, changes it in silence.

A scanner that was reset goes on reading and beeping, while its codes come without an ending, without AIM IDs, or in
another language. Each code alone may be a mishap; three in a row, with none as before between them, are a doubt to be
told to staff.
"""

from typing import Final

from hardware.scanner.framing import Frame, FramingCounts

DOUBTS_AFTER: Final = 3

NO_ENDING = "its codes come without the ending this profile expects: was it reset by a settings bar code?"
NO_PACKETS = "it sends what this profile cannot read: was it reset by a settings bar code?"
NO_AIM = "its codes no longer come with AIM IDs: was it reset by a settings bar code?"


class Doubts:
    """Counts what is unlike before; :attr:`words` is empty while nothing is doubted."""

    def __init__(self) -> None:
        self._before = FramingCounts()
        self._unlike = {NO_ENDING: 0, NO_PACKETS: 0, NO_AIM: 0}
        self._has_sent_aim = False

    @property
    def words(self) -> str:
        """Return the doubt in words a shop can act on."""
        return next((words for words, times in self._unlike.items() if times >= DOUBTS_AFTER), "")

    def note(self, frames: list[Frame], counts: FramingCounts) -> None:
        """Take note of what one delivery brought, by its last code, and of what was dropped."""
        if frames and frames[-1].data.isascii():
            has_aim = frames[-1].data.startswith(b"]")
            self._has_sent_aim |= has_aim
            self._unlike[NO_AIM] = 0 if has_aim else self._unlike[NO_AIM] + self._has_sent_aim
            self._unlike[NO_ENDING] = self._unlike[NO_PACKETS] = 0
        elif counts.broken > self._before.broken:
            self._unlike[NO_PACKETS] += 1
        else:
            self._unlike[NO_ENDING] += counts.unfinished > self._before.unfinished
        self._before = counts
