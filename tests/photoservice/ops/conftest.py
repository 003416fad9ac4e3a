"""Operators round a real photoservice: people who signed up by the forms and were given a role at the console."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import requests

from photoservice.operating.duty import CONSOLE
from photoservice.operating.operators import Appointment
from photoservice.settings import Settings
from photoservice.testing_pictures import Archive

MAY_CHANGE_NOTHING = ("/ops/catalogue/draft/begin", "/ops/catalogue/draft/items/")
"""Forms that may be taken without changing anything: a draft there is already, a price tried out."""

PASSWORD = "a long walk by the river"


@dataclass
class Desk:
    """An operator with a browser of their own: each request as a page of ours would make it."""

    url: str
    id: str = ""
    language: str = "en"
    address: str = ""
    csrf: str = ""
    http: requests.Session = field(default_factory=requests.Session)
    entries: Callable[[], int] = lambda: 0
    """How many entries the audit has: each form that is taken must leave one."""

    def get(self, path: str, **more: Any) -> requests.Response:
        return self._ask("GET", path, **more)

    def post(self, path: str, headers: dict[str, str] | None = None, **fields: Any) -> requests.Response:
        before = self.entries()
        reply = self._ask("POST", path, data={"csrf": self.csrf, **fields}, headers=headers or {})
        taken = reply.history[0] if reply.history else reply
        if self.id and path.startswith("/ops") and taken.status_code < 400 and not path.startswith(MAY_CHANGE_NOTHING):
            assert self.entries() > before, f"POST {path} was taken and left no entry in the audit"
        return reply

    def page(self, path: str) -> str:
        reply = self.get(path)
        assert reply.status_code == 200, (path, reply.status_code, reply.text[:1500])
        return reply.text

    def done(self, path: str, **fields: Any) -> requests.Response:
        """Send a form and expect it to be done."""
        reply = self.post(path, **fields)
        assert reply.status_code == 200, (path, reply.status_code, reply.text[:1500])
        return reply

    def _ask(self, method: str, path: str, **more: Any) -> requests.Response:
        headers = {"Accept": "text/html", "Accept-Language": self.language, **(more.pop("headers", None) or {})}
        if self.address:
            headers["X-Forwarded-For"] = self.address
        reply = self.http.request(method, self.url + path, headers=headers, timeout=30, **more)
        if found := re.search(r'<meta name="csrf" content="([0-9a-f]+)">', reply.text):
            self.csrf = found[1]
        return reply


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Nothing goes by itself but what a test asks for; each browser may have an address of its own."""
    by_hand = {"orders_every": None, "plan_every": None, "sweep_every": None}
    return replace(settings, derive_here=False, trusted_proxies=("127.0.0.0/8",), **by_hand)


@pytest.fixture
def archive(world: Any) -> Archive:
    world.running.add_tenant("Silver Lab", "lab")
    return Archive(world.running)


@pytest.fixture
def person(world: Any) -> Callable[..., Desk]:
    """Make somebody who signs in by a name: ``person("ada")``."""
    made = iter(range(1, 250))

    def make(name: str) -> Desk:
        desk = Desk(url=world.url, address=f"10.9.{next(made)}.1")
        desk.get("/sign-up")
        page = desk.get("/sign-up").text
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page))
        reply = desk._ask("POST", "/sign-up", data={**fields, "name": name, "password": PASSWORD})
        assert reply.status_code == 200, reply.text[:1500]
        desk.page("/my")
        return desk

    return make


@pytest.fixture
def operator(world: Any, person: Any) -> Callable[..., Desk]:
    """Make an operator: ``operator("manager")``, ``operator("support", tenant="Corner Photo")``."""
    operators = world.running.service.goods.operators

    def make(role: str, *, tenant: str = "", name: str = "") -> Desk:
        name = name or f"{role}-{tenant.partition(' ')[0]}" if tenant else name or role
        desk = person(name)
        wish = Appointment(login=name, role=role, tenant=tenant)
        desk.id = world.running.do(lambda session: operators.add(session, CONSOLE, wish))
        desk.entries = lambda: world.sql("select count(*) as n from ops.audit")[0]["n"]
        desk.page("/ops")
        return desk

    return make


@pytest.fixture
def entries(world: Any) -> Callable[..., list[dict[str, Any]]]:
    """Return the audit's entries in order: ``entries("order_seen")``, or all."""

    def read(kind: str = "") -> list[dict[str, Any]]:
        return world.sql("select * from ops.audit where $1 = '' or kind = $1 order by number", kind)

    return read
