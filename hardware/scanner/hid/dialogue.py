"""A scanner that is a keyboard, as every scanner's dialogue is: bytes of input events in, frames out, nothing back.

No answer can be given: a keyboard takes no bytes, and its lamps (Caps Lock, Num Lock) are no beep. Such a scanner beeps
by itself at every read, so good and refused stand on the screen alone.
"""

from typing import Final

from hardware.input_events.codes import EV_SYN, SYN_DROPPED
from hardware.input_events.decoder import Decoder, InputEvent
from hardware.scanner.framing import Frame, Framer, FramingCounts
from hardware.scanner.hid.keymap import Keymap
from hardware.scanner.hid.typist import Typist

DROPPED: Final = InputEvent(kind=EV_SYN, code=SYN_DROPPED, value=0)


class HidDialogue:
    """A :class:`hardware.scanner.dialogue.Dialogue` over the kernel's input events.

    Where the kernel threw events away, all up to the next end is dropped: half a code must never pass for a whole one.
    """

    def __init__(self, keymap: Keymap, framer: Framer) -> None:
        self._typist = Typist(keymap)
        self._framer = framer
        self._decoder = Decoder()

    @property
    def counts(self) -> FramingCounts:
        """Return what was dropped since it was made."""
        return self._framer.counts

    def feed(self, delivery: bytes, now: float) -> list[Frame]:
        """Take in what the device delivered at ``now`` (monotonic seconds); return the frames it ended."""
        frames: list[Frame] = []
        held: list[InputEvent] = []
        for event in self._decoder.feed(delivery):
            if event == DROPPED:
                frames += self._framer.feed(self._typist.read(held), now)
                held.clear()
                self._start_over(now)
            else:
                held.append(event)
        return frames + self._framer.feed(self._typist.read(held), now)

    def due(self) -> float | None:
        """Return the monotonic second at which silence begins to mean something; None: it means nothing now."""
        return self._framer.due()

    def silence(self, now: float) -> list[Frame]:
        """Conclude from a keyboard that was quiet until ``now``."""
        return self._framer.silence(now)

    def join(self, now: float) -> None:
        """Start over on a device that was just opened, and may be in mid-scan."""
        self._decoder = Decoder()
        self._start_over(now)

    def settle(self) -> None:
        """End what :meth:`join` began: the device was found quiet."""
        self._framer.settle()

    def outgoing(self, now: float) -> bytes:
        """Return nothing: no bytes go to a keyboard."""
        del now
        return b""

    def answer(self, *, ok: bool, now: float) -> bool:
        """Leave the answer to the screen: a keyboard cannot be told."""
        del ok, now
        return False

    def _start_over(self, now: float) -> None:
        self._typist.forget()
        self._framer.join(now)
