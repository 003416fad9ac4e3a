"""A lab whose scans are filed without a web: objects put, rows made and the roll wanted in one transaction."""

import hashlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import pytest

from imaging.pixels.testing import draw_scan, scan_bytes
from photoservice.db.database import Session
from photoservice.objects.store import ObjectStore, original_key
from photoservice.renditions.testing import ScriptedDarkroom, ScriptedWorker
from photoservice.renditions.wanting import Lane, want_roll
from photoservice.settings import Settings
from photoservice.testing import RunningService, running_service


def scan(seed: int, size: tuple[int, int] = (90, 60)) -> bytes:
    """Return a small film scan; another seed is another picture."""
    return scan_bytes(draw_scan(seed, *size), "jpeg")


@dataclass
class Lab:
    """A lab at a running photoservice, and what it filed."""

    running: RunningService
    tenant: str
    key: str
    filed: int = 0
    rolls: set[str] = field(default_factory=set)

    def file(
        self, roll: str, frame: str, content: bytes, *, lane: Lane = "new", media: str = "image/jpeg", put: bool = True
    ) -> bytes:
        """File an image as the upload's end does; returns its original's SHA-256."""
        sha256 = hashlib.sha256(content).digest()
        service = self.running.service
        if put:
            self.running.run(service.pictures.objects.put(original_key(sha256), content))
        self.filed += 1
        image, now = f"IM-{self.filed:016d}", service.clock.now()

        async def work(session: Session) -> None:
            run = session.connection.execute
            await run(
                "insert into images.original (sha256, size, media, width, height, kept_at)"
                " values ($1, $2, $3, 90, 60, $4) on conflict do nothing",
                *(sha256, len(content), media, now),
            )
            await run(
                "insert into images.filed_roll (id, first_at, changed_at) values ($1, $2, $2) on conflict do nothing",
                *(roll, now),
            )
            await run(
                "insert into images.image (id, roll, frame, frame_order, sha256, tenant, state, filed_at)"
                " values ($1, $2, $3, $4, $5, $6, 'standing', $7)",
                *(image, roll, frame, self.filed, sha256, self.tenant, now),
            )
            await want_roll(session, roll, lane)

        self.running.do(work)
        self.rolls.add(roll)
        return sha256

    def ready(self, roll: str) -> int:
        """Return how many images of a roll have all their renditions."""
        return self.running.sql(
            "select count(*) from images.image i where roll = $1 and trouble = ''"
            " and (select count(*) from images.rendition r where r.sha256 = i.sha256) = 2",
            roll,
        )[0]["count"]

    def roll(self, roll: str) -> dict[str, Any]:
        """Return the counters of a roll."""
        return self.running.sql("select wanted, made from images.filed_roll where id = $1", roll)[0]

    def is_made(self, roll: str) -> bool:
        """Say whether all that was wanted of a roll is made."""
        row = self.roll(roll)
        return row["wanted"] == row["made"]

    def jobs(self) -> list[dict[str, Any]]:
        """Return what stands in the queue."""
        return self.running.sql("select * from jobs.pgqueuer order by id")

    def renditions(self) -> list[dict[str, Any]]:
        """Return all renditions' rows."""
        return self.running.sql("select * from images.rendition order by sha256, tier")


def until(holds: Callable[[], object], *, within_s: float = 30) -> None:
    """Wait until something holds; the machine may be slow, but not this slow."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "it never came to hold"
        time.sleep(0.02)


class WorkerProcess:
    """``twincheck photoservice work`` as a process of its own."""

    def __init__(self, folder: Path, database: str) -> None:
        self._command = [
            *(sys.executable, "-m", "photoservice.cli", "work", "--dir", str(folder), "--database", database),
            *("--children", "1"),
        ]
        self._log = folder.parent / "worker.log"

    def __enter__(self) -> Self:
        with self._log.open("a") as log:
            self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, stderr=log, text=True)
        assert self._process.stdout is not None
        assert "Making renditions" in self._process.stdout.readline(), self._log.read_text()[-2000:]
        return self

    def kill(self) -> None:
        """Kill it where it stands."""
        self._process.kill()
        self._process.wait(30)

    def hang(self) -> None:
        """Let it stand still, as a machine does that swaps or sleeps."""
        self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it go on."""
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> int:
        """End it as Ctrl-C does; returns its exit code."""
        self._process.terminate()
        return self._process.wait(30)

    def __exit__(self, *_: object) -> None:
        self.kill()
        assert self._process.stdout is not None
        self._process.stdout.close()


@pytest.fixture
def lab_at(database: str, tmp_path: Path) -> Iterator[Callable[..., Lab]]:
    """Open labs at a photoservice with the settings a test wants."""
    opened = []

    def open_lab(**changes: Any) -> Lab:
        settings = replace(Settings(folder=tmp_path / "service"), **changes)
        context = running_service(database, settings.folder, settings=settings)
        running = context.__enter__()
        opened.append(context)
        key = running.add_tenant("Darkroom Lab", "lab")
        tenant = running.sql("select id from tenant where name = 'Darkroom Lab'")[0]["id"]
        return Lab(running=running, tenant=tenant, key=key)

    yield open_lab
    for context in reversed(opened):
        context.__exit__(None, None, None)


@pytest.fixture
def idle_lab(lab_at: Callable[..., Lab]) -> Lab:
    """A lab at a photoservice that makes no renditions itself."""
    return lab_at(derive_here=False)


@pytest.fixture
def lab(lab_at: Callable[..., Lab]) -> Lab:
    """A lab at a photoservice that makes renditions in one child."""
    return lab_at(derive_children=1)


@pytest.fixture
def worker(idle_lab: Lab, database: str) -> Callable[[], WorkerProcess]:
    """A worker on the idle lab's data, once it is entered."""
    return lambda: WorkerProcess(idle_lab.running.service.settings.folder, database)


@pytest.fixture
def scan_of() -> Callable[..., bytes]:
    return scan


@pytest.fixture
def wait() -> Callable[..., None]:
    return until


@dataclass
class Bench:
    """An idle lab, and workers in its process whose pictures are scripted."""

    lab: Lab
    darkroom: ScriptedDarkroom = field(default_factory=ScriptedDarkroom)
    workers: list[ScriptedWorker] = field(default_factory=list)

    def work(self, *, width: int = 2, objects: ObjectStore | None = None) -> ScriptedWorker:
        """Start one more worker."""
        running = self.lab.running
        worker = ScriptedWorker(running.service, self.darkroom, width=width)
        running.run(worker.start(objects))
        self.workers.append(worker)
        return worker

    def let_go(self, *contents: bytes) -> None:
        """Let held pictures be made; on the service's loop, as events are of one."""

        async def work() -> None:
            self.darkroom.let_go(*contents)

        self.lab.running.run(work())

    def stop(self) -> None:
        """Stop all workers."""
        while self.workers:
            self.lab.running.run(self.workers.pop().stop())


@pytest.fixture
def bench(idle_lab: Lab) -> Iterator[Bench]:
    bench = Bench(lab=idle_lab)
    yield bench
    bench.let_go()
    bench.stop()
