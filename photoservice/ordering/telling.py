"""Telling people of their orders: whoever they are of, or whoever holds the package they are of."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from photocore.catalogue import say
from photoservice.db.database import Row, Session
from photoservice.notifying.notices import Notices
from photoservice.persons.persons import Persons


@dataclass(frozen=True, kw_only=True)
class Telling:
    """Tells people of orders, and knows who they are."""

    notices: Notices
    persons: Persons

    async def people(self, session: Session, person: str | None, root: str | None) -> Sequence[str]:
        """Return whose something is: the person's; without one, of everybody who holds the package ``root`` now."""
        if person is not None:
            return [person]
        if root is None:
            return []
        candidates = sorted({row["person"] for row in await session.rows("ordering.holders", [root])})
        return [one for one in candidates if any(s.package == root for s in await self.persons.shown(session, one))]

    async def tell(
        self, session: Session, order: str, kind: str, whose: tuple[str | None, str | None], **about: str
    ) -> int:
        """Tell everybody of an order (``whose``: its person and package); returns how many did not know it yet.

        ``about`` are the facts of the kind besides ``order`` and ``goods``; ``again`` among them tells anew.
        """
        told, again = 0, about.pop("again", "")
        titles = [msgspec.json.decode(r["titles"], type=dict[str, str]) for r in await _goods(session, order)]
        for person in await self.people(session, *whose):
            row = await session.row("persons.find", person)
            facts = {"order": order, "goods": named(titles, row["language"] if row else ""), **about}
            key = f"{kind}:{order}:{again}" if again else f"{kind}:{order}"
            told += await self.notices.tell(session, person, kind, key, facts)
        return told


def named(titles: Sequence[Mapping[str, str]], language: str) -> str:
    """Return how an order's goods are called in one line."""
    if not titles:
        return ""
    more = f" + {len(titles) - 1}" if len(titles) > 1 else ""
    return say(dict(titles[0]), language) + more


async def _goods(session: Session, order: str) -> Sequence[Row]:
    rows = await session.rows("ordering.goods_of", order)
    live = [row for row in rows if row["is_live"]]
    return live or rows
