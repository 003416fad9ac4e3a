"""Zebra SSI without a line: golden packets, broken and doubled ones, and who waits for whom. Times are made up."""

from collections import deque

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.scanner import Debounce, load_profile
from hardware.scanner.ssi import Cutter, NakCause, Opcode, Packet, SsiDialogue, SsiWords
from hardware.scanner.ssi.code_types import with_aim
from hardware.scanner.ssi.dialogue import BELIEVED_LOST_S, RESENDING_S, RESPONSE_S, UNREADABLE
from hardware.scanner.ssi.packets import ACK, CONTINUES, DECODER, RETRANSMIT, nak
from hardware.virtual.keystrokes import cut_short, flipped, lost, told_twice
from hardware.virtual.scanner_ssi import SsiTongue
from photocore.refusals import RefusalReason
from photocore.scans import PackageScan, Refused
from photocore.settings import locate_config
from photocore.symbology import MAX_FRAME_BYTES, read_frame
from photocore.testing import KnownShop

EAN = bytes.fromhex("12F300000B34303036333831333333393331FC54")
ACKED = bytes.fromhex("04D00400FF28")
RESEND = bytes.fromhex("05D1040001FF25")
PACKAGE = b"]d2010950600013435221ABC12345"


def code(text=b"4006381333931", code_type=0x0B, status=0):
    return Packet(opcode=Opcode.DECODE_DATA, source=DECODER, status=status, data=bytes([code_type]) + text).encode()


def from_scanner(opcode, data=b""):
    return Packet(opcode=opcode, source=DECODER, data=data).encode()


@pytest.fixture
def talk():
    """A dialogue whose greeting the scanner has taken, at 10 s."""
    talk = SsiDialogue(SsiWords(parameters="8A 08", good_beep=0, refused_beep=16, good_lamps=1))
    talk.join(9.0)
    talk.settle()
    talk.outgoing(9.0)
    for _ in range(2):
        talk.feed(from_scanner(Opcode.CMD_ACK), 9.1)
        talk.outgoing(9.1)
    assert talk.due() is None
    return talk


# -- packets ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("packet", "sent"),
    [
        (ACK, "04 D0 04 00 FF 28"),
        (nak(NakCause.RESEND), "05 D1 04 00 01 FF 25"),
        (nak(NakCause.BAD_CONTEXT), "05 D1 04 00 02 FF 24"),
        (nak(NakCause.DENIED), "05 D1 04 00 06 FF 20"),
        (Packet(opcode=Opcode.BEEP, data=b"\x01"), "05 E6 04 00 01 FF 10"),
        (Packet(opcode=Opcode.SCAN_ENABLE), "04 E9 04 00 FF 0F"),
        (Packet(opcode=Opcode.PARAM_SEND, data=b"\xff\x8a\x08"), "07 C6 04 00 FF 8A 08 FD 9E"),
    ],
)
def test_K2_packets_are_the_manuals_bytes(packet, sent):
    """ACK and NAKs as a Zebra guide prints them, the rest by the checksum rule that gives those (72E-40451)."""
    assert packet.encode() == bytes.fromhex(sent)


def test_K2_a_code_is_read_from_its_packet():
    """EAN-13 4006381333931, the packet made by the same rule; its type becomes the AIM ID."""
    assert Cutter().feed(EAN) == [Packet(opcode=0xF3, source=0, data=b"\x0b4006381333931")]
    assert code() == EAN


@given(st.data())
def test_K2_packets_are_the_same_however_the_line_delivers_them(data):
    """Any bytes in any number of packets, cut anywhere, with wake-ups between them."""
    packets = data.draw(
        st.lists(
            st.builds(Packet, opcode=st.integers(1, 255), status=st.integers(0, 255), data=st.binary(max_size=251))
        )
    )
    stream = b"\0".join(packet.encode() for packet in packets)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=6)))
    cutter = Cutter()
    found = [
        packet
        for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)
        for packet in cutter.feed(stream[start:end])
    ]
    assert found == packets
    assert not cutter.is_waiting


