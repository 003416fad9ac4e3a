"""Copies of labels and receipts inside a transaction: queue them, replace them, end them (DESIGN 5F).

At most one copy of a roll's label is valid; the database itself refuses a second. A new copy ends the old one in the
same transaction that writes the event telling of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import apsw
import msgspec

from photocore.codes import mint_copy_id
from photocore.ids import ItemId
from photocore.kinds import LabelCopy
from photocore.label import Receipt, RollLabel
from photocore.seams import Entropy
from sync.label_states import LabelState
from sync.statements import Row, number, one, run

JobKind = Literal["roll", "receipt", "package"]

MAX_COPIES = 10
"""Copies of one label before the station stops trying by itself: a broken printer must not eat the whole reel."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One copy as the database has it. ``label`` of a receipt lacks its secrets, which are never stored."""

    id: int
    claim: str
    kind: JobKind
    roll: ItemId | None
    number: int
    of: int
    copy: str
    label: RollLabel | Receipt
    state: LabelState
    process_id: str | None
    place: int
    why: str


def read_job(row: Row) -> Job:
    """Return the job in a row of ``labels.sql``."""
    job_id, claim, kind, roll, place_in_set, of, copy, content, state, process_id, place, why = row
    shape: type[RollLabel | Receipt] = RollLabel if kind == "roll" else Receipt
    return Job(
        id=job_id,
        claim=claim,
        kind=kind,
        roll=ItemId(roll) if roll is not None else None,
        number=place_in_set,
        of=of,
        copy=copy,
        label=msgspec.json.decode(content, type=shape),
        state=LabelState(state),
        process_id=process_id,
        place=place,
        why=why,
    )


def read_jobs(rows: list[Row]) -> tuple[Job, ...]:
    """Return the jobs in rows of ``labels.sql``."""
    return tuple(read_job(row) for row in rows)


def find_job(connection: apsw.Connection, job_id: int) -> Job | None:
    """Return one job by its number."""
    row = one(connection, "labels.job_by_id", {"id": job_id})
    return read_job(row) if row else None


def jobs_of(connection: apsw.Connection, claim: str) -> tuple[Job, ...]:
    """Return a claim's valid copies in the order they print."""
    return read_jobs(run(connection, "labels.jobs_of_claim", {"claim": claim}))


def queue_label(connection: apsw.Connection, claim: str, label: RollLabel, *, place: int | None) -> int:
    """Queue one roll's label and return its place in the line, which the rest of its set shares."""
    state, why = _patience(connection, claim, "roll", label.roll)
    values = {
        "claim": claim,
        "kind": "roll",
        "roll": label.roll,
        "number": label.number,
        "of": label.of,
        "copy": label.copy,
        "content": msgspec.json.encode(label),
        "state": state,
        "why": why,
    }
    return _add(connection, values, place)


def queue_receipt(connection: apsw.Connection, claim: str, receipt: Receipt, *, place: int | None) -> int:
    """Queue a receipt; whatever is secret in it is left out. Returns its place in the line."""
    open_part = replace(receipt, access_code=None, access_url=None, card_masked="")
    state, why = _patience(connection, claim, "receipt", None)
    values = {
        "claim": claim,
        "kind": "receipt",
        "roll": None,
        "number": 1,
        "of": 1,
        "copy": receipt.copy,
        "content": msgspec.json.encode(open_part),
        "state": state,
        "why": why,
    }
    return _add(connection, values, place)


def fresh_copy(connection: apsw.Connection, roll: ItemId | None, entropy: Entropy) -> str:
    """Return a copy ID that no copy of this roll's label ever had."""
    copy = mint_copy_id(entropy)
    while roll is not None and one(connection, "labels.copy_fate", {"roll": roll, "copy": copy}) is not None:
        copy = mint_copy_id(entropy)
    return copy


def replace_copy(connection: apsw.Connection, old: Job, *, entropy: Entropy, ends: LabelState, why: str) -> LabelCopy:
    """End ``old`` and queue a new copy in its place; returns the copy that now is valid and what it voids.

    For a receipt the caller writes the new access code's event; the copy returned stands for no roll.
    """
    fresh = fresh_copy(connection, old.roll, entropy)
    end = {"id": old.id, "state": ends.value, "replaced_by": fresh, "why": why}
    run(connection, "labels.end_copy", end)
    label = replace(old.label, copy=fresh)
    if isinstance(label, RollLabel):
        queue_label(connection, old.claim, label, place=old.place)
    else:
        queue_receipt(connection, old.claim, label, place=old.place)
    return LabelCopy(roll=old.roll or "", copy=fresh, voids=old.copy)


def _add(connection: apsw.Connection, values: Mapping[str, object], place: int | None) -> int:
    job_id = number(connection, "labels.add_job", {**values, "place": place})
    job = find_job(connection, job_id)
    assert job is not None  # noqa: S101 - it was written in this very transaction
    return job.place


def _patience(connection: apsw.Connection, claim: str, kind: JobKind, roll: str | None) -> tuple[str, str]:
    made = number(connection, "labels.count_copies", {"claim": claim, "kind": kind, "roll": roll})
    if made < MAX_COPIES:
        return LabelState.QUEUED.value, ""
    return LabelState.DEFERRED.value, f"{made} copies came to nothing"
