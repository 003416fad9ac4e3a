"""Who owns a package: a pure function of a set of facts (DESIGN 5C).

Read :func:`decide_owner` from top to bottom; it is the rule. Never "last write wins": the winner would depend on
which store synced first.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeVar

from photocore.facts import (
    Claim,
    CodeMinted,
    CodeVoided,
    Confirmed,
    Decided,
    Fact,
    ManifestKnown,
    Merged,
    Refunded,
    Ruling,
    Sale,
    Transferred,
    Unpacked,
    Withdrawn,
)

Word = Literal["unclaimed", "waiting", "held", "registered", "contested"]
SomeFact = TypeVar("SomeFact")
_Memo = dict[frozenset[Fact], str | None]
"""Owners found by earlier facts alone, so that a chain of transfers is judged once a link and not once a path."""


@dataclass(frozen=True, kw_only=True)
class Ownership:
    """What the facts say of one package, or of one roll of an unpacked one.

    ``owner`` is a customer or None; ``claims`` are the live claims that made them so. ``case`` is set when somebody
    must look: a claim came that changes nothing. ``proof`` says what decided.
    """

    word: Word
    owner: str | None = None
    claims: frozenset[str] = frozenset()
    case: bool = False
    proof: Literal["", "unopposed", "confirmed", "claim code", "sale", "ruling"] = ""


def decide_owner(facts: Iterable[Fact], *, roll: str | None = None) -> Ownership:
    """Return who owns the package the ``facts`` are about; with ``roll``, who owns that roll once it is unpacked.

    The order, after DESIGN 5C: a person's latest ruling; one customer; the only live claim with a claim code made
    before sale; the only one with sale proof; else contested. A claim on an unsold package is held and blocks nobody.
    """
    return _decide(frozenset(facts), roll, {})


def customer_of(account: str, facts: Iterable[Fact]) -> str:
    """Return whose account this is once all merges among the ``facts`` count."""
    return _merged(account, frozenset(facts))


def _decide(known: frozenset[Fact], roll: str | None, memo: _Memo) -> Ownership:
    claims, stray = _in_scope(_live_claims(known), known, roll)
    counted = _activated(claims, known)
    owned = _by_ruling(counted, known, roll, memo) or _by_claims(counted, claims, known)
    owned = replace(owned, case=owned.case or bool(stray))
    return _until_manifest(owned, known)


def _by_claims(counted: frozenset[Claim], claims: frozenset[Claim], known: frozenset[Fact]) -> Ownership:
    if not counted:
        return Ownership(word="held" if claims else "unclaimed")
    standing, case = _without_late_comers(counted, known)
    if len(_customers(standing)) == 1:
        return replace(_owned(standing, "confirmed" if _confirmed(known, standing) else "unopposed"), case=case)
    with_code = frozenset(claim for claim in standing if claim.code in _live_codes(known))
    if with_code:
        return replace(_only(with_code, "claim code"), case=case)
    return replace(_only(frozenset(c for c in standing if _sales_of(c, known)), "sale"), case=case)


def _only(claims: frozenset[Claim], proof: Literal["claim code", "sale"]) -> Ownership:
    return _owned(claims, proof) if len(_customers(claims)) == 1 else Ownership(word="contested")


def _owned(claims: frozenset[Claim], proof: Literal["unopposed", "confirmed", "claim code", "sale"]) -> Ownership:
    (owner,) = _customers(claims)
    return Ownership(word="registered", owner=owner, claims=frozenset(c.id for c in claims), proof=proof)


def _by_ruling(counted: frozenset[Claim], known: frozenset[Fact], roll: str | None, memo: _Memo) -> Ownership | None:
    """Follow the rulings nobody had seen when ruling again: one customer among them wins, two are contested."""
    decided = frozenset(ruling for ruling in _of(Decided, known) if ruling.roll in (None, roll))
    made: frozenset[Ruling] = _of(Transferred, known) | decided
    earliest_first = sorted(made, key=lambda ruling: len(ruling.saw))  # keeps a long chain from recursing deep
    rulings = frozenset(ruling for ruling in earliest_first if _is_valid(ruling, known, memo))
    seen = frozenset(id_ for ruling in rulings for id_ in ruling.saw)
    latest = frozenset(r for r in rulings if r.id not in seen) or rulings
    if not latest:
        return None
    owners = frozenset(_merged(r.customer, known) for r in latest)
    if len(owners) > 1:
        return Ownership(word="contested")
    (owner,) = owners
    late = any(c.customer != owner and not any(c.id in r.saw for r in latest) for c in counted)
    kept = frozenset(c.id for c in counted if c.customer == owner)
    return Ownership(word="registered", owner=owner, claims=kept, case=late, proof="ruling")


def _is_valid(ruling: Ruling, known: frozenset[Fact], memo: _Memo) -> bool:
    """Tell whether a ruling counts: a person's decision does, a transfer if its giver owned what they gave."""
    if isinstance(ruling, Decided):
        return True
    before = frozenset(f for f in known if f.id in ruling.saw and f.id != ruling.id)
    if before not in memo:
        memo[before] = _decide(before, None, memo).owner
    return memo[before] == _merged(ruling.giver, before)


