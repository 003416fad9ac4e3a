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

from photocore.errors import EventMalformed, SignatureBroken
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
from photocore.keys import SigningKey
from photocore.signed import Signed, read_signed, read_signed_text, sign

MAX_BATCH_EVENTS = 200
MOST_EVIDENCE = 8
"""Claims on one package that are told of one by one: more than that is a case for a person with the whole database."""
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


def news_path(station: str) -> str:
    """Return the path where a station asks what became of its claims since they were acknowledged."""
    return f"{_STATION}{station}/news"


class Verdict(StrEnum):
    """What the receiver did with one event. A duplicate is a success."""

    APPLIED = "applied"
    DUPLICATE = "duplicate"
    FORK = "fork"
    PARKED = "parked"


class ClaimEvidence(msgspec.Struct, frozen=True, kw_only=True):
    """One of the claims on a contested package: from which station, since when, and what proves it. Never whose it is.

    ``station`` is empty for a claim made at home; ``proof`` is the claim code or the sale, where there is one.
    """

    station: Annotated[str, msgspec.Meta(max_length=64)]
    at: Instant | None = None
    proof: Literal["code", "sale", "none"] = "none"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What the owner rule made of a claim at the moment it was applied (DESIGN 5C, 5H).

    ``account`` is an opaque short name, never a person's. ``rolls`` are the package's, once its manifest is known.
    """

    word: Literal["registered", "waiting", "held", "contested", "case", "refused", "withdrawn"]
    package: str | None = None
    rolls: tuple[str, ...] = ()
    account: str | None = None
    evidence: Annotated[tuple[ClaimEvidence, ...], msgspec.Meta(max_length=MOST_EVIDENCE)] = ()
    """The live claims on the package, the oldest first, while it is contested or a case."""


class EventVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on one event; ``reason`` is a plain sentence.

    It says why an event was not applied, or what an applied one lacks: after the service was restored from a backup
    the secrets of events acknowledged before are gone, and the registration stands without an access code. ``cause``
    is the same in one stable word, for screens that speak another language.
    """

    id: Hex32
    seq: Seq
    verdict: Verdict
    reason: Annotated[str, msgspec.Meta(max_length=300)] = ""
    outcome: Outcome | None = None
    cause: Annotated[str, msgspec.Meta(max_length=40)] = ""


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """The highest contiguous seq of an epoch that is durably held, with that event's hash."""

    seq: Seq
    hash: Hex64


class Ack(msgspec.Struct, frozen=True, kw_only=True):
    """A level's signed answer to one batch, given only after its durable commit.

    ``request`` is the SHA-256 of the body as sent; ``need`` lists closed seq ranges missing below what it has seen.
    """

    level: Literal["hub", "photoservice"]
    station: Name
    epoch: Hex16
    request: Hex64
    verdicts: tuple[EventVerdict, ...]
    high: Mark | None
    need: tuple[tuple[Seq, Seq], ...]
    server_time: Instant


class SyncAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a batch: one signed :class:`Ack` of each level that has stored it.

    A hub passes the upper's on unchanged; ``key`` of each tells whose it is.
    """

    acks: tuple[Signed, ...]


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
    """The answer to :class:`Hello`, sent signed; epochs in the order they began.

    ``request`` is the SHA-256 of the hello's body as sent, so that an old answer cannot stand for a new one.
    """

    station: Name
    request: Hex64
    epochs: tuple[EpochMark, ...]
    server_time: Instant


class ToldNews(msgspec.Struct, frozen=True, kw_only=True):
    """News a station has durably taken note of."""

    claim: Hex32
    version: Annotated[int, msgspec.Meta(ge=1)]


class NewsRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A station's question for news, naming what it has taken note of; that is not told again."""

    told: Annotated[tuple[ToldNews, ...], msgspec.Meta(max_length=MAX_BATCH_EVENTS)] = ()


class ClaimNews(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a claim after its ack: contested by another store's, completed by a list that came, confirmed.

    ``version`` grows with every change; a later one counts, whatever order they arrive in.
    """

    claim: Hex32
    version: Annotated[int, msgspec.Meta(ge=1)]
    outcome: Outcome


class News(msgspec.Struct, frozen=True, kw_only=True):
    """The signed answer to :class:`NewsRequest`: at most 200, oldest first; ask again until it is empty."""

    station: Name
    request: Hex64
    news: tuple[ClaimNews, ...]
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


def sign_ack(ack: Ack, key: SigningKey) -> Signed:
    """Return ``ack`` signed by ``key``."""
    return sign("ack", ack, key)


def decode_answer(text: bytes) -> SyncAnswer:
    """Return the answer in ``text``; its acks are not verified yet.

    Raises:
        EventMalformed: not a sync answer (a captive portal's page, for one).
    """
    return read_json(text, SyncAnswer)


def read_ack(signed: Signed, service_public: bytes, *, station: str, epoch: str, request: str) -> Ack:
    """Return the ack in ``signed``: the holder of ``service_public`` answering this very request.

    Raises:
        SignatureBroken: another key, a changed ack, or an answer to something else.
        EventMalformed: rightly signed, and yet no ack.
    """
    ack = read_signed("ack", signed, service_public, Ack)
    if (ack.station, ack.epoch, ack.request) != (station, epoch, request):
        raise SignatureBroken("the ack answers another request")
    return ack


def sign_welcome(welcome: Welcome, key: SigningKey) -> Signed:
    """Return ``welcome`` signed by ``key``."""
    return sign("welcome", welcome, key)


def read_welcome(text: bytes, service_public: bytes, *, station: str, request: str) -> Welcome:
    """Return the answer to a handshake.

    Raises:
        EventMalformed: it is none.
        SignatureBroken: another key, or an answer to something else.
    """
    welcome = read_signed_text("welcome", text, service_public, Welcome)
    if (welcome.station, welcome.request) != (station, request):
        raise SignatureBroken("the welcome answers another request")
    return welcome


def sign_news(news: News, key: SigningKey) -> Signed:
    """Return ``news`` signed by ``key``."""
    return sign("news", news, key)


def read_news(text: bytes, service_public: bytes, *, station: str, request: str) -> News:
    """Return the answer to a question for news.

    Raises:
        EventMalformed: it is none.
        SignatureBroken: another key, or an answer to something else.
    """
    news = read_signed_text("news", text, service_public, News)
    if (news.station, news.request) != (station, request):
        raise SignatureBroken("the news answer another request")
    return news


def decode_news_request(text: bytes) -> NewsRequest:
    """Return the question for news in ``text``.

    Raises:
        EventMalformed: it is none.
    """
    return read_json(text, NewsRequest)


def encode(message: msgspec.Struct) -> bytes:
    """Return any message of this module as JSON."""
    return msgspec.json.encode(message)


def decode_hello(text: bytes) -> Hello:
    """Return the handshake in ``text``.

    Raises:
        EventMalformed: it is none.
    """
    return read_json(text, Hello)


def decode_enrol_answer(text: bytes) -> EnrolAnswer:
    """Return what an enrolment answered.

    Raises:
        EventMalformed: it is none.
    """
    return read_json(text, EnrolAnswer)
