"""Tend the print queue: what stands in it, and what a member of staff decides about a paper (DESIGN 5F).

A doubtful copy is settled by a person who has looked: it is on paper, or it is not and a new one that voids it is
queued. Either is a fact, and written as one with who said it.
"""

from typing import Literal

import apsw

from photocore.ids import ItemId
from photocore.kinds import StaffOverrode
from sync.copies import Job, find_job, read_job
from sync.drafts import Drafter
from sync.errors import DeskReason, DeskRefusal
from sync.journal import Transaction
from sync.label_states import ON_ITS_WAY, LabelNews, LabelState, after
from sync.reissuing import Cause, Reissuing
from sync.statements import run
from sync.views import QueuedJob


def open_jobs(connection: apsw.Connection) -> tuple[QueuedJob, ...]:
    """Return every paper that is not proven printed, in the order they print."""
    return tuple(_queued(read_job(row[:12]), *row[12:]) for row in run(connection, "labels.open_jobs"))


def resume(transaction: Transaction, drafter: Drafter, job_id: int, staff: str, reason: str) -> None:
    """Let a copy go that was set aside; one that is on its way already is left as it is.

    Raises:
        DeskRefusal: no such paper, or it was not set aside.
    """
    job = _existing(transaction.connection, job_id)
    if job.state in ON_ITS_WAY:
        return
    if job.state is not LabelState.DEFERRED:
        raise DeskRefusal(DeskReason.JOB_NOT_SET_ASIDE)
    _take(transaction.connection, job, LabelNews.RESUME)
    transaction.append(drafter.draft(_override(job, "labels_resumed", staff, reason)))


def settle(
    transaction: Transaction, reissuing: Reissuing, job_id: int, *, printed: bool, staff: str, reason: str
) -> Job | None:
    """Take a person's word about a doubtful copy; returns it when that changed anything.

    Raises:
        DeskRefusal: no such paper, or nobody is in doubt about it.
    """
    job = _existing(transaction.connection, job_id)
    if printed and job.state in (LabelState.PRINTED, LabelState.TAKEN):
        return None
    if job.state is not LabelState.MAYBE:
        raise DeskRefusal(DeskReason.JOB_NOT_IN_DOUBT)
    if printed:
        _take(transaction.connection, job, LabelNews.PRINTED, proof="staff")
        transaction.append(reissuing.drafter.draft(_override(job, "label_settled", staff, reason)))
    else:
        reissuing.renew(transaction, job, Cause(reason=reason, staff=staff))
    return job


def _override(job: Job, act: Literal["labels_resumed", "label_settled"], staff: str, reason: str) -> StaffOverrode:
    return StaffOverrode(staff=staff, act=act, reason=reason[:200], about=job.claim, roll=job.roll, copy=job.copy)


def _take(connection: apsw.Connection, job: Job, news: LabelNews, proof: str | None = None) -> None:
    values = {"id": job.id, "state": after(job.state, news).value, "why": "", "process_id": None, "proof": proof}
    run(connection, "labels.set_state", values)


def _existing(connection: apsw.Connection, job_id: int) -> Job:
    job = find_job(connection, job_id)
    if job is None:
        raise DeskRefusal(DeskReason.UNKNOWN_JOB)
    return job


def _queued(job: Job, registration: str | None, package: ItemId | None, made_at: str) -> QueuedJob:
    return QueuedJob(
        id=job.id,
        kind=job.kind,
        state=job.state,
        roll=job.roll,
        number=job.number,
        of=job.of,
        copy=job.copy,
        registration=registration,
        package=package,
        why=job.why,
        made_at=made_at,
    )
