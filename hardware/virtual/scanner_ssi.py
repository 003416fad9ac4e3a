"""The scanner's side of SSI: packets sent until they are acknowledged, commands obeyed and acknowledged."""

from collections import deque
from collections.abc import Callable
from typing import Final

from hardware.scanner.profile import ScannerProfile
from hardware.scanner.ssi.code_types import AIM
from hardware.scanner.ssi.packets import CONTINUES, DECODER, HOST, Cutter, NakCause, Opcode, Packet
from hardware.virtual.scanner_tongue import TRIES

TEXT_BYTES: Final = 240  # of a code in one packet
SENDS_AIM: Final = 0x2D  # parameter: transmit code ID character

_TYPES: Final = {aim.decode(): code_type for code_type, aim in AIM.items()} | {"]d1": 0x1B, "]Q1": 0x1C}
_WORDS: Final = {
    Opcode.PARAM_SEND: "set up",
    Opcode.SCAN_ENABLE: "may scan",
    Opcode.LED_ON: "lamp on",
    Opcode.LED_OFF: "lamp off",
}


class SsiTongue:
    """A :class:`hardware.virtual.scanner_tongue.Tongue` in packets."""

    def __init__(self, profile: ScannerProfile) -> None:
        self.heard: list[str] = []
        self.mishaps: deque[Callable[[bytes], bytes]] = deque()
        self.settings: dict[int, int] = {}
        self._good = profile.ssi.good_beep
        self._cutter = Cutter()
        self._unsent: deque[Packet] = deque()
        self._tries = 0

    def encode(self, code: bytes, *, aim: str, suffix: bytes | None) -> bytes:
        """Return the packets of a code; with its AIM ID only where the host has set that."""
        text = (aim.encode() if self.settings.get(SENDS_AIM) else b"") + code + (suffix or b"")
        parts = [text[at : at + TEXT_BYTES] for at in range(0, len(text), TEXT_BYTES)] or [b""]
        return b"".join(
            Packet(
                opcode=Opcode.DECODE_DATA,
                source=DECODER,
                status=CONTINUES * (at < len(parts)),
                data=bytes([_TYPES.get(aim, 0x03)]) + part,
            ).encode()
            for at, part in enumerate(parts, 1)
        )

    def begin(self, scan: bytes) -> bytes:
        """Send the first packet; the others follow as each is acknowledged."""
        self._unsent = deque(Cutter().feed(scan))
        self._tries = 0
        return self._send()

    def hear(self, data: bytes) -> bytes:
        """Obey every packet."""
        typed = b"".join(self._obey(packet) for packet in self._cutter.feed(data) if packet.source == HOST)
        if self._cutter.is_lost:
            self._cutter.drop()
            typed += self._say(Opcode.CMD_NAK, bytes([NakCause.RESEND]))
        return typed

    def lose_patience(self) -> bytes:
        """Send again what was not acknowledged, twice; then give it up."""
        if self._unsent and self._tries >= TRIES:
            self._unsent.clear()
            self.heard.append("silence")
        return self._send()

    def _obey(self, packet: Packet) -> bytes:
        if packet.opcode == Opcode.CMD_ACK:
            self.heard.append("acknowledged")
            if self._unsent:
                self._unsent.popleft()
            self._tries = 0
            return self._send()
        if packet.opcode == Opcode.CMD_NAK:
            return self.lose_patience()
        if packet.opcode == Opcode.BEEP:
            self.heard.append("good" if packet.data == bytes([self._good]) else "refused")
        elif packet.opcode in _WORDS:
            self.heard.append(_WORDS[Opcode(packet.opcode)])
            if packet.opcode == Opcode.PARAM_SEND:
                self.settings |= dict(zip(packet.data[1::2], packet.data[2::2], strict=False))
        else:
            return self._say(Opcode.CMD_NAK, bytes([NakCause.BAD_CONTEXT]))
        return self._say(Opcode.CMD_ACK)

    def _send(self) -> bytes:
        if not self._unsent:
            return b""
        self._tries += 1
        packet = self._unsent[0].encode(resent=self._tries > 1)
        return self.mishaps.popleft()(packet) if self.mishaps else packet

    def _say(self, opcode: Opcode, data: bytes = b"") -> bytes:
        return Packet(opcode=opcode, source=DECODER, data=data).encode()
