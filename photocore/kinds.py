"""The event kinds of the counter: what stands in the public, the sealed and the secret part of each.

Public bodies travel and stay in the clear, so nothing derived from a card may stand there (DESIGN 5E). A field once
published is read for ever: new ones come with a default.
"""

from typing import Annotated, Any, Literal

import msgspec

from photocore.errors import EventMalformed
from photocore.events import Event, Hex16, Hex32, Hex64, Seq
from photocore.kind_values import (
    Body,
    CardIssue,
    CardNumberText,
    CardTableName,
    Copy,
    HousePackage,
    HouseRoll,
    Item,
    NoticeVersion,
    PaperRowCode,
    Reason,
    RegistrationNumber,
    SomeBody,
    Staff,
    StoreGln,
)
from photocore.package import MAX_ROLLS, Gtin14
from photocore.till_kinds import (
    BagPickedUp,
    DropOffWithdrawn,
    PackageSold,
    RollsDropped,
    SaleCorrected,
    SaleRefunded,
)


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


class PaperSource(Body, frozen=True, kw_only=True):
    """Where a registration stood on paper while the station was dead: the row's code, and when, as it was written.

    ``written`` is day, hour and minute as six digits: nobody saw the clock it was taken from, so it proves nothing.
    """

    row: PaperRowCode
    written: Annotated[str, msgspec.Meta(pattern=r"^[0-9]{6}\Z")]


class PackageClaimed(Body, frozen=True, kw_only=True):
    """A shopper registered ``item`` at a station; a registration is what the owner rule makes of it.

    ``item`` is what was scanned or typed: a package ID or any one of its roll IDs (O11). ``package`` and ``rolls`` are
    what the station's roster said of it, or null and empty. ``copies`` are the label copies the station will print.
    ``corrects`` names the parked event that this one stands for (DESIGN 5E). ``language`` is what the shopper chose.
    ``notice`` is the version of the privacy notice they agreed to; None from a station that asked nobody yet.
    """

    item: Item
    level: Literal["package", "roll", "unknown"]
    package: Item | None
    rolls: Annotated[tuple[Item, ...], msgspec.Meta(max_length=MAX_ROLLS)]
    store: StoreGln
    number: RegistrationNumber
    item_typed: bool
    card_typed: bool
    claim_code: bool
    activation: Literal["registration", "till"]
    roster: Annotated[int, msgspec.Meta(ge=0)]
    copies: Annotated[tuple[LabelCopy, ...], msgspec.Meta(max_length=MAX_ROLLS)]
    language: Annotated[str, msgspec.Meta(max_length=12)] = "en"
    staff: Staff | None = None
    corrects: Hex32 | None = None
    paper: PaperSource | None = None
    notice: NoticeVersion | None = None


class PackageClaimedSealed(Body, frozen=True, kw_only=True):
    """The personal part of :class:`PackageClaimed`: whose card it was; the key is (table, number).

    ``card_issue`` tells a card from the one issued after it (AI 8019), where the card says so.
    """

    card_table: CardTableName
    card_number: CardNumberText
    card_issue: CardIssue | None = None

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
    staff: Staff | None = None
    corrects: Hex32 | None = None


class CopiesIssued(Body, frozen=True, kw_only=True):
    """Label copies were issued after the claim: a reprint, a spoiled label, or a manifest that came late."""

    claim: Hex32
    reason: Reason
    copies: Annotated[tuple[LabelCopy, ...], msgspec.Meta(min_length=1, max_length=MAX_ROLLS)]
    staff: Staff | None = None
    corrects: Hex32 | None = None


class AccessCodeReplaced(Body, frozen=True, kw_only=True):
    """The receipt's access code was made anew (a crash lost the old one unprinted); the old one is void."""

    claim: Hex32
    reason: Reason
    staff: Staff | None = None


class AccessCodeReplacedSecrets(Body, frozen=True, kw_only=True):
    """The secret part of :class:`AccessCodeReplaced`."""

    access_code: Annotated[str, msgspec.Meta(min_length=17, max_length=17)]

    def __repr__(self) -> str:
        return "AccessCodeReplacedSecrets(...)"


class PackageMadeUp(Body, frozen=True, kw_only=True):
    """A store made a package of film that has no serials: house codes for it and its cartridges (O18, DESIGN 5B).

    It is the manifest, forwarded as retailer. ``product`` is the GTIN on the box. Made up for a shelf (``coded``) every
    cartridge has a claim code of its own under the strip; made up for a shopper who stands there it has none, and the
    same commit holds their :class:`PackageClaimed`. ``copies`` are the label copies, where they are printed before
    any claim.
    """

    package: HousePackage
    rolls: Annotated[tuple[HouseRoll, ...], msgspec.Meta(min_length=1, max_length=MAX_ROLLS)]
    product: Gtin14 | None
    store: StoreGln
    coded: bool
    copies: Annotated[tuple[LabelCopy, ...], msgspec.Meta(max_length=MAX_ROLLS)]
    staff: Staff | None = None
    corrects: Hex32 | None = None


