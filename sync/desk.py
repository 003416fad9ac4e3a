"""The registration desk: what a kiosk, a till or a bench asks of its station (DESIGN 3, 5B).

Every verb blocks until the journal has it and says no more than that. Screens, printers and the network are no
business of the desk: it never waits for paper, and asks upstream for two seconds at most.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

import apsw

from photocore.cards import CardNumber
from photocore.codes import mint_access_code
from photocore.ids import ItemId
from photocore.kinds import ClaimWithdrawn, CopiesIssued, LabelCopy
from photocore.package import Manifest
from photocore.roster import PackageFacts
from sync import outbox
from sync.copies import Job, jobs_of, replace_copy
from sync.errors import DeskReason, DeskRefusal, DiskFull, JournalDown, NotStored
from sync.journal import Journal, Transaction
from sync.label_states import LabelNews, LabelState, after
from sync.labels import LabelJobs
from sync.looking import CopyFate, claim_level, copy_fate, existing, package_view, registration_view
from sync.paper_secrets import PaperSecret, PaperSecrets
from sync.registering import Attempt, Counter, copies_of, make_labels, prepare, queue_labels, register
from sync.registrations import (
    Registration,
    count_waiting,
    find_live,
    mark_card,
    name_package,
    withdraw,
)
from sync.roster import KnownPackage, find_package
from sync.statements import one, run
from sync.upstream import Upstream
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


class Line(Protocol):
    """The road to the photoservice, as far as the desk must know."""

    @property
    def is_online(self) -> bool:
        """Whether the last exchange was good."""
        ...


@dataclass(frozen=True, kw_only=True)
class Desk:
    """The desk of one station. Thread-safe. Everything may raise JournalDown; refusals are DeskRefusal."""

    journal: Journal
    counter: Counter
    jobs_queue: LabelJobs
    secrets: PaperSecrets
    upstream: Upstream
    line: Line
    on_change: Callable[[], None]

    def mint_event_id(self) -> str:
        """Return a fresh event ID: made before the confirm screen, kept through every retry."""
        return self.counter.drafter.mint_id()

    def look_up(self, item: ItemId) -> PackageView:
        """Return what is known of ``item``: by the roster, else (when online, two seconds at most) by upstream."""
        return self._view(item, None)

    def check_claim(self, item: ItemId, card: CardNumber) -> PackageView:
        """Return what is known of ``item``, and whether this very card has registered it here."""
        return self._view(item, mark_card(card, self.counter.card_key))

    def register(self, wish: RegisterWish) -> Registered:
        """Register a package: one commit, and only when it is durable this returns. The same event ID is safe to retry.

        Raises:
            DeskRefusal: recalled, taken, or an event ID that stands for something else.
            NotStored: it is surely not stored, by no earlier try of this event ID either.
            JournalDown: nobody can tell; ask again with the same event ID.
        """
        attempt = prepare(self.counter, wish)
        is_in_doubt = self.secrets.get(wish.event_id) is not None

        def work(transaction: Transaction) -> Registered:
            done = register(transaction, self.counter, attempt)
            if not done.already:
                self._hold(done, attempt)
            return done

        try:
            done = self.journal.write(work)
        except NotStored as failure:
            if is_in_doubt and not isinstance(failure, DiskFull):
                raise JournalDown(f"An earlier try may be stored: {failure}") from failure
            self.secrets.forget(wish.event_id)
            raise
        self.on_change()
        return done

    def undo(self, claim: str, by: Literal["shopper", "staff"] = "shopper", reason: str = "") -> Undone:
        """Withdraw a claim; every copy of its labels is void, printed or not. Twice is harmless.

        Returns how many of the void papers are out, as it stood at this very commit.

        Raises:
            DeskRefusal: no such claim.
        """
        undone = self.journal.write(lambda transaction: self._withdraw(transaction, claim, by, reason))
        self.secrets.forget(claim)
        self.on_change()
        return undone

    def reprint(
        self,
        claim: str,
        rolls: tuple[ItemId, ...] | None,
        reason: str,
        *,
        receipt: bool = False,
        card: CardNumber | None = None,
    ) -> tuple[JobView, ...]:
        """Queue new copies of a claim's labels (all for None), each voiding the old one in the same commit.

        With ``receipt`` the receipt too, with a new access code: the old one's is void. A claim that waited for the
        maker's list gets its first labels, once that is known. ``card`` is whose hands the labels go into; staff, who
        have looked for themselves, name none.

        Raises:
            DeskRefusal: no such claim or roll, the claim was withdrawn, or it is another card's.
        """
        registration = self._registration(claim)
        self._refuse_stranger(registration, card)
        if registration.is_waiting:
            self._learn(registration)
        fresh = mint_access_code(self.counter.entropy) if receipt else ""
        self.journal.write(lambda transaction: self._reprint(transaction, claim, rolls, reason, fresh))
        self.on_change()
        return self.jobs(claim)

    def issue_labels(self, claim: str) -> tuple[JobView, ...]:
        """Print the labels of a claim that waited, once its package is known; returns all its jobs.

        Asks the roster, then what the photoservice answered, then upstream. Still unknown, or issued before: nothing
        changes.

        Raises:
            DeskRefusal: no such claim, it was withdrawn, or another card here has the package meanwhile.
        """
        registration = self._registration(claim)
        if registration.is_waiting and self._learn(registration):
            self.journal.write(lambda transaction: self._issue(transaction, claim))
            self.on_change()
        return self.jobs(claim)

    def find_registration(self, number: str) -> RegistrationView | None:
        """Return this station's registration with the receipt's ``number``, withdrawn ones too."""
        return self.journal.read(lambda connection: registration_view(connection, number))

    def copy_state(self, item: ItemId, copy: str) -> CopyFate:
        """Say whether a label found in the hand is the one that counts."""
        return self.journal.read(lambda connection: copy_fate(connection, item, copy))

    def mark_printed_by_scan(self, item: ItemId, copy: str) -> LabelState | None:
        """Take the scan of a fresh label as proof; None when this station made no such copy."""
        return self.jobs_queue.mark_scanned(item, copy)

    def jobs(self, claim: str) -> tuple[JobView, ...]:
        """Return a claim's valid copies in the order they print."""
        found = self.journal.read(lambda connection: jobs_of(connection, claim))
        return tuple(JobView.of_job(job) for job in found)

    def level(self, claim: str) -> ClaimLevel:
        """Say how far a claim has come, and never more than is durable there.

        Raises:
            DeskRefusal: no such claim.
        """
        return self.journal.read(lambda connection: claim_level(connection, claim))

    def status(self) -> StationStatus:
        """Return what the one light shows; with the journal down too."""
        try:
            return self.journal.read(self._status)
        except JournalDown:
            return StationStatus(
                online=self.line.is_online,
                unsent=0,
                oldest_age_s=None,
                parked=0,
                last_ack_at=None,
                journal_ok=False,
                disk_low=self.journal.is_low,
            )

    def _view(self, item: ItemId, card_mark: bytes | None) -> PackageView:
        view = self.journal.read(lambda connection: package_view(connection, self.counter.roster, item, card_mark))
        if view.knowledge != "unknown" or view.registered is not None:
            return view
        facts = self.upstream.ask(item)
        if facts is None:
            return view
        self.counter.roster.learn(facts)
        return self.journal.read(lambda connection: package_view(connection, self.counter.roster, item, card_mark))

    def _withdraw(self, transaction: Transaction, claim: str, by: Literal["shopper", "staff"], reason: str) -> Undone:
        registration = existing(transaction.connection, claim)
        ((printed, moving),) = run(transaction.connection, "labels.count_papers", {"claim": claim})
        if not registration.withdrawn:
            body = ClaimWithdrawn(claim=claim, item=registration.item, by=by, reason=reason[:200])
            transaction.append(self.counter.drafter.draft(body))
            withdraw(transaction.connection, claim, f"undone by {by}")
        return Undone(printed=printed, moving=moving)

    def _reprint(
        self,
        transaction: Transaction,
        claim: str,
        rolls: tuple[ItemId, ...] | None,
        reason: str,
        access_code: str,
    ) -> None:
        is_new = self._issue(transaction, claim)
        jobs = jobs_of(transaction.connection, claim)
        chosen = _chosen(jobs, rolls)
        copies = [] if is_new else [self._replace(transaction, job, reason) for job in chosen]
        if copies:
            body = CopiesIssued(claim=claim, reason=reason[:200], copies=tuple(copies))
            transaction.append(self.counter.drafter.draft(body))
        if access_code:
            for job in (job for job in jobs if job.kind == "receipt"):
                self.jobs_queue.replace_receipt(transaction, job, access_code, reason)

    def _replace(self, transaction: Transaction, job: Job, reason: str) -> LabelCopy:
        ends = after(job.state, LabelNews.VOID)
        return replace_copy(transaction.connection, job, entropy=self.counter.drafter.printed, ends=ends, why=reason)

    def _issue(self, transaction: Transaction, claim: str) -> bool:
        """Queue the first labels of a live claim that waited; False when it did not wait, or waits still."""
        connection, counter = transaction.connection, self.counter
        registration, store = _live(connection, claim), counter.roster.store
        known = find_package(connection, registration.item)
        if known is None or store is None or not registration.is_waiting:
            return False
        manifest = known.manifest
        _refuse_second_holder(connection, registration, manifest)
        name_package(connection, claim, manifest.package, manifest.rolls)
        labels = make_labels(connection, counter, registration, known, store)
        if labels:
            queue_labels(connection, claim, labels)
            body = CopiesIssued(claim=claim, reason="the maker's list came", copies=copies_of(labels))
            transaction.append(counter.drafter.draft(body))
        return True

    def _refuse_stranger(self, registration: Registration, card: CardNumber | None) -> None:
        """Refuse to give one card's labels to the holder of another."""
        if card is not None and mark_card(card, self.counter.card_key) != registration.card_mark:
            raise DeskRefusal(DeskReason.REGISTERED_TO_ANOTHER_CARD)

    def _learn(self, registration: Registration) -> bool:
        """Find out which package a waiting registration belongs to, and remember it; False while nobody knows."""
        known = self.journal.read(lambda connection: _package_of(connection, registration))
        if known is None:
            facts = self.upstream.ask(registration.item)
            if facts is None:
                return False
            self.counter.roster.learn(facts)
        elif known.origin == "upstream":
            self.counter.roster.learn(known.facts)
        return True

    def _registration(self, claim: str) -> Registration:
        return self.journal.read(lambda connection: _live(connection, claim))

    def _hold(self, done: Registered, attempt: Attempt) -> None:
        """Hold what the receipt will say: inside the transaction, so that no receipt shows a code no event holds.

        It stays held when COMMIT fails, for the claim may be there all the same; a retry that writes anew replaces it.
        """
        (copy,) = (job.copy for job in done.jobs if job.kind == "receipt")
        secret = PaperSecret(copy=copy, access_code=attempt.access_code, card_masked=attempt.wish.card.masked)
        self.secrets.put(done.claim, secret)

    def _status(self, connection: apsw.Connection) -> StationStatus:
        owed = outbox.count_owed(connection)
        now = self.counter.clock.now()
        acked = one(connection, "journal.read_note", {"name": outbox.SERVER_TIME})
        return StationStatus(
            online=self.line.is_online,
            unsent=owed.unsent,
            oldest_age_s=max(0.0, (now - owed.oldest_at).total_seconds()) if owed.oldest_at else None,
            parked=owed.parked,
            last_ack_at=datetime.fromisoformat(acked[0]) if acked else None,
            journal_ok=self.journal.is_up,
            waiting=count_waiting(connection),
            disk_low=self.journal.is_low,
        )


