"""The demo's till: a scanner, a tee, a till that knows nothing of Twincheck, a tap, printers, and the bridge itself.

Bridge, tee and tap are processes of their own, as in a shop; so one of them can be killed, and the till sells on.
"""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from hardware.printer.profile import load_profile
from hardware.virtual.paper import Piece
from hardware.virtual.printer import VirtualPrinter
from hardware.virtual.printer_line import TcpLine
from hardware.virtual.scanner import VirtualScanner
from hardware.virtual.wiring import make_scanner, system_clock
from photocore.cards import CardNumber
from photocore.settings import locate_config
from pos_bridge.virtual.basket import Article, TillRules
from pos_bridge.virtual.till import VirtualTill
from sync.wiring import enrol_real, open_real_station
from twincheck.demo.counter import BADGE_TABLE, PRINTER_PROFILE
from twincheck.demo.errors import DemoFailed
from twincheck.demo.service import DemoService
from twincheck.demo.stock import LINES, ORDINARY, STAFF_NAME, STAFF_PIN, STORE_GLN, Shelf

LANE: Final = "1"
TILL: Final = "1"
TILL_PRINTER: Final = "till-printer"
UP_WITHIN_S: Final = 90.0
SEEN_WITHIN_S: Final = 90.0
LOOK_EVERY_S: Final = 0.1
PRICES: Final = {LINES[0].package.gtin: 3990, LINES[1].package.gtin: 2850, LINES[2].package.gtin: 4490}
EVERYDAY_PRICE: Final = 1290


@dataclass
class Process:
    """A program of ours, started by the demo, its output in a file; stopped at the end whatever happened."""

    name: str
    arguments: list[str]
    log: Path
    _running: "subprocess.Popen[bytes] | None" = field(default=None)

    def start(self) -> None:
        """Start it."""
        command = [sys.executable, "-P", "-m", "twincheck", *self.arguments]
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        """End it as a power cut does."""
        if self._running is not None:
            os.killpg(self._running.pid, signal.SIGKILL)
            self._running.wait()

    def stop(self) -> None:
        """Ask it to end, and see to it."""
        if self._running is None or self._running.poll() is not None:
            return
        self._running.terminate()
        try:
            self._running.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.kill()

    def assert_running(self) -> None:
        """Raise DemoFailed with its last words if it ended."""
        if self._running is None or self._running.poll() is not None:
            told = self.log.read_text(errors="replace")[-800:] if self.log.exists() else ""
            raise DemoFailed(f"{self.name} ended: {told}")


@dataclass
class Lane:
    """What stands at the demo's till."""

    folder: Path
    url: str
    scanner: VirtualScanner
    till: VirtualTill
    receipts: VirtualPrinter
    labels: VirtualPrinter
    bridge: Process

    @property
    def label_pieces(self) -> tuple[Piece, ...]:
        """What the label printer put out so far."""
        return self.labels.pieces

    def scan(self, text: str, aim: str) -> None:
        """Hold a code under the cashier's scanner."""
        self.scanner.scan(text, aim=aim)

    def light(self) -> dict[str, object]:
        """Return what the bridge's one light says."""
        return json.loads(fetch(f"{self.url}/light"))

    def start_bridge(self) -> None:
        """Start the bridge, and wait until its door is open."""
        self.bridge.start()
        await_(self._is_up, "the bridge is up", UP_WITHIN_S, check=self.bridge.assert_running)

    def await_devices(self) -> None:
        """Wait until tee and tap have opened their lines, and the till its scanner's: a scan before that is lost."""
        await_(lambda: self.till.is_listening, "the till's scanner is open", UP_WITHIN_S)
        await_((self.folder / TILL_PRINTER).exists, "the till's printer is there", UP_WITHIN_S)

    def _is_up(self) -> bool:
        try:
            return fetch(f"{self.url}/light") != b""
        except (urllib.error.URLError, ConnectionError):
            return False


