"""A till of another house uses our scanner and printer: real HTTP, a real WebSocket, a pty, a TCP printer (A2)."""

import json
import socket
import threading
import time

import pytest
import requests
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from hardware.render.symbols import read_back, read_retail
from photocore.ids import ItemId
from photocore.label import RollLabel
from pos_bridge.facade.machine import AFTER_LINK_S, LEASE_S

from .conftest import Till

EAN = "2112347012504"
ACK, NAK = "good", "refused"


def label(copy):
    return RollLabel(roll=ItemId("(01)09501101530003(21)7H3K9QX2MV"), number=1, of=1, copy=copy, product="Portra 400")


def test_A2_scans_come_one_by_one_over_a_websocket(shop, till):
    """Claim, enable, listen; each scan is one DataEvent, and the next comes when it is asked for."""
    assert [one["name"] for one in till.ask("GET", "/devices").json()["devices"]] == ["left", "receipts"]
    scanner = till.ready("left")
    with scanner.listen() as events:
        assert shop.scanner.scan_and_wait(EAN, aim="]E0", within_s=30) == ACK
        assert shop.scanner.scan_and_wait("A-2", aim="]C0", within_s=30) == ACK
        scanner.set("DataEventEnabled", value=True)
        first = json.loads(events.recv(timeout=30))
        assert first == {
            "Number": 1,
            "Event": "DataEvent",
            "Status": 13,
            "ScanData": f"]E0{EAN}",
            "ScanDataLabel": EAN,
            "ScanDataType": 104,
        }
        with pytest.raises(TimeoutError):
            events.recv(timeout=0.2)
        scanner.set("DataEventEnabled", value=True)
        assert json.loads(events.recv(timeout=30))["ScanDataType"] == 110
    assert shop.seen == [("left", "1", f"]E0{EAN}"), ("left", "1", "]C0A-2")], "and each is a sighting of the lane"


def test_A2_a_scanner_that_nobody_enabled_says_refused_and_nothing_is_seen(shop, till):
    till.open("left").call("claim")
    assert shop.scanner.scan_and_wait("x", within_s=30) == NAK
    assert shop.seen == []


def test_A2_a_receipt_comes_out_whole_with_its_bar_code(shop, till):
    printer = till.ready("receipts")
    printer.call("printNormal", data="\x1b|cA\x1b|bCCAMERA SHOP\nPortra 400   12.50\n")
    drawn = printer.call("printBarCode", data=EAN, symbology=104, height=90, textPosition=-13)
    assert (drawn.status_code, drawn.json()) == (200, {"OutputID": 0})
    assert printer.call("cutPaper", percentage=90).json() == {}
    (piece,) = shop.printer.pieces
    assert ("]E0", EAN) in read_retail(piece.cropped())
    assert shop.printer.unknown == ()


def test_A2_in_async_mode_each_call_is_told_when_the_printer_vouched_for_it(shop, till):
    printer = till.ready("receipts")
    printer.set("AsyncMode", value=True)
    with printer.listen() as events:
        said = [printer.call("printNormal", data="one\n"), printer.call("printNormal", data="two\n")]
        printer.call("cutPaper")
        heard = [json.loads(events.recv(timeout=30)) for _ in range(3)]
    assert [one.json()["OutputID"] for one in said] == [1, 2]
    assert [(one["Event"], one["OutputID"], one["IsProven"]) for one in heard] == [
        ("OutputCompleteEvent", number, True) for number in (1, 2, 3)
    ]


def test_A2_receipts_and_labels_never_stand_on_one_piece_of_paper(shop, till):
    """Labels queue up while a till prints, line by line: each piece is one label or one receipt, whole."""
    printer = till.ready("receipts")
    shop.labels.add("c1", [label("K3M9QX"), label("K3M9QY"), label("K3M9QZ")])
    shop.spooler.wake()
    for number in range(3):
        printer.call("printBarCode", data=f"R{number}-TOP", symbology=110)
        printer.call("printNormal", data="line\n" * 5)
        printer.call("printBarCode", data=f"R{number}-END", symbology=110)
        assert printer.call("cutPaper").status_code == 200
    assert shop.labels.wait_until_settled(30)
    receipts, labels = [], []
    for piece in shop.printer.pieces:
        read = {text for _, text in read_back(piece.cropped())}
        ours = {text for text in read if text.startswith("R")}
        (receipts if ours else labels).append(ours or read)
        assert not (ours and read - ours), "a label's code on a receipt"
    assert receipts == [{f"R{number}-TOP", f"R{number}-END"} for number in range(3)]
    assert len(labels) == 3


