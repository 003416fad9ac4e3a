"""Accounts, made by themselves the first time a card is seen (O6; seeds 000:6, 000:31, 000:74).

An account's name is opaque and random. Its card number exists in two ways only: as an HMAC that finds the account, and
encrypted under the account's own key. Deleting that key's row erases the person; events, chain and counts stay.
The ledger of erasures (``erasures.py``) stands above the database: who is in it has no key here, and gets none again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import msgspec

from photocore.crockford import mint
from photocore.kinds import PackageClaimedSealed
from photocore.seams import Clock, Entropy
from photoservice.db.database import Row, Session
from photoservice.erasures import Erasure, Erasures
from photoservice.errors import Erased, Unknown
from photoservice.keyring import Keyring, lock_away, take_out

_KEY_BYTES = 32
_NAME_SYMBOLS = 9


@dataclass(frozen=True, kw_only=True, repr=False)
class Account:
    """An account and its key; None once it was erased.

    ``issue`` is the newest seen of the card it was found by (AI 8019), and ``is_replaced`` says that another card
    stands in that one's place.
    """

    id: str
    key: bytes | None
    issue: int | None = None
    is_replaced: bool = False

    def __repr__(self) -> str:
        return f"Account({self.id})"


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A card as a claim showed it: the claim's station and event, and when that says it was written."""

    card: PackageClaimedSealed
    station: str
    event: str
    at: str

    @property
    def name(self) -> str:
        """The event's name among those of all stations."""
        return f"{self.station}/{self.event}"


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """Finds and makes accounts, and keeps what is personal under their keys."""

    clock: Clock
    entropy: Entropy
    keyring: Keyring
    erasures: Erasures

    def lookup(self, card: PackageClaimedSealed) -> bytes:
        """Return the HMAC that finds a card's account: of table and number, never of the number alone."""
        return self.keyring.mac("card", card.card_table, card.card_number)

    async def of_claims(self, session: Session, claims: Sequence[Shown]) -> Mapping[str, Account]:
        """Return the account of each claim by its event, making those that are missing.

        A claim of an erased person, sent again or late, is the erased account's, which has no key; whoever shows the
        same card later begins anew.
        """
        wanted = {self.lookup(shown.card): shown.card for shown in claims}
        erased = await self._erased(session, claims, wanted)
        live = [shown for shown in claims if shown.event not in erased]
        wanted = {self.lookup(shown.card): shown.card for shown in live}
        rows = await session.rows("accounts.by_lookups", list(wanted))
        found = {bytes(row["lookup"]): self._found(row) for row in rows}
        missing = {lookup: wanted[lookup] for lookup in sorted(wanted.keys() - found.keys())}
        found |= await self._make(session, missing)
        return erased | {shown.event: found[self.lookup(shown.card)] for shown in live}

    def erased_by(self, claims: Iterable[Shown]) -> frozenset[str]:
        """Return the erased accounts that these claims are: no card leads to them any more, but the ledger does.

        Raises:
            LedgerDamaged: the ledger is not as it was written.
        """
        self.erasures.refresh()
        found = (self.erasures.of_claim(self.lookup(shown.card), shown.name, shown.at) for shown in claims)
        return frozenset(erasure.account for erasure in found if erasure is not None)

    def keep(self, account: Account, about: str, personal: msgspec.Struct) -> bytes | None:
        """Return what is personal, encrypted under the account's key; nothing of an erased one."""
        if account.key is None:
            return None
        return lock_away(account.key, msgspec.json.encode(personal), about=about, entropy=self.entropy)

    async def card_of(self, session: Session, account: str) -> PackageClaimedSealed:
        """Return the card an account was made for.

        Raises:
            Erased: the account's key was destroyed, or there never was one.
        """
        row = await session.row("accounts.card", account)
        if row is None or account in self.erasures:
            raise Erased(f"the account {account} holds no card any more")
        return self.open_card(account, row["wrapped"], row["box"])

    def open_card(self, account: str, wrapped: bytes, box: bytes) -> PackageClaimedSealed:
        """Return the card of an account that has a key."""
        key = self._unwrap_key(account, wrapped)
        return msgspec.json.decode(take_out(key, box, about=f"card {account}"), type=PackageClaimedSealed)

    async def erase(self, session: Session, account: str) -> None:
        """Destroy an account's key and its card's lookup; nothing personal of it can be read again (DESIGN 5E).

        Accounts that were merged are one customer's, and are erased as one. The ledger has it first. Should the
        transaction be lost after that, the account is erased all the same: at the next opening, or when its card is
        shown.

        Raises:
            Unknown: there is no such account.
            LedgerDamaged, OSError: the ledger cannot be written; nothing was destroyed.
        """
        if not await session.value("accounts.is_known", account):
            raise Unknown(f"There is no account {account}.")
        # whoever merges this account, or one it was merged with, needs these locks
        await session.lock(
            f"card:{bytes(row['lookup']).hex()}" for row in await session.rows("accounts.lookups", account)
        )
        merges = await session.rows("merges.of_accounts", [account])
        old = sorted({row["old"] for row in merges} - {account})
        # who the others were merged into comes first: should we die in between, what is left of them has no key
        customer = (account, *sorted({row["into_account"] for row in merges} - {account, *old}), *old)
        tied = {one: await session.rows("accounts.lookups", one) for one in customer}
        await session.lock(f"card:{bytes(row['lookup']).hex()}" for rows in tied.values() for row in rows)
        for one in customer:
            events = tuple(f"{row['station']}/{row['id']}" for row in await session.rows("accounts.claims", one))
            cards = tuple(sorted(bytes(row["lookup"]).hex() for row in tied[one]))
            self.erasures.add(Erasure(account=one, at=self.clock.now(), cards=cards, events=events))
        for one in customer:
            await session.run("accounts.forget_card", one)
            await session.run("accounts.destroy_key", one)

    async def erase_again(self, session: Session) -> int:
        """Erase in this database whom the ledger names; return how many keys it still had.

        An account that a backup knows by another name is known by its card, and that it was made before the erasure.
        """
        self.erasures.refresh()
        return await self._destroy(session, list(self.erasures))

    async def make_guest(self, session: Session) -> Account:
        """Make an account of nobody's card: an access code opens what it owns until a card joins it (O6)."""
        account, wrapped = self._mint()
        await session.run("accounts.insert", account.id, self.clock.now())
        await session.run("accounts.insert_key", account.id, wrapped)
        return account

    async def _erased(
        self, session: Session, claims: Sequence[Shown], lookups: Mapping[bytes, PackageClaimedSealed]
    ) -> dict[str, Account]:
        """Return the accounts of claims of erased persons by event; see that the database has no key of them."""
        self.erasures.refresh()
        erasures = [erasure for lookup in lookups for erasure in self.erasures.of_card(lookup)]
        if not erasures:
            return {}
        await self._destroy(session, erasures)
        found: dict[str, Account] = {}
        for shown in claims:
            if erasure := self.erasures.of_claim(self.lookup(shown.card), shown.name, shown.at):
                found[shown.event] = Account(id=erasure.account, key=None)
        if found:
            ids = sorted({account.id for account in found.values()})
            await session.run("accounts.insert_erased", ids, self.clock.now())
        return found

    async def _destroy(self, session: Session, erasures: Sequence[Erasure]) -> int:
        cards = [(bytes.fromhex(card), erasure.at) for erasure in erasures for card in erasure.cards]
        lookups, moments = [lookup for lookup, _ in cards], [at for _, at in cards]
        return await session.run("accounts.erase_again", [e.account for e in erasures], lookups, moments)

    async def _make(self, session: Session, cards: Mapping[bytes, PackageClaimedSealed]) -> dict[bytes, Account]:
        minted = {lookup: self._mint() for lookup in cards}
        made = {lookup: account for lookup, (account, _) in minted.items()}
        if made:
            ids, wrapped = [a.id for a in made.values()], [wrapped for _, wrapped in minted.values()]
            boxes = [self.keep(a, f"card {a.id}", cards[lookup]) for lookup, a in made.items()]
            await session.run("accounts.insert_all", ids, wrapped, list(made), boxes, self.clock.now())
        return made

    def _mint(self) -> tuple[Account, bytes]:
        """Return a new account, and its key as the database keeps it."""
        name, key = "A-" + mint(self.entropy, _NAME_SYMBOLS), self.entropy.token(_KEY_BYTES)
        return Account(id=name, key=key), lock_away(self.keyring.wrap, key, about=f"key {name}", entropy=self.entropy)

    def _found(self, row: Row) -> Account:
        key = self._unwrap_key(row["id"], row["wrapped"])
        return Account(id=row["id"], key=key, issue=row["issue"], is_replaced=row["replaced_at"] is not None)

    def _unwrap_key(self, account: str, wrapped: bytes) -> bytes:
        return take_out(self.keyring.wrap, wrapped, about=f"key {account}")
