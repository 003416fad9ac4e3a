"""One batch in, one signed ack out, one transaction in between (DESIGN 5E).

The ack is given after the durable commit and never before. A lost reply is harmless: the same batch again gets the
same verdicts. Deadlocks that slip past the ordered locks are the database's to find and ours to try again.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import asyncpg
import structlog

from photocore.events import instant
from photocore.kinds import PackageClaimed
from photocore.seams import Clock
from photocore.signed import Signed
from photocore.wire import (
    Ack,
    EpochMark,
    EventVerdict,
    Hello,
    Mark,
    SyncAnswer,
    Unreadable,
    Verdict,
    Welcome,
    decode_batch,
    decode_hello,
    request_digest,
    sign_ack,
    sign_welcome,
)
from photoservice.db.database import Database, Row, Session
from photoservice.errors import Parked
from photoservice.intake.apply import Applier
from photoservice.intake.examine import Believed, Line, Sender, epoch_of, examine, told
from photoservice.intake.judge import HELD, REVOKED, Held, Judgement, Standing, judge, prev_hash_of
from photoservice.intake.marks import advance, all_marks
from photoservice.intake.merges import Reach
from photoservice.intake.roots import Roots, lock_items, read_roots
from photoservice.intake.sales import told_by
from photoservice.intake.subjects import claim_of, items_of, package_of
from photoservice.keyring import Keyring
from photoservice.metrics import Metrics
from photoservice.news import note_acked, tell_again
from photoservice.registrations import Root, claim_name, load_roots, lock_name, outcome_of, settle_roots

log = structlog.get_logger(__name__)

_TRIES = 4
_SMALL_BODY = 8_000
"""A batch of so few bytes (some registrations, gzipped) is examined faster than a thread is called."""

_UNSTORABLE = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)


@dataclass(frozen=True, kw_only=True)
class _Batch:
    """A batch as examined: its lines in order, and those that cannot even be named."""

    epoch: str
    request: str
    lines: tuple[Line, ...]
    nameless: tuple[Unreadable, ...]


async def _on_a_thread(work: Callable[[], _Batch]) -> _Batch:
    return await asyncio.to_thread(work)


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """Takes batches and handshakes from authenticated stations.

    ``offload`` does work that takes the processor but no I/O: beside the loop, unless one caller does everything.
    """

    database: Database
    clock: Clock
    keyring: Keyring
    applier: Applier
    metrics: Metrics
    offload: Callable[[Callable[[], _Batch]], Awaitable[_Batch]] = _on_a_thread

    async def take(self, sender: Sender, body: bytes) -> SyncAnswer:
        """Apply a batch and return the signed answer.

        Raises:
            EventMalformed: the body is no batch.
            Malformed: it holds no event, or those of two epochs.
        """
        examine_it = partial(self._examine, sender, body)
        batch = examine_it() if len(body) < _SMALL_BODY else await self.offload(examine_it)
        careful = False
        for _ in range(_TRIES - 1):
            try:
                return await self._take_once(sender, batch, careful=careful)
            except (asyncpg.DeadlockDetectedError, asyncpg.SerializationError) as why:
                log.info("intake.again", station=sender.id, why=type(why).__name__)
            except _UNSTORABLE as why:
                if careful:
                    raise
                careful = True
                log.info("intake.one_by_one", station=sender.id, why=type(why).__name__)
        return await self._take_once(sender, batch, careful=careful)

    async def greet(self, sender: Sender, body: bytes) -> Signed:
        """Answer a handshake: what is held of every epoch, also of those the station does not know any more.

        A station that forgot some was restored from an old copy, and is owed all news again.

        Raises:
            EventMalformed: the body is no handshake.
        """
        hello = decode_hello(body)
        async with self.database.begin() as session:
            await session.row("stations.hold", sender.id)
            forked = await session.rows(
                "epochs.disagreeing",
                sender.id,
                [e.epoch for e in hello.epochs],
                [e.last for e in hello.epochs],
                [e.head for e in hello.epochs],
            )
            if forked:
                await self._hold(session, sender, f"its epoch {forked[0]['epoch']} has another history here")
            marks = await all_marks(session, sender.id)
            if _was_restored(hello, marks):
                await tell_again(session, sender.id)
        known = {mark.epoch for mark in marks}
        unknown = tuple(EpochMark(epoch=e.epoch, high=None) for e in hello.epochs if e.epoch not in known)
        welcome = Welcome(
            station=sender.id,
            request=request_digest(body),
            epochs=marks + unknown,
            server_time=instant(self.clock),
        )
        return sign_welcome(welcome, self.keyring.sign)

    def _examine(self, sender: Sender, body: bytes) -> _Batch:
        lines = decode_batch(body)
        epoch = epoch_of(lines)
        examined = [(line, examine(line, sender, self.keyring.seal)) for line in lines]
        return _Batch(
            epoch=epoch,
            request=request_digest(body),
            lines=tuple(line for _, line in examined if line is not None),
            nameless=tuple(line for line, known in examined if known is None and isinstance(line, Unreadable)),
        )

    async def _take_once(self, sender: Sender, batch: _Batch, *, careful: bool) -> SyncAnswer:
        now = self.clock.now()
        async with self.database.begin() as session:
            station = await session.row("stations.open_batch", sender.id, batch.epoch)
            judgements = await self._judge(session, sender, batch, station)
            judgements = await self.carry_out(session, sender, judgements, now, careful=careful)
            await self._keep(session, sender, batch, judgements, now)
            told = {claim_name(sender.id, j.line.id) for j in judgements if _counts(j)}
            settled = await self.settle(session, sender, judgements, now, told=told)
            known = await self._known_before(session, sender, judgements, settled)
            verdicts = _verdicts(sender, judgements, {**settled, **known})
            again = _verdicts(sender, judgements, known)
            await note_acked(session, sender.id, {v.id: v.outcome for v in again if v.outcome is not None})
            mark = await advance(session, sender.id, batch.epoch, _high(station))
        self._count(sender, judgements)
        return SyncAnswer(acks=(self._ack(sender, batch, verdicts, mark),))

    async def _judge(self, session: Session, sender: Sender, batch: _Batch, station: Row | None) -> list[Judgement]:
        seqs = {seq for line in batch.lines for seq in (line.seq - 1, line.seq, line.seq + 1)}
        named = [line.event.prev for line in batch.lines if isinstance(line, Believed)]
        prevs = [prev for prev in named if prev is not None and prev.epoch != batch.epoch]  # seqs has the epoch's own
        held = await session.rows(
            "events.held",
            sender.id,
            [line.id for line in batch.lines],
            batch.epoch,
            sorted(seqs),
            [prev.epoch for prev in prevs],
            [prev.seq for prev in prevs],
        )
        known, standing = [Held(**dict(row)) for row in held], _standing(station)
        judgements = judge(batch.epoch, batch.lines, known, standing=standing)
        if not any(j.verdict is Verdict.FORK for j in judgements):
            return judgements
        forks = await session.rows("events.forks", sender.id, [line.hash for line in batch.lines if line.hash])
        return judge(batch.epoch, batch.lines, known, forks=[row["hash"] for row in forks], standing=standing)

    async def carry_out(
        self, session: Session, sender: Sender, judgements: list[Judgement], now: datetime, *, careful: bool = True
    ) -> list[Judgement]:
        """Apply what is to be applied: all at once, or (``careful``) one by one where the database refuses one of them.

        Raises:
            asyncpg.DataError, asyncpg.IntegrityConstraintViolationError: it refuses one and nobody was careful; the
                transaction is lost.
        """
        believed = [
            j.line for j in judgements if j.is_new and j.verdict is Verdict.APPLIED and isinstance(j.line, Believed)
        ]
        refused = await self._foreign(session, sender, believed)
        good = [event for event in believed if event.id not in refused]
        roots = await self._lock(session, sender, good)
        if careful:
            refused |= await self._try_all(session, sender, good, roots, now)
        else:
            refused |= await self.applier.apply(session, sender, good, roots, now)
        return [_park(j, refused[j.line.id]) if j.is_new and j.line.id in refused else j for j in judgements]

    async def _try_all(
        self, session: Session, sender: Sender, events: Sequence[Believed], roots: Roots, now: datetime
    ) -> dict[str, Parked]:
        try:
            async with session.savepoint():
                return await self.applier.apply(session, sender, events, roots, now)
        except _UNSTORABLE:
            return await self._one_by_one(session, sender, events, now)

    async def _one_by_one(
        self, session: Session, sender: Sender, events: Iterable[Believed], now: datetime
    ) -> dict[str, Parked]:
        refused: dict[str, Parked] = {}
        for event in events:
            roots = await read_roots(session, items_of(event))  # the one before may have made it known
            try:
                async with session.savepoint():
                    refused |= await self.applier.apply(session, sender, [event], roots, now)
            except _UNSTORABLE as why:
                refused[event.id] = Parked(f"the database cannot hold it ({why.sqlstate})", cause="database")
        return refused

    async def _foreign(self, session: Session, sender: Sender, events: Iterable[Believed]) -> dict[str, Parked]:
        """Find what speaks of another station's claim."""
        about = {e.id: claim for e in events if (claim := claim_of(e)) is not None}
        if not about:
            return {}
        rows = await session.rows("claims.of_others", sender.id, list(about.values()))
        theirs = {row["id"] for row in rows}
        why = Parked("it speaks of another station's claim", cause="other_station")
        return {id_: why for id_, claim in about.items() if claim in theirs}

    async def _lock(self, session: Session, sender: Sender, events: Sequence[Believed]) -> Roots:
        """Lock the items and cards of ``events`` in one order; read again after, as a manifest may just have come."""
        items = {item for e in events for item in items_of(e)} | await self._roots_of(session, sender, events)
        reach = await self.applier.mergings.reach(session, sender.id, events)
        items |= reach.roots
        cards = {self.applier.accounts.lookup(card).hex() for e in events for card in e.cards} | reach.cards
        if not (items or cards):
            return Roots(packages={})
        names = {lock_name(item) for item in items} | {f"card:{card}" for card in cards}
        roots = await lock_items(session, names, items)
        await self._lock_reach(session, sender, events, reach)
        fresh = await read_roots(session, items)
        if fresh != roots:
            await session.lock({lock_name(fresh.of(item)) for item in items})
        return fresh

    async def _lock_reach(self, session: Session, sender: Sender, events: Sequence[Believed], locked: Reach) -> None:
        """Lock what merges reach by now: a claim, or another merge, may have come while the locks were waited for."""
        reach = await self.applier.mergings.reach(session, sender.id, events)
        if reach != locked:
            await session.lock({*(lock_name(root) for root in reach.roots), *(f"card:{card}" for card in reach.cards)})

    async def _keep(
        self, session: Session, sender: Sender, batch: _Batch, judgements: Sequence[Judgement], now: datetime
    ) -> None:
        fresh = [j for j in judgements if j.is_new]
        rows = [_event_row(j) for j in fresh if not j.beside]
        if rows:
            await session.run("events.insert_all", sender.id, batch.epoch, now, *map(list, zip(*rows, strict=True)))
        forks = [j for j in fresh if j.beside and j.verdict is Verdict.FORK]
        await session.run_many("events.insert_fork", [_fork_row(sender, batch, j, now) for j in forks])
        doubtful = [(j.line.line, j.reason) for j in fresh if j.beside and j.verdict is Verdict.PARKED]
        doubtful += [(line.line, line.why) for line in batch.nameless]
        unread = [(sender.id, hashlib.sha256(line).hexdigest(), line, told(why), now) for line, why in doubtful]
        await session.run_many("events.insert_unreadable", unread)
        for judgement in fresh:
            if judgement.verdict is Verdict.FORK:
                await self._hold(session, sender, judgement.reason)

    async def settle(
        self,
        session: Session,
        sender: Sender,
        judgements: Sequence[Judgement],
        now: datetime,
        *,
        told: Set[str] = frozenset(),
    ) -> dict[str, Root]:
        """Rewrite what the batch touched, and return what is known of it; an ack tells the outcomes of ``told``."""
        applied = [
            j.line for j in judgements if j.is_new and j.verdict is Verdict.APPLIED and isinstance(j.line, Believed)
        ]
        own = [e.id for e in applied if isinstance(e.body, PackageClaimed)]
        touched = await self._roots_of(session, sender, applied, own) | {p for e in applied if (p := package_of(e))}
        touched |= (await self.applier.mergings.reach(session, sender.id, applied)).roots
        return dict(await settle_roots(session, touched, now, told=told)) if touched else {}

    async def _known_before(
        self, session: Session, sender: Sender, judgements: Iterable[Judgement], settled: Mapping[str, Root]
    ) -> dict[str, Root]:
        """Return what is known of claims that were held already, beyond what was just settled."""
        asked = [j.line.id for j in judgements if j.verdict is Verdict.DUPLICATE]
        if not asked:
            return {}
        missing = {row["root"] for row in await session.rows("claims.roots", sender.id, asked)} - settled.keys()
        return await load_roots(session, missing) if missing else {}

    async def _roots_of(
        self, session: Session, sender: Sender, events: Sequence[Believed], own: Sequence[str] = ()
    ) -> set[str]:
        """Return the roots of the claims and sales ``events`` speak of, and of ``own`` claims."""
        claims = [*own, *(claim for e in events if (claim := claim_of(e)) is not None)]
        rows = await session.rows("claims.roots", sender.id, claims) if claims else ()
        told = list(told_by(events))
        sold = await session.rows("sales.roots", sender.id, told) if told else ()
        return {row["root"] for row in (*rows, *sold)}

    async def _hold(self, session: Session, sender: Sender, why: str) -> None:
        self.metrics.forks.inc()
        log.error("station.held", station=sender.id, why=why)
        await session.run("stations.stop", sender.id, self.clock.now(), why)

    def _count(self, sender: Sender, judgements: Sequence[Judgement]) -> None:
        for judgement in judgements:
            self.metrics.events.labels(verdict=judgement.verdict.value).inc()
        parked = [j.reason for j in judgements if j.is_new and j.verdict is Verdict.PARKED]
        if parked:
            log.warning("events.parked", station=sender.id, count=len(parked), first=parked[0])
        lost = sum(isinstance(j.line, Believed) and bool(j.line.note) for j in judgements if j.is_new)
        if lost:
            log.warning("events.without_secrets", station=sender.id, count=lost)
        log.info("batch.taken", station=sender.id, events=len(judgements), fresh=sum(j.is_new for j in judgements))

    def _ack(self, sender: Sender, batch: _Batch, verdicts: tuple[EventVerdict, ...], mark: EpochMark) -> Signed:
        ack = Ack(
            level="photoservice",
            station=sender.id,
            epoch=batch.epoch,
            request=batch.request,
            verdicts=verdicts,
            high=mark.high,
            need=mark.need,
            server_time=instant(self.clock),
        )
        return sign_ack(ack, self.keyring.sign)


