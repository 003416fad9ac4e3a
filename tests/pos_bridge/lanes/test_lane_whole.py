"""A whole lane: scanner, tee, till, tap, printer, and the bridge's ears beside them; real ptys and processes."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hardware.printer.profile import load_profile as load_printer
from hardware.render.symbols import read_back
from hardware.scanner.profile import load_profile
from hardware.virtual.printer import VirtualPrinter
from hardware.virtual.printer_line import PtyLine
from hardware.virtual.pty import PtySocket
from photocore import codes
from photocore.host import SystemClock
from photocore.ids import ItemId
from photocore.label import Receipt
from photocore.settings import locate_config
from photocore.testing import KnownShop, SeededEntropy
from pos_bridge.lanes import BlockShelf, Hearing, LaneEars, LaneReader
from pos_bridge.lanes.blocks import BlockComposer
from pos_bridge.virtual.basket import Article
from pos_bridge.virtual.till import VirtualTill

CONFIG = locate_config()
FILM, BREAD = "09501101530003", "04006381333931"
ARTICLES = {FILM: Article(title="Portra 400 135-36", price=1490), BREAD: Article(title="Bread", price=250)}
SQUARE = b"]d2010950110153000321P2026A123\r\n"
CODE = codes.mint_access_code(SeededEntropy(21))
LINK = f"https://photos.example.com/r/#{CODE}"


class Lane:
    """One till with its devices, as a store has it."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "lanes.sock"
        self.seen: list[object] = []
        self.changed = threading.Condition()
        self.shelf = BlockShelf()
        self.ears = self.listen()
        self.scanner = PtySocket(folder / "scanner")
        self.scanner.plug()
        fonts = CONFIG / "fonts"
        self.printer = VirtualPrinter(PtyLine(folder / "printer"), fonts)
        self.printer.start()
        common = ("--lane", "till-1", "--to", str(self.socket))
        self.processes = [
            _start("tee", "--scanner", str(folder / "scanner"), "--till", f"pty:{folder / 'till-scanner'}", *common),
            _start(
                "tap",
                "--printer",
                str(folder / "printer"),
                "--till",
                f"pty:{folder / 'till-printer'}",
                "--adds",
                *common,
            ),
        ]
        self.till = VirtualTill(
            store="9501101530010",
            till="1",
            articles=ARTICLES,
            clock=SystemClock(),
            scanner=str(folder / "till-scanner"),
            printer=str(folder / "till-printer"),
        )
        self.till.start()

    def listen(self) -> LaneEars:
        hearing = Hearing(on_sighting=self.note, on_receipt=self.note)
        profile = load_profile(CONFIG, "generic")
        ears = LaneEars(
            self.socket,
            {"till-1": profile},
            LaneReader(knows=KnownShop({FILM: "package"})),
            hearing,
            SystemClock(),
            blocks=self.shelf,
        )
        ears.start()
        return ears

    def note(self, told: object) -> None:
        with self.changed:
            self.seen.append(told)
            self.changed.notify_all()

    def await_seen(self, count: int) -> list[object]:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.seen) >= count, 30.0), self.seen
            return list(self.seen)

    def scan_until_sold(self, payload: bytes) -> None:
        """Scan as a cashier does: again, if the till shows nothing yet."""
        before = len(self.till.lines)
        for _ in range(60):
            self.scanner.port.write(payload)
            if self.till.await_lines(before + 1, 0.5):
                return
        raise AssertionError("never sold")

    def close(self) -> None:
        self.till.stop()
        for process in self.processes:
            process.terminate()
            process.wait(30)
            assert process.stderr is not None
            process.stderr.close()
        self.ears.stop()
        self.printer.stop()
        self.scanner.unplug()


def _start(*arguments: str) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "hardware.tee.cli", *arguments], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr is not None
    for line in process.stderr:
        if "forwarder pid=" in line:
            return process
    raise AssertionError(arguments)


@pytest.fixture
def lane(tmp_path) -> Iterator[Lane]:
    made = Lane(tmp_path)
    yield made
    made.close()


def test_K5_a_package_sold_through_the_tee_is_seen_and_its_block_is_on_the_receipt(lane, eventually) -> None:
    """One scan: the till sells, the bridge sees; the receipt that comes out bears the way to the pictures."""
    lane.scan_until_sold(SQUARE)
    (seen, *_) = lane.await_seen(1)
    assert seen.item == "(01)09501101530003(21)P2026A123"
    composer = BlockComposer(CONFIG, load_printer(CONFIG, "virtual-80mm"))
    block = composer.compose(
        Receipt(
            number=codes.mint_registration_number(SeededEntropy(22)),
            package=ItemId(seen.item),
            store="Foto Müller, Basel",
            made_at=datetime(2026, 11, 21, 14, 5, tzinfo=UTC),
            card_masked="•••• 4711",
            product="Portra 400",
            access_code=CODE,
            access_url=LINK,
        )
    )
    eventually(lambda: lane.ears.basket("till-1").epoch != 0)  # known before any receipt has ended
    for nr in range(1, 30):  # a machine that is too busy to answer in time prints the receipt without
        lane.shelf.put(lane.ears.basket("till-1"), block, 0.0)
        if nr > 1:
            lane.till.scan("4006381333931")
        sale = lane.till.pay()
        assert sale["sequence"] == str(nr)
        eventually(lambda nr=nr: len(lane.printer.pieces) == nr)
        if ("]Q1", LINK) in read_back(lane.printer.pieces[-1].picture.convert("L")):
            break
        assert lane.ears.counts.receipts >= nr - 1
    else:
        raise AssertionError("no receipt bore the block")
    assert lane.printer.unknown == ()


def test_K5_a_dead_bridge_costs_no_sale_and_no_receipt(lane, eventually) -> None:
    """The ears are gone, the forwarders are killed: the till sells and prints."""
    lane.ears.stop()
    lane.scan_until_sold(b"]E04006381333931\r\n")
    for process in lane.processes:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        for child in children:
            os.kill(int(child), signal.SIGKILL)
    lane.scan_until_sold(SQUARE)
    sale = lane.till.pay()
    assert {line["gtin"] for line in sale["lines"]} == {FILM, BREAD}
    eventually(lambda: len(lane.printer.pieces) == 1)
    lane.ears = lane.listen()
    seen = lane.await_seen(1)
    assert seen[-1].item == "(01)09501101530003(21)P2026A123"
