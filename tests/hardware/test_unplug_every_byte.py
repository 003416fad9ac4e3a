"""The plug pulled at every byte: of a label's request, of the printer's answers, and of a scan.

After the replug nothing false was said: the copy under way is printed with a paper to show for it, spoiled and
replaced, or a question to a person; never two labels that count; and the next label prints. Labels go through the
production spooler in a time of their own (:mod:`hardware.testing_bench`); scans through the framer and over a pty.
"""

from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
import structlog

from hardware.printer.profile import load_profile
from hardware.printer.straight import StraightSession
from hardware.scanner import Frame, Framer, ScannerLink
from hardware.scanner.profile import load_profile as load_scanner
from hardware.spooler import Spooler
from hardware.testing_bench import PrinterBench, StripComposer
from hardware.testing_printer import ModelledPrinter
from hardware.testing_printing import FakePrintQueue
from hardware.testing_tspl import ModelledTsc
from hardware.testing_zpl import ModelledZebra
from hardware.virtual.keystrokes import Stroke
from hardware.virtual.scanner import VirtualScanner
from photocore.host import SystemClock
from photocore.ids import ItemId
from photocore.label import RollLabel
from photocore.settings import locate_config

CONFIG = locate_config()
SCAN = b"]d20109506000134352" + b"21ABC12345\r\n"
SILENT = structlog.wrap_logger(None, processors=[lambda *_: (_ for _ in ()).throw(structlog.DropEvent)])

Pull = Callable[[PrinterBench, int], object]


def label(number: int) -> RollLabel:
    return RollLabel(
        roll=ItemId(f"(01)09501101530003(21)7H3K9QX2M{number}"), number=number, of=9, copy=f"AAAAA{number}"
    )


KINDS: dict[str, tuple[str, Callable[..., Any]]] = {
    "escpos": ("virtual-80mm", ModelledPrinter),
    "zpl": ("virtual-zpl", ModelledZebra),
    "zpl peel": ("virtual-zpl-peel", partial(ModelledZebra, feels=True)),
    "zpl peel, no odometer": ("virtual-zpl-peel", partial(ModelledZebra, feels=True, counts=False)),
    "tspl peel": ("virtual-tspl-peel", ModelledTsc),
}


class Job:
    """One label printed well, one under which something is pulled, and one after it."""

    def __init__(
        self, *, line: str, kind: str = "escpos", supports: dict[str, Any] | None = None, **traits: Any
    ) -> None:
        profile, make = KINDS[kind]
        made = load_profile(CONFIG, profile)
        promised = msgspec.structs.replace(made.supports, **(supports or {}))
        self._shop = msgspec.structs.replace(made, print_width_dots=192, band_rows=24, supports=promised)
        self.queue = FakePrintQueue()
        self.printers = [make(**traits)]
        self.bench = PrinterBench(self.printers[0], is_serial=line != "tcp", holds_bytes=line == "rtscts")
        bench = self.bench
        session = StraightSession(bench.url, self._shop, bench.clock, bench.pass_time, opener=bench.open, log=SILENT)
        self._spooler = Spooler(queue=self.queue, session=session, composer=StripComposer(self._shop), log=SILENT)
        self.print(1)

    def print(self, number: int) -> None:
        self.queue.add(f"c{number}", [label(number)])
        for _ in range(200):
            if not {"queued", "sending", "awaiting_proof"} & set(self.queue.states.values()):
                return
            self._spooler.step()
        raise AssertionError(f"nothing goes on: {self.queue.history}")

    def status(self) -> str:
        """The word on the screen, a while later."""
        for _ in range(3):
            self._spooler.step()
        return self._spooler.status()

    @property
    def bytes_so_far(self) -> tuple[int, int]:
        return self.bench.sent_bytes, self.bench.heard_bytes

    def judge(self, where: str) -> Counter[str]:
        """Hold every word to the paper."""
        papers = Counter(
            copy
            for printer in self.printers
            for piece in printer.pieces
            if piece.is_cut
            for copy in piece.whole_copies()
        )
        states = self.queue.states
        valid: Counter[str] = Counter()
        for job in self.queue.jobs.values():
            told = f"{where}: {self.queue.history}"
            assert states[job.id] != "printed" or papers[job.copy] == 1, told
            assert isinstance(job.label, RollLabel)
            valid[job.label.roll] += states[job.id] in ("printed", "maybe")
            assert states[job.id] == "void" or papers[job.copy] <= 1, told
        assert set(valid.values()) == {1}, f"{where}: {self.queue.history}"
        assert states[max(states)] == "printed", f"{where}: {self.queue.history}"
        return Counter(states.values())


def unplug(bench: PrinterBench) -> None:
    bench.unplug()
    bench.later(3, bench.plug)


