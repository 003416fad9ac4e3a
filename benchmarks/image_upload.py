"""Upload 24-megapixel JPEGs through tus, on one connection and on two at once, beside a server that only syncs files.

The client is the same on both sides: it reads a file, hashes it, sends it with the checksum of each request and the
SHA-256 of the whole declared beforehand. Ours proves both, looks at the picture in a child, keeps it durably, counts
its room and writes its rows before it answers; no renditions are made meanwhile. The floor writes the body to a file
and syncs it (``bare_uploads.py``). They take turns. At last one file of nearly 200 MB comes in; what the web process
held at most is told beside what it held before.

    python benchmarks/image_upload.py [--quick]
"""

import contextlib
import hashlib
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path

import psutil
from image_rolls import watched, write
from measuring import Line, run_alone
from service_load import ENTROPY, bench

from exchange.folder import Found, PictureFile
from exchange.tus.client import Sending
from exchange.tus.wish import Wish
from exchange.wiring import open_way
from imaging.pixels.testing import draw_scan, scan_bytes
from photocore.codes import mint_house_roll
from photocore.frames import parse_frame
from photoservice.testing import ServiceProcess

SIZE = (6000, 4000)
FILES, QUICK_FILES = 12, 3
ROUNDS, QUICK_ROUNDS = 5, 1
LARGE, QUICK_LARGE = (6000, 5500), (2000, 1500)
"""As a TIFF of 16 bits the large one has 198 MB."""
WITHOUT_RENDITIONS = """
import dataclasses, sys
from photoservice import cli
cli.replace = lambda settings, **said: dataclasses.replace(settings, **said, derive_here=False)
sys.exit(cli.command(sys.argv[1:]))
"""


def measure(quick):
    files, rounds, large = (QUICK_FILES, QUICK_ROUNDS, QUICK_LARGE) if quick else (FILES, ROUNDS, LARGE)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        bare = Uploads(stack.enter_context(served_bare(folder)), "tck_of-no-use")
        ours = stack.enter_context(served_ours())
        drawn = [scan_bytes(draw_scan(seed, *SIZE), "jpeg") for seed in range(3)]
        fast = {}
        for place in range(rounds + 1):  # the first warms up
            for lanes in (1, 2):
                paths = write(folder / f"{place} {lanes}", drawn, files, place * 2 + lanes)
                for who, uploads in (("floor", bare), ("ours", ours)):
                    fast.setdefault((lanes, who), []).append(uploads.send(paths, lanes))
                for path in (*paths, *(folder / "kept").iterdir()):
                    path.unlink()
        lines = [line(lanes, fast, len(drawn[0])) for lanes in (1, 2)]
        path = folder / "large.tif"
        path.write_bytes(scan_bytes(draw_scan(1, *large), "tiff16"))
        before = psutil.Process(ours.pid).memory_info().rss
        with watched(ours.pid) as peak:
            ours.send([path], 1)
        name = f"web process at most, while {path.stat().st_size / 1e6:.0f} MB come in"
    held = {"ours": peak["web process"] / 1e6, "floor": before / 1e6, "floor_is": "before"}
    return [*lines, Line(what=name, unit="MB", aim="<= 1.2", **held)]


def line(lanes, fast, size):
    return Line(
        what=f"24 MP ({size / 1e6:.0f} MB) up, {'one connection' if lanes == 1 else f'{lanes} connections'}",
        unit="MB/s",
        ours=statistics.median(fast[lanes, "ours"][1:]),
        floor=statistics.median(fast[lanes, "floor"][1:]),
        floor_is="body to a synced file",
        aim=">= 0.8",
    )


class Uploads:
    """A server that takes uploads, and a lab's way to it."""

    def __init__(self, url, key, pid=0):
        self.way, self.pid = open_way(url, key), pid
        self.frames = count(1)

    def send(self, paths, lanes):
        """Send the files, so many at once, and return megabytes a second."""
        roll = mint_house_roll(ENTROPY)
        known = [(path, hashlib.sha256(path.read_bytes()).digest()) for path in paths]
        began = time.perf_counter()
        with ThreadPoolExecutor(lanes) as pool:
            assert {sent.word for sent in pool.map(lambda one: self._send(roll, *one), known)} == {"filed"}
        return sum(path.stat().st_size for path in paths) / 1e6 / (time.perf_counter() - began)

    def _send(self, roll, path, sha256):
        frame = parse_frame(str(next(self.frames) % 90 + 1))
        found = Found(path=path, frame=frame, size=path.stat().st_size)
        wish = Wish(roll=roll, frame=frame.text, sha256=sha256, file_name=path.name, reservation=None)
        with PictureFile(found, sha256) as source:
            return Sending(self.way, source, wish, find=lambda: None).send()


@contextmanager
def served_bare(folder):
    (folder / "kept").mkdir()
    command = [sys.executable, str(Path(__file__).with_name("bare_uploads.py")), str(folder / "kept")]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


@contextmanager
def served_ours():
    """Serve a photoservice that makes no renditions: they would be made on the cores that the uploads need."""
    with bench() as served:
        served.service.stop()
        with Quiet(served.folder / "data", options=("--log-level", "warning")) as service:
            key = service.run("tenant", "add", "--name", "Bench Lab", "--kind", "lab").strip()
            yield Uploads(service.url, key, service.pid)
            service.stop()


class Quiet(ServiceProcess):
    """A service that leaves renditions to others: which its settings can say, and its command line cannot yet."""

    def start(self, port=0):
        command = [sys.executable, "-c", WITHOUT_RENDITIONS, "serve", "--port", str(port), *self._options]
        with self.log.open("a") as log:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        self.url = self._process.stdout.readline().rpartition(" ")[2].strip().replace("localhost", "127.0.0.1")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        run_alone(measure, __doc__)
