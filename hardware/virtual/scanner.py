"""A scanner without the hardware: types codes on a real pty, misbehaves on command, and hears what it is answered.

It ships with the product, so that a developer, a demo and a shop's training need no device (DESIGN 6).
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self

from hardware.errors import PortDown
from hardware.scanner.profile import ScannerProfile
from hardware.transport import Port
from hardware.virtual import keystrokes
from hardware.virtual.keystrokes import Stroke, encode
from hardware.virtual.pty import PtySocket
from photocore.seams import Clock

BITS_A_BYTE: Final = 10  # 8N1: start, eight, stop
TRIES: Final = 3  # of a scan that is refused, in ACK/NAK mode (Zebra LS2208 guide)
ANSWER_WAIT_S: Final = 2.0

_SUFFIX: Final = {
    "cr": b"\r",
    "lf": b"\n",
    "crlf": b"\r\n",
    "tab": b"\t",
    "etx": b"\x03",
    "stx_etx": b"\x03",
    "gap": b"",
}


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What the host sent the scanner, and the monotonic second it arrived."""

    data: bytes
    at: float


class VirtualScanner:
    """A scanner behind ``path``, a symbolic link that stays while the pty behind it changes.

    It types as ``profile`` says a scanner of that kind does. ``baud`` paces the bytes as a real line would; 0, the
    default, types at once. Every verb returns the monotonic second its last byte went out.
    """

    def __init__(self, path: Path, profile: ScannerProfile, clock: Clock, *, baud: int = 0) -> None:
        self._socket = PtySocket(path)
        self._profile = profile
        self._clock = clock
        self._byte_s = 0.0
        self.pace(baud)
        self._typing = threading.Lock()
        self._heard = threading.Condition()
        self._answers: list[Answer] = []
        self._ears: threading.Thread | None = None
        self.on_answer: Callable[[Answer], object] = lambda answer: None
        """Called for each answer as it comes, on the thread that listens."""

    @property
    def path(self) -> Path:
        """Return the name the host opens."""
        return self._socket.path

    @property
    def tty_name(self) -> str:
        """Return the pty behind it now, or the last one."""
        return self._socket.tty_name

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
        if not self._socket.is_plugged:
            self._socket.plug()
            self._ears = threading.Thread(
                target=self._hear, args=(self._socket.port,), name=f"virtual {self.path.name}", daemon=True
            )
            self._ears.start()

    def unplug(self) -> None:
        """Pull it out: the host's read fails at once."""
        self._socket.unplug()
        if self._ears is not None:
            self._ears.join()
            self._ears = None

    def pace(self, baud: int) -> None:
        """Type at this speed from now on; 0 is at once."""
        self._byte_s = BITS_A_BYTE / baud if baud else 0.0

    def encode(self, code: str | bytes, *, aim: str = "", suffix: bytes | None = None) -> bytes:
        """Return the bytes this scanner sends for ``code``."""
        end = self._profile.framing.end
        prefix = b"\x02" if end == "stx_etx" else b""
        return encode(code, aim=aim, suffix=_SUFFIX[end] if suffix is None else suffix, prefix=prefix)

    def scan(self, code: str | bytes, *, aim: str = "", suffix: bytes | None = None) -> float:
        """Type one scan.

        Raises:
            HardwareError: it is unplugged.
            PortDown: nobody reads, and the line is full.
        """
        return self.strike(*keystrokes.whole(self.encode(code, aim=aim, suffix=suffix)))

    def scan_and_wait(self, code: str | bytes, *, aim: str = "") -> Literal["good", "refused", "silent"]:
        """Type one scan as in ACK/NAK mode: sent again when refused, three times in all; given up when not answered."""
        for _ in range(TRIES if self._profile.answers.resends else 1):
            before = len(self.answered_bytes)
            self.scan(code, aim=aim)
            verdict = self._verdict_after(before)
            if verdict != "refused":
                return verdict
        return "refused"

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

    def _verdict_after(self, before: int) -> Literal["good", "refused", "silent"]:
        answer = self.wait_for_answer(after=before)
        return "silent" if not answer else self.meaning_of(answer)

    def _send(self, data: bytes) -> None:
        port = self._socket.port
        if not self._byte_s:
            port.write(data)
            return
        due = self._clock.monotonic()
        for byte in data:
            port.write(bytes([byte]))
            due += self._byte_s
            _wait(due - self._clock.monotonic())

    def _hear(self, port: Port) -> None:
        while True:
            try:
                data = port.read(None)
            except PortDown:
                return
            answer = Answer(data=data, at=self._clock.monotonic())
            with self._heard:
                self._answers.append(answer)
                self._heard.notify_all()
            self.on_answer(answer)


def _wait(seconds: float) -> None:
    if seconds > 0:
        threading.Event().wait(seconds)
