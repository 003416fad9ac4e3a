"""A desk without a journal: it holds state, refuses wrong orders, and can be told to fail."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Literal

from kiosk.ports import CopyFate
from photocore.cards import CardNumber, CardTable
from photocore.ids import ItemId
from photocore.package import Manifest, Product
from photocore.scans import Level
from photocore.symbology import Scan, interpret_typed, read_frame
from sync.errors import DeskReason, DeskRefusal, JournalDown, NotStored
from sync.label_states import LabelState
from sync.views import (
    ClaimLevel,
    JobView,
    LevelWord,
    PackageView,
    Registered,
    RegisterWish,
    RegistrationView,
    StationStatus,
    Undone,
)

CARDS = CardTable(name="demo", kind="card", symbologies=("ean-13", "code-128"), pattern=r"29\d{11}", check="gs1")
BADGES = CardTable(name="staff", kind="badge", symbologies=("code-128",), pattern=r"TCB\d{6}", typed=False)


@dataclass
class FakeStore:
    """A store's settings. Also the roster's knowledge, for the reader."""

    name: str = "Halide & Co."
    prints_labels: bool = True
    card_tables: tuple[CardTable, ...] = (CARDS, BADGES)
    levels: dict[str, Level] = field(default_factory=dict[str, Level])

    def level_of(self, gtin: str) -> Level | None:
        """Return what a GTIN is."""
        return self.levels.get(gtin)


@dataclass
class RosterReader:
    """Reads codes by a store's knowledge, as the real one does."""

    store: FakeStore

    def read_frame(self, frame: bytes, expecting: Collection[type]) -> Scan:
        """Return the one meaning of a frame."""
        return read_frame(frame, self.store, expecting=expecting)

    def read_typed(self, text: str, expecting: Collection[type]) -> Scan:
        """Return the one meaning of typed text."""
        return interpret_typed(text, self.store, expecting=expecting)


@dataclass
class SilentScanner:
    """Takes answers and remembers them."""

    answers: list[bool] = field(default_factory=list[bool])

    def answer(self, ok: bool) -> bool:
        """Remember the answer."""
        self.answers.append(ok)
        return True


@dataclass
class _Held:
    """One registration of the fake."""

    wish: RegisterWish
    number: str
    jobs: list[JobView]
    withdrawn: bool = False
    level: LevelWord = "registered here"
    is_waiting: bool = False