def _live_claims(known: frozenset[Fact]) -> frozenset[Claim]:
    """Claims neither withdrawn nor tied to refunded sales alone, under their customers' merged names."""
    withdrawn = {w.claim for w in _of(Withdrawn, known)}
    refunded = {r.sale for r in _of(Refunded, known)}
    live: set[Claim] = set()
    for written in _of(Claim, known):
        claim = replace(written, customer=_merged(written.customer, known))
        tied = {s.id for s in _of(Sale, known) if _is_tied(claim, s, known)}
        if claim.id not in withdrawn and not (tied and tied <= refunded):
            live.add(claim)
    return frozenset(live)


def _in_scope(
    claims: frozenset[Claim], known: frozenset[Fact], roll: str | None
) -> tuple[frozenset[Claim], frozenset[Claim]]:
    """Split claims into those that count here and strays; all count while the package is whole."""
    unpackings = _of(Unpacked, known)
    if not unpackings:
        return claims, frozenset()
    whole = frozenset(c for c in claims if all(c.id in u.saw for u in unpackings))
    rolls = frozenset(r for m in _of(ManifestKnown, known) for r in m.rolls)
    single = frozenset(c for c in claims - whole if c.item == roll)
    return whole | single, frozenset(c for c in claims - whole if c.item not in rolls)


def _activated(claims: frozenset[Claim], known: frozenset[Fact]) -> frozenset[Claim]:
    """Leave out what is held: a claim that waits for a sale the till has not made."""
    refunded = {r.sale for r in _of(Refunded, known)}
    sold = any(s.id not in refunded for s in _of(Sale, known))
    return frozenset(c for c in claims if sold or c.activation == "registration")


def _without_late_comers(counted: frozenset[Claim], known: frozenset[Fact]) -> tuple[frozenset[Claim], bool]:
    """After a confirmation, leave out others' unproven claims; tell whether there were any."""
    confirmed = _confirmed(known, counted)
    if not confirmed:
        return counted, False
    kept_customers = _customers(confirmed)
    late = frozenset(c for c in counted if c.customer not in kept_customers and not _is_proven(c, known))
    return counted - late, bool(late)


def _confirmed(known: frozenset[Fact], claims: frozenset[Claim]) -> frozenset[Claim]:
    ids = {c.claim for c in _of(Confirmed, known)}
    return frozenset(c for c in claims if c.id in ids)


def _is_proven(claim: Claim, known: frozenset[Fact]) -> bool:
    return claim.code in _live_codes(known) or bool(_sales_of(claim, known))


def _live_codes(known: frozenset[Fact]) -> frozenset[str]:
    return frozenset(c.code for c in _of(CodeMinted, known)) - {c.code for c in _of(CodeVoided, known)}


def _sales_of(claim: Claim, known: frozenset[Fact]) -> frozenset[Sale]:
    refunded = {r.sale for r in _of(Refunded, known)}
    return frozenset(s for s in _of(Sale, known) if s.id not in refunded and _is_tied(claim, s, known))


def _is_tied(claim: Claim, sale: Sale, known: frozenset[Fact]) -> bool:
    by_order = sale.order is not None and sale.order == claim.order
    by_card = sale.customer is not None and _merged(sale.customer, known) == claim.customer
    return by_order or by_card


def _merged(customer: str, known: frozenset[Fact]) -> str:
    """Return the name ``customer`` goes by after all merges: the last of the chain, or the least name of a ring."""
    component = {customer}
    merges = _of(Merged, known)
    while True:
        grown = component | {n for m in merges if {m.old, m.into} & component for n in (m.old, m.into)}
        if grown == component:
            break
        component = grown
    ends = component - {m.old for m in merges}
    return min(ends or component)


def _until_manifest(owned: Ownership, known: frozenset[Fact]) -> Ownership:
    """Without a manifest a claim is only waiting, however sure its owner."""
    if owned.word == "registered" and not _of(ManifestKnown, known):
        return replace(owned, word="waiting")
    return owned


def _customers(claims: Iterable[Claim]) -> frozenset[str]:
    return frozenset(claim.customer for claim in claims)


def _of(kind: type[SomeFact], known: frozenset[Fact]) -> frozenset[SomeFact]:
    return frozenset(fact for fact in known if isinstance(fact, kind))
