"""Which of several pictures stands for a frame is a person's choice; and what was filed can be withdrawn.

A picture is withdrawn by whoever filed it, and chosen against its own filer's pictures only: no lab takes another's
away. When one picture alone is left at a frame, it stands: there is nothing to choose.

Its room is its filer's again when a collection has deleted its bytes: else a quota of one picture, withdrawn and filed
again and again, would fill the disk.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from photocore.seams import Clock
from photoservice.db.database import Database, Row, Session
from photoservice.errors import FrameTaken, Unknown
from photoservice.planning.noting import note_image
from photoservice.renditions.wanting import want_roll
from photoservice.tenants import Tenant


@dataclass(frozen=True, kw_only=True)
class Choosing:
    """Chooses among rivals, and withdraws."""

    database: Database
    clock: Clock

    async def choose(self, tenant: Tenant, roll: str, frame: str, image: str) -> None:
        """Let ``image`` stand for its frame; the tenant's other pictures of the frame are withdrawn.

        Chosen again it stays as it is.

        Raises:
            Unknown: the tenant has no such picture at that frame.
            FrameTaken: another's picture stands there, and is not this tenant's to withdraw.
        """
        async with self.database.begin() as session:
            await session.run("images.note_roll_again", roll, self.clock.now())
            there = await session.rows("images.at_frames", roll, [frame])
            chosen = next((row for row in there if (row["id"], row["tenant"]) == (image, tenant.id)), None)
            if chosen is None:
                raise Unknown("You have no such picture at this frame.")
            if any(row["state"] == "standing" and row["tenant"] != tenant.id for row in there):
                raise FrameTaken("Another lab's picture stands at this frame; it alone can withdraw it.")
            others = [row for row in there if row["tenant"] == tenant.id and row["id"] != image]
            for row in others:
                await session.run("images.set_state", row["id"], "withdrawn")
            await self._let_stand(session, chosen, roll)
            await self._note(session, roll, there)

    async def withdraw(self, tenant: Tenant, image: str) -> None:
        """Withdraw a picture: from now on nobody is shown it, and its bytes are collected in time.

        Raises:
            Unknown: the tenant has no such picture.
        """
        async with self.database.begin() as session:
            row = await session.row("images.of_tenant", image, tenant.id)
            if row is None:
                raise Unknown("You have no such picture.")
            await session.run("images.note_roll_again", row["roll"], self.clock.now())
            there = await session.rows("images.at_frames", row["roll"], [row["frame"]])
            if not any(one["id"] == image for one in there):
                raise Unknown("You have no such picture.")
            await session.run("images.set_state", image, "withdrawn")
            left = [one for one in there if one["id"] != image]
            if len(left) == 1:
                await self._let_stand(session, left[0], row["roll"])
            await self._note(session, row["roll"], there)

    async def _let_stand(self, session: Session, image: Row, roll: str) -> None:
        if image["state"] != "standing":
            await session.run("images.set_state", image["id"], "standing")
            await note_image(session, image["id"], roll, self.clock.now())

    async def _note(self, session: Session, roll: str, there: Sequence[Row]) -> None:
        """Count anew for everybody who has a picture at the frame, and have what is missing made."""
        for tenant in sorted({row["tenant"] for row in there}):
            await session.run("images.count", tenant, roll, self.clock.now())
        await want_roll(session, roll, "new")
