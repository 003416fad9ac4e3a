"""What one line of a batch is, before the database is asked: believed and opened, or faulty with a reason.

Pure: no clock, no database. Nothing a station sends is taken on trust: whose signature it is, whether the sealed part
was made for this very event, and whether this station's key may write such a thing at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from photocore.errors import CodeError, EventError, SealBroken, SignatureBroken
from photocore.events import Event, encode_event, event_hash, verify_event, without_box
from photocore.gs1 import gtin14
from photocore.keys import SealingKey
from photocore.kinds import (
    KINDS,
    Body,
    CardsMerged,
    ClaimCodesReplaced,
    PackageClaimed,
    PackageClaimedSealed,
    PackageMadeUp,
    read_public,
)
from photocore.till_kinds import BagPickedUp, PackageSold, RollsDropped, SaleRefunded
from photocore.wire import Unreadable
from photoservice.enrolment import ROLE_KINDS
from photoservice.errors import Cause, Malformed, Parked
from photoservice.intake.opening import (
    Secrets,
    check_canonical,
    check_copies,
    note_lost,
    open_card,
    open_cards,
    open_secrets,
)
from photoservice.intake.till_checks import check_till


@dataclass(frozen=True, kw_only=True)
class Sender:
    """The station whose request this is."""

    id: str
    store: str
    role: str
    public_key: bytes


@dataclass(frozen=True, kw_only=True)
class Believed:
    """An event that is its station's own, in form, and opened.

    ``line`` is what is kept of an applied one, without its boxes; ``sent`` is kept of one that is not applied.
    ``note`` is told with the verdict though it is applied: its secrets are lost.
    """

    event: Event
    hash: str
    line: bytes
    sent: bytes
    body: Body
    card: PackageClaimedSealed | None = None
    secrets: Secrets | None = None
    merged: tuple[PackageClaimedSealed, ...] = ()
    note: str = ""

    @property
    def cards(self) -> tuple[PackageClaimedSealed, ...]:
        """Every card it names: a claim's or a sale's, or those that are merged, the one that stays first."""
        return (self.card,) if self.card else self.merged

    @property
    def id(self) -> str:
        """The event's ID."""
        return self.event.id

    @property
    def seq(self) -> int:
        """Its place in the epoch."""
        return self.event.seq

    def __repr__(self) -> str:
        return f"Believed({self.event.kind} {self.id})"


@dataclass(frozen=True, kw_only=True)
class Faulty:
    """A line that must be parked. ``hash`` and ``prev_hash`` are known where it was an event at all."""

    id: str
    seq: int
    kind: str
    line: bytes
    reason: str
    cause: Cause
    hash: str | None = None
    prev_hash: str | None = None


Line = Believed | Faulty


def epoch_of(batch: Sequence[Event | Unreadable]) -> str:
    """Return the one epoch of ``batch``.

    Raises:
        Malformed: it holds no event, or events of two epochs.
    """
    epochs = {line.epoch for line in batch if isinstance(line, Event)}
    if len(epochs) != 1:
        raise Malformed("A batch holds events of exactly one epoch.")
    return epochs.pop()


def examine(line: Event | Unreadable, sender: Sender, seal: SealingKey) -> Line | None:
    """Return what ``line`` is; None when not even its ID can be read."""
    if isinstance(line, Unreadable):
        if line.id is None or line.seq is None:
            return None
        reason = told(f"unreadable: {line.why}")
        return Faulty(id=line.id, seq=line.seq, kind="unreadable", line=line.line, reason=reason, cause="unreadable")
    hash_: str | None = None
    try:
        hash_ = event_hash(line)
        return _believe(line, hash_, sender, seal)
    except (EventError, CodeError, Parked) as why:
        return Faulty(
            id=line.id,
            seq=line.seq,
            kind=line.kind,
            line=encode_event(line),
            reason=told(str(why)),
            cause=_cause_of(why),
            hash=hash_,
            prev_hash=line.prev.hash if line.prev else None,
        )


def told(why: str) -> str:
    """Return a reason as it is kept and shown: what it quotes is the sender's, and PostgreSQL's text holds no NUL."""
    return "".join(symbol if symbol.isprintable() else "?" for symbol in why[:300])


def _believe(event: Event, hash_: str, sender: Sender, seal: SealingKey) -> Believed:
    if event.station != sender.id:
        raise Parked(f"it names the station {event.station}, but {sender.id} sent it", cause="other_station")
    verify_event(event, sender.public_key, hashed=hash_)
    _check_kind(event.kind, sender.role)
    body = read_public(event)
    _check_chain_shape(event)
    _check_body(body, sender)
    card = open_card(event, body, seal)
    secrets = open_secrets(event, body, seal)
    return Believed(
        event=event,
        hash=hash_,
        line=encode_event(without_box(event)),
        sent=encode_event(event),
        body=body,
        card=card,
        secrets=secrets,
        merged=open_cards(event, body, seal),
        note=note_lost(event, body),
    )


def _check_chain_shape(event: Event) -> None:
    prev = event.prev
    if event.seq > 1 and (prev is None or (prev.epoch, prev.seq) != (event.epoch, event.seq - 1)):
        raise Parked("it does not name the event before it", cause="chain")
    if event.seq == 1 and prev is not None and prev.epoch == event.epoch:
        raise Parked("an epoch's first event cannot follow one of its own epoch", cause="chain")


def _check_kind(kind: str, role: str) -> None:
    if kind not in ROLE_KINDS.get(role, frozenset()):
        raise Parked(f"a {role} may not write {kind}", cause="role" if kind in KINDS else "unknown_kind")


def _check_body(body: Body, sender: Sender) -> None:
    """Check what a body says against what its station may say, and against itself."""
    match body:
        case (
            PackageClaimed(store=store)
            | PackageMadeUp(store=store)
            | CardsMerged(store=store)
            | PackageSold(store=store)
            | SaleRefunded(store=store)
            | RollsDropped(store=store)
            | BagPickedUp(store=store)
        ) if store != sender.store:
            raise Parked(f"it is of the store {store}, the station of {sender.store}", cause="other_store")
        case PackageClaimed(item=item):
            check_canonical(item)
        case PackageMadeUp(package=package, rolls=rolls, copies=copies, coded=coded, product=product):
            check_canonical(package, *rolls)
            if product is not None:
                gtin14(product)
            if coded or copies:
                check_copies(copies, rolls)
        case ClaimCodesReplaced(package=package, copies=copies):
            check_canonical(package, *(copy.roll for copy in copies))
        case _:
            check_till(body)


def _cause_of(why: Exception) -> Cause:
    match why:
        case Parked(cause=cause):
            return cause
        case SignatureBroken():
            return "signature"
        case SealBroken():
            return "sealed"
        case _:
            return "malformed"
