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
from photoservice.intake.examine import Believed, Sender, examine
from photoservice.intake.judge import Judgement
from photoservice.intake.receive import Receiver

_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Retried:
    """How many parked events were applied now, and how many stay parked."""

    applied: int
    parked: int


async def retry_parked(receiver: Receiver, station: str) -> Retried:
    """Apply what can be applied of a live station's parked events, the oldest 500 at once.

    Raises:
        Unknown: there is no such station, or it was revoked or is held.
    """
    now = receiver.clock.now()
    async with receiver.database.begin() as session:
        row = await session.row("stations.hold", station)
        if row is None or row["revoked_at"] or row["held_at"]:
            raise Unknown(f"There is no live station {station}.")
        sender = Sender(id=station, store=row["store"], role=row["role"], public_key=bytes(row["public_key"]))
        parked = await session.rows("events.parked_of", station, _AT_ONCE)
        good = [event for one in parked if (event := _examined(receiver, sender, one)) is not None]
        tried = [Judgement(line=event, verdict=Verdict.APPLIED, reason=event.note) for event in good]
        judgements = await receiver.carry_out(session, sender, tried, now)
        applied = [j for j in judgements if j.verdict is Verdict.APPLIED and isinstance(j.line, Believed)]
        done = [(station, j.line.id, j.line.line, j.reason) for j in applied]
        await session.run_many("events.settle", done)
        await receiver.settle(session, sender, applied, now)
    return Retried(applied=len(applied), parked=len(parked) - len(applied))


def _examined(receiver: Receiver, sender: Sender, row: Row) -> Believed | None:
    try:
        event = decode_event(bytes(row["line"]))
    except EventMalformed:
        return None
    examined = examine(event, sender, receiver.keyring.seal)
    return examined if isinstance(examined, Believed) else None
