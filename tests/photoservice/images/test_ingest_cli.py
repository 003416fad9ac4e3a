"""`twincheck ingest` against the real photoservice, also when it is killed on the way."""

import contextlib
import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from imaging.pixels.testing import write_scan


@pytest.fixture
def folder(tmp_path):
    scans = tmp_path / "scans"
    scans.mkdir()
    for number, frame in enumerate(("00", "0", "1", "2", "12A")):
        write_scan(scans / f"R1-{frame}.jpg", "jpeg", seed=number, size=(480, 320))
    return scans


class Call:
    """A process of `twincheck ingest`."""

    def __init__(self, lab, roll):
        self.lab, self.roll = lab, roll

    def start(self, folder: Path, *options: str) -> subprocess.Popen:
        command = [sys.executable, "-m", "exchange.cli", str(folder), "--roll", self.roll, "--url", self.lab.url]
        return subprocess.Popen(
            [*command, *options],
            env={**os.environ, "TWINCHECK_LAB_KEY": self.lab.key},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, folder: Path, *options: str):
        process = self.start(folder, "--json", *options)
        out, err = process.communicate(timeout=60)
        assert not err, err
        told = json.loads(out)
        return process.returncode, {each["frame"]: each["ending"] for each in told["pictures"]}


@pytest.fixture
def ingest(lab, roll):
    return Call(lab, roll)


def test_O5_a_folder_of_real_scans_goes_in_and_again_is_a_no_op(ingest, folder, running, roll):
    code, ends = ingest.run(folder, "--stock", "Gold 200", "--iso", "200", "--note", "pushed")
    assert (code, set(ends.values())) == (0, {"filed"})
    rows = running.sql("select frame, size from images.image join images.original using (sha256) order by frame_order")
    assert [(row["frame"], row["size"]) for row in rows] == [
        (frame, (folder / f"R1-{frame}.jpg").stat().st_size) for frame in ("00", "0", "1", "2", "12A")
    ]
    uploads = running.sql("select count(*) as n from images.upload")[0]["n"]
    code, ends = ingest.run(folder, "--stock", "Gold 200", "--iso", "200", "--note", "pushed")
    assert (code, set(ends.values())) == (0, {"have"})
    assert running.sql("select count(*) as n from images.upload")[0]["n"] == uploads
    room = running.sql("select reserved, used from images.storage")[0]
    assert room["reserved"] == 0
    assert room["used"] == sum(row["size"] for row in rows)


def test_O5_a_rival_is_held_back_and_sent_when_asked_for(ingest, folder):
    ingest.run(folder)
    write_scan(folder / "R1-2.jpg", "jpeg", seed=99, size=(480, 320))
    assert ingest.run(folder)[1]["2"] == "held-back"
    code, ends = ingest.run(folder, "--rivals")
    assert (code, ends["2"], ends["1"]) == (0, "rival", "have")
    assert ingest.run(folder)[0] == 0


def test_attack_A10_bad_files_are_told_and_the_others_go_in(ingest, folder):
    (folder / "R1-2.jpg").write_bytes(b"no picture at all")
    whole = (folder / "R1-1.jpg").read_bytes()
    (folder / "R1-1.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "R1-0.jpg").write_bytes(b"")
    code, ends = ingest.run(folder)
    assert code == 1
    assert {frame for frame, end in ends.items() if end == "refused"} == {"0", "1", "2"}
    assert {frame for frame, end in ends.items() if end == "filed"} == {"00", "12A"}


def test_O5_a_wrong_key_and_a_foreign_makers_key_are_told(ingest, folder, running):
    for key, word in (("tck_" + "0" * 32, "key"), (running.add_tenant("Maker", "maker"), "maker")):
        ingest.lab.key = key
        process = ingest.start(folder)
        out, err = process.communicate(timeout=60)
        assert process.returncode == 1, out + err
        assert err.startswith("twincheck ingest: ")
        assert word in err.lower()


def test_O5_a_killed_ingest_goes_on_where_the_service_is(ingest, folder, running, eventually):
    """kill -9 while a large scan is on its way: the next run sends the rest of it, and each picture is filed once."""
    write_scan(folder / "R1-3.jpg", "tiff16", seed=5, size=(2400, 1600))
    (folder / "R1-3.jpg").rename(folder / "R1-3.tif")
    size = (folder / "R1-3.tif").stat().st_size
    assert size > 20_000_000
    process = ingest.start(folder, "--lanes", "1")
    spool = running.service.settings.spool or running.service.settings.folder / "incoming"

    def is_far(path):
        with contextlib.suppress(FileNotFoundError):  # a small one, filed meanwhile
            return path.stat().st_size >= 4_000_000
        return False

    def is_coming_in():
        return process.poll() is not None or any(map(is_far, spool.rglob("UP-*")))

    eventually(is_coming_in)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    code, ends = ingest.run(folder)
    assert code == 0, ends
    assert running.sql("select count(*) as n from images.image")[0]["n"] == 6
    uploads = running.sql("select length, state from images.upload where length = $1", size)
    assert [row["state"] for row in uploads] == ["filed"]
    assert running.sql("select reserved from images.storage")[0]["reserved"] == 0


class CuttingProxy:
    """A line to the service that breaks: each connection after so many bytes, as long as there are numbers."""

    def __init__(self, url: str, limits):
        self.target = ("127.0.0.1", urlsplit(url).port)
        self.limits = list(limits)
        self.cuts = 0
        self.is_over = False
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.door.getsockname()[1]}"
        self.server = threading.Thread(target=self._serve)
        self.server.start()

    def close(self):
        self.is_over = True
        socket.create_connection(self.door.getsockname()).close()
        self.server.join(30)
        self.door.close()

    def _serve(self):
        lines = []
        while True:
            client, _ = self.door.accept()
            if self.is_over:
                break
            limit = self.limits.pop(0) if self.limits else None
            lines.append(threading.Thread(target=self._connect, args=(client, limit)))
            lines[-1].start()
        client.close()
        for line in lines:
            line.join(30)

    def _connect(self, client, limit):
        with client, socket.create_connection(self.target) as service:
            back = threading.Thread(target=self._pass, args=(service, client, None))
            back.start()
            self._pass(client, service, limit)
            back.join(30)

    def _pass(self, origin, target, limit):
        passed = 0
        with contextlib.suppress(OSError):
            while piece := origin.recv(65_536 if limit is None else min(65_536, limit - passed)):
                target.sendall(piece)
                passed += len(piece)
                if passed == limit:
                    self.cuts += 1
                    break
        for end in (origin, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


def test_O5_a_line_that_breaks_gets_every_picture_through(ingest, folder, running):
    """Real connections end in the middle of headers, of bodies, and before an answer."""
    write_scan(folder / "R1-3.jpg", "jpeg", seed=9, size=(3000, 2000))
    proxy = CuttingProxy(ingest.lab.url, [100, 2500, 1200, 40_000, 700, 300_000, 90_000, 1, 800_000])
    ingest.lab.url = proxy.url
    try:
        code, ends = ingest.run(folder)
    finally:
        proxy.close()
    assert code == 0
    assert set(ends.values()) <= {"filed", "have"}
    assert proxy.cuts >= 5
    rows = running.sql("select encode(sha256, 'hex') as hash from images.image")
    assert sorted(row["hash"] for row in rows) == sorted(
        hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()
    )
    assert running.sql("select reserved from images.storage")[0]["reserved"] == 0
