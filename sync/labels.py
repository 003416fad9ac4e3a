"""The label-job table as a print queue: every step durable before the next byte goes to the printer (DESIGN 5F).

Fits ``hardware.spooler.PrintQueue`` by shape. ``begin`` is committed before the first byte, so a crash finds the job
``sending`` and asks, instead of printing twice or not at all.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import apsw

from photocore.codes import mint_access_code
from photocore.ids import ItemId
from photocore.kinds import AccessCodeReplaced, AccessCodeReplacedSecrets, CopiesIssued
from photocore.label import Receipt, RollLabel
from sync.copies import Job, find_job, read_job, read_jobs, replace_copy
from sync.drafts import Drafter
from sync.errors import IllegalTransition, JournalDown
from sync.journal import Journal, Transaction
from sync.label_states import LabelNews, LabelState, after
from sync.paper_secrets import PaperSecret, PaperSecrets
from sync.roster import Roster
from sync.statements import number, one, run


@dataclass(frozen=True, kw_only=True)
class PrintJob:
    """One copy to print: everything the printer's side must know, and nothing more."""

    id: int
    claim: str
    kind: Literal["roll", "receipt"]
    label: RollLabel | Receipt
    copy: str


@dataclass(frozen=True, kw_only=True)
class LabelJobs:
    """The queue. Thread-safe; every verb is durable when it returns, and raises JournalDown when it could not be."""

    journal: Journal
    drafter: Drafter
    roster: Roster
    secrets: PaperSecrets
    on_change: Callable[[], None]

    def next_job(self) -> PrintJob | None:
        """Return the next copy to print: a claim's labels before its receipt; None when nothing is queued."""
        while row := self.journal.read(lambda connection: one(connection, "labels.next_job")):
            if (job := self._printable(read_job(row))) is not None:
                return job
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

        A receipt's access code is let go: whoever wants it again gets a new one.
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

        A receipt's new copy gets a new access code: the waste may show the old one.
        """
        fresh = mint_access_code(self.drafter.entropy)
        self.journal.write(lambda transaction: self._spoil(transaction, job_id, why, fresh))
        self.on_change()

    def unsettled(self) -> tuple[PrintJob, ...]:
        """Return what was at the printer when the process ended; the printer or a person must be asked."""
        jobs = read_jobs(self.journal.read(lambda connection: run(connection, "labels.unsettled_jobs")))
        return tuple(
            PrintJob(id=job.id, claim=job.claim, kind=job.kind, label=job.label, copy=job.copy) for job in jobs
        )

    def set_remaining(self, claim: str) -> int:
        """Return how many of a claim's copies, its receipt among them, are still to be printed."""
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

    def replace_receipt(self, transaction: Transaction, old: Job, access_code: str, why: str) -> None:
        """End a receipt's copy and queue a new one with a new access code; the old one's code is void."""
        ends = after(old.state, LabelNews.VOID)
        fresh = replace_copy(transaction.connection, old, entropy=self.drafter.printed, ends=ends, why=why)
        self._renew_access_code(transaction, old.claim, fresh.copy, access_code, why)

    def _spoil(self, transaction: Transaction, job_id: int, why: str, access_code: str) -> None:
        connection = transaction.connection
        old = _existing(connection, job_id)
        state = after(old.state, LabelNews.SPOILED)
        if state is old.state:
            return  # late news of a copy that is over, or proven
        fresh = replace_copy(connection, old, entropy=self.drafter.printed, ends=state, why=why)
        if old.kind == "roll":
            body = CopiesIssued(claim=old.claim, reason=why[:200], copies=(fresh,))
            transaction.append(self.drafter.draft(body))
        else:
            self._renew_access_code(transaction, old.claim, fresh.copy, access_code, why)

    def _printable(self, job: Job) -> PrintJob | None:
        """Return what is printed of ``job``; None when it was voided a moment ago."""
        label = job.label
        if isinstance(label, Receipt):
            secret = self.secrets.of_copy(job.claim, job.copy) or self._mint_secret(job)
            if secret is None:
                return None
            label = self._with_secret(label, secret)
        return PrintJob(id=job.id, claim=job.claim, kind=job.kind, label=label, copy=job.copy)

    def _mint_secret(self, job: Job) -> PaperSecret | None:
        """Make a lost code anew, by an event; None when the copy was voided meanwhile and needs none."""
        fresh = mint_access_code(self.drafter.entropy)
        why = "the code was lost before the receipt was printed"

        def mint(transaction: Transaction) -> None:
            current = find_job(transaction.connection, job.id)
            if current is not None and current.state is LabelState.QUEUED:
                self._renew_access_code(transaction, job.claim, job.copy, fresh, why)

        try:
            self.journal.write(mint)
        except JournalDown:
            self.secrets.forget(job.claim, job.copy)  # perhaps no event holds it
            raise
        return self.secrets.of_copy(job.claim, job.copy)

    def _with_secret(self, receipt: Receipt, secret: PaperSecret) -> Receipt:
        base = self.roster.settings.access_url
        url = f"{base}#{secret.access_code}" if base else None
        return replace(receipt, access_code=secret.access_code, access_url=url, card_masked=secret.card_masked)

    def _renew_access_code(self, transaction: Transaction, claim: str, copy: str, access_code: str, why: str) -> None:
        body = AccessCodeReplaced(claim=claim, reason=why[:200])
        secrets = AccessCodeReplacedSecrets(access_code=access_code)
        transaction.append(self.drafter.draft(body, secrets=secrets))
        self.secrets.renew(claim, copy, access_code)

    def _forget_secret(self, job: Job) -> None:
        if job.kind == "receipt":
            self.secrets.forget(job.claim, job.copy)


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
    row = one(connection, "labels.job_of_copy", {"roll": item, "copy": copy})
    if row is None:
        return None
    job = read_job(row)
    news = LabelNews.TAKEN if job.state is LabelState.PRINTED else LabelNews.PRINTED
    if job.state in (LabelState.QUEUED, LabelState.DEFERRED):
        return job.state  # nothing was sent yet: whatever was scanned is no proof of this copy
    return _take_news(connection, job.id, news, {"why": None, "process_id": None, "proof": "scan"}).state
