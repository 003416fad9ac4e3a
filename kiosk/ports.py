"""What the kiosk needs of the rooms below, as it needs it: a desk, a reader of codes, a scanner to answer.

:mod:`kiosk.wiring` fills these with ``sync`` and ``hardware``; :mod:`kiosk.testing` with fakes that behave.
"""

from collections.abc import Collection
from typing import Literal, Protocol

from kiosk.staff_ports import MakeUpDesk, StaffDesk, ToolDesk
from photocore.cards import CardNumber
from photocore.ids import ItemId
from photocore.package import Product
from photocore.symbology import Scan
from sync.views import (
    ClaimLevel,
    JobView,
    PackageView,
    Registered,
    RegisterWish,
    RegistrationView,
    StationStatus,
    Undone,
)

CopyFate = Literal["valid", "replaced", "void", "unknown"]


class Desk(MakeUpDesk, StaffDesk, ToolDesk, Protocol):
    """The station's desk. Every verb blocks until it is durable, and may raise JournalDown or DeskRefusal."""

    def look_up(self, item: ItemId) -> PackageView:
        """Return what is known of an item; an unknown one is an answer."""
        ...

    def check_claim(self, item: ItemId, card: CardNumber) -> PackageView:
        """Return what is known of an item, judged for this card."""
        ...

    def mint_event_id(self) -> str:
        """Return a fresh event ID."""
        ...

    def mint_guest_card(self) -> CardNumber:
        """Return a card for a shopper who has none."""
        ...

    def register(self, wish: RegisterWish) -> Registered:
        """Register in one commit; idempotent by the wish's event ID."""
        ...

    def undo(
        self, claim: str, by: Literal["shopper", "staff"] = "shopper", reason: str = "", staff: str | None = None
    ) -> Undone:
        """Withdraw a claim; its papers become void, and are counted."""
        ...

    def reprint(
        self,
        claim: str,
        rolls: tuple[ItemId, ...] | None,
        reason: str,
        *,
        receipt: bool = False,
        card: CardNumber | None = None,
        staff: str | None = None,
    ) -> tuple[JobView, ...]:
        """Queue new copies, each voiding the old one, or the first of a claim that waited; refuses another ``card``."""
        ...

    def issue_labels(self, claim: str) -> tuple[JobView, ...]:
        """Queue the labels that waited for the maker's list, if it has come."""
        ...

    def find_registration(self, number: str) -> RegistrationView | None:
        """Return a registration by its receipt's number."""
        ...

    def copy_state(self, item: ItemId, copy: str) -> CopyFate:
        """Say what one printed copy is worth."""
        ...

    def mark_printed_by_scan(self, item: ItemId, copy: str) -> object:
        """Take the scan of a fresh label as proof that it is on paper."""
        ...

    def jobs(self, claim: str) -> tuple[JobView, ...]:
        """Return a claim's valid copies."""
        ...

    def level(self, claim: str) -> ClaimLevel:
        """Say how far a claim has come."""
        ...

    def status(self) -> StationStatus:
        """Return what the light shows; never raises."""
        ...


class StoreFacts(Protocol):
    """What the store's settings say to the screen."""

    @property
    def name(self) -> str:
        """The name shoppers know."""
        ...

    @property
    def prints_labels(self) -> bool:
        """Whether this store prints roll labels, or receipts only."""
        ...

    @property
    def make_up(self) -> Literal["staff", "shopper"]:
        """Who may make up a package of film that has no serials."""
        ...

    def product(self, gtin: str) -> Product | None:
        """Return what a GTIN is, if the roster knows."""
        ...


class LabelQueue(Protocol):
    """The part of the label jobs that a receipt's scan may push."""

    def resume(self, job_id: int) -> None:
        """Queue a deferred label again."""
        ...


class CodeReader(Protocol):
    """Says what bytes and typed text mean, by the roster's knowledge. Quick: it runs on the screen's thread."""

    def read_frame(self, frame: bytes, expecting: Collection[type], scanner: str = "") -> Scan:
        """Return the one meaning of a frame of the scanner so named."""
        ...

    def read_typed(self, text: str, expecting: Collection[type]) -> Scan:
        """Return the one meaning of typed text."""
        ...


class Answering(Protocol):
    """A scanner that can be told whether its code was taken."""

    def answer(self, ok: bool) -> object:
        """Beep good, or refused."""
        ...
