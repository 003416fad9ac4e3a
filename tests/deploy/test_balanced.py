"""The load-balanced example, started for real on loopback: nginx, two web processes, two workers, one database."""

import asyncio
import base64
import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
import requests

from imaging.pixels.testing import draw_scan, scan_bytes
from photoservice.cli import build_parser
from photoservice.settings import Settings
from photoservice.testing import ScratchPostgres, open_folder
from photoservice.testing_browser import PlainBrowser
from photoservice.testing_pictures import AtHome, register_at_home
from photoservice.wiring import open_service

ROOT = Path(__file__).parents[2]
RUN = ROOT / "deploy/balanced/run.py"
NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
FRAMES = 6
PARTS = 3
TUS = {"Tus-Resumable": "1.0.0"}

pytestmark = pytest.mark.skipif(NGINX is None, reason="no nginx: the load-balanced example is not started here")


@dataclass
class Balanced:
    """The example as it runs: where its door is, where its processes say what they are."""

    url: str
    folder: Path
    database: str
    process: subprocess.Popen[str]
    said: list[str] = field(default_factory=list)

    def pid(self, name: str) -> int:
        return int((self.folder / "balanced" / f"{name}.pid").read_text())

    def kill(self, name: str) -> None:
        """Kill one of its processes where it stands, as a power cut would."""
        os.kill(self.pid(name), signal.SIGKILL)

    @property
    def webs(self) -> list[str]:
        """The addresses of the web processes behind the door."""
        text = (self.folder / "balanced" / "nginx.conf").read_text()
        return [f"http://{found}" for found in re.findall(r"server (127\.0\.0\.1:\d+) max", text)]

    def answered(self, web: str, method: str, route: str) -> float:
        """Return how many requests of a route a web process answered since it was started."""
        text = requests.get(f"{web}/metrics", timeout=30).text
        lines = re.findall(r"^twincheck_http_requests_total\{(.*)\} (.+)$", text, re.MULTILINE)
        return sum(float(n) for of, n in lines if f'method="{method}"' in of and f'route="{route}' in of)

    def sql(self, statement: str) -> list[Any]:
        async def ask() -> list[Any]:
            connection = await asyncpg.connect(self.database)
            try:
                return await connection.fetch(statement)
            finally:
                await connection.close()

        return asyncio.run(ask())


def read_on(process: subprocess.Popen[str], said: list[str]) -> None:
    assert process.stderr is not None
    said.extend(process.stderr)


@pytest.fixture
def balanced() -> Iterator[Balanced]:
    with ScratchPostgres() as server, open_folder() as folder:
        database = server.fresh()
        call = [sys.executable, "-P", str(RUN), "--dir", str(folder), "--database", database]
        process = subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        assert process.stdout is not None
        said: list[str] = []
        reader = threading.Thread(target=read_on, args=(process, said), daemon=True)
        reader.start()
        try:
            told = process.stdout.readline()
            assert " at " in told, logs(folder, said)
            yield Balanced(told.rpartition(" ")[2].strip(), folder, database, process, said)
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(60)
            process.stdout.close()
            reader.join(30)
            assert process.stderr is not None
            process.stderr.close()


def logs(folder: Path, said: list[str]) -> str:
    texts = [f"{path.name}: {path.read_text()[-1500:]}" for path in sorted((folder / "balanced").glob("*.log"))]
    return "\n".join([*said, *texts])


def set_up(balanced: Balanced) -> tuple[str, str]:
    """Add a maker and a lab beside the running processes, as the command line does; return their keys."""

    async def work() -> tuple[str, str]:
        settings = Settings(folder=balanced.folder, database=balanced.database)
        async with open_service(settings, balanced.database) as service, service.database.begin() as session:
            tenants = service.tenants
            maker = await tenants.add(session, name="Halide", kind="maker", prefixes=("9521141",))
            return maker, await tenants.add(session, name="Silver Lab", kind="lab", prefixes=())

    return asyncio.run(work())


