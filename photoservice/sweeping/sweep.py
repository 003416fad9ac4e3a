"""The sweep: once an hour what is over, once a day what depends on the rest of what a person has.

Any number of processes may: one sweeps at a time, and the others go home. It works in small bites, each a transaction
of its own that passes over what somebody holds, so nobody waits for it; killed anywhere, the next one goes on.
"""

from collections import Counter as Counts
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import structlog
from prometheus_client import Counter, Gauge

from photocore.seams import Clock
from photoservice.access import CODE_LIVES_FOR
from photoservice.db.database import Database, Session
from photoservice.metrics import Metrics
from photoservice.notifying.kinds import KINDS
from photoservice.objects.holding import alone
from photoservice.sweeping.rules import RULES, Rule

log = structlog.get_logger(__name__)

EVERY: Final = timedelta(hours=1)
PEOPLE_EVERY: Final = timedelta(hours=24)
SWEEPING: Final = "sweeping"

_ROWS: Final = 1000
_PEOPLE: Final = 200
_SLACK: Final = timedelta(minutes=1)
"""A round that comes a moment early is on time."""


@dataclass(frozen=True, kw_only=True)
class Swept:
    """How many rows went, by the name of their rule. ``held_off``: another process sweeps, and nothing was done."""

    gone: Mapping[str, int]
    held_off: bool = False


class Sweep:
    """Drops what nobody needs any more, by the rules and for how long ``periods`` keep what is over."""

    def __init__(self, *, database: Database, clock: Clock, periods: Mapping[str, timedelta], metrics: Metrics) -> None:
        self._database = database
        self._clock = clock
        self._periods = periods
        self._swept = Counter("twincheck_swept_total", "Rows that nobody needs", ["rule"], registry=metrics.registry)
        self._at = Gauge(
            "twincheck_sweep_round_seconds", "When this process last saw to it, in Unix time", registry=metrics.registry
        )

    async def round(self) -> None:
        """Sweep what is due by now, whichever process swept last."""
        now = self._clock.now()
        due: list[bool] = []
        async with self._database.begin() as session:
            for name, every in (("sweep", EVERY), ("sweep people", PEOPLE_EVERY)):
                due.append(bool(await session.value("objects.upkeep_due", name, now, now - every + _SLACK)))
        if any(due):
            await self.run(by_person=due[1])
        self._at.set(now.timestamp())

    async def run(self, *, by_person: bool = True) -> Swept:
        """Sweep everything that is over; ``by_person`` also what is looked through person by person."""
        gone: Counts[str] = Counts()
        async with alone(self._database, SWEEPING) as still:
            if still is None:
                return Swept(gone={}, held_off=True)
            for rule in RULES:
                if not rule.by_person:
                    self._note(gone, rule, await self._sweep_old(rule))
            await still()
            if by_person:
                await self._sweep_people(gone)
        if gone:
            log.info("swept", **gone)
        return Swept(gone=dict(gone))

    async def _sweep_old(self, rule: Rule) -> int:
        before, gone = self._before(rule), 0
        while True:
            async with self._database.begin() as session:
                bite = await session.run(f"sweeping.{rule.name}", before, _ROWS)
            gone += bite
            if bite < _ROWS:
                return gone

    async def _sweep_people(self, gone: Counts[str]) -> None:
        rules, last = [rule for rule in RULES if rule.by_person], ""
        while True:
            async with self._database.begin() as session:
                people = [row["id"] for row in await session.rows("sweeping.people", last, _PEOPLE)]
            if not people:
                return
            for rule in rules:
                async with self._database.begin() as session:
                    self._note(gone, rule, await self._sweep_some(session, rule, people))
            last = people[-1]

    async def _sweep_some(self, session: Session, rule: Rule, people: Sequence[str]) -> int:
        before, held = self._before(rule), list[str]()
        bounds = () if rule.most is None else (rule.most,)
        if rule.is_held:
            rows = await session.rows(f"sweeping.{rule.name}_held", people, before, *bounds)
            held = [row["lock"] for row in rows]
            if not held:
                return 0
            await session.lock(held)
        return await session.run(f"sweeping.{rule.name}", people, before, *bounds, *_facts(rule, before, held))

    def _before(self, rule: Rule) -> datetime:
        return self._clock.now() - self._periods[rule.name]

    def _note(self, gone: Counts[str], rule: Rule, count: int) -> None:
        if count:
            gone[rule.name] += count
        self._swept.labels(rule=rule.name).inc(count)


def _facts(rule: Rule, before: datetime, held: list[str]) -> tuple[object, ...]:
    """Return what a rule's statement is told besides."""
    if rule.name == "notices":
        return ([kind.name for kind in KINDS.values() if kind.is_others_doing],)
    if rule.name == "guests":
        return (before - CODE_LIVES_FOR, held)
    return (held,) if rule.is_held else ()
