"""A desk without a journal: it holds state, refuses wrong orders, and can be told to fail."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Literal

from kiosk.ports import CopyFate
from kiosk.testing.made_up_desk import FakeMakeUps
from kiosk.testing.papers import Held, count_papers
from kiosk.testing.staff_desk import FakeStaffDesk
from photocore.cards import GUEST_TABLE, CardNumber, CardTable
from photocore.codes import mint_guest_card
from photocore.ids import ItemId
from photocore.package import Manifest, Product
from photocore.scans import Level
from photocore.symbology import Scan, interpret_typed, read_frame
from photocore.testing import SeededEntropy
from sync.errors import DeskReason, DeskRefusal
from sync.label_states import LabelState
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

ACCESS_CODE = "7Q2M9XKD4F8T0ABCD"
CARDS = CardTable(name="demo", kind="card", symbologies=("ean-13", "code-128"), pattern=r"29\d{11}", check="gs1")
BADGES = CardTable(name="staff", kind="badge", symbologies=("code-128",), pattern=r"TCB\d{6}", typed=False)


@dataclass
class FakeStore:
    """A store's settings. Also the roster's knowledge, for the reader."""

    name: str = "Halide & Co."
    prints_labels: bool = True
    card_tables: tuple[CardTable, ...] = (CARDS, BADGES)
    levels: dict[str, Level] = field(default_factory=dict[str, Level])
    make_up: Literal["staff", "shopper"] = "staff"
    products: dict[str, Product] = field(default_factory=dict[str, Product])

    def product(self, gtin: str) -> Product | None:
        """Return what a GTIN is."""
        return self.products.get(gtin)

    def level_of(self, gtin: str) -> Level | None:
        """Return what a GTIN is."""
        return self.levels.get(gtin)


@dataclass
class RosterReader:
    """Reads codes by a store's knowledge, as the real one does."""

    store: FakeStore

    def read_frame(self, frame: bytes, expecting: Collection[type], scanner: str = "") -> Scan:
        """Return the one meaning of a frame; all scanners here send GS as it is."""
        del scanner
        return read_frame(frame, self.store, expecting=expecting)

    def read_typed(self, text: str, expecting: Collection[type]) -> Scan:
        """Return the one meaning of typed text."""
        return interpret_typed(text, self.store, expecting=expecting)


@dataclass
class SilentScanner:
    """Takes answers and remembers them."""

    answers: list[bool] = field(default_factory=list[bool])
    answered: list[str] = field(default_factory=list[str])
    """Which scanner each answer was for."""

    def answer(self, ok: bool, scanner: str = "") -> bool:
        """Remember the answer."""
        self.answers.append(ok)
        self.answered.append(scanner)
        return True


