"""Rolls with pictures, written as the schema says, round a real photoservice; and everybody who may ask for them."""

import hashlib
import io
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import quote

import pytest
import requests
from PIL import Image

from imaging.pixels.jpeg_header import split_jpeg
from imaging.pixels.picture import RECIPE
from imaging.pixels.testing import draw_scan
from photocore.crockford import draw
from photocore.frames import parse_frame
from photocore.host import SystemEntropy
from photoservice.objects.store import original_key, rendition_key
from photoservice.settings import Settings

CARD, OTHER_CARD = "952114100000000018", "952114100000000025"
ENTROPY = SystemEntropy()


def jpeg(seed: int, width: int = 96, height: int = 64, quality: int = 80) -> bytes:
    """Return a small picture as renditions are: baseline, the standard's tables."""
    file = io.BytesIO()
    Image.fromarray(draw_scan(seed, width, height)).save(file, "JPEG", quality=quality, subsampling=2)
    return b"".join(split_jpeg(file.getvalue()))


@dataclass(frozen=True, kw_only=True)
class Filed:
    """An image that was filed, and the bytes of all that there is of it."""

    id: str
    roll: str
    frame: str
    original: bytes
    tiers: dict[str, bytes]


@dataclass
class Archive:
    """Files images without an upload: rows and objects as helpers of the product would leave them."""

    world: Any
    made: int = 0

    def tenant(self, name: str) -> str:
        return self.world.sql("select id from tenant where name = $1", name)[0]["id"]

    def describe(self, roll: str, tenant: str, **said: Any) -> None:
        """Say something of a roll in a tenant's name; also before an image of it is filed."""
        facts = {
            "stock": "",
            "process": "",
            "iso": None,
            "lab": "",
            "developed_on": None,
            "scanned_on": None,
            "note": "",
        }
        facts |= said
        now = self.world.clock.now()
        self.world.sql(
            "insert into images.filed_roll (id, first_at, changed_at) values ($1, $2, $2) on conflict do nothing",
            roll,
            now,
        )
        words = " ".join(str(facts[name]) for name in ("stock", "process", "lab", "note"))
        self.world.sql(
            "insert into images.tenant_roll (tenant, roll, stock, process, iso, lab, developed_on, scanned_on, note,"
            " words, first_at, changed_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
            " to_tsvector('simple', $10) || array_to_tsvector(array['=' || $1]), $11, $11) on conflict do nothing",
            *(tenant, roll, *facts.values(), f"{roll} {words}", now),
        )

    def file(
        self, roll: str, frame: str, tenant: str, *, state: str = "standing", made: bool = True, **said: Any
    ) -> Filed:
        """File an image; ``made`` says whether its renditions are."""
        self.made += 1
        trouble, name = said.pop("trouble", ""), said.pop("file_name", f"{self.made:06}.jpg")
        original = said.pop("original", None) or jpeg(self.made, 180, 120)
        placed, sha256, image = parse_frame(frame), hashlib.sha256(original).digest(), f"IM-{draw(ENTROPY, 16)}"
        self.describe(roll, tenant, **said)
        now = self.world.clock.now()
        self.put(original_key(sha256), original)
        self.world.sql(
            "insert into images.original (sha256, size, media, width, height, placeholder, kept_at)"
            " values ($1, $2, 'image/jpeg', 180, 120, $3, $4) on conflict do nothing",
            *(sha256, len(original), jpeg(self.made, 12, 8, 40) if made else None, now),
        )
        self.world.sql(
            "insert into images.image"
            " (id, roll, frame, frame_order, sha256, tenant, file_name, state, trouble, filed_at)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            *(image, roll, placed.text, placed.order, sha256, tenant, name, state, trouble, now),
        )
        self.world.sql(
            "update images.tenant_roll set images = images + $3, rivals = rivals + $4 where tenant = $1 and roll = $2",
            *(tenant, roll, int(state == "standing"), int(state == "rival")),
        )
        tiers = {"256": jpeg(self.made, 96, 64), "2048": jpeg(self.made, 600, 400, 90)} if made else {}
        for tier, whole in tiers.items():
            self.keep(sha256, tier, whole)
        return Filed(id=image, roll=roll, frame=placed.text, original=original, tiers=tiers)

    def keep(self, sha256: bytes, tier: str, whole: bytes) -> None:
        """Keep a rendition in its two parts."""
        parts = split_jpeg(whole)
        head = hashlib.sha256(parts.header).digest()
        width, height = Image.open(io.BytesIO(whole)).size
        self.put(rendition_key(sha256, tier, RECIPE), parts.body)
        self.world.sql(
            "insert into images.jpeg_header (id, bytes) values ($1, $2) on conflict do nothing", head, parts.header
        )
        self.world.sql(
            "insert into images.rendition (sha256, tier, recipe, header, size, etag, width, height, kept_at)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing",
            *(sha256, tier, RECIPE, head, len(parts.body), hashlib.sha256(whole).digest(), width, height),
            self.world.clock.now(),
        )

    def put(self, key: str, content: bytes) -> None:
        self.world.running.run(self.world.running.service.pictures.objects.put(key, content))


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Somebody who asks, by key, by token, or by nothing."""

    url: str
    bearer: str = ""

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        headers = {**({"Authorization": f"Bearer {self.bearer}"} if self.bearer else {}), **more.pop("headers", {})}
        return requests.request(method, self.url + path, headers=headers, timeout=20, **more)

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
    return Archive(world)


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
            reply = requests.post(f"{world.url}/viewings", json={"access_code": self.code}, timeout=20)
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
