"""An event: one immutable fact, signed by its station and forwarded unchanged (DESIGN 5E).

``{id, kind, station, epoch, seq, at, public, sealed, secrets, prev}`` plus the station's signature. The hash covers
the salted hash of each sealed part instead of its ciphertext, so a part can be dropped or re-encrypted later while
hash, chain and signature stay as they were.
"""

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec

from photocore.chain import canonical, digest
from photocore.errors import EventMalformed, KeyMalformed, SignatureBroken
from photocore.jsontext import read_json
from photocore.keys import SigningKey, b64, unb64, verify
from photocore.seams import Clock, Entropy

Hex32 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}\Z")]
Hex16 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{16}\Z")]
Hex64 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}\Z")]
Name = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.:-]{1,64}\Z")]
Seq = Annotated[int, msgspec.Meta(ge=1, le=2**53 - 1)]
Instant = Annotated[
    str, msgspec.Meta(pattern=r"^[0-9]{4}-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]\.[0-9]{3}Z\Z")
]
Base64 = Annotated[str, msgspec.Meta(max_length=20_000)]

MAX_EVENT_BYTES = 65_536
"""One event's JSON text at most; a larger one is refused before it is parsed."""


class Prev(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The event before this one in the station's chain; an epoch's first names the last of the epoch before."""

    epoch: Hex16
    seq: Seq
    hash: Hex64


class SealedPart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A personal or secret part: its salted hash for the chain, and its ciphertext until that is dropped."""

    hash: Hex64
    box: Base64 | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One fact. Identity is (station, id); order is (epoch, seq), never ``at``."""

    v: Annotated[int, msgspec.Meta(ge=1, le=1)] = 1
    id: Hex32
    kind: Name
    station: Name
    epoch: Hex16
    seq: Seq
    at: Instant
    public: dict[str, Any]
    sealed: SealedPart | None = None
    secrets: SealedPart | None = None
    prev: Prev | None = None
    sig: Base64 = ""


LAST_MILLIS = 4102444800000
"""The end of the year 2099: what lies after it is no clock."""


def mint_event_id(clock: Clock, entropy: Entropy) -> str:
    """Return a fresh 128-bit event ID as 32 hex digits: UUIDv7-shaped, so ids sort roughly by birth (RFC 9562, 5.7)."""
    millis = int(clock.now().timestamp() * 1000) & (2**48 - 1)
    tail = bytearray(entropy.token(10))
    tail[0] = (tail[0] & 0x0F) | 0x70
    tail[2] = (tail[2] & 0x3F) | 0x80
    return millis.to_bytes(6, "big").hex() + tail.hex()


def born_at(event_id: str) -> str | None:
    """Return when an event ID was made, as events write time; None where it names no moment of ours.

    It is its station's own word, as every ``at`` is.
    """
    millis = int(event_id[:12], 16)
    if event_id[12] != "7" or millis > LAST_MILLIS:
        return None
    born = datetime.fromtimestamp(millis / 1000, UTC).replace(tzinfo=None)
    return born.isoformat(timespec="milliseconds") + "Z"


def mint_epoch(entropy: Entropy) -> str:
    """Return a fresh epoch: 64 random bits as 16 hex digits, made anew at every process start."""
    return entropy.token(8).hex()


def instant(clock: Clock) -> str:
    """Return the wall time as events write it: UTC, milliseconds, ``Z``."""
    now = clock.now().astimezone(UTC).replace(tzinfo=None)
    return now.isoformat(timespec="milliseconds") + "Z"


def event_hash(event: Event) -> str:
    """Return the 64-hex hash of ``event`` that its signature and the next event's ``prev`` cover."""
    prev = event.prev
    head: dict[str, Any] = {
        "v": event.v,
        "id": event.id,
        "kind": event.kind,
        "station": event.station,
        "epoch": event.epoch,
        "seq": event.seq,
        "at": event.at,
        "public": event.public,
        "sealed": event.sealed.hash if event.sealed else None,
        "secrets": event.secrets.hash if event.secrets else None,
        "prev": {"epoch": prev.epoch, "seq": prev.seq, "hash": prev.hash} if prev else None,
    }
    return digest("event", canonical(head))


def sign_event(event: Event, key: SigningKey) -> Event:
    """Return ``event`` with its station's signature over :func:`event_hash`."""
    return sign_with_hash(event, key)[0]


def sign_with_hash(event: Event, key: SigningKey) -> tuple[Event, str]:
    """Return ``event`` signed, and the hash that was: whoever needs both computes it once."""
    hashed = event_hash(event)
    return msgspec.structs.replace(event, sig=b64(key.sign(bytes.fromhex(hashed)))), hashed


def verify_event(event: Event, station_public: bytes, *, hashed: str | None = None) -> None:
    """Check that ``station_public`` signed ``event``; ``hashed`` is its hash, where the caller computed it already.

    Raises:
        SignatureBroken: it did not.
    """
    try:
        signature = unb64(event.sig, length=64)
    except KeyMalformed as cause:
        raise SignatureBroken("the event carries no readable signature") from cause
    verify(station_public, signature, bytes.fromhex(hashed or event_hash(event)))


def without_box(event: Event, *, sealed: bool = True, secrets: bool = True) -> Event:
    """Return ``event`` with the named ciphertexts dropped; its hash and signature stay valid."""
    changed = event
    if sealed and event.sealed:
        changed = msgspec.structs.replace(changed, sealed=SealedPart(hash=event.sealed.hash))
    if secrets and event.secrets:
        changed = msgspec.structs.replace(changed, secrets=SealedPart(hash=event.secrets.hash))
    return changed


_encoder = msgspec.json.Encoder(order="sorted")


def encode_event(event: Event) -> bytes:
    """Return ``event`` as one line of JSON without its line feed."""
    return _encoder.encode(event)


def decode_event(line: bytes) -> Event:
    """Return the event in ``line``.

    Raises:
        EventMalformed: too long, not JSON, an unknown or missing field, or a value out of its form.
    """
    if len(line) > MAX_EVENT_BYTES:
        raise EventMalformed(f"event of {len(line)} bytes, at most {MAX_EVENT_BYTES}")
    return read_json(line, Event)
