"""Verbs are bytes: golden against the manuals, bands against the picture, events against any split of the stream."""

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from hardware.errors import ProfileWrong
from hardware.printer import escpos
from hardware.printer.conversation import Conversation
from hardware.printer.demux import Answer, Block, Demultiplexer, Report, Text
from hardware.printer.document import label_document
from hardware.printer.escpos_language import after_answer, after_report
from hardware.printer.language import Event, Flow, Noise, ProcessId
from hardware.printer.languages import language_of
from hardware.printer.process_ids import PROBE, process_id_of
from hardware.printer.profile import load_profile, profile_names
from hardware.printer.raster import Raster, WhiteRows, encode, in_bands, picture_of
from hardware.printer.status import PrinterStatus
from photocore.settings import locate_config

CONFIG = locate_config()


@pytest.mark.parametrize(
    ("made", "golden"),
    [
        (escpos.initialise(), "1b 40"),
        (escpos.motion_units(203), "1d 50 cb cb"),
        (escpos.feed(300), "1b 4a ff 1b 4a 2d"),
        (escpos.cut(), "1d 56 42 00"),
        (escpos.cut(full=True, after_units=3), "1d 56 41 03"),
        (escpos.cut_here(), "1d 56 01"),
        (escpos.label_feed(escpos.LABEL_TO_PEEL), "1c 28 4c 02 00 41 30"),
        (escpos.label_feed(escpos.LABEL_TO_PRINT, go_on=True), "1c 28 4c 02 00 43 31"),
        (escpos.ask_label_position(), "1c 28 4c 02 00 30 30"),
        (escpos.ask_process_id("!!!#"), "1d 28 48 06 00 30 30 21 21 21 23"),
        (escpos.report_changes(255), "1d 61 ff"),
        (escpos.ask_status(escpos.DLE_EOT_PAPER), "10 04 04"),
        (escpos.clear_buffer(), "10 14 08 01 03 14 01 06 02 08"),
        (escpos.recover(), "10 05 02"),
        (
            escpos.print_raster(Raster(width=16, height=2, rows=b"\xff\x00\x00\xff")),
            "1d 76 30 00 02 00 02 00 ff 00 00 ff",
        ),
    ],
)
def test_K3_each_verb_has_the_bytes_of_its_manual(made: bytes, golden: str) -> None:
    """Golden bytes from the Epson command reference."""
    assert made.hex(" ") == golden


@pytest.mark.parametrize("wrong", ["abc", "abcde", "ab\x1bc", "abcé"])
def test_K3_a_process_id_that_is_not_four_printable_signs_is_refused(wrong: str) -> None:
    """Control bytes can never reach the wire through an id."""
    with pytest.raises(ValueError, match="four printable"):
        escpos.ask_process_id(wrong)


def test_K3_process_ids_are_unique_over_millions_of_jobs_and_never_the_probe() -> None:
    """F36: neighbours, carries and the wrap all differ; the probe has signs of its own."""
    ids = [process_id_of(job) for job in (*range(1, 20_000), 94**3, 94**3 + 1, 94**4 - 1)]
    assert len(set(ids)) == len(ids)
    assert all(len(made) == 4 and PROBE not in made and " " not in made for made in ids)
    with pytest.raises(ValueError, match="start at 1"):
        process_id_of(0)


def striped(width: int, height: int, seed: int) -> Image.Image:
    """A picture whose rows are inked or white by the bits of ``seed``."""
    rows = (bytes((0xFF if seed >> (row % 40) & 1 else 0xA5,)) * width for row in range(height))
    return Image.frombytes("1", (width * 8, height), b"".join(rows))


pictures = st.builds(striped, st.integers(1, 9), st.integers(1, 90), st.integers(0, 2**40))


@given(picture=pictures, rows=st.integers(1, 40), feed=st.booleans())
def test_K3_bands_put_together_are_the_picture(picture: Image.Image, rows: int, *, feed: bool) -> None:
    """Whatever the band height, and whether white is fed or sent, the paper shows the same dots."""
    raster = encode(picture)
    bands = list(in_bands(raster, rows, feed_white=feed))
    rejoined = b"".join(
        bytes(band.count * raster.row_bytes) if isinstance(band, WhiteRows) else band.rows for band in bands
    )
    assert rejoined == raster.rows
    assert picture_of(raster).tobytes() == picture.tobytes()
    assert all(isinstance(band, WhiteRows) or 1 <= band.height <= rows for band in bands)