def _verdicts(sender: Sender, judgements: Iterable[Judgement], roots: dict[str, Root]) -> tuple[EventVerdict, ...]:
    outcomes = {claim: root for root in roots.values() for claim in root.claims}
    return tuple(_verdict(sender, judgement, outcomes) for judgement in judgements)


def _verdict(sender: Sender, judgement: Judgement, roots: dict[str, Root]) -> EventVerdict:
    line, name = judgement.line, claim_name(sender.id, judgement.line.id)
    counts = _counts(judgement) and name in roots
    return EventVerdict(
        id=line.id,
        seq=line.seq,
        verdict=judgement.verdict,
        reason=judgement.reason,
        outcome=outcome_of(roots[name], name) if counts else None,
        cause=judgement.cause,
    )


def _counts(judgement: Judgement) -> bool:
    return judgement.verdict in (Verdict.APPLIED, Verdict.DUPLICATE)


def _high(station: Row | None) -> Mark | None:
    return Mark(seq=station["high_seq"], hash=station["high_hash"]) if station and station["high_hash"] else None


def _was_restored(hello: Hello, marks: Iterable[EpochMark]) -> bool:
    """Tell whether a station forgot what we hold: it lost what it was told with it."""
    last = {said.epoch: said.last for said in hello.epochs}
    return any(mark.high is not None and last.get(mark.epoch, 0) < mark.high.seq for mark in marks)


def _standing(station: Row | None) -> Standing:
    if station is None or station["revoked_at"] is not None:
        return REVOKED
    if station["held_at"] is not None:
        return HELD
    return Standing()


def _park(judgement: Judgement, why: Parked) -> Judgement:
    return Judgement(line=judgement.line, verdict=Verdict.PARKED, reason=told(str(why)), cause=why.cause)


def _event_row(j: Judgement) -> tuple[object, ...]:
    line = j.line
    kind = line.event.kind if isinstance(line, Believed) else line.kind
    kept = line.sent if isinstance(line, Believed) and j.verdict is not Verdict.APPLIED else line.line
    return line.id, line.seq, line.hash, prev_hash_of(line), kind, j.verdict.value, j.reason, j.cause, kept


def _fork_row(sender: Sender, batch: _Batch, j: Judgement, now: datetime) -> tuple[object, ...]:
    assert isinstance(j.line, Believed)  # noqa: S101  # judge() calls only what it believes a fork
    return (sender.id, j.line.hash, j.line.id, batch.epoch, j.line.seq, j.line.sent, now)
