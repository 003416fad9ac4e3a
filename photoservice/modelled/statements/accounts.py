"""What ``db/queries/accounts.sql`` asks."""

from collections.abc import Sequence
from datetime import datetime

from photoservice.modelled.schema import ModelStore
from photoservice.modelled.tables import ModelRow, pick


def by_lookups(db: ModelStore, lookups: Sequence[bytes]) -> Sequence[ModelRow]:
    """Find accounts by the HMACs of their cards."""
    found: list[ModelRow] = []
    for lookup in set(lookups):
        card = db.account_card.get(lookup)
        key = db.account_key.get(card["account"]) if card else None
        if card and key:
            state = pick(card, "issue", "replaced_at")
            found.append(ModelRow(lookup=lookup, id=card["account"], wrapped=key["wrapped"], **state))
    return found


def insert(db: ModelStore, account: str, made_at: datetime) -> int:
    """Add an account."""
    db.account.add(id=account, made_at=made_at)
    return 1


def insert_key(db: ModelStore, account: str, wrapped: bytes) -> int:
    """Keep an account's key."""
    db.account_key.add(account=account, wrapped=wrapped)
    return 1


def insert_all(
    db: ModelStore,
    accounts: Sequence[str],
    wrapped: Sequence[bytes],
    lookups: Sequence[bytes],
    boxes: Sequence[bytes],
    made_at: datetime,
) -> int:
    """Add accounts with their keys, and tie each to its card's HMAC."""
    for account, key, lookup, box in zip(accounts, wrapped, lookups, boxes, strict=True):
        db.account.add(id=account, made_at=made_at)
        db.account_key.add(account=account, wrapped=key)
        db.account_card.add(lookup=lookup, account=account, box=box)
    return len(accounts)


def card(db: ModelStore, account: str) -> Sequence[ModelRow]:
    """Return what an account's card is kept in."""
    key = db.account_key.get(account)
    cards = db.account_card.by("account", account) if key else []
    return [ModelRow(box=row["box"], wrapped=key["wrapped"]) for row in cards if key]


def forget_card(db: ModelStore, account: str) -> int:
    """Cut the tie between a card and its account."""
    return sum(db.account_card.remove(row) for row in db.account_card.by("account", account))


def destroy_key(db: ModelStore, account: str) -> int:
    """Destroy an account's key."""
    row = db.account_key.get(account)
    return db.account_key.remove(row) if row else 0


def is_known(db: ModelStore, account: str) -> Sequence[ModelRow]:
    """Say whether there is such an account, erased or not."""
    return [ModelRow(exists=db.account.get(account) is not None)]


def lookups(db: ModelStore, account: str) -> Sequence[ModelRow]:
    """Return the HMACs of an account's cards."""
    return [ModelRow(lookup=found) for found in sorted(row["lookup"] for row in db.account_card.by("account", account))]


def claims(db: ModelStore, account: str) -> Sequence[ModelRow]:
    """Return the events that showed an account's card: its claims, sales, and merges with others."""
    events = {(row["station"], row["id"]) for row in db.claim.by("account", account)}
    events |= {(row["station"], row["event"]) for row in db.sale.by("account", account)}
    merges = (*db.account_merge.by("old", account), *db.account_merge.by("into", account))
    events |= {(row["station"], row["event"]) for row in merges}
    return [ModelRow(station=station, id=event) for station, event in sorted(events)]


def insert_erased(db: ModelStore, accounts: Sequence[str], made_at: datetime) -> int:
    """Add accounts that were erased and that a backup does not know, without a key."""
    return sum(db.account.add_unless_taken(id=account, made_at=made_at) is not None for account in accounts)


def erase_again(db: ModelStore, accounts: Sequence[str], lookups: Sequence[bytes], moments: Sequence[datetime]) -> int:
    """Destroy keys and cards' lookups of erased accounts, and of those made for their cards before."""
    gone = set(accounts)
    for lookup, at in zip(lookups, moments, strict=True):
        tied = db.account_card.get(lookup)
        account = db.account.get(tied["account"]) if tied else None
        if account and account["made_at"] < at:
            gone.add(account["id"])
    for account in sorted(gone):
        forget_card(db, account)
    return sum(destroy_key(db, account) for account in sorted(gone))
