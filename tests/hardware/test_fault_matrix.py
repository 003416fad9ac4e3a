"""Every word of the fault vocabulary on every driver: what a person is told, nothing twice, and it works again.

The table is made from the vocabulary and the list of drivers, so that a new word or a new driver cannot be forgotten: a
cell is tried, or its story says why that device cannot have it.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from hardware.printer.profile import PrinterProfile, load_profile
from hardware.printer.session import PrinterSession
from hardware.scanner import Frame, LinkState, ScannerLink
from hardware.scanner.profile import load_profile as load_scanner
from hardware.spooler import Spooler
from hardware.testing_bench import StripComposer
from hardware.testing_printer import BANDS, PaperPiece
from hardware.testing_printing import FakePrintQueue
from hardware.virtual.faults import STORIES, WORDS, Fault, help_lines, obey, read_order
from hardware.virtual.paper import Piece
from hardware.virtual.printer import VirtualPrinter
from hardware.virtual.printer_faults import FaultyPrinter
from hardware.virtual.printer_line import PtyLine, TcpLine
from hardware.virtual.scanner import VirtualScanner
from hardware.virtual.scanner_faults import FaultyScanner
from photocore.host import SystemClock
from photocore.ids import ItemId
from photocore.label import RollLabel
from photocore.scans import PackageScan, Refused
from photocore.settings import locate_config
from photocore.symbology import read_frame
from photocore.testing import KnownShop

CONFIG = locate_config()
PATIENT_S = 30.0
CODES = ["]d20109506000134352" + f"21ABC1234{number}" for number in range(5)]

PRINTERS = {
    "printer on a pty, proving": (True, True),
    "printer on a pty, not proving": (True, False),
    "printer on port 9100, proving": (False, True),
    "printer on port 9100, not proving": (False, False),
}
DRIVERS = ("scanner on a pty", *PRINTERS)

MIDJOB = frozenset({Fault.UNPLUG, Fault.REPLUG_AS_OTHER_PORT, Fault.BROWN_OUT_MIDJOB})
"""Faults that are begun while a label is on its way; the others stand when it is asked for."""

SILENCE = ("unknown",)
TOLD: dict[Fault, tuple[str, ...]] = {
    Fault.MUTE: SILENCE,
    Fault.GO_AWOL: SILENCE,
    Fault.GARBLE: SILENCE,
    Fault.SPLIT_FRAMES: ("ready",),
    Fault.DOUBLE_READ: ("ready",),
    Fault.UNPLUG: ("offline",),
    Fault.REPLUG_AS_OTHER_PORT: ("offline",),
    Fault.SLOW: ("ready",),
    Fault.PAPER_LOW: ("near_end",),
    Fault.PAPER_OUT: ("paper_out",),
    Fault.COVER_OPEN: ("cover_open",),
    Fault.CUTTER_JAM: ("error",),
    Fault.BROWN_OUT_MIDJOB: ("offline", "unknown"),  # a serial cable stays: there it is silence
}
"""The words the screen's line for the printer may get."""

SCANNED: dict[Fault, tuple[int, int, str]] = {
    Fault.MUTE: (0, 0, "up"),
    Fault.GO_AWOL: (0, 0, "up"),
    Fault.GARBLE: (0, 1, "up"),
    Fault.SPLIT_FRAMES: (1, 0, "up"),
    Fault.DOUBLE_READ: (1, 0, "up"),
    Fault.UNPLUG: (0, 0, "down"),
    Fault.REPLUG_AS_OTHER_PORT: (1, 0, "down"),
    Fault.SLOW: (1, 0, "up"),
    Fault.BROWN_OUT_MIDJOB: (0, 0, "down"),
}
"""Of one package scanned under the fault: how often it is new, how often refused, and what the link is told to be."""

CELLS = [(fault, driver) for fault in Fault for driver in DRIVERS]


def exemption(fault: Fault, driver: str) -> str:
    """Why this device cannot have this fault; empty where it can."""
    story = STORIES[fault]
    return story.no_scanner if driver.startswith("scanner") else "" if story.printer else "a printer cannot have it"


