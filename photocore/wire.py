"""What station, hub and photoservice say to each other: batches up, signed acks down.

One Python for both sides of the wire, so a rule cannot drift between them. The protocol is DESIGN 5E: ascending
batches of one epoch, a verdict per event, and an ack signed by each level that stored them durably.
"""

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from photocore.chain import canonical, digest
from photocore.errors import EventMalformed, KeyMalformed, SignatureBroken
from photocore.events import (
    MAX_EVENT_BYTES,
    Base64,
    Event,
    Hex16,
    Hex32,
    Hex64,
    Instant,
    Name,
    Seq,
    decode_event,
    encode_event,
)
from photocore.jsontext import read_json
from photocore.keys import SigningKey, b64, key_id, unb64, verify

MAX_BATCH_EVENTS = 200
MAX_BATCH_BYTES = 1_000_000
"""Of the NDJSON before compression."""

BATCH_TYPE = "application/x-ndjson"

ENROL_PATH = "/enrol"
_STATION = "/sync/v1/stations/"


def hello_path(station: str) -> str:
    """Return the path of a station's handshake."""
    return f"{_STATION}{station}/hello"


def events_path(station: str) -> str:
    """Return the path that takes a station's batches."""
    return f"{_STATION}{station}/events"


def roster_path(station: str) -> str:
    """Return the path of a station's roster."""
    return f"{_STATION}{station}/roster"


def packages_path(station: str) -> str:
    """Return the path that looks a package up beyond the roster (``?item=``)."""
    return f"{_STATION}{station}/packages"


class Verdict(StrEnum):
    """What the receiver did with one event. A duplicate is a success."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    FORK = "fork"
    PARKED = "parked"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What the owner rule made of a claim at the moment it was applied (DESIGN 5C, 5H).

    ``account`` is an opaque short name, never a person's. ``rolls`` are the package's, once its manifest is known.
    """

    word: Literal["registered", "waiting", "held", "contested", "case", "refused", "withdrawn"]
    package: str | None = None
    rolls: tuple[str, ...] = ()
    account: str | None = None


class EventVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on one event; ``reason`` is a plain sentence when it is not applied."""

    id: Hex32
    seq: Seq
    verdict: Verdict
    reason: Annotated[str, msgspec.Meta(max_length=300)] = ""
    outcome: Outcome | None = None


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """The highest contiguous seq of an epoch that is durably held, with that event's hash."""

    seq: Seq
    hash: Hex64


class Ack(msgspec.Struct, frozen=True, kw_only=True):
    """A level's signed answer to one batch, given only after its durable commit.

    ``request`` is the SHA-256 of the body as sent; ``need`` lists closed seq ranges missing below what it has seen.
    """

    level: Literal["hub", "photoservice"]
    key: Hex16
    station: Name
    epoch: Hex16
    request: Hex64
    verdicts: tuple[EventVerdict, ...]
    high: Mark | None
    need: tuple[tuple[Seq, Seq], ...]
    server_time: Instant
    sig: Base64 = ""


class SyncAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a batch: one ack of each level that has stored it; a hub passes the upper's on unchanged."""

    acks: tuple[Ack, ...]


class EpochHead(msgspec.Struct, frozen=True, kw_only=True):
    """What a station holds of one epoch: its last seq and that event's hash."""

    epoch: Hex16
    last: Seq
    head: Hex64


class Hello(msgspec.Struct, frozen=True, kw_only=True):
    """A station's handshake: every epoch it knows."""

    epochs: Annotated[tuple[EpochHead, ...], msgspec.Meta(max_length=10_000)]


class EpochMark(msgspec.Struct, frozen=True, kw_only=True):
    """What the receiver holds of one epoch. An epoch the station did not name tells it that it was restored."""

    epoch: Hex16
    high: Mark | None
    need: tuple[tuple[Seq, Seq], ...] = ()


