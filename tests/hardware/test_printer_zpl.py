"""ZPL II: verbs are bytes, replies are told apart, and a count proves one label on an unbroken conversation only."""

import base64
import itertools
import zlib
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from hardware.errors import ProfileWrong
from hardware.printer import zpl
from hardware.printer.conversation import Conversation
from hardware.printer.document import label_document
from hardware.printer.language import Flow, Noise
from hardware.printer.languages import language_of
from hardware.printer.profile import PrinterProfile, load_profile, profile_names
from hardware.printer.proofs import Proofs
from hardware.printer.raster import Raster
from hardware.printer.status import PrinterStatus
from hardware.printer.straight import StraightSession
from hardware.printer.zpl_language import ERRORS, HOST, ODOMETER, Zpl, after_errors
from hardware.printer.zpl_replies import ErrorStatus, HostStatus, Quoted, ZplReplies
from hardware.spooler import Spooler
from hardware.testing_bench import PrinterBench, StripComposer
from hardware.testing_printing import FakePrintQueue
from hardware.testing_zpl import ModelledZebra
from hardware.virtual.zpl_reader import read_graphic
from photocore.ids import ItemId
from photocore.label import RollLabel
from photocore.settings import locate_config

CONFIG = locate_config()
SILENT = structlog.wrap_logger(None, processors=[lambda *_: (_ for _ in ()).throw(structlog.DropEvent)])
GUIDE_EXAMPLE = (
    b"\x02030,1,1,1225,000,0,0,0,000,0,0,0\x03\r\n\x02001,0,0,1,1,2,6,0,00000100,1,000\x03\r\n\x021234,0\x03\r\n"
)
QUIET = b"\x02030,0,0,0400,000,0,0,0,000,0,0,0\x03\r\n\x02001,0,0,0,0,1,6,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n"
ERROR_REPORT = (
    b"\x02\r\n\r\n  PRINTER STATUS                            \r\n   ERRORS:         1 00000000 00010005      \r\n"
    b"   WARNINGS:       1 00000000 00000008      \r\n\x03"
)


def profile(name: str = "virtual-zpl-peel", **changes: object) -> PrinterProfile:
    return msgspec.structs.replace(load_profile(CONFIG, name), **changes)


# -- what we say ----------------------------------------------------------------------------------------


def xmodem(data: bytes) -> int:
    """CRC-16/CCITT with start 0, bit by bit; "123456789" gives 31C3h in every table of check sums."""
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def test_K3_a_zpl_label_is_one_format_with_every_mode_said() -> None:
    """Golden bytes: commands of the guide in research/standards.md 3.6; what zlib makes of it is its own."""
    raster = Raster(width=16, height=2, rows=b"\xff\x00\x00\xff")
    (made,) = label_document(raster, profile("zebra-zd421-peel"))
    head, kind, coded, crc_and_end = made.split(b":")
    assert head == b"^XA^JZN^PON^PMN^LRN^LH0,0^MMP^MNY^PW16^LL2^FO0,0^GFA,4,4,2,"
    assert (kind, zlib.decompress(base64.b64decode(coded))) == (b"Z64", raster.rows)
    assert xmodem(b"123456789") == 0x31C3
    assert crc_and_end == f"{xmodem(coded):04X}".encode() + b"^FS^PQ1,0,0,N^XZ"
    assert label_document(raster, profile("generic-zpl"))[0] == (
        b"^XA^JZN^PON^PMN^LRN^LH0,0^MMT^MNY^PW16^LL2^FO0,0^GFA,4,4,2,FF0000FF^FS^PQ1,0,0,N^XZ"
    )
    assert b"^MMC^MNN" in label_document(raster, profile("zebra-zd421-cut"))[0]


