"""Rolls with pictures for tests of any room: rows and objects as the product leaves them, without an upload.

``Archive`` files images round a real photoservice; ``register_at_home`` makes the registration that shows them, as a
shopper with a claim code would.
"""

import functools
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import requests
from PIL import Image

from imaging.pixels.jpeg_header import split_jpeg
from imaging.pixels.picture import RECIPE
from imaging.pixels.testing import draw_scan
from photocore.codes import mint_claim_code
from photocore.crockford import draw
from photocore.digital_link import link_for
from photocore.frames import parse_frame
from photocore.gs1_rules import check_digit
from photocore.host import SystemEntropy
from photocore.ids import Sgtin
from photoservice.objects.store import original_key, rendition_key
from photoservice.testing import RunningService

ENTROPY = SystemEntropy()

Draw = Callable[[int, int, int], Any]
"""Draws the picture of a seed, so many pixels wide and high."""


@functools.lru_cache(512)
def jpeg(seed: int, width: int = 96, height: int = 64, quality: int = 80, *, draw: Draw = draw_scan) -> bytes:
    """Return a small picture as renditions are: baseline, the standard's tables.

    The same again costs nothing: most tests file the same few, and drawing them would be most of what a test costs.
    """
    file = io.BytesIO()
    Image.fromarray(draw(seed, width, height)).save(file, "JPEG", quality=quality, subsampling=2)
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
    """Files images without an upload; ``large`` is their 2048 tier in pixels, ``whole`` their original."""

    running: RunningService
    made: int = 0
    large: tuple[int, int] = (600, 400)
    whole: tuple[int, int] = (180, 120)
    draw: Draw = draw_scan

    @property
    def _small(self) -> tuple[int, int]:
        width, height = self.large
        scale = min(256, max(self.large)) / max(self.large) if max(self.large) > 600 else 0.16
        return round(width * scale), round(height * scale)

    def _jpeg(self, size: tuple[int, int], quality: int = 80) -> bytes:
        return jpeg(self.made, *size, quality, draw=self.draw)

    def tenant(self, name: str) -> str:
        """Return the ID of the tenant called ``name``."""
        return self.running.sql("select id from tenant where name = $1", name)[0]["id"]

    def describe(self, roll: str, tenant: str, **said: object) -> None:
        """Say something of a roll in a tenant's name; also before an image of it is filed."""
        facts: dict[str, object] = {
            "stock": "",
            "process": "",
            "iso": None,
            "lab": "",
            "developed_on": None,
            "scanned_on": None,
            "note": "",
        }
        facts |= said
        now = self.running.service.clock.now()
        self.running.sql(
            "insert into images.filed_roll (id, first_at, changed_at) values ($1, $2, $2) on conflict do nothing",
            roll,
            now,
        )
        words = " ".join(str(facts[name]) for name in ("stock", "process", "lab", "note"))
        self.running.sql(
            "insert into images.tenant_roll (tenant, roll, stock, process, iso, lab, developed_on, scanned_on, note,"
            " words, first_at, changed_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9,"
            " to_tsvector('simple', $10) || array_to_tsvector(array['=' || $1]), $11, $11) on conflict do nothing",
            *(tenant, roll, *facts.values(), f"{roll} {words}", now),
        )

    def file(
        self,
        roll: str,
        frame: str,
        tenant: str,
        *,
        state: str = "standing",
        made: bool = True,
        **said: Any,  # noqa: ANN401
    ) -> Filed:
        """File an image; ``made`` says whether its renditions are."""
        self.made += 1
        trouble, name = said.pop("trouble", ""), said.pop("file_name", f"{self.made:06}.jpg")
        original = said.pop("original", None) or jpeg(self.made, *self.whole, draw=self.draw)
        placed, sha256, image = parse_frame(frame), hashlib.sha256(original).digest(), f"IM-{draw(ENTROPY, 16)}"
        self.describe(roll, tenant, **said)
        now = self.running.service.clock.now()
        faint = (12, 8) if self.whole[0] >= self.whole[1] else (8, 12)
        self.put(original_key(sha256), original)
        self.running.sql(
            "insert into images.original (sha256, size, media, width, height, placeholder, kept_at)"
            " values ($1, $2, 'image/jpeg', $3, $4, $5, $6) on conflict do nothing",
            *(sha256, len(original), *self.whole, self._jpeg(faint, 40) if made else None, now),
        )
        self.running.sql(
            "with noted as (insert into goods.uncounted (image, roll, at) select $1, $2, $10 where $8 = 'standing')"
            " insert into images.image"
            " (id, roll, frame, frame_order, sha256, tenant, file_name, state, trouble, filed_at)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            *(image, roll, placed.text, placed.order, sha256, tenant, name, state, trouble, now),
        )
        self.running.sql(
            "update images.tenant_roll set images = images + $3, rivals = rivals + $4 where tenant = $1 and roll = $2",
            *(tenant, roll, int(state == "standing"), int(state == "rival")),
        )
        tiers = {"256": self._jpeg(self._small), "2048": self._jpeg(self.large, 90)} if made else {}
        for tier, whole in tiers.items():
            self.keep(sha256, tier, whole)
        return Filed(id=image, roll=roll, frame=placed.text, original=original, tiers=tiers)

    def keep(self, sha256: bytes, tier: str, whole: bytes) -> None:
        """Keep a rendition in its two parts."""
        parts = split_jpeg(whole)
        head = hashlib.sha256(parts.header).digest()
        width, height = Image.open(io.BytesIO(whole)).size
        self.put(rendition_key(sha256, tier, RECIPE), parts.body)
        self.running.sql(
            "insert into images.jpeg_header (id, bytes) values ($1, $2) on conflict do nothing", head, parts.header
        )
        self.running.sql(
            "insert into images.rendition (sha256, tier, recipe, header, size, etag, width, height, kept_at)"
            " values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing",
            *(sha256, tier, RECIPE, head, len(parts.body), hashlib.sha256(whole).digest(), width, height),
            self.running.service.clock.now(),
        )

    def put(self, key: str, content: bytes) -> None:
        """Put an object."""
        self.running.run(self.running.service.pictures.objects.put(key, content))