class Welcome(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to :class:`Hello`; epochs in the order they began."""

    epochs: tuple[EpochMark, ...]
    server_time: Instant


class EnrolRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A new station's request: its one-time code and the public half of the key it made itself."""

    code: Annotated[str, msgspec.Meta(max_length=32)]
    public_key: Base64
    name: Annotated[str, msgspec.Meta(max_length=40)]


class ServiceKeys(msgspec.Struct, frozen=True, kw_only=True):
    """The service's public keys: ``sign`` (Ed25519) proves its answers, ``seal`` (X25519) takes sealed parts."""

    sign: Base64
    seal: Base64


class EnrolAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What an enrolled station pins: its name, the service's keys, and its roster (a signed roster as JSON text)."""

    station: Name
    service: ServiceKeys
    roster: str


class Unreadable(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a batch that is no event; ``id`` and ``seq`` where they could be read, so that it can be parked."""

    line: bytes
    why: str
    id: str | None = None
    seq: int | None = None


def encode_batch(events: Sequence[Event]) -> bytes:
    """Return ``events`` as gzip NDJSON; the same events give the same bytes."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return packer.compress(b"".join(encode_event(event) + b"\n" for event in events)) + packer.flush()


def take_batch(events: Iterable[Event]) -> list[Event]:
    """Return the longest head of ``events`` that is one batch: one epoch, at most 200 events and 1 MB."""
    batch: list[Event] = []
    size = 0
    for event in events:
        size += len(encode_event(event)) + 1
        full = len(batch) == MAX_BATCH_EVENTS or (batch and size > MAX_BATCH_BYTES)
        if full or (batch and event.epoch != batch[0].epoch):
            break
        batch.append(event)
    return batch


def decode_batch(body: bytes) -> list[Event | Unreadable]:
    """Return the lines of a batch, each an event or told as unreadable: one bad line never hides its neighbours.

    Raises:
        EventMalformed: not gzip, larger than a batch may be once unpacked, or more than 200 lines.
    """
    unpacker = zlib.decompressobj(31)
    try:
        text = unpacker.decompress(body, MAX_BATCH_BYTES + MAX_EVENT_BYTES)
    except zlib.error as cause:
        raise EventMalformed("the batch is not gzip") from cause
    if unpacker.unconsumed_tail or not unpacker.eof:
        raise EventMalformed(f"the batch is cut short or unpacks to more than {MAX_BATCH_BYTES} bytes")
    lines = [line for line in text.split(b"\n") if line]
    if len(lines) > MAX_BATCH_EVENTS:
        raise EventMalformed(f"{len(lines)} events in one batch, at most {MAX_BATCH_EVENTS}")
    return [_read_line(line) for line in lines]


def _read_line(line: bytes) -> Event | Unreadable:
    try:
        return decode_event(line)
    except EventMalformed as why:
        return _unreadable(line, str(why))


class _Envelope(msgspec.Struct):
    id: Hex32
    seq: Seq


def _unreadable(line: bytes, why: str) -> Unreadable:
    try:
        envelope = read_json(line[:MAX_EVENT_BYTES], _Envelope)
    except EventMalformed:
        return Unreadable(line=line, why=why)
    return Unreadable(line=line, why=why, id=envelope.id, seq=envelope.seq)


def request_digest(body: bytes) -> str:
    """Return the hex SHA-256 of a request body as sent, which an ack must repeat."""
    return hashlib.sha256(body).hexdigest()


def sign_ack(ack: Ack, key: SigningKey) -> Ack:
    """Return ``ack`` signed by ``key``, naming it."""
    named = msgspec.structs.replace(ack, key=key_id(key.public), sig="")
    return msgspec.structs.replace(named, sig=b64(key.sign(_ack_bytes(named))))


def decode_answer(text: bytes) -> SyncAnswer:
    """Return the answer in ``text``; its acks are not verified yet.

    Raises:
        EventMalformed: not a sync answer (a captive portal's page, for one).
    """
    return read_json(text, SyncAnswer)


def verify_ack(ack: Ack, service_public: bytes, *, station: str, epoch: str, request: str) -> None:
    """Check that ``ack`` is the holder of ``service_public`` answering this very request.

    Raises:
        SignatureBroken: another key, a changed ack, or an answer to something else.
    """
    if ack.key != key_id(service_public):
        raise SignatureBroken(f"the ack is signed by key {ack.key}, not by the pinned one")
    try:
        signature = unb64(ack.sig, length=64)
    except KeyMalformed as cause:
        raise SignatureBroken("the ack carries no readable signature") from cause
    verify(service_public, signature, _ack_bytes(msgspec.structs.replace(ack, sig="")))
    if (ack.station, ack.epoch, ack.request) != (station, epoch, request):
        raise SignatureBroken("the ack answers another request")


def _ack_bytes(ack: Ack) -> bytes:
    return bytes.fromhex(digest("ack", canonical(msgspec.to_builtins(ack))))


def encode(message: msgspec.Struct) -> bytes:
    """Return any message of this module as JSON."""
    return msgspec.json.encode(message)


def decode_hello(text: bytes) -> Hello:
    """Return the handshake in ``text``.

    Raises:
        EventMalformed: it is none.
    """
    return read_json(text, Hello)


def decode_welcome(text: bytes) -> Welcome:
    """Return the answer to a handshake.

    Raises:
        EventMalformed: it is none.
    """
    return read_json(text, Welcome)


def decode_enrol_answer(text: bytes) -> EnrolAnswer:
    """Return what an enrolment answered.

    Raises:
        EventMalformed: it is none.
    """
    return read_json(text, EnrolAnswer)
