"""SSI packets: written, and cut out of what came off the line. Pure: no port, no clock.

A packet is length, opcode, source, status, data, checksum; the length counts all but the checksum, which is the two's
complement of the sum of those bytes, high byte first (Symbol SE-923 Integration Guide, figure 6-1; Zebra SSI
Programmer's Guide 72E-40451). Nothing marks where a packet begins: after a broken one only silence does.
"""

import enum
from dataclasses import dataclass
from typing import Final

DECODER: Final = 0x00
HOST: Final = 0x04
HEAD_BYTES: Final = 4
CHECKSUM_BYTES: Final = 2
LONGEST_DATA: Final = 0xFF - HEAD_BYTES
RETRANSMIT: Final = 0x01
CONTINUES: Final = 0x02  # more packets of the same message follow (72E-40451, multipacket; from memory)
WAKE_UP: Final = b"\0"


class Opcode(enum.IntEnum):
    """The messages we send or understand (Zebra DS9908 guide, table 15)."""

    REPLY_REVISION = 0xA4
    PARAM_SEND = 0xC6
    CMD_ACK = 0xD0
    CMD_NAK = 0xD1
    CAPABILITIES_REPLY = 0xD4
    BEEP = 0xE6
    LED_ON = 0xE7
    LED_OFF = 0xE8
    SCAN_ENABLE = 0xE9
    DECODE_DATA = 0xF3
    EVENT = 0xF6


class NakCause(enum.IntEnum):
    """Why a packet is not taken."""

    RESEND = 1
    BAD_CONTEXT = 2
    DENIED = 6


@dataclass(frozen=True, kw_only=True)
class Packet:
    """One message, or a part of one."""

    opcode: int
    data: bytes = b""
    source: int = HOST
    status: int = 0

    @property
    def is_resent(self) -> bool:
        """Say whether its sender had no answer to the first sending."""
        return bool(self.status & RETRANSMIT)

    @property
    def continues(self) -> bool:
        """Say whether more of the same message follows."""
        return bool(self.status & CONTINUES)

    def encode(self, *, resent: bool = False) -> bytes:
        """Return its bytes.

        Raises:
            ValueError: it holds more data than a length byte can count.
        """
        if len(self.data) > LONGEST_DATA:
            raise ValueError(f"an SSI packet holds at most {LONGEST_DATA} bytes, not {len(self.data)}")
        status = self.status | RETRANSMIT * resent
        body = bytes([HEAD_BYTES + len(self.data), self.opcode, self.source, status]) + self.data
        return body + checksum(body)


ACK: Final = Packet(opcode=Opcode.CMD_ACK)


def nak(cause: NakCause) -> Packet:
    """Return the refusal of a packet."""
    return Packet(opcode=Opcode.CMD_NAK, data=bytes([cause]))


def checksum(body: bytes) -> bytes:
    """Return the two bytes that bring the sum of ``body`` to nought."""
    return (-sum(body) & 0xFFFF).to_bytes(CHECKSUM_BYTES, "big")


def read_packet(raw: bytes) -> Packet | None:
    """Return the packet in ``raw``, exactly; None where length or checksum says that it is broken."""
    body, told = raw[:-CHECKSUM_BYTES], raw[-CHECKSUM_BYTES:]
    if len(body) < HEAD_BYTES or body[0] != len(body) or checksum(body) != told:
        return None
    return Packet(opcode=body[1], source=body[2], status=body[3], data=body[HEAD_BYTES:])


class Cutter:
    """Cuts a byte stream into packets; from a broken one on drops all up to the next silence.

    A broken packet's length cannot be trusted, so where the next one begins is not known: but its sender waits for an
    answer, and is silent until it has one. Never more than one packet is held.
    """

    def __init__(self) -> None:
        self._held = bytearray()
        self.is_lost = False
        """What comes now is dropped: it follows a broken packet."""
        self.dropped_bytes = 0
        self.nulls = 0

    @property
    def is_waiting(self) -> bool:
        """Say whether silence would mean something: a packet is half here, or dropped bytes come in."""
        return bool(self._held) or self.is_lost

    @property
    def held_bytes(self) -> int:
        """Return how much of an unfinished packet is in memory."""
        return len(self._held)

    def feed(self, delivery: bytes) -> list[Packet]:
        """Take in what came off the line; return the packets it ended, up to the first broken one."""
        packets: list[Packet] = []
        stream, at = bytes(self._held) + delivery, 0
        self._held.clear()
        while at < len(stream) and not self.is_lost:
            length = stream[at]
            end = at + length + CHECKSUM_BYTES
            if length == 0:  # a wake-up, or what a line makes of a plug
                self.nulls += 1
                at += 1
            elif length >= HEAD_BYTES and end > len(stream):
                break
            elif (packet := read_packet(stream[at:end])) is not None:
                packets.append(packet)
                at = end
            else:
                self.is_lost = True
        if self.is_lost:
            self.dropped_bytes += len(stream) - at
        else:
            self._held += stream[at:]
        return packets

    def drop(self) -> int:
        """Forget what is half here and be ready for a packet's first byte; return how many bytes were held."""
        held = len(self._held)
        self.dropped_bytes += held
        self._held.clear()
        self.is_lost = False
        return held
