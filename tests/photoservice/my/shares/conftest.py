"""Owners who share, and guests who come."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest


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
