"""What a person marks pictures with: favourites, and a note of their own on each.

Both are the person's alone: two who hold the same roll have their own, and no share shows them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from photocore.seams import Clock
from photoservice.db.database import Session
from photoservice.errors import Malformed, Unknown
from photoservice.gallery.sight import Sight

LONGEST_NOTE: Final = 2000


@dataclass(frozen=True, kw_only=True)
class Marks:
    """Keeps favourites and notes."""

    clock: Clock

    async def favour(self, session: Session, person: str, sight: Sight, images: Sequence[str]) -> int:
        """Make favourites of those of ``images`` that are in ``sight``; return how many were not before."""
        return await session.run("marks.favour", person, list(images), list(sight.rolls), self.clock.now())

    async def unfavour(self, session: Session, person: str, images: Sequence[str]) -> int:
        """Take ``images`` out of the favourites; return how many were."""
        return await session.run("marks.unfavour", person, list(images))

    async def note(self, session: Session, person: str, sight: Sight, image: str, text: str) -> None:
        """Keep a note on a picture; an empty one drops it.

        Raises:
            Unknown: there is no such picture in ``sight``.
            Malformed: it has more than 2000 characters, or one that is none.
        """
        plain = text.replace("\r\n", "\n").strip()
        if len(plain) > LONGEST_NOTE or "\0" in plain:
            raise Malformed(f"A note has at most {LONGEST_NOTE} characters.")
        if not await session.value("marks.seen", image, list(sight.rolls)):
            raise Unknown("There is no such picture here.")
        if plain:
            await session.run("marks.note", person, image, plain, self.clock.now())
        else:
            await session.run("marks.unnote", person, image)
