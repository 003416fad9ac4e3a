"""Customers as operators see them (S3, S5): what is kept, without what is personal; that is opened for a reason.

A customer is a person who signs in (``P-...``), or a card's account (``A-...``). They are found by what they show or
say, and never listed. Names, addresses and mail stay in their boxes until somebody says why they look; then the
reason is kept with their name. Pictures, notes on them, passwords and codes are shown to no operator at all.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from photoservice.accounts import Accounts
from photoservice.customers import Customer, tell_customer
from photoservice.db.database import Row, Session
from photoservice.errors import Unknown, Unprocessable
from photoservice.operating.audit import Audit
from photoservice.operating.duty import Duty
from photoservice.operating.errors import ReasonMissing
from photoservice.paying.tabs import Tab, Tabs
from photoservice.persons.deleting import Deleting, Going
from photoservice.persons.exporting import Exporting
from photoservice.persons.logins import Login, Logins
from photoservice.persons.profiles import Profile, Profiles

LONGEST_REASON: Final = 300
_SHORTEST_REASON: Final = 3


@dataclass(frozen=True, kw_only=True)
class PersonSeen:
    """A person, masked: ``row`` counts what is kept; the rest is what hangs on them. ``going`` would go with them."""

    row: Row
    holdings: Sequence[Row]
    accounts: Sequence[Row]
    orders: Sequence[Row]
    plans: Sequence[Row]
    notices: Sequence[Row]
    records: Sequence[Row]
    tabs: Sequence[Tab]
    going: Going


@dataclass(frozen=True, kw_only=True)
class AccountSeen:
    """A card's account with all that merges tie to it, and the people it was proved to be."""

    customer: Customer
    people: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Opened:
    """What is personal of somebody: what they call themselves, where they live, and what they sign in with."""

    profile: Profile
    logins: tuple[Login, ...]


@dataclass(frozen=True, kw_only=True)
class Customers:
    """Shows customers and does what they ask for; each of it is an entry of the audit."""

    audit: Audit
    accounts: Accounts
    profiles: Profiles
    logins: Logins
    exporting: Exporting
    deleting: Deleting
    tabs: Tabs

    async def see_person(self, session: Session, duty: Duty, person: str) -> PersonSeen:
        """Return a person, masked. Raises Unknown."""
        seen = await self._person(session, person)
        await self.audit.add(session, duty, "customer_seen", person)
        return seen

    async def see_account(self, session: Session, duty: Duty, account: str, *, known: Collection[str]) -> AccountSeen:
        """Return a card's account, its cards masked. Raises Unknown."""
        customer = await tell_customer(session, self.accounts, account, known=known)
        rows = await session.rows("ops_customers.people_of", list(customer.accounts))
        await self.audit.add(session, duty, "customer_seen", account)
        return AccountSeen(customer=customer, people=tuple(row["person"] for row in rows))

    async def open(self, session: Session, duty: Duty, person: str, why: str) -> tuple[PersonSeen, Opened]:
        """Return a person with what is personal of them.

        Raises:
            ReasonMissing: nobody said why.
            Unknown: there is no such person.
        """
        reason = read_reason(why)
        seen = await self._person(session, person)
        opened = Opened(profile=await self.profiles.of(session, person), logins=await self.logins.of(session, person))
        await self.audit.add(session, duty, "customer_opened", person, {"why": reason})
        return seen, opened

    async def export(self, session: Session, duty: Duty, customer: str, why: str, *, known: Collection[str]) -> bytes:
        """Return all that is kept of a customer, for themselves, as JSON (GDPR Art. 15); without the pictures.

        Raises:
            ReasonMissing: nobody said why.
            Unknown: there is no such customer.
        """
        reason = read_reason(why)
        if customer.startswith("A-"):
            told = await tell_customer(session, self.accounts, customer, known=known)
            document = msgspec.json.format(msgspec.json.encode(told), indent=1)
        else:
            document = await self.exporting.tell(session, customer, {}, known=known)
        await self.audit.add(session, duty, "customer_exported", customer, {"why": reason})
        return document

    async def erase(self, session: Session, duty: Duty, customer: str, why: str) -> Sequence[bytes]:
        """Delete a person, or erase a card's account, for good; returns contents to be dropped wherever they are kept.

        Raises:
            ReasonMissing: nobody said why.
            Unknown: there is no such customer.
            Unprocessable: the person is an operator: their role ends first.
        """
        reason = read_reason(why)
        contents: Sequence[bytes] = ()
        if customer.startswith("A-"):
            await self.accounts.erase(session, customer)
        else:
            row = await session.row("ops_customers.person", customer, self.audit.clock.now())
            if row is not None and row["operator"] is not None:
                raise Unprocessable("This is an operator. End their role first.")
            contents = await self.deleting.delete(session, customer)
        await self.audit.add(session, duty, "customer_erased", customer, {"why": reason})
        return contents

    async def _person(self, session: Session, person: str) -> PersonSeen:
        row = await session.row("ops_customers.person", person, self.audit.clock.now())
        if row is None:
            raise Unknown("There is no such customer.")
        return PersonSeen(
            row=row,
            holdings=await session.rows("ops_customers.holdings", person),
            accounts=await session.rows("ops_customers.accounts", person),
            orders=await session.rows("ops_customers.orders", person),
            plans=await session.rows("ops_customers.plans", person),
            notices=await session.rows("ops_customers.notices", person),
            records=await session.rows("ops_customers.records", person),
            tabs=await self.tabs.of(session, person),
            going=await self.deleting.going(session, person),
        )


def read_reason(text: str) -> str:
    """Return why somebody looks, in one line.

    Raises:
        ReasonMissing: they do not say, or in less than three letters.
    """
    reason = " ".join(text.split())[:LONGEST_REASON]
    if len(reason) < _SHORTEST_REASON or not any(sign.isalnum() for sign in reason):
        raise ReasonMissing
    return reason
