"""How the rest of the service asks for renditions: in the transaction that makes them due."""

from typing import Literal

from photoservice.db.database import Session

Lane = Literal["new", "asked", "backfill"]
"""Who waits: a roll that came in, a person who asked again, nobody. A roll is never behind a later lane's."""


async def want_roll(session: Session, roll: str, lane: Lane = "new") -> None:
    """Have a roll's missing renditions made; one job a roll, however often this is said before it ran."""
    await session.run("renditions.want", roll)
    _ = lane
