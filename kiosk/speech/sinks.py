"""Where the sound goes: to a sound card, or into a folder where there is none.

The card is driven by ``aplay`` (Debian: alsa-utils), so that a sound server that hangs, or a card that is pulled out,
takes a child with it and not the kiosk.
"""

import subprocess
import wave
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from kiosk.errors import VoiceDown

APLAY: Final = "aplay"
AHEAD_US: Final = 100_000
"""What the card holds in its own buffer: so much is heard at most after speech was cut off."""

LONGEST_S: Final = 90.0
"""No sentence takes so long."""
FAREWELL_S: Final = 2.0


class Line(Protocol):
    """An open way to the ear, for one sentence."""

    def write(self, samples: bytes) -> None:
        """Play ``samples`` of 16 bits; may wait while what came before is played.

        Raises:
            VoiceDown: the card takes nothing.
        """
        ...

    def drain(self) -> None:
        """Wait until all is heard.

        Raises:
            VoiceDown: it never was.
        """
        ...

    def drop(self) -> None:
        """Be silent at once, whatever is not yet heard. For any thread: never waits, and twice is no fault."""
        ...

    def close(self) -> None:
        """Put the line away; by whoever wrote to it."""
        ...


class Sink(Protocol):
    """Opens lines."""

    def open(self, rate: int, text: str) -> Line:
        """Open a line for sound of ``rate`` samples a second that says ``text``.

        Raises:
            VoiceDown: there is no sound card, or it is taken.
        """
        ...


class AlsaSink:
    """A sound card by its ALSA name, such as ``default`` or ``plughw:CARD=Module``."""

    def __init__(self, device: str = "default", program: str = APLAY) -> None:
        self._device = device
        self._program = program

    def open(self, rate: int, text: str) -> "AlsaLine":
        """Start ``aplay``; what is said is never among its arguments."""
        del text
        command = [self._program, "-q", "-D", self._device, "-t", "raw", "-f", "S16_LE", "-c", "1", "-r", str(rate)]
        try:
            child = subprocess.Popen(  # noqa: S603  a list of our own words; no shell reads it
                [*command, f"--buffer-time={AHEAD_US}", "-"],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                cwd="/",
            )
            return AlsaLine(child)
        except OSError as cause:
            raise VoiceDown(f"{self._program} cannot be started: {cause.strerror}") from cause


class AlsaLine:
    """One running ``aplay``."""

    def __init__(self, child: "subprocess.Popen[bytes]") -> None:
        self._child = child

    def write(self, samples: bytes) -> None:
        """Hand samples on; the pipe is full while the card plays."""
        pipe = self._child.stdin
        try:
            if pipe:
                pipe.write(samples)
        except OSError as cause:
            raise VoiceDown(f"{APLAY} cannot play: the sound card takes nothing") from cause

    def drain(self) -> None:
        """Close the pipe and wait for the end."""
        if self._child.stdin:
            with suppress(OSError):
                self._child.stdin.close()
        try:
            code = self._child.wait(LONGEST_S)
        except subprocess.TimeoutExpired as cause:
            raise VoiceDown(f"{APLAY} hangs: the sound card takes nothing") from cause
        if code > 0:
            raise VoiceDown(f"{APLAY} ended with {code}: the sound card takes nothing")

    def drop(self) -> None:
        """Kill it: what the card has not played is gone."""
        self._child.kill()

    def close(self) -> None:
        """Kill it if it is still there; one that the kernel does not let go is left behind."""
        self._child.kill()
        with suppress(subprocess.TimeoutExpired):
            self._child.wait(FAREWELL_S)
        if self._child.stdin:
            with suppress(OSError):
                self._child.stdin.close()


class FolderSink:
    """A folder that gets each sentence as a WAV file: to hear the kiosk on a machine without sound."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def open(self, rate: int, text: str) -> "FolderLine":
        """Begin the next file, and note beside it what it says."""
        self._count += 1
        path = self._folder / f"{self._count:04d}.wav"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with (self._folder / "said.txt").open("a", encoding="utf-8") as said:
                said.write(f"{path.name}  {text}\n")
        except OSError as cause:
            raise VoiceDown(f"{self._folder} cannot be written to: {cause.strerror}") from cause
        return FolderLine(path, rate)


class FolderLine:
    """One file of a :class:`FolderSink`."""

    def __init__(self, path: Path, rate: int) -> None:
        self._path = path
        self._rate = rate
        self._held = bytearray()

    def write(self, samples: bytes) -> None:
        """Keep samples."""
        self._held += samples

    def drain(self) -> None:
        """Write the file."""
        try:
            with self._path.open("wb") as raw, wave.open(raw, "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(self._rate)
                file.writeframes(bytes(self._held))
        except OSError as cause:
            raise VoiceDown(f"{self._path} cannot be written: {cause.strerror}") from cause

    def drop(self) -> None:
        """Write nothing: it was never heard to its end."""

    def close(self) -> None:
        """Have nothing to put away."""
