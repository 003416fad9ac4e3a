"""What came is noted for plans in the transaction that lets it in: one row each, counted soon by whoever counts.

A row says "look at this again", and counting looks at what is true then; so a row too many does no harm, and none is
missing where something came: it commits with what it tells of.
"""

from collections.abc import Sequence
from datetime import datetime

from photoservice.db.database import Session


async def note_image(session: Session, image: str, roll: str, at: datetime) -> None:
    """Note that a picture stands for its frame since ``at``: it was filed, chosen, or brought back."""
    await session.run("planning.note_image", image, roll, at)


async def note_sorted(session: Session, person: str, group: str, images: Sequence[str], at: datetime) -> None:
    """Note that a person put pictures into one of their sub-groups; nothing is written where no plan is its."""
    await session.run("planning.note_sorted", person, group, list(images), at)


async def note_held(session: Session, person: str, at: datetime, *, rolls: Sequence[str] = ()) -> None:
    """Note that a person came to hold these rolls, or, without any named, something: all of theirs are looked at."""
    await session.run("planning.note_held", person, list(rolls) or [""], at)