@given(st.lists(st.binary(max_size=600), max_size=8))
def test_K2_no_bytes_whatever_break_the_cutter_or_make_it_hold_more_than_a_packet(deliveries):
    """Hostile noise: bounded, and every byte is accounted for."""
    cutter = Cutter()
    packets = [packet for delivery in deliveries for packet in cutter.feed(delivery)]
    assert cutter.held_bytes <= 0xFF + 2
    told = sum(len(packet.encode()) for packet in packets)
    assert told + cutter.dropped_bytes + cutter.nulls + cutter.held_bytes == sum(map(len, deliveries))


def test_a_packet_longer_than_its_length_byte_is_refused():
    """251 bytes of data at most."""
    with pytest.raises(ValueError, match="251"):
        Packet(opcode=Opcode.BEEP, data=bytes(252)).encode()


@pytest.mark.parametrize(
    ("code_type", "text", "told"),
    [
        (0x0B, b"4006381333931", b"]E04006381333931"),
        (0xC1, b"0109", b"]d20109"),
        (0x0F, b"]C10109", b"]C10109"),  # the scanner transmits AIM IDs: its own is kept
        (0x1B, b"]d20109", b"]d20109"),
        (0x1B, b"0109", b"0109"),  # Data Matrix, GS1 or not: nothing is guessed
        (0x1B, b"]C10109", b"]d1]C10109"),  # printed in the code, not sent by the scanner
        (0x03, b"]d20109", b"]C0]d20109"),
        (0x77, b"x", b"x"),
    ],
)
def test_K2_the_code_type_becomes_an_aim_id_and_a_printed_one_never_does(code_type, text, told):
    """A Code 128 that says ]d2 is no GS1 Data Matrix."""
    assert with_aim(code_type, text) == told


# -- codes ------------------------------------------------------------------------------------------------


def test_K2_a_code_is_told_and_its_packet_acknowledged(talk):
    """ACK says that the packet came whole; nothing beeps before the journal has it."""
    assert [frame.data for frame in talk.feed(EAN, 10.0)] == [b"]E04006381333931"]
    assert talk.outgoing(10.0) == ACKED


@pytest.mark.parametrize("place", range(len(EAN)))
@pytest.mark.parametrize("bit", [0, 6])
def test_K2_a_flipped_bit_is_never_read_and_asked_for_again(talk, place, bit):
    """Wherever it is, in the length too: nothing is told, a NAK goes out in the silence after it, it comes whole."""
    flipped = EAN[:place] + bytes([EAN[place] ^ 1 << bit]) + EAN[place + 1 :]
    assert talk.feed(flipped, 10.0) == []
    assert talk.silence(talk.due()) == []
    assert RESEND in talk.outgoing(10.3)
    again = talk.feed(code(status=RETRANSMIT), 10.4)
    assert [(frame.data, frame.repeated) for frame in again] == [(b"]E04006381333931", False)]
    assert talk.outgoing(10.4) == ACKED


def test_K2_a_lost_ack_makes_the_scanner_send_again_and_the_code_counts_once(talk):
    """The retransmit bit and the same bytes: told as seen again, and acknowledged again."""
    talk.feed(EAN, 10.0)
    talk.outgoing(10.0)
    again = talk.feed(code(status=RETRANSMIT), 12.0)
    assert [frame.repeated for frame in again] == [True]
    assert talk.outgoing(12.0) == ACKED
    assert talk.counts.resent == 1


def test_K2_a_first_sending_that_vanished_whole_is_not_lost_with_it(talk):
    """The bit alone makes no repeat: what is sent again may never have come."""
    assert [frame.repeated for frame in talk.feed(code(status=RETRANSMIT), 10.0)] == [False]
    assert talk.outgoing(10.0) == ACKED
    later = talk.feed(code(status=RETRANSMIT), 10.1 + RESENDING_S)
    assert [frame.repeated for frame in later] == [False]


def test_K2_the_same_code_beside_another_message_is_a_new_scan(talk):
    """Two films of one kind are counted one after the other; a trigger's event with the second makes it no echo."""
    talk.feed(EAN, 10.0)
    talk.outgoing(10.0)
    assert [frame.repeated for frame in talk.feed(from_scanner(Opcode.EVENT) + EAN, 15.0)] == [False]
    assert talk.outgoing(15.0) == 2 * ACKED
    assert [frame.repeated for frame in talk.feed(EAN + EAN, 20.0)] == [False, True]
    assert talk.outgoing(20.0) == ACKED