def fetch(url: str) -> bytes:
    """Return what stands at an address of this machine."""
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310  our own
        return answer.read()


def await_(
    is_so: Callable[[], bool],
    what: str,
    within_s: float = SEEN_WITHIN_S,
    *,
    look_every_s: float = LOOK_EVERY_S,
    check: Callable[[], None] = lambda: None,
) -> None:
    """Wait until something is so.

    Raises:
        DemoFailed: it did not come to that in time.
    """
    ends_at = time.monotonic() + within_s
    while not is_so():
        check()
        if time.monotonic() > ends_at:
            raise DemoFailed(f"it did not come to that within {within_s:.0f} s: {what}")
        time.sleep(look_every_s)


def enrol_till(service: DemoService, folder: Path, shelf: Shelf) -> None:
    """Make ``folder`` the station of the store's till, with a manager in its staff book."""
    enrol_real(url=service.url, code=service.till_code, name="Till bridge", folder=folder)
    station = open_real_station(folder, carry=False)
    try:
        station.staff.add(CardNumber(table=BADGE_TABLE, number=shelf.badge), STAFF_NAME, STAFF_PIN, "manager")
    finally:
        station.close()


@contextmanager
def open_lane(folder: Path, logs: Path, *, port: int, settings: Callable[[str, str], str]) -> Generator[Lane]:
    """Open the till and start bridge, tee and tap; ``settings`` gives till.toml for the printers' two addresses."""
    config = locate_config()
    profile = load_profile(config, PRINTER_PROFILE)

    def printer() -> VirtualPrinter:
        return VirtualPrinter(
            TcpLine(), config / "fonts", width_dots=profile.print_width_dots, margin_dots=profile.margin_dots
        )

    with ExitStack() as stack:
        labels, receipts = stack.enter_context(printer()), stack.enter_context(printer())
        scanner = stack.enter_context(make_scanner(folder / "cashiers-scanner"))
        (folder / "till.toml").write_text(settings(labels.url, receipts.url))
        (folder / "till.toml").chmod(0o600)
        bridge = Process("the bridge", ["till", "run", "--station", str(folder)], logs / "bridge.log")
        stack.callback(bridge.stop)
        for process in _beside(folder, logs, scanner, receipts):
            process.start()
            stack.callback(process.stop)
        till = stack.enter_context(
            VirtualTill(
                store=STORE_GLN,
                till=TILL,
                articles=_articles(),
                clock=system_clock(),
                scanner=f"serial://{folder / 'till-scanner'}",
                printer=f"serial://{folder / TILL_PRINTER}",
                rules=TillRules(cards=r"(8018)?[0-9]{18}"),
                title="HALIDE & CO.",
                first_sequence=int(time.time()) % 100_000,
            )
        )
        lane = Lane(
            folder=folder,
            url=f"http://127.0.0.1:{port}",
            scanner=scanner,
            till=till,
            receipts=receipts,
            labels=labels,
            bridge=bridge,
        )
        lane.start_bridge()
        lane.await_devices()
        yield lane


def _beside(folder: Path, logs: Path, scanner: VirtualScanner, receipts: VirtualPrinter) -> tuple[Process, ...]:
    common = ["--lane", LANE, "--to", str(folder / "lanes.sock")]
    tee = ["till", "tee", "--scanner", f"serial://{scanner.path}", "--till", f"pty:{folder / 'till-scanner'}", *common]
    tap = ["till", "tap", "--printer", receipts.url, "--till", f"pty:{folder / TILL_PRINTER}", "--adds", *common]
    return Process("the tee", tee, logs / "tee.log"), Process("the tap", tap, logs / "tap.log")


def _articles() -> dict[str, Article]:
    named = {line.package.gtin: Article(title=line.package.name, price=PRICES[line.package.gtin]) for line in LINES}
    return {**named, ORDINARY.package.gtin: Article(title=ORDINARY.package.name, price=EVERYDAY_PRICE)}
