"""What an SSI scanner is told: its settings once, and good or refused after every code.

Beeps are numbered 0 to 4 for one to five short high ones, 5 to 9 short low, 10 to 14 long high, 15 to 19 long low, 20
a fast warble (Symbol MK1000 guide, table 5-8; Zebra CoreScanner's beeper list). What each lamp bit lights is the
model's own.
"""

from collections import deque
from dataclasses import dataclass
from typing import Annotated, Final

import msgspec

from hardware.scanner.ssi.packets import Opcode, Packet

NO_BEEP: Final = b"\xff"  # of a parameter change (SE-923 Integration Guide, PARAM_SEND)
WORTH_S: Final = 2.0  # a beep that comes later than this is heard as the next code's
MOST_WAITING: Final = 8


class SsiWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One model's settings and answers. ``parameters`` are pairs of number and value, in hex; they are not stored."""

    parameters: str = ""
    good_beep: Annotated[int, msgspec.Meta(ge=0, le=26)] = 0
    refused_beep: Annotated[int, msgspec.Meta(ge=0, le=26)] = 16
    good_lamps: Annotated[int, msgspec.Meta(ge=0, le=255)] = 0
    refused_lamps: Annotated[int, msgspec.Meta(ge=0, le=255)] = 0
    lamp_ms: Annotated[int, msgspec.Meta(ge=100, le=1500)] = 500


@dataclass(frozen=True, kw_only=True)
class Command:
    """A packet for the scanner: not before ``at``, and of no use after ``until``."""

    packet: Packet
    at: float
    until: float | None = None


class CommandQueue:
    """What waits to be sent; an answer that is too old is thrown away rather than heard as the next code's."""

    def __init__(self, words: SsiWords) -> None:
        self._words = words
        self._waiting: deque[Command] = deque()
        self.missed = 0
        """Answers that were never sent."""

    def greet(self, now: float) -> None:
        """Begin anew: settings, and leave to scan (another program may have taken it)."""
        self._waiting.clear()
        if self._words.parameters:
            data = NO_BEEP + bytes.fromhex(self._words.parameters)
            self._add(Packet(opcode=Opcode.PARAM_SEND, data=data), now)
        self._add(Packet(opcode=Opcode.SCAN_ENABLE), now)

    def answer(self, *, ok: bool, now: float) -> None:
        """Have it beep, and light its lamps for a moment."""
        words = self._words
        beep, lamps = (words.good_beep, words.good_lamps) if ok else (words.refused_beep, words.refused_lamps)
        self._add(Packet(opcode=Opcode.BEEP, data=bytes([beep])), now, until=now + WORTH_S)
        if lamps:
            self._add(Packet(opcode=Opcode.LED_ON, data=bytes([lamps])), now, until=now + WORTH_S)
            self._add(Packet(opcode=Opcode.LED_OFF, data=bytes([lamps])), now + words.lamp_ms / 1000)

    def due(self) -> float | None:
        """Return when the next command may be sent."""
        return min((command.at for command in self._waiting), default=None)

    def take(self, now: float) -> Packet | None:
        """Return the command to send now."""
        for command in tuple(self._waiting):
            if command.until is not None and now > command.until:
                self._waiting.remove(command)
                self.missed += 1
            elif command.at <= now:
                self._waiting.remove(command)
                return command.packet
        return None

    def _add(self, packet: Packet, at: float, *, until: float | None = None) -> None:
        if len(self._waiting) >= MOST_WAITING:
            self._waiting.popleft()
            self.missed += 1
        self._waiting.append(Command(packet=packet, at=at, until=until))
