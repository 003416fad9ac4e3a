"""The facade where it stands: at a whole bridge's door, with the devices of the station's book (A2, K5)."""

import json
import socket
from contextlib import ExitStack

import pytest

from hardware.inventory.book import DeviceBook, PrinterEntry, ScannerEntry, book_text
from hardware.printer.profile import load_profile
from hardware.render.symbols import read_back
from hardware.virtual.printer import VirtualPrinter
from hardware.virtual.printer_line import TcpLine
from hardware.virtual.wiring import make_scanner
from photocore.settings import locate_config
from pos_bridge.testing import DOOR_KEY, SETTINGS, BridgeBench, package_id, package_scan
from pos_bridge.web.patience import Patience

from .conftest import Till

CONFIG = locate_config()
ONLINE = 2001
SEEN = "select json_extract(text, '$.via', '$.lane', '$.item') from (select cast(body as text) as text from sighting)"


@pytest.fixture
def counter(tmp_path):
    """Return the devices of a counter, in a station's book, and a bridge that is open with them."""
    profile = load_profile(CONFIG, "virtual-80mm")
    folder = tmp_path / "station"
    with ExitStack() as stack:
        line = TcpLine()
        width, margin = profile.print_width_dots, profile.margin_dots
        printer = stack.enter_context(VirtualPrinter(line, CONFIG / "fonts", width_dots=width, margin_dots=margin))
        scanner = stack.enter_context(make_scanner(tmp_path / "scanner"))
        bench = BridgeBench(folder=folder, settings=SETTINGS.replace("[lane.1]\n", '[lane.1]\nscanner = "left"\n'))
        book = DeviceBook(
            scanner=(ScannerEntry(name="left", profile="virtual", url=f"serial://{scanner.path}"),),
            printer=(PrinterEntry(name="receipts", profile="virtual-80mm", url=printer.url),),
        )
        (folder / "devices.toml").write_text(book_text(book))
        door = stack.enter_context(bench.served())
        yield door, scanner, printer


def test_K5_a_package_that_a_till_scans_with_our_scanner_is_a_sighting_of_its_lane(counter, eventually):
    door, scanner, _ = counter
    till = Till(door.url, key=DOOR_KEY)
    eventually(lambda: {one["name"] for one in till.ask("GET", "/devices").json()["devices"]} == {"left", "receipts"})
    opened = till.open("left")
    opened.set("PowerNotify", value=1)
    eventually(lambda: opened.properties()["PowerState"] == ONLINE)
    opened.call("claim")
    opened.set("DeviceEnabled", value=True)
    assert scanner.scan_and_wait(package_scan(1), within_s=30) == "good"
    opened.set("DataEventEnabled", value=True)
    power, event = opened.events()
    assert (power["Status"], event["Number"]) == (ONLINE, 2)
    assert (event["ScanData"], event["ScanDataType"]) == (package_scan(1), 208)
    seen = lambda: door.opened.ledger.read(lambda connection: list(connection.execute(SEEN)))  # noqa: E731
    eventually(seen)
    assert [json.loads(row) for (row,) in seen()] == [["facade", "1", package_id(1)]]


def test_K3_a_receipt_goes_through_the_stations_own_queue(counter, eventually):
    door, _, printer = counter
    till = Till(door.url, key=DOOR_KEY)
    paper = till.ready("receipts")
    eventually(lambda: paper.call("printBarCode", data="OURS", symbology=110).status_code == 200)
    assert paper.call("cutPaper").status_code == 200
    assert {text for piece in printer.pieces for _, text in read_back(piece.cropped())} == {"OURS"}


def test_A2_a_page_from_elsewhere_and_a_wrong_key_get_nothing(counter):
    door, _, _ = counter
    till = Till(door.url, key=DOOR_KEY)
    till.headers["Origin"] = "https://evil.example"
    assert till.ask("POST", "/devices/left/open").status_code == 403
    assert Till(door.url, key="guess").ask("GET", "/devices").status_code == 401


def test_A2_a_till_that_died_with_its_socket_open_soon_holds_nothing(tmp_path):
    """Its machine lost its power: the socket stands, and nobody answers a ping. The next till waits for its turn."""
    book = DeviceBook(scanner=(ScannerEntry(name="left", profile="virtual", url=f"serial://{tmp_path / 'none'}"),))
    bench = BridgeBench(folder=tmp_path / "station", settings=SETTINGS)
    (tmp_path / "station" / "devices.toml").write_text(book_text(book))
    with bench.served(Patience(ping_s=0.2, pong_s=0.2)) as door:
        till = Till(door.url, key=DOOR_KEY)
        dead = till.ready("left")
        host, port = door.url.removeprefix("http://").split(":")
        with socket.create_connection((host, int(port)), timeout=30) as line:
            line.sendall(
                f"GET /upos/sessions/{dead.session}/events HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\n"
                "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                f"Authorization: Bearer {DOOR_KEY}\r\n\r\n".encode()
            )
            assert line.recv(12) == b"HTTP/1.1 101"
            with dead.listen() as alive, till.open("left").listen() as listening:
                assert till.open("left").call("claim", timeout=1000).json()["reason"] == "E_TIMEOUT"
                assert (alive.ping().wait(30), listening.ping().wait(30)) == (True, True)
            assert till.open("left").call("claim", timeout=30_000).status_code == 200
        assert dead.events()[-1]["ErrorCode"] == 103
    usual = Patience()
    assert usual.ping_s + usual.pong_s <= 10
