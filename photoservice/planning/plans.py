"""A person's plans: shown, made, changed, paused, ended (O15). Who may see a plan may steer it; to all others: 404.

A plan that came with a package is steered by whoever holds its registration, any other by the person who made it.
"""

from collections.abc import Collection
from dataclasses import dataclass

from photocore.seams import Clock
from photoservice.cataloguing.catalogues import Catalogues
from photoservice.db.database import Session
from photoservice.keyring import Keyring
from photoservice.persons.persons import Persons, Shown
from photoservice.planning.shown import PlanShown, PlanWish


@dataclass(frozen=True, kw_only=True)
class Plans:
    """Shows plans and carries out what their people want of them."""

    clock: Clock
    keyring: Keyring
    persons: Persons
    catalogues: Catalogues

    async def of(self, session: Session, person: str, shown: Collection[Shown]) -> tuple[PlanShown, ...]:
        """Return the plans a person sees (``shown``: the rolls they see), the newest first, ended ones last."""
        raise NotImplementedError

    async def find(self, session: Session, person: str, shown: Collection[Shown], plan: str) -> PlanShown:
        """Return one plan with what it made last.

        Raises:
            Unknown: there is none of that ID, or it is not theirs.
        """
        raise NotImplementedError

    async def make(self, session: Session, person: str, shown: Collection[Shown], wish: PlanWish, key: str) -> str:
        """Make a plan and return its ID; the same ``key`` again returns the one it made.

        Raises:
            ChoiceRefused: what it should make cannot be had so.
            NothingOffered: there is no catalogue.
            Unknown: the package or sub-group is not theirs.
            Unprocessable: name, cooling off or kind are out of their bounds, or they have :data:`MOST_PLANS`.
        """
        raise NotImplementedError

    async def change(
        self, session: Session, person: str, shown: Collection[Shown], plan: str, wish: PlanWish, *, version: int
    ) -> None:
        """Change a plan; what is pending stays pending, and counts by the new criterion from then on.

        Raises:
            PlanChangedMeanwhile: it is not in ``version`` any more: it was changed, or it fired.
            Unprocessable: it is over.
        """
        raise NotImplementedError

    async def pause(self, session: Session, person: str, shown: Collection[Shown], plan: str, *, version: int) -> None:
        """Let a plan make nothing until it is resumed; it goes on counting. Raises as :meth:`change`."""
        raise NotImplementedError

    async def resume(self, session: Session, person: str, shown: Collection[Shown], plan: str, *, version: int) -> None:
        """Let a paused plan make its goods again, at once what was met meanwhile. Raises as :meth:`change`."""
        raise NotImplementedError

    async def end(self, session: Session, person: str, shown: Collection[Shown], plan: str, *, version: int) -> None:
        """End a plan for good; its orders stay. Raises as :meth:`change`."""
        raise NotImplementedError