@dataclass(frozen=True, kw_only=True)
class AtHome:
    """A package that was registered from a browser: its access code opens what there is of its rolls."""

    package: str
    rolls: tuple[str, ...]
    number: str
    access_code: str


def register_at_home(running: RunningService, maker_key: str, serial: str, *, rolls: int = 3) -> AtHome:
    """Forward a package as the maker with prefix 9521141, with claim codes, and claim it at home."""
    package = Sgtin("0952114101234" + check_digit("0952114101234"), serial)
    names = [Sgtin("0952114101235" + check_digit("0952114101235"), f"{serial}-R{n}") for n in range(1, rolls + 1)]
    event = {
        "type": "AggregationEvent",
        "eventTime": "2026-11-20T08:00:00Z",
        "eventTimeZoneOffset": "+01:00",
        "action": "ADD",
        "bizStep": "packing",
        "parentID": link_for(package.elements),
        "childEPCs": [link_for(name.elements) for name in names],
    }
    headers = {"Authorization": f"Bearer {maker_key}"}
    capture = requests.post(f"{running.url}/capture", json=[event], headers=headers, timeout=30)
    capture.raise_for_status()
    while True:
        job = requests.get(running.url + capture.headers["Location"], headers=headers, timeout=30).json()
        if job["finishedAt"]:
            break
    codes = [{"roll": str(name), "code": mint_claim_code(ENTROPY)} for name in names]
    put = f"{running.url}/manifests/{quote(str(package), safe='')}/codes"
    requests.post(put, json={"codes": codes}, headers=headers, timeout=30).raise_for_status()
    wish = codes[0]
    keyed = {"Idempotency-Key": f"claimed-at-home-{serial:x>24}"}
    claimed = requests.post(f"{running.url}/claims", json=wish, headers=keyed, timeout=30)
    claimed.raise_for_status()
    told = claimed.json()
    return AtHome(
        package=str(package),
        rolls=tuple(map(str, names)),
        number=told["number"],
        access_code=told["access_code"],
    )
