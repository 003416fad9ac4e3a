"""Copies of labels and receipts inside a transaction: queue them, replace them, end them (DESIGN 5F).

At most one copy of a roll's label is valid; the database itself refuses a second. A new copy ends the old one in the
same transaction that writes the event telling of it. Papers come in sets: a set is named by the event that made it, a
registration or the making up of a package.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import apsw
import msgspec

from photocore.codes import mint_copy_id
from photocore.ids import ItemId
from photocore.kinds import LabelCopy
from photocore.label import BagLabel, ClaimStub, PackageLabel, Printable, Receipt, RollLabel, TwinCheckLabel
from photocore.seams import Entropy
from sync.label_states import LabelState
from sync.statements import Row, number, one, run

JobKind = Literal["roll", "receipt", "package", "bag", "twin", "stub"]
DropPaper = BagLabel | TwinCheckLabel | ClaimStub
"""A paper of a drop-off. Its number stays through every copy, so that a copy in the hand is as good as another."""

MAX_COPIES = 10
"""Copies of one label before the station stops trying by itself: a broken printer must not eat the whole reel."""


_SHAPES: dict[JobKind, type[Printable]] = {
    "roll": RollLabel,
    "receipt": Receipt,
    "package": PackageLabel,
    "bag": BagLabel,
    "twin": TwinCheckLabel,
    "stub": ClaimStub,
}


@dataclass(frozen=True, kw_only=True)
class Job:
    """One copy as the database has it; ``claim`` is the event its set was made by.

    What is secret in ``label`` is missing: it is never stored.
    """

    id: int
    claim: str
    kind: JobKind
    roll: ItemId | None
    number: int
    of: int
    copy: str
    label: Printable
    state: LabelState
    process_id: str | None
    place: int
    why: str


def read_job(row: Row) -> Job:
    """Return the job in a row of ``labels.sql``."""
    job_id, claim, kind, roll, place_in_set, of, copy, content, state, process_id, place, why = row
    return Job(
        id=job_id,
        claim=claim,
        kind=kind,
        roll=ItemId(roll) if roll is not None else None,
        number=place_in_set,
        of=of,
        copy=copy,
        label=msgspec.json.decode(content, type=_SHAPES[kind]),
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


def jobs_of(connection: apsw.Connection, made_by: str) -> tuple[Job, ...]:
    """Return a set's valid copies in the order they print."""
    return read_jobs(run(connection, "labels.jobs_of_set", {"claim": made_by}))


def jobs_of_rolls(connection: apsw.Connection, rolls: Iterable[ItemId]) -> tuple[Job, ...]:
    """Return the valid copies of some rolls' labels, whichever set they are of."""
    wanted = msgspec.json.encode(list(rolls)).decode()
    return read_jobs(run(connection, "labels.jobs_of_rolls", {"rolls": wanted}))


@dataclass(frozen=True, kw_only=True)
class RollCopies:
    """Every copy that some rolls' labels ever had: which rolls have a valid one, by the set that made it."""

    taken: frozenset[tuple[str, str]]
    valid: tuple[tuple[str, str], ...]

    def labelled(self, *, ending: str | None = None) -> frozenset[str]:
        """Return the rolls that have a valid label, other than of the set ``ending``."""
        return frozenset(roll for roll, made_by in self.valid if made_by != ending)

    def mint(self, roll: ItemId, entropy: Entropy) -> str:
        """Return a copy ID that no copy of this roll's label ever had."""
        copy = mint_copy_id(entropy)
        while (roll, copy) in self.taken:
            copy = mint_copy_id(entropy)
        return copy


def copies_of_rolls(connection: apsw.Connection, rolls: Iterable[ItemId]) -> RollCopies:
    """Return what copies some rolls' labels ever had, whichever set they are of."""
    wanted = msgspec.json.encode(list(rolls)).decode()
    rows = run(connection, "labels.copies_of_rolls", {"rolls": wanted})
    return RollCopies(
        taken=frozenset((roll, copy) for roll, copy, _, _ in rows),
        valid=tuple((roll, made_by) for roll, _, made_by, is_valid in rows if is_valid),
    )


def queue_new_set(
    connection: apsw.Connection, made_by: str, labels: Iterable[RollLabel], receipt: Receipt
) -> tuple[Job, ...]:
    """Queue the papers of a registration whose event is of this very transaction; returns them in their order.

    None of it can have been tried before, so nothing needs to be looked for.
    """
    place: int | None = None
    jobs: list[Job] = []
    for label in labels:
        jobs.append(_insert(connection, made_by, _paper_of(label), _open_label(label), place=place))
        place = jobs[0].place
    jobs.append(_insert(connection, made_by, _RECEIPT, _open_receipt(receipt), place=place))
    return tuple(jobs)


def queue_label(connection: apsw.Connection, made_by: str, label: RollLabel, *, place: int | None) -> int:
    """Queue one roll's label, its claim code left out; returns its place in the line, which its whole set shares."""
    return _add(connection, made_by, _paper_of(label), _open_label(label), place)


def queue_receipt(connection: apsw.Connection, made_by: str, receipt: Receipt, *, place: int | None) -> int:
    """Queue a receipt; whatever is secret in it is left out. Returns its place in the line."""
    return _add(connection, made_by, _RECEIPT, _open_receipt(receipt), place)