def test_K2_noise_that_never_falls_silent_is_told_once(talk):
    """A wrong baud rate or a broken line: a person hears of it, though no silence ever comes to conclude from."""
    told = []
    for second in range(100):
        told += talk.feed(b"\xff" * 64, 10.0 + second / 10)
        assert talk.outgoing(10.0 + second / 10) == b""
    assert [frame.data for frame in told] == [UNREADABLE]
    talk.silence(talk.due())
    assert [frame.data for frame in talk.feed(EAN, 21.0)] == [b"]E04006381333931"]


def test_K2_a_packet_whose_tail_was_lost_is_asked_for_again(talk):
    """Silence in mid-packet: dropped, counted, NAK."""
    assert talk.feed(EAN[:9], 10.0) == []
    assert talk.silence(10.1) == []
    assert talk.outgoing(10.1) == b""
    assert talk.silence(talk.due()) == []
    assert talk.outgoing(10.2) == RESEND
    assert talk.counts.unfinished == 1
    assert talk.held_bytes == 0


def test_K2_a_code_that_never_comes_whole_is_told_to_be_refused(talk):
    """A scanner reset to plain ASCII: the shopper hears of it, and no half code is read as a product."""
    talk.feed(b"4006381333931\r\n", 10.0)
    assert talk.silence(10.2) == []
    told = talk.silence(10.2 + BELIEVED_LOST_S)
    assert [frame.data for frame in told] == [UNREADABLE]
    refused = read_frame(UNREADABLE, KnownShop())
    assert isinstance(refused, Refused)
    assert refused.reason is RefusalReason.UNREADABLE
    assert talk.due() is None


def test_K2_a_code_in_several_packets_is_one(talk):
    """The continuation bit: each packet acknowledged, a resent middle one not joined twice."""
    first, second = PACKAGE[:12], PACKAGE[12:]
    assert talk.feed(code(first, 0x1B, CONTINUES), 10.0) == []
    assert talk.outgoing(10.0) == ACKED
    assert talk.feed(code(first, 0x1B, CONTINUES | RETRANSMIT), 12.1) == []
    assert talk.outgoing(12.1) == ACKED
    frames = talk.feed(code(second, 0x1B), 12.2)
    assert [frame.data for frame in frames] == [PACKAGE]
    assert isinstance(read_frame(frames[0].data, KnownShop()), PackageScan)
    assert talk.outgoing(12.2) == ACKED


def test_K2_a_last_packet_that_comes_again_tells_the_whole_code_again(talk):
    """Its ACK was lost: what is seen again is the code, not its tail."""
    talk.feed(code(PACKAGE[:12], 0x1B, CONTINUES), 10.0)
    talk.feed(code(PACKAGE[12:], 0x1B), 10.1)
    again = talk.feed(code(PACKAGE[12:], 0x1B, RETRANSMIT), 12.1)
    assert [(frame.data, frame.repeated) for frame in again] == [(PACKAGE, True)]


def test_K2_a_message_that_never_ends_is_dropped_and_told(talk):
    """The rest of it never came: its beginning is not glued to the next code."""
    talk.feed(code(b"4006", status=CONTINUES), 10.0)
    assert [frame.data for frame in talk.silence(talk.due())] == [UNREADABLE]
    assert [frame.data for frame in talk.feed(EAN, 30.0)] == [b"]E04006381333931"]


def test_K2_a_code_of_kilobytes_is_told_too_long_once(talk):
    """Bounded memory, one refusal, and none of it is read as a code."""
    for _ in range(40):
        assert talk.feed(code(b"x" * 250, 0x1C, CONTINUES), 10.0) == []
        assert talk.held_bytes < 1024
        assert talk.outgoing(10.0) == ACKED
    frames = talk.feed(code(b"x", 0x1C), 10.1)
    assert [len(frame.data) for frame in frames] == [MAX_FRAME_BYTES + 1]
    assert talk.counts.overlong == 1


def test_K2_our_own_voice_is_not_answered(talk):
    """A line that echoes: an ACK to an echo would echo for ever."""
    assert talk.feed(ACKED + Packet(opcode=Opcode.DECODE_DATA, data=b"\x0b1").encode(), 10.0) == []
    assert talk.outgoing(10.0) == b""


