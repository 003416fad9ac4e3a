"""Everything ``sync`` can raise, drawn as a tree.

::

    TwincheckError
    └── SyncError
        ├── JournalDown          nobody can tell whether it was stored; an error a screen must show
        │   ├── NotStored        ... it surely was not
        │   │   └── DiskFull     ... as the disk has no room for new events
        │   ├── JournalBusy      ... another process is its writer
        │   ├── JournalTooNew    ... a newer version of Twincheck wrote it
        │   ├── JournalDamaged   ... it does not pass its check
        │   └── SqliteUnfit      ... the SQLite under it does not do what we rely on
        ├── DeskRefusal          the desk will not do it, and why
        ├── StaffRefusal         nobody was signed in: wrong badge or PIN, or locked after too many
        ├── StaffUnfit           a badge, name or PIN that cannot be taken into the book
        ├── IllegalTransition    a label job cannot go from its state to that one
        ├── AnswerRefused        an answer from the network that must not be believed
        │   ├── HistoryForked    ... another history stands upstream in our name
        │   ├── ReturnRefused    ... events given back to a restored station that it cannot believe
        │   └── RosterOlder      ... a roster rightly signed, but older than the one in force
        ├── ParcelRefused        a parcel that cannot be written, or must not be believed or carried
        ├── NotEnrolled          the folder is no station yet
        └── EnrolmentRefused     the photoservice, or we, refused the enrolment
"""

from enum import StrEnum
from typing import Literal

from photocore.errors import TwincheckError


class SyncError(TwincheckError):
    """The root of every error of this package."""


class JournalDown(SyncError):
    """The journal takes nothing now, and nobody can tell whether it took this: COMMIT was tried and did not succeed.

    Ask again with the same event ID: what was stored is found, not doubled.
    """


class NotStored(JournalDown):
    """What was asked for is surely not stored: it failed before COMMIT was tried."""


class JournalBusy(JournalDown):
    """Another process is the journal's writer."""

    def __init__(self, path: str, holder: int | None) -> None:
        who = f"process {holder}" if holder else "another process"
        super().__init__(f"{path} is in use by {who}; a journal has one writer.")
        self.holder = holder


class JournalTooNew(JournalDown):
    """A newer version of Twincheck wrote the journal; this one must not touch it."""


class JournalDamaged(JournalDown):
    """The journal does not pass its check. The file is left as it is."""


class SqliteUnfit(JournalDown):
    """The SQLite under the journal is too old, or does not keep a setting we rely on."""


class DiskFull(NotStored):
    """The disk has no room for new events; what is stored is safe, and syncing goes on."""


class DeskReason(StrEnum):
    """Why the desk refuses."""

    REVOKED = "revoked"
    REGISTERED_TO_THIS_CARD = "registered_to_this_card"
    REGISTERED_TO_ANOTHER_CARD = "registered_to_another_card"
    REGISTERED_HERE = "registered_here"
    EVENT_ID_REUSED = "event_id_reused"
    UNKNOWN_CLAIM = "unknown_claim"
    WITHDRAWN = "withdrawn"
    UNKNOWN_ROLL = "unknown_roll"
    NO_ROSTER = "no_roster"
    STAFF_NEEDED = "staff_needed"
    COUNT = "count"
    PRODUCT = "product"
    UNKNOWN_PACKAGE = "unknown_package"
    MAKE_UP_WITHDRAWN = "make_up_withdrawn"
    REGISTERED_MEANWHILE = "registered_meanwhile"
    NO_CLAIM_CODES = "no_claim_codes"
    UNKNOWN_JOB = "unknown_job"
    JOB_NOT_SET_ASIDE = "job_not_set_aside"
    JOB_NOT_IN_DOUBT = "job_not_in_doubt"
    NOT_PARKED = "not_parked"
    CANNOT_CORRECT = "cannot_correct"
    CARD_REPLACED = "card_replaced"
    SAME_CARD = "same_card"
    ROW_ENTERED = "row_entered"
    NO_PRINTER = "no_printer"
    DEVICE_GONE = "device_gone"
    TILL_UNFIT = "till_unfit"
    OTHER_STORE = "other_store"
    UNIT_SOLD = "unit_sold"
    UNIT_REFUNDED = "unit_refunded"
    UNKNOWN_SALE = "unknown_sale"
    SALE_CORRECTED = "sale_corrected"
    BAG_COUNT = "bag_count"
    ROLL_TWICE = "roll_twice"
    ROLL_IN_BAG = "roll_in_bag"
    NUMBERS_SPENT = "numbers_spent"
    BAG_NUMBER = "bag_number"
    UNKNOWN_DROP_OFF = "unknown_drop_off"
    DROP_OFF_WITHDRAWN = "drop_off_withdrawn"
    PICKED_UP = "picked_up"


