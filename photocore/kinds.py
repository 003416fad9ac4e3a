"""The event kinds of the counter: what stands in the public, the sealed and the secret part of each.

Public bodies travel and stay in the clear, so nothing derived from a card may stand there (DESIGN 5E). A field once
published is read for ever: new ones come with a default.
"""

from typing import Annotated, Any, Literal, TypeVar

import msgspec

from photocore.errors import EventMalformed
from photocore.events import Event, Hex16, Hex32, Hex64, Seq
from photocore.package import MAX_ROLLS

Item = Annotated[str, msgspec.Meta(min_length=4, max_length=64)]
Copy = Annotated[str, msgspec.Meta(pattern=r"^[0-9A-HJKMNP-TV-Z]{6}\Z")]
Reason = Annotated[str, msgspec.Meta(max_length=200)]
RegistrationNumber = Annotated[str, msgspec.Meta(pattern=r"^TCN-[0-9A-HJKMNP-TV-Z]{9}\Z")]


class Body(msgspec.Struct, frozen=True, kw_only=True):
    """The ancestor of every public body; unknown fields of newer stations are passed over."""


SomeBody = TypeVar("SomeBody", bound=Body)


class LabelCopy(Body, frozen=True, kw_only=True):
    """One printed copy of a roll's label; ``voids`` is the copy it replaces."""

    roll: Item
    copy: Copy
    voids: Copy | None = None


class EpochOpened(Body, frozen=True, kw_only=True):
    """A station process began: the first event of every epoch, naming the last of the epoch before."""

    software: Annotated[str, msgspec.Meta(max_length=40)]
    previous_epoch: Hex16 | None = None
    previous_seq: Seq | None = None
    previous_hash: Hex64 | None = None


class PackageClaimed(Body, frozen=True, kw_only=True):
    """A shopper registered ``item`` at a station; a registration is what the owner rule makes of it.

    ``item`` is what was scanned or typed: a package ID or any one of its roll IDs (O11). ``package`` and ``rolls`` are
    what the station's roster said of it, or null and empty. ``copies`` are the label copies the station will print.
    """

    item: Item
    level: Literal["package", "roll", "unknown"]
    package: Item | None
    rolls: Annotated[tuple[Item, ...], msgspec.Meta(max_length=MAX_ROLLS)]
    store: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{13}\Z")]
    number: RegistrationNumber
    item_typed: bool
    card_typed: bool
    claim_code: bool
    activation: Literal["registration", "till"]
    roster: Annotated[int, msgspec.Meta(ge=0)]
    copies: Annotated[tuple[LabelCopy, ...], msgspec.Meta(max_length=MAX_ROLLS)]


class PackageClaimedSealed(Body, frozen=True, kw_only=True):
    """The personal part of :class:`PackageClaimed`: whose card it was; the key is (table, number)."""

    card_table: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    card_number: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]

    def __repr__(self) -> str:
        return "PackageClaimedSealed(...)"


class PackageClaimedSecrets(Body, frozen=True, kw_only=True):
    """The secret part of :class:`PackageClaimed`; the service keeps only HMACs of it."""

    access_code: Annotated[str, msgspec.Meta(min_length=17, max_length=17)]
    claim_code: Annotated[str, msgspec.Meta(min_length=13, max_length=13)] | None = None

    def __repr__(self) -> str:
        return "PackageClaimedSecrets(...)"


class ClaimWithdrawn(Body, frozen=True, kw_only=True):
    """A claim was undone, by the shopper before the session ended or by staff later. Its labels are void."""

    claim: Hex32
    item: Item
    by: Literal["shopper", "staff"]
    reason: Reason = ""


class CopiesIssued(Body, frozen=True, kw_only=True):
    """Label copies were issued after the claim: a reprint, a spoiled label, or a manifest that came late."""

    claim: Hex32
    reason: Reason
    copies: Annotated[tuple[LabelCopy, ...], msgspec.Meta(min_length=1, max_length=MAX_ROLLS)]


class AccessCodeReplaced(Body, frozen=True, kw_only=True):
    """The receipt's access code was made anew (a crash lost the old one unprinted); the old one is void."""

    claim: Hex32
    reason: Reason


class AccessCodeReplacedSecrets(Body, frozen=True, kw_only=True):
    """The secret part of :class:`AccessCodeReplaced`."""

    access_code: Annotated[str, msgspec.Meta(min_length=17, max_length=17)]

    def __repr__(self) -> str:
        return "AccessCodeReplacedSecrets(...)"


KINDS: dict[str, type[Body]] = {
    kind.__name__: kind for kind in (EpochOpened, PackageClaimed, ClaimWithdrawn, CopiesIssued, AccessCodeReplaced)
}
"""Every kind a station may write today, by its name on the wire."""


def public_of(body: Body) -> dict[str, Any]:
    """Return ``body`` as the JSON object that stands in an event's public, sealed or secret part."""
    return msgspec.to_builtins(body)


def read_public(event: Event) -> Body:
    """Return the typed public body of ``event``.

    Raises:
        EventMalformed: an unknown kind, or a body out of its form.
    """
    kind = KINDS.get(event.kind)
    if kind is None:
        raise EventMalformed(f"unknown kind {event.kind}")
    return read_body(event.public, kind)


def read_body(body: dict[str, Any], kind: type[SomeBody]) -> SomeBody:
    """Return ``body`` as ``kind``.

    Raises:
        EventMalformed: it does not fit.
    """
    try:
        return msgspec.convert(body, kind, strict=True)
    except msgspec.ValidationError as cause:
        raise EventMalformed(f"{kind.__name__}: {cause}") from cause
