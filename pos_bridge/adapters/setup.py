"""What is odd about how a source is set up: found when the doctor looks, not when the first sale is lost."""

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Final

from pos_bridge.adapters.lines import option, table, zone_named
from pos_bridge.errors import MessageUnreadable
from pos_bridge.settings import SourceSettings

_SHARED: Final = ("first_days", "version", "customer_from")
OPTIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "shopify": (*_SHARED, "channel", "gtin_from", "gtin_property", "serial_property", "variants"),
    "square": (*_SHARED, "channel", "host", "locations", "serial_key", "serial_word", "till_from", "variations"),
    "standard": (),
    "odoo": (*_SHARED, "database", "products"),
}
"""The words that each kind's options may have."""

_TABLES: Final = ("variants", "variations", "products")
_WORDS: Final[Mapping[str, tuple[str, ...]]] = {
    "gtin_from": ("sku", "variants", "property"),
    "till_from": ("device", "location"),
}
_CUSTOMERS: Final[Mapping[str, tuple[str, ...]]] = {
    "shopify": ("attribute:", "tag:", "metafield:"),
    "square": ("metadata:", "reference", "customer"),
    "odoo": ("barcode", "loyalty"),
}


def troubles_of(source: SourceSettings) -> tuple[str, ...]:
    """Return what would keep a source's sales away, one sentence each, naming no secret; none for kinds of files."""
    if source.kind not in OPTIONS:
        return ()
    return (*_ways(source), *_keys(source), *_options(source))


def _ways(source: SourceSettings) -> Iterator[str]:
    """Say what is missing for it to call, or to be asked."""
    try:
        zone_named(source.zone)
    except MessageUnreadable:
        yield f"zone: there is no time zone {source.zone}"
    if source.kind == "odoo" and source.every_s is None:
        yield "every_s: Odoo calls nobody, it must be asked"
    if source.kind in ("shopify", "square") and not source.secrets and source.every_s is None:
        yield "secrets, every_s: it can neither call nor is it asked"
    if source.kind == "standard" and not source.secrets:
        yield "secrets: none, so no message is genuine"
    if source.kind == "square" and source.secrets and not source.url:
        yield "url: Square signs the address it calls; without it no message is genuine"
    if source.kind == "square" and not source.token:
        yield "token: Square's messages hold no lines; without it they cannot be fetched"
    if source.every_s is not None and source.kind in ("shopify", "odoo") and not (source.url and source.token):
        yield "url, token: both are needed to ask"
    if source.kind == "square" and not 0 < len(option(source, "locations", " ".join(source.stores)).split()) <= 10:
        yield "stores: one to ten locations of Square are asked for"


def _keys(source: SourceSettings) -> Iterator[str]:
    """Say which of a Standard Webhooks source's secrets is none."""
    if source.kind != "standard":
        return
    for number, secret in enumerate(source.secrets, start=1):
        is_public = secret.startswith("whpk_")
        text = secret.removeprefix("whpk_" if is_public else "whsec_")
        try:
            count = len(base64.b64decode(text + "=" * (-len(text) % 4), validate=True))
        except (binascii.Error, ValueError):
            count = 0
        if is_public and count != 32:
            yield f"secrets: number {number} is no public key (whpk_ and base64 of 32 bytes)"
        if not is_public and not 24 <= count <= 64:
            yield f"secrets: number {number} is no secret (whsec_ and base64 of 24 to 64 bytes)"


def _options(source: SourceSettings) -> Iterator[str]:
    for name, told in source.options.items():
        if name not in OPTIONS[source.kind]:
            yield f"options.{name}: {source.kind} has no such option"
        elif name in _TABLES:
            try:
                table(source, name)
            except MessageUnreadable as why:
                yield str(why)
        elif name in _WORDS and told not in _WORDS[name]:
            yield f"options.{name}: one of {', '.join(_WORDS[name])}"
        elif name == "customer_from" and not _is_customer(source.kind, told):
            yield f"options.{name}: one of {', '.join(_CUSTOMERS[source.kind])}"
        elif name == "first_days" and not (type(told) is int and 0 <= told <= 366):
            yield "options.first_days: a number of days, at most 366"


def _is_customer(kind: str, told: object) -> bool:
    """Say whether ``told`` is one of the places where a kind's cards can stand; a colon wants a name behind it."""
    if not isinstance(told, str):
        return False
    return any(
        told.startswith(one) and len(told) > len(one) if one.endswith(":") else told == one for one in _CUSTOMERS[kind]
    )
