"""What the owner rule makes of the claims (O11, DESIGN 5C): facts out of the database, projection back into it.

The rule itself is :func:`photocore.ownership.decide_owner`; nothing here decides. The projection is derived: for any
root (a package, or an item whose package is not known yet) it is computed from all facts and rewritten whole, under
that root's lock, so it does not matter in which order claims, manifests and codes arrive.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import msgspec

from photocore.events import born_at
from photocore.facts import Claim, CodeMinted, Confirmed, Decided, Fact, ManifestKnown, Merged, Unpacked, Withdrawn
from photocore.ownership import Ownership, decide_owner, ended_claims
from photocore.wire import MOST_EVIDENCE, ClaimEvidence, Outcome
from photoservice.db.database import Row, Session
from photoservice.news import note_outcomes
from photoservice.sold import add_sales

AT_HOME = "WEB"
"""The pseudo-station whose claims come from browsers; no real station has so short a name."""

OutcomeWord = Literal["registered", "waiting", "held", "contested", "case", "refused", "withdrawn"]


@dataclass
class Root:
    """All that is known of one package, or of one item whose package is not known yet."""

    id: str
    facts: set[Fact] = field(default_factory=set[Fact])
    rolls: tuple[str, ...] = ()
    is_unpacked: bool = False
    claims: dict[str, Row] = field(default_factory=dict[str, Row])
    sales: list[Row] = field(default_factory=list[Row])
    """What tills told of it, sales and refunds, also what they took back."""
    decided: dict[str, Ownership] = field(default_factory=dict[str, Ownership])
    ended: dict[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])

    @property
    def subjects(self) -> tuple[str, ...]:
        """What is registered as one: the whole package, or each roll of an unpacked one."""
        return self.rolls if self.is_unpacked else (self.id,)

    def owner_of(self, subject: str) -> Ownership:
        """Return what the rule says of one subject; asked once all facts are in, and remembered."""
        if subject not in self.decided:
            self.decided[subject] = decide_owner(self.facts, roll=subject if self.is_unpacked else None)
        return self.decided[subject]

    def subject_of(self, claim: str) -> str:
        """Return what is registered by a claim: the whole package, or the one roll of an unpacked one."""
        item = self.claims[claim]["item"]
        return item if self.is_unpacked and item in self.rolls else self.subjects[0]

    def is_ended(self, claim: str) -> bool:
        """Say whether a claim ended with the sale it was tied to: its film was given back."""
        return bool(self.sales) and claim in self._ended_on(self.subject_of(claim))

    def _ended_on(self, subject: str) -> frozenset[str]:
        if subject not in self.ended:
            self.ended[subject] = ended_claims(self.facts, roll=subject if self.is_unpacked else None)
        return self.ended[subject]


def claim_name(station: str, claim: str) -> str:
    """Return the name a claim has as a fact: an event's identity is (station, id)."""
    return f"{station}/{claim}"


def lock_name(root: str) -> str:
    """Return the advisory lock of a package or item."""
    return f"item:{root}"


async def settle_roots(
    session: Session, roots: Iterable[str], now: datetime, *, told: Set[str] = frozenset()
) -> Mapping[str, Root]:
    """Rewrite the projection of ``roots``, whose locks are held; return what is known of each.

    A registration that a claim code has proved is confirmed at once (DESIGN 5C). Whose claim fares otherwise than they
    were last told is owed news, unless the claim is one of those ``told`` by the answer that this transaction gives.
    """
    known = await load_roots(session, roots)
    fresh = [
        (claim, "claim code")
        for root in known.values()
        for claim in _proved_by_code(root)
        if claim not in _confirmed(root)
    ]
    if fresh:
        await confirm(session, fresh, now)
        known = await load_roots(session, known)
    rows = [row for root in known.values() for row in _projection(root)]
    columns: list[list[object]] = [[row[place] for row in rows] for place in range(7)]
    await session.run("registrations.write", list(known), now, *columns)
    await _write_ended(session, known)
    outcomes = {claim: outcome_of(root, claim) for root in known.values() for claim in root.claims}
    await note_outcomes(session, outcomes, now, told=told)
    return known