@pytest.mark.parametrize(
    ("question", "golden"),
    [(ERRORS, b"~HQES"), (ODOMETER, b'! U1 getvar "odometer.total_label_count"\r\n'), (HOST, b"~HS")],
)
def test_K3_each_zpl_question_has_the_bytes_of_its_manual(question: int, golden: bytes) -> None:
    """Golden bytes: guide, ~HQ, SGD odometer, ~HS."""
    assert language_of(profile()).ask(question) == golden


@given(st.binary(min_size=1, max_size=400), st.integers(1, 9))
def test_K3_a_picture_as_z64_or_digits_is_the_same_picture(ink: bytes, row_bytes: int) -> None:
    """Read back by the virtual printer's own reader, which was written from the guide; no ``^`` or ``~`` is inside."""
    rows = ink + bytes(-len(ink) % row_bytes)
    raster = Raster(width=row_bytes * 8, height=len(rows) // row_bytes, rows=rows)
    for is_compressed in (True, False):
        made = zpl.picture(raster, is_compressed=is_compressed)
        body = made.removeprefix(b"^FO0,0^GF").removesuffix(b"^FS")
        assert not {b"^", b"~"} & {body[at : at + 1] for at in range(len(body))}
        assert read_graphic(body).rows == rows


# -- what it says ---------------------------------------------------------------------------------------


def test_K3_the_host_status_of_the_guide_is_read_by_its_places() -> None:
    """The example of research/standards.md 3.6: paper out, paused, tear-off, a hundred labels left."""
    (told,) = ZplReplies().feed(GUIDE_EXAMPLE)
    assert told == HostStatus(
        paper_out=True,
        paused=True,
        label_dots=1225,
        formats=0,
        is_partial=False,
        is_too_hot=False,
        head_up=False,
        ribbon_out=True,
        peels=False,
        label_waiting=False,
        labels_left=100,
    )


def test_K3_the_report_of_errors_is_read_by_its_bits() -> None:
    """Media out 1, head open 4, paused 10000h; warning 8 is the near end (guide, ~HQ; research/standards.md 3.6)."""
    (told,) = ZplReplies().feed(ERROR_REPORT)
    assert told == ErrorStatus(errors=0x10005, warnings=8)
    status = after_errors(PrinterStatus(connected=True, held=0, count=4), told)
    assert (status.word, status.paper, status.cover_open, status.held, status.count) == (
        "cover_open",
        "out",
        True,
        None,
        None,
    )


@pytest.mark.parametrize(
    ("bits", "word", "fault"),
    [
        (0x0, "ready", None),
        (0x2, "error", "the printer reported the end of its ribbon"),
        (0x8, "error", "the printer reported a jam at the cutter"),
        (0x10, "error", None),
        (0x10000, "offline", None),
        (0x200, "error", "the printer reported a fault it cannot leave by itself"),
        (0x80000000, "error", "the printer reported a fault it cannot leave by itself"),
    ],
)
def test_K3_each_zpl_error_is_one_word_and_one_cause(bits: int, word: str, fault: str | None) -> None:
    """A bit we have no name for stops printing too; a hot head and a pause pass."""
    status = after_errors(PrinterStatus(connected=True), ErrorStatus(errors=bits, warnings=0))
    assert (status.word, status.fault, status.offline) == (word, fault, bits != 0)


@given(
    st.lists(st.sampled_from([QUIET, GUIDE_EXAMPLE, ERROR_REPORT, b'"1234"', b'"?"', b"\x13\x11", b"?!"]), max_size=6),
    st.lists(st.integers(0, 900), max_size=8),
)
def test_K3_any_split_of_what_a_zebra_says_gives_the_same_events(said: list[bytes], cuts: list[int]) -> None:
    """Bytes come in any pieces; what they mean does not depend on it."""
    stream = b"".join(said)
    places = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
    replies = ZplReplies()
    pieces = [event for start, end in itertools.pairwise(places) for event in replies.feed(stream[start:end])]
    assert pieces == ZplReplies().feed(stream)
    assert sum(isinstance(event, HostStatus) for event in pieces) == said.count(QUIET) + said.count(GUIDE_EXAMPLE)


@given(st.binary(max_size=3000))
def test_K3_nonsense_from_a_zebra_neither_crashes_nor_grows(stream: bytes) -> None:
    """After any nonsense, ended by one more frame that is cut off, the next whole answer is read."""
    replies = ZplReplies()
    replies.feed(stream)
    replies.feed(b"\x02\x03")
    replies.feed(b'"' if len(replies._open) else b"")  # pyright: ignore[reportPrivateUsage]
    assert len(replies._open) <= 513  # pyright: ignore[reportPrivateUsage]
    assert Quoted(value=b"7") in replies.feed(b'\x02\x03"7"')


def test_K3_a_line_of_a_status_that_is_lost_costs_that_status_alone() -> None:
    """Lines of two answers are never mixed."""
    first, second, third = QUIET.split(b"\r\n")[:3]
    replies = ZplReplies()
    assert replies.feed(first + third) == [Noise(raw=third)]
    assert [type(event) for event in replies.feed(first + b"\x11" + second + third)] == [Flow, HostStatus]


# -- what is asked, and what it proves --------------------------------------------------------------------


def interview(language: Zpl, known: PrinterStatus) -> list[int]:
    asked: tuple[int, ...] = ()
    while (question := language.next_question(asked, known)) is not None:
        asked += (question,)
    return list(asked)


def test_K3_the_count_is_asked_before_what_is_held_and_not_in_an_error() -> None:
    """Only what is held after the count was read says that the count is of our label; ~HS is silent in errors."""
    fine, broken = PrinterStatus(connected=True, offline=False), PrinterStatus(connected=True, offline=True)
    assert interview(Zpl(profile()), fine) == [ERRORS, ODOMETER, HOST]
    assert interview(Zpl(profile()), broken) == [ERRORS]
    assert interview(Zpl(profile(confirms_by=("label_waiting", "scan_back"))), fine) == [ERRORS, HOST]


def test_K3_an_answer_to_another_question_means_nothing() -> None:
    """An answer of an earlier label that comes late is a stray; so is a number nobody asked for."""
    talk = Conversation(language_of(profile()))
    talk.opened()
    for event in ZplReplies().feed(b'"12"' + QUIET):
        talk.take(event)
    assert (talk.strays, talk.status.count, talk.status.held) == (2, None, None)
    talk.ask(ODOMETER)
    for event in ZplReplies().feed(QUIET + b'"12"'):
        talk.take(event)
    assert (talk.strays, talk.status.count, talk.status.held) == (3, 12, None)


@pytest.mark.parametrize("value", [b'"?"', b'"-1"', b'""', b'"9999999999999"', b'"1e5"'])
def test_K3_an_odometer_that_is_no_number_counts_nothing(value: bytes) -> None:
    """``"?"`` is what a printer says to a name it does not know."""
    talk = Conversation(language_of(profile()))
    talk.opened()
    talk.ask(ODOMETER)
    for event in ZplReplies().feed(value):
        talk.take(event)
    assert (talk.answers, talk.status.count) == (1, None)


BEFORE = PrinterStatus(
    connected=True, paper="ok", cover_open=False, offline=False, count=41, held=0, label_waiting=False
)


def counted(before: PrinterStatus = BEFORE) -> Proofs:
    proofs = Proofs()
    proofs.expect("!!!#")
    assert proofs.begin_count("!!!#", before)
    proofs.all_sent()
    return proofs


@pytest.mark.parametrize(
    ("after", "how"),
    [
        (replace(BEFORE, count=42), "odometer 42,"),
        (replace(BEFORE, count=42, held=1), None),
        (replace(BEFORE, count=41, label_waiting=True), None),
        (replace(BEFORE, count=43), None),
        (replace(BEFORE, count=40), None),
        (replace(BEFORE, count=None), None),
    ],
)
def test_K3_exactly_one_more_and_nothing_held_proves_a_label(after: PrinterStatus, how: str | None) -> None:
    """Two more, one less, one more with something still held, or no count at all: a person has to look."""
    proofs = counted()
    assert proofs.weigh(after) is (how is not None)
    assert proofs.how("!!!#") == how


def test_K3_without_an_odometer_a_label_that_waits_now_proves_it() -> None:
    """Nothing waited before; the sensor sees one now, and nothing is held."""
    before = replace(BEFORE, count=None)
    proofs = counted(before)
    assert not proofs.weigh(before)
    assert proofs.weigh(replace(before, label_waiting=True))
    assert proofs.how("!!!#") == "label waiting"


@pytest.mark.parametrize(
    "before",
    [
        replace(BEFORE, held=1),
        replace(BEFORE, held=None),
        replace(BEFORE, label_waiting=True),
        replace(BEFORE, count=None, label_waiting=None),
        replace(BEFORE, paper="out"),
    ],
)
def test_K3_a_printer_that_is_not_empty_cannot_begin_a_count(before: PrinterStatus) -> None:
    """What it holds would be counted for the label."""
    proofs = Proofs()
    assert not proofs.begin_count("!!!#", before)
    assert not proofs.weigh(replace(BEFORE, count=42))


@pytest.mark.parametrize(
    ("before", "early"),
    [
        (BEFORE, replace(BEFORE, count=42)),
        (replace(BEFORE, count=None), replace(BEFORE, count=None, label_waiting=True)),
    ],
)
def test_K3_what_is_printed_before_the_label_was_sent_never_proves_it(
    before: PrinterStatus, early: PrinterStatus
) -> None:
    """The feed key, or another program, came while the label was on its way: if ours is lost, theirs is no proof."""
    proofs = Proofs()
    proofs.expect("!!!#")
    assert proofs.begin_count("!!!#", before)
    assert not proofs.weigh(before)
    assert proofs.is_counting("!!!#")
    assert not proofs.weigh(early)
    proofs.all_sent()
    assert not proofs.weigh(early)
    assert not proofs.is_counting("!!!#")


@pytest.mark.parametrize("breaks", ["opened", "closed", "fell_silent", "fault"])
def test_K3_whatever_breaks_the_conversation_makes_its_count_void(breaks: str) -> None:
    """A lost line, silence, a cause: who knows what was printed meanwhile."""
    talk = Conversation(language_of(profile()))
    talk.opened()
    talk.status = BEFORE
    talk.proofs.expect("!!!#")
    talk.proofs.begin_count("!!!#", talk.status)
    talk.proofs.all_sent()
    if breaks == "fault":
        talk.status = replace(BEFORE, paper="out")
        talk.interviewed()
    else:
        getattr(talk, breaks)()
    talk.status = replace(BEFORE, count=42)
    talk.interviewed()
    assert not talk.has_proved("!!!#")


# -- peel and take ----------------------------------------------------------------------------------------


class Counter:
    """A Zebra with a peel bar, a queue and a spooler on the bench; a hand takes each label after so many seconds."""

    def __init__(self, taken_after_s: float) -> None:
        shop = profile(print_width_dots=192)
        self.queue = FakePrintQueue()
        self.zebra = ModelledZebra(feels=True, taken_after_s=taken_after_s)
        self.bench = PrinterBench(self.zebra)
        bench = self.bench
        session = StraightSession(bench.url, shop, bench.clock, bench.pass_time, opener=bench.open, log=SILENT)
        self.told: list[tuple[float, int]] = []
        self.spooler = Spooler(
            queue=self.queue,
            session=session,
            composer=StripComposer(shop),
            on_change=lambda job: self.told.append((bench.now, job.id)),
            log=SILENT,
        )

    def print(self, count: int, steps: int) -> None:
        roll = ItemId("(01)09501101530003(21)7H3K9QX2M1")
        self.queue.add(
            "c", [RollLabel(roll=roll, number=nr, of=count, copy=f"AAAAA{nr}") for nr in range(1, count + 1)]
        )
        for _ in range(steps):
            self.spooler.step()


def test_K3_a_label_is_printed_then_taken_and_only_then_comes_the_next() -> None:
    """Nobody takes the first one for a minute: the second is not sent, and its proof not awaited, before that."""
    at = Counter(taken_after_s=60)
    at.print(2, steps=20)
    assert (at.queue.states, at.queue.taken_jobs) == ({1: "printed", 2: "queued"}, [])
    at.bench.pass_time(60)
    at.print(0, steps=4)
    assert (at.queue.states, at.queue.taken_jobs) == ({1: "printed", 2: "printed"}, [1])
    at.bench.pass_time(60)
    at.print(0, steps=2)
    assert at.queue.taken_jobs == [1, 2]
    assert at.told[-1][1] == 2


def test_K3_a_label_that_is_taken_at_once_is_known_to_be_taken() -> None:
    """The hand was quicker than the question: the odometer proves the label, and nothing waits."""
    at = Counter(taken_after_s=0.01)
    at.print(1, steps=6)
    assert (at.queue.states, at.queue.taken_jobs) == ({1: "printed"}, [1])


def test_K3_what_another_program_prints_is_never_counted_for_our_label() -> None:
    """It prints on and on, and is not cancelled: ours is not sent before the odometer stands still, and then counts."""
    at = Counter(taken_after_s=0)
    at.zebra.feels, at.zebra.rows_per_s = False, 60  # a blank label takes 1.7 s
    left = [40]

    def others() -> None:
        left[0] -= 1
        at.zebra.receive(b"^XA^FO0,0^FDtheirs^FS^XZ", at.bench.now)
        if left[0]:
            at.bench.later(2.0, others)

    others()
    at.print(1, steps=6)
    assert at.queue.states == {1: "queued"}
    at.bench.pass_time(100)
    at.print(0, steps=4)
    assert at.queue.states == {1: "printed"}
    assert at.zebra.pieces[-1].strips[0].startswith("AAAAA1:1/")


# -- profiles -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('raster = "^GF Z64"', 'raster = "GS v 0"'), "raster is one of"),
        (('"odometer", "label_waiting"', '"process_id"'), "confirms by odometer"),
        (("peel = true", "peel = false"), "needs supports.peel"),
        (("peel = true", "peel = true\nstatus = false"), "must answer questions"),
        (('reconnects = "done"', 'reconnects = "yes"'), "reconnects"),
        (('reconnects = "done"', 'reconnects = "todo: "'), "reconnects"),
    ],
)
def test_K3_a_profile_that_claims_what_its_language_cannot_is_refused(
    tmp_path: Path, change: tuple[str, str], says: str
) -> None:
    """The ladder of proof is the language's; a point of the scale that is not done says why."""
    folder = tmp_path / "devices" / "printers"
    folder.mkdir(parents=True)
    text = (CONFIG / "devices" / "printers" / "virtual-zpl-peel.toml").read_text()
    assert change[0] in text
    (folder / "mine.toml").write_text(text.replace(*change))
    with pytest.raises(ProfileWrong, match=says):
        load_profile(tmp_path, "mine")


def test_K3_every_width_a_shop_meets_has_a_profile() -> None:
    """384, 512, 576 and 640 dots across, and all three ways to hand a label out."""
    profiles = [load_profile(CONFIG, name) for name in profile_names(CONFIG)]
    assert {384, 512, 576, 640} <= {made.print_width_dots for made in profiles}
    assert {made.supports.cutter for made in profiles if made.language == "zpl"} >= {"none", "full"}
    assert all(made.scale.tried_on_real_hardware != "done" for made in profiles)
