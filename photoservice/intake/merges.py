"""Accounts that are one customer's: what staff said of two cards, as facts for the owner rule (S5; DESIGN 5C, 5D).

Nothing is moved. Each claim stays under the account of the card it was made with, and a merge is one more fact of the
set from which ownership follows; so it does not matter whether a claim, or another merge, comes before it or after.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from photocore.kinds import CardsMerged, PackageClaimedSealed
from photoservice.accounts import Account, Accounts, Shown
from photoservice.db.database import Session
from photoservice.errors import Parked
from photoservice.intake.examine import Believed


@dataclass(frozen=True, kw_only=True)
class Reach:
    """All that a merge may change: the cards of the customer it makes, and what their claims count for."""

    cards: frozenset[str]
    roots: frozenset[str]


NOWHERE = Reach(cards=frozenset(), roots=frozenset())


@dataclass(frozen=True, kw_only=True)
class Mergings:
    """Writes merges, and finds what they reach."""

    accounts: Accounts

    async def reach(self, session: Session, station: str, events: Sequence[Believed]) -> Reach:
        """Return what the merges among ``events`` may change, as it stands now.

        That is more than the database tells of their cards. Two cards may be of people who were erased since the merge
        was written, whose accounts only the ledger knows; and the registration that stands for a card may come with it.
        """
        claims = {e.body.claim for e in events if isinstance(e.body, CardsMerged) and e.body.claim}
        about = [e for e in events if isinstance(e.body, CardsMerged) or e.id in claims]
        if not about:
            return NOWHERE
        shown = [Shown(card=card, station=station, event=e.id, at=e.event.at) for e in about for card in e.cards]
        lookups = {self.accounts.lookup(one.card) for one in shown}
        rows = await session.rows("merges.accounts_of", sorted(lookups), station, sorted(claims))
        named = {row["account"] for row in rows} | self.accounts.erased_by(shown)
        customer = sorted(await accounts_of_customer(session, named))
        cards = {bytes(row["lookup"]).hex() for row in await session.rows("merges.cards_of", customer)}
        cards |= {card for one in customer if (gone := self.accounts.erasures.of_account(one)) for card in gone.cards}
        roots = {row["root"] for row in await session.rows("merges.roots_of", customer)}
        return Reach(cards=frozenset(cards | {lookup.hex() for lookup in lookups}), roots=frozenset(roots))

    async def merge(self, session: Session, event: Believed, body: CardsMerged, now: datetime) -> None:
        """Write one merge. The caller holds the locks of all that it reaches.

        One that ties somebody who was erased to somebody who was not binds nothing: erased stays erased.

        Raises:
            Parked: the registration that stands for the old card is not known.
        """
        into = await self._account_of(session, event, place=0)
        old = await self._old_account(session, event, body)
        if (old.key is None) != (into.key is None):
            return
        if old.id != into.id:
            whose = (event.event.station, event.id, old.id, into.id)
            await session.run("merges.insert", *whose, body.why, body.store, body.staff, now)
        if body.why == "replaced":
            await session.run("merges.replace_card", await self._old_cards(session, event, old), now)
            await session.run("merges.stand_again", self.accounts.lookup(event.cards[0]))

    async def _old_account(self, session: Session, event: Believed, body: CardsMerged) -> Account:
        if len(event.cards) > 1:
            return await self._account_of(session, event, place=1)
        row = await session.row("merges.account_of_claim", event.event.station, body.claim)
        if row is None:
            raise Parked("it names a registration that is not known here", cause="unknown_claim")
        return Account(id=row["account"], key=bytes(row["wrapped"]) if row["wrapped"] is not None else None)

    async def _account_of(self, session: Session, event: Believed, *, place: int) -> Account:
        shown = Shown(card=event.cards[place], station=event.event.station, event=event.id, at=event.event.at)
        return (await self.accounts.of_claims(session, [shown]))[event.id]

    async def _old_cards(self, session: Session, event: Believed, old: Account) -> list[bytes]:
        """Return the card that is lost: the one that was shown, else those of the account the registration is under."""
        if len(event.cards) > 1:
            return [self.accounts.lookup(event.cards[1])]
        return [bytes(row["lookup"]) for row in await session.rows("merges.cards_of", [old.id])]


@dataclass(kw_only=True)
class Issues:
    """Which of a batch's cards are lost, by what was known before and by the batch's own earlier claims.

    A lost card registers all the same: the shopper has a receipt that says so, and a card number opens nothing, so
    whoever found the card gains nothing by it. The claim is marked, for whoever looks at the account (docs/privacy.md).
    """

    accounts: Accounts
    newest: dict[bytes, int] = field(default_factory=dict[bytes, int])

    def is_lost(self, card: PackageClaimedSealed, account: Account) -> bool:
        """Say whether another card stands in the place of this one, and remember its issue."""
        if card.card_issue is None:
            return account.is_replaced
        lookup = self.accounts.lookup(card)
        known = max(self.newest.get(lookup, -1), -1 if account.issue is None else account.issue)
        if card.card_issue > known:
            self.newest[lookup] = card.card_issue
        return account.is_replaced or card.card_issue < known


async def accounts_of_customer(session: Session, accounts: Iterable[str]) -> frozenset[str]:
    """Return ``accounts`` and all that merges tie them to."""
    wanted = list(accounts)
    rows = await session.rows("merges.of_accounts", wanted)
    return frozenset(wanted) | {account for row in rows for account in (row["old"], row["into_account"])}
