"""Standard Webhooks in: a signed envelope, and in it our own neutral words of a sale (docs/till/standard-webhooks.md).

What is signed is ``<id>.<timestamp>.<body>``: by HMAC-SHA256 (``v1``; our secret ``whsec_...``) or by the sender's own
Ed25519 key (``v1a``; its public half ``whpk_...``). Several signatures may come, and several secrets be good at a time.
Source: standard-webhooks.md 1.0 (research/standards.md 7.2).
"""

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Final, Literal

import msgspec

from photocore.till_kinds import BusinessDay, TillName
from pos_bridge.adapters.lines import (
    Basket,
    Gathered,
    Item,
    checked_day,
    checked_sequence,
    day_of,
    instant,
    read_body,
    store_of,
    till_of,
)
from pos_bridge.adapters.money_text import checked_currency, minor_units
from pos_bridge.adapters.signatures import check_hmac, checked_key
from pos_bridge.errors import MessageUnreadable, NotGenuine
from pos_bridge.messages import RawMessage, Reading
from pos_bridge.sale import MOST_LINES, Kind, SaleRef
from pos_bridge.settings import SourceSettings

TOLERANCE_S: Final = 300
"""How far the sender's clock and ours may be apart, either way."""

TYPES: Final[Mapping[str, Kind]] = {
    "sale.completed": "sold",
    "sale.returned": "returned",
    "sale.voided": "voided",
}
"""What we understand, and what a line of it is that does not say."""

_SECRET: Final = "whsec_"  # noqa: S105  # how secrets begin
_PUBLIC: Final = "whpk_"
_MOST_SIGNATURES: Final = 20
_STAMP: Final = re.compile(r"[0-9]{1,12}")
_GLN: Final = re.compile(r"[0-9]{13}")

_Text40 = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
_Number = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
_LineNumber = Annotated[int, msgspec.Meta(ge=0, le=999_999)]


