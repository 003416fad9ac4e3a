"""Sending what is queued: by a task, in any number of processes, again and again until it is gone, refused or too late.

A message is taken for some minutes by moving its next turn; a process that is killed while it sends leaves it to the
next turn, under the same Message-ID. When a way is down, one letter a round finds out, and the others wait.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec
import structlog
from prometheus_client import Counter, Gauge

from photocore.seams import Clock
from photoservice.db.database import Database, Row, Session
from photoservice.errors import Erased
from photoservice.metrics import Metrics
from photoservice.notifying.couriers import Courier
from photoservice.notifying.kinds import KINDS, Channel, Kind
from photoservice.notifying.letters import Letter, Letters
from photoservice.notifying.messages import ABOUT, TARGET, Told
from photoservice.notifying.outcomes import NotNow, Undeliverable
from photoservice.persons.persons import Persons

log = structlog.get_logger(__name__)

_AT_ONCE: Final = 20
_TAKEN_FOR: Final = timedelta(minutes=5)
_FIRST_PAUSE: Final = timedelta(minutes=1)
_LONGEST_PAUSE: Final = timedelta(hours=2)


@dataclass(frozen=True, kw_only=True)
class _Taken:
    """A message that this process has in its hands."""

    id: str
    channel: Channel
    kind: Kind
    letter: Letter
    attempts: int
    made_at: datetime


class Sender:
    """Sends what is due."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        persons: Persons,
        letters: Letters,
        couriers: Mapping[Channel, Courier],
        metrics: Metrics,
    ) -> None:
        self._database = database
        self._clock = clock
        self._persons = persons
        self.letters = letters
        self._couriers = couriers
        self._outages: dict[Channel, int] = {}
        registry = metrics.registry
        self._sent = Counter(
            "twincheck_messages_total", "Messages by what became of them", ["channel", "result"], registry=registry
        )
        self._waiting = Gauge("twincheck_messages_waiting", "Messages that wait to be sent", registry=registry)

    @property
    def channels(self) -> Collection[Channel]:
        """The channels that lead somewhere here."""
        return tuple(self._couriers)

    async def run_once(self) -> int:
        """Send what is due; returns how many letters went out."""
        gone = 0
        while taken := await self._take():
            down: set[Channel] = set()
            for message in taken:
                gone += await self._send(message, down)
            if down:
                break
        async with self._database.begin() as session:
            self._waiting.set(await session.value("messages.waiting"))
        return gone

    async def _take(self) -> list[_Taken]:
        now = self._clock.now()
        async with self._database.begin() as session:
            rows = await session.rows("messages.take", now, now + _TAKEN_FOR, list(self._couriers), _AT_ONCE)
            return [message for row in rows if (message := await self._open(session, row, now))]

    async def _open(self, session: Session, row: Row, now: datetime) -> _Taken | None:
        """Return a message with its letter; None when it is over, which is noted."""
        kind = KINDS.get(row["kind"])
        if kind is None or now - row["made_at"] > kind.lives:
            await session.run("messages.fail", row["id"], now, "too late" if kind else "unknown kind")
            return None
        person, boxes = row["person"], (bytes(row["target"]), bytes(row["about"]))
        try:
            to = msgspec.json.decode(await self._persons.unbox(session, person, TARGET, boxes[0]), type=str)
            told = msgspec.json.decode(await self._persons.unbox(session, person, ABOUT, boxes[1]), type=Told)
        except Erased:
            await session.run("messages.fail", row["id"], now, "erased")
            return None
        facts = dict.fromkeys(kind.facts, "") | told.facts  # a program that knew others may have queued it
        letter = self.letters.write(
            name=row["id"], kind=kind, person=person, to=to, language=row["language"], about=facts
        )
        return _Taken(
            id=row["id"],
            channel=row["channel"],
            kind=kind,
            letter=letter,
            attempts=row["attempts"],
            made_at=row["made_at"],
        )

    async def _send(self, message: _Taken, down: set[Channel]) -> int:
        """Hand one over and note what became of it; returns 1 when it is gone."""
        if message.channel in down:
            await self._put_off(message, "outage")
            return 0
        try:
            await self._couriers[message.channel].carry(message.letter)
        except Undeliverable as refusal:
            await self._note("messages.fail", message, f"refused {refusal}")
            return 0
        except NotNow as cause:
            if cause.is_outage:
                down.add(message.channel)
                self._note_outage(message.channel, str(cause))
            await self._put_off(message, str(cause))
            return 0
        await self._note("messages.sent", message, "")
        if failed := self._outages.pop(message.channel, 0):
            log.info("messages.go_out_again", channel=message.channel, failed=failed)
        return 1

    async def _note(self, query: str, message: _Taken, why: str) -> None:
        async with self._database.begin() as session:
            await session.run(query, message.id, self._clock.now(), why)
        self._sent.labels(channel=message.channel, result="failed" if why else "sent").inc()

    async def _put_off(self, message: _Taken, why: str) -> None:
        pause = min(_FIRST_PAUSE * 2 ** min(message.attempts - 1, 10), _LONGEST_PAUSE)
        async with self._database.begin() as session:
            await session.run("messages.put_off", message.id, self._clock.now() + pause, why)

    def _note_outage(self, channel: Channel, why: str) -> None:
        self._outages[channel] = self._outages.get(channel, 0) + 1
        if self._outages[channel] == 1:
            log.warning("messages.wait", channel=channel, why=why)
