"""Printers behind CUPS and behind a device file: what can be known there, and what cannot.

IPP is held against programs we did not write where they are installed: ``ippeveprinter`` (an IPP printer of the CUPS
project), and a CUPS of its own on a free port. Bytes of the requests: RFC 8010, RFC 8011.
"""

import os
import pty
import shutil
import socket
import subprocess
import threading
import tty
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.errors import PortDown, PortFault, PortUrlWrong
from hardware.printer.profile import load_profile
from hardware.printer.session import PrinterSession
from hardware.spooler import Spooler
from hardware.testing_bench import StripComposer
from hardware.testing_counter import labels
from hardware.testing_printing import FakePrintQueue
from hardware.transport import PortSettings, check_url, open_port
from hardware.transport.ipp import IppWrongError, post, read_answer, request
from hardware.transport.urls import goes_both_ways
from photocore.host import SystemClock
from photocore.settings import locate_config

IDLE, PAUSED = 3, 5


# -- device files -------------------------------------------------------------------------------------


def test_K3_an_empty_packet_of_a_usb_printer_is_no_end_of_the_line() -> None:
    """A read that finds nothing returns nothing, and the next answer comes through; a hang-up is an end."""
    near, far = pty.openpty()  # a terminal that is not raw turns Ctrl-D into a read of no bytes
    settings = tty.tcgetattr(far)
    settings[3] &= ~tty.ECHO
    tty.tcsetattr(far, tty.TCSANOW, settings)
    port = open_port(f"file://{os.ttyname(far)}")
    os.close(far)
    os.write(near, b"\x04")
    assert port.read(30.0) == b""
    os.write(near, b"\x12\n")
    assert port.read(30.0) == b"\x12\n"
    port.write(b"label")
    assert os.read(near, 10) == b"label"
    os.close(near)
    with pytest.raises(PortDown) as caught:
        port.read(30.0)
    assert caught.value.fault is PortFault.GONE
    port.close()


# -- IPP ----------------------------------------------------------------------------------------------


def test_K3_a_request_is_encoded_as_the_standard_has_it() -> None:
    """RFC 8010: version, operation, number, the three attributes every request begins with, then ours."""
    wanted = [(0x44, "requested-attributes", name) for name in ("a", "b")]
    raw = request(0x000B, "ipp://h:631/printers/Q", *wanted)
    assert raw == (
        b"\x01\x01\x00\x0b\x00\x00\x00\x01\x01"
        b"\x47\x00\x12attributes-charset\x00\x05utf-8"
        b"\x48\x00\x1battributes-natural-language\x00\x02en"
        b"\x45\x00\x0bprinter-uri\x00\x16ipp://h:631/printers/Q"
        b"\x44\x00\x14requested-attributes\x00\x01a"
        b"\x44\x00\x00\x00\x01b"
        b"\x03"
    )


@given(st.binary(max_size=80))
def test_K3_no_answer_crashes_the_reader(raw: bytes) -> None:
    """Whatever stands on port 631 may say anything."""
    heads = (b"", b"\x01\x01\x00\x00\x00\x00\x00\x01\x01", b"\x02\x00\x00\x00\x00\x00\x00\x01\x04")
    for answer in (head + raw + b"\x03" for head in heads):
        try:
            read_answer(answer)
        except IppWrongError:
            continue


def test_K3_an_attribute_of_thousands_of_values_is_read_as_it_stands() -> None:
    """One name, as many values as an answer may hold: each is read once, not copied with every next one."""
    values = b"\x44\x00\x01a\x00\x01-" + b"\x44\x00\x00\x00\x01-" * 40_000
    answer = read_answer(b"\x01\x01\x00\x00\x00\x00\x00\x01\x04" + values + b"\x03")
    assert answer.attributes == {"a": ("-",) * 40_001}


@pytest.mark.parametrize("drip", [b"HTTP/1.1 100 Continue\r\n\r\n", b"H"])
def test_K3_an_answer_that_drips_in_for_ever_is_broken_off(drip: bytes) -> None:
    """No wait of a socket's ever runs out, as each is for a byte; else a kiosk could neither print nor shut down."""
    hung_up = threading.Event()

    def serve(server: socket.socket) -> None:
        line, _ = server.accept()
        with line:
            try:
                while not hung_up.wait(0.02):
                    line.sendall(drip)
            except OSError:
                hung_up.set()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,), daemon=True)
        thread.start()
        with pytest.raises(TimeoutError):
            post("127.0.0.1", server.getsockname()[1], "/printers/Q", b"", timeout_s=0.5)
        assert hung_up.wait(30)
        thread.join()