def test_K2_a_storm_of_packets_earns_a_handful_of_replies(talk):
    """A scanner waits for each reply; who does not is none."""
    talk.feed(from_scanner(0x55) * 10_000, 10.0)
    assert len(talk.outgoing(10.0)) < 200


# -- answers ----------------------------------------------------------------------------------------------


def test_K2_the_greeting_wakes_it_sets_it_up_and_lets_it_scan():
    """One command at a time, each after the last was taken."""
    talk = SsiDialogue(SsiWords(parameters="8A 08"))
    talk.join(1.0)
    assert talk.outgoing(1.0) == bytes.fromhex("00 07 C6 04 00 FF 8A 08 FD 9E")
    assert talk.outgoing(1.1) == b""
    talk.settle()
    talk.feed(from_scanner(Opcode.CMD_ACK), 1.2)
    assert talk.outgoing(1.2) == bytes.fromhex("04 E9 04 00 FF 0F")


def test_K2_good_and_refused_are_beeps_and_a_lamp(talk):
    """BEEP, LED_ON, and LED_OFF half a second later; refused is two long low ones."""
    assert talk.answer(ok=True, now=10.0)
    sent = []
    for now in (10.0, 10.1, 10.5):
        sent.append(talk.outgoing(now))
        talk.feed(from_scanner(Opcode.CMD_ACK), now)
    assert sent == [
        Packet(opcode=Opcode.BEEP, data=b"\x00").encode(),
        Packet(opcode=Opcode.LED_ON, data=b"\x01").encode(),
        Packet(opcode=Opcode.LED_OFF, data=b"\x01").encode(),
    ]
    talk.answer(ok=False, now=11.0)
    assert talk.outgoing(11.0) == Packet(opcode=Opcode.BEEP, data=b"\x10").encode()


def test_K2_a_beep_nobody_took_is_sent_twice_more_and_given_up(talk):
    """Marked as sent again, behind a wake-up; then counted."""
    talk.answer(ok=False, now=10.0)
    beep = Packet(opcode=Opcode.BEEP, data=b"\x10")
    assert talk.outgoing(10.0) == beep.encode()
    for time in (1, 2):
        assert talk.due() == 10.0 + time * RESPONSE_S
        assert talk.outgoing(talk.due()) == b"\0" + beep.encode(resent=True)
    assert talk.outgoing(talk.due()) == b""
    assert talk.counts.unconfirmed == 1
    assert talk.due() is None


def test_K2_a_beep_that_would_come_too_late_is_not_sent(talk):
    """While the scanner was deaf another code was answered: its beep is not heard as a third one's."""
    talk.answer(ok=False, now=10.0)
    talk.outgoing(10.0)
    talk.answer(ok=True, now=10.1)
    talk.feed(from_scanner(Opcode.CMD_ACK), 15.0)
    assert talk.outgoing(15.0) == Packet(opcode=Opcode.LED_OFF, data=b"\x01").encode()
    assert talk.counts.unconfirmed == 2


@pytest.mark.parametrize(("cause", "again"), [(NakCause.RESEND, True), (NakCause.DENIED, False)])
def test_K2_a_nak_is_obeyed(talk, cause, again):
    """RESEND brings it again at once; what it cannot do is not asked twice."""
    talk.answer(ok=False, now=10.0)
    beep = talk.outgoing(10.0)
    talk.feed(from_scanner(Opcode.CMD_NAK, bytes([cause])), 10.1)
    assert (len(talk.outgoing(10.1)) > len(beep)) == again
    assert talk.counts.unconfirmed == (not again)


def test_K2_a_code_that_comes_between_a_beep_and_its_ack_is_not_lost(talk):
    """Both speak at once: the code is acknowledged, the beep goes on waiting."""
    talk.answer(ok=False, now=10.0)
    talk.outgoing(10.0)
    assert len(talk.feed(EAN, 10.1)) == 1
    assert talk.outgoing(10.1) == ACKED
    talk.feed(from_scanner(Opcode.CMD_ACK), 10.2)
    assert talk.counts.unconfirmed == 0
    assert talk.due() is None


def test_K2_answers_nobody_takes_never_pile_up(talk):
    """A deaf scanner and a busy counter: at most eight wait."""
    for second in range(1000):
        talk.answer(ok=True, now=10.0 + second / 100)
    assert talk.counts.unconfirmed > 900


