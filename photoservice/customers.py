"""What is kept of one customer: all their accounts, cards, merges, registrations, sales, and what was agreed to (S5).

It is what a person may ask for (GDPR Art. 15 and 20), and what staff of the photoservice look at; cards are masked, for
whoever asks has theirs. An agreement counts only for a version of the notice that is known here: what somebody agreed
to that nobody can read is no consent. It is judged when it is asked, so that a notice that becomes known later counts.
"""

from collections.abc import Collection, Iterator
from datetime import datetime

import msgspec

from photocore.cards import CardNumber
from photocore.kinds import PackageClaimedSealed
from photoservice.accounts import Accounts
from photoservice.db.database import Row, Session
from photoservice.errors import Unknown
from photoservice.intake.merges import accounts_of_customer


class CardTold(msgspec.Struct, frozen=True, kw_only=True):
    """One card: its table, its last four, its newest issue, and since when another stands in its place."""

    table: str
    masked: str
    issue: int | None = None
    replaced_at: datetime | None = None


class Consent(msgspec.Struct, frozen=True, kw_only=True):
    """A version of the privacy notice that registrations name, since when, and whether that counts as a consent.

    ``version`` is empty for registrations of stations that asked nobody.
    """

    version: str
    since: datetime
    registrations: int
    counts: bool


class MergeTold(msgspec.Struct, frozen=True, kw_only=True):
    """Two accounts that staff said are one customer's."""

    old: str
    into: str
    why: str
    at: datetime


class RegistrationTold(msgspec.Struct, frozen=True, kw_only=True):
    """One registration; ``is_card_lost`` says that its card was known to be lost when it came in."""

    number: str
    account: str
    station: str
    at: datetime
    notice: str
    is_withdrawn: bool
    is_card_lost: bool


class SaleTold(msgspec.Struct, frozen=True, kw_only=True):
    """A piece of film that was sold with the card in the basket; ``amount`` is in minor units of ``currency``."""

    store: str
    business_day: str
    item: str
    amount: int | None
    currency: str | None
    at: datetime
    is_taken_back: bool


class Customer(msgspec.Struct, frozen=True, kw_only=True):
    """All of it. ``erased`` are accounts whose key was destroyed."""

    accounts: tuple[str, ...]
    erased: tuple[str, ...]
    cards: tuple[CardTold, ...]
    merges: tuple[MergeTold, ...]
    consents: tuple[Consent, ...]
    registrations: tuple[RegistrationTold, ...]
    sales: tuple[SaleTold, ...] = ()


async def tell_customer(session: Session, accounts: Accounts, account: str, *, known: Collection[str]) -> Customer:
    """Return what is kept of the customer ``account`` belongs to; ``known`` are the versions of the notice.

    Raises:
        Unknown: there is no such account.
    """
    if not await session.value("accounts.is_known", account):
        raise Unknown(f"There is no account {account}.")
    theirs = sorted(await accounts_of_customer(session, [account]))
    claims = await session.rows("merges.claims_of", theirs)
    cards = await session.rows("merges.cards_shown", theirs)
    live = {row["account"] for row in await session.rows("merges.with_key", theirs)}
    merges = await session.rows("merges.of_accounts", theirs)
    return Customer(
        accounts=tuple(theirs),
        erased=tuple(one for one in theirs if one not in live),
        cards=tuple(_card(row, accounts.open_card(row["account"], row["wrapped"], row["box"])) for row in cards),
        merges=tuple(MergeTold(old=m["old"], into=m["into_account"], why=m["why"], at=m["at"]) for m in merges),
        consents=_consents(claims, known),
        registrations=tuple(_registration(row) for row in claims),
        sales=tuple(_sale(row) for row in await session.rows("sales.of_accounts", theirs)),
    )


def lines_of(told: Customer) -> Iterator[str]:
    """Yield what is kept of a customer, a line each: accounts, cards, merges, consents, registrations, sales."""
    yield f"accounts  {' '.join(told.accounts)}" + (f"  erased: {' '.join(told.erased)}" if told.erased else "")
    for card in told.cards:
        issue = f"  issue {card.issue}" if card.issue is not None else ""
        lost = f"  replaced {card.replaced_at.isoformat(timespec='seconds')}" if card.replaced_at else ""
        yield f"card  {card.table}  {card.masked}{issue}{lost}"
    for merge in told.merges:
        yield f"merged  {merge.old} into {merge.into}  {merge.why}  {merge.at.isoformat(timespec='seconds')}"
    for agreed in told.consents:
        word = "agreed" if agreed.counts else "unknown version, no consent" if agreed.version else "nobody was asked"
        since = agreed.since.isoformat(timespec="seconds")
        yield f"notice  {agreed.version or '-'}  {word}  {agreed.registrations} registrations since {since}"
    for one in told.registrations:
        marks = "  withdrawn" * one.is_withdrawn + "  LOST CARD" * one.is_card_lost
        yield f"registration  {one.number}  {one.station}  {one.at.isoformat(timespec='seconds')}{marks}"
    for sold in told.sales:
        amount = f"  {sold.amount} {sold.currency} (minor units)" if sold.amount is not None else ""
        yield f"sale  {sold.business_day}  {sold.store}  {sold.item}{amount}{'  taken back' * sold.is_taken_back}"


def _card(row: Row, card: PackageClaimedSealed) -> CardTold:
    masked = CardNumber(table=card.card_table, number=card.card_number).masked
    return CardTold(table=card.card_table, masked=masked, issue=row["issue"], replaced_at=row["replaced_at"])


def _consents(claims: Collection[Row], known: Collection[str]) -> tuple[Consent, ...]:
    """Return each version that was named, in the order it first came in."""
    named: dict[str, list[Row]] = {}
    for row in claims:
        named.setdefault(row["notice"] or "", []).append(row)
    return tuple(
        Consent(version=version, since=rows[0]["received_at"], registrations=len(rows), counts=version in known)
        for version, rows in named.items()
    )


def _registration(row: Row) -> RegistrationTold:
    return RegistrationTold(
        number=row["number"],
        account=row["account"],
        station=row["station"],
        at=row["received_at"],
        notice=row["notice"] or "",
        is_withdrawn=row["is_withdrawn"],
        is_card_lost=row["is_card_lost"],
    )


def _sale(row: Row) -> SaleTold:
    return SaleTold(
        store=row["store"],
        business_day=row["business_day"],
        item=row["item"],
        amount=row["amount"],
        currency=row["currency"],
        at=row["received_at"],
        is_taken_back=row["is_corrected"],
    )