def _live(connection: apsw.Connection, claim: str) -> Registration:
    registration = existing(connection, claim)
    if registration.withdrawn:
        raise DeskRefusal(DeskReason.WITHDRAWN)
    return registration


def _chosen(jobs: tuple[Job, ...], rolls: tuple[ItemId, ...] | None) -> list[Job]:
    labels = {job.roll: job for job in jobs if job.kind == "roll"}
    if rolls is None:
        return list(labels.values())
    if any(roll not in labels for roll in rolls):
        raise DeskRefusal(DeskReason.UNKNOWN_ROLL)
    return [labels[roll] for roll in dict.fromkeys(rolls)]


def _refuse_second_holder(connection: apsw.Connection, registration: Registration, manifest: Manifest) -> None:
    """Refuse to print one package's labels for two registrations: the photoservice sees both and a person decides."""
    holder = find_live(connection, (manifest.package, *manifest.rolls))
    if holder is not None and holder.claim != registration.claim:
        raise DeskRefusal(DeskReason.REGISTERED_TO_ANOTHER_CARD)


def _package_of(connection: apsw.Connection, registration: Registration) -> KnownPackage | None:
    """Return the package of a registration: by roster or memory, else by what the photoservice's ack said."""
    known = find_package(connection, registration.item)
    if known is not None:
        return known
    answered = outbox.answer_on(connection, registration.claim)
    outcome = answered.outcome if answered else None
    if not outcome or not outcome.get("package") or not outcome.get("rolls"):
        return None
    rolls = tuple(ItemId(roll) for roll in outcome["rolls"])
    manifest = Manifest(package=ItemId(outcome["package"]), rolls=rolls, source="maker")
    if registration.item not in (manifest.package, *rolls):
        return None
    return KnownPackage(facts=PackageFacts(manifest=manifest), origin="upstream")
