"""How far a roll's renditions are, for who filed it. What another filed of the same roll is not counted."""

from typing import Final, Literal

import msgspec

from imaging.pixels.picture import TIERS
from photoservice.db.database import Row, Session
from photoservice.errors import Unknown

State = Literal["done", "queued", "working", "delayed"]


class Failed(msgspec.Struct, frozen=True, kw_only=True):
    """An image nothing can be made of; ``word`` says why (docs/images.md)."""

    frame: str
    word: str


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How many images of a roll can be looked at, wait, and cannot be made; ``delayed`` is tried again by itself."""

    state: State
    images: int
    ready: int
    waiting: int
    failed: list[Failed]
    """The first 500."""


_STATES: Final[dict[str, State]] = {"queued": "queued", "picked": "working"}


async def tell_progress(session: Session, roll: str, *, tenant: str) -> Progress:
    """Return how far a roll is.

    Raises:
        Unknown: the tenant filed nothing of it.
    """
    row = await session.row("renditions.progress", roll, tenant, list(TIERS))
    if row is None:
        raise Unknown("There is no such roll.")
    waiting = row["images"] - row["ready"] - row["troubled"]
    failed = await session.rows("renditions.troubled", roll, tenant) if row["troubled"] else ()
    return Progress(
        state=_state(row, waiting),
        images=row["images"],
        ready=row["ready"],
        waiting=waiting,
        failed=[Failed(frame=one["frame"], word=one["trouble"]) for one in failed],
    )


def _state(row: Row, waiting: int) -> State:
    if row["job"] is None:
        return "queued" if waiting else "done"
    if row["job"] == "queued" and row["attempts"]:
        return "delayed"
    return _STATES[row["job"]]
