"""What the photoservice says of its order codes: what one pays, and that it was paid (DESIGN 5G; S4)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar

import msgspec

from photocore.errors import ChannelDown, EventMalformed
from photocore.jsontext import read_json
from photocore.seams import Channel, HttpRequest
from pos_bridge.errors import BridgeRefusal, SourceDown
from sync.address import check_service_url

Shape = TypeVar("Shape")

_SLUG: Final = "urn:twincheck:problem:"
_NEVER: Final = frozenset({400, 422})
"""Answers of the photoservice's own that asking again does not change."""


class _Told(msgspec.Struct, frozen=True, kw_only=True):
    minor: int
    currency: str
    expires_at: datetime


class _Paid(msgspec.Struct, frozen=True, kw_only=True):
    order: str
    minor: int
    currency: str
    is_new: bool


class _Problem(msgspec.Struct, frozen=True, kw_only=True):
    type: str = ""
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class OrderTold:
    """What an order's code pays, and until when."""

    minor: int
    currency: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class OrderService:
    """Asks as the retailer, for one store.

    Raises:
        EnrolmentRefused: ``url`` is an address that nobody may talk to (plain http to another machine).
    """

    channel: Channel
    url: str
    key: str = field(repr=False)
    store: str

    def __post_init__(self) -> None:
        """Refuse an address that is none."""
        check_service_url(self.url)

    def look_up(self, code: str) -> OrderTold:
        """Return what ``code`` pays.

        Raises:
            BridgeRefusal: ``order_code_refused``: it pays nothing, or not to this retailer; ``service_key``,
                ``service_store``: the bridge is set up wrongly.
            SourceDown: no answer now.
        """
        told = self._ask("/order-codes/look-up", {"code": code, "store": self.store}, _Told)
        if told.expires_at.tzinfo is None or told.minor < 1:
            raise SourceDown("The photoservice told no time, or no amount.")
        return OrderTold(minor=told.minor, currency=told.currency, expires_at=told.expires_at)

    def redeem(self, code: str, *, minor: int, currency: str, key: str) -> str:
        """Tell that the till took an order's money in, and return the order; the same ``key`` is answered the same.

        Raises:
            BridgeRefusal, SourceDown: as :meth:`look_up`.
        """
        said = {"code": code, "store": self.store, "minor": minor, "currency": currency, "key": key}
        return self._ask("/order-codes/redeem", said, _Paid).order

    def _ask(self, path: str, said: Mapping[str, object], shape: type[Shape]) -> Shape:
        headers = {"authorization": f"Bearer {self.key}", "content-type": "application/json"}
        request = HttpRequest(
            method="POST",
            url=check_service_url(self.url) + path,
            headers=headers,
            body=msgspec.json.encode(said),
        )
        try:
            answer = self.channel.exchange(request)
        except ChannelDown as cause:
            raise SourceDown("The photoservice cannot be reached.") from cause
        if answer.status != 200:
            raise _refusal(answer.status, answer.body)
        try:
            return read_json(answer.body, shape)
        except EventMalformed as cause:
            raise SourceDown(f"The photoservice said something else than wanted: {cause}") from cause


def _refusal(status: int, body: bytes) -> BridgeRefusal | SourceDown:
    try:
        problem = read_json(body, _Problem)
    except EventMalformed:
        problem = _Problem()
    slug = problem.type.removeprefix(_SLUG)
    if status == 403 and slug == "order-code-refused":
        return BridgeRefusal("order_code_refused", "The photoservice takes no money for this order code.")
    if status == 403 and slug == "store-foreign":
        return BridgeRefusal("service_store", "The photoservice does not know this store as the retailer's.")
    if status in (401, 403):
        return BridgeRefusal("service_key", "The photoservice does not take the key in till.toml (service.key).")
    if status in _NEVER and slug != problem.type:
        return BridgeRefusal("order_code_refused", f"The photoservice answered {status}.")
    return SourceDown(f"The photoservice answered {status}.")
