"""A roll's page on a slow phone, until it can be used, beside a static page with the same pictures.

Debian's Chromium at 390x844, its processor slowed four times, its network as a poor mobile one (1.6 Mbit/s down, 750
kbit/s up, 150 ms a round), nothing in its cache. The floor is one plain HTML file with the same 36 thumbnails in the
same sizes, sent by Python's own static server from the same machine. It has neither style nor script, so it is spared
the round that these take; beside it stands the same file with our style and script, packed as we pack them. Told is
when the page can be used (its scripts have run, ``domContentLoadedEventEnd``), when all pictures of the first screen
are there, and how many bytes came.

    python benchmarks/web_roll_page.py [--quick]
"""

import gzip
import html
import re
import shutil
import statistics
import tempfile
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

from measuring import Line, run_alone
from playwright.sync_api import sync_playwright

from photoservice.settings import Settings
from photoservice.testing import ScratchPostgres, open_folder, running_service
from photoservice.testing_browser import PlainBrowser
from photoservice.testing_pictures import Archive, register_at_home

FRAMES = 36
ROUNDS, QUICK_ROUNDS = 9, 2
SLOWED = 4
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 93_750}
ARGUMENTS = ("--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking")

SHOWN = """() => [...document.querySelectorAll("img[width]")]
  .filter((one) => one.getBoundingClientRect().top < innerHeight && one.getBoundingClientRect().bottom > 0)
  .every((one) => one.complete && one.naturalWidth > 0)"""
TIMES = """() => {
  const page = performance.getEntriesByType("navigation")[0];
  const all = [page, ...performance.getEntriesByType("resource")];
  return {
    usable: page.domContentLoadedEventEnd,
    shown: performance.now(),
    bytes: all.reduce((sum, one) => sum + one.transferSize, 0),
    bare: all.filter((one) => !/\\/i\\/|\\.jpg/.test(one.name)).reduce((sum, one) => sum + one.transferSize, 0),
  };
}"""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One load: milliseconds from the request on, and bytes on the wire; ``bare`` are those without pictures."""

    usable: float
    shown: float
    bytes: int
    bare: int


def measure(quick):
    with ExitStack() as stack:
        ours, cookie, thumbnails = stack.enter_context(served_roll())
        plain = stack.enter_context(static_page(thumbnails))
        dressed = stack.enter_context(static_page(thumbnails, style_and_script(ours, cookie)))
        chromium = stack.enter_context(opened_chromium())
        times = {"ours": [], "plain": [], "dressed": []}
        for _ in range(1 + (QUICK_ROUNDS if quick else ROUNDS)):
            times["ours"].append(load(chromium, ours, cookie))
            times["plain"].append(load(chromium, plain, None))
            times["dressed"].append(load(chromium, dressed, None))
    mine, floor, dressed_floor = (times[name][1:] for name in ("ours", "plain", "dressed"))
    note = f"median of {len(mine)}; {mine[0].bare:,} bytes without pictures, floor {floor[0].bare:,}"
    return [
        line("roll page can be used, slow phone", "usable", "ms", mine, floor, aim="<= 1.3", note=note),
        line("the same", "usable", "ms", mine, dressed_floor, floor_is="static page with our style and script"),
        line("its first screen of pictures is there", "shown", "ms", mine, floor),
        line("bytes of the page with its pictures", "bytes", "B", mine, floor),
    ]


def line(what, which, unit, mine, floor, *, floor_is="static page, same pictures", aim="", note=""):
    ours, theirs = (statistics.median(getattr(one, which) for one in some) for some in (mine, floor))
    return Line(what=what, unit=unit, ours=ours, floor=theirs, floor_is=floor_is, aim=aim, note=note)


@contextmanager
def served_roll():
    """Give the address of a roll's page, the cookie that opens it, and its thumbnails' bytes."""
    with ScratchPostgres() as server, open_folder() as folder:
        settings = Settings(folder=folder, derive_here=False)
        with running_service(server.fresh(), folder, settings=settings) as running:
            running.add_tenant("Bench Lab", "lab")
            home = register_at_home(running, running.add_tenant("Bench Maker", "maker", "9521141"), "BENCH001", rolls=1)
            archive = Archive(running, large=(1500, 1000))
            filed = [archive.file(home.rolls[0], str(n), archive.tenant("Bench Lab")) for n in range(1, FRAMES + 1)]
            browser = PlainBrowser(running.url)
            cookie = open_by(browser, home.access_code)
            yield f"{running.url}/my/rolls/{quote(home.rolls[0], safe='')}", cookie, [one.tiers["256"] for one in filed]


def open_by(browser, code):
    """Return the session's cookie of who shows an access code."""
    browser.go("/sign-in")
    browser.submit("/sign-in/code", access_code=code)
    return browser.http.cookies["twincheck"]


