"""A parcel: what a station owes, as a file that any machine with a network can carry (docs/adr/0016).

One JSON object a line. The first says what it is, in words too; then the station's own requests, signed already, each
as method, address, headers and body; the last is the station's signature over all that stands before it. The way back
is a parcel of the photoservice's signed answers, which the station verifies by its pinned key like any other.

A parcel is a file from anywhere: nothing in it is believed before it was found whole, and nothing in it is sent but the
handshake and the batches of the one station it names.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, TypeVar

import msgspec

from photocore.errors import EventMalformed, KeyMalformed, SignatureBroken
from photocore.events import Base64, Event, Hex64, Instant, Name
from photocore.jsontext import read_json
from photocore.keys import SigningKey, b64, unb64
from photocore.seams import HttpRequest
from photocore.signed import Signed, read_signed, sign
from photocore.wire import MAX_BATCH_BYTES, decode_batch, decode_hello, encode, events_path, hello_path, request_digest
from sync.address import check_service_url
from sync.errors import EnrolmentRefused, ParcelRefused

FORMAT = "twincheck parcel"
VERSION = 1
MAX_PARCEL_BYTES = 128 * 1024 * 1024
"""Some 100,000 events; who owes more makes another parcel when this one's answer is back."""

MAX_REQUESTS = 2_000
MAX_BODY_BYTES = MAX_BATCH_BYTES + 100_000
"""What the photoservice takes in one request."""

_ADDRESS = re.compile(r"https?://[A-Za-z0-9.:\[\]-]{1,255}(/[A-Za-z0-9._~/-]{0,200})?\Z")
_HEADERS = frozenset(
    {"accept", "content-type", "content-encoding", "content-digest", "signature", "signature-input"},
)
_HEADER_TEXT = re.compile(r"[\x20-\x7e]{1,2000}\Z")
_TIMES = {"requests": "what a station owes", "answers": "the photoservice's answers to a parcel"}

Shape = TypeVar("Shape", bound=msgspec.Struct)
Kind = Literal["requests", "answers"]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**40)]


class _First(msgspec.Struct):
    format: str
    v: int
    kind: str


class ParcelHead(msgspec.Struct, frozen=True, kw_only=True):
    """The first line of what a station owes. ``says`` is for people who open the file; keys are public halves."""

    format: str = FORMAT
    v: int = VERSION
    kind: Literal["requests"] = "requests"
    says: Annotated[str, msgspec.Meta(max_length=1000)]
    station: Name
    name: Annotated[str, msgspec.Meta(max_length=200)]
    url: Annotated[str, msgspec.Meta(max_length=500)]
    made_at: Instant
    requests: Count
    events: Count
    registrations: Count
    station_key: Base64
    service_key: Base64


class PackedRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One request as the station signed it; ``body`` is base64."""

    method: Annotated[str, msgspec.Meta(max_length=10)]
    url: Annotated[str, msgspec.Meta(max_length=1000)]
    headers: dict[str, str]
    body: Annotated[str, msgspec.Meta(max_length=2 * MAX_BODY_BYTES)]


class ParcelEnd(msgspec.Struct, frozen=True, kw_only=True):
    """What the last line says: the SHA-256 and the length of all that stands before it."""

    sha256: Hex64
    bytes: Count


class AnswersHead(msgspec.Struct, frozen=True, kw_only=True):
    """The first line of the answers to a parcel; ``of`` is the SHA-256 of that parcel."""

    format: str = FORMAT
    v: int = VERSION
    kind: Literal["answers"] = "answers"
    says: Annotated[str, msgspec.Meta(max_length=1000)]
    station: Name
    url: Annotated[str, msgspec.Meta(max_length=500)]
    made_at: Instant
    of: Hex64


class PackedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What the photoservice answered one request: signed, or ``refused`` with its status.

    ``request`` is the SHA-256 of the request's body.
    """

    what: Literal["welcome", "ack", "refused"]
    request: Hex64
    signed: Signed | None = None
    status: int = 200


