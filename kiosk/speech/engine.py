"""Sentences to sound, by programs of Debian's that run as children: espeak-ng, and MeCab before it for Japanese.

A child for each sentence: it takes 30 to 40 ms, it can be killed at once, and whatever a hostile text does to it dies
with it. The text goes in on its standard input and never stands among its arguments, where every user of the machine
could read it; the sound comes back over a pipe and never touches the disk.
"""

import shutil
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from kiosk.errors import VoiceDown
from kiosk.speech.tongues import TONGUES, Tongue, clean, named_signs

ESPEAK: Final = "espeak-ng"
PATIENCE_S: Final = 10.0
USUAL_RATE: Final = 22_050
_CALM: Final = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
"""A child's whole environment: nothing of ours, which may hold secrets, is handed on."""


@dataclass(frozen=True, kw_only=True)
class Sound:
    """Samples of 16 bits, one channel."""

    rate: int
    samples: bytes

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / 2 / self.rate


class Engine(Protocol):
    """Turns sentences into sound."""

    def look(self) -> None:
        """Find out which voices there are; may take as long as a sentence."""
        ...

    def speaks(self, language: str) -> bool:
        """Say whether there is a voice for ``language``."""
        ...

    def render(self, text: str, language: str) -> Sound:
        """Return the sound of one sentence.

        Raises:
            VoiceDown: it could not be made; also when :meth:`break_off` was called.
        """
        ...

    def break_off(self) -> None:
        """End what :meth:`render` is at, from another thread."""
        ...


class EspeakEngine:
    """espeak-ng, one child a sentence. ``program`` is its name or path."""

    def __init__(self, program: str = ESPEAK) -> None:
        self._program = program
        self._spoken = frozenset(TONGUES)
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def look(self) -> None:
        """Find out which voices there are, and which programs that read for them; none without espeak-ng."""
        try:
            table = self._run([self._program, "--voices"], b"").decode(errors="replace")
        except VoiceDown:
            table = ""
        voices = {line.split()[1] for line in table.splitlines()[1:] if len(line.split()) > 1}
        self._spoken = frozenset(
            language
            for language, tongue in TONGUES.items()
            if tongue.voice in voices and (not tongue.reader or shutil.which(tongue.reader[0]))
        )

    def speaks(self, language: str) -> bool:
        """Say whether the voice, and the program that reads for it, are installed; taken for granted before a look."""
        return language in self._spoken

    def render(self, text: str, language: str) -> Sound:
        """Return the sound of one sentence, without any markup in it being followed.

        Raises:
            VoiceDown: no such voice, no such program, or it failed, hung or was killed.
        """
        tongue = TONGUES.get(language)
        if tongue is None:
            raise VoiceDown(f"there is no voice for {language!r}")
        words = named_signs(clean(text), language).encode()
        if tongue.reader:
            words = self._run(tongue.reader, words + b"\n")
        return sound_of(self._run(self._command(tongue), words))

    def break_off(self) -> None:
        """Kill the child that is at work, if any."""
        with self._lock:
            if self._child:
                self._child.kill()

    def _command(self, tongue: Tongue) -> list[str]:
        speed = str(tongue.words_a_minute)
        return [self._program, "-v", tongue.voice, "-s", speed, "-b", "1", "--stdin", "--stdout"]

    def _run(self, command: Sequence[str], text: bytes) -> bytes:
        try:
            child = subprocess.Popen(  # noqa: S603  a list of our own words; no shell reads it
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=_CALM,
                cwd="/",
            )
        except OSError as cause:
            raise VoiceDown(f"{command[0]} cannot be started: {cause.strerror}") from cause
        with child:
            with self._lock:
                self._child = child
            try:
                answer, _ = child.communicate(text, timeout=PATIENCE_S)
            except subprocess.TimeoutExpired as cause:
                raise VoiceDown(f"{command[0]} did not end within {PATIENCE_S:.0f} s") from cause
            finally:
                child.kill()
                with self._lock:
                    self._child = None
        if child.returncode != 0:
            raise VoiceDown(f"{command[0]} ended with {child.returncode}")
        return answer


def sound_of(wav: bytes) -> Sound:
    """Return the samples of a WAV stream, whose header cannot know their number; of nothing to say, no samples.

    Raises:
        VoiceDown: it is no such stream.
    """
    if not wav:
        return Sound(rate=USUAL_RATE, samples=b"")
    begins = wav.find(b"data") + 8
    if wav[:4] != b"RIFF" or begins < 8 or int.from_bytes(wav[22:24], "little") != 1:
        raise VoiceDown("the engine gave no sound")
    rate = int.from_bytes(wav[24:28], "little")
    samples = wav[begins:]
    return Sound(rate=rate, samples=samples[: len(samples) - len(samples) % 2])
