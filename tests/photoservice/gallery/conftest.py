"""Rolls with pictures, written as the schema says, round a real photoservice; and everybody who may ask for them."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
import requests

from photoservice.settings import Settings
from photoservice.testing_pictures import Archive

CARD, OTHER_CARD = "952114100000000018", "952114100000000025"


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Somebody who asks, by key, by token, or by nothing."""

    url: str
    bearer: str = ""

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        headers = {**({"Authorization": f"Bearer {self.bearer}"} if self.bearer else {}), **more.pop("headers", {})}
        return requests.request(method, self.url + path, headers=headers, timeout=30, **more)

    def get(self, path: str, **headers: str) -> requests.Response:
        return self.ask("GET", path, headers=headers)

    def told(self, path: str) -> Any:
        reply = self.get(path)
        assert reply.status_code == 200, reply.text
        return reply.json()


def path_of(roll: str, *more: str) -> str:
    return "/".join(("/rolls", quote(roll, safe=""), *more))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Nothing is made here but what a test makes."""
    return replace(settings, derive_here=False)


@pytest.fixture
def archive(world: Any) -> Archive:
    return Archive(world.running)


@pytest.fixture
def lab(world: Any) -> Asker:
    return Asker(url=world.url, bearer=world.running.add_tenant("Silver Lab", "lab"))


@pytest.fixture
def other_lab(world: Any) -> Asker:
    return Asker(url=world.url, bearer=world.running.add_tenant("Copper Lab", "lab"))


@pytest.fixture
def owned(world: Any, station: Any, archive: Archive) -> Any:
    """Register a package of three rolls at a counter; return its rolls and a way to open a viewing of it."""

    class Owned:
        """A registration."""

        def __init__(self, serial: str, card: str = CARD) -> None:
            self.package, self.rolls = world.pack(serial)
            self.claim = station.claim(self.package, card)
            station.send()
            self.code = station.secrets[self.claim.id].access_code

        def view(self) -> Asker:
            reply = requests.post(f"{world.url}/viewings", json={"access_code": self.code}, timeout=30)
            assert reply.status_code == 201, reply.text
            return Asker(url=world.url, bearer=reply.json()["token"])

    return Owned


@pytest.fixture
def scanned(archive: Archive, lab: Asker, owned: Any) -> Any:
    """A registration with pictures of its first roll: 00, 1 and 12A by the lab, described as labs do."""
    mine = owned("SCANNED1")
    tenant = archive.tenant("Silver Lab")
    said = {"stock": "Kodak Gold 200", "process": "C-41", "iso": 200, "lab": "Silver Lab Mitte", "note": "bent leader"}
    days = {"developed_on": date(2026, 11, 19), "scanned_on": date(2026, 11, 20)}
    mine.filed = [
        archive.file(mine.rolls[0], frame, tenant, file_name=f"/mnt/scans/{frame}.tif", **said, **days)
        for frame in ("1", "12A", "00")
    ]
    return mine


@pytest.fixture
def paths() -> Any:
    return path_of
