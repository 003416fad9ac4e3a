"""How the rest of the service asks for renditions: in the transaction that makes them due.

What is due stands in the schema ``images`` (``filed_roll.wanted`` beyond ``made``, ``remake``); the queue only says who
is next. So a job may be lost with its worker or with the whole queue: the sweep finds rolls behind and makes it again.
"""

from typing import Final, Literal, get_args

from imaging.pixels.picture import RECIPE
from photoservice.db.database import Database, Session

Lane = Literal["new", "asked", "backfill"]
"""Who waits: a roll that came in, a person who asked again, nobody. A roll is never behind a later lane's."""

LANES: Final[tuple[Lane, ...]] = get_args(Lane)

PRIORITY: Final[dict[Lane, int]] = {"new": 20, "asked": 10, "backfill": 0}
"""What the queue calls a lane; a larger one goes first."""

_PAGE: Final = 500


async def want_roll(session: Session, roll: str, lane: Lane = "new") -> None:
    """Have a roll's missing renditions made; one job a roll, however often this is said before it ran."""
    await session.run("renditions.want", PRIORITY[lane], lane, roll)


async def want_remade(session: Session, sha256: bytes) -> None:
    """Have an original's renditions made anew, as when their bytes are gone from the object store."""
    if await session.run("renditions.remake_original", sha256):
        for row in await session.rows("renditions.rolls_of", sha256):
            await want_roll(session, row["roll"], "asked")


async def want_roll_remade(session: Session, roll: str, *, tenant: str | None = None) -> bool:
    """Have all renditions of a roll made anew, and what failed tried again; of one tenant's images, or of all.

    Returns:
        Whether there is anything of the roll.
    """
    if not await session.value("renditions.has_roll", roll, tenant):
        return False
    await want_roll(session, roll, "asked")  # first: it holds the roll, as everybody does who changes its images
    await session.run("renditions.forget_trouble", roll, tenant)
    await session.run("renditions.remake_roll", roll, tenant)
    return True


async def want_backfill(database: Database) -> int:
    """Have every roll worked on that holds renditions of an older recipe, or lacks some; returns how many there are."""
    found, after = 0, ""
    while True:
        async with database.begin() as session:
            rows = await session.rows("renditions.behind_recipe", after, RECIPE, _PAGE)
            for row in rows:
                await want_roll(session, row["id"], "backfill")
        if not rows:
            return found
        found, after = found + len(rows), rows[-1]["id"]


async def sweep(session: Session, *, limit: int = _PAGE) -> int:
    """Give jobs to rolls that are behind and have none, and drop the queue's old log; returns how many were found."""
    await session.run("renditions.forget_log")
    lanes: tuple[Lane, Lane] = ("new", "asked")
    ranked = [part for lane in lanes for part in (PRIORITY[lane], lane)]
    return await session.run("renditions.enqueue_behind", *ranked, limit)
