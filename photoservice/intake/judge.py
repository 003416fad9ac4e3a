"""The verdict on each event, given what is held already (DESIGN 5E): pure, so that any history can be tried.

Same id and same hash: the first answer again, for a reply may have been lost. Same id or place and another hash, or a
chain that does not fit what is held: fork, both kept, and the station is held until a person has looked.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from photocore.events import Event
from photocore.wire import Verdict
from photoservice.errors import Cause
from photoservice.intake.examine import Believed, Faulty, Line


@dataclass(frozen=True, kw_only=True)
class Held:
    """An event that is held: where it stands, what it hashes to, and what it was answered."""

    id: str
    epoch: str
    seq: int
    hash: str | None
    prev_hash: str | None
    verdict: str
    reason: str
    cause: Cause


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What counts against all events of a station: it was revoked, or is held since a fork."""

    reason: str = ""
    cause: Cause = ""


HELD = Standing(reason="this station is held since its history forked", cause="held")
REVOKED = Standing(reason="this station's key was revoked", cause="revoked")


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What becomes of one line. ``beside`` marks one whose ID or place is taken: it is kept beside the first."""

    line: Line
    verdict: Verdict
    reason: str = ""
    cause: Cause = ""
    is_new: bool = True
    beside: bool = False


@dataclass
class _Ledger:
    """What is held, growing while a batch is judged."""

    by_id: dict[str, Held] = field(default_factory=dict[str, Held])
    by_place: dict[tuple[str, int], Held] = field(default_factory=dict[tuple[str, int], Held])
    beside: set[str] = field(default_factory=set[str])

    def add(self, held: Held) -> None:
        self.by_id[held.id] = held
        self.by_place[held.epoch, held.seq] = held


def judge(
    epoch: str, lines: Sequence[Line], held: Iterable[Held], *, forks: Iterable[str] = (), standing: Standing
) -> list[Judgement]:
    """Return the judgement on each of ``lines``, in their order.

    ``held`` are the events held that share an id, a place or a neighbouring place with one of them; ``forks`` the
    hashes kept beside. After the first fork the rest of the batch is parked.
    """
    ledger = _Ledger(beside=set(forks))
    for one in held:
        ledger.add(one)
    judgements: list[Judgement] = []
    for line in lines:
        judgement = _judge_one(epoch, line, ledger, standing)
        if judgement.verdict is Verdict.FORK and judgement.is_new:
            standing = standing if standing.reason else HELD
        if judgement.is_new and not judgement.beside:
            ledger.add(_as_held(epoch, judgement))
        judgements.append(judgement)
    return judgements


def _judge_one(epoch: str, line: Line, ledger: _Ledger, standing: Standing) -> Judgement:
    known = ledger.by_id.get(line.id)
    if known is not None and (known.epoch, known.seq, known.hash) == (epoch, line.seq, line.hash):
        return _again(line, known)
    is_taken = known is not None or (epoch, line.seq) in ledger.by_place
    if isinstance(line, Faulty):
        return Judgement(line=line, verdict=Verdict.PARKED, reason=line.reason, cause=line.cause, beside=is_taken)
    if is_taken:
        reason = f"{'this ID' if known else f'place {line.seq}'} holds another event already"
        is_new = line.hash not in ledger.beside
        return Judgement(line=line, verdict=Verdict.FORK, reason=reason, cause="fork", is_new=is_new, beside=True)
    if not _fits_chain(line.event, line.hash, ledger.by_place):
        reason = "its chain does not follow from what is held"
        return Judgement(line=line, verdict=Verdict.FORK, reason=reason, cause="fork")
    if standing.reason:
        return Judgement(line=line, verdict=Verdict.PARKED, reason=standing.reason, cause=standing.cause)
    cause: Cause = "secrets_lost" if line.note else ""
    return Judgement(line=line, verdict=Verdict.APPLIED, reason=line.note, cause=cause)


def _again(line: Line, known: Held) -> Judgement:
    first = Verdict(known.verdict)
    verdict = Verdict.DUPLICATE if first is Verdict.APPLIED else first
    return Judgement(line=line, verdict=verdict, reason=known.reason, cause=known.cause, is_new=False)


def _fits_chain(event: Event, hash_: str, by_place: Mapping[tuple[str, int], Held]) -> bool:
    before = by_place.get((event.prev.epoch, event.prev.seq)) if event.prev else None
    after = by_place.get((event.epoch, event.seq + 1))
    follows = before is None or before.hash is None or event.prev is None or before.hash == event.prev.hash
    leads = after is None or after.prev_hash is None or after.prev_hash == hash_
    return follows and leads


def _as_held(epoch: str, judgement: Judgement) -> Held:
    line = judgement.line
    return Held(
        id=line.id,
        epoch=epoch,
        seq=line.seq,
        hash=line.hash,
        prev_hash=prev_hash_of(line),
        verdict=judgement.verdict.value,
        reason=judgement.reason,
        cause=judgement.cause,
    )


def prev_hash_of(line: Line) -> str | None:
    """Return the hash ``line`` gives for the event before it."""
    if isinstance(line, Believed):
        return line.event.prev.hash if line.event.prev else None
    return line.prev_hash
