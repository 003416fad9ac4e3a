"""Debian's Chromium before a real photoservice (real HTTP, real PostgreSQL): every page is watched while it is used.

A page may make no error, break no policy and ask nobody but its own host; whatever a test does, that is checked at its
end. Without Chromium the tests are skipped, visibly.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
import requests
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from photocore.codes import mint_claim_code
from photocore.digital_link import link_for
from photocore.gs1_rules import check_digit
from photocore.host import SystemEntropy
from photocore.ids import Sgtin
from photoservice.settings import Settings
from photoservice.testing import RunningService, ScratchPostgres, running_service
from photoservice.testing_fonts import with_our_fonts

ENTROPY = SystemEntropy()
expect.set_options(timeout=30_000)  # five seconds by itself, which a page has not always got beside other workers
PACKAGE_GTIN = "0952114101234" + check_digit("0952114101234")
ROLL_GTIN = "0952114101235" + check_digit("0952114101235")

_ARGUMENTS = (
    "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Coded:
    """A package with a claim code under the strip of each roll's label."""

    package: str
    rolls: list[str]
    codes: list[str]


@dataclass
class Shop:
    """A photoservice and a maker who sends it packages."""

    running: RunningService
    key: str
    packed: int = 0

    @property
    def url(self) -> str:
        return self.running.url

    def pack(self) -> Coded:
        """Forward a fresh package of three rolls, and its claim codes."""
        self.packed += 1
        serial = f"SHELF{self.packed:04}"
        package = Sgtin(PACKAGE_GTIN, serial)
        rolls = [Sgtin(ROLL_GTIN, f"{serial}-R{n}") for n in (1, 2, 3)]
        event = {
            "type": "AggregationEvent",
            "eventTime": "2026-11-20T08:00:00Z",
            "eventTimeZoneOffset": "+01:00",
            "action": "ADD",
            "bizStep": "packing",
            "parentID": link_for(package.elements),
            "childEPCs": [link_for(roll.elements) for roll in rolls],
        }
        headers = {"Authorization": f"Bearer {self.key}"}
        capture = requests.post(f"{self.url}/capture", json=[event], headers=headers, timeout=30)
        assert capture.status_code == 202, capture.text
        while not (job := requests.get(self.url + capture.headers["Location"], headers=headers, timeout=30).json())[
            "finishedAt"
        ]:
            pass
        assert (job["success"], job["photo:parked"]) == (True, 0), job
        codes = [mint_claim_code(ENTROPY) for _ in rolls]
        listed = {"codes": [{"roll": str(roll), "code": code} for roll, code in zip(rolls, codes, strict=True)]}
        path = f"{self.url}/manifests/{quote(str(package), safe='')}/codes"
        assert requests.post(path, json=listed, headers=headers, timeout=30).status_code == 204
        return Coded(package=str(package), rolls=[str(roll) for roll in rolls], codes=codes)


@dataclass
class Watched:
    """A page, and everything it did that a page must not."""

    page: Page
    url: str
    expected: set[int] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.page.on("console", lambda said: self._hear(said.type, said.text))

    def go(self, path: str) -> Page:
        self.page.goto(self.url + path)
        return self.page

    def check(self) -> None:
        """Fail if the page erred, broke its policy or asked anybody else."""
        home = urlsplit(self.url).netloc
        assert self.troubles == []
        asked = [url.removeprefix("blob:") for url in self.asked]  # a blob is the page's own
        assert [url for url in asked if urlsplit(url).netloc != home] == []

    def _hear(self, kind: str, text: str) -> None:
        is_expected = any(f"status of {status}" in text for status in self.expected)
        if kind in ("error", "warning") and not is_expected:
            self.troubles.append(f"{kind}: {text}")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with ScratchPostgres() as server:
        folder = tmp_path_factory.mktemp("shop")
        settings = Settings(folder=folder, trusted_proxies=("127.0.0.0/8",), checkout="virtual")
        with running_service(server.fresh(), folder, settings=settings) as running:
            key = running.add_tenant("Halide", "maker", "9521141")
            film = {"name": "Halide Gold", "format": "135", "process": "C-41", "iso": 200, "exposures": 36}
            product = {"level": "package", "rolls": 3, **film}
            headers = {"Authorization": f"Bearer {key}"}
            put = requests.put(f"{running.url}/products/{PACKAGE_GTIN}", json=product, headers=headers, timeout=30)
            assert put.status_code == 204, put.text
            yield Shop(running=running, key=key)


@pytest.fixture(scope="module")
def chromium(shop: Shop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Start the browser, after the shop: its loop runs in this thread, and the shop could not run one of its own."""
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("Debian's chromium is not installed: apt-get install chromium")
    # One module long and no longer: the sync API runs a loop in this thread, where others' async tests want theirs.
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found,
            chromium_sandbox=False,
            args=list(_ARGUMENTS),
            env=with_our_fonts(tmp_path_factory.mktemp("fonts")),
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, shop: Shop) -> Iterator[Callable[..., Watched]]:
    """Open a browser of one's own, at an address of one's own; what its page did is checked at the end."""
    opened: list[tuple[BrowserContext, Watched]] = []

    def open_one(*, scripts: bool = True, width: int = 390, height: int = 844, language: str = "en", **more) -> Watched:
        shop.packed += 1
        context = chromium.new_context(
            java_script_enabled=scripts,
            viewport={"width": width, "height": height},
            locale=language,
            extra_http_headers={"X-Forwarded-For": f"10.{shop.packed // 250}.{shop.packed % 250}.1"},
            **more,
        )
        context.set_default_timeout(30_000)
        watched = Watched(page=context.new_page(), url=shop.url)
        opened.append((context, watched))
        return watched

    yield open_one
    for context, _ in opened:
        context.close()
    for _, watched in opened:
        watched.check()


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    """Where a test leaves its pictures."""
    folder = tmp_path / "shots"
    folder.mkdir()
    return folder
