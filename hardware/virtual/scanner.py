"""A scanner without the hardware: types codes on a real pty, misbehaves on command, and hears what it is answered.

It ships with the product, so that a developer, a demo and a shop's training need no device (DESIGN 6).
"""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self

from hardware.errors import HardwareError
from hardware.scanner.profile import ScannerProfile
from hardware.transport import Port
from hardware.virtual import keystrokes
from hardware.virtual.keystrokes import Stroke
from hardware.virtual.scanner_line import PtyCable, ScannerLine
from hardware.virtual.scanner_ssi import SsiTongue
from hardware.virtual.scanner_tongue import AsciiTongue, Tongue
from photocore.seams import Clock

BITS_A_BYTE: Final = 10  # 8N1: start, eight, stop
ANSWER_WAIT_S: Final = 2.0
RESPONSE_S: Final = 2.0  # host serial response time-out, as it leaves the factory


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the host sent the scanner, the monotonic second it arrived, and what the scanner understood."""

    data: bytes
    at: float
    words: tuple[str, ...] = ()


class VirtualScanner:
    """A scanner behind ``place``: a symbolic link that stays while the pty behind it changes, or another line.

    It talks as ``profile`` says a scanner of that kind does. ``baud`` paces the bytes as a real line would; 0, the
    default, types at once. ``response_s`` is how long it waits for the host before it sends a packet again. Every verb
    returns the monotonic second its last byte went out.
    """

    def __init__(
        self,
        place: Path | ScannerLine,
        profile: ScannerProfile,
        clock: Clock,
        *,
        baud: int = 0,
        response_s: float = RESPONSE_S,
    ) -> None:
        self._line = PtyCable(place) if isinstance(place, Path) else place
        self._profile = profile
        self._tongue: Tongue = SsiTongue(profile) if profile.protocol == "ssi" else AsciiTongue(profile)
        self._clock = clock
        self._response_s = response_s if profile.protocol == "ssi" else None
        self._byte_s = 0.0
        self.pace(baud)
        self._typing = threading.Lock()
        self._heard = threading.Condition()
        self._answers: list[Answer] = []
        self._ears: threading.Thread | None = None
        self.on_answer: Callable[[Answer], object] = lambda answer: None
        """Called for each answer as it comes, on the thread that listens."""

    @property
    def url(self) -> str:
        """Return the address the host opens."""
        return self._line.url

    @property
    def path(self) -> Path:
        """Return the same as a path, where it is one."""
        return Path(self._line.url)

    @property
    def tty_name(self) -> str:
        """Return the pty behind it now, or the last one; empty where it is no pty."""
        return self._line.tty_name if isinstance(self._line, PtyCable) else ""

    @property
    def heard(self) -> tuple[str, ...]:
        """Return all that it understood of what the host sent: "good", "refused", "asked", "set up", ..."""
        with self._heard:
            return tuple(self._tongue.heard)

    @property
    def answers(self) -> tuple[Answer, ...]:
        """Return all that the host has sent since the scanner was made."""
        with self._heard:
            return tuple(self._answers)

    @property
    def answered_bytes(self) -> bytes:
        """Return the same as one string of bytes: how they were delivered means nothing."""
        return b"".join(answer.data for answer in self.answers)

    def plug(self) -> None:
        """Plug it in: also after :meth:`unplug`, when another pty stands behind the same name."""
        if not self._line.is_plugged:
            self._line.plug()
            self._ears = threading.Thread(target=self._hear, name=f"virtual {self.path.name}", daemon=True)
            self._ears.start()

    def unplug(self) -> None:
        """Pull it out: the host's read fails at once."""
        self._line.unplug()
        if self._ears is not None:
            self._ears.join()
            self._ears = None
        self._line.tidy()

    def pace(self, baud: int) -> None:
        """Type at this speed from now on; 0 is at once."""
        self._byte_s = BITS_A_BYTE / baud if baud else 0.0

    def encode(self, code: str | bytes, *, aim: str = "", suffix: bytes | None = None) -> bytes:
        """Return the bytes this scanner sends for ``code``."""
        return self._tongue.encode(code.encode() if isinstance(code, str) else code, aim=aim, suffix=suffix)

    def reset(self) -> None:
        """Read a settings bar code: from now on it sends plain text with CR LF, no AIM IDs, and minds no host."""
        quality = self._profile.quality
        self._profile = ScannerProfile(name="as it left the factory", models=(), source="", quality=quality)
        with self._heard:
            self._tongue = AsciiTongue(self._profile, sends_aim=False)

    def befall(self, *mishaps: Callable[[bytes], bytes]) -> None:
        """Let these happen to the next things it sends, one each; see :mod:`hardware.virtual.keystrokes`."""
        self._tongue.mishaps.extend(mishaps)

    def scan(self, code: str | bytes, *, aim: str = "", suffix: bytes | None = None) -> float:
        """Type one scan, or keep it where the host has to ask for it first.

        Raises:
            HardwareError: it is unplugged.
            PortDown: nobody reads, and the line is full.
        """
        with self._heard:
            typed = self._tongue.begin(self.encode(code, aim=aim, suffix=suffix))
        return self.strike(*keystrokes.whole(typed))

    def scan_and_wait(
        self, code: str | bytes, *, aim: str = "", within_s: float = ANSWER_WAIT_S
    ) -> Literal["good", "refused", "silent"]:
        """Type one scan and wait for what becomes of it; in ACK/NAK mode it is sent three times in all when refused."""
        before = len(self.heard)
        self.scan(code, aim=aim)
        with self._heard:
            self._heard.wait_for(lambda: {"good", "refused"} & {*self._tongue.heard[before:]}, within_s)
            if not {"good", "refused"} & {*self._tongue.heard[before:]}:
                if self._response_s is None:
                    self._tongue.lose_patience()
                return "silent"
            return "good" if "good" in self._tongue.heard[before:] else "refused"

    def meaning_of(self, answer: bytes) -> Literal["good", "refused"]:
        """Return what an answer tells this scanner; bytes it does not know are no good-read beep."""
        good = self._profile.answer_bytes(ok=True)
        return "good" if good and answer.startswith(good) else "refused"

    def strike(self, *strokes: Stroke) -> float:
        """Type ``strokes``, faulty or not; see :mod:`hardware.virtual.keystrokes`."""
        with self._typing:
            at = self._clock.monotonic()
            for stroke in strokes:
                self._send(stroke.data)
                at = self._clock.monotonic()
                _wait(stroke.pause_s)
        return at

    def pull_in_mid_scan(self, code: str | bytes, *, aim: str = "") -> float:
        """Type the first half of a scan, then unplug."""
        scan = self.encode(code, aim=aim)
        at = self.strike(Stroke(data=scan[: len(scan) // 2]))
        self.unplug()
        return at

    def wait_for_answer(self, *, after: int = 0, within_s: float = ANSWER_WAIT_S) -> bytes:
        """Return what the host has sent beyond the first ``after`` bytes, waiting for at least one byte."""
        with self._heard:
            self._heard.wait_for(lambda: sum(len(answer.data) for answer in self._answers) > after, within_s)
        return self.answered_bytes[after:]

    def __enter__(self) -> Self:
        """Plug it in for the length of a block."""
        self.plug()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unplug()

    def _send(self, data: bytes) -> None:
        port = self._line.port
        if not self._byte_s:
            port.write(data)
            return
        due = self._clock.monotonic()
        for byte in data:
            port.write(bytes([byte]))
            due += self._byte_s
            _wait(due - self._clock.monotonic())

    def _hear(self) -> None:
        while self._line.is_plugged:
            port = self._line.await_host()
            if port is not None:
                with suppress(HardwareError):  # pulled out, or its host has gone, in the middle of a word
                    self._listen(port)

    def _listen(self, port: Port) -> None:
        while True:
            data = port.read(self._response_s)
            with self._heard:
                before = len(self._tongue.heard)
                typed = self._tongue.hear(data) if data else self._tongue.lose_patience()
                answer = Answer(data=data, at=self._clock.monotonic(), words=tuple(self._tongue.heard[before:]))
                if data:
                    self._answers.append(answer)
                self._heard.notify_all()
            if typed:
                self.strike(Stroke(data=typed))
            if data:
                self.on_answer(answer)


def _wait(seconds: float) -> None:
    if seconds > 0:
        threading.Event().wait(seconds)
