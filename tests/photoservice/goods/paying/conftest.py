"""Orders to be paid, written as they stand, round a real photoservice with the provider for trials."""

import base64
import hashlib
import hmac
import itertools
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests

from photoservice.paying.payments import Owed
from photoservice.settings import Settings

STORE = "9521141000007"
_ONCE = itertools.count(1)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The provider for trials is on; rounds run when a test says so."""
    return replace(settings, checkout="virtual", derive_here=False, orders_every=None)


@dataclass
class Shop:
    """A photoservice with orders in it, and what tills and a provider do."""

    world: Any

    @property
    def goods(self) -> Any:
        return self.world.running.service.goods

    def do(self, work: Any) -> Any:
        return self.world.running.do(work)

    def run(self, work: Any) -> Any:
        return self.world.running.run(work)

    def person(self) -> str:
        return self.do(self.world.running.service.people.persons.make)

    def order(self, price: int = 1999, *, person: str | None = None, pays: str = "till", **more: Any) -> str:
        """Write an order of one line, as it stands when it waits for its money."""
        now = self.world.clock.now()
        self.world.sql(
            "insert into goods.catalogue (version, body, digest, published_by, published_at)"
            " values ('v1', '', decode(repeat('00', 32), 'hex'), 'test', $1) on conflict do nothing",
            now,
        )
        name = f"O-{next(_ONCE):010d}"
        about = {"origin": f"hand {name}", "root": None, "currency": "EUR", "tax": price * 19 // 119, **more}
        self.world.sql(
            "insert into goods.customer_order (id, origin, kind, person, root, catalogue, currency, price, tax, pays,"
            " made_at, changed_at) values ($1, $2, 'hand', $3, $4, 'v1', $5, $6, $7, $8, $9, $9)",
            *(name, about["origin"], person, about["root"], about["currency"], price, about["tax"], pays, now),
        )
        self.line(name, 1, price, about["tax"])
        return name

    def line(
        self, order: str, number: int, gross: int, tax: int, *, rate: int = 1900, credit: int | None = None
    ) -> None:
        titles = json.dumps({"en": "Prints", "de": "Abzüge"})
        options = json.dumps({"size": [{"en": "Size", "de": "Format"}, {"en": "10 x 15", "de": "10 x 15"}]})
        self.world.sql(
            "insert into goods.order_line (order_id, number, item, kind, titles, option_titles, quantity, images,"
            " units, piece, gross, tax, rate, is_shipped, credit)"
            " values ($1, $2, 'prints', 'prints', $3::jsonb, $4::jsonb, 1, 0, 1, $5, $5, $6, $7, false, $8)",
            *(order, number, titles, options, gross, tax, rate, credit),
        )

    def cancel(self, order: str) -> None:
        """Cancel an order whose money was not there: its lines end, and it costs nothing any more."""
        now = self.world.clock.now()
        self.world.sql(
            "insert into goods.line_step (order_id, line, step, at, told_at, by)"
            " select order_id, number, 'cancelled', $2, $2, 'test' from goods.order_line where order_id = $1",
            *(order, now),
        )
        self.world.sql("update goods.customer_order set price = 0, tax = 0 where id = $1", order)

    def cost(self, order: str, price: int) -> None:
        self.world.sql("update goods.customer_order set price = $2 where id = $1", order, price)

    def note(self, order: str, minor: int, key: str = "K1", *, way: str = "staff", currency: str = "EUR") -> bool:
        payments = self.goods.payments
        return self.do(lambda s: payments.note(s, order, way=way, key=key, minor=minor, currency=currency, by="test"))

    def refund(self, order: str, minor: int, key: str = "R1") -> None:
        self.do(lambda s: self.goods.payments.refund(s, order, minor, "OP-1", key))

    def paid(self, order: str) -> int:
        return self.do(lambda s: self.goods.payments.paid(s, order)).minor

    def owed(self) -> list[Owed]:
        return list(self.do(self.goods.payments.owed))

    def looked_at(self, order: str) -> datetime | None:
        return self.world.sql("select look_at from goods.customer_order where id = $1", order)[0]["look_at"]

    def code(self, order: str) -> str:
        return self.do(lambda s: self.goods.order_codes.give(s, order)).text

    def redeem(self, code: str, minor: int = 1999, *, key: str = "T1", as_key: str = "", **more: Any) -> Any:
        said = {"code": code, "store": STORE, "minor": minor, "currency": "EUR", "key": key, **more}
        return self.tell("/order-codes/redeem", said, as_key=as_key)

    def tell(self, path: str, said: Any, *, as_key: str = "") -> Any:
        headers = {"Authorization": f"Bearer {as_key or self.world.retailer}"}
        return requests.post(self.world.url + path, json=said, headers=headers, timeout=30)

    def begin(self, order: str) -> str:
        """Open a payment page and return its reference."""
        url = self.run(self.goods.checkouts.begin(order, back=f"{self.world.url}/my/orders/{order}/paid"))
        assert url.startswith("http")
        return url.rpartition("/")[2]

    def hear(self, message: dict[str, Any], *, event: str = "", at: datetime | None = None, **forged: str) -> Any:
        """Send a provider's message, signed by the algorithm of Standard Webhooks as it stands in its text."""
        body = json.dumps(message).encode()
        headers = signed(
            self.goods.checkouts.provider.secret.text, event or f"msg_{next(_ONCE)}", body, at or self.world.clock.now()
        )
        return requests.post(f"{self.world.url}/payments/virtual", data=body, headers={**headers, **forged}, timeout=30)

    def paid_on(
        self, reference: str, minor: int = 1999, *, currency: str = "EUR", payment: str = "VP_1"
    ) -> dict[str, Any]:
        about = {"page": reference, "payment": payment, "minor": minor, "currency": currency}
        return {"type": "page.paid", "timestamp": "2026-11-22T12:00:00Z", "data": about}

    def later(self, **time: float) -> None:
        self.world.clock.advance(timedelta(**time).total_seconds())


def signed(secret: str, event: str, body: bytes, at: datetime) -> dict[str, str]:
    """Return the headers of a signed message, from the specification's text and nothing of ours."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    stamp = str(int(at.timestamp()))
    mark = hmac.new(key, f"{event}.{stamp}.{body.decode()}".encode(), hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "Webhook-Id": event,
        "Webhook-Timestamp": stamp,
        "Webhook-Signature": f"v1a,bm90IHVz v1,{base64.b64encode(mark).decode()}",
    }


@pytest.fixture
def shop(world: Any) -> Shop:
    return Shop(world)
