"""Somebody's browser: claims at home and receipts' codes, over real HTTP, from any address behind a trusted proxy."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
import requests

from photocore.crockford import draw
from photocore.host import SystemEntropy
from photoservice.settings import Settings

ENTROPY = SystemEntropy()


@dataclass
class Home:
    """A browser at an address of its own, behind a proxy the service trusts."""

    url: str
    address: str = "198.51.100.7"
    session: requests.Session = field(default_factory=requests.Session)

    def claim(self, roll: Any, code: Any, *, key: str | None = None, **more: str) -> requests.Response:  # hostile, too
        """Claim a package, under a fresh key unless one is named."""
        headers = {"Idempotency-Key": key or draw(ENTROPY, 30), "X-Forwarded-For": self.address, **more}
        return self.session.post(f"{self.url}/claims", json={"roll": roll, "code": code}, headers=headers, timeout=30)

    def look_up(self, code: str, **more: str) -> requests.Response:
        """Ask what an access code opens."""
        headers = {"X-Forwarded-For": self.address, **more}
        wish = {"access_code": code}
        return self.session.post(f"{self.url}/registrations/lookup", json=wish, headers=headers, timeout=30)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, trusted_proxies=("127.0.0.0/8",), wrong_per_hour=60)


@pytest.fixture
def home(world) -> Iterator[Callable[..., Home]]:
    """Give browsers, each at the address asked for; all are closed at the end."""
    homes: list[Home] = []

    def at(address: str = "198.51.100.7") -> Home:
        homes.append(Home(url=world.url, address=address))
        return homes[-1]

    yield at
    for one in homes:
        one.session.close()


@pytest.fixture
def coded(world):
    return world.pack_coded
