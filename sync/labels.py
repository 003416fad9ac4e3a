"""The label-job table as a print queue: every step durable before the next byte goes to the printer (DESIGN 5F).

Fits ``hardware.spooler.PrintQueue`` by shape. ``begin`` is committed before the first byte, so a crash finds the job
``sending`` and asks, instead of printing twice or not at all.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import apsw

from photocore.ids import ItemId
from photocore.label import Printable, Receipt, RollLabel
from sync.copies import Job, JobKind, find_job, jobs_of, read_job, read_jobs
from sync.drafts import Drafter
from sync.errors import IllegalTransition, JournalDown
from sync.journal import Journal, Transaction
from sync.label_states import LabelNews, LabelState, after
from sync.paper_secrets import PaperSecret, PaperSecrets
from sync.receipts import access_link
from sync.reissuing import Cause, Reissuing, coded_set_of
from sync.roster import Roster
from sync.statements import number, one, run

_LOST = Cause(reason="the code was lost before it was printed")


@dataclass(frozen=True, kw_only=True)
class PrintJob:
    """One copy to print: everything the printer's side must know, and nothing more."""

    id: int
    claim: str
    kind: JobKind
    label: Printable
    copy: str

    @staticmethod
    def of_job(job: Job, label: Printable) -> "PrintJob":
        """Return what is printed of ``job``, with its secrets in ``label``."""
        return PrintJob(id=job.id, claim=job.claim, kind=job.kind, label=label, copy=job.copy)


@dataclass(frozen=True, kw_only=True)
class LabelJobs:
    """The queue. Thread-safe; every verb is durable when it returns, and raises JournalDown when it could not be."""

    journal: Journal
    drafter: Drafter
    roster: Roster
    secrets: PaperSecrets
    on_change: Callable[[], None]

    @property
    def reissuing(self) -> Reissuing:
        """How this queue's papers are made anew."""
        return Reissuing(drafter=self.drafter, secrets=self.secrets)

    def next_job(self) -> PrintJob | None:
        """Return the next copy to print: a set's labels before its receipt; None when nothing is queued."""
        while found := self.journal.read(_next):
            job, is_coded = found
            if (label := self._printable(job, is_coded=is_coded)) is not None:
                return PrintJob.of_job(job, label)
        return None

    def begin(self, job_id: int, process_id: str) -> None:
        """Note that the first byte is about to go out; ``process_id`` is what the printer will answer with.

        Raises:
            IllegalTransition: the copy was voided meanwhile, or is not queued. Nothing may be sent.
        """
        self._note(job_id, LabelNews.BEGIN, process_id=process_id)

    def sent(self, job_id: int) -> None:
        """Note that the last byte went out; nothing is proven yet."""
        self._note(job_id, LabelNews.SENT)

    def printed(self, job_id: int, proof: str) -> None:
        """Note that the copy is on paper, and how that is known."""
        self._forget_secret(self._note(job_id, LabelNews.PRINTED, proof=proof))

    def maybe(self, job_id: int, why: str) -> None:
        """Note that nobody knows whether the copy was printed; a person, a scan or the printer's word settles it.

        Its code is let go, and counts: it may be on paper. Whoever wants that again gets a new one.
        """
        self._forget_secret(self._note(job_id, LabelNews.MAYBE, why=why))

    def taken(self, job_id: int) -> None:
        """Note that the copy left the printer."""
        self._forget_secret(self._note(job_id, LabelNews.TAKEN))

    def deferred(self, job_id: int, why: str) -> None:
        """Set a queued copy aside: it cannot be printed here and now. Nothing was sent."""
        self._forget_secret(self._note(job_id, LabelNews.DEFER, why=why))

    def resume(self, job_id: int) -> None:
        """Put a deferred copy back into the queue."""
        self._note(job_id, LabelNews.RESUME)

    def spoiled(self, job_id: int, why: str) -> None:
        """Note that the copy is waste for a known cause; a new copy that voids it is queued in the same commit.

        A new copy gets a new code, where it has one: the waste may show the old.
        """
        self.journal.write(lambda transaction: self._spoil(transaction, job_id, why))
        self.on_change()

    def unsettled(self) -> tuple[PrintJob, ...]:
        """Return what was at the printer when the process ended; the printer or a person must be asked."""
        jobs = read_jobs(self.journal.read(lambda connection: run(connection, "labels.unsettled_jobs")))
        return tuple(PrintJob.of_job(job, job.label) for job in jobs)

    def receipt_of(self, claim: str) -> Receipt | None:
        """Return a registration's receipt with its access code, to be shown elsewhere as well as on its own paper.

        None once the code is let go, which is when the paper is proven or in doubt.
        """
        jobs = self.journal.read(lambda connection: jobs_of(connection, claim))
        for job in jobs:
            secret = self.secrets.of_copy(job.claim, job.copy)
            if isinstance(job.label, Receipt) and secret is not None:
                return self._with_secret(job.label, secret)
        return None

    def set_remaining(self, claim: str) -> int:
        """Return how many of a set's copies, its receipt among them, are still to be printed."""
        return self.journal.read(lambda connection: number(connection, "labels.count_on_their_way", {"claim": claim}))

    def mark_scanned(self, item: ItemId, copy: str) -> LabelState | None:
        """Take the scan of a fresh label as proof that it was printed; of a proven one, that it was taken.

        Returns its state, or None when this station made no such copy.
        """
        state = self.journal.write(lambda transaction: _scan(transaction.connection, item, copy))
        self.on_change()
        return state

    def _note(
        self,
        job_id: int,
        news: LabelNews,
        *,
        why: str | None = None,
        process_id: str | None = None,
        proof: str | None = None,
    ) -> Job:
        extra = {"why": why, "process_id": process_id, "proof": proof}
        job = self.journal.write(lambda transaction: _take_news(transaction.connection, job_id, news, extra))
        self.on_change()
        return job

    def _spoil(self, transaction: Transaction, job_id: int, why: str) -> None:
        old = _existing(transaction.connection, job_id)
        if after(old.state, LabelNews.SPOILED) is old.state:
            return  # late news of a copy that is over, or proven
        self.reissuing.renew(transaction, old, Cause(reason=why, news=LabelNews.SPOILED))

    def _printable(self, job: Job, *, is_coded: bool) -> Printable | None:
        """Return what ``job``'s paper says; None when it must be looked for again."""
        match job.label:
            case Receipt() as receipt:
                secret = self.secrets.of_copy(job.claim, job.copy) or self._mint_access_code(job)
                return self._with_secret(receipt, secret) if secret else None
            case RollLabel() as label if is_coded:
                secret = self.secrets.of_copy(job.claim, job.copy, job.roll)
                return self._with_code(label, secret) if secret else self._mint_claim_code(job)
            case label:
                return label

    def _mint_access_code(self, job: Job) -> PaperSecret | None:
        """Make a receipt's lost code anew, by an event; None when the copy was voided meanwhile and needs none."""

        def mint(transaction: Transaction) -> None:
            if _is_queued(transaction.connection, job):
                self.reissuing.renew_access_code(transaction, job.claim, job.copy, _LOST)

        try:
            self.journal.write(mint)
        except JournalDown:
            self.secrets.forget_copy(job.claim, job.copy)  # perhaps no event holds it
            raise
        return self.secrets.of_copy(job.claim, job.copy)

    def _mint_claim_code(self, job: Job) -> None:
        """Make a label's lost claim code anew, by an event; it comes with a copy of its own, which is queued instead.

        So a code whose event fails is one of a copy that is none, and nothing ever prints it.
        """

        def mint(transaction: Transaction) -> None:
            made = coded_set_of(transaction.connection, job)
            if made is not None and _is_queued(transaction.connection, job):
                self.reissuing.renew_coded(transaction, made, (job,), _LOST)

        self.journal.write(mint)

    def _with_secret(self, receipt: Receipt, secret: PaperSecret) -> Receipt:
        url = access_link(self.roster.settings.access_url, secret.code) or None
        return replace(receipt, access_code=secret.code, access_url=url, card_masked=secret.card_masked)

    def _with_code(self, label: RollLabel, secret: PaperSecret) -> RollLabel:
        return replace(label, claim_code=secret.code, link=self.roster.settings.claim_url)

    def _forget_secret(self, job: Job) -> None:
        self.secrets.forget_copy(job.claim, job.copy, job.roll)


