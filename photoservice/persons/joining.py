"""Joining: what was opened by an access code becomes somebody's own, and the code is spent (DESIGN 5A, 5D).

Who signs up keeps all they did as a guest, for they stay the same person. Who has an account already and shows a code
takes over what was done by that code: edits, favourites, notes, sub-groups, shares. Where both did something with one
picture, nothing is lost: versions of edits stand behind each other, notes are put together. Then the guest is gone, and
with it every browser that knew the code alone.

A code that lives opens one registration, and joining it gives that one; nothing older of the same card comes along.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from photocore.seams import Clock
from photoservice.access import CODE_LIVES_FOR, AccessCodes
from photoservice.db.database import Database, Row, Session
from photoservice.editing.versions import Versions
from photoservice.errors import AccessRefused
from photoservice.ordering.moving import move_orders
from photoservice.persons.persons import Persons
from photoservice.persons.records import Records
from photoservice.persons.sessions import Visitor
from photoservice.planning.noting import note_held
from photoservice.throttle import Source

_MOVES: Final = (
    "joining.move_favourites",
    "joining.move_notes",
    "joining.move_groups",
    "joining.move_grouped",
    "joining.move_removed_groups",
    "joining.move_shares",
    "joining.move_shared_with",
    "joining.move_guests",
    "joining.move_contributions",
    "joining.move_notices",
    "joining.move_told_rolls",
    "joining.move_records",
    "joining.move_plans",
)


@dataclass(frozen=True, kw_only=True)
class Joining:
    """Makes registrations a person's own."""

    database: Database
    clock: Clock
    access_codes: AccessCodes
    records: Records
    edits: Versions
    persons: Persons

    async def by_code(self, visitor: Visitor, code: str, source: Source) -> str:
        """Give the registration that ``code`` opens to the person who visits, with all that was done by that code.

        Returns its number.

        Raises:
            AccessRefused: the code opens nothing, for whatever reason.
            Throttled: too many wrong tries.
        """
        seen = await self.access_codes.look_up(code, source)
        mac = self.access_codes.mac_of(code)
        async with self.database.begin() as session:
            await session.lock([f"person:{visitor.person}"])  # people before codes, here as everywhere
            await session.lock([_code_lock(mac)])
            guest = await session.value("persons.of_code", mac)
            spent = await self._spend(session, [mac])
            if not spent:  # joined or voided since it was looked up
                raise AccessRefused
            await self._hold(session, visitor.person, spent)
            if guest is not None and guest != visitor.person:
                await self._take_over(session, str(guest), visitor.person)
            await self.records.note(session, visitor.person, "joined_code", number=seen.number)
        return seen.number

    async def keep(self, session: Session, guest: str) -> int:
        """Make what a guest holds by codes that live their own for good; return how many registrations those are.

        The codes are spent, and what dead codes held is dropped. Every other browser that knew a code is signed out by
        the caller.
        """
        spent = await self._spend(session, await self._codes(session, guest))
        await session.run("joining.drop_codes", guest)
        await self._hold(session, guest, spent)
        return len(spent)

    async def absorb(self, session: Session, guest: str, person: str) -> int:
        """Give what a guest holds and did to ``person``; return how many registrations those are. The guest is gone.

        Who is no guest any more is left alone.
        """
        codes = await self._codes(session, guest)
        if guest == person or await session.value("logins.has_credentials", guest) is not False:
            return 0
        spent = await self._spend(session, codes)
        await self._hold(session, person, spent)
        await self._take_over(session, guest, person)
        await self.records.note(session, person, "joined_code")
        return len(spent)

    async def _codes(self, session: Session, guest: str) -> list[bytes]:
        """Return the codes of a guest, locked: nobody opens or joins them meanwhile."""
        codes = [bytes(row["code"]) for row in await session.rows("joining.codes_of", guest)]
        await session.lock(_code_lock(mac) for mac in codes)
        return codes

    async def _spend(self, session: Session, codes: Sequence[bytes]) -> Sequence[Row]:
        now = self.clock.now()
        return await session.rows("joining.spend", list(codes), now - CODE_LIVES_FOR, now)

    async def _hold(self, session: Session, person: str, spent: Sequence[Row]) -> None:
        for row in spent:
            await session.run("joining.hold", person, row["station"], row["claim"], "joined", self.clock.now())
        if spent:
            await note_held(session, person, self.clock.now())

    async def _take_over(self, session: Session, guest: str, person: str) -> None:
        for move in _MOVES:
            await session.run(move, guest, person)
        await self.edits.move(session, guest, person)
        await move_orders(session, self.persons, guest, person)
        await session.run("joining.drop_person", guest)


def _code_lock(mac: bytes) -> str:
    return f"access code:{mac.hex()}"
