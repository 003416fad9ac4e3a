"""People who sign in: mail that goes into a folder, and a browser that signs up in one line."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from photoservice.settings import Settings

PASSWORD = "four plain words here"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, mail=f"folder:{settings.folder / 'mail'}")


@pytest.fixture
def sign_up() -> Callable[..., Any]:
    """Have a browser make an account: ``sign_up(browser, "Ada")``."""

    def make(one: Any, name: str, password: str = PASSWORD) -> Any:
        reply = one.post("/sign-up", name=name, password=password)
        assert reply.url.endswith("/my/security/codes?after=signing-up"), (reply.status_code, reply.text)
        return one

    return make


@pytest.fixture
def sign_in() -> Callable[..., Any]:
    """Have a browser sign in, and return the reply."""

    def work(one: Any, name: str, password: str = PASSWORD, **more: str) -> Any:
        return one.post("/sign-in/password", name=name, password=password, **more)

    return work


@pytest.fixture
def mails(world: Any) -> Callable[[], list[str]]:
    """Send what is queued, and return the texts of all mails that left so far."""

    def read() -> list[str]:
        world.running.run(world.running.service.people.sender.run_once())
        folder = world.running.service.settings.folder / "mail"
        return (
            [path.read_text() for path in sorted(folder.glob("*"), key=lambda path: path.stat().st_mtime_ns)]
            if folder.exists()
            else []
        )

    return read


@pytest.fixture
def links() -> Callable[[str], list[str]]:
    """Return the paths of ours that a mail has secrets in, each once: it is text and HTML."""

    def read(text: str) -> list[str]:
        found = re.findall(r"(/(?:sign-in/link|my/security/mail)/[0-9a-f]{64})", text.replace("=\n", ""))
        return list(dict.fromkeys(found))

    return read


@pytest.fixture
def sees() -> Callable[[Any, Any], bool]:
    """Say whether a browser sees the rolls of an owner's registration: all of them, or none."""

    def look(one: Any, owner: Any) -> bool:
        statuses = {one.get(owner.path(roll)).status_code for roll in owner.rolls}
        assert statuses in ({200}, {404}), statuses
        return statuses == {200}

    return look