def test_K2_K3_every_word_is_tried_on_every_driver_or_says_why_not() -> None:
    """13 words on 5 drivers: 61 cells are tried, 4 have a reason in words."""
    exempt = {cell: exemption(*cell) for cell in CELLS if exemption(*cell)}
    assert (len(CELLS), len(exempt)) == (65, 4)
    assert set(exempt.values()) == {"a scanner has no paper", "a scanner has no cover", "a scanner has no cutter"}
    assert set(TOLD) == set(Fault) == set(STORIES)
    assert set(SCANNED) == {fault for fault in Fault if not STORIES[fault].no_scanner}


def test_K2_K3_the_command_lines_speak_the_same_words() -> None:
    """Each device's help names every word it has, and a line of the vocabulary is read as it was meant."""
    for kind, has in (("scanner", "scanner"), ("printer", "printer")):
        told = help_lines(kind)
        assert {word for word in WORDS if f"\n{word}" in f"\n{told}"} == {
            fault.value for fault in Fault if getattr(STORIES[fault], has)
        }
    order = read_order("end garble")
    assert order is not None
    assert (order.fault, order.ends) == (Fault.GARBLE, True)
    garble = read_order("garble 0.25")
    assert garble is not None
    assert garble.amount == 0.25
    assert read_order("refill") is None
    with pytest.raises(ValueError, match="There is no fault 'x'"):
        read_order("end x")


# -- scanners -------------------------------------------------------------------------------------------


class Kiosk:
    """Where frames and states land, read as the kiosk reads them; the same package is registered once."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self.states: list[LinkState] = []

    def scans(self, code: str) -> int:
        """How often a package was read as new."""
        text = code.removeprefix("]d2").encode()
        return sum(
            isinstance(read_frame(frame.data, KnownShop()), PackageScan) and text in frame.data and not frame.repeated
            for frame in self.frames
        )

    @property
    def packages(self) -> int:
        return sum(isinstance(read_frame(frame.data, KnownShop()), PackageScan) for frame in self.frames)

    @property
    def refused(self) -> int:
        return sum(isinstance(read_frame(frame.data, KnownShop()), Refused) for frame in self.frames)

    def was(self, condition: str) -> bool:
        return any(state.condition.value == condition for state in self.states)


@pytest.mark.parametrize("fault", [fault for fault in Fault if not exemption(fault, "scanner on a pty")])
def test_K2_every_fault_of_a_scanner(fault: Fault, tmp_path: Path, eventually: Callable[..., None]) -> None:
    """A code before, one under the fault, one after: nothing is read wrongly or twice, and the last one always."""
    kiosk, profile = Kiosk(), load_scanner(CONFIG, "virtual")
    new, refused, condition = SCANNED[fault]
    with (
        VirtualScanner(tmp_path / "scanner0", profile, SystemClock()) as scanner,
        ScannerLink(str(scanner.path), profile, SystemClock(), kiosk.frames.append, kiosk.states.append) as link,
    ):
        faulty = FaultyScanner(scanner)
        eventually(lambda: link.state.is_up)
        faulty.scan(CODES[0])
        eventually(lambda: kiosk.scans(CODES[0]) == 1)
        faulty.begin(fault)
        eventually(lambda: kiosk.was(condition) or fault is Fault.BROWN_OUT_MIDJOB)
        if fault is not Fault.UNPLUG:
            eventually(lambda: link.state.is_up)
            faulty.scan(CODES[1])
            eventually(lambda: kiosk.was(condition))
            eventually(lambda: (kiosk.scans(CODES[1]), kiosk.refused) == (new, refused))
        faulty.end(fault)
        eventually(lambda: link.state.is_up)
        if fault is Fault.GO_AWOL:  # the half scan is forgotten after a second of silence, never glued to the next
            eventually(lambda: link.state.counts.framing.unfinished == 1)
        faulty.scan(CODES[2])
        eventually(lambda: kiosk.scans(CODES[2]) == 1)
        assert [kiosk.scans(code) for code in CODES[:3]] == [1, new, 1]
        assert (kiosk.packages, kiosk.refused) == (2 + new + (fault is Fault.DOUBLE_READ), refused)


# -- printers -------------------------------------------------------------------------------------------


def copies_on(piece: Piece) -> list[str]:
    """The whole labels on a piece of the virtual printer's paper, read from its dots."""
    packed = np.packbits(piece.rows, axis=1)
    rows = [row.tobytes().partition(b";")[0].decode("latin-1") for row in packed]
    strips = [text for at, text in enumerate(rows) if text.isprintable() and (at == 0 or rows[at - 1] != text)]
    return PaperPiece(strips=[strip for strip in strips if strip.endswith(f"/{BANDS}")]).whole_copies()