class Sold(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The transaction that is given back, or the line of it; what is not said may be anything."""

    store: _Text40 | None = None
    till: TillName | None = None
    business_day: BusinessDay | None = None
    sequence: _Number | None = None
    line: _LineNumber | None = None


class Line(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One line: ``code`` is what was scanned or keyed in (a GTIN of 8 to 14 digits, an order code, anything).

    ``serial`` is the piece: its bare serial, its ID, or all that its square code said. ``amount`` is the line's total
    as a decimal text.
    """

    line: _LineNumber
    kind: Literal["sold", "returned", "voided"] | None = None
    code: Annotated[str, msgspec.Meta(max_length=80)] = ""
    serial: Annotated[str, msgspec.Meta(max_length=200)] = ""
    quantity: int = 1
    amount: Annotated[str, msgspec.Meta(max_length=24)] | None = None
    of: Sold | None = None


class Transaction(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One transaction of one till; ``of`` stands for every line that names none itself."""

    till: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    sequence: _Number
    lines: Annotated[tuple[Line, ...], msgspec.Meta(min_length=1, max_length=MOST_LINES)]
    store: _Text40 | None = None
    business_day: BusinessDay | None = None
    ended_at: Annotated[str, msgspec.Meta(max_length=40)] | None = None
    currency: Annotated[str, msgspec.Meta(max_length=3)] | None = None
    customer: Annotated[str, msgspec.Meta(max_length=80)] | None = None
    of: Sold | None = None


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """What Standard Webhooks have around every message; more fields may come in it."""

    type: Annotated[str, msgspec.Meta(pattern=r"^[a-zA-Z0-9_.]{1,100}\Z")]
    timestamp: Annotated[str, msgspec.Meta(max_length=40)]
    data: msgspec.Raw


@dataclass(frozen=True)
class StandardAdapter:
    """Sales as any program can send them."""

    kind: str = "standard"
    keeps: Sequence[str] = ("webhook-id", "webhook-timestamp")

    def verify(self, body: bytes, headers: Mapping[str, str], source: SourceSettings, now: datetime) -> str:
        """Return the message's ID. Raises NotGenuine: by nobody we know, or more than five minutes off."""
        name = checked_key(headers.get("webhook-id", ""), "a webhook-id")
        stamp = headers.get("webhook-timestamp", "")
        if "." in name or not _STAMP.fullmatch(stamp):
            raise NotGenuine("a message without a time")
        signed = b".".join((name.encode(), stamp.encode(), body))
        _check(signed, headers.get("webhook-signature", "").split()[:_MOST_SIGNATURES], source.secrets)
        if abs(now.timestamp() - int(stamp)) > TOLERANCE_S:
            raise NotGenuine("a message of another time")
        return name

    def read(self, message: RawMessage, source: SourceSettings) -> Reading:
        """Return the lines of a transaction. Raises MessageUnreadable: it is not as the schema has it."""
        envelope = read_body(message.body, Envelope)
        usual = TYPES.get(envelope.type)
        gathered = Gathered()
        if usual is None:
            gathered.pass_over(f"messages of the type {envelope.type} are none of sales")
            return gathered.reading()
        transaction = read_body(bytes(envelope.data), Transaction)
        store = _store_named(source, transaction.store)
        if store is None:
            gathered.pass_over(f"a store that is not set up: {transaction.store}")
            return gathered.reading()
        basket = _basket(transaction, envelope.timestamp, store, source)
        for line in transaction.lines:
            of = line.of or transaction.of
            if of is not None and _store_named(source, of.store) is None:
                gathered.pass_over(
                    f"line {line.line}: the sale it gives back is a store's that is not set up: {of.store}"
                )
            gathered.add(basket, _item(line, transaction, usual, basket))
        return gathered.reading()


def _store_named(source: SourceSettings, name: str | None) -> str | None:
    """Return the GLN of the store that a message names by the sender's word or by its GLN; None: it is not set up."""
    if name is None or name in source.stores or not _GLN.fullmatch(name):
        return store_of(source, name)
    return name if not source.stores or name in {source.store, *source.stores.values()} else None


def _check(signed: bytes, signatures: Sequence[str], secrets: Sequence[str]) -> None:
    shared = [_bytes_of(secret.removeprefix(_SECRET)) for secret in secrets if not secret.startswith(_PUBLIC)]
    public = [_bytes_of(secret.removeprefix(_PUBLIC)) for secret in secrets if secret.startswith(_PUBLIC)]
    for one in signatures:
        version, _, text = one.partition(",")
        try:
            if version == "v1":
                return check_hmac(signed, text, shared)
            if version == "v1a" and any(_is_signed(signed, text, key) for key in public):
                return None
        except NotGenuine:
            continue
    raise NotGenuine("a message without a good signature")


def _is_signed(signed: bytes, text: str, public: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(base64.b64decode(text, validate=True), signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def _bytes_of(text: str) -> bytes:
    """Return a key's bytes, with or without base64's padding; nothing where it is none, which fits no signature."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _basket(transaction: Transaction, stamp: str, store: str, source: SourceSettings) -> Basket:
    at = None if transaction.ended_at is None else instant(transaction.ended_at, source.zone)
    if transaction.business_day is not None:
        day = checked_day(transaction.business_day)
    else:
        day = day_of(at or instant(stamp, source.zone), source.zone)
    currency = transaction.currency or source.currency
    return Basket(
        source=source,
        store=store,
        till=till_of(source, transaction.till),
        business_day=day,
        sequence=checked_sequence(transaction.sequence),
        at=at,
        customer=transaction.customer or None,
        currency=None if currency is None else checked_currency(currency),
    )


def _item(line: Line, transaction: Transaction, usual: Kind, basket: Basket) -> Item:
    kind = line.kind or usual
    if line.amount is not None and basket.currency is None:
        raise MessageUnreadable("amounts without a currency")
    of = line.of or transaction.of
    return Item(
        own=f"{basket.till}/{basket.business_day}/{basket.sequence}/{line.line}",
        line=line.line,
        kind=kind,
        text=line.code,
        serial=line.serial,
        quantity=line.quantity,
        amount=None if line.amount is None else minor_units(line.amount, basket.currency or ""),
        given_back=None if of is None or kind == "sold" else _named(of, basket.source),
    )


def _named(of: Sold, source: SourceSettings) -> SaleRef | None:
    """Return the sale that is given back; None for one of a store that is not set up: none of ours is meant."""
    store = _store_named(source, of.store)
    if store is None:
        return None
    return SaleRef(
        store=None if of.store is None else store,
        till=None if of.till is None else till_of(source, of.till),
        business_day=None if of.business_day is None else checked_day(of.business_day),
        sequence=None if of.sequence is None else checked_sequence(of.sequence),
        line=of.line,
    )


def schema() -> dict[str, Any]:
    """Return the JSON schema of a message, as docs/till/sale.schema.json publishes it."""
    (reference,), defined = msgspec.json.schema_components([Transaction], ref_template="#/$defs/{name}")
    text = re.sub(rb"\\n +", rb"\\n", msgspec.json.encode(defined))
    text = text.replace(rb"\\Z", b"$")  # other languages know no \Z
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A sale, a return or a void as Twincheck's till bridge takes it",
        "type": "object",
        "required": ["type", "timestamp", "data"],
        "properties": {
            "type": {"enum": sorted(TYPES)},
            "timestamp": {"type": "string", "format": "date-time"},
            "data": reference,
        },
        "$defs": msgspec.json.decode(text),
    }