def test_A2_paper_out_is_told_by_an_event_and_by_the_next_call(shop, till, eventually):
    printer = till.ready("receipts")
    shop.printer.paper_out()
    eventually(lambda: printer.properties()["RecEmpty"])
    refused = printer.call("printNormal", data="x\n")
    assert (refused.status_code, refused.headers["content-type"]) == (503, "application/problem+json")
    assert [refused.json()[name] for name in ("reason", "ErrorCode", "ErrorCodeExtended")] == ["E_EXTENDED", 114, 203]
    assert 24 in [one.get("Status") for one in printer.events()]
    shop.printer.refill()
    eventually(lambda: not printer.properties()["RecEmpty"])
    assert printer.call("printNormal", data="x\n").status_code == 200


def test_A2_a_piece_spoilt_on_its_way_is_the_answer_of_its_cut_and_is_not_printed_twice(shop, till, eventually):
    printer = till.ready("receipts")
    shop.printer.paper_out(after_rows=60)
    printer.call("printNormal", data="a long receipt\n" * 60)
    failed = printer.call("cutPaper")
    assert (failed.status_code, failed.json()["ErrorCodeExtended"]) == (503, 203)
    before = len(shop.printer.pieces)
    shop.printer.refill()
    eventually(lambda: not printer.properties()["RecEmpty"])
    printer.call("printBarCode", data="AGAIN", symbology=110)
    assert printer.call("cutPaper").status_code == 200
    codes = [read_back(piece.cropped()) for piece in shop.printer.pieces[before:]]
    assert [found for found in codes if found] == [{("]C0", "AGAIN")}]


def test_A2_one_till_at_a_time_and_the_other_may_wait(shop, till):
    first, second = till.ready("left"), Till(shop.url).open("left")
    at_once = second.call("claim", timeout=0)
    assert (at_once.status_code, at_once.json()["reason"], at_once.json()["ErrorCode"]) == (504, "E_TIMEOUT", 112)
    assert second.call("release").json()["reason"] == "E_CLAIMED"
    got = []
    waiting = threading.Thread(target=lambda: got.append(second.call("claim", timeout=30_000).status_code))
    waiting.start()
    first.call("release")
    waiting.join(30)
    assert got == [200]
    assert first.call("clearInput").json()["reason"] == "E_CLAIMED"


def test_A2_a_till_that_dies_loses_its_claim_and_one_that_sleeps_comes_back_by_the_last_number(shop, till, eventually):
    scanner = till.ready("left")
    with scanner.listen() as events:
        scanner.set("DataEventEnabled", value=True)
        shop.scanner.scan_and_wait("one", within_s=30)
        assert json.loads(events.recv(timeout=30))["Number"] == 1
        shop.clock.advance(10 * LEASE_S)
        assert scanner.properties()["Claimed"], "its socket stands"
        events.socket.shutdown(socket.SHUT_RDWR)  # no word of farewell
    eventually(lambda: shop.facade._devices["left"].machine.sessions[scanner.session].links == 0)
    shop.clock.advance(AFTER_LINK_S - 1)
    scanner.set("DataEventEnabled", value=True)
    shop.scanner.scan_and_wait("two", within_s=30)
    with scanner.listen(after=1) as again:
        missed = json.loads(again.recv(timeout=30))
    assert (missed["Number"], missed["ScanData"]) == (2, "two")
    eventually(lambda: shop.facade._devices["left"].machine.sessions[scanner.session].links == 0)
    shop.clock.advance(AFTER_LINK_S)
    assert Till(shop.url).open("left").call("claim").status_code == 200
    assert scanner.events(after=2)[0]["ErrorCode"] == 103
    assert scanner.set("DeviceEnabled", value=True).json()["reason"] == "E_CLAIMED"


