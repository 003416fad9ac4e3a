"""What is noted of an order's lines: each step once, by whom, in whatever order it is told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from photocore.orders import Step
from photocore.seams import Clock
from photoservice.db.database import Session

Verdict = Literal["applied", "duplicate", "reused", "refused"]


@dataclass(frozen=True, kw_only=True)
class Steps:
    """Notes steps, and tells people of those they wait for."""

    clock: Clock

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

        ``duplicate``: it was noted before. ``reused``: the key stands for another step. ``refused``: what was noted
        before does not let it follow (``photocore.orders.may_follow``).

        Raises:
            Unknown: there is no such order or line.
        """
        raise NotImplementedError
