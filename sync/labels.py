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
from sync.errors import IllegalTransition
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
        row = self.journal.read(lambda connection: one(connection, "labels.next_job"))
        return self._printable(read_job(row)) if row else None

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
        """Note that nobody knows whether the copy was printed; a person, a scan or the printer's word settles it."""
        self._note(job_id, LabelNews.MAYBE, why=why)

    def taken(self, job_id: int) -> None:
        """Note that the copy left the printer."""
        self._forget_secret(self._note(job_id, LabelNews.TAKEN))

    def deferred(self, job_id: int, why: str) -> None:
        """Set a queued copy aside: it cannot be printed here and now. Nothing was sent."""
        self._note(job_id, LabelNews.DEFER, why=why)

    def resume(self, job_id: int) -> None:
        """Put a deferred copy back into the queue."""
        self._note(job_id, LabelNews.RESUME)

    def spoiled(self, job_id: int, why: str) -> None:
        """Note that the copy is waste for a known cause; a new copy that voids it is queued in the same commit.

        A receipt's new copy gets a new access code: the waste may show the old one.
        """
        fresh = mint_access_code(self.drafter.entropy)
        job = self.journal.write(lambda transaction: self._spoil(transaction, job_id, why, fresh))
        if job.kind == "receipt" and job.state is LabelState.SPOILED:
            self._hold_secret(job.claim, fresh)
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

    def _spoil(self, transaction: Transaction, job_id: int, why: str, access_code: str) -> Job:
        connection = transaction.connection
        old = _existing(connection, job_id)
        state = after(old.state, LabelNews.SPOILED)
        if state is old.state:
            return replace(old, state=LabelState.VOID)  # late news of a copy that is over
        fresh = replace_copy(connection, old, entropy=self.drafter.printed, ends=state, why=why)
        if old.kind == "roll":
            body = CopiesIssued(claim=old.claim, reason=why[:200], copies=(fresh,))
            transaction.append(self.drafter.draft(body))
        else:
            self._replace_access_code(transaction, old.claim, access_code, why)
        return replace(old, state=state)

    def _printable(self, job: Job) -> PrintJob:
        label = job.label
        if isinstance(label, Receipt):
            label = self._with_secrets(job.claim, label)
        return PrintJob(id=job.id, claim=job.claim, kind=job.kind, label=label, copy=job.copy)

    def _with_secrets(self, claim: str, receipt: Receipt) -> Receipt:
        """Return ``receipt`` with what only memory knows; what a crash lost is made anew, by an event."""
        secret = self.secrets.get(claim)
        if secret is None:
            fresh = mint_access_code(self.drafter.entropy)
            why = "the station restarted before the receipt was printed"
            self.journal.write(lambda transaction: self._replace_access_code(transaction, claim, fresh, why))
            secret = self._hold_secret(claim, fresh)
        base = self.roster.settings.access_url
        url = f"{base}#{secret.access_code}" if base else None
        return replace(receipt, access_code=secret.access_code, access_url=url, card_masked=secret.card_masked)

    def _replace_access_code(self, transaction: Transaction, claim: str, access_code: str, why: str) -> None:
        body = AccessCodeReplaced(claim=claim, reason=why[:200])
        secrets = AccessCodeReplacedSecrets(access_code=access_code)
        transaction.append(self.drafter.draft(body, secrets=secrets))

    def _hold_secret(self, claim: str, access_code: str) -> PaperSecret:
        known = self.secrets.get(claim)
        secret = replace(known, access_code=access_code) if known else PaperSecret(access_code=access_code)
        self.secrets.put(claim, secret)
        return secret

    def _forget_secret(self, job: Job) -> None:
        if job.kind == "receipt":
            self.secrets.forget(job.claim)


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
