"""From the first byte sent to the last picture visible: rolls of 36 frames of 6 and 24 megapixels, and 1,000 rolls.

Ours is all of it: ``twincheck ingest`` reads and hashes the files and sends them to a photoservice of its own process,
which files them durably and makes their renditions in its two children. The floor is libvips alone: two processes that
make the same two tiers of the same files and write them to a folder, without a network, a database or a flush. Both
take turns on the same files, round by round. What the photoservice's processes held at most is told beside it.

    python benchmarks/image_rolls.py [--quick]
"""

import http.client
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit

import psutil
from measuring import Line, run_alone
from service_load import ENTROPY, bench

from exchange.folder import Found
from exchange.ingest import Ingest
from exchange.offers import Offer
from exchange.telling import Silent
from exchange.wiring import open_way
from imaging.pixels.testing import draw_scan, scan_bytes
from photocore.codes import mint_house_roll
from photocore.frames import parse_frame

SIZES = {"6 MP": (3000, 2000), "24 MP": (6000, 4000)}
FRAMES, QUICK_FRAMES = 36, 6
ROUNDS, QUICK_ROUNDS = 3, 1
ROLLS, QUICK_ROLLS = 1000, 20
OF_EACH = 4
"""Frames of each of the many rolls, of 1.5 megapixels: what a roll costs beside its pixels shows there."""
VISIBLE_WITHIN_S = 300


def measure(quick):
    frames, rounds, rolls = (QUICK_FRAMES, QUICK_ROUNDS, QUICK_ROLLS) if quick else (FRAMES, ROUNDS, ROLLS)
    lines = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        served = stack.enter_context(bench())
        lab = Lab(served)
        peak = stack.enter_context(watched(served.service.pid))
        for name, size in SIZES.items():
            drawn = [scan_bytes(draw_scan(seed, *size), "jpeg") for seed in range(3)]
            ours, floor = [], []
            for place in range(rounds + 1):  # the first warms up
                files = write(folder / f"{name} {place}", drawn, frames, place)
                floor.append(frames / bare(files, folder / "bare"))
                ours.append(frames / lab.bring(files))
            what = f"{frames} frames of {name}, upload to visible"
            lines.append(line(what, ours[1:], floor[1:], ">= 0.8"))
        drawn = [scan_bytes(draw_scan(seed), "jpeg") for seed in range(3)]
        files = write(folder / "many", drawn, rolls * OF_EACH, 99)
        floor, ours = [rolls * OF_EACH / bare(files, folder / "bare")], [rolls * OF_EACH / lab.bring_many(files)]
        lines.append(line(f"{rolls:,} rolls of {OF_EACH} frames of 1.5 MP", ours, floor, ">= 0.75"))
    lines += [Line(what=f"memory at most, {who}", unit="MB", ours=held / 1e6) for who, held in peak.items()]
    return lines


def line(what, ours, floor, aim):
    return Line(
        what=what,
        unit="pictures/s",
        ours=statistics.median(ours),
        floor=statistics.median(floor),
        floor_is="libvips alone",
        aim=aim,
        note=f"{len(ours)} rounds",
    )


def write(folder, drawn, count, place):
    """Write so many files, each of other bytes: a comment segment with its number stands in each."""
    folder.mkdir(parents=True)
    files = []
    for number in range(1, count + 1):
        told = f"{place} {number}".encode()
        segment = b"\xff\xfe" + (len(told) + 2).to_bytes(2, "big") + told
        picture = drawn[number % len(drawn)]
        files.append(folder / f"scan_{number:04}.jpg")
        files[-1].write_bytes(picture[:2] + segment + picture[2:])
    return files


def bare(files, folder):
    """Return how many seconds libvips takes for the two tiers of each file, in two processes."""
    folder.mkdir(exist_ok=True)
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(shrink, files[:2], [folder] * 2))  # the processes stand, libvips is loaded
        began = time.perf_counter()
        list(pool.map(shrink, files, [folder] * len(files), chunksize=2))
        return time.perf_counter() - began


def shrink(path, folder):
    import pyvips  # noqa: PLC0415  in its own process

    large = pyvips.Image.thumbnail(str(path), 2048, size="down")
    large = large.copy_memory()
    large.jpegsave(str(folder / f"{path.stem}-2048.jpg"), Q=85, keep="none")
    large.thumbnail_image(256).jpegsave(str(folder / f"{path.stem}-256.jpg"), Q=80, keep="none")


class Lab:
    """A lab with its key at a photoservice."""

    def __init__(self, served):
        self.url = served.url
        self.key = served.service.run("tenant", "add", "--name", "Bench Lab", "--kind", "lab").strip()

    def bring(self, files):
        """Bring the files in as one roll by the command; return the seconds until all of it is visible."""
        roll = mint_house_roll(ENTROPY)
        command = [sys.executable, "-m", "twincheck", "ingest", str(files[0].parent), "--roll", roll, "--url", self.url]
        began = time.perf_counter()
        environ = {**os.environ, "TWINCHECK_LAB_KEY": self.key}
        subprocess.run([*command, "--json"], env=environ, check=True, stdout=subprocess.DEVNULL)
        self.wait_for(roll)
        return time.perf_counter() - began

    def bring_many(self, files):
        """Bring the files in as rolls of a few frames, two rolls at once; return the seconds until all is visible."""
        groups = [files[at : at + OF_EACH] for at in range(0, len(files), OF_EACH)]
        rolls = [mint_house_roll(ENTROPY) for _ in groups]

        def one(roll, paths):
            found = [
                Found(path=path, frame=parse_frame(str(number)), size=path.stat().st_size)
                for number, path in enumerate(paths, start=1)
            ]
            ends = Ingest(open_way(self.url, self.key), roll, Offer(frames=()), Silent(), lanes=1).run(found)
            assert {told.ending for told in ends} == {"filed"}, ends

        began = time.perf_counter()
        with ThreadPoolExecutor(2) as lanes:
            list(lanes.map(one, rolls, groups))
        for roll in rolls:
            self.wait_for(roll)
        return time.perf_counter() - began

    def wait_for(self, roll):
        where = urlsplit(self.url)
        ends_at = time.monotonic() + VISIBLE_WITHIN_S
        wire = http.client.HTTPConnection(where.hostname, where.port, timeout=60)
        while time.monotonic() < ends_at:
            wire.request(
                "GET", f"/rolls/{quote(roll, safe='')}/progress", headers={"Authorization": f"Bearer {self.key}"}
            )
            told = json.loads(wire.getresponse().read())
            if told["state"] == "done" and told["ready"] == told["images"]:
                assert not told["failed"], told
                wire.close()
                return
            time.sleep(0.02)
        raise AssertionError(f"{roll} did not become visible: {told}")


@contextmanager
def watched(pid):
    """Fill a dictionary with what the web process, and the largest of its children, held at most (resident bytes)."""
    peak, over = {"web process": 0, "largest child": 0}, threading.Event()

    def look():
        while not over.wait(0.1):
            try:
                process = psutil.Process(pid)
                peak["web process"] = max(peak["web process"], process.memory_info().rss)
                for child in process.children(recursive=True):
                    peak["largest child"] = max(peak["largest child"], child.memory_info().rss)
            except psutil.Error:
                continue

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


if __name__ == "__main__":
    run_alone(measure, __doc__)
