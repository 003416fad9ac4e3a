"""What a drop-off costs, charged at the till: a code of the store's own, for one bag and one amount.

The same press again gives the same code as long as that holds; a new one after it has expired; none once a till has
told that it took the money in.
"""

from datetime import datetime
from itertools import count
from typing import Final

from photocore.money import decimals_of
from pos_bridge.adapters.money_text import minor_units
from pos_bridge.errors import BridgeRefusal, MessageUnreadable
from pos_bridge.orders.store import USABLE, Issued
from pos_bridge.running import Bridge
from pos_bridge.settings import TillSettings
from pos_bridge.web.forms import Form
from sync.till_views import DropOffView

LOOKED_AT: Final = 200
"""Codes given out last, among which the bag's own is looked for, to show its amount again."""


def currency_of(settings: TillSettings) -> str | None:
    """Return what the store charges in: as it is set, else what all sources that name one agree on."""
    if settings.codes.currency is not None:
        return settings.codes.currency
    named = {source.currency for source in settings.source.values() if source.currency is not None}
    return named.pop() if len(named) == 1 else None


def charge_bag(bridge: Bridge, lane: str, bag: str, form: Form, found: DropOffView | None) -> Issued:
    """Return the code that charges a bag's price, as typed in ``form``, at this till's scanner. May wait for the disk.

    ``found`` is its drop-off, where it was taken in here.

    Raises:
        BridgeRefusal: ``no_currency``, ``no_price``, ``bag_charged``, ``drop_off_withdrawn``, or as
            :meth:`pos_bridge.orders.store.IssuedCodes.issue_plain`.
        JournalDown: nothing can be kept.
    """
    if found is not None and found.is_withdrawn:
        raise BridgeRefusal("drop_off_withdrawn", "This drop-off was undone.")
    currency = currency_of(bridge.settings)
    if currency is None:
        raise BridgeRefusal("no_currency", "No currency is set (till.toml, codes.currency).")
    issued = _usable(bridge, bag, _price(form.get("price"), currency), currency)
    bridge.ledger.touch_code(issued.form, issued.reference)
    bridge.feed.note(lane, "order_code", name=issued.code)
    return issued


def last_charge(bridge: Bridge, bag: str) -> Issued | None:
    """Return the code that was given out for a bag last, if that was lately."""
    return next((one for one in bridge.codes.newest(LOOKED_AT) if not one.is_order and one.about == bag), None)


def typed_price(issued: Issued) -> str:
    """Return an amount as a cashier types it."""
    decimals = decimals_of(issued.currency)
    whole, part = divmod(issued.minor, 10**decimals)
    return f"{whole}.{part:0{decimals}d}" if decimals else str(whole)


def _usable(bridge: Bridge, bag: str, minor: int, currency: str) -> Issued:
    now = bridge.clock.now()
    for turn in count(1):
        issued = bridge.codes.issue_plain(minor, currency, bag, wish=f"{bag} {minor} {currency} {turn}")
        if bridge.codes.is_taken_in(issued.number):
            raise BridgeRefusal("bag_charged", "A till took in so much for this bag already.")
        if _holds(issued, now):
            return issued
    raise AssertionError("turns have no end")


def _holds(issued: Issued, now: datetime) -> bool:
    return issued.expires_at > now + USABLE or issued.issued_at >= now


def _price(text: str, currency: str) -> int:
    """Return a price in minor units; a comma is as good as a point."""
    try:
        minor = minor_units(text.replace(",", ".", 1) if "." not in text else text, currency)
    except MessageUnreadable as cause:
        raise BridgeRefusal("no_price", str(cause)) from cause
    if minor <= 0:
        raise BridgeRefusal("amount_none", "There is nothing to pay.")
    return minor
