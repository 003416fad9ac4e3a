"""The scanner's side of every dialogue: what it types for a code, and what it makes of the bytes the host sends.

Written from the same manuals as the host's side and not from its code, but for the cutting of SSI packets. No I/O and
no clock: :class:`hardware.virtual.scanner.VirtualScanner` types what it is given here, and says when its patience ran
out.
"""

from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from hardware.scanner.profile import ScannerProfile
from hardware.virtual.keystrokes import encode

TRIES: Final = 3  # of a scan that is refused, or not acknowledged (Zebra LS2208 guide; MSXX04 guide)
MENU: Final = b"\x16M\r"

_SUFFIX: Final = {
    "cr": b"\r",
    "lf": b"\n",
    "crlf": b"\r\n",
    "tab": b"\t",
    "etx": b"\x03",
    "stx_etx": b"\x03",
    "gap": b"",
}


class Tongue(Protocol):
    """How one kind of scanner talks. ``heard`` grows by a word for all that the host was understood to say."""

    heard: list[str]
    mishaps: deque[Callable[[bytes], bytes]]
    """What befalls the next things it sends, one each."""

    def encode(self, code: bytes, *, aim: str, suffix: bytes | None) -> bytes:
        """Return what stands on the line for ``code``."""
        ...

    def begin(self, scan: bytes) -> bytes:
        """Take up a scan; return what is typed of it now."""
        ...

    def hear(self, data: bytes) -> bytes:
        """Take in what the host sent; return what is typed in answer."""
        ...

    def lose_patience(self) -> bytes:
        """Conclude that no answer comes; return what is typed once more."""
        ...


class AsciiTongue:
    """Text with an end; ACK, NAK, ENQ, XON and XOFF, and menu commands, as far as ``profile`` has them."""

    def __init__(self, profile: ScannerProfile, *, sends_aim: bool = True) -> None:
        answers = profile.answers
        self.heard: list[str] = []
        self.mishaps: deque[Callable[[bytes], bytes]] = deque()
        self._end = profile.framing.end
        self._sends_aim = sends_aim
        self._resends = answers.resends
        self._words = {profile.answer_bytes(ok=True): "good", profile.answer_bytes(ok=False): "refused"}
        self._words |= {b"\x05": "asked"} if answers.enq_ms else {}
        self._words |= {b"\x13": "stopped", b"\x11": "going"} if answers.pauses else {}
        self._words.pop(b"", None)
        self._may_speak = not answers.enq_ms
        self._knows_menus = profile.protocol == "honeywell"
        self._scan = self._waiting = b""
        self._tries = 0
        self._held = b""

    def encode(self, code: bytes, *, aim: str, suffix: bytes | None) -> bytes:
        """Return prefix, AIM ID, code and suffix."""
        prefix = b"\x02" if self._end == "stx_etx" else b""
        end = _SUFFIX[self._end] if suffix is None else suffix
        return encode(code, aim=aim if self._sends_aim else "", suffix=end, prefix=prefix)

    def begin(self, scan: bytes) -> bytes:
        """Type it, or keep it until the host lets it come."""
        self._scan, self._tries = scan, 1
        if not self._may_speak:
            self._waiting = scan
            return b""
        return self._type(scan)

    def hear(self, data: bytes) -> bytes:
        """Understand word by word; what is no word of its own is passed over."""
        self._held += data
        typed = b""
        while self._held:
            if self._knows_menus and self._held.startswith(MENU):
                command, stop, rest = self._held[len(MENU) :].partition(b".")
                if not stop:
                    break
                self._held = rest
                self.heard.append("menu command")
                typed += command.upper().replace(b"?", b"5") + b"\x06."
                continue
            word = next((word for word in self._words if self._held.startswith(word)), b"")
            if not word and any(known.startswith(self._held) for known in (*self._words, MENU)):
                break
            self._held = self._held[len(word) or 1 :]
            typed += self._obey(self._words[word]) if word else b""
        return typed

    def lose_patience(self) -> bytes:
        """Discard the code: there are no retries when a time-out occurs."""
        self._scan = self._waiting = b""
        return b""

    def _obey(self, word: str) -> bytes:
        if word == "refused" and self._resends and self._scan and self._tries < TRIES:
            self._tries += 1
            return self._scan
        self.heard.append(word)
        if word in ("stopped", "going"):
            self._may_speak = word == "going"
        if word in ("asked", "going") and self._waiting:
            scan, self._waiting = self._waiting, b""
            return self._type(scan)
        return b""

    def _type(self, scan: bytes) -> bytes:
        return self.mishaps.popleft()(scan) if self.mishaps else scan