def test_K3_a_grey_picture_is_refused_not_dithered() -> None:
    """Who draws decides what is black."""
    with pytest.raises(ValueError, match="one-bit"):
        encode(Image.new("L", (8, 8), 128))


def test_K3_white_is_fed_in_the_units_the_profile_counts_in() -> None:
    """At 300 dpi one unit is two dots; where a clone has no units, white is sent."""
    raster = Raster(width=16, height=21, rows=bytes(20 * 2) + b"\x80\x00")
    fine, clone = load_profile(CONFIG, "virtual-80mm-300dpi"), load_profile(CONFIG, "generic-80mm")
    assert escpos.feed(10) in label_document(raster, fine)
    assert b"\x1bJ" not in b"".join(label_document(raster, clone))


@pytest.mark.parametrize(
    ("changes", "begins", "ends"),
    [
        ({"media": "die_cut", "peel": True}, "1c 28 4c 02 00 43 30", "1c 28 4c 02 00 41 30"),
        ({"media": "black_mark", "cutter": "full"}, "1c 28 4c 02 00 43 30", "1c 28 4c 02 00 42 30 1d 56 00"),
        ({"media": "die_cut", "cutter": "none"}, "1c 28 4c 02 00 43 30", "1c 28 4c 02 00 42 30"),
        ({"media": "continuous", "cutter": "partial"}, "", "1d 56 42 00"),
        ({"media": "continuous", "cutter": "none"}, "", "1b 4a ff"),
    ],
)
def test_K3_each_way_to_hand_a_label_out_has_its_bytes(changes: dict[str, Any], begins: str, ends: str) -> None:
    """FS ( L 67 to where a print starts, 65 to the peeler, 66 to the cutter (TM-L90 specification, p. 105)."""
    made = load_profile(CONFIG, "epson-tm-l90")
    asked = {name: value for name, value in changes.items() if name != "media"}
    supports = msgspec.structs.replace(made.supports, **{"peel": False, **asked})
    shop = msgspec.structs.replace(made, media=changes["media"], supports=supports)
    first, *_, last = label_document(Raster(width=16, height=1, rows=b"\xff\x00"), shop)
    assert first.hex(" ") == f"1b 40 1d 50 cb cb 1d 61 ff {begins}".strip()
    assert last.hex(" ") == ends


@given(st.binary(max_size=60), st.lists(st.integers(0, 60), max_size=8))
def test_K3_any_split_of_what_the_printer_sends_gives_the_same_events(stream: bytes, cuts: list[int]) -> None:
    """Bytes come in any pieces; what they mean does not depend on it."""
    whole = Demultiplexer().feed(stream)
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    demux = Demultiplexer()
    pieces = [event for start, end in itertools.pairwise(places) for event in demux.feed(stream[start:end])]
    assert pieces == whole


sayings = st.one_of(
    st.sampled_from([0x12, 0x16, 0x1A, 0x32, 0x72, 0x7E]).map(lambda byte: (bytes((byte,)), Answer(byte=byte))),
    st.tuples(st.sampled_from([0x10, 0x18, 0x38]), st.sampled_from([0, 0x08]), st.sampled_from([0, 3, 12, 15])).map(
        lambda said: (bytes((*said, 0)), Report(status=bytes((*said, 0))))
    ),
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=4, max_size=4).map(
        lambda made: (b"\x37\x22" + made.encode() + b"\0", ProcessId(process_id=made))
    ),
    st.just((b"\x37\x25\x00", Block(identifier=0x25, body=b""))),
    st.just((b"_EPSON\x00", Text(body=b"EPSON"))),
)