async def _write_ended(session: Session, known: Mapping[str, Root]) -> None:
    """Write which claims refunds ended; only tills' words can have changed that."""
    if any(root.sales for root in known.values()):
        ended = [
            (*name.split("/", 1), root.id) for root in known.values() for name in root.claims if root.is_ended(name)
        ]
        columns: list[list[str]] = [[row[place] for row in ended] for place in range(3)]
        await session.run("sales.write_ended", list(known), *columns)


async def confirm(session: Session, claims: Iterable[tuple[str, str]], now: datetime) -> None:
    """Write the Confirmation fact of each (claim name, why); one that stands already stays."""
    rows = [(*name.split("/", 1), why, now) for name, why in claims]
    await session.run_many("registrations.confirm", rows)


async def load_roots(session: Session, roots: Iterable[str]) -> dict[str, Root]:
    """Return all facts of ``roots``."""
    known = {root: Root(id=root) for root in set(roots)}
    codes: dict[str, dict[bytes, Row]] = defaultdict(dict)
    claims: list[Row] = []
    ruled: list[Row] = []
    for row in await session.rows("registrations.facts", list(known)):
        root = known[row["root"]]
        match row["kind"]:
            case "manifest":
                root.rolls = tuple(row["names"])
                root.facts.add(ManifestKnown(id=f"manifest {root.id}", rolls=frozenset(root.rolls)))
            case "unpacking":
                root.is_unpacked = True
                root.facts.add(Unpacked(id=row["id"], saw=frozenset(row["names"])))
            case "code":
                mac = bytes(row["mac"])
                codes[root.id][mac] = row
                root.facts.add(CodeMinted(id=f"code {mac.hex()}", code=mac.hex()))
            case "ruling":
                ruled.append(row)
                saw = frozenset[str](row["names"])
                root.facts.add(Decided(id=row["id"], customer=row["account"], saw=saw, roll=row["item"]))
            case "sale" | "refund":
                root.sales.append(row)
            case _:
                claims.append(row)
    await add_sales(session, known)
    merged = {row["account"] for row in (*claims, *ruled, *_sold(known)) if row["merged"]}
    merges = await _merges(session, merged) if merged else frozenset[Merged]()
    first = _first_live(claims)
    for row in (*claims, *ruled, *_sold(known)):
        known[row["root"]].facts |= merges
    for row in claims:
        _add_claim(known[row["root"]], row, codes.get(row["root"], {}), first)
    return known


def _sold(known: Mapping[str, Root]) -> list[Row]:
    return [row for root in known.values() for row in root.sales]


async def _merges(session: Session, accounts: Iterable[str]) -> frozenset[Merged]:
    """Return every merge of the customers these accounts are part of."""
    rows = await session.rows("merges.of_accounts", sorted(accounts))
    return frozenset(
        Merged(id=f"merge {row['station']}/{row['event']}", old=row["old"], into=row["into_account"]) for row in rows
    )


def _first_live(claims: Iterable[Row]) -> dict[str, int]:
    """Return when the first claim that still stands came in, by root."""
    first: dict[str, int] = {}
    for row in claims:
        if not row["withdrawn"]:
            first[row["root"]] = min(row["arrival"], first.get(row["root"], row["arrival"]))
    return first


def _add_claim(root: Root, row: Row, codes: Mapping[bytes, Row], first: Mapping[str, int]) -> None:
    name = claim_name(row["station"], row["id"])
    root.claims[name] = row
    root.facts.add(
        Claim(
            id=name,
            item=row["item"],
            customer=row["account"],
            code=_proof(row, codes, first.get(root.id)),
            activation=row["activation"],
        )
    )
    if row["withdrawn"]:
        root.facts.add(Withdrawn(id=f"withdrawal {name}", claim=name))
    if row["confirmed"]:
        root.facts.add(Confirmed(id=f"confirmation {name}", claim=name))


