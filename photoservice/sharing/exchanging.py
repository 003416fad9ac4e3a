"""Putting pictures of one's own into a sub-group that somebody shares, and taking them out again (O16).

What is put in stays whose it was: it is shown there as long as they see it themselves, with their edits, and both they
and the owner of the sub-group can take it out. Nothing is copied, so nothing is left behind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from photocore.seams import Clock
from photoservice.db.database import Session
from photoservice.errors import RightLacking, Unknown, Unprocessable
from photoservice.persons.persons import Persons
from photoservice.sharing.caller import Caller
from photoservice.sharing.seeing import are_shown
from photoservice.sharing.share import Share

MOST_PUT_IN: Final = 500
"""Pictures of one person in one share."""

MOST_CONTRIBUTORS: Final = 50


@dataclass(frozen=True, kw_only=True)
class Exchange:
    """Puts pictures into shares and takes them out."""

    clock: Clock
    persons: Persons

    async def put_in(self, session: Session, caller: Caller, images: Sequence[str]) -> int:
        """Put some of a caller's own pictures into the share; return how many were not there already.

        Raises:
            RightLacking: the share does not let them, or they have no pictures of their own.
            Unknown: one of the pictures is not theirs to see.
            Unprocessable: there are too many already.
        """
        caller.need("exchange")
        share, person = caller.share.id, caller.person
        if person is None:
            raise RightLacking
        wanted = list(dict.fromkeys(images))
        if not await are_shown(session, await self.persons.shown(session, person), wanted):
            raise Unknown("One of these pictures is not there, or not yours. Nothing was put in.")
        await session.lock([f"exchange:{share}"])
        others = {row["person"] for row in await session.rows("shares.contributors", share)} - {person}
        there = await session.value("shares.contributed_by", share, person)
        if there + len(wanted) > MOST_PUT_IN or len(others) >= MOST_CONTRIBUTORS:
            raise Unprocessable(f"One person can put in {MOST_PUT_IN} pictures, and {MOST_CONTRIBUTORS} people can.")
        now, put = self.clock.now(), 0
        for image in wanted:
            put += await session.run("shares.contribute", share, image, person, now)
        return put

    async def take_out(self, session: Session, share: Share, image: str, person: str | None) -> None:
        """Take a picture out again: one that ``person`` put in, or any for the owner (None).

        Raises:
            Unknown: it was not put in, or by another.
        """
        if not await session.run("shares.withdraw", share.id, image, person):
            raise Unknown("There is no such picture here, or another put it in.")
