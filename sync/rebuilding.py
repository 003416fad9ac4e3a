"""What an event of this station's own told, put back into its memory: registrations, made-up packages, copies.

The event is all there is: who the card was stands in its sealed part, which nobody here can open, so a registration
that came back is "registered here" and no card's; secrets are gone, and a new copy gets a new one. Whether a paper was
printed is told by no event: every copy comes back as ``maybe``.
"""

from dataclasses import dataclass, replace
from datetime import datetime

import apsw
import msgspec

from photocore.events import Event
from photocore.ids import ItemId
from photocore.kinds import (
    AccessCodeReplaced,
    Body,
    ClaimCodesReplaced,
    ClaimWithdrawn,
    CopiesIssued,
    LabelCopy,
    MakeUpWithdrawn,
    PackageClaimed,
    PackageMadeUp,
    StaffOverrode,
    read_public,
)
from photocore.label import RollLabel
from photocore.package import Manifest
from photocore.roster import PackageFacts
from sync.copies import Job, jobs_of, jobs_of_rolls, queue_label, queue_receipt, read_job
from sync.counter import Counter
from sync.label_sets import is_labelled_elsewhere, make_labels
from sync.label_states import LabelNews, LabelState, after
from sync.made_up import MadeUpPackage, add_made_up, end_made_up, made_up_with, move_registration
from sync.paper_rows import note_row
from sync.parked import end_parked
from sync.rebuilding_till import rebuild_till
from sync.receipts import make_receipt
from sync.registrations import Registration, add_registration, find_by_claim, name_package, withdraw
from sync.roster import KnownPackage, find_package
from sync.shelf import queue_shelf_papers
from sync.statements import one, run

CAME_BACK = "came back with the restored journal"