@given(st.lists(sayings, max_size=8), st.lists(st.integers(0, 80), max_size=4))
def test_K3_everything_a_printer_says_is_told_apart_even_with_flow_control_inside(
    said: list[tuple[bytes, Event]], flow_at: list[int]
) -> None:
    """XON and XOFF may stand anywhere, inside a block too; the rest is read as if they were not there."""
    stream = b"".join(raw for raw, _ in said)
    for place in flow_at:
        stream = stream[: min(place, len(stream))] + b"\x13\x11" + stream[min(place, len(stream)) :]
    events = Demultiplexer().feed(stream)
    assert [event for event in events if not isinstance(event, Flow)] == [event for _, event in said]
    flows = [event.may_send for event in events if isinstance(event, Flow)]
    assert (flows.count(False), flows.count(True)) == (len(flow_at), len(flow_at))


def test_K3_a_lost_byte_costs_one_report_and_not_the_proof_behind_it() -> None:
    """Half a report is noise; the block after it is read whole."""
    events = Demultiplexer().feed(b"\x18\x00" + b"\x37\x22abcd\x00")
    assert events == [Noise(raw=b"\x18\x00"), ProcessId(process_id="abcd")]


def conversation() -> Conversation:
    """A conversation with the virtual ESC/POS printer."""
    return Conversation(language_of(load_profile(CONFIG, "virtual-80mm")))


def test_K3_silence_is_unknown_and_never_out_of_paper() -> None:
    """Nothing said, nothing known; an unanswered question takes back what was known."""
    talk = conversation()
    assert (talk.status.paper, talk.status.word) == ("unknown", "offline")
    talk.opened()
    assert (talk.status.paper, talk.status.word) == ("unknown", "unknown")
    talk.take(Report(status=b"\x10\x00\x00\x00"))
    assert talk.status.word == "ready"
    talk.ask(4)
    talk.fell_silent()
    assert (talk.status.paper, talk.status.word) == ("unknown", "unknown")


def test_K3_an_answer_nobody_asked_for_means_nothing() -> None:
    """Raster data can make a printer answer: 0x72 is "paper out" to DLE EOT 4, and nothing at all unasked."""
    talk = conversation()
    talk.opened()
    talk.take(Answer(byte=0x72))
    assert talk.status.paper == "unknown"
    talk.ask(4)
    talk.take(Answer(byte=0x72))
    talk.take(Answer(byte=0x12))
    assert talk.status.paper == "out"
    assert talk.strays == 2


def test_K3_a_proof_counts_once_and_for_its_own_id_only() -> None:
    """Unexpected, forgotten and repeated ids prove nothing."""
    talk = conversation()
    talk.proofs.expect("aaaa")
    talk.take(ProcessId(process_id="bbbb"))
    assert not talk.has_proved("aaaa")
    talk.take(ProcessId(process_id="aaaa"))
    assert talk.has_proved("aaaa")
    talk.proofs.forget("aaaa")
    talk.take(ProcessId(process_id="aaaa"))
    assert not talk.has_proved("aaaa")
    assert talk.confirms == "confirms"


@pytest.mark.parametrize(("fault", "proves"), [(b"\x10\x00\x0c\x00", False), (b"\x10\x00\x00\x00", True)])
def test_K3_a_proof_after_a_fault_proves_nothing(fault: bytes, *, proves: bool) -> None:
    """The roll ended, was changed at once, and the rest of the label stands on the next one: no whole label."""
    talk = conversation()
    talk.opened()
    talk.proofs.expect("aaaa")
    talk.take(Report(status=fault))
    talk.take(Report(status=b"\x10\x00\x00\x00"))
    talk.take(ProcessId(process_id="aaaa"))
    assert talk.has_proved("aaaa") is proves
    assert (talk.proofs.marred_by("aaaa") is None) is proves
    talk.proofs.expect("bbbb")
    talk.take(ProcessId(process_id="bbbb"))
    assert talk.has_proved("bbbb")


@pytest.mark.parametrize(
    ("report", "word", "paper", "fault"),
    [
        ("10 00 00 00", "ready", "ok", None),
        ("10 00 03 00", "near_end", "near_end", None),
        ("18 00 0f 00", "paper_out", "out", "the printer ran out of paper"),
        ("38 00 00 00", "cover_open", "ok", "the printer's cover was open"),
        ("18 08 00 00", "error", "ok", "the printer reported a jam at the cutter"),
        ("18 40 00 00", "error", "ok", None),
        ("18 00 00 00", "offline", "ok", None),
    ],
)
def test_K3_a_report_becomes_one_word_and_one_cause(report: str, word: str, paper: str, fault: str | None) -> None:
    """Bits of research/standards.md 3.1; a hot head passes by itself and is no cause."""
    status = after_report(PrinterStatus(connected=True), bytes.fromhex(report))
    assert (status.word, status.paper, status.fault) == (word, paper, fault)


