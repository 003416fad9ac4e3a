"""The demo's lab and the shopper at home: the registered rolls come in scanned, and the receipt's code shows them.

The lab runs ``twincheck ingest`` as a lab would, says which rolls it received and asks what it is to make; the shopper
asks with nothing but the code printed on the receipt and the standard library.
"""

import io
import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import msgspec
import zxingcpp
from PIL import Image

from imaging.pixels.testing import scan_bytes
from imaging.pixels.testing_scenes import draw_scene
from photocore.signed import Signed, read_signed
from photoservice.ordering.manifests import OrderAddress, OrderManifest
from twincheck.demo.errors import DemoFailed

FRAMES: Final = 6
"""Frames scanned of each roll: enough for a contact sheet, few enough for a demo."""
SIZE: Final = (1200, 800)
INGESTED_WITHIN_S: Final = 60.0
SHOWN_WITHIN_S: Final = 60.0
GAP: Final = 8
ACROSS: Final = 3
_PAPER: Final = "#f4f1ea"


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What the shopper got to see of one roll: frames, the contact sheet's file, and how long the last frame took."""

    roll: str
    frames: int
    sheet: str
    visible_ms: float


def scan_rolls(folder: Path, rolls: Sequence[str]) -> dict[str, Path]:
    """Draw the scans of each roll, as a film scanner would leave them in a folder; return the folders."""
    folders: dict[str, Path] = {}
    for nr, roll in enumerate(rolls, start=1):
        folders[roll] = folder / f"roll_{nr}"
        folders[roll].mkdir(parents=True)
        for frame in range(1, FRAMES + 1):
            path = folders[roll] / f"{nr:06d}_{frame:02d}.jpg"
            path.write_bytes(scan_bytes(draw_scene(100 * nr + frame, *SIZE), "jpeg", is_told=True))
    return folders


def ingest(url: str, key: str, roll: str, folder: Path, *, stock: str) -> dict[str, Any]:
    """Run ``twincheck ingest`` for one roll and return its report.

    Raises:
        DemoFailed: a picture did not come in.
    """
    command = [sys.executable, "-m", "twincheck", "ingest", str(folder), "--roll", roll, "--url", url, "--json"]
    command += ["--lab", "Demo Lab", "--stock", stock, "--process", "C-41"]
    environ = {**os.environ, "TWINCHECK_LAB_KEY": key}
    run = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=INGESTED_WITHIN_S, check=False)
    if run.returncode:
        raise DemoFailed(f"the scans of {roll} did not come in: {run.stdout[-500:]}{run.stderr[-500:]}")
    return json.loads(run.stdout)


def access_code_of(receipt: Image.Image) -> str:
    """Return the access code in the receipt's QR: behind the ``#``, which no browser sends.

    Raises:
        DemoFailed: there is none.
    """
    for code in zxingcpp.read_barcodes(receipt.convert("L")):
        _, mark, fragment = code.text.partition("/r#")
        if mark:
            return fragment
    raise DemoFailed("the receipt's QR leads nowhere")


@dataclass(frozen=True, kw_only=True)
class Lab:
    """The lab's own system, with its key."""

    url: str
    key: str = field(repr=False)

    def receive(self, roll: str) -> None:
        """Say that ``roll`` came in for development.

        Raises:
            DemoFailed: the service did not take it.
        """
        now = datetime.now(UTC)
        key = re.sub(r"[^A-Za-z0-9]", ".", f"{roll} {now:%Y%m%dT%H%M%S%f}")
        step = {"roll": roll, "step": "received", "at": now.isoformat(), "key": key, "place": "Demo Lab"}
        answers = json.loads(self._ask("POST", "/custody", {"steps": [step]}))["steps"]
        if [answer["verdict"] for answer in answers] != ["applied"]:
            raise DemoFailed(f"that {roll} came in was not taken: {answers}")

    def orders(self) -> list[str]:
        """Return the orders that were handed over to be made."""
        return [one["order"] for one in json.loads(self._ask("GET", "/orders?state=released"))["orders"]]

    def manifest(self, order: str, public: bytes) -> tuple[OrderManifest, OrderAddress]:
        """Return what is to be made and where it goes, each signed by the service whose key is ``public``.

        Raises:
            DemoFailed: it tells no address.
            SignatureBroken: another has signed it.
        """
        told = json.loads(self._ask("GET", f"/orders/{order}/manifest"))
        if told["address"] is None:
            raise DemoFailed(f"the manifest of {order} does not say where it goes")
        made, sent = (msgspec.convert(told[name], Signed) for name in ("manifest", "address"))
        manifest = read_signed("order", made, public, OrderManifest)
        return manifest, read_signed("order_address", sent, public, OrderAddress)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> bytes:
        return _ask(method, self.url + path, body, self.key)


class Viewer:
    """Somebody at home with a receipt."""

    def __init__(self, url: str, access_code: str) -> None:
        self._url = url
        self._token = json.loads(self._ask("POST", "/viewings", {"access_code": access_code}))["token"]

    def see(self, roll: str, out: Path, began: float) -> Seen:
        """Wait until all frames of ``roll`` can be seen, and lay them out on a contact sheet at ``out``.

        Raises:
            DemoFailed: they do not come, or one cannot be shown.
        """
        ends_at = time.monotonic() + SHOWN_WITHIN_S
        while True:
            frames = json.loads(self._ask("GET", f"/rolls/{quote(roll, safe='')}/frames"))["frames"]
            if len(frames) == FRAMES and all(frame["ready"] for frame in frames):
                break
            if time.monotonic() > ends_at:
                raise DemoFailed(f"only {sum(f['ready'] for f in frames)} of {FRAMES} frames of {roll} can be seen")
            time.sleep(0.1)
        visible_ms = (time.monotonic() - began) * 1000
        pictures = [Image.open(io.BytesIO(self._ask("GET", frame["tiers"]["256"]["address"]))) for frame in frames]
        out.parent.mkdir(parents=True, exist_ok=True)
        _contact_sheet(pictures).save(out)
        return Seen(roll=roll, frames=len(frames), sheet=out.name, visible_ms=round(visible_ms, 1))

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> bytes:
        return _ask(method, self._url + path, body, getattr(self, "_token", ""))


def _ask(method: str, url: str, body: dict[str, Any] | None, token: str) -> bytes:
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, method=method, data=data, headers=headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:  # noqa: S310
            return answer.read()
    except urllib.error.HTTPError as refused:
        raise DemoFailed(f"{method} {url}: {refused.code} {refused.read().decode()[:500]}") from refused


def _contact_sheet(pictures: Sequence[Image.Image]) -> Image.Image:
    wide, high = (GAP + max(sides) for sides in zip(*(picture.size for picture in pictures), strict=True))
    sheet = Image.new("RGB", (ACROSS * wide + GAP, -(-len(pictures) // ACROSS) * high + GAP), _PAPER)
    for nr, picture in enumerate(pictures):
        row, column = divmod(nr, ACROSS)
        left, top = (wide - GAP - picture.width) // 2, (high - GAP - picture.height) // 2
        sheet.paste(picture, (GAP + column * wide + left, GAP + row * high + top))
    return sheet