class CodeOfRoll(msgspec.Struct, frozen=True, kw_only=True):
    """The claim code on one cartridge's label: 13 symbols, secret."""

    roll: HouseRoll
    code: Annotated[str, msgspec.Meta(min_length=13, max_length=13)]

    def __repr__(self) -> str:
        return f"CodeOfRoll(roll={self.roll!r})"


class PackageMadeUpSecrets(Body, frozen=True, kw_only=True):
    """The secret part of a coded :class:`PackageMadeUp`: one claim code a roll."""

    codes: Annotated[tuple[CodeOfRoll, ...], msgspec.Meta(min_length=1, max_length=MAX_ROLLS)]


class ClaimCodesReplaced(Body, frozen=True, kw_only=True):
    """Labels of an unsold package were printed again: new claim codes and copies, the old of each are void.

    Also what a crash lost between minting and paper is made good by it (DESIGN 5A).
    """

    package: HousePackage
    copies: Annotated[tuple[LabelCopy, ...], msgspec.Meta(min_length=1, max_length=MAX_ROLLS)]
    reason: Reason
    staff: Staff | None = None


class ClaimCodesReplacedSecrets(Body, frozen=True, kw_only=True):
    """The secret part of :class:`ClaimCodesReplaced`: the new code of each roll in ``copies``."""

    codes: Annotated[tuple[CodeOfRoll, ...], msgspec.Meta(min_length=1, max_length=MAX_ROLLS)]


class MakeUpWithdrawn(Body, frozen=True, kw_only=True):
    """A made-up package is none: wrongly counted, or undone with its registration. Labels and claim codes are void."""

    package: HousePackage
    reason: Reason
    staff: Staff | None = None
    corrects: Hex32 | None = None


class CardsMerged(Body, frozen=True, kw_only=True):
    """Two cards are one customer's, says a member of staff who had both before them.

    ``guest``: a guest card's registrations go to the shopper's own card. ``replaced``: a card is lost, another one
    stands in its place; the old one is good for nothing any more. ``household``: two cards, one account; both stay
    good. ``claim`` is the registration of this very station whose card is the old one, where the card itself is gone.
    """

    why: Literal["guest", "replaced", "household"]
    store: StoreGln
    staff: Staff
    reason: Reason = ""
    claim: Hex32 | None = None


class CardsMergedSealed(Body, frozen=True, kw_only=True):
    """The personal part of :class:`CardsMerged`; the old card is missing where a registration stands for it."""

    into_table: CardTableName
    into_number: CardNumberText
    old_table: CardTableName | None = None
    old_number: CardNumberText | None = None

    def __repr__(self) -> str:
        return "CardsMergedSealed(...)"


Act = Literal[
    "labels_resumed",
    "label_settled",
    "package_label_reprinted",
    "drop_papers_reprinted",
    "parked_closed",
    "station_restored",
    "printing_paused",
    "printing_resumed",
    "test_printed",
    "label_roll_changed",
    "print_moved",
    "training_begun",
    "device_replaced",
]
"""What a member of staff can have done that no other event tells of."""


class StaffOverrode(Body, frozen=True, kw_only=True):
    """A member of staff did what the station would not have done by itself, and no other event tells of.

    ``labels_resumed``: set-aside labels were let go. ``label_settled``: a person said that a doubtful copy is on
    paper. ``package_label_reprinted``: a made-up package's label was printed anew (``copy``).
    ``drop_papers_reprinted``: a bag label, a twin check or a claim stub (``copy``) of a drop-off (``about``) was.
    ``parked_closed``: a parked event (``about``) needs nothing more. ``station_restored``: what a restored station's
    journal had lost was taken note of. From ``printing_paused`` to ``printing_resumed``, half an hour at most, no label
    went to the printer. ``test_printed``: a label that stands for nothing. ``label_roll_changed`` and ``print_moved``:
    ``reason`` says how far, in tenths of a millimetre. ``training_begun``: what was done here until they left counts
    for nothing, and is told nowhere. ``device_replaced``: a device that was plugged in is the new one of a name of the
    device book, both in ``reason``.
    """

    staff: Staff
    act: Act
    reason: Reason = ""
    about: Hex32 | None = None
    roll: Item | None = None
    copy: Copy | None = None


KINDS: dict[str, type[Body]] = {
    kind.__name__: kind
    for kind in (
        EpochOpened,
        PackageClaimed,
        ClaimWithdrawn,
        CopiesIssued,
        AccessCodeReplaced,
        PackageMadeUp,
        ClaimCodesReplaced,
        MakeUpWithdrawn,
        CardsMerged,
        StaffOverrode,
        PackageSold,
        SaleRefunded,
        SaleCorrected,
        RollsDropped,
        DropOffWithdrawn,
        BagPickedUp,
    )
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