def _next(connection: apsw.Connection) -> tuple[Job, bool] | None:
    """Return the next copy to print, and whether a claim code belongs on it."""
    row = one(connection, "labels.next_job")
    job = read_job(row) if row else None
    return (job, coded_set_of(connection, job) is not None) if job else None


def _is_queued(connection: apsw.Connection, job: Job) -> bool:
    current = find_job(connection, job.id)
    return current is not None and current.state is LabelState.QUEUED


def _existing(connection: apsw.Connection, job_id: int) -> Job:
    job = find_job(connection, job_id)
    if job is None:
        raise IllegalTransition(f"there is no label job {job_id}")
    return job


def _take_news(connection: apsw.Connection, job_id: int, news: LabelNews, extra: dict[str, str | None]) -> Job:
    job = _existing(connection, job_id)
    state = after(job.state, news)
    run(connection, "labels.set_state", {"id": job_id, "state": state.value} | extra)
    return replace(job, state=state)


def _scan(connection: apsw.Connection, item: ItemId, copy: str) -> LabelState | None:
    row = one(connection, "labels.job_of_copy", {"item": item, "copy": copy})
    if row is None:
        return None
    job = read_job(row)
    news = LabelNews.TAKEN if job.state is LabelState.PRINTED else LabelNews.PRINTED
    if job.state in (LabelState.QUEUED, LabelState.DEFERRED):
        return job.state  # nothing was sent yet: whatever was scanned is no proof of this copy
    return _take_news(connection, job.id, news, {"why": None, "process_id": None, "proof": "scan"}).state
