"""Every word of the fault vocabulary on every driver: what a person is told, nothing twice, and it works again.

The table is made from the vocabulary and the list of drivers, so that a new word or a new driver cannot be forgotten: a
cell is tried, or its story says why that device cannot have it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hardware.printer.profile import load_profile
from hardware.scanner import Frame, LinkState, ScannerLink
from hardware.scanner.profile import load_profile as load_scanner
from hardware.testing_counter import PATIENT_S, PrintingCounter
from hardware.virtual.faults import STORIES, WORDS, Fault, help_lines, obey, read_order
from hardware.virtual.printer_faults import FaultyPrinter
from hardware.virtual.printer_line import PtyLine, TcpLine
from hardware.virtual.printer_making import make_printer
from hardware.virtual.scanner import VirtualScanner
from hardware.virtual.scanner_faults import FaultyScanner
from photocore.host import SystemClock
from photocore.scans import PackageScan, Refused
from photocore.settings import locate_config
from photocore.symbology import read_frame
from photocore.testing import KnownShop

CONFIG = locate_config()
CODES = ["]d20109506000134352" + f"21ABC1234{number}" for number in range(5)]


@dataclass(frozen=True, kw_only=True)
class Driver:
    """A kind of printer on a kind of line."""

    profile: str = "virtual-80mm"
    is_pty: bool = False
    proves: bool = True


PRINTERS = {
    "printer on a pty, proving": Driver(is_pty=True),
    "printer on a pty, not proving": Driver(is_pty=True, proves=False),
    "printer on port 9100, proving": Driver(),
    "printer on port 9100, not proving": Driver(proves=False),
    "Zebra that cuts, on port 9100": Driver(profile="zebra-zd421-cut"),
    "Zebra that peels, on a pty": Driver(profile="virtual-zpl-peel", is_pty=True),
    "TSC that peels, on port 9100": Driver(profile="virtual-tspl-peel"),
    "TSC that cuts, on a pty, not proving": Driver(profile="tsc-tx310-300dpi-cut", is_pty=True, proves=False),
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
    Fault.HEAD_HOT: ("error",),
    Fault.WRONG_STOCK: ("paper_out", "error"),  # a Zebra calls it media out, a TSC a jam
    Fault.LABEL_LEFT: ("ready",),
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
    if driver.startswith("scanner"):
        return story.no_scanner
    profile = load_profile(CONFIG, PRINTERS[driver].profile)
    has = {
        "nothing": True,
        "cutter": profile.supports.cutter != "none",
        "labels": profile.media != "continuous",
        "peel bar": profile.supports.peel,
    }
    return "" if has[story.needs] else f"it has no {story.needs}"


def test_K2_K3_every_word_is_tried_on_every_driver_or_says_why_not() -> None:
    """16 words on 9 drivers: 124 cells are tried, 20 have a reason in words."""
    exempt = {cell: exemption(*cell) for cell in CELLS if exemption(*cell)}
    assert (len(CELLS), len(exempt)) == (144, 20)
    no_part = {"it has no cutter", "it has no labels", "it has no peel bar"}
    no_scanner = {f"a scanner has no {part}" for part in ("paper", "cover", "cutter", "print head")}
    assert set(exempt.values()) == no_part | no_scanner
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


def counter(driver: Driver, folder: Path) -> PrintingCounter:
    """A counter with such a printer; a label is soon despaired of."""
    made = load_profile(CONFIG, driver.profile)
    changes: dict[str, Any] = {"label_proof_s": 1.0 if driver.proves else 0.4}
    if made.language == "escpos":
        changes |= {"print_width_dots": 192, "paper_width_mm": 24, "band_rows": 24}
    shop = msgspec.structs.replace(made, **changes)
    line = PtyLine(folder / "printer0") if driver.is_pty else TcpLine()
    printer = make_printer(shop, line, CONFIG / "fonts", proves=driver.proves)
    return PrintingCounter(printer, shop, answer_wait_s=0.3)


def is_quick(fault: Fault, driver: Driver) -> bool:
    """Say whether a cell is tried at every check; one that has to wait for what never comes is not."""
    return driver.profile == "virtual-80mm" and (driver.proves or fault is not Fault.HEAD_HOT)


def cells() -> list[Any]:
    """Every cell; those of the label printers' languages, which are asked and never tell, in the night."""
    return [
        pytest.param(fault, driver, marks=() if is_quick(fault, PRINTERS[driver]) else pytest.mark.nightly)
        for fault, driver in CELLS
        if driver in PRINTERS and not exemption(fault, driver)
    ]


@pytest.mark.parametrize(("fault", "driver"), cells())
def test_K3_every_fault_of_a_printer(
    fault: Fault, driver: str, tmp_path: Path, eventually: Callable[..., None]
) -> None:
    """A label before, two under the fault, one after: the screen says what is so, and no word goes beyond the paper."""
    good = "printed" if PRINTERS[driver].proves else "maybe"
    with counter(PRINTERS[driver], tmp_path) as at:
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
        eventually(lambda: at.papers[at.queue.jobs[last].copy] == 1, within=PATIENT_S)
        at.judge()
