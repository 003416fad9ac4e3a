"""What a person did or had done that must be looked up later: kind, facts, instant; never what was seen."""

from dataclasses import dataclass

import msgspec

from photocore.seams import Clock
from photoservice.db.database import Session


@dataclass(frozen=True, kw_only=True)
class Records:
    """Notes what happened to a person's account."""

    clock: Clock

    async def note(self, session: Session, person: str, kind: str, **about: str) -> None:
        """Note that ``kind`` happened; ``about`` holds no name, no address and no secret."""
        text = msgspec.json.encode(about).decode()
        await session.run("logins.note", person, kind, text, self.clock.now())
