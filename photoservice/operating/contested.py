"""Contested packages: what is known of each, and a person's ruling, which is a fact like any other (DESIGN 5C).

Whoever rules names what they had seen: if anything came meanwhile, nothing is ruled, and they look again. Nobody is
named a customer who did not claim the package; claims stay, so that a ruling can be followed by another.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Literal, get_args

from photocore.crockford import mint
from photocore.facts import Claim, CodeMinted, Refunded, Sale, Unpacked
from photocore.money import Money
from photocore.ownership import Ownership, customer_of, is_returned_exposed
from photocore.seams import Clock, Entropy
from photoservice.db.database import Row, Session
from photoservice.errors import Unknown, Unprocessable
from photoservice.gallery.cursors import OrderPlace, read_cursor, write_cursor
from photoservice.goods_errors import ChangedMeanwhile
from photoservice.operating.audit import Audit
from photoservice.operating.duty import Duty
from photoservice.operating.errors import DutyLacking
from photoservice.registrations import AT_HOME, Root, claim_name, load_roots, lock_name, settle_roots

Filter = Literal["all", "contested", "case"]
Proof = Literal["code", "sale", "wrong_code", "none"]

FILTERS: Final[tuple[Filter, ...]] = get_args(Filter)
PAGE: Final = 50

_BEGIN: Final = OrderPlace(at=datetime(1, 1, 2, tzinfo=UTC), order="")
_SYMBOLS: Final = 20
_LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, kw_only=True)
class CasesAsked:
    """Which cases are wanted: contested ones, claims that came too late (``case``), or both; older than ``days``."""

    wanted: Filter = "all"
    days: int = 0
    behind: str = ""


@dataclass(frozen=True, kw_only=True)
class CasesListed:
    """Some cases, the oldest first, and the cursor of those behind them, or nothing."""

    rows: Sequence[Row]
    behind: str


@dataclass(frozen=True, kw_only=True)
class ClaimSeen:
    """A claim with what it proved; ``name`` is what a ruling calls it.

    ``customer`` is whose its account is after all merges; ``is_own`` says that its reader sees the store it came from.
    """

    name: str
    row: Row
    customer: str
    proof: Proof
    is_own: bool
    is_at_home: bool
    is_ended: bool

    @property
    def is_withdrawn(self) -> bool:
        """Whether it was undone."""
        return bool(self.row["is_withdrawn"])


@dataclass(frozen=True, kw_only=True)
class SaleSeen:
    """What a till told: sold, or given back. ``customer`` is whose card lay in the basket, if any did."""

    row: Row
    customer: str
    paid: Money | None
    is_own: bool


@dataclass(frozen=True, kw_only=True)
class Question:
    """One thing to be ruled on: the package, or a roll of an unpacked one; ``choices`` are a claim of each customer.

    ``is_returned``: every sale of it was given back, and a roll of it came in all the same.
    """

    subject: str
    owned: Ownership
    since: datetime | None
    choices: tuple[ClaimSeen, ...]
    is_returned: bool

    @property
    def is_open(self) -> bool:
        """Whether somebody must rule."""
        return self.owned.word == "contested" or self.owned.case


@dataclass(frozen=True, kw_only=True)
class Case:
    """All that is known of a case. ``saw`` stands for every fact of it; ``may_rule`` says that its reader may."""

    row: Row
    questions: tuple[Question, ...]
    claims: tuple[ClaimSeen, ...]
    sales: tuple[SaleSeen, ...]
    codes: Sequence[Row]
    merges: Sequence[Row]
    rulings: Sequence[Row]
    unpackings: Sequence[Row]
    custody: Sequence[Row]
    saw: str
    may_rule: bool

    @property
    def letters(self) -> dict[str, str]:
        """What each customer is called on a page that names nobody: A, B, ... in the order they claimed it."""
        customers = dict.fromkeys(claim.customer for claim in self.claims)
        return {one: _LETTERS[n] if n < len(_LETTERS) else str(n) for n, one in enumerate(customers)}


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """A ruling as its form sends it: on which ``subject``, for the customer of which ``claim``, having seen what."""

    subject: str
    claim: str
    saw: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Contested:
    """Shows cases, and takes rulings."""

    clock: Clock
    entropy: Entropy
    audit: Audit

    async def list(self, session: Session, duty: Duty, asked: CasesAsked) -> CasesListed:
        """Return a page of cases; an operator of one tenant is shown those of that one's packages.

        Raises:
            Malformed: the cursor is none of ours.
        """
        place = read_cursor(asked.behind, OrderPlace) if asked.behind else _BEGIN
        before = self.clock.now() - timedelta(days=asked.days) if asked.days else None
        rows = await session.rows(
            "ops_contested.list", place.at, place.order, asked.wanted, duty.tenant, before, PAGE + 1
        )
        last = rows[PAGE - 1] if len(rows) > PAGE else None
        behind = write_cursor(OrderPlace(at=last["since"], order=last["subject"])) if last else ""
        return CasesListed(rows=rows[:PAGE], behind=behind)

    async def open(self, session: Session, duty: Duty, root: str) -> Case:
        """Return all that is known of a case; the look is an entry of the audit.

        Raises:
            Unknown: nothing is registered under ``root``, or it is another tenant's.
        """
        row = await self._find(session, duty, root)
        known = (await load_roots(session, [root]))[root]
        claims = await _claims(session, duty, known)
        since = {one["subject"]: one["since"] for one in await session.rows("ops_contested.since", root)}
        case = Case(
            row=row,
            questions=tuple(_question(known, subject, claims, since.get(subject)) for subject in known.subjects),
            claims=claims,
            sales=await _sales(session, duty, known),
            codes=await session.rows("ops_contested.codes", root),
            merges=await session.rows("ops_contested.merges", sorted({one.row["account"] for one in claims})),
            rulings=await session.rows("ops_contested.rulings", root),
            unpackings=await session.rows("ops_contested.unpackings", root),
            custody=await session.rows("ops_contested.custody", root),
            saw=_digest(known),
            may_rule=_may_rule(duty, claims),
        )
        await self.audit.add(session, duty, "contested_seen", root, tenant=row["tenant"])
        return case

    async def rule(self, session: Session, duty: Duty, root: str, verdict: Verdict) -> str:
        """Write a ruling, let the owner rule be asked again, and return the ruling's ID; stations get the news.

        Raises:
            Unknown: there is no such case or claim, or it is another tenant's.
            DutyLacking: the reader is of one tenant, and somebody claims it elsewhere: that is the house's to rule.
            ChangedMeanwhile: something came since it was looked at; nothing is ruled.
            Unprocessable: there is nothing to rule on any more.
        """
        row = await self._find(session, duty, root)
        await session.lock([lock_name(root)])
        known = (await load_roots(session, [root]))[root]
        claims = await _claims(session, duty, known)
        if not _may_rule(duty, claims):
            raise DutyLacking
        if _digest(known) != verdict.saw:
            raise ChangedMeanwhile
        question, chosen = _chosen(known, claims, verdict)
        ruling, now = mint(self.entropy, _SYMBOLS), self.clock.now()
        roll = question.subject if known.is_unpacked else None
        saw = sorted(fact.id for fact in known.facts)
        account = chosen.row["account"]
        await session.run("registrations.rule", root, ruling, roll, account, saw, duty.operator, verdict.why, now)
        await settle_roots(session, [root], now)
        about = {"subject": question.subject, "account": account, "why": verdict.why, "was": question.owned.word}
        await self.audit.add(session, duty, "package_decided", root, about, tenant=row["tenant"])
        return ruling

    async def _find(self, session: Session, duty: Duty, root: str) -> Row:
        row = await session.row("ops_contested.case", root)
        is_theirs = duty.tenant is None or await session.value("ops_contested.is_of", root, duty.tenant)
        if row is None or not is_theirs:
            raise Unknown("There is no such case.")
        return row


async def _claims(session: Session, duty: Duty, known: Root) -> tuple[ClaimSeen, ...]:
    codes = {fact.code for fact in known.facts if isinstance(fact, CodeMinted)}
    proved = {fact.id for fact in known.facts if isinstance(fact, Claim) and fact.code in codes}
    payers = _payers(known)
    seen: list[ClaimSeen] = []
    for row in await session.rows("ops_contested.claims", known.id):
        name = claim_name(row["station"], row["id"])
        customer = customer_of(row["account"], known.facts)
        otherwise: Proof = "wrong_code" if row["has_code"] else "none"
        seen.append(
            ClaimSeen(
                name=name,
                row=row,
                customer=customer,
                proof="code" if name in proved else "sale" if customer in payers else otherwise,
                is_own=duty.tenant is None or row["retailer"] == duty.tenant,
                is_at_home=row["station"] == AT_HOME,
                is_ended=known.is_ended(name),
            )
        )
    return tuple(seen)


def _payers(known: Root) -> frozenset[str]:
    """Return the customers whose card lay in the basket of a sale that stands."""
    returned = {fact.sale for fact in known.facts if isinstance(fact, Refunded)}
    sold = [fact for fact in known.facts if isinstance(fact, Sale) and fact.name not in returned]
    return frozenset(customer_of(sale.customer, known.facts) for sale in sold if sale.customer is not None)


async def _sales(session: Session, duty: Duty, known: Root) -> tuple[SaleSeen, ...]:
    return tuple(
        SaleSeen(
            row=row,
            customer=customer_of(row["account"], known.facts) if row["account"] is not None else "",
            paid=Money(minor=row["amount"], currency=row["currency"]) if row["amount"] is not None else None,
            is_own=duty.tenant is None or row["retailer"] == duty.tenant,
        )
        for row in await session.rows("ops_contested.sales", known.id)
    )


def _question(known: Root, subject: str, claims: Sequence[ClaimSeen], since: datetime | None) -> Question:
    """Return what is to be ruled on, with the first claim of each customer who claims it still."""
    first: dict[str, ClaimSeen] = {}
    for claim in claims:
        if not (claim.is_withdrawn or claim.is_ended) and _is_about(known, subject, claim):
            first.setdefault(claim.customer, claim)
    is_returned = is_returned_exposed(known.facts, roll=subject if known.is_unpacked else None)
    choices = tuple(first.values())
    return Question(
        subject=subject, owned=known.owner_of(subject), since=since, choices=choices, is_returned=is_returned
    )


def _is_about(known: Root, subject: str, claim: ClaimSeen) -> bool:
    """Say whether a claim is on ``subject``: once a package is open, those on it that came before, or on the roll."""
    unpackings = [fact for fact in known.facts if isinstance(fact, Unpacked)]
    return claim.row["item"] == subject or all(claim.name in fact.saw for fact in unpackings)


def _chosen(known: Root, claims: Sequence[ClaimSeen], verdict: Verdict) -> tuple[Question, ClaimSeen]:
    if verdict.subject not in known.subjects:
        raise Unknown("There is no such case.")
    question = _question(known, verdict.subject, claims, None)
    if not question.is_open:
        raise Unprocessable("There is nothing to rule on any more.")
    chosen = next((one for one in question.choices if one.name == verdict.claim), None)
    if chosen is None:
        raise Unknown("Nobody claims it so.")
    return question, chosen


def _may_rule(duty: Duty, claims: Sequence[ClaimSeen]) -> bool:
    """Say whether ``duty`` may rule: who is of one tenant does not judge between that one and others."""
    return duty.may("decide") and all(claim.is_own for claim in claims)


def _digest(known: Root) -> str:
    """Return what stands for all facts of a root as they are now."""
    return hashlib.sha256("\n".join(sorted(fact.id for fact in known.facts)).encode()).hexdigest()
