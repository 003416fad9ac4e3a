"""The desk's part for papers: print again, print at last, and tend what stands in the queue (DESIGN 5B, 5F)."""

from dataclasses import dataclass

from photocore.cards import CardNumber
from photocore.ids import ItemId
from sync.cards import is_same_customer
from sync.copies import Job, jobs_of, jobs_of_rolls
from sync.desk_ground import DeskGround
from sync.errors import DeskReason, DeskRefusal
from sync.journal import Transaction
from sync.label_states import LabelState
from sync.late_labels import issue_labels, learn_package, live_registration, queue_labels_for_lost
from sync.looking import CopyFate, copy_fate
from sync.registrations import Registration, mark_card
from sync.reissuing import Cause
from sync.tending import open_jobs, resume, settle
from sync.views import JobView, QueuedJob


@dataclass(frozen=True, kw_only=True)
class LabelDesk(DeskGround):
    """What a screen asks about labels and receipts of registrations."""

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
        """Queue new copies of a claim's labels (all for None), each voiding the old one in the same commit.

        With ``receipt`` the receipt too, with a new access code: the old one's is void. A claim that waited for the
        maker's list gets its first labels, once that is known; one whose labels another station made gets labels of
        this one, which void none. ``card`` is whose hands the labels go into; staff, who
        have looked for themselves, name none.

        Raises:
            DeskRefusal: no such claim or roll, the claim was withdrawn, or it is another card's.
        """
        registration = self._registration(claim)
        self._refuse_stranger(registration, card)
        if registration.is_waiting:
            learn_package(self.journal, self.counter, self.upstream, registration)
        cause = Cause(reason=reason, staff=staff)
        self.journal.write(lambda transaction: self._reprint(transaction, claim, rolls, cause, receipt=receipt))
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
        if registration.is_waiting and learn_package(self.journal, self.counter, self.upstream, registration):
            self.journal.write(lambda transaction: issue_labels(transaction, self.counter, claim))
            self.on_change()
        return self.jobs(claim)

    def copy_state(self, item: ItemId, copy: str) -> CopyFate:
        """Say whether a label found in the hand is the one that counts."""
        return self.journal.read(lambda connection: copy_fate(connection, item, copy))

    def mark_printed_by_scan(self, item: ItemId, copy: str) -> LabelState | None:
        """Take the scan of a fresh label as proof; None when this station made no such copy."""
        return self.jobs_queue.mark_scanned(item, copy)

    def queue(self) -> tuple[QueuedJob, ...]:
        """Return every paper that is not proven printed: on its way, in doubt or set aside, in the order they print."""
        return self.journal.read(open_jobs)

    def resume_job(self, job_id: int, *, staff: str, reason: str = "") -> None:
        """Let a paper go that was set aside; one that is on its way already is left as it is.

        Raises:
            DeskRefusal: no such paper, or it was not set aside.
        """
        self.journal.write(lambda transaction: resume(transaction, self.counter.drafter, job_id, staff, reason))
        self.on_change()

    def settle_job(self, job_id: int, *, printed: bool, staff: str, reason: str) -> None:
        """Take a person's word about a doubtful copy; not printed, it is void and a new one is queued.

        Raises:
            DeskRefusal: no such paper, or nobody is in doubt about it.
        """
        reissuing = self.jobs_queue.reissuing
        self.journal.write(
            lambda transaction: settle(transaction, reissuing, job_id, printed=printed, staff=staff, reason=reason)
        )
        self.on_change()

    def jobs(self, claim: str) -> tuple[JobView, ...]:
        """Return a claim's valid copies in the order they print."""
        found = self.journal.read(lambda connection: jobs_of(connection, claim))
        return tuple(JobView.of_job(job) for job in found)

    def _reprint(
        self, transaction: Transaction, claim: str, rolls: tuple[ItemId, ...] | None, cause: Cause, *, receipt: bool
    ) -> None:
        reissuing, connection = self.jobs_queue.reissuing, transaction.connection
        is_new = issue_labels(transaction, self.counter, claim, cause.staff)
        jobs = jobs_of_rolls(connection, live_registration(connection, claim).rolls)
        added = queue_labels_for_lost(connection, self.counter, claim, rolls)
        chosen = _chosen(jobs, rolls, {ItemId(copy.roll) for copy in added})
        reissuing.renew_labels(transaction, claim, () if is_new else chosen, cause, added)
        if receipt:
            for job in (job for job in jobs_of(connection, claim) if job.kind == "receipt"):
                reissuing.renew_receipt(transaction, job, cause)

    def _refuse_stranger(self, registration: Registration, card: CardNumber | None) -> None:
        """Refuse to give one card's labels to the holder of another, or of any when it is not known whose."""
        if card is not None and not registration.card_mark:
            raise DeskRefusal(DeskReason.REGISTERED_HERE)
        if card is not None and not self._is_theirs(registration, mark_card(card, self.counter.card_key)):
            raise DeskRefusal(DeskReason.REGISTERED_TO_ANOTHER_CARD)

    def _is_theirs(self, registration: Registration, mark: bytes) -> bool:
        return self.journal.read(lambda connection: is_same_customer(connection, registration.card_mark, mark))

    def _registration(self, claim: str) -> Registration:
        return self.journal.read(lambda connection: live_registration(connection, claim))


def _chosen(jobs: tuple[Job, ...], rolls: tuple[ItemId, ...] | None, added: set[ItemId]) -> tuple[Job, ...]:
    """Return those of ``jobs`` that are to be made anew; ``added`` have just been made."""
    labels = {job.roll: job for job in jobs}
    if rolls is None:
        return jobs
    if any(roll not in labels and roll not in added for roll in rolls):
        raise DeskRefusal(DeskReason.UNKNOWN_ROLL)
    return tuple(labels[roll] for roll in dict.fromkeys(rolls) if roll in labels)
