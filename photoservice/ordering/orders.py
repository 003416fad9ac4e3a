"""Orders as their people steer them: seen, cancelled, changed, confirmed, hurried, addressed and made again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from photocore.seams import Clock
from photoservice.db.database import Row, Session
from photoservice.ordering.making import Making
from photoservice.ordering.ports import Refunds
from photoservice.ordering.shown import OrderShown, OrdersPage
from photoservice.persons.persons import Shown
from photoservice.persons.profiles import Address, Profiles


@dataclass(frozen=True, kw_only=True)
class Orders:
    """Shows people their orders and carries out what they want with them.

    ``shown`` is what the person may see now (``people.persons.shown``). All verbs but the reading ones take the
    ``version`` that was looked at. They raise:
        Unknown: there is no such order, or it is not theirs.
        OrderChangedMeanwhile: another version holds (a kind of EditedMeanwhile).
        NotAsItStands: the order does not allow it as it stands.
    """

    clock: Clock
    making: Making
    profiles: Profiles
    refunds: Refunds

    async def of(self, session: Session, person: str, shown: Sequence[Shown], behind: str = "") -> OrdersPage:
        """Return a page of a person's orders, the newest first; ``behind`` is the cursor of the page before."""
        raise NotImplementedError

    async def find(self, session: Session, person: str, shown: Sequence[Shown], order: str) -> OrderShown:
        """Return an order. Raises Unknown."""
        raise NotImplementedError

    async def look(self, session: Session, order: str) -> OrderShown:
        """Return an order, whoever's it is: who calls has asked who may. Raises Unknown."""
        raise NotImplementedError

    async def lock(self, session: Session, order: str) -> Row | None:
        """Hold an order until the transaction ends, and return its row (``customer_order``); None when there is none."""
        raise NotImplementedError

    async def cancel(self, session: Session, person: str, shown: Sequence[Shown], order: str, *, version: int) -> None:
        """Cancel all lines that may be; credit and money are given back."""
        raise NotImplementedError

    async def cancel_line(
        self, session: Session, person: str, shown: Sequence[Shown], order: str, *, line: int, version: int
    ) -> None:
        """Cancel one line."""
        raise NotImplementedError

    async def change_line(
        self,
        session: Session,
        person: str,
        shown: Sequence[Shown],
        order: str,
        *,
        line: int,
        version: int,
        options: Mapping[str, str] | None = None,
        quantity: int | None = None,
        images: Sequence[str] | None = None,
    ) -> None:
        """Change a line before it is released, priced by the order's own version of the catalogue.

        None leaves a part as it is; ``options`` are all of them. What was paid too much is given back.

        Raises also:
            ChoiceRefused: it cannot be had like this.
        """
        raise NotImplementedError

    async def confirm(self, session: Session, person: str, shown: Sequence[Shown], order: str, *, version: int) -> None:
        """Confirm an order that waits for it."""
        raise NotImplementedError

    async def release_now(
        self, session: Session, person: str, shown: Sequence[Shown], order: str, *, version: int
    ) -> None:
        """End the cooling-off, so that the next round releases it."""
        raise NotImplementedError

    async def give_address(
        self, session: Session, person: str, shown: Sequence[Shown], order: str, *, address: Address, version: int
    ) -> None:
        """Keep where this order goes, boxed under the person's key; an order of a package becomes this person's."""
        raise NotImplementedError

    async def remake(
        self,
        session: Session,
        person: str,
        shown: Sequence[Shown],
        order: str,
        *,
        lines: Sequence[int],
        key: str,
        version: int,
    ) -> str:
        """Make lines of an order once more, for nothing, as a new order; once for each ``key``. Returns its ID."""
        raise NotImplementedError

    async def address(self, session: Session, order: str) -> Address | None:
        """Return where an order goes: what was given for it, else the profile's first; None where neither is known."""
        raise NotImplementedError