@dataclass
class Uploader:
    """A lab that sends each part on a connection of its own, and goes on where the upload stands, as tus clients do."""

    url: str
    key: str
    broken: int = 0

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.key}", **TUS, **more.pop("headers", {})}
        return requests.request(method, self.url + path, headers=headers, timeout=60, **more)

    def begin(self, roll: str, frame: int, size: int) -> str:
        told = {"roll": roll, "frame": str(frame)}
        metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in told.items())
        reply = self.patiently(
            lambda: self.ask("POST", "/uploads", headers={"Upload-Length": str(size), "Upload-Metadata": metadata}), 201
        )
        return urlsplit(reply.headers["Location"]).path

    def send_part(self, upload: str, scan: bytes, size: int) -> int:
        """Send the next part; return where the upload stands, whatever became of the request."""
        offset = self.offset(upload)
        if offset < len(scan):
            headers = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            try:
                reply = self.ask("PATCH", upload, headers=headers, data=scan[offset : offset + size])
                self.broken += reply.status_code != 204
            except requests.ConnectionError:
                self.broken += 1
        return self.offset(upload)

    def offset(self, upload: str) -> int:
        reply = self.patiently(lambda: self.ask("HEAD", upload), 200)
        return int(reply.headers["Upload-Offset"])

    def patiently(self, ask: Callable[[], requests.Response], status: int) -> requests.Response:
        """Ask again while a balancer that just lost a web process says so."""
        ends = time.monotonic() + 30
        while True:
            try:
                reply = ask()
                if reply.status_code == status:
                    return reply
                assert reply.status_code in (423, 502, 503, 504), (reply.status_code, reply.text[:500])
            except requests.ConnectionError:
                pass
            assert time.monotonic() < ends, "the balancer never found a web process that answers"
            threading.Event().wait(0.05)


def sign_in(url: str, home: AtHome) -> PlainBrowser:
    browser = PlainBrowser(url)
    browser.go("/sign-in")
    browser.submit("/sign-in/code", access_code=home.access_code)
    return browser


@pytest.mark.timeout(180)
@pytest.mark.walk
def test_O21_two_webs_and_two_workers_behind_nginx_lose_nothing_when_one_of_each_is_killed(balanced, eventually):
    """Signed in at one, at home at the other; uploads split over both; killed in the middle, all of it ends well."""
    maker, lab = set_up(balanced)
    home = register_at_home(SimpleNamespace(url=balanced.url), maker, "BALANCED1", rolls=1)
    browser = sign_in(balanced.webs[0], home)
    browser.url = balanced.webs[1]
    assert "BALANCED1" in browser.go("/my")
    assert balanced.answered(balanced.webs[0], "POST", "/sign-in/code") == 1
    assert balanced.answered(balanced.webs[1], "GET", "/my") == 1

    scans = [scan_bytes(draw_scan(seed, 900, 600), "jpeg") for seed in range(FRAMES)]
    uploader = Uploader(balanced.url, lab)
    uploads = [uploader.begin(home.rolls[0], nr, len(scan)) for nr, scan in enumerate(scans, 1)]
    sizes = [-(-len(scan) // PARTS) for scan in scans]
    for upload, scan, size in zip(uploads, scans, sizes, strict=True):
        uploader.send_part(upload, scan, size)
    shares = [balanced.answered(web, "PATCH", "/uploads") for web in balanced.webs]
    assert sum(shares) == FRAMES - uploader.broken
    for web in balanced.webs:
        assert sum(balanced.answered(web, method, "/uploads") for method in ("POST", "HEAD", "PATCH")), web

    balanced.kill("web-1")
    balanced.kill("work-1")
    parts = list(zip(uploads, scans, sizes, strict=True))
    ends = time.monotonic() + 60
    while sum([uploader.send_part(*part) == len(part[1]) for part in parts]) < FRAMES:
        assert time.monotonic() < ends
    assert "BALANCED1" in sign_in(balanced.url, home).page

    made = "select count(*) as n from images.rendition"
    eventually(lambda: balanced.sql(made)[0]["n"] == 2 * FRAMES, within=60)
    assert balanced.sql("select frame, state from images.image order by frame_order") == [
        (str(nr), "standing") for nr in range(1, FRAMES + 1)
    ]
    eventually(lambda: is_up(balanced.webs[0]), within=60)
    balanced.process.send_signal(signal.SIGTERM)
    assert balanced.process.wait(60) == 0, logs(balanced.folder, balanced.said)
    eventually(lambda: {line.split()[0] for line in balanced.said if "died" in line} == {"web-1", "work-1"})


def is_up(url: str) -> bool:
    try:
        return requests.get(f"{url}/ready", timeout=30).ok
    except requests.ConnectionError:
        return False


def test_O21_the_sites_configuration_is_one_that_nginx_understands(tmp_path):
    """With a certificate and folders in place of the site's; its ports are tried nowhere."""
    assert NGINX is not None
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
         "-subj", "/CN=photos.example", "-out", "fullchain.pem", "-keyout", "privkey.pem"],
        cwd=tmp_path, check=True, capture_output=True,
    )  # fmt: skip
    site = (ROOT / "deploy/nginx/twincheck.conf").read_text()
    site = site.replace("/etc/twincheck/tls/", f"{tmp_path}/").replace("/var/log/nginx/", f"{tmp_path}/")
    numbers = itertools.count()
    site = re.sub(r"listen (\[::\]:)?\d+", lambda _: f"listen unix:{tmp_path}/{next(numbers)}", site)
    (tmp_path / "site.conf").write_text(site)
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/nginx.pid;\nevents {{}}\nhttp {{\n    include {tmp_path}/site.conf;\n}}\n"
    )
    said = subprocess.run(
        [NGINX, "-t", "-e", "stderr", "-c", str(tmp_path / "nginx.conf")], capture_output=True, text=True, check=False
    )
    assert "syntax is ok" in said.stderr, said.stderr