def _proof(claim: Row, codes: Mapping[bytes, Row], first: int | None) -> str | None:
    """Return the claim code as a fact, if it is one made before this claim could have asked for it.

    A code handed over after the ``first`` claim that stands counts only for claims that had shown it before: else who
    mints codes could take a registered package away. Asked of the claims as they stand now, so it does not matter
    whether one of them waited under its roll for the list to come.
    """
    shown = bytes(claim["mac"] or b"")
    code = codes.get(shown)
    if code is None or (first is not None and first < code["arrival"] < claim["arrival"]):
        return None
    return shown.hex()


def _proved_by_code(root: Root) -> frozenset[str]:
    owners = [root.owner_of(subject) for subject in root.subjects]
    return frozenset(claim for o in owners if o.word == "registered" and _has_code(root, o) for claim in o.claims)


def _has_code(root: Root, owned: Ownership) -> bool:
    codes = {fact.code for fact in root.facts if isinstance(fact, CodeMinted)}
    claims = [fact for fact in root.facts if isinstance(fact, Claim) and fact.id in owned.claims]
    return any(claim.code in codes for claim in claims)


def _confirmed(root: Root) -> frozenset[str]:
    return frozenset(fact.claim for fact in root.facts if isinstance(fact, Confirmed))


def _projection(root: Root) -> list[tuple[object, ...]]:
    rows: list[tuple[object, ...]] = []
    for subject in root.subjects:
        owned = root.owner_of(subject)
        if owned.word == "unclaimed":
            continue
        claims = msgspec.json.encode(sorted(owned.claims)).decode()
        rows.append((subject, root.id, owned.word, owned.owner, owned.proof, owned.case, claims))
    return rows


def outcome_of(root: Root, claim: str) -> Outcome:
    """Return what the owner rule made of ``claim``, in the words screens may use (DESIGN 5H)."""
    row = root.claims[claim]
    subject = root.subject_of(claim)
    whole = not root.is_unpacked or _saw_all_unpackings(root, claim)
    package = root.id if root.rolls else None
    rolls = root.rolls if whole else tuple(r for r in root.rolls if r == subject)
    word = "withdrawn" if root.is_ended(claim) else _word(root.owner_of(subject), row, claim)
    evidence = _evidence(root) if word in ("contested", "case") else ()
    return Outcome(word=word, package=package, rolls=rolls, account=row["account"], evidence=evidence)


def _evidence(root: Root) -> tuple[ClaimEvidence, ...]:
    """Return what is known of the claims that stand, the oldest first: from where, since when, proven or not.

    A person at a counter is to help with it, so it names stations and nobody; a claim made at home has no station.
    """
    codes = {fact.code for fact in root.facts if isinstance(fact, CodeMinted)}
    shown = {fact.id for fact in root.facts if isinstance(fact, Claim) and fact.code in codes}
    standing = [(name, row) for name, row in root.claims.items() if not (row["withdrawn"] or root.is_ended(name))]
    standing.sort(key=lambda claim: (claim[1]["arrival"], claim[0]))
    return tuple(
        ClaimEvidence(
            station="" if row["station"] == AT_HOME else row["station"],
            at=born_at(row["id"]),
            proof="code" if name in shown else "none",
        )
        for name, row in standing[:MOST_EVIDENCE]
    )


def _saw_all_unpackings(root: Root, claim: str) -> bool:
    return all(claim in fact.saw for fact in root.facts if isinstance(fact, Unpacked))


def _word(owned: Ownership, row: Row, claim: str) -> OutcomeWord:
    if row["withdrawn"]:
        return "withdrawn"
    if owned.word == "unclaimed":
        return "case"
    if owned.word != "registered" or claim in owned.claims:
        return owned.word
    if row["activation"] == "till":
        return "held"
    return "case" if owned.case else "refused"
