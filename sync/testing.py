"""A photoservice that behaves, for tests and simulations: it verifies, stores, judges and signs, and fails on command.

It is a :class:`photocore.seams.Channel`. Unlike a mock it refuses wrong orders: a request that is not signed by the
station it names, a batch that is none, a one-time code used twice.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures.algorithms import ED25519  # pyright: ignore[reportPrivateImportUsage]
from http_message_signatures.exceptions import HTTPMessageSignaturesException
from http_message_signatures.resolvers import HTTPSignatureKeyResolver
from http_message_signatures.signatures import HTTPMessageVerifier

from photocore.codes import parse_access_code
from photocore.errors import ChannelDown, CodeError, EventError
from photocore.events import Event, encode_event, event_hash, instant, verify_event, without_box
from photocore.keys import SealingKey, SigningKey, b64, unb64
from photocore.kinds import (
    AccessCodeReplacedSecrets,
    CodeOfRoll,
    PackageClaimedSealed,
    PackageClaimedSecrets,
    read_body,
    read_public,
)
from photocore.roster import PackageFacts, RosterSnapshot, encode_roster, sign_package, sign_roster
from photocore.sealing import open_part
from photocore.seams import Clock, Entropy, HttpRequest, HttpResponse
from photocore.signed import Signed
from photocore.wire import (
    Ack,
    ClaimNews,
    EnrolAnswer,
    EnrolRequest,
    EpochMark,
    EventVerdict,
    Mark,
    News,
    Outcome,
    ServiceKeys,
    SyncAnswer,
    Unreadable,
    Verdict,
    Welcome,
    decode_batch,
    decode_hello,
    decode_news_request,
    encode,
    request_digest,
    sign_ack,
    sign_news,
    sign_welcome,
)
from sync.testing_made_up import SECRETS, MadeUpBook

PORTAL = b"<html><body>Welcome to the shop's free network! Please log in.</body></html>"


@dataclass
class Faults:
    """What goes wrong, until it is put right.

    ``lost_replies`` and ``doubled`` count down; ``parks`` and ``fails`` hold event IDs; ``cut`` keeps only so many
    bytes of an answer; ``is_older`` makes it a service that knows no news yet.
    """

    down: bool = False
    portal: bool = False
    portal_status: int = 200
    wrong_key: bool = False
    unsigned: bool = False
    lost_replies: int = 0
    doubled: int = 0
    cut: int | None = None
    status: int | None = None
    is_older: bool = False
    parks: set[str] = field(default_factory=set[str])
    fails: set[str] = field(default_factory=set[str])


@dataclass
class _Keys(HTTPSignatureKeyResolver):
    stations: dict[str, bytes]

    def resolve_public_key(self, key_id: str) -> Ed25519PublicKey | None:
        raw = self.stations.get(key_id)
        return Ed25519PublicKey.from_public_bytes(raw) if raw else None

    def resolve_private_key(self, key_id: str) -> None:
        raise HTTPMessageSignaturesException("a receiver signs nothing here")


class _Verifier(HTTPMessageVerifier):
    """A verifier that refuses nobody for a wrong clock, as the real photoservice must not."""

    max_clock_skew = timedelta(days=36_500)


@dataclass
class _Message:
    method: str
    url: str
    headers: dict[str, str]


class FakePhotoservice:
    """The other end of the wire, in memory. ``applied`` lists events in the order they were taken, each once."""

    def __init__(self, roster: RosterSnapshot, *, clock: Clock, entropy: Entropy) -> None:
        self.faults = Faults()
        self.sign_key = SigningKey(seed=entropy.token(32))
        self.seal_key = SealingKey(secret=entropy.token(32))
        self.applied: list[Event] = []
        self.parked: dict[str, str] = {}
        self.requests: list[HttpRequest] = []
        self.answers: list[HttpResponse] = []
        self.roster = roster
        self.packages: dict[str, PackageFacts] = {}
        self.codes: set[str] = set()
        self.made_up = MadeUpBook()
        self.news: dict[str, ClaimNews] = {}
        self.news_at_once = 200
        self._told: dict[str, int] = {}
        self.held: dict[tuple[str, str, int], Event] = {}
        self.back_at_once = 200
        self.spoil_back: Callable[[bytes], bytes] = lambda line: line
        self._stations: dict[str, bytes] = {}
        self._clock = clock
        self._imposter = SigningKey(seed=entropy.token(32))
        self._by_place: dict[tuple[str, str, int], tuple[str, str]] = {}
        self._hash_of: dict[tuple[str, str], str] = {}

    def issue_code(self, code: str = "ENROL-1") -> str:
        """Let one station enrol with ``code``, once."""
        self.codes.add(code)
        return code

    def exchange(self, request: HttpRequest) -> HttpResponse:
        """Answer one request, or fail as told. Raises ChannelDown when down, or when the reply is lost."""
        if self.faults.down:
            raise ChannelDown("connection refused")
        self.requests.append(request)
        if self.faults.portal:
            return HttpResponse(status=self.faults.portal_status, headers={"content-type": "text/html"}, body=PORTAL)
        if self.faults.status is not None:
            return _json(self.faults.status, b"{}")
        if self.faults.doubled > 0:
            self.faults.doubled -= 1
            self._answer(request)
        answer = self._answer(request)
        self.answers.append(answer)
        if self.faults.lost_replies > 0:
            self.faults.lost_replies -= 1
            raise ChannelDown("the reply was lost")
        if self.faults.cut is not None:
            return HttpResponse(status=answer.status, headers=answer.headers, body=answer.body[: self.faults.cut])
        return answer

    def card_of(self, event: Event) -> str:
        """Return the card number sealed in ``event``, which only the service can read."""
        return str(open_part(self.seal_key, event, "sealed")["card_number"])

    def secrets_of(self, event: Event) -> dict[str, Any]:
        """Return the secrets of ``event``, which only the service can read."""
        return open_part(self.seal_key, event, "secrets")

    def forget_since(self, count: int) -> None:
        """Lose all but the first ``count`` events, as a restore from an old backup would."""
        lost, self.applied = self.applied[count:], self.applied[:count]
        for event in lost:
            del self._hash_of[event.station, event.id]
            del self._by_place[event.station, event.epoch, event.seq]
            del self.held[event.station, event.epoch, event.seq]

    def tell(self, claim: str, outcome: Outcome) -> None:
        """Change what became of a claim after its ack: news for its station, until that has noted it."""
        version = self.news[claim].version + 1 if claim in self.news else 1
        self.news[claim] = ClaimNews(claim=claim, version=version, outcome=outcome)

    def untold(self) -> list[ClaimNews]:
        """Return the news that no station has noted yet."""
        return [one for one in self.news.values() if one.version > self._told.get(one.claim, 0)]

    def _answer(self, request: HttpRequest) -> HttpResponse:
        path = urlsplit(request.url).path
        if path == "/enrol":
            return self._enrol(msgspec.json.decode(request.body, type=EnrolRequest))
        station = self._verified_station(request, path)
        if station is None:
            return _json(401, b'{"title": "not signed by an enrolled station"}')
        handlers: dict[str, Callable[[str, HttpRequest], HttpResponse]] = {
            "hello": self._hello,
            "events": self._events,
            "roster": self._roster,
            "packages": self._package,
            "news": self._news,
        }
        if self.faults.is_older:
            del handlers["news"]
        handler = handlers.get(path.rsplit("/", 1)[-1])
        return handler(station, request) if handler else _json(404, encode_problem("Nothing is here."))

    def _enrol(self, wish: EnrolRequest) -> HttpResponse:
        if wish.code not in self.codes:
            return _json(403, b'{"title": "The code is wrong or spent."}')
        self.codes.remove(wish.code)
        public = unb64(wish.public_key, length=32)
        station = "st-" + hashlib.sha256(public).hexdigest()[:8]
        self._stations[station] = public
        service = ServiceKeys(sign=b64(self.sign_key.public), seal=b64(self.seal_key.public))
        roster = encode_roster(sign_roster(self.roster, self.sign_key)).decode()
        return _json(201, encode(EnrolAnswer(station=station, service=service, roster=roster)))

    def _verified_station(self, request: HttpRequest, path: str) -> str | None:
        station = unquote(path.removeprefix("/sync/v1/stations/").partition("/")[0])
        message = _Message(request.method, request.url, dict(request.headers))
        verifier: Any = _Verifier(signature_algorithm=ED25519, key_resolver=_Keys(self._stations))
        try:
            (found,) = verifier.verify(
                message, max_age=None, require_components=("@method", "@target-uri"), body=request.body
            )
        except HTTPMessageSignaturesException:
            return None
        return station if found.parameters["keyid"] == station else None

    def _hello(self, station: str, request: HttpRequest) -> HttpResponse:
        hello = decode_hello(request.body)
        named = [head.epoch for head in hello.epochs]
        others = dict.fromkeys(event.epoch for event in self.applied if event.station == station)
        marks = [self._mark(station, epoch) for epoch in dict.fromkeys([*named, *others])]
        welcome = Welcome(
            station=station,
            request=request_digest(request.body),
            epochs=tuple(marks),
            server_time=instant(self._clock),
        )
        return _json(200, encode(sign_welcome(welcome, self._imposter if self.faults.wrong_key else self.sign_key)))

    def _events(self, station: str, request: HttpRequest) -> HttpResponse:
        if request.method == "GET":
            return self._give_back(station, request)
        try:
            lines = decode_batch(request.body)
        except EventError as cause:
            return _json(400, encode_problem(str(cause)))
        events = [line for line in lines if not isinstance(line, Unreadable)]
        if len(events) != len(lines) or len({event.epoch for event in events}) != 1:
            return _json(400, encode_problem("a batch holds whole events of one epoch"))
        if any(event.id in self.faults.fails for event in events):
            return _json(500, encode_problem("a bug"))
        verdicts = tuple(self._judge(station, event) for event in events)
        return _json(200, encode(SyncAnswer(acks=(self._ack(station, events[0].epoch, request, verdicts),))))

    def _give_back(self, station: str, request: HttpRequest) -> HttpResponse:
        """Give a restored station its own events back: without boxes where they were applied."""
        asked = parse_qs(urlsplit(request.url).query)
        (epoch,), (first,) = asked["epoch"], asked["first"]
        places = sorted(place for place in self.held if place[:2] == (station, epoch) and place[2] >= int(first))
        events = [self.held[place] for place in places[: self.back_at_once]]
        lines = [encode_event(event if event.id in self.parked else without_box(event)) for event in events]
        body = b"".join(self.spoil_back(line) + b"\n" for line in lines)
        return HttpResponse(status=200, headers={"content-type": "application/x-ndjson"}, body=body)

    def _ack(self, station: str, epoch: str, request: HttpRequest, verdicts: tuple[EventVerdict, ...]) -> Signed:
        mark = self._mark(station, epoch)
        ack = Ack(
            level="photoservice",
            station=station,
            epoch=epoch,
            request=request_digest(request.body),
            verdicts=verdicts,
            high=mark.high,
            need=mark.need,
            server_time=instant(self._clock),
        )
        signed = sign_ack(ack, self._imposter if self.faults.wrong_key else self.sign_key)
        return msgspec.structs.replace(signed, sig="") if self.faults.unsigned else signed

    def _judge(self, station: str, event: Event) -> EventVerdict:
        known = self._hash_of.get((station, event.id))
        digest = event_hash(event)
        if known == digest:
            return self._again(event.seq, self.held[station, event.epoch, event.seq])
        if known is not None:
            return EventVerdict(id=event.id, seq=event.seq, verdict=Verdict.FORK, reason="another event has this ID")
        verify_event(event, self._stations[station])
        self._hash_of[station, event.id] = digest
        self._by_place[station, event.epoch, event.seq] = (event.id, digest)
        self.held[station, event.epoch, event.seq] = event
        if event.id in self.faults.parks:
            self.parked[event.id] = "the store does not carry this film"
            reason = self.parked[event.id]
            return EventVerdict(id=event.id, seq=event.seq, verdict=Verdict.PARKED, reason=reason, cause="not_carried")
        try:
            note = self._open(event)
        except (EventError, CodeError) as why:
            self.parked[event.id] = str(why)
            return EventVerdict(id=event.id, seq=event.seq, verdict=Verdict.PARKED, reason=str(why))
        self.applied.append(event)
        outcome = self._outcome(event)
        return EventVerdict(id=event.id, seq=event.seq, verdict=Verdict.APPLIED, reason=note, outcome=outcome)

    def _again(self, seq: int, first: Event) -> EventVerdict:
        """Answer an event that is held already, by what was first sent: it may have come back without its boxes."""
        if first.id in self.parked:
            reason = self.parked[first.id]
            return EventVerdict(id=first.id, seq=seq, verdict=Verdict.PARKED, reason=reason, cause="not_carried")
        told = self.news.get(first.id)
        outcome = told.outcome if told else self._outcome(first)
        return EventVerdict(id=first.id, seq=seq, verdict=Verdict.DUPLICATE, outcome=outcome)

    def _open(self, event: Event) -> str:
        """Open what the real service opens, and return what is lost of it; raises EventError, CodeError."""
        body = read_public(event)
        codes = self._claim_codes(event)
        self.made_up.take(event.id, body, codes)
        if event.kind == "PackageClaimed":
            read_body(open_part(self.seal_key, event, "sealed"), PackageClaimedSealed)
        kinds = {"PackageClaimed": PackageClaimedSecrets, "AccessCodeReplaced": AccessCodeReplacedSecrets}
        if event.kind not in kinds:
            return ""
        if event.secrets is not None and event.secrets.box is None:
            return "its secrets are lost: print the receipt again with a new access code"
        parse_access_code(read_body(open_part(self.seal_key, event, "secrets"), kinds[event.kind]).access_code)
        return ""

    def _claim_codes(self, event: Event) -> tuple[CodeOfRoll, ...]:
        kind = SECRETS.get(event.kind)
        if kind is None or event.secrets is None:
            return ()
        return read_body(open_part(self.seal_key, event, "secrets"), kind).codes

    def _outcome(self, event: Event) -> Outcome | None:
        if event.kind != "PackageClaimed":
            return None
        manifests = {
            item: manifest for manifest in self.roster.manifests for item in (manifest.package, *manifest.rolls)
        }
        manifest = manifests.get(event.public["item"])
        account = hashlib.sha256(self.card_of(event).encode()).hexdigest()[:8]
        made = self.made_up.package_of(event.public["item"])
        if made is not None:
            return Outcome(word="registered", package=made.package, rolls=made.rolls, account=account)
        if manifest is None:
            return Outcome(word="waiting", account=account)
        return Outcome(word="registered", package=manifest.package, rolls=manifest.rolls, account=account)

    def _mark(self, station: str, epoch: str) -> EpochMark:
        seqs = sorted(seq for who, which, seq in self._by_place if (who, which) == (station, epoch))
        high = 0
        while high + 1 in seqs:
            high += 1
        missing = sorted(set(range(1, seqs[-1] + 1)) - set(seqs)) if seqs else []
        mark = Mark(seq=high, hash=self._by_place[station, epoch, high][1]) if high else None
        return EpochMark(epoch=epoch, high=mark, need=tuple((seq, seq) for seq in missing))

    def _news(self, station: str, request: HttpRequest) -> HttpResponse:
        for told in decode_news_request(request.body).told:
            self._told[told.claim] = max(told.version, self._told.get(told.claim, 0))
        news = News(
            station=station,
            request=request_digest(request.body),
            news=tuple(self.untold()[: self.news_at_once]),
            server_time=instant(self._clock),
        )
        return _json(200, encode(sign_news(news, self._imposter if self.faults.wrong_key else self.sign_key)))

    def _roster(self, _station: str, request: HttpRequest) -> HttpResponse:
        tag = f'"{self.roster.version}"'
        if request.headers.get("if-none-match") == tag:
            return HttpResponse(status=304, headers={"etag": tag})
        key = self._imposter if self.faults.wrong_key else self.sign_key
        body = encode_roster(sign_roster(self.roster, key))
        return HttpResponse(status=200, headers={"content-type": "application/json", "etag": tag}, body=body)

    def _package(self, station: str, request: HttpRequest) -> HttpResponse:
        (item,) = parse_qs(urlsplit(request.url).query)["item"]
        facts = self.packages.get(item)
        if facts is None:
            return _json(404, b"{}")
        key = self._imposter if self.faults.wrong_key else self.sign_key
        return _json(200, msgspec.json.encode(sign_package(facts, station, key)))


def encode_problem(title: str) -> bytes:
    """Return an RFC 9457 problem with ``title`` alone."""
    return msgspec.json.encode({"title": title})


def _json(status: int, body: bytes) -> HttpResponse:
    kind = "application/json" if status < 400 else "application/problem+json"
    return HttpResponse(status=status, headers={"content-type": kind}, body=body)
