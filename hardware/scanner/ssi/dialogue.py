"""The talk of an SSI scanner: every packet of its is acknowledged at once, every one of ours waits to be.

An ACK says that a packet came whole, no more; that the journal has the code is said by a beep of our own, so the
scanner's own beep is switched off (:class:`SsiWords.parameters`). A packet nobody acknowledged is sent again twice,
marked as such (Motorola MiniScan MSXX04 guide, Software Handshaking 9Fh). So a code may come twice and is one scan; and
a beep may be sounded twice, which hurts nobody. Packets have no numbers: an ACK that a line doubles makes a scanner
skip one of a long code's, and only the code's own check shows it. Codes of ours fit into one.
"""

from dataclasses import replace
from typing import Final

from msgspec.structs import replace as replace_frame

from hardware.scanner.framing import Frame, FramingCounts
from hardware.scanner.ssi.code_types import with_aim
from hardware.scanner.ssi.commands import CommandQueue, SsiWords
from hardware.scanner.ssi.packets import ACK, DECODER, RETRANSMIT, WAKE_UP, Cutter, NakCause, Opcode, Packet, nak
from photocore.symbology import MAX_FRAME_BYTES

RESPONSE_S: Final = 2.0  # the host serial response time-out as it leaves the factory
TRIES: Final = 3
MOST_REPLY_BYTES: Final = 128  # a scanner waits for each reply: who earns more at once is none
RESENDING_S: Final = 10.0  # that time-out at its longest, 9.9 s: how long a scanner may wait before it sends again
BELIEVED_LOST_S: Final = 3.0  # a broken packet that was not sent again until then never will be
UNREADABLE: Final = b"\xff"
"""Stands for a code that never came whole: it is no ASCII, so it is refused, and a person hears of it."""

REPLIES: Final = frozenset({Opcode.REPLY_REVISION, Opcode.PARAM_SEND, Opcode.CAPABILITIES_REPLY})


