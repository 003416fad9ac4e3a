"""Virtual till systems with an API: a Shopify shop, a Square account, an Odoo database. For tests and the demo.

Each speaks only what its maker's documentation publishes, refuses what that refuses, and knows of no Twincheck: what
it holds are the vendors' own words (``pos_bridge/fixtures``). :func:`pos_bridge.virtual.shop_door.serving` gives one a
door of real HTTP; what it would send by itself, ``deliver`` signs as the vendor does.
"""

import base64
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import msgspec

from photocore.seams import HttpRequest, HttpResponse
from pos_bridge.virtual.shop_door import told

Row = dict[str, Any]
_MOST_PAGE: Final = 250


def _signed(key: str, text: bytes) -> str:
    return base64.b64encode(hmac.digest(key.encode(), text, "sha256")).decode()


class _Patience:
    """Tells callers to wait: ``busy`` times, then no more."""

    def __init__(self) -> None:
        self.busy = 0
        self.asked: list[HttpRequest] = []

    def refusal(self, request: HttpRequest, wait: str) -> HttpResponse | None:
        self.asked.append(request)
        if self.busy <= 0:
            return None
        self.busy -= 1
        return told(429, {"errors": "Exceeded the rate limit"}, {"retry-after": wait})


class VirtualShopify(_Patience):
    """One shop with the orders it is given (REST Admin API, ``orders.json``)."""

    def __init__(self, orders: Iterable[Row], *, token: str, secret: str, most: int = _MOST_PAGE) -> None:
        super().__init__()
        self.orders = {int(order["id"]): order for order in orders}
        self.token, self.secret, self.most = token, secret, most
        self._pages: dict[str, list[Row]] = {}

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer as the shop does."""
        refusal = self.refusal(request, "2.0")
        if refusal is not None:
            return refusal
        if not hmac.compare_digest(request.headers.get("x-shopify-access-token", ""), self.token):
            return told(401, {"errors": "[API] Invalid API key or access token (unrecognized login or wrong password)"})
        address = urlsplit(request.url)
        parts = address.path.strip("/").split("/")
        if request.method != "GET" or parts[:2] != ["admin", "api"] or parts[3:] != ["orders.json"]:
            return told(404, {"errors": "Not Found"})
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        return self._page(query, address.path, request.headers.get("host", ""))

    def deliver(self, url: str, topic: str, body: bytes, *, webhook: str) -> HttpRequest:
        """Return the request with which the shop tells of an order or a refund."""
        headers = {
            "content-type": "application/json",
            "x-shopify-topic": topic,
            "x-shopify-hmac-sha256": _signed(self.secret, body),
            "x-shopify-shop-domain": "halide.myshopify.example",
            "x-shopify-api-version": "2026-01",
            "x-shopify-webhook-id": webhook,
            "x-shopify-event-id": f"event-{webhook}",
        }
        return HttpRequest(method="POST", url=url, headers=headers, body=body)

    def _page(self, query: Mapping[str, str], path: str, host: str) -> HttpResponse:
        limit = min(int(query.get("limit", "50")), self.most)
        page = query.get("page_info")
        if page is not None:
            if set(query) - {"limit", "page_info", "fields"} or page not in self._pages:
                return told(400, {"errors": {"page_info": "Invalid value."}})
            left = self._pages[page]
        else:
            least = datetime.fromisoformat(query.get("updated_at_min", "2000-01-01T00:00:00Z"))
            changed = [one for one in self.orders.values() if datetime.fromisoformat(one["updated_at"]) >= least]
            if query.get("status", "open") != "any":
                changed = [one for one in changed if not one["closed_at"] and not one["cancelled_at"]]
            left = sorted(changed, key=lambda one: datetime.fromisoformat(one["updated_at"]))
        headers: dict[str, str] = {}
        if len(left) > limit:
            following = f"page{len(self._pages) + 1}"
            self._pages[following] = left[limit:]
            headers["link"] = f'<https://{host}{path}?limit={limit}&page_info={following}>; rel="next"'
        return told(200, {"orders": left[:limit]}, headers)


class VirtualSquare(_Patience):
    """One seller's account with its orders, payments and catalogue (Square API v2)."""

    def __init__(
        self, orders: Iterable[Row], payments: Iterable[Row], catalog: Iterable[Row], *, token: str, key: str
    ) -> None:
        super().__init__()
        self.orders = {str(one["id"]): one for one in orders}
        self.payments = {str(one["id"]): one for one in payments}
        self.catalog = {str(one["id"]): one for one in catalog}
        self.token, self.key = token, key
        self.most = 500

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer as Square does."""
        refusal = self.refusal(request, "1")
        if refusal is not None:
            return refusal
        if not hmac.compare_digest(request.headers.get("authorization", ""), f"Bearer {self.token}"):
            return _square_error(401, "AUTHENTICATION_ERROR", "UNAUTHORIZED")
        path = urlsplit(request.url).path
        if request.method == "GET" and path.startswith("/v2/payments/"):
            payment = self.payments.get(path.rpartition("/")[2])
            missing = _square_error(404, "INVALID_REQUEST_ERROR", "NOT_FOUND")
            return told(200, {"payment": payment}) if payment else missing
        asked: Row = msgspec.json.decode(request.body or b"{}")
        if path == "/v2/orders/search":
            return self._search(asked)
        if path == "/v2/orders/batch-retrieve":
            return told(200, {"orders": [self.orders[one] for one in asked["order_ids"] if one in self.orders]})
        if path == "/v2/catalog/batch-retrieve":
            return told(200, {"objects": [self.catalog[one] for one in asked["object_ids"] if one in self.catalog]})
        return _square_error(404, "INVALID_REQUEST_ERROR", "NOT_FOUND")

    def deliver(self, url: str, body: bytes) -> HttpRequest:
        """Return the request with which Square tells of an event; it signs the address too."""
        headers = {
            "content-type": "application/json",
            "x-square-hmacsha256-signature": _signed(self.key, url.encode() + body),
            "square-environment": "Production",
        }
        return HttpRequest(method="POST", url=url, headers=headers, body=body)

    def _search(self, asked: Row) -> HttpResponse:
        locations: Sequence[str] = asked.get("location_ids", [])
        query: Row = asked.get("query", {})
        span: Row = query.get("filter", {}).get("date_time_filter", {})
        if not 0 < len(locations) <= 10 or query.get("sort", {}).get("sort_field") != "UPDATED_AT":
            return _square_error(400, "INVALID_REQUEST_ERROR", "BAD_REQUEST")
        least = datetime.fromisoformat(span["updated_at"]["start_at"])
        states: Sequence[str] = query["filter"].get("state_filter", {}).get("states", [])
        found = [
            one
            for one in self.orders.values()
            if one["location_id"] in locations
            and datetime.fromisoformat(one["updated_at"]) >= least
            and (not states or one["state"] in states)
        ]
        found.sort(key=lambda one: (datetime.fromisoformat(one["updated_at"]), str(one["id"])))
        start = int(str(asked.get("cursor", "c0"))[1:])
        limit = min(int(asked.get("limit", 500)), self.most)
        answer: Row = {"orders": found[start : start + limit]} if found else {}
        if len(found) > start + limit:
            answer["cursor"] = f"c{start + limit}"
        return told(200, answer)


class VirtualSender:
    """A program that tells of sales as Standard Webhooks have it, signing with a shared secret (``whsec_...``)."""

    def __init__(self, *, secret: str) -> None:
        self._key = base64.b64decode(secret.removeprefix("whsec_"))

    def deliver(self, url: str, body: bytes, *, name: str, at: datetime) -> HttpRequest:
        """Return the request with which it tells of a sale."""
        stamp = str(int(at.timestamp()))
        text = f"{name}.{stamp}.".encode() + body
        signature = base64.b64encode(hmac.digest(self._key, text, "sha256")).decode()
        headers = {
            "content-type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{signature}",
        }
        return HttpRequest(method="POST", url=url, headers=headers, body=body)


def _square_error(status: int, category: str, code: str) -> HttpResponse:
    return told(status, {"errors": [{"category": category, "code": code, "detail": code}]})


class VirtualOdoo(_Patience):
    """One database with its tables (Odoo 19, External JSON-2 API); of methods only ``search_read``."""

    def __init__(self, tables: Mapping[str, Sequence[Row]], *, key: str) -> None:
        super().__init__()
        self.tables = {model: list(rows) for model, rows in tables.items()}
        self.key = key

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer as Odoo does: the method's value, or an error object."""
        refusal = self.refusal(request, "1")
        if refusal is not None:
            return refusal
        if not hmac.compare_digest(request.headers.get("authorization", "").lower(), f"bearer {self.key}"):
            return _odoo_error(401, "werkzeug.exceptions.Unauthorized", "Invalid apikey")
        parts = urlsplit(request.url).path.strip("/").split("/")
        if request.method != "POST" or parts[:2] != ["json", "2"] or len(parts) != 4:
            return _odoo_error(404, "werkzeug.exceptions.NotFound", "Not Found")
        model, method = parts[2], parts[3]
        if model not in self.tables or method != "search_read":
            return _odoo_error(404, "werkzeug.exceptions.NotFound", f"the model {model!r} or its method")
        asked: Row = msgspec.json.decode(request.body)
        unknown = set(asked) - {"domain", "fields", "offset", "limit", "order", "context", "ids"}
        if unknown:
            return _odoo_error(422, "werkzeug.exceptions.UnprocessableEntity", f"unexpected {sorted(unknown)}")
        return self._search_read(model, asked)

    def _search_read(self, model: str, asked: Row) -> HttpResponse:
        rows = self.tables[model]
        fields: list[str] = asked.get("fields", [])
        known = set(rows[0]) if rows else set(fields)
        if set(fields) - known:
            return _odoo_error(500, "builtins.ValueError", f"Invalid field {sorted(set(fields) - known)} on {model!r}")
        found = [row for row in rows if all(_fits(row, *term) for term in asked.get("domain", []))]
        if asked.get("context", {}).get("active_test", True):
            found = [row for row in found if row.get("active", True)]
        for part in reversed(str(asked.get("order") or "id").split(",")):
            name, _, way = part.strip().partition(" ")
            found.sort(key=lambda row: row[name], reverse=way == "desc")
        start = int(asked.get("offset", 0))
        found = found[start : start + int(asked.get("limit") or len(found))]
        return told(200, [{name: row[name] for name in ("id", *fields)} for row in found])


def _fits(row: Row, name: str, relation: str, value: object) -> bool:
    """Say whether a term of a domain holds; a link is compared by its number, a stamp as the text it is."""
    held: Any = row[name]
    if name.endswith("_id") and held:
        held = held[0]
    wanted: Any = value
    holds: dict[str, Callable[[], bool]] = {
        "in": lambda: held in wanted,
        "=": lambda: held == wanted,
        ">=": lambda: held >= wanted,
        ">": lambda: held > wanted,
    }
    return holds[relation]()


def _odoo_error(status: int, name: str, message: str) -> HttpResponse:
    body: Row = {"name": name, "message": message, "arguments": [message], "context": {}, "debug": ""}
    return told(status, body)
