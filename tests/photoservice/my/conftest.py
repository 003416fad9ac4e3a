"""People with pictures, round a real photoservice: visitors with a cookie, as a browser without scripts would be."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import pytest
import requests

from photoservice.settings import Settings
from photoservice.testing_pictures import Archive, AtHome, Filed, register_at_home


@dataclass
class Browser:
    """Somebody with a browser of their own: cookies, and the CSRF token of the last page."""

    url: str
    language: str = "en"
    address: str = ""
    http: requests.Session = field(default_factory=requests.Session)
    csrf: str = ""

    def get(self, path: str, **headers: str) -> requests.Response:
        return self._ask("GET", path, headers=headers)

    def post(self, path: str, headers: dict[str, str] | None = None, **fields: Any) -> requests.Response:
        """Send a form as a page of ours would: with the CSRF token, unless ``csrf`` says otherwise."""
        return self._ask("POST", path, data={"csrf": self.csrf, **fields}, headers=headers or {})

    def page(self, path: str) -> str:
        reply = self.get(path)
        assert reply.status_code == 200, (path, reply.status_code, reply.text[:2000])
        return reply.text

    def open(self, access_code: str) -> requests.Response:
        """Show an access code; the CSRF token of what comes is kept."""
        return self.post("/sign-in/code", access_code=access_code)

    def _ask(self, method: str, path: str, **more: Any) -> requests.Response:
        headers = {"Accept": "text/html", "Accept-Language": self.language, **more.pop("headers")}
        if self.address:
            headers["X-Forwarded-For"] = self.address
        reply = self.http.request(method, self.url + path, headers=headers, timeout=30, **more)
        if found := re.search(r'<meta name="csrf" content="([0-9a-f]+)">', reply.text if _is_page(reply) else ""):
            self.csrf = found[1]
        return reply


def _is_page(reply: requests.Response) -> bool:
    return reply.headers.get("Content-Type", "").startswith("text/html")


@dataclass
class Owner:
    """A registration made at home, its pictures by roll, and a browser that opened it."""

    home: AtHome
    pictures: dict[str, list[Filed]]
    browser: Browser

    @property
    def rolls(self) -> tuple[str, ...]:
        return self.home.rolls

    @property
    def images(self) -> list[str]:
        return [one.id for roll in self.rolls for one in self.pictures.get(roll, [])]

    def path(self, roll: str) -> str:
        return f"/my/rolls/{quote(roll, safe='')}"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Nothing is made here but what a test makes; each browser may have an address of its own."""
    return replace(settings, derive_here=False, trusted_proxies=("127.0.0.0/8",))


@pytest.fixture
def archive(world: Any) -> Archive:
    world.running.add_tenant("Silver Lab", "lab")
    return Archive(world.running)


@pytest.fixture
def browser(world: Any) -> Callable[..., Browser]:
    """Make somebody with a browser of their own, at an address of their own."""
    made = iter(range(1, 250))
    return lambda **more: Browser(url=world.url, **{"address": f"10.1.{next(made)}.1", **more})


@pytest.fixture
def owner(world: Any, archive: Archive, browser: Any) -> Callable[..., Owner]:
    """Make an owner: ``owner("SERIAL", frames=("1", "2"))``; pictures of each roll, browser open on them."""

    def make(serial: str, *, frames: tuple[str, ...] = ("1", "2", "3"), rolls: int = 2, opened: bool = True) -> Owner:
        home = register_at_home(world.running, world.maker, serial, rolls=rolls)
        tenant = archive.tenant("Silver Lab")
        pictures = {
            roll: [archive.file(roll, frame, tenant, stock="Kodak Gold 200") for frame in frames] for roll in home.rolls
        }
        one = browser()
        if opened:
            assert one.open(home.access_code).status_code == 200
        return Owner(home=home, pictures=pictures, browser=one)

    return make


@dataclass
class Shared:
    """A share: its owner's page, and the address that guests are sent."""

    id: str
    path: str

    @property
    def page(self) -> str:
        return f"/my/shares/{self.id}"


@pytest.fixture
def share() -> Callable[..., Shared]:
    """Share something of an owner's by the form, and read the address from the page that follows."""

    def make(owner: Any, scope: str = "roll", *rights: str, **fields: Any) -> Shared:
        what = fields.pop("what", owner.rolls[0] if scope == "roll" else "")
        reply = owner.browser.post(
            "/my/shares", scope=scope, what=what, right=list(rights), **{"kind": "link", "title": "Summer", **fields}
        )
        assert reply.status_code == 200, (reply.status_code, reply.text[:1500])
        return read_share(owner, reply)

    return make


def read_share(owner: Any, reply: Any) -> Shared:
    found = re.search(r"/my/shares/(SH-\w+)", reply.url)
    assert found, reply.url
    page = owner.browser.page(f"/my/shares/{found[1]}")
    link = re.search(r'id="link" readonly value="([^"]+)"', page)
    assert link, page
    return Shared(id=found[1], path="/s/" + link[1].rpartition("/s/")[2])


@pytest.fixture
def guest(browser: Any) -> Callable[..., Any]:
    """Open a share in a browser of one's own."""

    def come(shared: Shared, name: str = "", *, one: Any = None, **fields: str) -> Any:
        one = one or browser()
        one.page(shared.path)
        reply = one.post(f"{shared.path}/open", name=name, **fields)
        assert reply.status_code == 200, (reply.status_code, reply.text[:800])
        return one

    return come
