"""Says sentences, one after another, on a thread of its own; what is newer takes the place of what is older.

Speech is never needed for the kiosk to work: an engine that is not there, hangs or is killed, a sound card that is
pulled out, are one line in the log and a word on the devices page, and the next sentence tries again.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import structlog

from kiosk.errors import VoiceDown
from kiosk.speech.engine import Engine, Sound
from kiosk.speech.sinks import Line, Sink

SLICE_S: Final = 0.05
"""Sound is handed on in slices; between two of them speech can be cut off."""
GAINS: Final = (0.10, 0.22, 0.42, 0.70, 1.0)
"""Loudness by volume, 1 to 5: about 6 dB a step, as the ear counts."""


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """Something to say. One that ``is_countdown`` is no sign that anybody is there."""

    text: str
    language: str
    volume: int
    is_countdown: bool = False


class Voice:
    """A voice that can be cut off. ``on_spoke`` is called on its thread after each sentence that was heard out."""

    def __init__(
        self,
        engine: Engine,
        sink: Sink,
        on_spoke: Callable[[], object] = lambda: None,
        *,
        log: Any = None,  # noqa: ANN401  structlog's loggers share no useful type
    ) -> None:
        self._engine = engine
        self._sink = sink
        self._on_spoke = on_spoke
        self._log = log or structlog.get_logger().bind(room="kiosk")
        self._waiting: deque[Sentence] = deque()
        self._told = threading.Condition()
        self._cuts = 0
        self._line: Line | None = None
        self._is_stopping = False
        self._is_busy = False
        self._failed = 0
        self.why_down = ""
        """What is wrong, in words for staff; empty while it speaks, or has not been asked to."""
        self._thread = threading.Thread(target=self._run, name="kiosk voice", daemon=True)

    def start(self) -> None:
        """Begin to work. Once only."""
        self._thread.start()

    def speaks(self, language: str) -> bool:
        """Say whether there is a voice for ``language``."""
        return self._engine.speaks(language)

    def say(self, *sentences: Sentence, cuts_in: bool = True) -> None:
        """Say ``sentences``: at once, or after what is being said. For any thread."""
        with self._told:
            if cuts_in:
                self._cut()
            self._waiting.extend(sentences)
            self._told.notify_all()

    def hush(self) -> None:
        """Be silent at once, and forget what was still to be said. For any thread."""
        with self._told:
            self._cut()
            self._told.notify_all()

    def stop(self, timeout_s: float = 5.0) -> None:
        """Be silent and end."""
        with self._told:
            self._is_stopping = True
            self._cut()
            self._told.notify_all()
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def wait_until_silent(self, timeout_s: float) -> bool:
        """Wait until everything is said; say whether it is. For tests and for the demo."""
        with self._told:
            return self._told.wait_for(lambda: not self._waiting and not self._is_busy, timeout_s)

    def _cut(self) -> None:
        """Break off what is being said; called with the lock held."""
        self._cuts += 1
        self._waiting.clear()
        self._engine.break_off()
        if self._line:
            self._line.drop()

    def _run(self) -> None:
        self._engine.look()
        while (next_one := self._take()) is not None:
            sentence, cuts = next_one
            try:
                self._speak(sentence, cuts)
                self._note_return()
            except VoiceDown as down:
                if self._is_wanted(cuts):  # what was killed because nobody wants it any more is no fault
                    self._note_outage(str(down))
            except Exception as fault:  # noqa: BLE001  the device supervisor: a fault of ours must not end the voice
                self._note_outage(f"a fault of the program: {fault!r}")
            finally:
                del sentence, next_one  # nothing a shopper heard stays in memory for the next one

    def _take(self) -> tuple[Sentence, int] | None:
        with self._told:
            self._is_busy = False
            self._told.notify_all()
            self._told.wait_for(lambda: self._waiting or self._is_stopping)
            if self._is_stopping:
                return None
            self._is_busy = True
            return self._waiting.popleft(), self._cuts

    def _speak(self, sentence: Sentence, cuts: int) -> None:
        sound = self._engine.render(sentence.text, sentence.language)
        if not self._is_wanted(cuts):
            return
        line = self._sink.open(sound.rate, sentence.text)
        with self._told:
            self._line = line
        try:
            for samples in slices(sound, GAINS[sentence.volume - 1]):
                if not self._is_wanted(cuts):
                    return
                line.write(samples)
            line.drain()
        finally:
            with self._told:
                self._line = None
            line.close()
        if self._is_wanted(cuts) and not sentence.is_countdown:
            self._on_spoke()

    def _is_wanted(self, cuts: int) -> bool:
        with self._told:
            return cuts == self._cuts

    def _note_outage(self, why: str) -> None:
        self._failed += 1
        if not self.why_down:
            self._log.warning("voice.down", why=why)
        self.why_down = why

    def _note_return(self) -> None:
        if self.why_down:
            self._log.info("voice.up", unsaid=self._failed)
        self.why_down, self._failed = "", 0


def slices(sound: Sound, gain: float) -> Iterator[bytes]:
    """Yield a sound's samples, made softer, in slices of :data:`SLICE_S`."""
    samples = np.frombuffer(sound.samples, dtype="<i2")
    length = max(1, int(sound.rate * SLICE_S))
    for start in range(0, len(samples), length):
        yield (samples[start : start + length] * gain).astype("<i2").tobytes()