@dataclass(frozen=True, kw_only=True)
class Rebuilding:
    """Puts back what events told, inside one transaction. What they tell of must have come back before them."""

    connection: apsw.Connection
    counter: Counter

    def rebuild(self, event: Event) -> None:
        """Put back what ``event`` told.

        Raises:
            EventMalformed: it is of a kind this version does not know.
            apsw.ConstraintError: something in it stands for something else here meanwhile.
            ValueError: it names a package that can be none.
        """
        body = read_public(event)
        self._end_corrected(body, event.id)
        match body:
            case PackageClaimed():
                self._claimed(event, body)
            case ClaimWithdrawn():
                withdraw(self.connection, body.claim, f"undone by {body.by}")
            case CopiesIssued():
                self._issued(body)
            case AccessCodeReplaced():
                run(self.connection, "restoring.doubt_receipt", {"claim": body.claim, "why": CAME_BACK})
            case PackageMadeUp():
                self._made_up(event, body)
            case ClaimCodesReplaced():
                self._recoded(body)
            case MakeUpWithdrawn():
                self._unmade(body)
            case StaffOverrode():
                self._overridden(body, event.id)
            case _:  # an epoch's opening tells nothing but itself
                rebuild_till(self.connection, self.counter, event, body, why=CAME_BACK)

    def _end_corrected(self, body: Body, event_id: str) -> None:
        corrected: str | None = getattr(body, "corrects", None)
        if corrected is None or one(self.connection, "journal.event_by_id", {"id": corrected}) is None:
            return
        end_parked(self.connection, corrected, by=event_id, how="corrected")
        if isinstance(body, PackageClaimed):
            withdraw(self.connection, corrected, "corrected by another registration")
            if body.package is not None:
                move_registration(self.connection, ItemId(body.package), corrected, event_id)

    def _claimed(self, event: Event, body: PackageClaimed) -> None:
        registration = Registration(
            claim=event.id,
            number=body.number,
            item=ItemId(body.item),
            item_level=body.level,
            package=ItemId(body.package) if body.package else None,
            rolls=tuple(ItemId(roll) for roll in body.rolls),
            card_mark=b"",
            language=body.language,
            made_at=datetime.fromisoformat(event.at).isoformat(timespec="milliseconds"),
        )
        add_registration(self.connection, registration)
        if body.paper is not None:
            note_row(self.connection, body.paper.row, event.id)
        if registration.package is not None:
            values = {"claim": event.id, "package": registration.package}
            run(self.connection, "restoring.register_made_up", values)
        known = _known(self.connection, registration)
        if known is not None:
            self._put_copies(_Set(made_by=event.id, known=known, language=body.language), body.copies)
        self._put_receipt(registration, known, body)

    def _put_receipt(self, registration: Registration, known: KnownPackage | None, body: PackageClaimed) -> None:
        store = self.counter.roster.store
        if store is None:
            return
        receipt = make_receipt(
            self.counter,
            registration,
            known,
            store,
            made_at=datetime.fromisoformat(registration.made_at),
            is_typed=body.item_typed or body.card_typed,
            has_code=body.claim_code,
            is_labelled=known is not None and is_labelled_elsewhere(self.connection, known.manifest),
        )
        queue_receipt(self.connection, registration.claim, receipt, place=None)
        self._doubt(registration.claim, receipt.copy)

    def _issued(self, body: CopiesIssued) -> None:
        registration = find_by_claim(self.connection, body.claim)
        known = _known(self.connection, registration) if registration else None
        if registration is None or known is None:
            return
        if registration.is_waiting:
            name_package(self.connection, body.claim, known.manifest.package, known.manifest.rolls)
        self._put_copies(_Set(made_by=body.claim, known=known, language=registration.language), body.copies)

    def _made_up(self, event: Event, body: PackageMadeUp) -> None:
        if body.corrects is not None and made_up_with(self.connection, ItemId(body.package)) is not None:
            return  # it says the same once more
        manifest = Manifest(
            package=ItemId(body.package),
            rolls=tuple(ItemId(roll) for roll in body.rolls),
            source="retailer",
            product=body.product,
        )
        made = MadeUpPackage(event=event.id, manifest=manifest, coded=body.coded, language="en", registration=None)
        add_made_up(self.connection, made)
        store = self.counter.roster.store
        if not body.coded or store is None:
            return
        self._put_copies(_set_of(made), body.copies)
        queue_shelf_papers(self.connection, self.counter, made, (), store)
        for job in jobs_of(self.connection, event.id):
            self._doubt(event.id, job.copy)

    def _recoded(self, body: ClaimCodesReplaced) -> None:
        made = made_up_with(self.connection, ItemId(body.package))
        if made is not None:
            self._put_copies(_set_of(made), body.copies)

    def _unmade(self, body: MakeUpWithdrawn) -> None:
        made = made_up_with(self.connection, ItemId(body.package))
        if made is not None:
            end_made_up(self.connection, made.event, body.reason)

    def _overridden(self, body: StaffOverrode, event_id: str) -> None:
        if body.act == "parked_closed" and body.about is not None:
            end_parked(self.connection, body.about, by=event_id, how="closed")
        if body.act == "label_settled" and body.roll is not None and body.copy is not None:
            job = self._find_copy(ItemId(body.roll), body.copy)
            if job is not None and job.state is LabelState.MAYBE:
                state = after(job.state, LabelNews.PRINTED).value
                values = {"id": job.id, "state": state, "why": "", "process_id": None, "proof": "staff"}
                run(self.connection, "labels.set_state", values)

    def _put_copies(self, labels: "_Set", copies: tuple[LabelCopy, ...]) -> None:
        """Put label copies back, each ending the one it voids; where another is valid here, that one stays for it."""
        place: int | None = None
        for copy in copies:
            roll = ItemId(copy.roll)
            if self._find_copy(roll, copy.copy) is not None:
                continue
            old = self._end_copy(roll, copy.voids, copy.copy) if copy.voids is not None else None
            place = old.place if old else place
            for label in self._fresh_label(labels, roll):
                place = queue_label(self.connection, labels.made_by, replace(label, copy=copy.copy), place=place)
                self._doubt(labels.made_by, copy.copy)
            for heir in jobs_of_rolls(self.connection, (roll,)):
                self._put_replaced(labels.made_by, copy.copy, heir)

    def _put_replaced(self, made_by: str, copy: str, heir: Job) -> None:
        """Know a copy again that a valid one stands in for, printed here before it came back."""
        if heir.copy == copy:
            return
        content = msgspec.json.encode(replace(heir.label, copy=copy))
        values = {"heir": heir.id, "claim": made_by, "copy": copy, "content": content, "why": CAME_BACK}
        run(self.connection, "restoring.add_replaced", values)

    def _fresh_label(self, labels: "_Set", roll: ItemId) -> tuple[RollLabel, ...]:
        """Return what a roll's label says; none where another copy of it is valid here."""
        store = self.counter.roster.store
        if store is None:
            return ()
        return make_labels(self.connection, self.counter, labels.known, store, labels.language, wanted=(roll,))

    def _end_copy(self, roll: ItemId, copy: str, heir: str) -> Job | None:
        job = self._find_copy(roll, copy)
        if job is not None:
            ends = after(job.state, LabelNews.VOID).value
            values = {"id": job.id, "state": ends, "replaced_by": heir, "why": CAME_BACK}
            run(self.connection, "labels.end_copy", values)
        return job

    def _find_copy(self, roll: ItemId, copy: str) -> Job | None:
        row = one(self.connection, "labels.job_of_copy", {"item": roll, "copy": copy})
        return read_job(row) if row else None

    def _doubt(self, made_by: str, copy: str) -> None:
        run(self.connection, "restoring.doubt_copy", {"claim": made_by, "copy": copy, "why": CAME_BACK})


@dataclass(frozen=True, kw_only=True)
class _Set:
    """A set of papers: the event that made it, its package, and the language they are in."""

    made_by: str
    known: KnownPackage
    language: str


def _set_of(made: MadeUpPackage) -> _Set:
    return _Set(made_by=made.event, known=_as_known(made.manifest), language=made.language)


def _known(connection: apsw.Connection, registration: Registration) -> KnownPackage | None:
    """Return a registration's package as its own event told of it, else as it is known here."""
    if registration.package is None:
        return find_package(connection, registration.item)
    known = find_package(connection, registration.package)
    if known is not None and known.manifest.rolls == registration.rolls:
        return known
    manifest = Manifest(package=registration.package, rolls=registration.rolls, source="maker")
    return _as_known(manifest)


def _as_known(manifest: Manifest) -> KnownPackage:
    return KnownPackage(facts=PackageFacts(manifest=manifest), origin="roster")
