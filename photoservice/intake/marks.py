"""High marks and gaps: how far a station's epochs are held without a hole (DESIGN 5E).

A mark is the highest *contiguous* seq. The largest one seen would be wrong: in the simulation of the research it lost
1,834 events at the first seed (research/reliability.md 4).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from photocore.wire import EpochMark, Mark
from photoservice.db.database import Session

MAX_RANGES = 100
"""Gaps told in one answer at most; the next answer tells the rest."""

_STRIDE = 1000


@dataclass(frozen=True, kw_only=True)
class Place:
    """One held event of an epoch, as the walk along it needs it."""

    seq: int
    hash: str | None


def walk(high: Mark | None, places: Sequence[Place]) -> Mark | None:
    """Return the mark after walking from ``high`` over ``places`` (ascending) up to the first hole.

    A line that could not be read has no hash that a mark could name: the mark waits below until its successor is here.
    """
    mark, last = high, high.seq if high else 0
    for place in places:
        if place.seq != last + 1:
            break
        last = place.seq
        if place.hash is not None:
            mark = Mark(seq=place.seq, hash=place.hash)
    return mark


def gaps_between(high: Mark | None, places: Sequence[Place]) -> tuple[tuple[int, int], ...]:
    """Return the closed ranges missing between ``high`` and the last of ``places`` (ascending)."""
    gaps: list[tuple[int, int]] = []
    last = high.seq if high else 0
    for place in places:
        if place.seq > last + 1:
            gaps.append((last + 1, place.seq - 1))
        last = max(last, place.seq)
    return tuple(gaps[:MAX_RANGES])


async def advance(session: Session, station: str, epoch: str, high: Mark | None) -> EpochMark:
    """Move the mark of one epoch from ``high`` as far as it goes, and return it with the gaps above it.

    As a rule that takes two statements: what stands above is the batch that was just written and nothing else.
    """
    began = high
    while True:
        rows = await session.rows("epochs.above", station, epoch, high.seq if high else 0, _STRIDE)
        places = [Place(seq=r["seq"], hash=r["hash"]) for r in rows]
        moved = walk(high, places)
        is_all, is_stuck, high = len(rows) < _STRIDE, moved == high, moved
        if is_all or is_stuck:
            break
    if high is not None and high != began:
        await session.run("epochs.move", station, epoch, high.seq, high.hash)
    need = gaps_between(high, places) if is_all else await _gaps(session, station, epoch, high)
    return EpochMark(epoch=epoch, high=high, need=need)


async def _gaps(session: Session, station: str, epoch: str, high: Mark | None) -> tuple[tuple[int, int], ...]:
    rows = await session.rows("epochs.gaps", station, epoch, high.seq if high else 0, MAX_RANGES)
    return tuple((row["first"], row["last"]) for row in rows)


async def all_marks(session: Session, station: str) -> tuple[EpochMark, ...]:
    """Return the marks of every epoch of a station, in the order they began."""
    rows = await session.rows("epochs.of_station", station)
    return tuple([await _told(session, station, row["epoch"], row["high_seq"], row["high_hash"]) for row in rows])


async def _told(session: Session, station: str, epoch: str, seq: int, hash_: str | None) -> EpochMark:
    high = Mark(seq=seq, hash=hash_) if hash_ else None
    return EpochMark(epoch=epoch, high=high, need=await _gaps(session, station, epoch, high))
