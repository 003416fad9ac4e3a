"""Where a receipt ends: at a cut that is one, however the bytes are split."""

import random

import pytest

from hardware.printer import escpos
from hardware.printer.raster import Raster
from hardware.tee.escpos_lengths import MORE, UNKNOWN, length_of
from hardware.tee.receipts import ReceiptFinder

CUTS = (b"\x1dV\x00", b"\x1dV1", b"\x1dVA\x10", b"\x1dVB\x00", b"\x1bi", b"\x1bm")
DECOYS = (
    b"\x1dv0\x00\x02\x00\x03\x00" + b"\x1bi\x1bm\x1dV",
    b"\x1dv0\x00\x03\x00\x02\x00" + b"\x1dV\x00\x1dV\x01",
    b"\x1d(L\x08\x00\x1dV\x00\x1bi\x1bm\x00",
    b"\x1d8L\x05\x00\x00\x00\x1dV\x00\x1bi",
    b"\x1b*\x21\x02\x00" + b"\x1bi\x1dV\x00.",
    b"\x1b*\x00\x05\x00" + b"\x1bi\x1dV\x00",
    b"\x1dk\x49\x05{B\x1bi\x00",
    b"\x1dk\x04\x1dVBC\x00",
    b"\x1bD\x1b\x69\x1dV\x00",
    b"\x1d*\x01\x01\x1bi\x1bm\x1bi\x1bm",
    b"\x1bJ\x1b\x1b!\x1d",
    b"\x1c(L\x02\x00\x1bi",
    b"\x10\x04\x01\x10\x14\x01\x00\x01\x10\x14\x08\x01\x03\x14\x01\x06\x02\x08",
    b"\x1dQ0\x00\x02\x00\x01\x00\x1bi",
    b"\x1b$\x1bi",
)


def ends_of(stream: bytes, cuts: list[int] | None = None, **wishes) -> list[tuple[int, bool, bool]]:
    finder = ReceiptFinder(**wishes)
    found = []
    for start, end in zip([0, *(cuts or [])], [*(cuts or []), len(stream)], strict=True):
        found += [(end.at, end.is_sure, end.feeds) for end in finder.feed(stream[start:end])]
    return found


@pytest.mark.parametrize("cut", CUTS)
def test_K5_every_cut_ends_a_receipt_at_its_first_byte(cut) -> None:
    """GS V in its four forms, ESC i and ESC m; those with a distance feed by themselves."""
    assert ends_of(b"\x1b@Film  12.90\n" + cut) == [(14, True, len(cut) == 4)]


@pytest.mark.parametrize("decoy", DECOYS)
def test_K5_a_cut_inside_something_else_is_none(decoy) -> None:
    """Pictures, codes, tabs and parameters may hold the bytes of a cut."""
    stream = b"Film\n" + decoy + b"\n" + b"\x1dV\x00" + b"next\n\x1bi"
    at = len(b"Film\n" + decoy + b"\n")
    assert ends_of(stream) == [(at, True, False), (len(stream) - 2, True, False)]


def test_K5_any_split_of_the_same_bytes_finds_the_same_ends() -> None:
    """Every place at which a delivery may end, one at a time, and many at once."""
    stream = b"".join(b"Receipt %d\n" % nr + decoy + CUTS[nr % 6] for nr, decoy in enumerate(DECOYS))
    whole = ends_of(stream)
    assert len(whole) == len(DECOYS)
    for at in range(1, len(stream)):
        assert ends_of(stream, [at]) == whole
    dice = random.Random(5)
    for _ in range(20):
        assert ends_of(stream, sorted(dice.sample(range(1, len(stream)), 40))) == whole


def test_K5_a_finder_that_is_resumed_reads_on() -> None:
    """Its state, taken at any place, is all that another one needs."""
    stream = b"".join(b"Receipt %d\n" % nr + decoy + CUTS[nr % 6] for nr, decoy in enumerate(DECOYS))
    whole = ends_of(stream)
    for at in range(len(stream)):
        finder = ReceiptFinder()
        found = finder.feed(stream[:at])
        resumed, place = ReceiptFinder.resumed(finder.state(), line_feeds=0)
        assert place == at
        found += resumed.feed(stream[at:])
        assert [(end.at, end.is_sure, end.feeds) for end in found] == whole


def test_K5_our_own_prints_are_read_whole() -> None:
    """What our own driver sends is of known length to the last byte."""
    band = Raster(width=16, height=3, rows=b"\x1bi\x1bm\x1di")
    ours = (
        escpos.initialise() + escpos.motion_units(203) + escpos.print_raster(band) + escpos.feed(300)
        + escpos.ask_process_id("AB12") + escpos.report_changes(255) + escpos.label_feed(65)
        + escpos.ask_status(4) + escpos.clear_buffer() + escpos.recover()
    )  # fmt: skip
    assert ends_of(ours + escpos.cut()) == [(len(ours), True, True)]


def test_K5_two_cuts_end_one_receipt() -> None:
    """A cut of blank paper ends nothing."""
    assert len(ends_of(b"Film\n\x1bi\n\n\x1dVB\x00")) == 1


def test_K5_after_what_nobody_explains_an_end_is_not_sure() -> None:
    """The next one is again, once the till has begun anew."""
    stream = b"a\x1b\xf7b\n\x1bi" + b"c\n\x1bi" + b"\x1b@d\n\x1bi"
    assert [sure for _, sure, _ in ends_of(stream)] == [False, False, True]


def test_K5_line_feeds_end_a_receipt_where_nothing_cuts() -> None:
    """A printer without a cutter: so many line feeds in a row, once."""
    assert [at for at, _, _ in ends_of(b"Film\n12.90\n\n\n\n\n\n\nnext\n\n\n\n\n", line_feeds=5)] == [15, 26]


def test_the_text_before_the_cut_is_kept_for_the_mark() -> None:
    """The end of the letters, without the commands between them."""
    (end,) = ReceiptFinder().feed(b"\x1b@\x1ba\x01Receipt \x1bE\x01" + b"0042\n\x1bi")
    assert end.text == b"Receipt 0042\n"


def test_lengths_are_told_once_the_head_is_there() -> None:
    """More is asked for while the head is short, and what is unknown is said to be."""
    assert length_of(b"\x1dv0\x00\x02\x00\x03") == MORE
    assert length_of(b"\x1dv0\x00\x02\x00\x03\x00") == 14
    assert length_of(b"\x1b\xf7") == UNKNOWN
    assert length_of(b"\x1cq\x01\x01\x00\x02\x00") == 7 + 16


def test_garbage_never_stops_the_finder() -> None:
    """A megabyte of anything is read in a moment, and the finder holds no more than a head of it."""
    finder = ReceiptFinder(line_feeds=4)
    dice = random.Random(3)
    for _ in range(100):
        finder.feed(dice.randbytes(10_000))
        assert len(finder._head) <= 16