def test_A2_a_till_that_began_anew_has_its_scanner_at_once_and_its_old_socket_is_told(shop, till):
    """The old one's socket still stands; another till waits in vain."""
    old = till.ready("left", till="T1")
    with old.listen() as events:
        assert till.open("left", till="T2").call("claim").json()["reason"] == "E_TIMEOUT"
        new = till.open("left", till="T1")
        assert new.call("claim").status_code == 200
        said = json.loads(events.recv(timeout=30))
    assert (said["Event"], said["ErrorCode"]) == ("ErrorEvent", 102)
    new.set("DeviceEnabled", value=True)
    new.set("DataEventEnabled", value=True)
    assert shop.scanner.scan_and_wait(EAN, aim="]E0", within_s=30) == ACK
    assert [one["ScanDataLabel"] for one in new.events()] == [EAN]
    assert till.ask("POST", "/devices/left/open", {"till": 1}).status_code == 422


@pytest.mark.parametrize(("session", "after", "code"), [("0" * 32, "0", 4404), ("", "7", 4410), ("", "x", 4400)])
def test_A2_events_that_cannot_be_had_are_told_by_a_close_code(till, session, after, code):
    opened = till.ready("left")
    opened.session = session or opened.session
    with pytest.raises(ConnectionClosed) as closed, opened.listen(after=after) as events:
        events.recv(timeout=30)
    assert closed.value.rcvd.code == code


def test_A2_a_till_that_does_not_read_is_cut_off_and_holds_back_nobody(shop, till, eventually):
    """Its socket is open, its buffers full; the other till prints meanwhile."""
    scanner = till.ready("left")
    host, port = shop.url.removeprefix("http://").split(":")
    deaf = socket.socket()
    deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    deaf.connect((host, int(port)))
    deaf.sendall(
        f"GET /upos/sessions/{scanner.session}/events HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\n"
        f"Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        f"{'Authorization'}: {till.headers['Authorization']}\r\n\r\n".encode()
    )
    session = shop.facade._devices["left"].machine.sessions[scanner.session]
    eventually(lambda: session.links == 1)
    ends = time.monotonic() + 30
    while session.links and time.monotonic() < ends:
        shop.facade.set(scanner.session, "DataEventEnabled", True)  # noqa: FBT003
        shop.facade.scanned("left", b"x" * 512)
    assert session.links == 0
    assert till.ready("receipts").call("printNormal", data="x\n").status_code == 200
    deaf.close()


def test_A2_without_the_doors_key_nothing_is_told(shop, till):
    stranger = Till(shop.url, key="guessed")
    assert {
        stranger.ask(verb, path).status_code for verb, path in (("GET", "/devices"), ("POST", "/devices/left/open"))
    } == {401}
    opened = till.open("left")
    opened.till = stranger
    with pytest.raises(InvalidStatus), opened.listen():
        pass
    with pytest.raises(InvalidStatus), connect(shop.url.replace("http", "ws") + "/upos/sessions/x/events"):
        pass


def test_A2_whatever_a_program_sends_is_answered_and_changes_nothing(shop, till):
    printer = till.ready("receipts")
    url = f"{shop.url}/upos/sessions/{printer.session}"
    sent = [
        (b"{", 422),
        (b"[" * 100_000, 422),
        (b'{"data": 5}', 422),
        (b'{"data": "x", "more": 1}', 422),
        (b'{"data": "\xff"}', 422),
        (json.dumps({"data": "\x1b@"}).encode(), 422),
        (b"x" * 200_000, 413),
    ]
    for body, status in sent:
        answer = requests.post(f"{url}/printNormal", data=body, headers=till.headers, timeout=30)
        assert answer.status_code == status, body[:40]
    assert printer.call("directIO", command=1).json()["reason"] == "E_ILLEGAL"
    assert printer.call("clearInput").json()["reason"] == "E_ILLEGAL"
    assert printer.set("DeviceEnabled", value=7).json()["reason"] == "E_ILLEGAL"
    assert till.ask("POST", "/devices/nothing/open").json()["reason"] == "E_NOEXIST"
    assert till.ask("POST", "/sessions/" + "0" * 32 + "/claim").json()["reason"] == "E_CLOSED"
    assert till.ask("GET", "/sessions/nothing/properties").status_code in (400, 404)
    assert shop.printer.pieces == ()


def test_A2_closing_gives_the_device_back_and_ends_the_socket(till):
    scanner = till.ready("left")
    with scanner.listen() as events:
        assert till.ask("DELETE", f"/sessions/{scanner.session}").status_code == 200
        with pytest.raises(ConnectionClosed) as closed:
            events.recv(timeout=30)
    assert closed.value.rcvd.code == 4404
    assert till.open("left").call("claim").status_code == 200
