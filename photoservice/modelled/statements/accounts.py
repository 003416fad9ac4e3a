"""What ``db/queries/accounts.sql`` asks."""

from collections.abc import Sequence
from datetime import datetime

from photoservice.modelled.schema import ModelStore
from photoservice.modelled.tables import ModelRow


def by_lookups(db: ModelStore, lookups: Sequence[bytes]) -> Sequence[ModelRow]:
    """Find accounts by the HMACs of their cards."""
    found: list[ModelRow] = []
    for lookup in set(lookups):
        card = db.account_card.get(lookup)
        key = db.account_key.get(card["account"]) if card else None
        if card and key:
            found.append(ModelRow(lookup=lookup, id=card["account"], wrapped=key["wrapped"]))
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
