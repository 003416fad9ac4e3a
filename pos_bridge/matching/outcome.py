"""What the facts come to: values in one canonical order, so that equal facts give equal bytes."""

import hashlib
from datetime import date
from typing import Final, Literal

import msgspec

from photocore.ids import ItemId
from pos_bridge.matching.joining import business_day_of
from pos_bridge.sale import BasketKey, LineKey
from pos_bridge.sighting import LaneName

_FIRST_DAY: Final = date(1970, 1, 1)

How = Literal["line", "scan", "kiosk", "manager"]
Reason = Literal[
    "told_twice_differently", "negative_price", "sale_without_scan", "scan_without_sale", "more_scans_than_sold",
    "refund_unclear", "refund_without_sale", "refunded_twice", "sold_twice", "two_cards", "order_code_amount",
    "order_code_currency", "order_code_early", "order_code_expired", "order_code_twice", "order_code_foreign",
    "not_told", "not_registered", "not_matched",
]  # fmt: skip
"""Why a manager must look. The last three come from telling the station, and from a fault of ours."""


class Sold(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """The unit ``sale`` of a line was the piece ``item``. ``card`` is the mark of the card in its basket."""

    sale: str
    item: ItemId
    place: LineKey
    how: How
    amount: int | None = None
    currency: str | None = None
    staff: str | None = None
    card: str | None = None


class GivenBack(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """The unit ``sale``, the piece ``item``, was given back by the unit ``refund`` of the line ``place``."""

    sale: str
    item: ItemId
    refund: str
    place: LineKey
    how: Literal["returned", "voided", "manager"]
    staff: str | None = None


class Charged(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """The line ``place`` took in what the order code of this ``number`` charges, in minor units of ``currency``."""

    number: int
    place: LineKey
    minor: int
    currency: str


class Registers(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """The piece ``item`` is to be registered to the card ``card`` (a mark) that lay in its basket (O19).

    ``by`` names the unit of its sale, or the sighting where the till tells its sales later. ``is_ended``: it was given
    back since, which ends what was registered and registers nothing new.
    """

    item: ItemId
    card: str
    by: str
    lane: LaneName
    home: str
    is_ended: bool = False


class Evidence(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One thing that was seen or told, for a manager to read: its word (till.evidence in the words), when, and what."""

    at: str
    word: str
    values: tuple[tuple[str, str], ...] = ()


class Case(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """What a manager must look at. ``key`` is the same as long as it is about the same.

    ``at`` is when it happened (UTC, or the business day). ``basket``, ``line``, ``lane`` and ``gtin`` say where, as far
    as that is known. ``units`` is how many units it is about, ``pieces`` which pieces could be meant, ``evidence`` what
    speaks for what. ``home`` is where its facts are kept. ``is_closed``: a manager has seen it.
    """

    key: str
    reason: Reason
    home: str
    at: str = ""
    basket: BasketKey | None = None
    line: int | None = None
    lane: LaneName | None = None
    gtin: str | None = None
    units: int = 0
    pieces: tuple[ItemId, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    is_closed: bool = False


class Due(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Without any news the outcome changes at ``at`` (UTC), for what is kept at ``home``."""

    at: str
    home: str


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a set of facts comes to at an instant. Every tuple is sorted."""

    sold: tuple[Sold, ...] = ()
    given_back: tuple[GivenBack, ...] = ()
    charged: tuple[Charged, ...] = ()
    registers: tuple[Registers, ...] = ()
    cases: tuple[Case, ...] = ()
    due: tuple[Due, ...] = ()

    def digest(self) -> str:
        """Return a hash of it all; equal outcomes have equal ones."""
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()


def basket_home(basket: BasketKey) -> str:
    """Return the name under which what is known of a basket is kept: first its day, so that a day's stand together."""
    day = business_day_of(basket.business_day)
    days = (day - _FIRST_DAY).days if day else 0
    return f"b{days:05x}{_home('b', basket.store, basket.till, basket.business_day, basket.sequence)[1:]}"


def sighting_home(sighting: str) -> str:
    """Return the name under which a sighting is kept."""
    return _home("s", sighting)


def item_home(item: str) -> str:
    """Return the name under which what concerns a piece as such is kept."""
    return _home("i", item)


def case_key(home: str, reason: Reason, *about: str) -> str:
    """Return the name of a case: the same wherever and whenever it is found; its home stands before the hyphen."""
    return f"{home}-{_hash((reason, *about))}"


def home_of_case(key: str) -> str:
    """Return where the facts of a case are kept."""
    return key.partition("-")[0]


def _home(letter: str, *parts: str) -> str:
    return letter + _hash((letter, *parts))


def _hash(parts: tuple[str, ...]) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]