def queue_package_label(connection: apsw.Connection, made_by: str, label: PackageLabel, *, place: int | None) -> int:
    """Queue the label of a made-up package and return its place in the line."""
    return _add(connection, made_by, _Paper(kind="package"), label, place)


def fill_drop_set(connection: apsw.Connection, made_by: str, papers: Sequence[DropPaper]) -> None:
    """Queue the papers of a drop-off in one place of the line: the bag's label, the twin checks, the claim stub."""
    place, twins = None, [paper for paper in papers if isinstance(paper, TwinCheckLabel)]
    for paper in papers:
        number = twins.index(paper) + 1 if isinstance(paper, TwinCheckLabel) else 1
        of = len(twins) if isinstance(paper, TwinCheckLabel) else 1
        place = _add(connection, made_by, _Paper(kind=_drop_kind(paper), number=number, of=of), paper, place)


def _drop_kind(paper: DropPaper) -> JobKind:
    match paper:
        case BagLabel():
            return "bag"
        case TwinCheckLabel():
            return "twin"
        case ClaimStub():
            return "stub"


def fresh_copy(connection: apsw.Connection, item: ItemId | None, entropy: Entropy) -> str:
    """Return a copy ID that no copy of this roll's or package's label ever had."""
    copy = mint_copy_id(entropy)
    while item is not None and one(connection, "labels.copy_fate", {"item": item, "copy": copy}) is not None:
        copy = mint_copy_id(entropy)
    return copy


def replace_copy(
    connection: apsw.Connection, old: Job, *, entropy: Entropy, ends: LabelState, why: str, made_by: str | None = None
) -> LabelCopy:
    """End ``old`` and queue a new copy in its place; returns the copy that now is valid and what it voids.

    The new copy is of the old one's set, or of ``made_by``'s. The caller writes the event that tells of it, and of the
    new secret; the copy returned for a receipt or a package's label stands for no roll.
    """
    heir, label = made_by or old.claim, old.label
    fresh = fresh_copy(connection, label.package if isinstance(label, PackageLabel) else old.roll, entropy)
    end = {"id": old.id, "state": ends.value, "replaced_by": fresh, "why": why}
    run(connection, "labels.end_copy", end)
    match label:
        case RollLabel():
            queue_label(connection, heir, replace(label, copy=fresh), place=old.place)
        case Receipt():
            queue_receipt(connection, heir, replace(label, copy=fresh), place=old.place)
        case PackageLabel():
            queue_package_label(connection, heir, replace(label, copy=fresh), place=old.place)
        case BagLabel() | TwinCheckLabel() | ClaimStub():
            paper = _Paper(kind=old.kind, number=old.number, of=old.of)
            _add(connection, heir, paper, replace(label, copy=fresh), old.place)
    return LabelCopy(roll=old.roll or "", copy=fresh, voids=old.copy)


@dataclass(frozen=True, kw_only=True)
class _Paper:
    """Which paper of its set a copy is of."""

    kind: JobKind
    roll: ItemId | None = None
    number: int = 1
    of: int = 1


_RECEIPT = _Paper(kind="receipt")


def _paper_of(label: RollLabel) -> _Paper:
    return _Paper(kind="roll", roll=label.roll, number=label.number, of=label.of)


def _open_label(label: RollLabel) -> RollLabel:
    return label if label.claim_code is None else replace(label, claim_code=None)


def _open_receipt(receipt: Receipt) -> Receipt:
    if receipt.access_code is None and receipt.access_url is None and not receipt.card_masked:
        return receipt
    return replace(receipt, access_code=None, access_url=None, card_masked="")


def _add(connection: apsw.Connection, made_by: str, paper: _Paper, label: Printable, place: int | None) -> int:
    state, why = _patience(connection, made_by, paper)
    return _insert(connection, made_by, paper, label, place=place, state=state, why=why).place


def _insert(
    connection: apsw.Connection,
    made_by: str,
    paper: _Paper,
    label: Printable,
    *,
    place: int | None,
    state: LabelState = LabelState.QUEUED,
    why: str = "",
) -> Job:
    values = {
        "place": place,
        "claim": made_by,
        "kind": paper.kind,
        "roll": paper.roll,
        "number": paper.number,
        "of": paper.of,
        "copy": label.copy,
        "content": msgspec.json.encode(label),
        "state": state.value,
        "why": why,
    }
    job_id, found_place = run(connection, "labels.add_job", values)[0]
    return Job(
        id=job_id,
        claim=made_by,
        kind=paper.kind,
        roll=paper.roll,
        number=paper.number,
        of=paper.of,
        copy=label.copy,
        label=label,
        state=state,
        process_id=None,
        place=found_place,
        why=why,
    )


def _patience(connection: apsw.Connection, made_by: str, paper: _Paper) -> tuple[LabelState, str]:
    values = {"claim": made_by, "kind": paper.kind, "roll": paper.roll, "number": paper.number}
    tried = number(connection, "labels.count_tried", values)
    if tried < MAX_COPIES:
        return LabelState.QUEUED, ""
    return LabelState.DEFERRED, f"{tried} copies came to nothing"