@dataclass(frozen=True, kw_only=True)
class Carried:
    """One request of a parcel that was found fit to be sent. ``epoch`` is empty for the handshake.

    ``places`` are (event ID, seq) of what a batch holds.
    """

    request: HttpRequest
    digest: str
    epoch: str = ""
    places: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Parcel:
    """A whole parcel. ``sha256`` names it."""

    head: ParcelHead
    requests: tuple[Carried, ...]
    sha256: str

    @property
    def service_key(self) -> bytes:
        """The Ed25519 key that the station has pinned: who answers must sign with it."""
        return unb64(self.head.service_key, length=32)


@dataclass(frozen=True, kw_only=True)
class Answers:
    """A whole parcel of answers. Their signatures are the station's to verify."""

    head: AnswersHead
    answers: tuple[PackedAnswer, ...]


def pack_request(request: HttpRequest) -> bytes:
    """Return one signed request as a line of a parcel, without its line feed."""
    return encode(
        PackedRequest(method=request.method, url=request.url, headers=request.headers, body=b64(request.body))
    )


def seal_parcel(lines: Sequence[bytes], key: SigningKey) -> bytes:
    """Return the parcel of ``lines``: each with its line feed, and the station's signature over them all."""
    text = b"".join(line + b"\n" for line in lines)
    return text + encode(sign("parcel", _end_of(text), key)) + b"\n"


def close_answers(lines: Sequence[bytes]) -> bytes:
    """Return the parcel of the answers in ``lines``; who carries has no key, and what is signed is inside."""
    text = b"".join(line + b"\n" for line in lines)
    return text + encode(_end_of(text)) + b"\n"


def kind_of(text: bytes) -> Kind:
    """Return which of the two parcels ``text`` is, by its first line.

    Raises:
        ParcelRefused: it is none, or of a newer version.
    """
    try:
        first = read_json(text[: text.find(b"\n") + 1][:10_000], _First)
    except EventMalformed as cause:
        raise ParcelRefused("This is no parcel of Twincheck, or not its beginning.") from cause
    if first.format != FORMAT or first.kind not in _TIMES:
        raise ParcelRefused("This is no parcel of Twincheck.")
    if first.v != VERSION:
        raise ParcelRefused(f"This parcel is of version {first.v}; this Twincheck reads version {VERSION}. Update it.")
    return "requests" if first.kind == "requests" else "answers"


def read_parcel(text: bytes) -> Parcel:
    """Return the parcel in ``text``, whole and unchanged since its station signed it, with nothing unfit inside.

    Raises:
        ParcelRefused: it is none, was cut short or changed, or asks for what no station sends.
    """
    if kind_of(text) != "requests":
        raise ParcelRefused("This parcel holds answers; they are for the station alone.")
    body, last = _before_last(text)
    try:
        head, *lines = _lines(body, ParcelHead, PackedRequest)
        end = _signed_end(last, unb64(head.station_key, length=32))
        unb64(head.service_key, length=32)
    except (EventMalformed, SignatureBroken, KeyMalformed) as cause:
        raise ParcelRefused(_BROKEN) from cause
    _check_end(body, end)
    if len(lines) != head.requests:
        raise ParcelRefused(_BROKEN)
    _check_address(head)
    requests = tuple(_fit(line, head) for line in lines)
    if sum(len(one.places) for one in requests) != head.events:
        raise ParcelRefused("The parcel does not hold as many events as it says.")
    return Parcel(head=head, requests=requests, sha256=end.sha256)


def read_answers(text: bytes) -> Answers:
    """Return the answers in ``text``, whole; whose signatures they bear is not looked at here.

    Raises:
        ParcelRefused: it is none, or was cut short or changed.
    """
    if kind_of(text) != "answers":
        raise ParcelRefused("This parcel holds no answers.")
    body, last = _before_last(text)
    try:
        head, *answers = _lines(body, AnswersHead, PackedAnswer)
        end = _plain_end(last)
    except EventMalformed as cause:
        raise ParcelRefused(_BROKEN) from cause
    _check_end(body, end)
    return Answers(head=head, answers=tuple(answers))


