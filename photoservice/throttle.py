"""Slow down who guesses codes: wrong tries are counted per item and source, per source, and for everybody together.

Whoever guesses from one place locks out nobody but that place: the owner's right code works from any other
(DESIGN 5D). Only the budget of all wrong tries in an hour closes the door for everybody, and then the counters in the
stores stay open. Counts live in the database, so a restart forgives nothing; a count is kept under an HMAC, so
nobody reads there who asked for what. What was claimed is counted as it was typed and never as the package it belongs
to: else two rolls that share a count would be known to share a package.

Wrong tries are few by construction (the budget), so the table is small: at most four rows each, forgotten after a
quiet week. Figures: research, reliability A11 (5 wrong a package: 1 h, doubled; 10 an hour and address). A try names
one package: with three codes of 60 bits on it, a thousand tries an hour hit one in 4e10 years.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from photocore.seams import Clock
from photoservice.db.database import Session
from photoservice.errors import Throttled
from photoservice.keyring import Keyring

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_QUIET = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Limit:
    """So many ``wrong`` tries ``within`` a time begin a rest, twice as long each time up to ``longest``.

    Without a ``rest`` of its own it lasts until ``within`` is over.
    """

    wrong: int
    within: timedelta
    rest: timedelta | None
    longest: timedelta


PER_ITEM_AND_SOURCE = Limit(wrong=5, within=_DAY, rest=_HOUR, longest=_DAY)
PER_SOURCE = Limit(wrong=10, within=_HOUR, rest=_HOUR, longest=_HOUR)
PER_NETWORK = Limit(wrong=40, within=_HOUR, rest=_HOUR, longest=_HOUR)


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where a try comes from: the neighbourhood of an address, and the wider network it is easily moved in."""

    near: str
    wide: str | None = None


@dataclass(frozen=True, kw_only=True)
class Count:
    """One thing wrong tries are counted for, by its HMAC."""

    about: bytes
    limit: Limit


@dataclass(frozen=True, kw_only=True)
class Throttle:
    """Counts wrong tries of one ``purpose``, and refuses who rests."""

    clock: Clock
    keyring: Keyring
    purpose: str
    budget: int

    def counts(self, source: Source, item: str | None = None) -> tuple[Count, ...]:
        """Return what a try from ``source`` is counted for; ``item`` is what it tried, as typed."""
        wide = [self._count(PER_NETWORK, "network", source.wide)] if source.wide else []
        pair = [self._count(PER_ITEM_AND_SOURCE, "item and source", item, source.near)] if item is not None else []
        return (*pair, self._count(PER_SOURCE, "source", source.near), *wide, self._everybody)

    def lock_name(self, source: Source) -> str:
        """Return the advisory lock under which tries of one source are counted one after the other."""
        return f"tries:{self._count(PER_SOURCE, 'source', source.near).about.hex()}"

    async def refuse_resting(self, session: Session, counts: Sequence[Count]) -> None:
        """Let a try pass unless one of its counts rests.

        Raises:
            Throttled: it does.
        """
        now = self.clock.now()
        until = await session.value("throttle.resting", [count.about for count in counts], now)
        if until is not None:
            raise Throttled(wait_s=max(1, ceil((until - now).total_seconds())))

    async def note_wrong(self, session: Session, counts: Sequence[Count]) -> None:
        """Count a wrong try; the transaction must commit."""
        now = self.clock.now()
        for count in counts:
            limit = count.limit
            bounds = (limit.wrong, limit.within, limit.rest, limit.longest)
            await session.run("throttle.note_wrong", count.about, now, *bounds)

    async def forget(self, session: Session) -> int:
        """Drop the counts of who was quiet for a week; return how many."""
        now = self.clock.now()
        return await session.run("throttle.forget", now - _QUIET, now)

    @property
    def _everybody(self) -> Count:
        return self._count(Limit(wrong=self.budget, within=_HOUR, rest=None, longest=_HOUR), "everybody")

    def _count(self, limit: Limit, kind: str, *about: str) -> Count:
        return Count(about=self.keyring.mac("wrong tries", self.purpose, kind, *about), limit=limit)