# -- with the scanner's side --------------------------------------------------------------------------------


class Line:
    """Our dialogue and a virtual scanner's tongue, on a line that loses, flips, cuts and doubles by word."""

    def __init__(self, troubles):
        words = SsiWords(parameters="2D 01", good_beep=0, refused_beep=16)
        self.talk, self.tongue = SsiDialogue(words), SsiTongue(load_profile(locate_config(), "zebra_ssi"))
        self.troubles = deque(troubles)
        self.frames = []
        self.now = 100.0
        self.talk.join(self.now)
        self.talk.settle()
        self.run()

    def either_way(self, sent):
        return self.troubles.popleft()(sent) if sent and self.troubles else sent

    def run(self, typed=b"", seconds=30.0):
        """Let the clock run; the scanner is patient for 2 s at a time, we for as long as our dialogue says."""
        until, patience = self.now + seconds, self.now + RESPONSE_S
        while self.now < until:
            if typed := self.either_way(typed):
                self.hear(self.talk.feed(typed, self.now))
            outgoing = self.either_way(self.talk.outgoing(self.now))
            typed = self.tongue.hear(outgoing) if outgoing else b""
            if outgoing or typed:
                patience = self.now + RESPONSE_S
                continue
            due = self.talk.due()
            self.now = min(until, patience, until if due is None else max(due, self.now + 0.001))
            self.hear(self.talk.silence(self.now))
            if self.now >= patience:
                typed, patience = self.tongue.lose_patience(), self.now + RESPONSE_S

    def hear(self, frames):
        self.frames += frames
        for frame in frames:
            self.talk.answer(ok=frame.data != UNREADABLE, now=self.now)

    def scan(self, text):
        self.run(self.tongue.begin(self.tongue.encode(text, aim="]d2", suffix=None)))


FINE = bytes
SHORT, LONG = b"010950600013435221ABC12340", b"".join(b"%04d" % number for number in range(125))
TROUBLES = st.lists(st.sampled_from([FINE, lost, flipped, cut_short]), max_size=8)
DOUBLINGS = st.lists(st.sampled_from([FINE, lost, flipped, cut_short, told_twice]), max_size=8)


@given(DOUBLINGS, st.just(SHORT))
def test_K2_whatever_a_line_does_to_ssi_packets_doubled_too(troubles, text):
    """A code of one packet, as all of ours are: see the next test."""
    _come_through(troubles, text)


@given(TROUBLES, st.just(LONG))
def test_K2_whatever_a_line_does_to_ssi_no_code_is_read_wrongly_or_counted_twice(troubles, text):
    """Lost, flipped and cut packets, either way: each code once, or refused aloud; then all is well again."""
    _come_through(troubles, text)


def _come_through(troubles, text):
    line = Line([])
    line.troubles.extend(troubles)
    line.scan(text)
    line.troubles.clear()
    line.scan(b"010950600013435221ABC12341")
    debounce = Debounce(0.8)
    told = [frame.data for frame in map(debounce.judge, line.frames) if not frame.repeated and frame.data != UNREADABLE]
    assert told[-1] == b"]d2010950600013435221ABC12341"
    assert told[:-1] in ([], [b"]d2" + text])
    assert line.tongue.heard[-1] == "lamp off" or line.tongue.heard[-1] == "good"


@pytest.mark.parametrize("trouble", [lost, flipped, cut_short, told_twice])
def test_K2_one_mishap_of_a_packet_costs_no_code(trouble):
    """It comes again, and the scanner hears good once."""
    line = Line([])
    line.troubles.append(trouble)
    line.scan(b"0109506000134352" + b"21ABC12340")
    debounce = Debounce(0.8)
    assert [frame.repeated for frame in map(debounce.judge, line.frames)] in ([False], [False, True])
    assert line.frames[0].data == b"]d2010950600013435221ABC12340"
    assert "good" in line.tongue.heard


def test_K2_a_lost_acknowledgement_of_ours_costs_no_code():
    """The scanner sends again, marked; we tell it as seen again."""
    line = Line([])
    line.troubles.extend([FINE, lost])
    line.scan(b"0109506000134352" + b"21ABC12340")
    assert [frame.repeated for frame in line.frames] == [False, True]
    assert line.talk.counts.resent == 1