def attributes(state: int, *, accepts: bool = True, reason: bytes = b"none", status: int = 0) -> bytes:
    def one(tag: int, name: bytes, value: bytes) -> bytes:
        return bytes((tag,)) + len(name).to_bytes(2) + name + len(value).to_bytes(2) + value

    head = b"\x01\x01" + status.to_bytes(2) + b"\x00\x00\x00\x01\x01" + one(0x47, b"attributes-charset", b"utf-8")
    printer = b"\x04" + one(0x23, b"printer-state", state.to_bytes(4)) + one(0x44, b"printer-state-reasons", reason)
    return head + printer + one(0x22, b"printer-is-accepting-jobs", bytes((accepts,))) + b"\x03"


class Queue:
    """A CUPS that answers what a test wants, and keeps what was printed."""

    def __init__(self) -> None:
        self.answer = attributes(IDLE)
        self.jobs: list[bytes] = []
        queue = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if body[2:4] == b"\x00\x02":
                    queue.jobs.append(body[body.index(b"application/vnd.cups-raw\x03") + 25 :])
                self.send_response(200)
                self.send_header("Content-Length", str(len(queue.answer)))
                self.end_headers()
                self.wfile.write(queue.answer)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"cups://127.0.0.1:{self._server.server_port}/LABELS"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@pytest.fixture
def queue() -> Iterator[Queue]:
    made = Queue()
    yield made
    made.stop()


def test_K3_what_is_written_in_one_go_is_one_job(queue: Queue, eventually: Callable[..., None]) -> None:
    """A label's pieces stay together; what comes later is another job, and closing hands over the rest."""
    port = open_port(queue.url)
    port.write(b"^XA")
    port.write(b"^XZ")
    eventually(lambda: port.read(0.05) == b"" and queue.jobs == [b"^XA^XZ"])
    port.write(b"second")
    port.close()
    assert queue.jobs == [b"^XA^XZ", b"second"]
    with pytest.raises(PortDown) as caught:
        port.write(b"x")
    assert caught.value.fault is PortFault.CLOSED


@pytest.mark.parametrize(
    ("answer", "fault", "says"),
    [
        (attributes(PAUSED, reason=b"paused"), PortFault.PAUSED, "paused"),
        (attributes(IDLE, accepts=False), PortFault.PAUSED, "takes no jobs"),
        (attributes(IDLE, status=0x0406), PortFault.MISSING, "no such queue"),
        (b"<html>", PortFault.NOT_A_DEVICE, "no IPP"),
    ],
)
def test_K3_a_queue_that_would_print_tomorrow_takes_no_label(
    queue: Queue, answer: bytes, fault: PortFault, says: str
) -> None:
    """Paused, refusing, gone: it is down in these words, before the first byte and between two labels."""
    port = open_port(queue.url)
    queue.answer = answer
    for attempt in (lambda: port.write(b"label"), lambda: open_port(queue.url)):
        with pytest.raises(PortDown, match=says) as caught:
            attempt()
        assert (caught.value.fault, caught.value.written) == (fault, 0)
    port.close()
    assert queue.jobs == []


def test_K3_nothing_comes_back_through_a_queue(queue: Queue) -> None:
    """A read waits and returns nothing; cancel and close end it; the address is known to go one way."""
    port = open_port(queue.url)
    assert port.read(0.0) == b""
    port.cancel()
    assert port.read(None) == b""
    port.close()
    with pytest.raises(PortDown):
        port.read(None)
    assert not goes_both_ways(queue.url)
    assert goes_both_ways("tcp://192.0.2.7:9100")
    for wrong in ("cups://localhost", "cups://localhost/", "cups://localhost/a/b"):
        with pytest.raises(PortUrlWrong, match="name of a queue"):
            check_url(wrong)
    with pytest.raises(PortDown):
        open_port("cups://127.0.0.1:1/LABELS", settings=PortSettings(connect_timeout_s=5))


# -- programs we did not write -------------------------------------------------------------------------

CUPSD = """\
Listen 127.0.0.1:{port}
WebInterface No
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
  </Limit>
</Policy>
"""
FILES = """\
ServerRoot {root}
ServerBin {root}/bin
CacheDir {root}/cache
RequestRoot {root}/spool
StateDir {root}/state
TempDir {root}/spool/tmp
AccessLog {root}/access
ErrorLog {root}/error
PageLog {root}/page
"""
BACKEND = """\
#!/bin/sh
[ -n "$6" ] && exec < "$6"
exec cat >> {paper}
"""


