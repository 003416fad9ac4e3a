"""A large upload may take as long as it needs, as long as it comes; who only holds the line is hung up on (A29)."""

import socket
import threading
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from photoservice.settings import Settings

WITHIN_S = 1.5


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, body_within=timedelta(seconds=WITHIN_S))


@pytest.fixture
def patching(lab):
    """Send a PATCH's head over a line of one's own; with a key that opens nothing where ``key`` says so."""
    opened = []

    def patching(upload: str, length: int, key: str = "") -> socket.socket:
        at = urlsplit(lab.url)
        line = socket.create_connection((at.hostname, at.port), timeout=30)
        opened.append(line)
        line.sendall(
            f"PATCH {upload} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key or lab.key}\r\n"
            f"Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\n"
            f"Content-Length: {length}\r\n\r\n".encode()
        )
        return line

    yield patching
    for line in opened:
        line.close()


def drip(line: socket.socket, piece: bytes, times: int) -> int:
    """Send a piece every fifth of the patience; return how many went before the other side hung up."""
    for sent in range(times):
        try:
            line.sendall(piece)
        except OSError:
            return sent
        threading.Event().wait(WITHIN_S / 5)
    return times


def test_attack_A29_a_slow_upload_that_comes_steadily_is_heard_to_its_end(lab, roll, scans, patching):
    """It takes three times the patience that any other body has."""
    scan = scans() + b"\0" * (15_000 - len(scans()))
    upload = lab.begin(roll, "1", len(scan)).headers["Location"]
    line = patching(upload, len(scan))
    pieces = [scan[at : at + 1000] for at in range(0, len(scan), 1000)]
    assert [drip(line, piece, 1) for piece in pieces] == [1] * 15
    assert b"HTTP/1.1 204" in line.recv(4096) or lab.look(upload).headers["Upload-Offset"] == str(len(scan))


def test_attack_A29_who_drips_is_hung_up_on_and_what_came_is_kept(lab, roll, patching, eventually):
    upload = lab.begin(roll, "1", 100_000).headers["Location"]
    line = patching(upload, 100_000)
    assert drip(line, b"x", 200) < 200
    eventually(lambda: lab.look(upload).status_code == 200)
    assert 0 < int(lab.look(upload).headers["Upload-Offset"]) < 100


def test_attack_A29_who_was_answered_already_is_not_listened_to_for_ever(lab, roll, patching):
    """However fast it sends: a wrong key is no reason to read a body without end."""
    upload = lab.begin(roll, "1", 100_000_000).headers["Location"]
    line = patching(upload, 100_000_000, key="tck_" + "0" * 64)
    assert drip(line, b"x" * 5000, 400) < 400


def originals_held_open() -> int:
    """Return how many originals this process has open: the service runs in it."""
    held = 0
    for handle in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            held += "/objects/o/" in str(handle.readlink())
    return held


def test_attack_A29_who_takes_nothing_of_a_picture_is_hung_up_on(lab, roll, scans, eventually):
    """A few hundred who ask for originals and read none of them would hold all memory and every file handle."""
    image, _ = lab.filed(roll, "1", scans() + bytes(20_000_000))
    at = urlsplit(lab.url)
    asked = f"GET /images/{image}/original HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {lab.key}\r\n\r\n"
    with socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.settimeout(30)
        line.connect((at.hostname, at.port))
        line.sendall(asked.encode())
        assert line.recv(12) == b"HTTP/1.1 200"
        eventually(lambda: originals_held_open() == 0)
        came = 0
        while piece := line.recv(65_536):
            came += len(piece)
        assert came < 20_000_000
    assert len(lab.ask("GET", f"/images/{image}/original").content) > 20_000_000, "who takes it gets it"