def test_K3_the_four_answers_tell_the_same_story_as_a_report() -> None:
    """DLE EOT 1 to 4 of a printer without paper, its cover open."""
    status = PrinterStatus(connected=True)
    for asked, byte in ((1, 0x1A), (2, 0x36), (3, 0x12), (4, 0x7E)):
        status = after_answer(status, asked, byte)
    assert status == PrinterStatus(connected=True, paper="out", cover_open=True, offline=True)


@pytest.mark.parametrize(
    ("block", "word"), [("37 38 44 40 00", "ready"), ("37 38 41 42 00", "ready"), ("37 38 40 43 00", "error")]
)
def test_K3_labels_that_can_be_printed_nowhere_are_the_wrong_roll(block: str, word: str) -> None:
    """FS ( L fn 48 (TM-L90 specification, p. 105-106): at print start; at the peeler; no start can be reached."""
    language = language_of(load_profile(CONFIG, "epson-tm-l90"))
    talk = Conversation(language)
    talk.opened()
    asked: tuple[int, ...] = ()
    for answer in ("12", "12", "12", "12", block):
        question = language.next_question(asked, talk.status)
        assert question is not None
        talk.ask(question)
        for event in language.replies().feed(bytes.fromhex(answer)):
            talk.take(event)
        asked += (question,)
    assert (asked, language.next_question(asked, talk.status)) == ((1, 2, 3, 4, 48), None)
    assert (talk.answers, talk.status.word) == (5, word)


def test_K3_where_a_label_stands_is_asked_of_an_idle_label_printer_only() -> None:
    """It is no real-time question: a stopped printer would not answer it, and silence would hide the cause."""
    label, receipt = (language_of(load_profile(CONFIG, name)) for name in ("epson-tm-l90", "epson-tm-t20"))
    fine = PrinterStatus(connected=True, offline=False, cover_open=False, paper="ok")
    assert label.next_question((1, 2, 3, 4), fine) == 48
    assert label.next_question((1, 2, 3, 4), replace(fine, paper="out")) is None
    assert label.next_question((1, 2, 3, 4), replace(fine, offline=True)) is None
    assert receipt.next_question((1, 2, 3, 4), fine) is None


@pytest.mark.parametrize("name", profile_names(CONFIG))
def test_K3_every_shipped_printer_profile_is_whole(name: str) -> None:
    """Each loads, prints no wider than its paper and keeps GS1's least module."""
    profile = load_profile(CONFIG, name)
    assert profile.print_width_mm <= profile.paper_width_mm
    assert profile.quality.linear_dots / profile.dots_per_mm >= 0.249
    assert profile.confirms_by[-1] == "scan_back"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("paper_width_mm = 80", "paper_width_mm = 60"), "60.0 mm paper"),
        (("band_rows = 64", "band_rows = 9"), "band_rows"),
        (('codepage = "cp858"', 'codepage = "cp999"'), "cp999"),
        (("matrix_least_dots = 4", "matrix_least_dots = 9"), "matrix_least_dots"),
        (("columns = 48", "columns = 48\ncolour = 1"), "colour"),
    ],
)
def test_K3_a_profile_that_cannot_be_true_is_refused_by_name(
    tmp_path: Path, change: tuple[str, str], says: str
) -> None:
    """The message names the file and what is wrong in it."""
    folder = tmp_path / "devices" / "printers"
    folder.mkdir(parents=True)
    text = (CONFIG / "devices" / "printers" / "virtual-80mm.toml").read_text()
    (folder / "mine.toml").write_text(text.replace(*change))
    with pytest.raises(ProfileWrong, match=says):
        load_profile(tmp_path, "mine")
    with pytest.raises(ProfileWrong, match="no printer profile"):
        load_profile(tmp_path, "../labels/words")
    with pytest.raises(ProfileWrong, match=r"no printer profile 'main'; there are: mine\. Did you mean 'mine'\?$"):
        load_profile(tmp_path, "main")
