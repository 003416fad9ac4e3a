"""What stands in the model's tables, for whoever checks that it is right: a simulation's invariants after every step.

Nothing here is used to answer anybody. What is told is plain values, sorted, so that two worlds can be compared.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec

from photoservice.db.database import Session
from photoservice.modelled.schema import ModelStore
from photoservice.modelled.statements.claims import copies_of_roll
from photoservice.modelled.tables import ModelRow
from photoservice.registrations import load_roots

_RANDOM: Final[Mapping[str, frozenset[str]]] = {
    "account_key": frozenset({"wrapped"}),
    "account_card": frozenset({"box"}),
    "event_personal": frozenset({"box"}),
    "claim": frozenset({"code_held"}),
    "event": frozenset({"line"}),
    "event_fork": frozenset({"line"}),
    "unreadable_line": frozenset({"line", "digest"}),
}
"""Columns that hold ciphertext, or the hash of some: they differ between two runs of one seed."""


@dataclass(frozen=True, kw_only=True, order=True)
class AppliedEvent:
    """An event that was applied, and its place."""

    station: str
    epoch: str
    seq: int
    id: str
    kind: str


@dataclass(frozen=True, kw_only=True, order=True)
class PlacedMark:
    """The mark of an epoch; ``place`` tells in which order a station's epochs began here."""

    station: str
    place: int
    epoch: str
    seq: int
    hash: str | None


@dataclass(frozen=True, kw_only=True, order=True)
class StandingClaim:
    """A claim as a fact: its name is ``station/id``."""

    name: str
    item: str
    account: str
    is_withdrawn: bool
    is_confirmed: bool


@dataclass(frozen=True, kw_only=True)
class Registered:
    """What the owner rule says of one subject."""

    root: str
    word: str
    owner: str | None
    proof: str
    has_case: bool
    claims: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, order=True)
class CopySeen:
    """One label copy, and what became of it: ``valid``, ``replaced`` or ``void``."""

    roll: str
    copy: str
    station: str
    claim: str
    state: str


def applied_events(store: ModelStore) -> list[AppliedEvent]:
    """Return all applied events, by station and place."""
    rows = [row for row in store.event if row["verdict"] == "applied"]
    names = ("station", "epoch", "seq", "id", "kind")
    return sorted(AppliedEvent(**{name: row[name] for name in names}) for row in rows)


def verdicts(store: ModelStore) -> Mapping[str, int]:
    """Return how many events have each verdict; ``beside`` are forks whose place another holds."""
    counts = Counter(row["verdict"] for row in store.event)
    counts["beside"], counts["unreadable"] = len(store.event_fork), len(store.unreadable_line)
    return dict(sorted(counts.items()))


def held_seqs(store: ModelStore, station: str, epoch: str) -> list[int]:
    """Return the places of an epoch that are held, ascending."""
    return store.event.places_above((station, epoch), 0)


def marks(store: ModelStore) -> list[PlacedMark]:
    """Return the marks of all epochs."""
    return sorted(
        PlacedMark(
            station=row["station"], place=row["place"], epoch=row["epoch"], seq=row["high_seq"], hash=row["high_hash"]
        )
        for row in store.station_epoch
    )


def claims_by_root(store: ModelStore) -> Mapping[str, list[StandingClaim]]:
    """Return all claims by what they count for."""
    found: dict[str, list[StandingClaim]] = defaultdict(list)
    for row in store.claim:
        name = (row["station"], row["id"])
        found[row["root"]].append(
            StandingClaim(
                name="/".join(name),
                item=row["item"],
                account=row["account"],
                is_withdrawn=store.withdrawal.get(name) is not None,
                is_confirmed=store.confirmation.get(name) is not None,
            )
        )
    return {root: sorted(found[root]) for root in sorted(found)}


def registrations(store: ModelStore) -> Mapping[str, Registered]:
    """Return the projection as it stands, by subject."""
    return {row["subject"]: _registered(row) for row in sorted(store.registration, key=lambda row: row["subject"])}


async def recomputed(session: Session, store: ModelStore) -> Mapping[str, Registered]:
    """Return what the projection must be: the owner rule asked of all facts anew."""
    roots = {row["root"] for row in store.claim} | {row["root"] for row in store.registration}
    known = await load_roots(session, roots)
    found: dict[str, Registered] = {}
    for root in known.values():
        for subject in root.subjects:
            owned = root.owner_of(subject)
            if owned.word != "unclaimed":
                found[subject] = Registered(
                    root=root.id,
                    word=owned.word,
                    owner=owned.owner,
                    proof=owned.proof,
                    has_case=owned.case,
                    claims=tuple(sorted(owned.claims)),
                )
    return dict(sorted(found.items()))


def label_copies(store: ModelStore) -> list[CopySeen]:
    """Return every label copy with its state."""
    rolls = {row["roll"] for row in store.label_copy}
    return sorted(CopySeen(roll=roll, **row) for roll in rolls for row in copies_of_roll(store, roll))


def account_keys(store: ModelStore) -> frozenset[str]:
    """Return the accounts that were not erased."""
    return frozenset(row["account"] for row in store.account_key)


def digest(store: ModelStore) -> str:
    """Return a hash of all tables but their ciphertexts: the same seed must give the same."""
    said = hashlib.sha256()
    for name in sorted(store.tables):
        hidden = _RANDOM.get(name, frozenset())
        rows = sorted(_canonical(row, hidden) for row in store.tables[name])
        said.update(f"{name} {len(rows)}\n".encode() + b"".join(rows))
    return said.hexdigest()


def _canonical(row: ModelRow, hidden: frozenset[str]) -> bytes:
    shown: dict[str, Any] = {
        name: value is not None if name in hidden else _plain(value) for name, value in row.items()
    }
    return msgspec.json.encode(shown, order="sorted") + b"\n"


def _plain(value: object) -> object:
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if isinstance(value, datetime) else value


def _registered(row: ModelRow) -> Registered:
    return Registered(
        root=row["root"],
        word=row["word"],
        owner=row["owner"],
        proof=row["proof"],
        has_case=row["has_case"],
        claims=tuple(row["claims"]),
    )