def style_and_script(address, cookie):
    """Return our page's own style and script by the names a static page gives them, packed."""
    host = urlsplit(address)
    page = asked(address, {"Cookie": f"twincheck={cookie}"}).decode()
    found = {"style.css": r'href="(/static/[^"]+\.css\?v=[^"]+)"', "script.js": r'src="(/static/[^"]+\.js\?v=[^"]+)"'}
    addresses = {name: html.unescape(re.search(pattern, page)[1]) for name, pattern in found.items()}
    return {name: gzip.compress(asked(f"{host.scheme}://{host.netloc}{path}")) for name, path in addresses.items()}


def asked(address, headers=None):
    with urlopen(Request(address, headers=headers or {}), timeout=30) as answer:
        return answer.read()


class Quiet(SimpleHTTPRequestHandler):
    """A static server that keeps lines open, says nothing, and tells that style and script are packed."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        """Say nothing."""

    def end_headers(self):
        """Say so of what is packed."""
        if self.path.endswith((".css", ".js")):
            self.send_header("Content-Encoding", "gzip")
        super().end_headers()


@contextmanager
def static_page(thumbnails, leans_on=None):
    """Serve one HTML file with these pictures, and the packed files it leans on, as static servers do."""
    folder = Path(tempfile.mkdtemp())
    for name, packed in (leans_on or {}).items():
        (folder / name).write_bytes(packed)
    cells = []
    for n, jpeg in enumerate(thumbnails):
        (folder / f"{n}.jpg").write_bytes(jpeg)
        cells.append(
            f'<a href="{n}.jpg"><img src="{n}.jpg" alt="Picture {n}" width="120" height="80" loading="lazy"></a>'
        )
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    if leans_on:
        head += '<link rel="stylesheet" href="style.css"><script src="script.js" defer></script>'
    (folder / "index.html").write_text(f"{head}<title>Roll</title><h1>A roll</h1>{''.join(cells)}")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/index.html"
    finally:
        server.shutdown()
        server.server_close()
        shutil.rmtree(folder)


@contextmanager
def opened_chromium():
    found = shutil.which("chromium")
    if found is None:
        raise SystemExit("Debian's chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, chromium_sandbox=False, args=list(ARGUMENTS))
        yield browser
        browser.close()


def load(chromium, address, cookie):
    """Load a page once in a fresh browser, slowed."""
    context = chromium.new_context(viewport={"width": 390, "height": 844}, service_workers="block")
    try:
        if cookie:
            context.add_cookies([{"name": "twincheck", "value": cookie, "url": address}])
        page = context.new_page()
        page.set_default_timeout(60_000)
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.send("Network.emulateNetworkConditions", NETWORK)
        wire.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
        page.goto(address, wait_until="domcontentloaded")
        page.wait_for_function(SHOWN, polling=20)
        page.wait_for_load_state("load")
        return Seen(**page.evaluate(TIMES))
    finally:
        context.close()


if __name__ == "__main__":
    run_alone(measure, __doc__)