class RealCups:
    """A CUPS of our own: one raw queue that prints into a file."""

    def __init__(self, root: Path, port: int) -> None:
        self.port = port
        self.paper = root / "cache" / "paper"
        self.url = f"cups://127.0.0.1:{self.port}/LABELS"
        for folder in ("cache", "spool/tmp", "state"):
            (root / folder).mkdir(parents=True)
        (root / "bin" / "backend").mkdir(parents=True)
        (root / "bin" / "daemon").symlink_to("/usr/lib/cups/daemon")
        backend = root / "bin" / "backend" / "paper"
        backend.write_text(BACKEND.format(paper=self.paper))
        backend.chmod(0o700)  # as root, and not as somebody in a stranger's folder
        for name, words in (("cupsd.conf", CUPSD), ("cups-files.conf", FILES)):
            (root / name).write_text(words.format(port=self.port, root=root))
        self._process = subprocess.Popen(["cupsd", "-f", "-c", root / "cupsd.conf", "-s", root / "cups-files.conf"])

    def run(self, *command: str) -> bool:
        program, *rest = command
        done = subprocess.run([program, "-h", f"127.0.0.1:{self.port}", *rest], capture_output=True, check=False)
        return done.returncode == 0

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@pytest.fixture
def cups(tmp_path: Path, eventually: Callable[..., None], unused_tcp_port: int) -> Iterator[RealCups]:
    if not all(shutil.which(program) for program in ("cupsd", "lpadmin", "cupsdisable", "cupsenable")):
        pytest.skip("CUPS is not installed (cups-daemon, cups-client)")
    if os.geteuid() != 0:
        pytest.skip("a CUPS of our own needs to be started by root")
    made = RealCups(tmp_path, unused_tcp_port)
    try:
        eventually(lambda: made.run("lpadmin", "-p", "LABELS", "-E", "-v", "paper:/", "-m", "raw"))
        yield made
    finally:
        made.stop()


def test_K3_a_real_cups_prints_raw_bytes_and_a_paused_one_takes_none(
    cups: RealCups, eventually: Callable[..., None]
) -> None:
    """Bytes come out as they went in; while the queue is paused, nothing is taken, and nothing comes out afterwards."""
    label = bytes(range(256))
    port = open_port(cups.url)
    port.write(label)
    eventually(lambda: port.read(0.05) == b"" and cups.paper.exists() and cups.paper.read_bytes() == label)
    assert cups.run("cupsdisable", "LABELS")
    with pytest.raises(PortDown) as caught:
        port.write(b"tomorrow")
    assert caught.value.fault is PortFault.PAUSED
    port.close()
    assert cups.run("cupsenable", "LABELS")
    port = open_port(cups.url)
    port.write(b"today")
    eventually(lambda: port.read(0.05) == b"" and b"today" in cups.paper.read_bytes())
    assert b"tomorrow" not in cups.paper.read_bytes()
    port.close()
    with pytest.raises(PortDown) as caught:
        open_port(f"cups://127.0.0.1:{cups.port}/RECEIPTS")
    assert caught.value.fault is PortFault.MISSING


@pytest.mark.parametrize("name", ["epson-tm-l90", "zebra-zd421-peel", "tsc-tx210-peel"])
def test_K3_through_a_queue_a_label_is_whole_and_never_said_to_be_printed(
    name: str, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is asked there, nothing is greeted; one job holds the label, and a person has the last word.

    The job goes out when the line is closed: a busy machine may pause between two pieces for longer than a job is open.
    """
    monkeypatch.setattr("hardware.transport.cups.GATHERED_WITHIN_S", 600.0)
    config = locate_config()
    profile = msgspec.structs.replace(load_profile(config, name), label_proof_s=0.3)
    jobs = FakePrintQueue()
    session = PrinterSession(queue.url, profile, SystemClock())
    spooler = Spooler(queue=jobs, session=session, composer=StripComposer(profile))
    spooler.start()
    try:
        jobs.add("c1", labels(1, 1))
        spooler.wake()
        assert jobs.wait_for_state(1, "maybe", 30)
        assert "cannot confirm" in jobs.history[-1][2]
    finally:
        spooler.stop()
    document = b"".join(StripComposer(profile).compose(labels(1, 1)[0]))
    assert [job[:40] for job in queue.jobs] == [document[:40]]
    assert queue.jobs[0].endswith(document)
    said = queue.jobs[0].removesuffix(document)
    assert b"~H" not in said
    assert b"\x10\x04" not in said
    assert b"\x1b!S" not in said


def test_K3_a_queue_that_is_paused_is_offline_and_its_labels_wait(
    queue: Queue, eventually: Callable[..., None]
) -> None:
    """No copy after copy is spoiled: the line counts as lost until the queue prints again, and then one label goes."""
    config = locate_config()
    profile = msgspec.structs.replace(load_profile(config, "virtual-zpl"), label_proof_s=0.3)
    jobs = FakePrintQueue()
    session = PrinterSession(queue.url, profile, SystemClock())
    spooler = Spooler(queue=jobs, session=session, composer=StripComposer(profile))
    spooler.start()
    try:
        eventually(lambda: session.status.connected)
        queue.answer = attributes(PAUSED, reason=b"paused")
        jobs.add("c1", labels(1, 1))
        spooler.wake()
        eventually(lambda: spooler.status() == "offline")
        queue.answer = attributes(IDLE)
        eventually(lambda: jobs.states[max(jobs.states)] == "maybe")
        eventually(lambda: len(queue.jobs) == 1)
        assert len(jobs.jobs) <= 3, jobs.history  # the copy that found out, and the one that was printed
    finally:
        spooler.stop()
