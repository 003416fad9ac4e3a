"""TSPL byte for byte: commands held to the manual, pictures that can never become commands, answers told apart.

Golden bytes are from the TSPL/TSPL2 programming manual and research/standards.md 3.7; what :mod:`hardware.printer.tspl`
has from memory is marked there. The judge is the virtual printer's reader, which was written from the manual alone.
"""

import itertools

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hardware.printer import tspl
from hardware.printer.language import Event, Flow, Noise
from hardware.printer.raster import Raster
from hardware.printer.status import PrinterStatus
from hardware.printer.tspl_language import after_four_bytes
from hardware.printer.tspl_replies import FourBytes, TsplReplies
from hardware.virtual.paper import unpacked
from hardware.virtual.tspl_reader import AT_ONCE, Bitmap, TsplReader


@pytest.mark.parametrize(
    ("made", "golden"),
    [
        (tspl.size(72, 30), b"SIZE 72 mm,30 mm\r\n"),
        (tspl.size(47.5, 80.1), b"SIZE 47.5 mm,80.1 mm\r\n"),
        (tspl.size(50, 333 / (300 / 25.4)), b"SIZE 50 mm,28.2 mm\r\n"),
        (tspl.gap(3), b"GAP 3 mm,0 mm\r\n"),
        (tspl.gap(0), b"GAP 0 mm,0 mm\r\n"),
        (tspl.black_mark(3), b"BLINE 3 mm,0 mm\r\n"),
        (tspl.origin(), b"DIRECTION 0,0\r\nREFERENCE 0,0\r\n"),
        (tspl.hand_out("peel"), b"SET TEAR OFF\r\nSET PEEL ON\r\nSET CUTTER OFF\r\n"),
        (tspl.hand_out("cut"), b"SET TEAR OFF\r\nSET PEEL OFF\r\nSET CUTTER 1\r\n"),
        (tspl.hand_out("tear"), b"SET TEAR ON\r\nSET PEEL OFF\r\nSET CUTTER OFF\r\n"),
        (tspl.reprint(is_on=False), b"SET REPRINT OFF\r\n"),
        (tspl.clear_image(), b"CLS\r\n"),
        (tspl.print_label(), b"PRINT 1,1\r\n"),
        (tspl.feed_label(), b"FORMFEED\r\n"),
        (tspl.ask_status(), b"\x1b!S"),
        (tspl.cancel(), b"\x1b!."),
        (tspl.end_pause(), b"\x1b!O"),
        (tspl.end_command(2), b"\xff\xff\r\n"),
    ],
)
def test_K3_each_verb_has_the_bytes_of_its_manual(made: bytes, golden: bytes) -> None:
    """One command a line; black is a 0 bit."""
    assert made == golden


def test_K3_a_picture_is_sent_with_black_as_zero() -> None:
    """BITMAP x,y,width in bytes,height,mode,data: two black dots at the left of row 5, white else."""
    raster = Raster(width=16, height=2, rows=b"\xc0\x00\x00\x01")
    assert list(tspl.bitmaps(raster, 5)) == [b"BITMAP 0,5,2,2,0,\x3f\xff\xff\xfe\r\n"]
    with pytest.raises(ValueError, match="1 to 256 rows"):
        next(tspl.bitmaps(Raster(width=8, height=0, rows=b""), 0))


def drawn(commands: bytes, width: int, height: int) -> bytes:
    """What the virtual printer's reader makes of bitmaps, as packed rows."""
    canvas = np.zeros((height, width), dtype=np.uint8)
    for command in TsplReader().feed(commands):
        assert isinstance(command, Bitmap), command
        dots = 1 - unpacked(command.row_bytes, command.rows, command.row_bytes * 8)
        canvas[command.y : command.y + len(dots), command.x : command.x + dots.shape[1]] = dots
    return np.packbits(canvas, axis=1).tobytes()


dangerous = st.lists(st.sampled_from([0xE4, 0xDE, 0xAD, 0xFF, 0xF5, 0x00, 0xB0]), min_size=1, max_size=60)