class SsiDialogue:
    """A :class:`hardware.scanner.dialogue.Dialogue` in SSI packets.

    ``gap_s`` of silence ends what follows a broken packet, ``character_s`` of it a packet under way.
    """

    def __init__(self, words: SsiWords, *, gap_s: float = 0.05, character_s: float = 0.2) -> None:
        self._gap_s = gap_s
        self._character_s = character_s
        self._cutter = Cutter()
        self._commands = CommandQueue(words)
        self._replies = b""
        self._is_ack_here = False
        self._last_at = 0.0
        self._broken_at: float | None = None
        self._parts = bytearray()
        self._told = Frame(data=UNREADABLE, at=0.0)
        self._taken: Packet | None = None
        self._taken_at = 0.0
        self._sent: Packet | None = None
        self._tries = 0
        self._answer_by = 0.0
        self._overlong = self._unfinished = self._broken = self._resent = self._unconfirmed = 0

    @property
    def counts(self) -> FramingCounts:
        """Return what did not come through, either way."""
        return FramingCounts(
            overlong=self._overlong,
            unfinished=self._unfinished,
            dropped_bytes=self._cutter.dropped_bytes,
            nulls=self._cutter.nulls,
            broken=self._broken,
            resent=self._resent,
            unconfirmed=self._unconfirmed + self._commands.missed,
        )

    @property
    def held_bytes(self) -> int:
        """Return how much of unfinished packets and messages is in memory."""
        return self._cutter.held_bytes + len(self._parts)

    def join(self, now: float) -> None:
        """Start over: what is under way is for its sender to send again; settings go out."""
        self._cutter.drop()
        self._cutter.is_lost = True
        self._last_at = now
        self._parts.clear()
        self._taken = self._sent = self._broken_at = None
        self._replies, self._is_ack_here = WAKE_UP, False
        self._commands.greet(now)

    def settle(self) -> None:
        """Take the line for quiet: the next byte is a packet's first."""
        self._cutter.drop()

    def feed(self, delivery: bytes, now: float) -> list[Frame]:
        """Take in packets: acknowledge them, and return the codes they carry."""
        self._last_at = now
        was_lost = self._cutter.is_lost
        frames: list[Frame] = []
        for packet in self._cutter.feed(delivery):
            if packet.source == DECODER:  # anything else is our own voice, on a line that echoes
                frames += self._hear(packet, now)
        if self._cutter.is_lost and not was_lost:
            self._note_broken(now)
        return frames + self._give_up(now) if self._cutter.is_lost else frames  # noise that never ends is told, too

    def due(self) -> float | None:
        """Return when silence, a missing answer, or a lamp is due."""
        waits = [self._quiet_by()]
        waits.append(self._answer_by if self._sent is not None else self._commands.due())
        waits.append(None if self._broken_at is None else self._broken_at + BELIEVED_LOST_S)
        return min((at for at in waits if at is not None), default=None)

    def silence(self, now: float) -> list[Frame]:
        """Ask for a broken packet again once the line is quiet; tell a code that never came whole as one to refuse."""
        quiet_by = self._quiet_by()
        if quiet_by is not None and now >= quiet_by:
            if self._cutter.drop():
                self._unfinished += 1
                self._note_broken(now)
            self._reply(nak(NakCause.RESEND))
        return self._give_up(now)

    def _give_up(self, now: float) -> list[Frame]:
        """Tell what never came whole as a code to refuse, once it is not to be believed that it still will."""
        if self._broken_at is None or now < self._broken_at + BELIEVED_LOST_S:
            return []
        self._unfinished += bool(self._parts)
        self._parts.clear()
        self._broken_at = None
        return [Frame(data=UNREADABLE, at=now)]

    def outgoing(self, now: float) -> bytes:
        """Return acknowledgements, and the one command whose turn it is."""
        outgoing, self._replies, self._is_ack_here = self._replies, b"", False
        if self._sent is not None and now >= self._answer_by:
            outgoing += self._send_again(now)
        if self._sent is None and (packet := self._commands.take(now)) is not None:
            self._sent, self._tries, self._answer_by = packet, 1, now + RESPONSE_S
            outgoing += packet.encode()
        return outgoing

    def answer(self, *, ok: bool, now: float) -> bool:
        """Have it beep and light up; True, as such a scanner can be told."""
        self._commands.answer(ok=ok, now=now)
        return True

    # -- what we said ---------------------------------------------------------------------------------------

    def _send_again(self, now: float) -> bytes:
        """Return the command once more, behind a wake-up: a scanner asleep loses what wakes it."""
        if self._sent is None or self._tries >= TRIES:
            self._unconfirmed += 1
            self._sent = None
            return b""
        self._tries += 1
        self._answer_by = now + RESPONSE_S
        return WAKE_UP + self._sent.encode(resent=True)

    def _take_nak(self, cause: bytes, now: float) -> None:
        if cause == bytes([NakCause.RESEND]):
            self._answer_by = now
        else:  # it knows no such command, or may not carry it out: asking again changes nothing
            self._unconfirmed += self._sent is not None
            self._sent = None

    def _reply(self, packet: Packet) -> None:
        if len(self._replies) < MOST_REPLY_BYTES:
            self._replies += packet.encode()

    # -- what it says ---------------------------------------------------------------------------------------

    def _hear(self, packet: Packet, now: float) -> list[Frame]:
        if packet.opcode == Opcode.CMD_ACK or packet.opcode in REPLIES:
            self._sent = None
        elif packet.opcode == Opcode.CMD_NAK:
            self._take_nak(packet.data, now)
        elif packet.opcode == Opcode.DECODE_DATA and packet.data:
            return self._take_code(packet, now)
        else:
            self._reply(ACK if packet.opcode == Opcode.EVENT else nak(NakCause.BAD_CONTEXT))
        return []

    def _take_code(self, packet: Packet, now: float) -> list[Frame]:
        same = replace(packet, status=packet.status & ~RETRANSMIT)
        is_doubled = self._is_ack_here  # it cannot have our ACK to the packet before, so it is that one
        is_known = same == self._taken and (is_doubled or (packet.is_resent and now - self._taken_at <= RESENDING_S))
        if not (is_known and is_doubled):
            self._reply(ACK)
            self._is_ack_here = True
        self._taken, self._taken_at, self._broken_at = same, now, None
        if is_known:
            self._resent += 1
            self._broken_at = now + RESENDING_S if packet.continues else None
            return [] if packet.continues else [replace_frame(self._told, at=now, repeated=True)]
        if len(self._parts) <= MAX_FRAME_BYTES + 1:
            self._parts += packet.data[bool(self._parts) :]  # the code's type stands in every packet
        if packet.continues:
            self._broken_at = now + RESENDING_S  # it may be sent again until then, and its tail is no code
            return []
        return self._finish(now)

    def _finish(self, now: float) -> list[Frame]:
        """Tell the code that ends here; one that is too long is cut one byte above the limit, to be refused."""
        code_type, text = self._parts[0], bytes(self._parts[1:]).rstrip(b"\r\n")
        self._parts.clear()
        frame = with_aim(code_type, text)[: MAX_FRAME_BYTES + 1]
        self._overlong += len(frame) > MAX_FRAME_BYTES
        self._told = Frame(data=frame, at=now)
        return [self._told] if text else []

    def _note_broken(self, now: float) -> None:
        self._broken += 1
        if self._broken_at is None:
            self._broken_at = now

    def _quiet_by(self) -> float | None:
        if not self._cutter.is_waiting:
            return None
        return self._last_at + (self._gap_s if self._cutter.is_lost else self._character_s)