_REFUSALS = {
    DeskReason.REVOKED: "This package was recalled and cannot be registered.",
    DeskReason.REGISTERED_TO_THIS_CARD: "This package is already registered to this card.",
    DeskReason.REGISTERED_TO_ANOTHER_CARD: "This package is already registered to another card.",
    DeskReason.REGISTERED_HERE: "This package is registered at this station already, to a card not known any more.",
    DeskReason.EVENT_ID_REUSED: "This event ID already stands for something else.",
    DeskReason.UNKNOWN_CLAIM: "No such registration was made at this station.",
    DeskReason.WITHDRAWN: "This registration was undone.",
    DeskReason.UNKNOWN_ROLL: "This registration has no such roll.",
    DeskReason.NO_ROSTER: "The station has no roster yet; it must be enrolled first.",
    DeskReason.STAFF_NEEDED: "A member of staff must sign in to make up this package.",
    DeskReason.COUNT: "A package holds 1 to 50 rolls.",
    DeskReason.PRODUCT: "This is no product code of a film.",
    DeskReason.UNKNOWN_PACKAGE: "No such package was made up at this station.",
    DeskReason.MAKE_UP_WITHDRAWN: "This made-up package was undone; its labels count no more.",
    DeskReason.REGISTERED_MEANWHILE: "This package is registered: reprint or undo it by its registration.",
    DeskReason.NO_CLAIM_CODES: "This package was made up for a registration; its labels have no claim codes.",
    DeskReason.ROW_ENTERED: "This row of the paper list was entered already.",
    DeskReason.NO_PRINTER: "This station has no printer.",
    DeskReason.DEVICE_GONE: "That device is not plugged in any more, or the device book cannot be written.",
    DeskReason.UNKNOWN_JOB: "This station has no such label to print.",
    DeskReason.JOB_NOT_SET_ASIDE: "This label is not set aside.",
    DeskReason.JOB_NOT_IN_DOUBT: "Nobody is in doubt about this label.",
    DeskReason.NOT_PARKED: "This is not parked, or not any more: there is nothing to correct.",
    DeskReason.CARD_REPLACED: "Another card stands in this one's place; this one registers nothing any more.",
    DeskReason.SAME_CARD: "These are one and the same card.",
    DeskReason.TILL_UNFIT: "What the till told has not the form of a sale or a drop-off; nothing was stored.",
    DeskReason.OTHER_STORE: "This is of another store; this station tells of its own store's sales only.",
    DeskReason.UNIT_SOLD: "This unit of a sale was told already; what was told must be taken back first.",
    DeskReason.UNIT_REFUNDED: "This unit of a sale was given back already.",
    DeskReason.UNKNOWN_SALE: "This station told no such thing of this piece.",
    DeskReason.SALE_CORRECTED: "This was taken back already.",
    DeskReason.BAG_COUNT: "A bag holds 1 to 50 rolls.",
    DeskReason.ROLL_TWICE: "The same roll was scanned twice for this bag.",
    DeskReason.ROLL_IN_BAG: "This roll lies in a bag of this station already; withdraw that drop-off first.",
    DeskReason.NUMBERS_SPENT: "This till's numbers of the season are used up; give it another range or season.",
    DeskReason.BAG_NUMBER: "This is no bag's number, or it was misread.",
    DeskReason.UNKNOWN_DROP_OFF: "No such drop-off was made at this station.",
    DeskReason.DROP_OFF_WITHDRAWN: "This drop-off was withdrawn; its papers count no more.",
    DeskReason.PICKED_UP: "This bag was picked up already.",
    DeskReason.CANNOT_CORRECT: "This cannot be sent again as it is: register the package once more, or close it.",
}


class DeskRefusal(SyncError):
    """The desk will not do it. ``claim`` and ``number`` name this card's own earlier registration, never another's."""

    def __init__(self, reason: DeskReason, *, claim: str | None = None, number: str | None = None) -> None:
        super().__init__(_REFUSALS[reason])
        self.reason = reason
        self.claim = claim
        self.number = number


StaffReason = Literal["wrong", "locked"]


class StaffRefusal(SyncError):
    """Nobody was signed in. An unknown badge is told like a wrong PIN; ``wait_s`` is how long a locked one stays so."""

    def __init__(self, reason: StaffReason, *, wait_s: float | None = None) -> None:
        told = "Badge and PIN do not fit." if reason == "wrong" else "Too many wrong PINs: this badge is locked."
        super().__init__(told)
        self.reason: StaffReason = reason
        self.wait_s = wait_s


class StaffUnfit(SyncError):
    """A badge, a name or a PIN that cannot be taken into the staff book, or a member who is not in it."""


class IllegalTransition(SyncError):
    """A label job cannot go from its state to that one."""


class AnswerRefused(SyncError):
    """An answer from the network that must not be believed: not ours, not signed, or not to our question."""


class HistoryForked(AnswerRefused):
    """The photoservice holds another event of ours at one place: this station may have a twin. Nothing is sent."""


class ReturnRefused(AnswerRefused):
    """Events given back to a restored station are not its own, or do not follow each other without a gap."""


class RosterOlder(AnswerRefused):
    """The roster is rightly signed, but older than the one in force: replayed, or its service came from a backup."""


class ParcelRefused(SyncError):
    """A parcel that cannot be written or read, is not whole, is another's, or asks for what no station sends."""


class NotEnrolled(SyncError):
    """The folder is no station yet, or a part of it is missing."""


class EnrolmentRefused(SyncError):
    """The photoservice, or we, refused the enrolment."""
