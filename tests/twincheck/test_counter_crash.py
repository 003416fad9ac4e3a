"""kill -9 at any time: the counter comes back, and nothing is lost, doubled or said too much (F01, F33).

Real parts: the photoservice with PostgreSQL over HTTP, the station's journal on disk, the printer on TCP that draws its
paper. Only the process in the middle is killed.
"""

import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import pytest

from hardware.printer.profile import load_profile
from hardware.virtual.printer import VirtualPrinter
from hardware.virtual.printer_line import TcpLine
from photocore.cards import CardNumber
from photocore.ids import ItemId
from photocore.settings import locate_config
from photocore.testing import SeededEntropy
from sync.station import Station
from sync.wiring import enrol_real, open_real_station
from twincheck.demo.paper import read_paper
from twincheck.demo.service import DemoService
from twincheck.demo.stock import BoxedPackage, stock_shelf

CHILD = Path(__file__).parent / "crash_child.py"
KILL_AFTER_S = (0.0, 0.1, 0.25, 0.5, 0.9, 1.6)
"""Seconds after "registered": before the first byte, in the middle of labels, between two of them."""
ENDS_WITHIN_S = 120


@pytest.fixture
def service(tmp_path: Path, unused_tcp_port: int):
    demo = DemoService(folder=tmp_path / "photoservice", port=unused_tcp_port)
    demo.set_up()
    demo.start()
    yield demo
    demo.stop()


@pytest.fixture
def printer():
    config = locate_config()
    profile = load_profile(config, "virtual-80mm")
    virtual = VirtualPrinter(
        TcpLine(),
        config / "fonts",
        width_dots=profile.print_width_dots,
        margin_dots=profile.margin_dots,
        rows_per_s=900,
    )
    with virtual:
        yield virtual


class Child:
    """The counter as a process; all it says is read, so that it never waits for a reader, and kept to be shown."""

    def __init__(self, arguments: list[str]) -> None:
        command = [sys.executable, "-u", str(CHILD), *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.is_registered = False
        self.said: list[str] = []
        self._has_said = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.append(line)
            if line == "registered\n":
                self.is_registered = True
                self._has_said.set()
        self._has_said.set()

    def await_registered(self) -> None:
        """Wait until it says that the journal has the registration."""
        self._has_said.wait(ENDS_WITHIN_S)
        assert self.is_registered, f"the counter did not register:\n{''.join(self.said)}"

    def await_end(self) -> None:
        """Wait until every label is printed or in doubt; one that does not get there shows where it stands."""
        try:
            assert self.process.wait(ENDS_WITHIN_S) == 0, "".join(self.said)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"the counter did not end:\n{''.join(self.said)}") from None

    def end(self) -> None:
        """Kill it, wherever it is."""
        self.process.kill()
        self.process.wait()
        self._reader.join()
        assert self.process.stdout is not None
        self.process.stdout.close()


def run_child(arguments: list[str], kill_after_s: float | None) -> None:
    child = Child(arguments)
    try:
        child.await_registered()
        if kill_after_s is None:
            child.await_end()
        else:
            threading.Event().wait(kill_after_s)
    finally:
        child.end()


def settle_doubts(station: Station, claim: str, printer: VirtualPrinter) -> None:
    """Do what a person does with a label in doubt: scan it if it came out whole; ask for a new one if not."""
    on_paper = {(label.roll, label.copy) for label in read_paper(printer.pieces, station.roster).labels}
    for job in station.desk.jobs(claim):
        if job.state.value == "maybe" and job.kind == "roll":
            assert job.roll is not None
            if (job.roll, job.copy) in on_paper:
                station.desk.mark_printed_by_scan(ItemId(job.roll), job.copy)
            else:
                station.desk.reprint(claim, (ItemId(job.roll),), "not there after the crash")


@pytest.mark.walk
@pytest.mark.timeout(400)
def test_K3_K4_a_counter_killed_at_any_time_loses_nothing_and_prints_one_valid_label_a_roll(
    tmp_path: Path, service: DemoService, printer: VirtualPrinter
):
    """Six kills in one registration; at the end one valid, proven label a roll, and one registration upstream."""
    shelf = stock_shelf(SeededEntropy("crash"))
    box: BoxedPackage = shelf.packages[2]
    service.forward(box)
    folder = tmp_path / "station"
    enrol_real(url=service.url, code=service.enrol_code, name="kiosk", folder=folder)
    arguments = [str(folder), printer.url, "01" * 16, box.item, shelf.card]
    for kill_after_s in KILL_AFTER_S:
        run_child(arguments, kill_after_s)
    run_child(arguments, None)
    station = open_real_station(folder, carry=False)
    settle_doubts(station, "01" * 16, printer)
    station.close()
    run_child(arguments, None)

    station = open_real_station(folder)
    jobs = [job for job in station.desk.jobs("01" * 16) if job.kind == "roll"]
    trail = read_paper(printer.pieces, station.roster)
    report = station.courier.sync_now()
    status = station.desk.status()
    valid_on_paper = [
        label.roll for label in trail.labels if station.desk.copy_state(ItemId(label.roll), label.copy) == "valid"
    ]
    station.close()
    card = CardNumber(table="demo-gsrn", number=shelf.card)
    testimony = service.testify(box.item, card)

    assert report.ok
    assert (status.unsent, status.parked) == (0, 0)
    assert [job.roll for job in jobs] == list(box.rolls)
    assert {job.state.value for job in jobs} <= {"printed", "taken"}
    assert Counter(valid_on_paper) == Counter(box.rolls)
    assert (testimony.is_registered, testimony.is_owners, testimony.rolls) == (True, True, 5)
