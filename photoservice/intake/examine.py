"""What one line of a batch is, before the database is asked: believed and opened, or faulty with a reason.

Pure: no clock, no database. Nothing a station sends is taken on trust: whose signature it is, whether the sealed part
was made for this very event, and whether this station's key may write such a thing at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from photocore.codes import parse_access_code, parse_claim_code
from photocore.errors import CodeError, EventError
from photocore.events import Event, encode_event, event_hash, verify_event, without_box
from photocore.ids import parse_item
from photocore.keys import SealingKey
from photocore.kinds import (
    AccessCodeReplaced,
    AccessCodeReplacedSecrets,
    Body,
    PackageClaimed,
    PackageClaimedSealed,
    PackageClaimedSecrets,
    read_body,
    read_public,
)
from photocore.sealing import open_part
from photocore.wire import Unreadable
from photoservice.enrolment import ROLE_KINDS
from photoservice.errors import Malformed, Parked


@dataclass(frozen=True, kw_only=True)
class Sender:
    """The station whose request this is."""

    id: str
    store: str
    role: str
    public_key: bytes


@dataclass(frozen=True, kw_only=True)
class Secrets:
    """The secrets an event brought, in plain text and in memory only."""

    access_code: str
    claim_code: str | None = None

    def __repr__(self) -> str:
        return "Secrets(...)"


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
    note: str = ""

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
        return Faulty(
            id=line.id, seq=line.seq, kind="unreadable", line=line.line, reason=told(f"unreadable: {line.why}")
        )
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
            hash=hash_,
            prev_hash=line.prev.hash if line.prev else None,
        )


def told(why: str) -> str:
    """Return a reason as it is kept and shown: what it quotes is the sender's, and PostgreSQL's text holds no NUL."""
    return "".join(symbol if symbol.isprintable() else "?" for symbol in why[:300])


def _believe(event: Event, hash_: str, sender: Sender, seal: SealingKey) -> Believed:
    if event.station != sender.id:
        raise Parked(f"it names the station {event.station}, but {sender.id} sent it")
    verify_event(event, sender.public_key)
    if event.kind not in ROLE_KINDS.get(sender.role, frozenset()):
        raise Parked(f"a {sender.role} may not write {event.kind}")
    body = read_public(event)
    _check_chain_shape(event)
    card = _open_card(event, body, sender, seal)
    secrets = _open_secrets(event, body, seal)
    return Believed(
        event=event,
        hash=hash_,
        line=encode_event(without_box(event)),
        sent=encode_event(event),
        body=body,
        card=card,
        secrets=secrets,
        note=_note_lost(event, body),
    )


def _check_chain_shape(event: Event) -> None:
    prev = event.prev
    if event.seq > 1 and (prev is None or (prev.epoch, prev.seq) != (event.epoch, event.seq - 1)):
        raise Parked("it does not name the event before it")
    if event.seq == 1 and prev is not None and prev.epoch == event.epoch:
        raise Parked("an epoch's first event cannot follow one of its own epoch")


def _open_card(event: Event, body: Body, sender: Sender, seal: SealingKey) -> PackageClaimedSealed | None:
    if not isinstance(body, PackageClaimed):
        return None
    if body.store != sender.store:
        raise Parked(f"it is of the store {body.store}, the station of {sender.store}")
    if str(parse_item(body.item)) != body.item:
        raise Parked("the item is not written in its canonical form")
    return read_body(open_part(seal, event, "sealed"), PackageClaimedSealed)


def _are_secrets_lost(event: Event) -> bool:
    """Tell whether the secrets are named by their hash alone.

    A station deletes their ciphertext at the ack (DESIGN 5A). When we were restored from a backup it sends the event
    again, and that is all it has: the registration stands, and its access code is gone.
    """
    return event.secrets is not None and event.secrets.box is None


def _note_lost(event: Event, body: Body) -> str:
    if not _are_secrets_lost(event):
        return ""
    code = " and no claim code" if isinstance(body, PackageClaimed) and body.claim_code else ""
    return f"its secrets are lost: no access code{code} is known here; print the receipt again with a new access code"


def _open_secrets(event: Event, body: Body, seal: SealingKey) -> Secrets | None:
    if _are_secrets_lost(event):
        return None
    if isinstance(body, PackageClaimed):
        opened = read_body(open_part(seal, event, "secrets"), PackageClaimedSecrets)
        return Secrets(access_code=parse_access_code(opened.access_code), claim_code=_claim_code(opened.claim_code))
    if isinstance(body, AccessCodeReplaced):
        replaced = read_body(open_part(seal, event, "secrets"), AccessCodeReplacedSecrets)
        return Secrets(access_code=parse_access_code(replaced.access_code))
    return None


def _claim_code(text: str | None) -> str | None:
    """Return the code, or None for one that is none: it proves nothing, but the registration stands."""
    try:
        return parse_claim_code(text) if text else None
    except CodeError:
        return None
