"""Try a station's parked events again: after it was released, after an upgrade that knows their kind.

Nothing a station sent is ever lost to parking: what was sent is kept as sent, its boxes unopened, and goes through the
same examination as on the first day.
"""

from dataclasses import dataclass

from photocore.errors import EventMalformed
from photocore.events import decode_event
from photocore.wire import Verdict
from photoservice.db.database import Row
from photoservice.errors import Unknown
from photoservice.intake.examine import Believed, Faulty, Sender, examine
from photoservice.intake.judge import Judgement
from photoservice.intake.receive import Receiver

_AT_ONCE = 500
"""In one transaction; the next ones follow in the next."""


@dataclass(frozen=True, kw_only=True)
class Retried:
    """How many parked events were applied now, and how many stay parked."""

    applied: int
    parked: int


async def retry_parked(receiver: Receiver, station: str) -> Retried:
    """Apply what can be applied of a live station's parked events, in the order it wrote them.

    Those that another event stands for, or that staff closed, are left alone (DESIGN 5E).

    Raises:
        Unknown: there is no such station, or it was revoked or is held.
    """
    applied = parked = 0
    after = (-1, 0)
    while True:
        tried, done, last = await _retry_some(receiver, station, after)
        applied, parked = applied + done, parked + tried - done
        if last is None:
            return Retried(applied=applied, parked=parked)
        after = last


async def _retry_some(
    receiver: Receiver, station: str, after: tuple[int, int]
) -> tuple[int, int, tuple[int, int] | None]:
    """Try the next events; return how many these were, how many were applied, and the last of them when more follow."""
    now = receiver.clock.now()
    async with receiver.database.begin() as session:
        row = await session.row("stations.hold", station)
        if row is None or row["revoked_at"] or row["held_at"]:
            raise Unknown(f"There is no live station {station}.")
        sender = Sender(id=station, store=row["store"], role=row["role"], public_key=bytes(row["public_key"]))
        parked = await session.rows("events.parked_of", station, *after, _AT_ONCE)
        tried = [judged for one in parked if (judged := _judged(receiver, sender, one)) is not None]
        judgements = await receiver.carry_out(session, sender, tried, now)
        applied = [j for j in judgements if j.verdict is Verdict.APPLIED and isinstance(j.line, Believed)]
        done = [(station, j.line.id, j.line.line, j.reason, j.cause) for j in applied]
        await session.run_many("events.settle", done)
        still = [(station, j.line.id, j.reason, j.cause) for j in judgements if j.verdict is Verdict.PARKED]
        await session.run_many("events.still_parked", still)
        await receiver.settle(session, sender, applied, now)
    last = parked[-1] if len(parked) == _AT_ONCE else None
    return len(parked), len(applied), (last["epoch_place"], last["seq"]) if last is not None else None


def _judged(receiver: Receiver, sender: Sender, row: Row) -> Judgement | None:
    try:
        event = decode_event(bytes(row["line"]))
    except EventMalformed:
        return None
    line = examine(event, sender, receiver.keyring.seal)
    match line:
        case Believed(note=note):
            return Judgement(line=line, verdict=Verdict.APPLIED, reason=note, cause="secrets_lost" if note else "")
        case Faulty(reason=reason, cause=cause):
            return Judgement(line=line, verdict=Verdict.PARKED, reason=reason, cause=cause)
        case None:
            return None
