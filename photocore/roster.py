"""The roster: what a store's stations know offline, as one signed, versioned snapshot that is switched whole.

It holds the manifests destined to this store, product names, card tables, revocations and settings; never claim codes,
never registrations (DESIGN 5B).
"""

from typing import Annotated, Literal

import msgspec

from photocore.cards import CardTable
from photocore.errors import SignatureBroken
from photocore.events import Instant, Name
from photocore.ids import ItemId
from photocore.keys import SigningKey
from photocore.package import Manifest, Product
from photocore.signed import Signed, read_signed_text, sign


class Store(msgspec.Struct, frozen=True, kw_only=True):
    """A shop: its GLN (13 digits), the name shoppers know, and its IANA time zone."""

    gln: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{13}\Z")]
    name: Annotated[str, msgspec.Meta(max_length=60)]
    timezone: Annotated[str, msgspec.Meta(max_length=60)] = "Europe/Berlin"


class StoreSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the retailer decided for this store.

    ``labels``: print a label per known roll, or the receipt only. ``activation``: a claim counts at once, or is held
    until the till has sold the package (DESIGN 5B, 5C). ``access_url`` is where the receipt's QR points; the access
    code follows in the fragment; ``claim_url`` is the open page where a package is registered at home. ``make_up``: who
    may make up a package of film without serials.
    """

    labels: Literal["print", "receipt_only"] = "print"
    activation: Literal["registration", "till"] = "registration"
    access_url: Annotated[str, msgspec.Meta(max_length=200)] = ""
    make_up: Literal["staff", "shopper"] = "staff"
    claim_url: Annotated[str, msgspec.Meta(max_length=200)] = ""


class RosterSnapshot(msgspec.Struct, frozen=True, kw_only=True):
    """One whole version of the roster. ``version`` only grows; a station never goes back."""

    version: Annotated[int, msgspec.Meta(ge=1)]
    made_at: Instant
    store: Store
    settings: StoreSettings
    products: tuple[Product, ...] = ()
    manifests: tuple[Manifest, ...] = ()
    card_tables: tuple[CardTable, ...] = ()
    revoked: tuple[ItemId, ...] = ()


class PackageFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One package beyond the roster: its manifest, and its product where the roster does not hold it."""

    manifest: Manifest
    product: Product | None = None


class PackageTold(msgspec.Struct, frozen=True, kw_only=True):
    """Package facts as they are signed: with the station they were told to.

    Whoever could forge them could have labels printed for rolls that are not in the box.
    """

    station: Name
    facts: PackageFacts


def sign_roster(roster: RosterSnapshot, key: SigningKey) -> Signed:
    """Return ``roster`` signed by the service."""
    return sign("roster", roster, key)


def encode_roster(signed: Signed) -> bytes:
    """Return ``signed`` as JSON."""
    return msgspec.json.encode(signed)


def verify_roster(text: bytes, service_public: bytes) -> RosterSnapshot:
    """Return the snapshot in ``text``.

    Raises:
        EventMalformed: not a signed roster.
        SignatureBroken: not signed by the pinned service key.
    """
    return read_signed_text("roster", text, service_public, RosterSnapshot)


def sign_package(facts: PackageFacts, station: str, key: SigningKey) -> Signed:
    """Return ``facts`` signed by the service, for ``station``."""
    return sign("package", PackageTold(station=station, facts=facts), key)


def verify_package(text: bytes, station: str, service_public: bytes) -> PackageFacts:
    """Return the facts in ``text``.

    Raises:
        EventMalformed: not signed package facts.
        SignatureBroken: not signed by the pinned service key, or told to another station.
    """
    told = read_signed_text("package", text, service_public, PackageTold)
    if told.station != station:
        raise SignatureBroken(f"these facts were told to {told.station}")
    return told.facts