def labels(first: int, count: int) -> list[RollLabel]:
    return [
        RollLabel(roll=ItemId(f"(01)09501101530003(21)7H3K9QX2M{number}"), number=number, of=9, copy=f"AAAAA{number}")
        for number in range(first, first + count)
    ]


class Counted:
    """A printer, a queue and a spooler at work, on one of the drivers."""

    def __init__(self, printer: VirtualPrinter, shop: PrinterProfile) -> None:
        self.printer, self.queue = printer, FakePrintQueue()
        self.words: list[str] = []
        self.session = PrinterSession(printer.url, shop, SystemClock(), answer_wait_s=0.3)
        self.spooler = Spooler(
            queue=self.queue, session=self.session, composer=StripComposer(shop), on_status=self.words.append
        )

    def print(self, first: int, count: int = 1) -> None:
        self.queue.add(f"c{first}", labels(first, count))
        self.spooler.wake()

    @property
    def papers(self) -> Counter[str]:
        return Counter(copy for piece in self.printer.pieces for copy in copies_on(piece))

    def judge(self) -> None:
        """Printed means one whole label; each roll has one copy that counts; no copy came out twice."""
        papers, states = self.papers, self.queue.states
        assert all(count == 1 for count in papers.values()), papers
        for job in self.queue.jobs.values():
            if states[job.id] == "printed":
                assert papers[job.copy] == 1, self.queue.history
        standing = Counter(
            job.label.roll
            for job in self.queue.jobs.values()
            if isinstance(job.label, RollLabel) and states[job.id] in ("printed", "maybe")
        )
        assert set(standing.values()) == {1}, self.queue.history
        assert len(standing) == len({job.label.roll for job in self.queue.jobs.values()})  # type: ignore[union-attr]


@contextmanager
def counter(driver: str, tmp_path: Path) -> Iterator[Counted]:
    is_pty, proves = PRINTERS[driver]
    made = load_profile(CONFIG, "virtual-80mm")
    changes: dict[str, Any] = {"print_width_dots": 192, "band_rows": 24, "label_proof_s": 1.0 if proves else 0.4}
    shop = msgspec.structs.replace(made, **changes)
    line = PtyLine(tmp_path / "printer0") if is_pty else TcpLine()
    with VirtualPrinter(line, CONFIG / "fonts", width_dots=192, margin_dots=0, process_ids=proves) as printer:
        at = Counted(printer, shop)
        at.spooler.start()
        try:
            yield at
        finally:
            at.spooler.stop()


@pytest.mark.parametrize("driver", PRINTERS)
@pytest.mark.parametrize("fault", [fault for fault in Fault if STORIES[fault].printer])
def test_K3_every_fault_of_a_printer(
    fault: Fault, driver: str, tmp_path: Path, eventually: Callable[..., None]
) -> None:
    """A label before, two under the fault, one after: the screen says what is so, and no word goes beyond the paper."""
    good = "printed" if PRINTERS[driver][1] else "maybe"
    with counter(driver, tmp_path) as at:
        faulty = FaultyPrinter(at.printer)
        at.print(1)
        assert at.queue.wait_for_state(1, good, PATIENT_S)
        at.words.clear()
        if fault in MIDJOB:
            at.printer.pace(120)
            at.print(2, 2)
            eventually(lambda: len(at.printer.paper.hanging.rows) > 0, within=PATIENT_S)
        obey(faulty, fault)
        if fault not in MIDJOB:
            at.print(2, 2)
        eventually(lambda: {at.spooler.status(), *at.words} & {*TOLD[fault]}, within=PATIENT_S)
        if fault is Fault.BROWN_OUT_MIDJOB:  # as long as a printer takes to start up
            eventually(lambda: not at.queue.unsettled(), within=PATIENT_S)
        at.printer.pace(None)
        obey(faulty, f"end {fault}")
        assert at.queue.wait_until_settled(PATIENT_S), at.queue.history
        at.print(4)
        assert at.queue.wait_until_settled(PATIENT_S), at.queue.history
        last = max(at.queue.states)
        assert at.queue.states[last] == good, at.queue.history
        eventually(lambda: at.papers[at.queue.jobs[last].copy] == 1)
        at.judge()