def other_printer(bench: PrinterBench) -> None:
    bench.unplug()
    bench.later(3, lambda: bench.plug(type(bench.printer)()))


def restart(bench: PrinterBench) -> None:
    bench.brown_out(0.5)


def keep_and_restart(bench: PrinterBench) -> None:
    bench.printer.keeps_buffer = True
    bench.brown_out(0.5)


PULLS = [unplug, other_printer, restart, keep_and_restart]
LINES = ["tcp", "serial", "rtscts"]


def pulled_at(
    pull: Callable[[PrinterBench], None],
    line: str,
    *,
    kind: str = "escpos",
    out: int | None = None,
    heard: int | None = None,
) -> str:
    """Play one label with the plug pulled at a byte; return what became of it."""
    job = Job(line=line, kind=kind)
    bench = job.bench

    def happens() -> None:
        pull(bench)

    if out is not None:
        bench.at_byte_out(out, happens)
    if heard is not None:
        bench.at_byte_in(heard, happens)
    job.print(2)
    bench.let_be()
    bench.pass_time(10)
    job.print(3)
    bench.pass_time(10)
    if bench.printer not in job.printers:
        job.printers.append(bench.printer)
    job.judge(f"{pull.__name__} of {kind} on {line} at byte {out if heard is None else heard}")
    return job.queue.states[2]


def bytes_of_a_label(line: str, kind: str = "escpos") -> tuple[int, int]:
    """How many bytes go out and come in for one label."""
    job = Job(line=line, kind=kind)
    before = job.bytes_so_far
    job.print(2)
    after = job.bytes_so_far
    return after[0] - before[0], after[1] - before[1]


def try_bytes(
    line: str, pull: Callable[[PrinterBench], None], stride: int, *, kind: str = "escpos", heard_stride: int = 1
) -> Counter[str]:
    out, heard = bytes_of_a_label(line, kind)
    ends = Counter(pulled_at(pull, line, kind=kind, out=at) for at in range(0, out + 1, stride))
    return ends + Counter(pulled_at(pull, line, kind=kind, heard=at) for at in range(0, heard + 1, heard_stride))


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("pull", PULLS, ids=lambda pull: pull.__name__)
def test_K3_pulled_at_a_byte_of_a_label_nothing_false_is_said(pull: Callable[[PrinterBench], None], line: str) -> None:
    """Every byte of the answers and every seventh of the request; on a line that breaks, most copies need no person."""
    ends = try_bytes(line, pull, 7)
    assert set(ends) <= {"printed", "maybe", "void"}
    assert ends["void"] > 0 or pull is keep_and_restart


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "escpos"])
@pytest.mark.parametrize("line", LINES[:2])
@pytest.mark.parametrize("pull", PULLS, ids=lambda pull: pull.__name__)
def test_K3_pulled_at_a_byte_of_a_label_that_is_only_counted(
    pull: Callable[[PrinterBench], None], line: str, kind: str
) -> None:
    """The same with a printer that echoes no id: what a count cannot tell is a question, and never a false word."""
    ends = try_bytes(line, pull, 59, kind=kind, heard_stride=53)
    assert set(ends) <= {"printed", "maybe", "void"}
    assert ends["printed"] > 0


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "escpos"])
def test_K3_a_question_asked_on_a_line_that_blinked_says_nothing_of_the_new_line(kind: str) -> None:
    """The line is back before the answer was despaired of: it is asked again there, and nothing is muted."""

    def blink(bench: PrinterBench) -> None:
        bench.unplug()
        bench.later(0.2, bench.plug)

    ends = Counter(pulled_at(blink, "tcp", kind=kind, heard=at) for at in range(260))
    assert set(ends) <= {"printed", "maybe", "void"}


@pytest.mark.nightly
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "escpos"])
@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("pull", PULLS, ids=lambda pull: pull.__name__)
def test_K3_pulled_at_every_byte_of_a_label_that_is_only_counted(
    pull: Callable[[PrinterBench], None], line: str, kind: str
) -> None:
    """The same at every byte."""
    assert try_bytes(line, pull, 1, kind=kind).total() > 400


@pytest.mark.nightly
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("pull", PULLS, ids=lambda pull: pull.__name__)
def test_K3_pulled_at_every_byte_of_a_label_nothing_false_is_said(
    pull: Callable[[PrinterBench], None], line: str
) -> None:
    """The same at every byte."""
    assert try_bytes(line, pull, 1).total() > 1_200


