"""Deleting everything of a person, so that no backup brings it back (S5; docs/adr/0040).

The person's row goes, and with it their key and all that hangs on them. Pictures of the registrations they hold are
withdrawn, whoever filed them, and collected when the grace is over; but not those that somebody else sees by a
registration they hold themselves. Card accounts that were proved theirs are erased, and so are those of nobody's card
behind a registration from home. That a film was registered stays: it is the shops' book, and names nobody.

The ledger has it first. What the database loses after that is done again at the next opening.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import structlog

from photocore.seams import Clock
from photoservice.accounts import Accounts
from photoservice.db.database import Row, Session
from photoservice.editing.editing import Editing
from photoservice.errors import Unknown
from photoservice.persons.departures import Departure, Departures
from photoservice.persons.persons import Persons

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Going:
    """What goes with a person: rolls with their pictures, ``station/claim`` of what they hold alone, and accounts.

    ``kept_rolls`` are those whose pictures stay because somebody else sees them, too.
    """

    rolls: tuple[str, ...]
    kept_rolls: tuple[str, ...]
    claims: tuple[str, ...]
    accounts: tuple[str, ...]
    cards: int
    """How many of the accounts are a card's that was proved theirs."""
    pictures: int
    kept_pictures: int


@dataclass(frozen=True, kw_only=True)
class Deleting:
    """Deletes people."""

    clock: Clock
    persons: Persons
    accounts: Accounts
    departures: Departures
    editing: Editing

    async def going(self, session: Session, person: str) -> Going:
        """Return what would go with a person."""
        shown = await self.persons.shown(session, person)
        rolls = tuple(one.roll for one in shown)
        others = await self._others(session, person)
        seen: set[str] = set()
        for other in others:
            seen |= {one.roll for one in await self.persons.shown(session, other)}
        mine, kept = tuple(r for r in rolls if r not in seen), tuple(r for r in rolls if r in seen)
        alone = await session.rows("deleting.held_alone", person)
        accounts = await session.rows("deleting.accounts", person)
        return Going(
            rolls=mine,
            kept_rolls=kept,
            claims=tuple(f"{row['station']}/{row['claim']}" for row in alone),
            accounts=tuple(row["account"] for row in accounts),
            cards=sum(row["is_card"] for row in accounts),
            pictures=int(await session.value("deleting.pictures", list(mine))),
            kept_pictures=int(await session.value("deleting.pictures", list(kept))),
        )

    async def delete(self, session: Session, person: str) -> Sequence[bytes]:
        """Delete a person; returns the contents nobody is shown any more, to be dropped wherever they are kept besides.

        Raises:
            Unknown: there is no such person, any more.
            LedgerDamaged, OSError: a ledger cannot be written; nothing was destroyed.
        """
        if await session.value("deleting.hold", person) is None:
            raise Unknown("There is nobody to delete.")
        going = await self.going(session, person)
        gone = Departure(person=person, at=self.clock.now(), claims=going.claims, rolls=going.rolls)
        self.departures.add(gone)
        for account in going.accounts:
            await self.accounts.erase(session, account)
        contents = await self._destroy(session, [gone])
        await session.run("deleting.note", person, self.clock.now())
        return contents

    async def forget_contents(self, contents: Iterable[bytes]) -> None:
        """Drop what is kept of contents besides the store; called when the deletion has been committed."""
        for sha256 in contents:
            await self.editing.drop(sha256)

    async def delete_again(self, session: Session) -> int:
        """Delete in this database whom the ledger names; returns how many it still had."""
        self.departures.refresh()
        gone = list(self.departures)
        if not gone:
            return 0
        there = int(await session.value("deleting.there", [one.person for one in gone]))
        await self._destroy(session, gone)
        return there

    async def _others(self, session: Session, person: str) -> Sequence[str]:
        return [row["person"] for row in await session.rows("deleting.others", person)]

    async def _destroy(self, session: Session, gone: Sequence[Departure]) -> Sequence[bytes]:
        """Destroy what departures name, as far as it is there: people, pictures filed before they went, codes."""
        held = [(*claim.split("/", 1), one.at) for one in gone for claim in one.claims]
        await session.run("deleting.void_codes", *([each[n] for each in held] for n in range(3)))
        rolls = [(roll, one.at) for one in gone for roll in one.rolls]
        names, moments = [roll for roll, _ in rolls], [at for _, at in rolls]
        await session.rows("deleting.lock_rolls", sorted(set(names)))
        withdrawn: Sequence[Row] = await session.rows("deleting.withdraw", names, moments)
        for tenant, roll in sorted({(row["tenant"], row["roll"]) for row in withdrawn}):
            await session.run("images.count", tenant, roll, self.clock.now())
        people = [one.person for one in gone]
        await session.rows("ordering_release.hold_people", people)
        await session.run("ordering_release.forget_people", people, self.clock.now())
        await session.run("deleting.guests", people)
        await session.run("deleting.records", people)
        await session.run("deleting.people", people)
        contents = sorted({bytes(row["sha256"]) for row in withdrawn})
        return [bytes(row["sha256"]) for row in await session.rows("deleting.unneeded", contents)]
