"""Operators: people who sign in as everybody does, and run the service (S3; DESIGN 5G). One role each at a time.

Only who owns the house gives roles, and nobody their own: whoever wants more asks another owner. The last owner stays.
The very first is made at the machine itself: ``twincheck photoservice operator add``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from photocore.crockford import mint
from photocore.duties import Role
from photocore.seams import Clock, Entropy
from photoservice.db.database import Row, Session
from photoservice.errors import Unknown, Unprocessable
from photoservice.operating.audit import Audit
from photoservice.operating.duty import CONSOLE, Duty
from photoservice.operating.errors import OperatorKept
from photoservice.persons.logins import Logins

LONGEST_NAME: Final = 80
MOST_LISTED: Final = 500

_SYMBOLS: Final = 8


@dataclass(frozen=True, kw_only=True)
class Operator:
    """One operator as listed; ``name`` is what the others call them. ``seen_at`` is when they were last here."""

    id: str
    person: str
    role: Role
    name: str
    tenant: str | None
    tenant_name: str
    given_by: str
    given_at: datetime
    ended_by: str
    ended_at: datetime | None
    seen_at: datetime | None

    @property
    def is_live(self) -> bool:
        """Whether they still have the role."""
        return self.ended_at is None


@dataclass(frozen=True, kw_only=True)
class Appointment:
    """Who is to have which role: ``login`` is what they sign in with; ``tenant`` a tenant's name or ID, or nothing."""

    login: str
    role: Role
    tenant: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Operators:
    """Knows who the operators are, and changes it."""

    clock: Clock
    entropy: Entropy
    logins: Logins
    audit: Audit

    async def on_duty_of(self, session: Session, person: str) -> Duty | None:
        """Return the duty a person has at this moment, or None."""
        row = await session.row("operators.of_person", person)
        return None if row is None else _duty(row)

    async def list(self, session: Session) -> tuple[Operator, ...]:
        """Return the operators, those who ended behind the others; at most 500."""
        return tuple(_operator(row) for row in await session.rows("operators.list", MOST_LISTED))

    async def add(self, session: Session, by: Duty, wish: Appointment) -> str:
        """Give somebody who signs in a role, in the place of the one they have; return the operator's ID.

        Raises:
            Unknown: nobody signs in by that name, or there is no such tenant.
            Unprocessable: the name is too long.
            OperatorKept: it is oneself, or the last owner.
        """
        found = await self.logins.find(session, wish.login)
        if found is None:
            raise Unknown(f"Nobody signs in as {wish.login}. They make an account first, at /sign-up.")
        name = " ".join((wish.name or wish.login).split())
        if len(name) > LONGEST_NAME or not name.isprintable():
            raise Unprocessable(f"A name has at most {LONGEST_NAME} characters.")
        if by is not CONSOLE and found.person == by.person:
            raise OperatorKept("own-role")
        tenant = await _tenant(session, wish.tenant)
        await session.run("operators.hold")
        await self._take_role(session, by, found.person, keeps_house=wish.role == "owner" and tenant is None)
        fresh = "OP-" + mint(self.entropy, _SYMBOLS)
        now = self.clock.now()
        await session.run("operators.insert", fresh, found.person, tenant, wish.role, name, by.operator, now)
        about = {"role": wish.role, "person": found.person, "tenant": tenant or ""}
        await self.audit.add(session, by, "operator_added", fresh, about)
        return fresh

    async def end(self, session: Session, by: Duty, operator: str) -> None:
        """Take a role away, at once: sessions of theirs have no duty any more.

        Raises:
            Unknown: there is no such operator, any more.
            OperatorKept: they are the last owner.
        """
        await session.run("operators.hold")
        row = await session.row("operators.find", operator)
        if row is None or row["ended_at"] is not None:
            raise Unknown("There is no such operator.")
        await self._take_role(session, by, row["person"], keeps_house=False)
        await self.audit.add(session, by, "operator_ended", operator, {"role": row["role"], "person": row["person"]})

    async def _take_role(self, session: Session, by: Duty, person: str, *, keeps_house: bool) -> None:
        row = await session.row("operators.of_person", person)
        if row is None:
            return
        is_owner = row["role"] == "owner" and row["tenant"] is None
        if is_owner and not keeps_house and int(await session.value("operators.owners")) == 1:
            raise OperatorKept("last-owner")
        await session.run("operators.end", row["id"], by.operator, self.clock.now())


async def _tenant(session: Session, name: str) -> str | None:
    if not name:
        return None
    rows: Sequence[Row] = await session.rows("operators.tenant", name)
    if not rows:
        raise Unknown(f"There is no tenant called {name}.")
    return str(rows[0]["id"])


def _duty(row: Row) -> Duty:
    return Duty(
        operator=row["id"],
        person=row["person"],
        name=row["name"],
        role=row["role"],
        tenant=row["tenant"],
        tenant_name=row["tenant_name"] or "",
    )


def _operator(row: Row) -> Operator:
    return Operator(
        id=row["id"],
        person=row["person"],
        role=row["role"],
        name=row["name"],
        tenant=row["tenant"],
        tenant_name=row["tenant_name"] or "",
        given_by=row["given_by"],
        given_at=row["given_at"],
        ended_by=row["ended_by"] or "",
        ended_at=row["ended_at"],
        seen_at=row["seen_at"],
    )
