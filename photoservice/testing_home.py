"""Somebody's browser for tests of any room: claims at home and receipts' codes, over real HTTP from any address."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests

from photocore.crockford import draw
from photocore.host import SystemEntropy

ENTROPY = SystemEntropy()


@dataclass
class Home:
    """A browser at an address of its own, behind a proxy the service trusts."""

    url: str
    address: str = "198.51.100.7"
    session: requests.Session = field(default_factory=requests.Session)

    def claim(self, roll: Any, code: Any, *, key: str | None = None, **more: str) -> requests.Response:  # noqa: ANN401  # hostile, too
        """Claim a package, under a fresh key unless one is named."""
        headers = {"Idempotency-Key": key or draw(ENTROPY, 30), "X-Forwarded-For": self.address, **more}
        return self.session.post(f"{self.url}/claims", json={"roll": roll, "code": code}, headers=headers, timeout=20)

    def look_up(self, code: str, **more: str) -> requests.Response:
        """Ask what an access code opens."""
        headers = {"X-Forwarded-For": self.address, **more}
        wish = {"access_code": code}
        return self.session.post(f"{self.url}/registrations/lookup", json=wish, headers=headers, timeout=20)


@contextmanager
def open_homes(url: str) -> Generator[Callable[..., Home]]:
    """Give browsers at ``url``, each at the address asked for; all are closed at the end."""
    homes: list[Home] = []

    def at(address: str = "198.51.100.7") -> Home:
        homes.append(Home(url=url, address=address))
        return homes[-1]

    try:
        yield at
    finally:
        for one in homes:
            one.session.close()