class FakeDesk:
    """A station's desk in memory. Thread-safe enough for one worker; every verb is as strict as the real one."""

    def __init__(self) -> None:
        self.products: dict[str, Product] = {}
        self.manifests: dict[ItemId, Manifest] = {}
        self.revoked: set[ItemId] = set()
        self.held: dict[str, _Held] = {}
        self.status_now = StationStatus(
            online=True, unsent=0, oldest_age_s=None, parked=0, last_ack_at=None, journal_ok=True
        )
        self.is_down = False
        """Nothing is stored."""
        self.is_torn = False
        """What is asked for is stored, but its answer is lost: nobody can tell."""
        self.void_copies: dict[tuple[str, str], CopyFate] = {}
        self.registered_calls: list[str] = []
        self.resumed: list[int] = []
        self._minted = 0
        self._job = 0

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
        return self._view(item, card)

    def mint_event_id(self) -> str:
        """Return a fresh ID."""
        self._minted += 1
        return f"{self._minted:032x}"

    def register(self, wish: RegisterWish) -> Registered:
        """Register, once per event ID."""
        self._demand_journal()
        self.registered_calls.append(wish.event_id)
        if wish.event_id not in self.held:
            view = self._view(wish.item, wish.card)
            if view.revoked:
                raise DeskRefusal(DeskReason.REVOKED)
            if view.registered == "same_card":
                raise DeskRefusal(DeskReason.REGISTERED_TO_THIS_CARD, claim=view.claim, number=view.number)
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
        )

    def undo(self, claim: str, by: Literal["shopper", "staff"] = "shopper", reason: str = "") -> Undone:
        """Withdraw a claim. Twice is harmless."""
        del by, reason
        self._demand_journal()
        if claim not in self.held:
            raise DeskRefusal(DeskReason.UNKNOWN_CLAIM)
        held = self.held[claim]
        held.withdrawn = True
        self._void(held, "void")
        self._lose_answer()
        return _count_papers(held.jobs)

    def reprint(
        self,
        claim: str,
        rolls: tuple[ItemId, ...] | None,
        reason: str,
        *,
        receipt: bool = False,
        card: CardNumber | None = None,
    ) -> tuple[JobView, ...]:
        """Void and queue again; or print what waited."""
        del reason, receipt
        self._demand_journal()
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
        for held in self.held.values():
            held.jobs = [replace(j, state=LabelState.QUEUED) if j.id == job_id else j for j in held.jobs]

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
        for held in self.held.values():
            for at, job in enumerate(held.jobs):
                if job.roll == item and job.copy == copy:
                    held.jobs[at] = replace(job, state=LabelState.TAKEN)
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
        return replace(self.status_now, journal_ok=self.status_now.journal_ok and not self.is_down)

    # -- inside -----------------------------------------------------------------------------------

    def _demand_journal(self) -> None:
        if self.is_down:
            raise NotStored("the fake's journal is down")

    def _lose_answer(self) -> None:
        if self.is_torn:
            raise JournalDown("the fake's journal went down in the middle")

    def _live(self, claim: str) -> _Held:
        if claim not in self.held:
            raise DeskRefusal(DeskReason.UNKNOWN_CLAIM)
        if self.held[claim].withdrawn:
            raise DeskRefusal(DeskReason.WITHDRAWN)
        return self.held[claim]

    def _package_of(self, item: ItemId) -> Manifest | None:
        return next((m for m in self.manifests.values() if item == m.package or item in m.rolls), None)

    def _view(self, item: ItemId, card: CardNumber | None) -> PackageView:
        manifest = self._package_of(item)
        ids = {item, *((manifest.package, *manifest.rolls) if manifest else ())}
        holder = next((c for c, h in self.held.items() if h.wish.item in ids and not h.withdrawn), None)
        is_same = holder is not None and card is not None and self.held[holder].wish.card == card
        seen = None if holder is None else "here" if card is None else "same_card" if is_same else "other_card"
        return PackageView(
            item=item,
            package=manifest.package if manifest else None,
            product=self.products.get(manifest.product or "") if manifest else None,
            rolls=manifest.rolls if manifest else (),
            knowledge="roster" if manifest else "unknown",
            revoked=bool(ids & self.revoked),
            registered=seen,
            claim=holder if is_same else None,
            number=self.held[holder].number if holder and is_same else None,
        )

    def _hold(self, wish: RegisterWish, view: PackageView) -> None:
        of = len(view.rolls)
        jobs = [self._job_for(roll, n, of) for n, roll in enumerate(view.rolls, start=1)]
        jobs.append(self._job_for(None, 1, 1))
        number = f"TCN-7Q2M9X{len(self.held):02d}K"
        self.held[wish.event_id] = _Held(wish=wish, number=number, jobs=jobs, is_waiting=not view.rolls)

    def _job_for(self, roll: ItemId | None, number: int, of: int) -> JobView:
        self._job += 1
        copy = f"C{self._job:05d}"
        kind = "roll" if roll else "receipt"
        return JobView(id=self._job, kind=kind, roll=roll, number=number, of=of, copy=copy, state=LabelState.QUEUED)

    def _void(self, held: _Held, fate: CopyFate) -> None:
        for job in held.jobs:
            self.void_copies[str(job.roll), job.copy] = fate


def _count_papers(jobs: Collection[JobView]) -> Undone:
    out = sum(job.state in (LabelState.PRINTED, LabelState.TAKEN) for job in jobs)
    moving = sum(job.state in (LabelState.SENDING, LabelState.AWAITING_PROOF, LabelState.MAYBE) for job in jobs)
    return Undone(printed=out, moving=moving)