UNITS = ROOT / "deploy/systemd"


def test_O21_the_units_of_a_site_start_what_the_command_line_knows():
    """Every verb and option of a unit is one; web and worker differ in what they do, not in what they may."""
    called = {}
    for path in sorted(UNITS.glob("twincheck-photoservice*.service")):
        for call in re.findall(r"^ExecStart=\S+ photoservice (.*)$", path.read_text(), re.MULTILINE):
            words = [word for word in call.split() if not word.startswith("$")]
            called.setdefault(path.name, []).append(words[0])
            words = [re.sub(r"%i", "8471", word) for word in words]
            needs = ["/tmp/backups"] if words[0] == "backup" else []
            if words[-1] == "--backup":
                words.pop()
            options = build_parser().parse_args([*words, *needs])
            assert options.dir == "/var/lib/twincheck-photoservice"
    assert called == {
        "twincheck-photoservice.service": ["serve"],
        "twincheck-photoservice-web@.service": ["serve"],
        "twincheck-photoservice-work@.service": ["work"],
        "twincheck-photoservice-backup.service": ["backup", "doctor"],
    }
    rights = [
        {
            line
            for line in (UNITS / f"twincheck-photoservice-{name}@.service").read_text().splitlines()
            if "=yes" in line
        }
        for name in ("web", "work")
    ]
    assert rights[0] == rights[1]
    said = dict(re.findall(r"^(\w+)=(.*)$", (ROOT / "deploy/photoservice.env").read_text(), re.MULTILINE))
    build_parser().parse_args(["serve", *said["PHOTOSERVICE_OPTIONS"].split()])
    build_parser().parse_args(["work", *said["WORK_OPTIONS"].split()])


def test_O21_the_two_configurations_of_nginx_treat_requests_alike():
    """What the tests try on loopback is what a site runs: the same bounds, times and headers, but for TLS."""
    told = [
        set(re.findall(r"^ +((?:proxy|client|send)_\w+ [^;]+);", path.read_text(), re.MULTILINE))
        for path in (ROOT / "deploy/nginx/twincheck.conf", ROOT / "deploy/balanced/nginx.conf")
    ]
    site, loopback = ({one for one in lines if "temp_path" not in one} for lines in told)
    assert site ^ loopback == {"proxy_set_header Host $host", "proxy_set_header Host $http_host"}
    assert len(site) > 10
