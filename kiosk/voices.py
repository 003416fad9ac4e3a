"""Good or refused, said to the scanner that scanned.

Each scanner is answered from a thread of its own: a deaf one must hold up neither the screen, nor the desk, nor the
beep of another.
"""

import queue
import threading
from collections.abc import Callable, Mapping

from kiosk.ports import Answering


class ScannerVoice:
    """Answers one scanner."""

    def __init__(self, scanner: Answering) -> None:
        self._scanner = scanner
        self._queue: queue.SimpleQueue[bool | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="kiosk scanner voice", daemon=True)

    def start(self) -> None:
        """Begin to answer. Once only."""
        self._thread.start()

    def say(self, *, is_good: bool) -> None:
        """Answer the scanner. For any thread."""
        self._queue.put(is_good)

    def stop(self, timeout_s: float = 2.0) -> None:
        """End."""
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    def _run(self) -> None:
        while (is_good := self._queue.get()) is not None:
            self._scanner.answer(is_good)


class Voices:
    """All scanners of a kiosk, each by its name. What nothing was scanned for is said by the first."""

    def __init__(self, scanners: Mapping[str, Answering], on_good: Callable[[str], object] = lambda name: None) -> None:
        self._voices = {name: ScannerVoice(scanner) for name, scanner in scanners.items()}
        self._on_good = on_good

    def start(self) -> None:
        """Begin to answer. Once only."""
        for voice in self._voices.values():
            voice.start()

    def say(self, is_good: bool, scanner: str = "") -> None:
        """Answer the scanner so named; a kiosk without scanners says nothing. For any thread."""
        name = scanner or next(iter(self._voices), "")
        voice = self._voices.get(name)
        if voice is None:
            return
        if is_good:
            self._on_good(name)
        voice.say(is_good=is_good)

    def stop(self) -> None:
        """End."""
        for voice in self._voices.values():
            voice.stop()