class FakeDesk(FakeMakeUps, FakeStaffDesk):
    """A station's desk in memory. Thread-safe enough for one worker; every verb is as strict as the real one."""

    def __init__(self) -> None:
        super().__init__()
        self.revoked: set[ItemId] = set()
        self.cardless: set[str] = set()
        """Claims that came back to a restored station: whose card it was it does not know."""
        self.status_now = StationStatus(
            online=True, unsent=0, oldest_age_s=None, parked=0, last_ack_at=None, journal_ok=True
        )
        self.registered_calls: list[str] = []
        self.resumed: list[int] = []
        self.lost: set[CardNumber] = set()
        """Cards in whose place another one stands."""
        self.access_url = ""
        """Where a receipt's code points; a store without it has no link to give."""
        self._minted = 0
        self._printed = SeededEntropy(5)

    # -- what a test arranges ---------------------------------------------------------------------

    def stock(self, product: Product, package: str, rolls: Collection[str]) -> ItemId:
        """Put a package with its rolls on the roster."""
        self.products[product.gtin] = product
        item = ItemId(package)
        named = tuple(ItemId(roll) for roll in rolls)
        self.manifests[item] = Manifest(package=item, rolls=named, source="maker", product=product.gtin)
        return item

    def settle(self, claim: str, state: LabelState, *, only: int | None = None) -> None:
        """Let every label of a claim, or the one of job ``only``, come to ``state``."""
        held = self.held[claim]
        held.jobs = [replace(job, state=state) if only in (None, job.id) else job for job in held.jobs]

    # -- the desk's verbs -------------------------------------------------------------------------

    def look_up(self, item: ItemId) -> PackageView:
        """Return what is known of ``item``."""
        return self._view(item, None)

    def check_claim(self, item: ItemId, card: CardNumber) -> PackageView:
        """Return what is known of ``item``, judged for ``card``."""
        return replace(self._view(item, card), is_card_lost=card in self.lost)

    def mint_event_id(self) -> str:
        """Return a fresh ID."""
        self._minted += 1
        return f"{self._minted:032x}"

    def mint_guest_card(self) -> CardNumber:
        """Return a card for a shopper who has none; the same whenever a test is played."""
        return CardNumber(table=GUEST_TABLE, number=mint_guest_card(self._printed))

    def register(self, wish: RegisterWish) -> Registered:
        """Register, once per event ID."""
        self._demand_journal()
        self.registered_calls.append(wish.event_id)
        if wish.event_id not in self.held:
            if self._view(wish.item, wish.card).revoked:
                raise DeskRefusal(DeskReason.REVOKED)
            self._enter_row(wish)
            self._end_corrected(wish)
            view = self._view(wish.item, wish.card)
            if view.registered == "same_card":
                raise DeskRefusal(DeskReason.REGISTERED_TO_THIS_CARD, claim=view.claim, number=view.number)
            if view.registered == "here":
                raise DeskRefusal(DeskReason.REGISTERED_HERE)
            if view.registered:
                raise DeskRefusal(DeskReason.REGISTERED_TO_ANOTHER_CARD)
            self._hold(wish, view)
        self._lose_answer()
        held = self.held[wish.event_id]
        package = self._package_of(wish.item)
        return Registered(
            claim=wish.event_id,
            number=held.number,
            package=package.package if package else None,
            rolls=package.rolls if package else (),
            jobs=tuple(held.jobs),
            waiting_for_manifest=held.is_waiting,
            link=f"{self.access_url}#{ACCESS_CODE}" if self.access_url else "",
        )

    def undo(
        self, claim: str, by: Literal["shopper", "staff"] = "shopper", reason: str = "", staff: str | None = None
    ) -> Undone:
        """Withdraw a claim, and the make-up of the same commit. Twice is harmless."""
        self._demand_journal()
        if by == "staff":
            self.note_override(staff, "void", reason)
        if claim not in self.held:
            raise DeskRefusal(DeskReason.UNKNOWN_CLAIM)
        held = self.held[claim]
        held.withdrawn = True
        self.withdraw_made_with(claim)
        for job in held.jobs:
            self.void_copies[str(job.roll), job.copy] = "void"
        self._lose_answer()
        return count_papers(held.jobs)

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
        """Void and queue again; or print what waited."""
        self._demand_journal()
        if staff:
            self.note_override(staff, "receipt" if receipt else "labels", reason)
        held = self._live(claim)
        if card is not None and card != held.wish.card:
            raise DeskRefusal(DeskReason.REGISTERED_TO_ANOTHER_CARD)
        if held.is_waiting:
            return self.issue_labels(claim)
        fresh: list[JobView] = []
        for job in held.jobs:
            if job.kind == "roll" and (rolls is None or job.roll in rolls):
                self.void_copies[str(job.roll), job.copy] = "replaced"
                fresh.append(self._job_for(job.roll, job.number, job.of))
            elif job.kind == "receipt" and receipt:
                fresh.append(self._job_for(None, 1, 1))
            else:
                fresh.append(job)
        held.jobs = fresh
        self._lose_answer()
        return tuple(fresh)

    def issue_labels(self, claim: str) -> tuple[JobView, ...]:
        """Print what waited, if the manifest is known now."""
        held = self._live(claim)
        manifest = self._package_of(held.wish.item)
        if held.is_waiting and manifest:
            held.is_waiting = False
            of = len(manifest.rolls)
            held.jobs += [self._job_for(roll, n, of) for n, roll in enumerate(manifest.rolls, start=1)]
        return tuple(held.jobs)

    def resume(self, job_id: int) -> None:
        """Queue a deferred label again."""
        self.resumed.append(job_id)
        self.set_job(job_id, LabelState.QUEUED)

    def find_registration(self, number: str) -> RegistrationView | None:
        """Return a registration by its number."""
        for claim, held in self.held.items():
            if held.number == number:
                package = self._package_of(held.wish.item)
                return RegistrationView(
                    claim=claim,
                    number=number,
                    item=held.wish.item,
                    package=package.package if package else None,
                    rolls=package.rolls if package else (),
                    waiting_for_manifest=held.is_waiting,
                    withdrawn=held.withdrawn,
                    made_at="2026-11-21T09:30:00.000Z",
                    jobs=tuple(held.jobs),
                )
        return None

    def copy_state(self, item: ItemId, copy: str) -> CopyFate:
        """Say what a copy is worth."""
        if any(job.roll == item and job.copy == copy for held in self.held.values() for job in held.jobs):
            return self.void_copies.get((item, copy), "valid")
        return self.void_copies.get((item, copy), "unknown")

    def mark_printed_by_scan(self, item: ItemId, copy: str) -> LabelState | None:
        """Take a scan as proof."""
        for papers in self.all_papers():
            for at, job in enumerate(papers):
                if job.copy == copy and job.roll in (item, None):
                    papers[at] = replace(job, state=LabelState.TAKEN)
                    return LabelState.TAKEN
        return None

    def jobs(self, claim: str) -> tuple[JobView, ...]:
        """Return a claim's valid copies."""
        held = self.held[claim]
        return () if held.withdrawn else tuple(held.jobs)

    def level(self, claim: str) -> ClaimLevel:
        """Say how far a claim has come."""
        held = self.held[claim]
        return ClaimLevel(word="withdrawn" if held.withdrawn else held.level)

    def status(self) -> StationStatus:
        """Return the light."""
        journal_ok = self.status_now.journal_ok and not self.is_down
        parked = len(self.parked_now) or self.status_now.parked
        return replace(self.status_now, journal_ok=journal_ok, parked=parked)

    # -- inside -----------------------------------------------------------------------------------

    def _live(self, claim: str) -> Held:
        if claim not in self.held:
            raise DeskRefusal(DeskReason.UNKNOWN_CLAIM)
        if self.held[claim].withdrawn:
            raise DeskRefusal(DeskReason.WITHDRAWN)
        return self.held[claim]

    def _view(self, item: ItemId, card: CardNumber | None) -> PackageView:
        manifest = self._package_of(item)
        ids = {item, *((manifest.package, *manifest.rolls) if manifest else ())}
        holder = next((c for c, h in self.held.items() if h.wish.item in ids and not h.withdrawn), None)
        is_same = holder is not None and holder not in self.cardless and self.held[holder].wish.card == card
        is_unknown = card is None or holder in self.cardless
        seen = None if holder is None else "here" if is_unknown else "same_card" if is_same else "other_card"
        return PackageView(
            item=item,
            package=manifest.package if manifest else None,
            product=self.products.get(manifest.product or "") if manifest else None,
            rolls=manifest.rolls if manifest else (),
            to_label=self._unlabelled(manifest.rolls) if manifest else (),
            knowledge="roster" if manifest else "unknown",
            revoked=bool(ids & self.revoked),
            registered=seen,
            claim=holder if is_same else None,
            number=self.held[holder].number if holder and is_same else None,
        )

    def _unlabelled(self, rolls: Collection[ItemId]) -> tuple[ItemId, ...]:
        """Return the rolls without a label of the shelf, which stays valid; a registration's ends with it."""
        on_the_shelf = {job.roll for made in self.made.values() if not made.withdrawn for job in made.jobs}
        return tuple(roll for roll in rolls if roll not in on_the_shelf)

    def _hold(self, wish: RegisterWish, view: PackageView) -> None:
        of = len(view.rolls)
        jobs = [self._job_for(roll, n, of) for n, roll in enumerate(view.rolls, start=1) if roll in view.to_label]
        jobs.append(self._job_for(None, 1, 1))
        number = f"TCN-7Q2M9X{len(self.held):02d}K"
        self.held[wish.event_id] = Held(wish=wish, number=number, jobs=jobs, is_waiting=not view.rolls)
