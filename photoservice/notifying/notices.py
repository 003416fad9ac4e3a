"""Notices: what a person is told in the app, once, and by whatever other channel they want it by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import msgspec

from photocore.crockford import mint
from photocore.seams import Clock, Entropy
from photoservice.db.database import Session
from photoservice.notifying.kinds import KINDS
from photoservice.notifying.messages import Messages

MOST_SHOWN: Final = 50
MOST_OF_OTHERS: Final = 50
"""Times a day that others' doings of one kind are told: who has a share's address could fill a mailbox by it."""

MOST_KEPT: Final = 500
"""Of others' doings, and as many of all else: nobody pushes what guards an account out of its list."""

_DAY: Final = timedelta(days=1)
_ALWAYS: Final = 1 << 30

_SYMBOLS: Final = 15


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One thing a person was told: its facts, and the path of the page it is about."""

    id: str
    kind: str
    about: Mapping[str, str]
    path: str
    at: datetime
    is_seen: bool


@dataclass(frozen=True, kw_only=True)
class Notices:
    """Tells people, and shows them what they were told."""

    clock: Clock
    entropy: Entropy
    messages: Messages

    async def tell(self, session: Session, person: str, kind: str, key: str, about: Mapping[str, str]) -> bool:
        """Tell a person in the app, and by the channels they want; returns whether they did not know it yet.

        ``key`` names the thing told: with the same one they are told once. ``about`` are the facts of its kind
        (``kinds.py``); ``path`` among them leads to another page than the kind's own.

        Raises:
            KeyError: there is no such kind, or a fact is missing.
        """
        told = KINDS[kind].about(about)
        text, now = msgspec.json.encode(told).decode(), self.clock.now()
        name = "N-" + mint(self.entropy, _SYMBOLS)
        most = MOST_OF_OTHERS if KINDS[kind].is_others_doing else _ALWAYS
        if not await session.run("notices.insert", name, person, kind, key, text, now, most, now - _DAY):
            return False
        others = [one.name for one in KINDS.values() if one.is_others_doing]
        await session.run("notices.trim", person, others, kind in others, MOST_KEPT)
        await self.messages.spread(session, person, KINDS[kind], key, about)
        return True

    async def unseen(self, session: Session, person: str) -> int:
        """Return how many notices a person has not seen; a hundred stands for more, too."""
        return int(await session.value("notices.unseen", person) or 0)

    async def of(self, session: Session, person: str, *, before: str = "") -> Sequence[Notice]:
        """Return a person's notices, the newest first; those older than the one called ``before``."""
        rows = await session.rows("notices.of", person, before, MOST_SHOWN)
        found: list[Notice] = []
        for row in rows:
            about = msgspec.json.decode(row["about"], type=dict[str, str])
            kind = KINDS.get(row["kind"])
            if kind is not None:  # one that a newer program knew is not shown
                path, is_seen = kind.leads_to(about), row["seen_at"] is not None
                found.append(
                    Notice(id=row["id"], kind=kind.name, about=about, path=path, at=row["at"], is_seen=is_seen)
                )
        return found

    async def see(self, session: Session, person: str) -> int:
        """Note that a person has seen all they were told; returns how many were new."""
        return await session.run("notices.see", person, self.clock.now())