@pytest.mark.parametrize("replies", [b"\x37\x22!!!#\x00", b"\x37\x22\x7e\x7e\x7e\x7e\x00"])
def test_K3_the_proof_of_another_job_said_under_this_one_proves_nothing(replies: bytes) -> None:
    """F36: an old job's proof, or another's, comes and then nothing more: only a job's own proof makes it printed."""
    out, _ = bytes_of_a_label("tcp")
    for at in range(0, out, 11):
        job = Job(line="tcp", process_ids=True)

        def happens(job: Job = job) -> None:
            printer = job.bench.printer
            printer.said += replies
            printer.is_mute = True
            job.bench.later(40, lambda: setattr(printer, "is_mute", False))

        job.bench.at_byte_out(at, happens)
        job.print(2)
        job.bench.pass_time(10)
        job.print(3)
        job.judge(f"byte {at}")


def test_K3_another_printer_behind_the_same_name_is_judged_by_what_it_can() -> None:
    """Replugged as one that cannot confirm: its labels are maybe, for that reason; the first is believed again."""
    job = Job(line="tcp")
    job.bench.unplug()
    job.bench.plug(ModelledPrinter(process_ids=False))
    job.print(2)
    assert job.queue.history[-1][1:] == ("maybe", "this printer cannot confirm what it printed: scan the fresh label")
    job.bench.unplug()
    job.bench.plug(job.printers[0])
    job.print(3)
    assert job.queue.states == {1: "printed", 2: "maybe", 3: "printed"}


def test_K3_the_status_of_another_printer_is_its_own() -> None:
    """The old one was open and empty: nothing of that is told of the one that stands there now, nor the other way."""
    job = Job(line="serial")
    job.bench.printer.feel(job.bench.now, cover_open=True, near_end=True)
    assert job.status() == "cover_open"
    job.bench.unplug()
    assert job.status() == "offline"
    job.bench.plug(ModelledPrinter())
    assert job.status() == "ready"


def test_K3_a_printer_mute_when_it_is_probed_is_probed_again_when_it_speaks() -> None:
    """A probe's silence counts only for a printer that is ready or always mute: else all its labels were questions."""
    job = Job(line="tcp")
    job.bench.unplug()
    replaced = ModelledPrinter()
    replaced.is_mute = True
    job.bench.plug(replaced)
    job.bench.later(30, lambda: setattr(replaced, "is_mute", False))
    job.print(2)
    assert job.queue.states[2] == "printed"


def test_K3_a_profile_without_status_questions_still_prints() -> None:
    """Not to be asked is no silence: proofs alone are enough."""
    job = Job(line="tcp", supports={"status": False})
    job.print(2)
    assert job.queue.states == {1: "printed", 2: "printed"}


def test_K3_a_line_lost_between_two_pieces_is_no_fault_of_the_program() -> None:
    """One without automatic reports is asked between the pieces: a plug pulled just then is told as what it is."""
    for at in range(0, bytes_of_a_label("tcp")[0], 5):
        job = Job(line="tcp", supports={"asb": False}, reports=False)
        job.bench.at_byte_out(at, lambda job=job: unplug(job.bench))
        job.print(2)
        job.judge(f"byte {at}")
        assert not any("fault of the station" in why for _, _, why in job.queue.history)


def test_K2_a_scan_cut_at_every_byte_is_nothing_or_itself() -> None:
    """Whatever part of a scan came before the plug was pulled: the next scan is read whole, and no mixture."""
    for at in range(len(SCAN) + 1):
        before, after = Framer(), Framer()
        frames = before.feed(SCAN[:at], 1.0) + after.feed(SCAN, 2.0)
        whole = SCAN.rstrip()
        assert [frame.data for frame in frames] == [whole] * (2 if at > len(whole) else 1)


def test_K2_a_plug_pulled_at_every_byte_of_a_scan_on_a_pty(tmp_path: Path, eventually: Callable[..., None]) -> None:
    """The same with a real link over a real pty, replugged each time as another device."""
    frames: list[Frame] = []
    profile = load_scanner(CONFIG, "virtual")
    with (
        VirtualScanner(tmp_path / "scanner0", profile, SystemClock()) as scanner,
        ScannerLink(str(scanner.path), profile, SystemClock(), frames.append) as link,
    ):
        for at in range(len(SCAN) + 1):
            eventually(lambda: link.state.is_up)
            scanner.strike(Stroke(data=SCAN[:at]))
            scanner.unplug()
            eventually(lambda: not link.state.is_up)
            scanner.plug()
            eventually(lambda: link.state.is_up)
            code = SCAN.rstrip()[:-2] + f"{at:02}".encode()
            scanner.scan(code)
            eventually(lambda code=code: frames[-1:] and frames[-1].data == code)
        read = {frame.data for frame in frames}
        assert read <= {SCAN.rstrip(), *(SCAN.rstrip()[:-2] + f"{at:02}".encode() for at in range(len(SCAN) + 1))}
