"""Accounts, made by themselves the first time a card is seen (O6; seeds 000:6, 000:31, 000:74).

An account's name is opaque and random. Its card number exists in two ways only: as an HMAC that finds the account, and
encrypted under the account's own key. Deleting that key's row erases the person; events, chain and counts stay.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgspec

from photocore.crockford import mint
from photocore.kinds import PackageClaimedSealed
from photocore.seams import Clock, Entropy
from photoservice.db.database import Session
from photoservice.errors import Erased
from photoservice.keyring import Keyring, lock_away, take_out

_KEY_BYTES = 32
_NAME_SYMBOLS = 9


@dataclass(frozen=True, kw_only=True, repr=False)
class Account:
    """An account and, as long as it was not erased, its key."""

    id: str
    key: bytes

    def __repr__(self) -> str:
        return f"Account({self.id})"


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """Finds and makes accounts, and keeps what is personal under their keys."""

    clock: Clock
    entropy: Entropy
    keyring: Keyring

    def lookup(self, card: PackageClaimedSealed) -> bytes:
        """Return the HMAC that finds a card's account: of table and number, never of the number alone."""
        return self.keyring.mac("card", card.card_table, card.card_number)

    async def of_cards(self, session: Session, cards: Iterable[PackageClaimedSealed]) -> Mapping[bytes, Account]:
        """Return the account of each card by its lookup, making those that are missing."""
        wanted = {self.lookup(card): card for card in cards}
        rows = await session.rows("accounts.by_lookups", list(wanted))
        found = {bytes(row["lookup"]): self._unwrap(row["id"], row["wrapped"]) for row in rows}
        missing = {lookup: wanted[lookup] for lookup in sorted(wanted.keys() - found.keys())}
        return found | await self._make(session, missing)

    def keep(self, account: Account, about: str, personal: msgspec.Struct) -> bytes:
        """Return what is personal, encrypted under the account's key."""
        return lock_away(account.key, msgspec.json.encode(personal), about=about, entropy=self.entropy)

    async def card_of(self, session: Session, account: str) -> PackageClaimedSealed:
        """Return the card an account was made for.

        Raises:
            Erased: the account's key was destroyed, or there never was one.
        """
        row = await session.row("accounts.card", account)
        if row is None:
            raise Erased(f"the account {account} holds no card any more")
        key = self._unwrap(account, row["wrapped"]).key
        return msgspec.json.decode(take_out(key, row["box"], about=f"card {account}"), type=PackageClaimedSealed)

    async def erase(self, session: Session, account: str) -> None:
        """Destroy an account's key and its card's lookup; nothing personal of it can be read again (DESIGN 5E)."""
        await session.run("accounts.forget_card", account)
        await session.run("accounts.destroy_key", account)

    async def make_guest(self, session: Session) -> Account:
        """Make an account of nobody's card: an access code opens what it owns until a card joins it (O6)."""
        account = self._mint()
        await session.run("accounts.insert", account.id, self.clock.now())
        await session.run("accounts.insert_key", account.id, self._wrap(account))
        return account

    async def _make(self, session: Session, cards: Mapping[bytes, PackageClaimedSealed]) -> dict[bytes, Account]:
        made = {lookup: self._mint() for lookup in cards}
        if made:
            ids, wrapped = [a.id for a in made.values()], [self._wrap(a) for a in made.values()]
            boxes = [self.keep(a, f"card {a.id}", cards[lookup]) for lookup, a in made.items()]
            await session.run("accounts.insert_all", ids, wrapped, list(made), boxes, self.clock.now())
        return made

    def _mint(self) -> Account:
        return Account(id="A-" + mint(self.entropy, _NAME_SYMBOLS), key=self.entropy.token(_KEY_BYTES))

    def _wrap(self, account: Account) -> bytes:
        return lock_away(self.keyring.wrap, account.key, about=f"key {account.id}", entropy=self.entropy)

    def _unwrap(self, account: str, wrapped: bytes) -> Account:
        return Account(id=account, key=take_out(self.keyring.wrap, wrapped, about=f"key {account}"))
