"""What ``db/queries/merges.sql`` asks."""

from collections.abc import Sequence
from datetime import datetime

from photoservice.modelled.schema import ModelStore
from photoservice.modelled.tables import ModelRow, pick


def insert(
    db: ModelStore,
    station: str,
    event: str,
    old: str,
    into_account: str,
    why: str,
    store: str,
    staff: str,
    at: datetime,
) -> int:
    """Write that two accounts are one customer's."""
    whose = {"station": station, "event": event, "old": old, "into_account": into_account}
    added = db.account_merge.add_unless_taken(**whose, why=why, store=store, staff=staff, at=at)
    return 1 if added is not None else 0


def of_accounts(db: ModelStore, accounts: Sequence[str]) -> Sequence[ModelRow]:
    """Return every merge that ties these accounts to others, by any number of steps."""
    known, waiting, found = set(accounts), list(accounts), dict[tuple[str, str], ModelRow]()
    while waiting:
        account = waiting.pop()
        for row in (*db.account_merge.by("old", account), *db.account_merge.by("into", account)):
            found[row["station"], row["event"]] = row
            fresh = {row["old"], row["into_account"]} - known
            known |= fresh
            waiting += fresh
    rows = (found[name] for name in sorted(found))
    return [pick(row, "station", "event", "old", "into_account", "why", "at") for row in rows]


def accounts_of(db: ModelStore, lookups: Sequence[bytes], station: str, claims: Sequence[str]) -> Sequence[ModelRow]:
    """Return the accounts of cards, by their HMACs, and of a station's claims."""
    cards = (db.account_card.get(lookup) for lookup in lookups)
    rows = (*cards, *(db.claim.get((station, claim)) for claim in claims))
    return [ModelRow(account=account) for account in sorted({row["account"] for row in rows if row})]


def cards_of(db: ModelStore, accounts: Sequence[str]) -> Sequence[ModelRow]:
    """Return the HMACs of all cards of these accounts."""
    found = sorted(row["lookup"] for row in db.account_card.by_any("account", accounts))
    return [ModelRow(lookup=lookup) for lookup in found]


def roots_of(db: ModelStore, accounts: Sequence[str]) -> Sequence[ModelRow]:
    """Return what claims and sales of these accounts count for."""
    rows = (*db.claim.by_any("account", accounts), *db.sale.by_any("account", accounts))
    return [ModelRow(root=root) for root in sorted({row["root"] for row in rows})]


def note_issue(db: ModelStore, lookup: bytes, issue: int) -> int:
    """Note an issue of a card; the newest counts."""
    row = db.account_card.get(lookup)
    if row is None or (row["issue"] is not None and row["issue"] >= issue):
        return 0
    return db.account_card.change(row, issue=issue)


def replace_card(db: ModelStore, lookups: Sequence[bytes], now: datetime) -> int:
    """Note since when another card stands in the place of these."""
    rows = [row for lookup in lookups if (row := db.account_card.get(lookup))]
    return sum(db.account_card.change(row, replaced_at=row["replaced_at"] or now) for row in rows)


def stand_again(db: ModelStore, lookup: bytes) -> int:
    """Note that a card stands in another's place: if it was lost, it is found."""
    row = db.account_card.get(lookup)
    if row is None or row["replaced_at"] is None:
        return 0
    return db.account_card.change(row, replaced_at=None)


def claims_of(db: ModelStore, accounts: Sequence[str]) -> Sequence[ModelRow]:
    """Return the claims of these accounts with what they say of notice and card, the earliest first."""
    rows = sorted(db.claim.by_any("account", accounts), key=lambda row: row["arrival"])
    columns = ("account", "station", "id", "number", "notice", "is_card_lost", "received_at")
    told = [pick(row, *columns) for row in rows]
    for row in told:
        row["is_withdrawn"] = db.withdrawal.get((row["station"], row["id"])) is not None
    return told


def cards_shown(db: ModelStore, accounts: Sequence[str]) -> Sequence[ModelRow]:
    """Return the cards of these accounts with what is known of each."""
    shown: list[ModelRow] = []
    for row in sorted(db.account_card.by_any("account", accounts), key=lambda row: (row["account"], row["lookup"])):
        key = db.account_key.get(row["account"])
        if key:
            told = {"wrapped": key["wrapped"], **pick(row, "issue", "replaced_at")}
            shown.append(ModelRow({**pick(row, "account", "box"), **told}))
    return shown


def account_of_claim(db: ModelStore, station: str, claim: str) -> Sequence[ModelRow]:
    """Return the account a station's claim is under, and its key, which an erased one has not."""
    row = db.claim.get((station, claim))
    key = db.account_key.get(row["account"]) if row else None
    return [ModelRow(account=row["account"], wrapped=key["wrapped"] if key else None)] if row else []


def with_key(db: ModelStore, accounts: Sequence[str]) -> Sequence[ModelRow]:
    """Return which of these accounts have a key: the others were erased."""
    return [ModelRow(account=account) for account in sorted(set(accounts)) if db.account_key.get(account)]
