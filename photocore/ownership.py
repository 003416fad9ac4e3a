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
    Received,
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


def ended_claims(facts: Iterable[Fact], *, roll: str | None = None) -> frozenset[str]:
    """Return which claims refunds ended (DESIGN 5C): every sale they are tied to was given back.

    Withdrawn claims are not among them, and none is while a person has to rule on it. With ``roll`` as in
    :func:`decide_owner`.
    """
    known = frozenset(facts)
    return frozenset(claim.id for claim in _written_claims(known) if _is_ended(claim, known, roll))


def is_returned_exposed(facts: Iterable[Fact], *, roll: str | None = None) -> bool:
    """Tell whether all sales were given back, and a roll came in all the same: a person must decide whose it is."""
    return bool(_judged_units(frozenset(facts), roll))


def customer_of(account: str, facts: Iterable[Fact]) -> str:
    """Return whose account this is once all merges among the ``facts`` count."""
    return _merged(account, frozenset(facts))


def _decide(known: frozenset[Fact], roll: str | None, memo: _Memo) -> Ownership:
    claims, stray = _in_scope(_live_claims(known, roll), known, roll)
    counted = _activated(claims, known, roll)
    owned = _by_ruling(counted, known, roll, memo)
    if owned is None and claims and _judged_units(known, roll):
        owned = Ownership(word="contested")
    owned = owned or _by_claims(counted, claims, known, roll)
    owned = replace(owned, case=owned.case or bool(stray))
    return _until_manifest(owned, known)


def _by_claims(
    counted: frozenset[Claim], claims: frozenset[Claim], known: frozenset[Fact], roll: str | None
) -> Ownership:
    if not counted:
        return Ownership(word="held" if claims else "unclaimed")
    standing, case = _without_late_comers(counted, known, roll)
    if len(_customers(standing)) == 1:
        return replace(_owned(standing, "confirmed" if _confirmed(known, standing) else "unopposed"), case=case)
    with_code = frozenset(claim for claim in standing if claim.code in _live_codes(known))
    if with_code:
        return replace(_only(with_code, "claim code"), case=case)
    return replace(_only(frozenset(c for c in standing if _sales_of(c, known, roll)), "sale"), case=case)


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
    valid = (ruling for ruling in earliest_first if _is_valid(ruling, known, memo))
    rulings = frozenset(ruling for ruling in valid if not _is_overtaken(ruling, known, roll))
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


def _is_overtaken(ruling: Ruling, known: frozenset[Fact], roll: str | None) -> bool:
    """Tell whether a ruling was made before its customer gave the film back, so that it says nothing any more."""
    saw_returned = {r.sale for r in _of(Refunded, known) if r.id in ruling.saw}
    if judged := _judged_units(known, roll):
        return not judged <= saw_returned
    customer = _merged(ruling.customer, known)
    theirs = [c for c in _written_claims(known) if c.customer == customer and c.id in ruling.saw]
    ended = [c for c in theirs if _is_ended(c, known, roll)]
    tied = {sale.name for claim in ended for sale in _tied_sales(claim, known, roll)}
    return bool(ended) and len(ended) == len(theirs) and not tied <= saw_returned


def _live_claims(known: frozenset[Fact], roll: str | None) -> frozenset[Claim]:
    """Claims neither withdrawn nor ended by refunds, under their customers' merged names."""
    return frozenset(claim for claim in _written_claims(known) if not _is_ended(claim, known, roll))


def _written_claims(known: frozenset[Fact]) -> list[Claim]:
    """Claims that were not withdrawn, under their customers' merged names."""
    withdrawn = {w.claim for w in _of(Withdrawn, known)}
    written = (claim for claim in _of(Claim, known) if claim.id not in withdrawn)
    return [replace(claim, customer=_merged(claim.customer, known)) for claim in written]


def _is_ended(claim: Claim, known: frozenset[Fact], roll: str | None) -> bool:
    tied = {sale.name for sale in _tied_sales(claim, known, roll)}
    return bool(tied) and tied <= _returned(known) and not _judged_units(known, roll)


def _judged_units(known: frozenset[Fact], roll: str | None) -> frozenset[str]:
    """Return the sales a person must have seen given back to rule: all there are, if a roll of them came in."""
    units = frozenset(sale.name for sale in _sales(known, roll))
    came_in = any(roll in (None, received.roll) for received in _of(Received, known))
    return units if came_in and units <= _returned(known) else frozenset()


def _returned(known: frozenset[Fact]) -> frozenset[str]:
    return frozenset(refunded.sale for refunded in _of(Refunded, known))


def _sales(known: frozenset[Fact], roll: str | None) -> list[Sale]:
    """Return the sales that count: of an unpacked package those of the whole one and of this very roll."""
    others = {r for manifest in _of(ManifestKnown, known) for r in manifest.rolls} - {roll}
    return [sale for sale in _of(Sale, known) if roll is None or sale.item not in others]


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


def _activated(claims: frozenset[Claim], known: frozenset[Fact], roll: str | None) -> frozenset[Claim]:
    """Leave out what is held: a claim that waits for a sale the till has not made."""
    returned = _returned(known)
    sold = any(sale.name not in returned for sale in _sales(known, roll)) or _judged_units(known, roll)
    return frozenset(c for c in claims if sold or c.activation == "registration")


def _without_late_comers(
    counted: frozenset[Claim], known: frozenset[Fact], roll: str | None
) -> tuple[frozenset[Claim], bool]:
    """After a confirmation, leave out others' unproven claims; tell whether there were any."""
    confirmed = _confirmed(known, counted)
    if not confirmed:
        return counted, False
    kept_customers = _customers(confirmed)
    late = frozenset(c for c in counted if c.customer not in kept_customers and not _is_proven(c, known, roll))
    return counted - late, bool(late)


def _confirmed(known: frozenset[Fact], claims: frozenset[Claim]) -> frozenset[Claim]:
    ids = {c.claim for c in _of(Confirmed, known)}
    return frozenset(c for c in claims if c.id in ids)


def _is_proven(claim: Claim, known: frozenset[Fact], roll: str | None) -> bool:
    return claim.code in _live_codes(known) or bool(_sales_of(claim, known, roll))


def _live_codes(known: frozenset[Fact]) -> frozenset[str]:
    return frozenset(c.code for c in _of(CodeMinted, known)) - {c.code for c in _of(CodeVoided, known)}


def _sales_of(claim: Claim, known: frozenset[Fact], roll: str | None) -> list[Sale]:
    returned = _returned(known)
    return [sale for sale in _tied_sales(claim, known, roll) if sale.name not in returned]


def _tied_sales(claim: Claim, known: frozenset[Fact], roll: str | None) -> list[Sale]:
    return [sale for sale in _sales(known, roll) if _is_tied(claim, sale, known)]


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
