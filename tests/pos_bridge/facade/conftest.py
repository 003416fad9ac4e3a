"""The facade on a real HTTP server over loopback, round a scanner on a pty and a printer on TCP."""

import socket
import threading
from contextlib import ExitStack

import msgspec
import pytest
import requests
import uvicorn
from litestar import Litestar
from websockets.sync.client import connect

from hardware.printer.profile import load_profile
from hardware.printer.session import PrinterSession
from hardware.render.composer import PrintComposer
from hardware.scanner import ScannerLink
from hardware.scanner import load_profile as load_scanner
from hardware.spooler import Spooler
from hardware.testing_printing import FakePrintQueue
from hardware.virtual.printer import VirtualPrinter
from hardware.virtual.printer_line import TcpLine
from hardware.virtual.wiring import make_scanner
from photocore.host import SystemClock, SystemEntropy
from photocore.settings import locate_config
from photocore.testing import ManualClock
from pos_bridge.facade.facade import Facade
from pos_bridge.facade.paper import TillComposer
from pos_bridge.facade.queue import TillQueue
from pos_bridge.facade.routes import router

CONFIG = locate_config()
KEY = "the-doors-key"


class Till:
    """A foreign program: plain HTTP and a plain WebSocket client, and nothing of ours."""

    def __init__(self, url, key=KEY):
        self.url = url
        self.headers = {"Authorization": f"Bearer {key}"}

    def ask(self, method, path, body=None, **more):
        return requests.request(method, f"{self.url}/upos{path}", json=body, headers=self.headers, timeout=40, **more)

    def open(self, device, **said):
        answer = self.ask("POST", f"/devices/{device}/open", said or None)
        assert answer.status_code == 201, answer.text
        return Opened(self, answer.json()["session"])

    def ready(self, device, **said):
        """Open, claim and enable it."""
        opened = self.open(device, **said)
        assert opened.call("claim", timeout=0).status_code == 200
        assert opened.set("DeviceEnabled", value=True).status_code == 200
        return opened


class Opened:
    """One device, opened."""

    def __init__(self, till, session):
        self.till, self.session = till, session

    def call(self, method, **said):
        return self.till.ask("POST", f"/sessions/{self.session}/{method}", said)

    def set(self, name, *, value):
        return self.till.ask("PUT", f"/sessions/{self.session}/properties/{name}", {"value": value})

    def properties(self):
        return self.till.ask("GET", f"/sessions/{self.session}/properties").json()

    def events(self, after=0):
        return self.till.ask("GET", f"/sessions/{self.session}/events?after={after}").json()["events"]

    def listen(self, after=0):
        url = self.till.url.replace("http", "ws") + f"/upos/sessions/{self.session}/events?after={after}"
        return connect(url, additional_headers=self.till.headers)


class Shop:
    """What stands at the counter. ``clock`` is the leases' own; devices live in real time."""

    def __init__(self, stack, folder):
        self.clock, self.seen = ManualClock(), []
        self.facade = Facade(self.clock, SystemEntropy(), lambda *scan: self.seen.append(scan))
        self._scanner(stack, folder)
        self._printer(stack)
        self.url = self._serve(stack)

    def _scanner(self, stack, folder):
        self.scanner = stack.enter_context(make_scanner(folder / "scanner"))
        self.facade.add_scanner("left", title="Left scanner", lane="1")
        self.link = ScannerLink(
            f"serial://{self.scanner.path}",
            load_scanner(CONFIG, "virtual"),
            SystemClock(),
            lambda frame: self.link.answer(self.facade.scanned("left", frame.data)),
            lambda state: self.facade.scanner_is("left", is_there=state.is_up),
        )
        self.link.start()
        stack.callback(self.link.stop)

    def _printer(self, stack):
        self.profile = msgspec.structs.replace(load_profile(CONFIG, "virtual-80mm"), label_proof_s=2.0)
        line = VirtualPrinter(
            TcpLine(),
            CONFIG / "fonts",
            width_dots=self.profile.print_width_dots,
            margin_dots=self.profile.margin_dots,
            dpi=self.profile.dpi,
        )
        self.printer = stack.enter_context(line)
        self.labels = FakePrintQueue()
        self.queue = TillQueue(self.labels)
        session = PrinterSession(self.printer.url, self.profile, SystemClock())
        composer = TillComposer(PrintComposer(CONFIG, self.profile))
        self.spooler = Spooler(queue=self.queue, session=session, composer=composer)
        self.queue.wake = self.spooler.wake
        proves = lambda: session.confirms == "confirms"  # noqa: E731
        self.facade.add_printer("receipts", self.profile, self.queue, lane="1", proves=proves)
        session.watch(lambda status: self.facade.printer_is("receipts", status))
        self.spooler.start()
        stack.callback(self.spooler.stop)

    def _serve(self, stack):
        app = Litestar(
            route_handlers=[router(self.facade, KEY, paper_wait_s=10.0, send_s=0.3)],
            openapi_config=None,
            logging_config=None,
        )
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)  # so that who does not read is felt soon
        listening.bind(("127.0.0.1", 0))
        listening.listen(32)
        server = uvicorn.Server(
            uvicorn.Config(app, log_config=None, ws="websockets-sansio", timeout_graceful_shutdown=1)
        )
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        stack.callback(listening.close)
        stack.callback(thread.join)
        stack.callback(setattr, server, "should_exit", True)  # noqa: FBT003
        return f"http://127.0.0.1:{listening.getsockname()[1]}"


@pytest.fixture
def shop(tmp_path, eventually):
    with ExitStack() as stack:
        made = Shop(stack, tmp_path)
        eventually(lambda: made.link.state.is_up)
        eventually(lambda: made.facade._printers["receipts"].machine.trouble() is None)
        yield made


@pytest.fixture
def till(shop):
    return Till(shop.url)
