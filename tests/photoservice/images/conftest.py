"""Labs round a real photoservice, and uploads as any client of tus 1.0 makes them: plain HTTP."""

import base64
import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests

from imaging.pixels.testing import write_scan
from photocore.codes import mint_house_roll
from photocore.host import SystemEntropy
from photoservice.settings import Settings
from photoservice.testing import RunningService

DYING = Path(__file__).with_name("dying_service.py")
TUS = {"Tus-Resumable": "1.0.0"}
BYTES = "application/offset+octet-stream"


@dataclass
class Lab:
    """A lab with its key."""

    url: str
    key: str
    session: requests.Session = field(default_factory=requests.Session)

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.key}", **TUS, **more.pop("headers", {})}
        return self.session.request(method, self.url + path, headers=headers, timeout=60, **more)

    def offer(self, roll: str, *scans: tuple[str, bytes], **said: Any) -> requests.Response:
        frames = [
            {"frame": frame, "sha256": hashlib.sha256(scan).hexdigest(), "size": len(scan)} for frame, scan in scans
        ]
        path = f"/rolls/{quote(roll, safe='')}/offer"
        return self.ask("POST", path, json={"frames": frames, **said})

    def begin(self, roll: str, frame: str, size: int, *, body: bytes | None = None, **told: str) -> requests.Response:
        """Begin an upload; ``told`` is further metadata."""
        headers = {"Upload-Length": str(size), "Upload-Metadata": metadata(roll=roll, frame=frame, **told)}
        if body is not None:
            headers["Content-Type"] = BYTES
        return self.ask("POST", "/uploads", headers=headers, data=body)

    def append(self, upload: str, offset: int, body: Any, **headers: str) -> requests.Response:
        told = {"Upload-Offset": str(offset), "Content-Type": BYTES, **headers}
        return self.ask("PATCH", upload, headers=told, data=body)

    def look(self, upload: str) -> requests.Response:
        return self.ask("HEAD", upload)

    def send(self, roll: str, frame: str, scan: bytes, **told: str) -> requests.Response:
        """Upload a scan in two requests and return the answer to the last."""
        begun = self.begin(roll, frame, len(scan), **told)
        assert begun.status_code == 201, begun.text
        return self.append(begun.headers["Location"], 0, scan)

    def filed(self, roll: str, frame: str, scan: bytes, **told: str) -> tuple[str, str]:
        """Upload a scan and return its image and the word."""
        reply = self.send(roll, frame, scan, **told)
        assert reply.status_code == 204, reply.text
        return reply.headers["Twincheck-Image"], reply.headers["Twincheck-Word"]


def metadata(**told: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items())


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Nothing is derived here; and the machine that tests may have little room."""
    return replace(settings, derive_here=False, keep_free=1 << 20)


@pytest.fixture
def running(world) -> Iterator[RunningService]:
    """The service; whatever a test did, the books are right afterwards."""
    yield world.running
    check_books(world.running)


def check_books(running: RunningService) -> None:
    """Count by hand what is promised and used, and what rolls hold, and compare."""
    promised, used = running.sql(
        """select (select coalesce(sum(granted - filed), 0) from images.reservation where ended_at is null) as promised,
                  (select coalesce(sum(size), 0) from images.original) as used"""
    )[0].values()
    (store,) = running.sql("select * from images.storage")
    assert (store["reserved"], store["used"]) == (promised, used)
    assert store["capacity"] is None or promised + used <= store["capacity"]
    wrong = running.sql(
        """select t.*, r.promised, u.held from images.tenant_storage as t
           cross join lateral (select coalesce(sum(granted - filed), 0) as promised from images.reservation
                               where tenant = t.tenant and ended_at is null) as r
           cross join lateral (
               select coalesce(sum(size), 0) as held from images.original
               where sha256 in (select sha256 from images.image where tenant = t.tenant)) as u
           where (t.reserved, t.used) <> (r.promised, u.held)"""
    )
    assert wrong == []
    miscounted = running.sql(
        """select t.* from images.tenant_roll as t
           where (images, rivals) <> (
               select count(*) filter (where state = 'standing'), count(*) filter (where state = 'rival')
               from images.image as i where i.roll = t.roll and i.tenant = t.tenant)"""
    )
    assert miscounted == []
    over = running.sql(
        """select r.id from images.reservation as r where ended_at is null and taken - filed <> (
               select coalesce(sum(length), 0) from images.upload where reservation = r.id and state = 'open')"""
    )
    assert over == []


@pytest.fixture
def lab(running: RunningService) -> Lab:
    return Lab(url=running.url, key=running.add_tenant("Silver Lab", "lab"))


@pytest.fixture
def clients(lab: Lab) -> Callable[[], Lab]:
    """The same lab on another connection."""
    return lambda: Lab(url=lab.url, key=lab.key)


@pytest.fixture
def other_lab(running: RunningService) -> Lab:
    return Lab(url=running.url, key=running.add_tenant("Other Lab", "lab"))


@pytest.fixture
def roll() -> str:
    return mint_house_roll(SystemEntropy())


@pytest.fixture(scope="session")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., bytes]:
    """Scans by number: small JPEGs, each different, drawn once."""
    folder: Path = tmp_path_factory.mktemp("scans")
    drawn: dict[int, bytes] = {}

    def scan(number: int = 1) -> bytes:
        if number not in drawn:
            path = folder / f"{number}.jpg"
            write_scan(path, "jpeg", seed=number, size=(96, 64))
            drawn[number] = path.read_bytes()
        return drawn[number]

    return scan


@pytest.fixture
def dying(lab: Lab, database: str, settings: Settings) -> Iterator[Any]:
    """Start a service beside the world's own, on the same data, that dies at a step; return its client and process."""
    started: list[subprocess.Popen[str]] = []

    def dying(step: str) -> tuple[Lab, subprocess.Popen[str]]:
        command = [sys.executable, str(DYING), database, str(settings.folder), step]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        return Lab(url=url, key=lab.key), process

    yield dying
    for process in started:
        process.kill()
        process.wait(30)
        assert process.stdout is not None
        process.stdout.close()
