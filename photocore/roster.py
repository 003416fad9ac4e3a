"""The roster: what a store's stations know offline, as one signed, versioned snapshot that is switched whole.

It holds the manifests destined to this store, product names, card tables, revocations and settings; never claim codes,
never registrations (DESIGN 5B).
"""

from typing import Annotated, Literal

import msgspec

from photocore.cards import CardTable
from photocore.chain import canonical, digest
from photocore.errors import EventMalformed, KeyMalformed, SignatureBroken
from photocore.events import Base64, Hex16, Instant, Name
from photocore.ids import ItemId
from photocore.jsontext import read_json
from photocore.keys import SigningKey, b64, key_id, unb64, verify
from photocore.package import Manifest, Product


class Store(msgspec.Struct, frozen=True, kw_only=True):
    """A shop: its GLN (13 digits), the name shoppers know, and its IANA time zone."""

    gln: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{13}\Z")]
    name: Annotated[str, msgspec.Meta(max_length=60)]
    timezone: Annotated[str, msgspec.Meta(max_length=60)] = "Europe/Berlin"


class StoreSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the retailer decided for this store.

    ``labels``: print a label per known roll, or the receipt only. ``activation``: a claim counts at once, or is held
    until the till has sold the package (DESIGN 5B, 5C). ``access_url`` is where the receipt's QR points; the access
    code follows in the fragment.
    """

    labels: Literal["print", "receipt_only"] = "print"
    activation: Literal["registration", "till"] = "registration"
    access_url: Annotated[str, msgspec.Meta(max_length=200)] = ""


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


class SignedPackage(msgspec.Struct, frozen=True, kw_only=True):
    """Package facts with the service's signature, which names the station they were told to.

    Whoever could forge them could have labels printed for rolls that are not in the box.
    """

    facts: PackageFacts
    station: Name
    key: Hex16
    sig: Base64


class SignedRoster(msgspec.Struct, frozen=True, kw_only=True):
    """A snapshot with the service's signature over its canonical text; ``key`` names the signing key."""

    roster: RosterSnapshot
    key: Hex16
    sig: Base64


def sign_roster(roster: RosterSnapshot, key: SigningKey) -> SignedRoster:
    """Return ``roster`` signed by the service."""
    return SignedRoster(roster=roster, key=key_id(key.public), sig=b64(key.sign(_signed_bytes(roster))))


def encode_roster(signed: SignedRoster) -> bytes:
    """Return ``signed`` as JSON."""
    return msgspec.json.encode(signed)


def verify_roster(text: bytes, service_public: bytes) -> RosterSnapshot:
    """Return the snapshot in ``text``.

    Raises:
        EventMalformed: not a signed roster.
        SignatureBroken: not signed by the pinned service key.
    """
    try:
        signed = read_json(text, SignedRoster)
        signature = unb64(signed.sig, length=64)
    except KeyMalformed as cause:
        raise EventMalformed(f"roster: {cause}") from cause
    if signed.key != key_id(service_public):
        raise SignatureBroken(f"the roster is signed by key {signed.key}, not by the pinned one")
    verify(service_public, signature, _signed_bytes(signed.roster))
    return signed.roster


def sign_package(facts: PackageFacts, station: str, key: SigningKey) -> SignedPackage:
    """Return ``facts`` signed by the service, for ``station``."""
    signature = key.sign(_package_bytes(facts, station))
    return SignedPackage(facts=facts, station=station, key=key_id(key.public), sig=b64(signature))


def verify_package(text: bytes, station: str, service_public: bytes) -> PackageFacts:
    """Return the facts in ``text``.

    Raises:
        EventMalformed: not signed package facts.
        SignatureBroken: not signed by the pinned service key, or told to another station.
    """
    try:
        signed = read_json(text, SignedPackage)
        signature = unb64(signed.sig, length=64)
    except KeyMalformed as cause:
        raise EventMalformed(f"package: {cause}") from cause
    if signed.key != key_id(service_public):
        raise SignatureBroken(f"the package is signed by key {signed.key}, not by the pinned one")
    verify(service_public, signature, _package_bytes(signed.facts, station))
    return signed.facts


def _package_bytes(facts: PackageFacts, station: str) -> bytes:
    told = {"facts": msgspec.to_builtins(facts), "station": station}
    return bytes.fromhex(digest("package", canonical(told)))


def _signed_bytes(roster: RosterSnapshot) -> bytes:
    return bytes.fromhex(digest("roster", canonical(msgspec.to_builtins(roster))))