@given(rows=dangerous, row_bytes=st.integers(1, 6))
@example(rows=[0xE4, 0xDE], row_bytes=1)
@example(rows=[0xE4, 0xDE, 0xE4, 0xDE, 0xE4, 0xDE], row_bytes=6)
@example(rows=[0xFF, 0xE4, 0xDE, 0xFF], row_bytes=2)
def test_K3_no_picture_holds_an_immediate_command(rows: list[int], row_bytes: int) -> None:
    """E4 DE is 1B 21 once black is 0: whatever is drawn, the printer obeys nothing, and draws the same dots."""
    height = -(-len(rows) // row_bytes)
    raw = bytes(rows).ljust(height * row_bytes, b"\xde")
    sent = b"".join(tspl.bitmaps(Raster(width=row_bytes * 8, height=height, rows=raw), 0))
    assert AT_ONCE.search(sent) is None
    assert b"\x1b!" not in sent
    assert drawn(sent, row_bytes * 8, height) == raw


READY = FourBytes(message=0x40, warning=0x40, machine=0x40, media=0x40)


@pytest.mark.parametrize(
    ("answer", "word", "held", "waiting", "fault"),
    [
        (b"@@@@", "ready", 0, False, None),
        (b"`@@@", "offline", None, False, None),
        (b"C@@@", "ready", 1, False, None),
        (b"P@@@", "ready", 1, False, None),
        (b"W@@@", "ready", 1, False, None),
        (b"L@@@", "ready", 0, True, None),
        (b"K@@@", "offline", None, False, None),
        (b"@A@@", "near_end", 0, False, None),
        (b"E@A@", "error", None, False, None),
        (b"E@H@", "error", None, False, "the printer reported a jam at the cutter"),
        (b"E@@A", "paper_out", None, False, "the printer ran out of paper"),
        (b"E@@B", "error", None, False, "the printer reported a jam in its mechanism"),
        (b"E@@`", "cover_open", None, False, "the printer's cover was open"),
    ],
)
def test_K3_each_status_of_the_manual_is_understood(
    answer: bytes, word: str, held: int | None, *, waiting: bool, fault: str | None
) -> None:
    """<ESC>!S, byte by byte as the manual's table has them; a hot head passes by itself and is no cause."""
    events = TsplReplies().feed(b"\x02" + answer + b"\x03\r\n")
    assert len(events) == 1
    said = events[0]
    assert isinstance(said, FourBytes)
    status = after_four_bytes(PrinterStatus(connected=True), said, feels_labels=True)
    assert (status.word, status.held, status.label_waiting, status.fault) == (word, held, waiting, fault)
    assert after_four_bytes(PrinterStatus(), said, feels_labels=False).label_waiting is None


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=8))
def test_K3_any_split_of_what_it_says_gives_the_same_events(stream: bytes, cuts: list[int]) -> None:
    """Bytes come in any pieces; nothing crashes, nothing is lost, what fits nothing is noise."""
    stream += b"\x02@@@@\x03\r\n"
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    replies, parted = TsplReplies(), list[Event]()
    for start, end in itertools.pairwise(places):
        parted += replies.feed(stream[start:end])
    assert parted == TsplReplies().feed(stream)
    assert parted[-1] == READY
    sizes = {Flow: 1, FourBytes: 8}
    assert sum(len(said.raw) if isinstance(said, Noise) else sizes[type(said)] for said in parted) == len(stream)


def test_K3_half_an_answer_is_noise_and_costs_no_other() -> None:
    """An answer that breaks off is dropped where the next begins; XON and XOFF may stand inside."""
    events = TsplReplies().feed(b"\x02@@\x02@@\x13@\x11@\x03\r\n\x02@@@@\x03\x02L@@@\x03\r\n")
    assert events == [
        Noise(raw=b"\x02@@"),
        Flow(may_send=False),
        Flow(may_send=True),
        READY,
        Noise(raw=b"\x02@@@@\x03"),
        FourBytes(message=0x4C, warning=0x40, machine=0x40, media=0x40),
    ]