_BROKEN = "The parcel is not whole: it was cut short or changed. Copy it again, or export it anew."


def _end_of(text: bytes) -> ParcelEnd:
    return ParcelEnd(sha256=hashlib.sha256(text).hexdigest(), bytes=len(text))


def _before_last(text: bytes) -> tuple[bytes, bytes]:
    """Return all but the last line, and the last without its line feed."""
    if not text.endswith(b"\n") or text.count(b"\n") > MAX_REQUESTS + 3:
        raise ParcelRefused(_BROKEN)
    cut = text.rfind(b"\n", 0, len(text) - 1) + 1
    return text[:cut], text[cut:-1]


Head = TypeVar("Head", bound=msgspec.Struct)


def _lines(body: bytes, head: type[Head], shape: type[Shape]) -> tuple[Head, *tuple[Shape, ...]]:
    first, *others = body.split(b"\n")[:-1] or [b""]
    return (read_json(first, head), *(read_json(line, shape) for line in others))


def _signed_end(last: bytes, public: bytes) -> ParcelEnd:
    signed = read_json(last, Signed)
    if encode(signed) != last or b64(unb64(signed.sig, length=64)) != signed.sig:
        raise EventMalformed("the end is not written in its one form")
    return read_signed("parcel", signed, public, ParcelEnd)


def _plain_end(last: bytes) -> ParcelEnd:
    end = read_json(last, ParcelEnd)
    if encode(end) != last:
        raise EventMalformed("the end is not written in its one form")
    return end


def _check_end(body: bytes, end: ParcelEnd) -> None:
    if end != _end_of(body):
        raise ParcelRefused(_BROKEN)


def _check_address(head: ParcelHead) -> None:
    """Check that the address is a photoservice's as stations know it: nothing in it that two readers could read apart.

    Raises:
        ParcelRefused: it is not.
    """
    url = head.url
    try:
        fits = _ADDRESS.match(url) is not None and ".." not in url and check_service_url(url) == url
        fits = fits and bool(head.station.strip("."))
    except (EnrolmentRefused, ValueError) as cause:
        raise ParcelRefused(f"The parcel's address cannot be used: {cause}") from cause
    if not fits:
        raise ParcelRefused(f"{url!r} is no address of a photoservice.")


def _fit(line: PackedRequest, head: ParcelHead) -> Carried:
    """Return the request in ``line`` if it is what that station would send: its handshake, or a batch of its events."""
    try:
        body = unb64(line.body)
    except KeyMalformed as cause:
        raise ParcelRefused(_BROKEN) from cause
    if not line.headers.keys() <= _HEADERS or not all(_HEADER_TEXT.match(text) for text in line.headers.values()):
        raise ParcelRefused("The parcel asks for headers that no station sends. It is not carried.")
    if len(body) > MAX_BODY_BYTES:
        raise ParcelRefused("The parcel holds a request larger than any station's. It is not carried.")
    request = HttpRequest(method=line.method, url=line.url, headers=line.headers, body=body)
    try:
        if (line.method, line.url) == ("POST", head.url + hello_path(head.station)):
            decode_hello(body)
            return Carried(request=request, digest=request_digest(body))
        if (line.method, line.url) == ("POST", head.url + events_path(head.station)):
            return _batch(request, head.station)
    except EventMalformed as cause:
        raise ParcelRefused(f"The parcel holds a request that is none of a station's: {cause}") from cause
    raise ParcelRefused("The parcel asks for something else than a station's handshake and batches. It is not carried.")


def _batch(request: HttpRequest, station: str) -> Carried:
    events = tuple(line for line in decode_batch(request.body) if isinstance(line, Event))
    if not events or any((event.station, event.epoch) != (station, events[0].epoch) for event in events):
        raise EventMalformed("a batch holds events of one station and one epoch")
    places = tuple((event.id, event.seq) for event in events)
    return Carried(request=request, digest=request_digest(request.body), epoch=events[0].epoch, places=places)
