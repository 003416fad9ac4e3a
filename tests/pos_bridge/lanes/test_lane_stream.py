"""Copies put back in order: repeats count once, gaps are seen, and a frame's name never depends on how bytes came."""

import random

import pytest

from hardware.scanner.profile import load_profile
from hardware.tee.copies import Copy, CopyWrong, decode
from hardware.virtual.scanner_ssi import SsiTongue
from photocore.errors import SettingsError
from photocore.settings import locate_config
from pos_bridge.lanes.stream import Heard, LaneStream

CONFIG = locate_config()
TEXT = b"]d2010950110153000321A1\r\n]E09501101530003\r\nplain\r\n"


def copy(offset: int, payload: bytes, *, at: float = 100.0, epoch: int = 7, fresh: bool = False) -> Copy:
    return Copy(lane="till-1", epoch=epoch, offset=offset, at=at, payload=payload, is_fresh=fresh)


def taken(stream: LaneStream, *copies: Copy) -> list[tuple[str, bytes] | int | None]:
    told: list[tuple[str, bytes] | int | None] = []
    for each in copies:
        for heard in stream.take(each):
            told += [(heard.name, heard.frame.data) if isinstance(heard, Heard) else heard.count]
    return told


def stream(profile: str = "generic") -> LaneStream:
    return LaneStream(load_profile(CONFIG, profile))


def test_K5_however_the_bytes_are_cut_frames_and_their_names_are_the_same() -> None:
    """One byte at a time, all at once, or anything between; and what comes twice counts once."""
    whole = taken(stream(), copy(0, TEXT))
    assert [frame[1] for frame in whole] == [line for line in TEXT.split(b"\r\n") if line]
    dice = random.Random(1)
    for _ in range(50):
        cuts = [0, *sorted(dice.sample(range(1, len(TEXT)), 7)), len(TEXT)]
        starts = [max(0, start - dice.randrange(9)) for start in cuts[:-1]]
        pieces = [copy(start, TEXT[start:end]) for start, end in zip(starts, cuts[1:], strict=True)]
        assert taken(stream(), *pieces) == whole


def test_K5_a_gap_is_told_and_half_a_code_never_passes_for_a_whole_one() -> None:
    """Twelve bytes are missing: the rest of that scan is dropped, the next one is read."""
    told = taken(stream(), copy(0, TEXT[:8]), copy(20, TEXT[20:]))
    assert told[0] == 12
    assert [frame[1] for frame in told[1:]] == [b"]E09501101530003", b"plain"]


def test_K5_behind_a_gap_what_begins_fresh_is_read_at_once() -> None:
    """The line was quiet before: it is the beginning of a scan."""
    told = taken(stream(), copy(0, b"half"), copy(50, b"whole\r\n", fresh=True))
    assert [told[0], told[1][1]] == [46, b"whole"]


def test_K5_a_tee_that_began_anew_is_another_stream() -> None:
    """Its places begin at nought; how much was missed cannot be known."""
    told = taken(stream(), copy(0, b"one\r"), copy(0, b"two\r", epoch=8, at=200.0))
    assert told == [("0000000000000007-4", b"one"), None, ("0000000000000008-4", b"two")]


def test_K5_the_same_code_twice_in_a_moment_is_one() -> None:
    """A scanner that reads twice; after a while it is another look."""
    told = taken(stream(), copy(0, b"x\r"), copy(2, b"x\r", at=100.3), copy(4, b"x\r", at=110.0))
    assert [frame[0] for frame in told] == ["0000000000000007-2", "0000000000000007-6"]


def test_K5_a_scanner_without_an_end_ends_by_silence() -> None:
    """The moments that the tee noted tell where one scan ends, also if all comes at once."""
    listening = stream("no_suffix")
    told = taken(listening, copy(0, b"one", fresh=True), copy(3, b"two", at=100.5, fresh=True))
    assert [frame[1] for frame in told] == [b"one"]
    assert [heard.frame.data for heard in listening.silence(101.0)] == [b"two"]


def test_K5_ssi_packets_are_understood_without_a_word_to_the_scanner() -> None:
    """A decode packet of a Zebra scanner: its code type becomes an AIM id."""
    sent = SsiTongue(load_profile(CONFIG, "zebra_ssi")).encode(b"9501101530003", aim="]E0", suffix=None)
    told = taken(stream("zebra_ssi"), *(copy(at, sent[at : at + 3]) for at in range(0, len(sent), 3)))
    assert [frame[1] for frame in told if isinstance(frame, tuple)] == [b"]E09501101530003"]


def test_a_keyboard_scanner_cannot_be_teed() -> None:
    """It sends keys, not bytes, and not over a line."""
    with pytest.raises(SettingsError):
        stream("hid_us")


def test_garbage_datagrams_are_refused() -> None:
    """What no tee made is told apart, whatever it is."""
    dice = random.Random(2)
    for datagram in (b"", b"TCT1", b"TCT1\x01", b"TCT1\x03short", *(dice.randbytes(60) for _ in range(200))):
        with pytest.raises(CopyWrong):
            decode(datagram)
    good = copy(5, b"abc").encode()
    assert decode(good) == copy(5, b"abc")
    for length in range(len(good) - 3):
        with pytest.raises(CopyWrong):
            decode(good[:length])


def test_K5_a_megabyte_of_garbage_stops_nothing() -> None:
    """The scan behind it is read."""
    listening, dice, offset = stream(), random.Random(4), 0
    for _ in range(250):
        garbage = dice.randbytes(4096)
        listening.take(copy(offset, garbage))
        offset += len(garbage)
    told = taken(listening, copy(offset, b"\r\n", at=200.0), copy(offset + 2, b"good\r\n", at=201.0))
    assert told[-1] == (f"{7:016x}-{offset + 7}", b"good")
