"""One sale by each adapter: messages of the fixtures' day, sent as each till system sends them.

They go over real HTTP or as real files. They are built from published schemas and were sold on the fixtures' own day;
who asks for them, and whom we ask, is real.
"""

import hmac
import json
import re
import urllib.error
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec

from photocore.seams import HttpRequest
from pos_bridge import fixtures
from pos_bridge.settings import SourceSettings
from pos_bridge.virtual.shop_door import serving
from pos_bridge.virtual.shops import VirtualOdoo, VirtualSender, VirtualShopify, VirtualSquare
from twincheck.demo.errors import DemoFailed

DROPPED: Final = "sales-of-till-4"
POLL_S: Final = 1.0
SHOPIFY_SALE: Final = "order-with-serial.json"


def send(request: HttpRequest) -> int:
    """Send a request over real HTTP, and return the answer's status."""
    asked = urllib.request.Request(  # noqa: S310  this machine's own
        request.url, method=request.method, data=request.body, headers=dict(request.headers)
    )
    try:
        with urllib.request.urlopen(asked, timeout=20) as answer:  # noqa: S310
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


@dataclass
class TillSystems:
    """The till systems of the fixtures' day. Those that are asked answer on this machine while the stack is open."""

    bridge: str
    folder: Path
    sources: dict[str, SourceSettings]
    shopify: VirtualShopify
    square: VirtualSquare
    sender: VirtualSender

    @classmethod
    def open(cls, stack: ExitStack, bridge: str, folder: Path) -> "TillSystems":
        """Start what is asked; ``bridge`` is where the bridge's door is, ``folder`` where files are dropped."""
        sources = fixtures.sources()
        square = VirtualSquare(
            *(fixtures.backend("square", name) for name in ("orders", "payments", "catalog")),
            token=sources["square"].token,
            key=sources["square"].secrets[0],
        )
        odoo = VirtualOdoo(_of_yesterday(fixtures.backend("odoo", "tables")), key=sources["odoo"].token)
        asked = {
            "square": msgspec.structs.replace(
                sources["square"],
                url=f"{bridge}/in/square",
                options={**sources["square"].options, "host": stack.enter_context(serving(square.answer))},
            ),
            "odoo": msgspec.structs.replace(
                sources["odoo"], url=stack.enter_context(serving(odoo.answer)), every_s=POLL_S
            ),
            "files": msgspec.structs.replace(sources["files"], folder=str(folder)),
        }
        return cls(
            bridge=bridge,
            folder=folder,
            sources={**sources, **asked},
            shopify=VirtualShopify([], token=sources["shopify"].token, secret=sources["shopify"].secrets[0]),
            square=square,
            sender=VirtualSender(secret=sources["standard"].secrets[0]),
        )

    def tell_sale(self, sale: dict[str, Any]) -> int:
        """Tell of a sale of the demo's own till, as any program can; return the bridge's answer."""
        name = f"{sale['business_day']}-{sale['sequence']}"
        body = msgspec.json.encode(_standard(sale))
        return send(self.sender.deliver(f"{self.bridge}/in/standard", body, name=name, at=datetime.now(UTC)))

    def tell_all(self) -> dict[str, int]:
        """Send one sale by each adapter that is told, drop the file, and return the answers; Odoo is asked."""
        done = {name: tell() for name, tell in self._tellings().items()}
        self._drop("day.csv", fixtures.load("files", "day.csv"))
        wrong = {name: status for name, status in done.items() if not 200 <= status < 300}
        if wrong:
            raise DemoFailed(f"the bridge did not take what tills told: {wrong}")
        return done

    def _tellings(self) -> dict[str, Callable[[], int]]:
        def shopify() -> int:
            body = fixtures.load("shopify", SHOPIFY_SALE)
            return send(self.shopify.deliver(f"{self.bridge}/in/shopify", "orders/paid", body, webhook="demo-1"))

        def square() -> int:
            body = fixtures.load("square", "event-payment-updated.json")
            return send(self.square.deliver(self.sources["square"].url, body))

        def standard() -> int:
            body = fixtures.load("standard", "sale-with-serial.json")
            url = f"{self.bridge}/in/standard"
            return send(self.sender.deliver(url, body, name="day-4711", at=datetime.now(UTC)))

        def poslog() -> int:
            body = fixtures.load("poslog", "day.xml")
            secret = self.sources["poslog"].secrets[0]
            headers = {
                "content-type": "application/xml",
                "x-twincheck-signature": f"sha256={hmac.digest(secret.encode(), body, 'sha256').hex()}",
            }
            return send(HttpRequest(method="POST", url=f"{self.bridge}/in/poslog", headers=headers, body=body))

        return {"shopify": shopify, "square": square, "standard": standard, "poslog": poslog}

    def _drop(self, name: str, text: bytes) -> None:
        """Drop a file as it should be: written beside, and renamed once it is whole."""
        inbox = self.folder / "in"
        inbox.mkdir(parents=True, exist_ok=True)
        half = inbox / f".{name}.part"
        half.write_bytes(text)
        half.replace(inbox / name)


def send_forged(systems: TillSystems) -> int:
    """Send a sale that nobody signed, and return the answer."""
    body = json.dumps({"type": "sale.completed"}).encode()
    headers = {
        "content-type": "application/json",
        "webhook-id": "x",
        "webhook-timestamp": "1",
        "webhook-signature": "v1,",
    }
    return send(HttpRequest(method="POST", url=f"{systems.bridge}/in/standard", headers=headers, body=body))


def _of_yesterday(tables: dict[str, Any]) -> dict[str, Any]:
    """Let the fixtures' day be yesterday, for what is asked by its date."""
    text = json.dumps(tables)
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    for day in set(re.findall(r"\b2026-11-[0-9]{2}\b", text)):
        text = text.replace(day, yesterday)
    return json.loads(text)


def _standard(sale: dict[str, Any]) -> dict[str, Any]:
    """Return a sale in our neutral words (docs/till/standard-webhooks.md)."""
    lines = [_line(line) for line in sale["lines"]]
    data = {
        "store": sale["store"],
        "till": sale["till"],
        "business_day": sale["business_day"],
        "sequence": sale["sequence"],
        "ended_at": sale["at"],
        "currency": sale["currency"],
        "lines": lines,
    }
    return {"type": "sale.completed", "timestamp": sale["at"], "data": data}


def _line(line: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "line": line["line"],
        "kind": line["kind"],
        "code": line["gtin"] or line["code"],
        "quantity": line["quantity"],
        "amount": f"{line['amount'] // 100}.{line['amount'] % 100:02d}",
    }
    back = line.get("given_back")
    return told | ({"of": {name: back[name] for name in back if name != "store"}} if back else {})
