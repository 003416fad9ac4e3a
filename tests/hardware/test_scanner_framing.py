"""The framer: any stream of bytes, however it is cut, gives the same frames, in bounded memory."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hardware.scanner import Debounce, Frame, Framer

GTIN = b"]C1010950600013435221ABC123"
SERIAL_2D = b"]d2010950600013435221ABC123\x1d9112QX7B"


def cut(framer, *deliveries, now=10.0):
    return [frame.data for delivery in deliveries for frame in framer.feed(delivery, now)]


@pytest.mark.parametrize(
    ("end", "stream"),
    [
        ("cr", b"A1\rB2\r"),
        ("lf", b"A1\nB2\n"),
        ("crlf", b"A1\r\nB2\r\n"),
        ("cr", b"A1\r\nB2\r\n"),
        ("crlf", b"A1\rB2\n"),
        ("tab", b"A1\tB2\t"),
        ("etx", b"A1\x03B2\x03"),
        ("stx_etx", b"\x02A1\x03\x02B2\x03"),
        ("stx_etx", b"\x02A1\x03\r\n\x02B2\x03\r\n"),
    ],
)
def test_K2_every_end_ends_one_frame(end, stream):
    """CR, LF, CRLF, TAB, ETX and STX..ETX each give two frames for two scans, and none that is empty."""
    framer = Framer(end=end)
    assert cut(framer, stream) == [b"A1", b"B2"]
    assert framer.counts.dropped_bytes == 0


def test_K2_a_frame_split_in_time_is_joined():
    """F20: half a frame waits for its other half."""
    framer = Framer()
    assert framer.feed(GTIN[:9], 1.0) == []
    assert framer.silence(1.04) == []
    assert framer.feed(GTIN[9:] + b"\r", 1.04) == [Frame(data=GTIN, at=1.04)]


def test_K2_scans_merged_in_one_delivery_are_cut_apart():
    """Two whole scans in one read are two frames."""
    assert cut(Framer(), GTIN + b"\r\n" + SERIAL_2D + b"\r\n") == [GTIN, SERIAL_2D]


def test_K2_a_lost_end_merges_two_scans_into_one_frame():
    """F23: the first half is never taken for a whole; the check rules of photocore refuse the glued frame."""
    assert cut(Framer(), GTIN, SERIAL_2D + b"\r\n") == [GTIN + SERIAL_2D]


def test_K2_a_lost_end_is_forgotten_when_the_line_was_quiet():
    """The next scan after a pause is read clean, and the unfinished one is counted."""
    framer = Framer(stale_s=1.0)
    framer.feed(GTIN, 5.0)
    assert framer.due() == 6.0
    assert framer.silence(5.9) == []
    assert framer.silence(6.0) == []
    assert cut(framer, SERIAL_2D + b"\r", now=6.1) == [SERIAL_2D]
    assert (framer.counts.unfinished, framer.counts.dropped_bytes) == (1, len(GTIN))


def test_K2_silence_ends_a_frame_where_there_is_no_suffix():
    """50 ms of silence by our clock end it; its time is that of its last byte."""
    framer = Framer(end="gap", gap_s=0.05)
    framer.feed(GTIN[:5], 1.00)
    framer.feed(GTIN[5:], 1.03)
    assert framer.silence(1.05) == []
    assert framer.due() == pytest.approx(1.08)
    assert framer.silence(1.08) == [Frame(data=GTIN, at=1.03)]
    assert framer.due() is None


def test_K2_bytes_that_waited_in_the_kernel_are_joined_however_late_we_read():
    """A busy machine is no silent line: only a wait that came back empty is."""
    framer = Framer(end="gap")
    framer.feed(GTIN[:5], 1.0)
    framer.feed(GTIN[5:], 4.0)
    assert framer.silence(4.1) == [Frame(data=GTIN, at=4.0)]


@pytest.mark.parametrize("end", ["crlf", "stx_etx", "etx", "tab", "gap"])
def test_K2_a_megabyte_without_an_end_holds_bounded_memory(end):
    """F25: at most the longest frame is ever held, one is told to be refused, and the next good code is read."""
    framer = Framer(end=end, longest_bytes=512)
    held, told = 0, []
    assert framer.feed(b"\x02" if end == "stx_etx" else b"", 1.0) == []
    for _ in range(1_000_000 // 100):
        told += framer.feed(b"0123456789" * 10, 1.0)
        held = max(held, framer.held_bytes)
    assert held <= 512
    assert [len(frame.data) for frame in told] == [513]
    assert framer.counts.overlong == 1
    assert framer.silence(9.0) == []
    framed = {"stx_etx": b"\x02" + GTIN + b"\x03", "etx": GTIN + b"\x03", "tab": GTIN + b"\t", "gap": GTIN}
    frames = framer.feed(framed.get(end, GTIN + b"\r"), 10.0) + framer.silence(10.1)
    assert [frame.data for frame in frames] == [GTIN]
    assert framer.counts.dropped_bytes == 1_000_000


def test_K2_a_flood_that_ends_costs_only_itself():
    """The end of a flood is the end of the drop: the scan right behind it is read."""
    assert cut(Framer(), b"x" * 10_000, b"\r" + GTIN + b"\r") == [b"x" * 513, GTIN]


@pytest.mark.parametrize(("length", "told"), [(512, 512), (513, 513), (514, 513), (600, 513)])
def test_the_longest_frame_is_exactly_the_cap(length, told):
    """512 bytes are a frame; what is longer is told as 513, which is one too many for whoever reads it."""
    assert [len(data) for data in cut(Framer(), b"x" * length + b"\r")] == [told]


def test_K2_nul_is_dropped_and_everything_else_is_left_for_photocore():
    """F26: control characters stay in the frame, so that decoding refuses it with a reason."""
    framer = Framer()
    assert cut(framer, b"\0A\0\x0f\x1b[200~B\x1dC\xff\0\r\0") == [b"A\x0f\x1b[200~B\x1dC\xff"]
    assert framer.counts.nulls == 4


def test_K2_stx_in_mid_frame_begins_a_new_one():
    """The frame that lost its end is dropped whole, and noise outside STX..ETX too."""
    framer = Framer(end="stx_etx")
    assert cut(framer, b"noise\x02HALF\x02" + GTIN + b"\x03more\x03") == [GTIN]
    assert framer.counts.unfinished == 1
    assert framer.counts.dropped_bytes == len(b"noiseHALFmore")


@pytest.mark.parametrize(
    ("end", "stream"), [("crlf", b"il\r%s\r"), ("etx", b"il\x03%s\x03"), ("stx_etx", b"il\x03\x02%s\x03")]
)
def test_K2_the_tail_of_a_scan_is_dropped_when_we_join_a_line(end, stream):
    """After a reconnect, bytes up to the next end belong to a scan whose beginning was lost."""
    framer = Framer(end=end)
    framer.feed(b"\x02before the unpl", 1.0)
    framer.join(2.0)
    assert cut(framer, b"ta", stream % GTIN, now=2.0) == [GTIN]
    assert framer.counts.unfinished == 1


def test_K2_a_line_found_quiet_is_between_scans():
    """Joining ends at the first silence: the first scan after a replug counts."""
    framer = Framer(gap_s=0.05)
    framer.join(2.0)
    assert framer.due() == pytest.approx(2.05)
    framer.silence(2.05)
    assert cut(framer, GTIN + b"\r") == [GTIN]
    framer.join(3.0)
    framer.settle()
    assert cut(framer, GTIN + b"\r") == [GTIN]


STREAM_PIECES = st.lists(
    st.one_of(
        st.sampled_from([b"\r", b"\n", b"\r\n", b"\t", b"\x02", b"\x03", b"\0", b"\x1d", GTIN, b"y" * 40]),
        st.binary(max_size=30),
    ),
    max_size=20,
).map(b"".join)


@example(stream=b"\r" * 11 + GTIN * 2 + b"\r", cuts=[65], end="tab")
@given(
    stream=STREAM_PIECES,
    cuts=st.lists(st.integers(0, 900), max_size=12),
    end=st.sampled_from(["cr", "lf", "crlf", "tab", "etx", "stx_etx", "gap"]),
)
def test_K2_any_split_of_a_stream_gives_the_same_frames(stream, cuts, end):
    """How a hub or kernel cuts the deliveries means nothing, to the frames and to the counts."""
    whole, split = Framer(end=end, longest_bytes=64), Framer(end=end, longest_bytes=64)
    places = sorted({0, *(place for place in cuts if place < len(stream)), len(stream)})
    parts = [stream[a:b] for a, b in pairwise(places)]
    expected = cut(whole, stream) + [frame.data for frame in whole.silence(99.0)]
    assert cut(split, *parts) + [frame.data for frame in split.silence(99.0)] == expected
    assert split.counts == whole.counts
    assert all(0 < len(frame) <= 65 and b"\0" not in frame for frame in expected)
    assert sum(len(frame) == 65 for frame in expected) == whole.counts.overlong


@given(
    scans=st.lists(st.binary(min_size=1, max_size=40).filter(lambda scan: not set(scan) & set(b"\r\n\0")), max_size=8),
    suffix=st.sampled_from([b"\r", b"\n", b"\r\n"]),
)
def test_K2_what_is_scanned_is_what_is_framed(scans, suffix):
    """Every scan without an end inside comes out whole, once, in order."""
    assert cut(Framer(), *(scan + suffix for scan in scans)) == scans


def seen(debounce, *sights):
    return [debounce.judge(Frame(data=code, at=at)).repeated for code, at in sights]


def test_K2_the_same_code_within_800_ms_is_one_scan():
    """F22: the second is told as repeated; after 800 ms of not being seen it is a new scan."""
    assert seen(Debounce(), (b"A", 1.0), (b"A", 1.79), (b"A", 2.6)) == [False, True, False]


def test_K2_a_code_held_under_the_scanner_stays_one_scan():
    """The window slides with each sight."""
    assert seen(Debounce(), *[(b"A", 1.0 + 0.5 * n) for n in range(6)]) == [False] + [True] * 5


def test_K2_another_code_is_another_scan():
    """Package and card in quick turn are two scans, also when they alternate."""
    assert seen(Debounce(), (b"A", 1.0), (b"B", 1.1), (b"A", 1.2)) == [False, False, True]


def test_a_code_asked_for_again_counts_anew():
    """What the scanner sends again because it was refused is no repeat."""
    debounce = Debounce()
    seen(debounce, (b"A", 1.0))
    debounce.forget_last()
    assert seen(debounce, (b"A", 1.1)) == [False]
