"""Arrivals: whoever may see a roll hears once that its pictures are there.

A lab sends a roll's frames over minutes; people are told when it has been quiet for a while and its renditions are
made, or after an hour when they are not. Who held the registration only after the pictures came has seen them: no news.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from photocore.seams import Clock
from photoservice.db.database import Database, Row, Session
from photoservice.notifying.notices import Notices
from photoservice.persons.persons import Persons

_AT_ONCE: Final = 50
_WAIT_FOR_RENDITIONS: Final = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Arrivals:
    """Tells people of new pictures."""

    database: Database
    clock: Clock
    persons: Persons
    notices: Notices
    quiet_for: timedelta

    async def run_once(self) -> int:
        """Tell whom there is to tell; returns how many were told."""
        told = 0
        while True:
            now = self.clock.now()
            quiet = now - self.quiet_for
            async with self.database.begin() as session:
                rolls = await session.rows("arrivals.take", quiet, quiet - _WAIT_FOR_RENDITIONS, _AT_ONCE)
                for row in await session.rows("arrivals.people", [row["id"] for row in rolls]) if rolls else ():
                    told += await self._tell(session, row)
            if len(rolls) < _AT_ONCE:
                return told

    async def _tell(self, session: Session, row: Row) -> int:
        """Tell one person of one roll, if they see it: what is seen is decided in one place alone."""
        person, roll, images = row["person"], row["roll"], row["images"]
        if all(shown.roll != roll for shown in await self.persons.shown(session, person)):
            return 0
        if not await session.run("arrivals.note", person, roll, images, self.clock.now()):
            return 0
        about = {"roll": roll, "film": row["film"] or roll, "images": str(images)}
        return int(await self.notices.tell(session, person, "pictures_ready", f"ready:{roll}", about))
