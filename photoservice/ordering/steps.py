"""What is noted of an order's lines: each step once, by whom, in whatever order it is told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from photocore.orders import Line, Step, may_follow
from photocore.seams import Clock
from photoservice.db.database import Session
from photoservice.errors import Unknown
from photoservice.ordering.reading import Reading
from photoservice.ordering.settling import Settling

Verdict = Literal["applied", "duplicate", "reused", "refused"]

_TOLD: Final[dict[Step, str]] = {"sent": "order_sent", "ready": "order_ready"}


@dataclass(frozen=True, kw_only=True)
class Steps:
    """Notes steps, and tells people of those they wait for."""

    clock: Clock
    reading: Reading
    settling: Settling

    async def note(
        self,
        session: Session,
        order: str,
        line: int,
        step: Step,
        *,
        at: datetime,
        by: str,
        key: str = "",
        note: str = "",
    ) -> Verdict:
        """Note that a line took a step; ``by`` is a tenant's ID, an operator's, or ``service``.

        ``duplicate``: it was noted before. ``reused``: the key stands for another step of theirs. ``refused``: what was
        noted before does not let it follow (``photocore.orders.may_follow``), or the order was not handed over.

        Raises:
            Unknown: there is no such order or line.
        """
        row = await session.row("ordering.lock", order)
        shown = await self.reading.one(session, order) if row else None
        one = shown.line(line) if shown else None
        if shown is None or one is None:
            raise Unknown("There is no such line of an order.")
        if (verdict := await self._before(session, order, (line, step), (by, key))) is not None:
            return verdict
        steps: frozenset[Step] = frozenset(noted.step for noted in one.steps)
        if step in steps:
            return "duplicate"
        if shown.released_at is None or not may_follow(Line(number=line, steps=steps), step):
            return "refused"
        if step == "cancelled":
            await self.settling.cancel(session, shown, [line], by=by, note=note, tell=True)
            return "applied"
        await session.run("ordering.note_step", order, line, step, at, self.clock.now(), by, key, note)
        await self.settling.sum_up(session, shown, by=by)
        if step in _TOLD:
            await self.settling.telling.tell(session, order, _TOLD[step], (shown.person, shown.root))
        return "applied"

    async def _before(
        self, session: Session, order: str, asked: tuple[int, Step], told: tuple[str, str]
    ) -> Verdict | None:
        row = await session.row("ordering_release.step_of_key", order, *told)
        if row is None:
            return None
        return "duplicate" if (row["line"], row["step"]) == asked else "reused"
