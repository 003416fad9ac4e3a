"""The manifest of an order: all that is needed to make it, and nothing of whose it is; signed by this house.

The text is written once, kept in the database, and stands signed in the object store (``names.object_key``): what comes
later reads it there, and whoever has it can show that it is ours. Where goods are sent is no part of it: an address is
told to labs by itself as long as it is needed, so that deleting a person takes it away everywhere.
"""

from datetime import datetime
from typing import Final

import msgspec

from photocore.edit_steps import Instruction
from photocore.keys import SigningKey
from photocore.signed import Signed, sign_text
from photoservice.persons.profiles import Address

FORM: Final = "twincheck order 1"


class ManifestImage(msgspec.Struct, frozen=True, kw_only=True):
    """A picture to be made: ``original`` is the SHA-256 of its file in hex, ``edit`` what is to be done to it."""

    image: str
    roll: str
    frame: str
    original: str
    edit: tuple[Instruction, ...] = ()


class ManifestLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line: ``item`` and ``options`` as the catalogue calls them, and so many pieces of it."""

    number: int
    item: str
    kind: str
    title: str
    options: dict[str, str]
    quantity: int
    is_shipped: bool
    images: tuple[ManifestImage, ...] = ()


class OrderManifest(msgspec.Struct, frozen=True, kw_only=True):
    """An order as it is handed over, by the version of the catalogue it was ordered from."""

    form: str
    order: str
    at: datetime
    catalogue: str
    language: str
    is_shipped: bool
    lines: tuple[ManifestLine, ...]


class OrderAddress(msgspec.Struct, frozen=True, kw_only=True):
    """Where an order goes."""

    order: str
    address: Address


def write_manifest(manifest: OrderManifest) -> str:
    """Return a manifest as its canonical text: the same manifest makes the same text."""
    return msgspec.json.encode(manifest, order="sorted").decode()


def sign_manifest(text: str, key: SigningKey) -> Signed:
    """Return the text of a manifest, signed; the same text and key make the same signature (Ed25519)."""
    return sign_text("order", text, key)


def sign_address(address: OrderAddress, key: SigningKey) -> Signed:
    """Return where an order goes, signed as something of its own."""
    return sign_text("order_address", msgspec.json.encode(address, order="sorted").decode(), key)


def write_signed(signed: Signed) -> bytes:
    """Return what stands in the object store."""
    return msgspec.json.encode(signed, order="sorted")
