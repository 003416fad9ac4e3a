"""The hub's role: it stands between a store's stations and the photoservice, and keeps what it cannot pass on yet.

A station's request is signed for the photoservice and stays as it is: the hub reads what a proxy could, changes
nothing, and promises nothing but what it holds. Its own ack says "at the store hub", signed by its own key; the
photoservice's is passed on unchanged with the next answer. No thread, no socket: a :class:`Relay` is driven.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec
import structlog

from photocore.answers import read_signed_welcome
from photocore.errors import ChannelDown, EventError, EventMalformed
from photocore.events import Event, event_hash, instant
from photocore.jsontext import read_json
from photocore.keys import SigningKey, key_id
from photocore.seams import Channel, Clock, HttpRequest, HttpResponse
from photocore.signed import Signed
from photocore.wire import (
    Ack,
    SyncAnswer,
    Verdict,
    Welcome,
    decode_answer,
    decode_batch,
    decode_hello,
    encode,
    events_path,
    hello_path,
    news_path,
    packages_path,
    read_ack,
    request_digest,
    roster_path,
    sign_ack,
    sign_welcome,
)
from store_hub.store import Batch, HubStore, Kept, Owed, Place
from sync.answers import OF_THE_EVENTS, PROBLEM, is_problem
from sync.errors import JournalDown
from sync.signing import is_signed_by

MAX_WORDS = 20
"""The photoservice's acks passed on in one answer at most."""

AT_ONCE = 5
"""Requests of one station that are forwarded while it waits for its answer; the rest goes in :meth:`forward_some`."""

SILENCE_S = 5.0
"""How long, after the photoservice could not be reached, no station is made to wait for it again."""

_REFUSES = OF_THE_EVENTS | {401, 403, 404, 409}
"""Statuses by which the photoservice, in its own form, turns a request away; others speak of the road or the hour."""

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Upstream:
    """The photoservice as the hub knows it: its address, its pinned Ed25519 key, and the way there."""

    url: str
    sign_key: bytes
    channel: Channel


@dataclass(frozen=True, kw_only=True)
class Forwarded:
    """What :meth:`Relay.forward_some` did: requests ``answered`` and ``refused``, and how many are ``left``.

    ``reason`` says why it went no further; empty when all that was asked for went.
    """

    answered: int
    refused: int
    left: int
    reason: str = ""


class _Silent(Exception):
    """The photoservice cannot be reached, or does not answer like one."""


class _Turned(Exception):
    """It answered, and will not have this request: ``answer`` says so in its own form."""

    def __init__(self, answer: HttpResponse, *, of_the_events: bool) -> None:
        super().__init__(f"the photoservice answered {answer.status}")
        self.answer = answer
        self.of_the_events = of_the_events


@dataclass
class Relay:
    """The hub's state machine. It is itself a :class:`photocore.seams.Channel`: a station's, in place of the network.

    ``key`` is the hub's own; stations pin its public half. ``stations`` are those it serves, with their public keys.
    One caller at a time.
    """

    key: SigningKey
    upstream: Upstream
    store: HubStore
    stations: Mapping[str, bytes]
    clock: Clock
    _silent_until: float = float("-inf")
    _welcomed: dict[tuple[str, str], int] = field(default_factory=dict[tuple[str, str], int])
    _forked: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])  # epochs with another history upstream
    _turned_away: set[str] = field(default_factory=set[str])  # stations whose requests are refused whatever they hold

    def exchange(self, request: HttpRequest) -> HttpResponse:
        """Answer one request of a station, which is signed for the photoservice.

        Never raises: what cannot be answered is a problem of RFC 9457.
        """
        station = self._sender(request)
        if station is None:
            return _problem(401, "The request is not signed by a station of this store.")
        path = self._path(request)
        try:
            if (request.method, path) == ("POST", events_path(station)):
                return self._take_events(station, request)
            if (request.method, path) == ("POST", hello_path(station)):
                return self._greet(station, request)
        except EventError as why:
            return _problem(400, f"The request cannot be read: {why}")
        except JournalDown as cause:
            _log.error("hub_store_down", cause=str(cause))  # the station is no worse off than without a hub
            return self._pass_on(request)
        if (request.method, path) in _passed_on(station):
            return self._pass_on(request)
        return _problem(404, "Nothing is here.")

    def forward_some(self, limit: int = 20) -> Forwarded:
        """Carry up to ``limit`` requests upward, the oldest first, and return how it went.

        A station's own requests go in their order; one that the photoservice turns away does not hold up the others'.

        Raises:
            JournalDown: the store does not answer.
        """
        answered = refused = after = 0
        reason = ""
        waiting: set[str] = set()
        while not reason and answered + refused < limit and (owed := self.store.owed(after=after, limit=1)):
            after = owed[0].number
            if owed[0].station in waiting:
                continue
            try:
                self._forward(owed[0])
                answered += 1
            except _Silent as why:
                reason = str(why)
            except _Turned as why:
                refused += why.of_the_events
                waiting |= set() if why.of_the_events else {owed[0].station}
        return Forwarded(answered=answered, refused=refused, left=self.store.count_owed(), reason=reason)

    def _sender(self, request: HttpRequest) -> str | None:
        """Return the station whose path this is, if it has signed the request for our photoservice."""
        path = self._path(request)
        named = [name for name in self.stations if path.startswith(hello_path(name).removesuffix("hello"))]
        station = named[0] if named else None
        if station is None or not request.url.startswith(self.upstream.url + "/"):
            return None
        return station if is_signed_by(request, station=station, public_key=self.stations[station]) else None

    def _path(self, request: HttpRequest) -> str:
        return request.url.removeprefix(self.upstream.url).partition("?")[0]

    def _take_events(self, station: str, request: HttpRequest) -> HttpResponse:
        """Store a batch, carry it on if that can be done now, and answer with every level's word."""
        batch = _read_batch(station, request)
        kept = self._keep(batch)
        try:
            if self._carry_on(station, until=kept.until):
                kept = self._keep(batch)  # something was given up, and may have been in it
        except _Turned as why:
            return why.answer
        words = self.store.words_for(station, batch.epoch, [place.seq for place in batch.places], MAX_WORDS)
        if words:
            self.store.told([word.number for word in words])
        return _json(encode(SyncAnswer(acks=(self._ack(batch, kept), *(word.ack for word in words)))))

    def _keep(self, batch: Batch) -> Kept:
        epoch = batch.station, batch.epoch
        known_to = 0 if epoch in self._forked else self._welcomed.get(epoch, 0)
        return self.store.keep(batch, instant(self.clock), known_to=known_to)

    def _carry_on(self, station: str, until: int) -> bool:
        """Forward a station's oldest requests while it waits; says whether one had to be given up.

        Raises:
            _Turned: the photoservice cannot take the request of number ``until`` itself: its sender must know.
        """
        has_lost = False
        for owed in self.store.owed(station=station, limit=AT_ONCE) if self._may_ask() else ():
            try:
                self._forward(owed)
            except _Silent:
                break
            except _Turned as why:
                if owed.number == until and why.of_the_events:
                    raise
                has_lost = has_lost or why.of_the_events
                if not why.of_the_events:
                    break
        return has_lost

    def _forward(self, owed: Owed) -> None:
        """Send one request upward as it came, and keep the photoservice's word on it.

        Raises:
            _Silent: nobody answered, or nobody who can prove to be the photoservice.
            _Turned: it answered, and did not take it; what speaks of the events themselves is given up.
        """
        answer = self._ask(owed.request)
        self._turned_away.discard(owed.station)
        if is_problem(answer) and answer.status in _REFUSES:
            of_the_events = answer.status in OF_THE_EVENTS
            if of_the_events:
                self.store.refused(owed.number)
            else:
                self._turned_away.add(owed.station)
            raise _Turned(answer, of_the_events=of_the_events)
        try:
            signed, ack = self._word(owed, answer)
        except EventError as why:
            raise _Silent(f"the answer is no word of the photoservice: {why}") from why
        if any(verdict.verdict is Verdict.FORK for verdict in ack.verdicts):
            self._forked.add((owed.station, owed.epoch))  # a mark there may be a twin's: nothing is known by it
        self.store.answered(owed.number, signed, ack.server_time)

    def _word(self, owed: Owed, answer: HttpResponse) -> tuple[Signed, Ack]:
        pinned = self.upstream.sign_key
        for signed in decode_answer(answer.body).acks if answer.status == 200 else ():
            if signed.key == key_id(pinned):
                return signed, read_ack(signed, pinned, station=owed.station, epoch=owed.epoch, request=owed.digest)
        raise _Silent(f"the photoservice answered {answer.status}")

    def _greet(self, station: str, request: HttpRequest) -> HttpResponse:
        """Let the photoservice greet; while it cannot, say what is held here, so that events flow at least to us.

        It greets only when nothing of the station waits here: what comes up after a greeting, from a life that the
        station forgot when it was put back from an old copy, would look like the work of a twin.
        """
        hello = decode_hello(request.body)
        self._carry_on(station, until=0)
        is_carried = station in self._turned_away or not self.store.owed(station=station, limit=1)
        if is_carried and self._may_ask():
            try:
                answer = self._ask(request)
                if self._is_welcome(station, request, answer):
                    return answer
                if is_problem(answer) and answer.status in _REFUSES and answer.status < 500:
                    return answer
            except _Silent:
                pass
        named = {head.epoch for head in hello.epochs}
        marks = tuple(mark for mark in self.store.marks(station) if mark.epoch in named)
        welcome = Welcome(
            station=station, request=request_digest(request.body), epochs=marks, server_time=instant(self.clock)
        )
        return _json(encode(sign_welcome(welcome, self.key)))

    def _is_welcome(self, station: str, request: HttpRequest, answer: HttpResponse) -> bool:
        """Say whether the photoservice greets, and remember how far it says it holds each epoch."""
        digest = request_digest(request.body)
        try:
            signed = read_json(answer.body, Signed)
            welcome = read_signed_welcome(signed, self.upstream.sign_key, station=station, request=digest)
        except EventError:
            return False
        for mark in welcome.epochs:
            self._welcomed[station, mark.epoch] = mark.high.seq if mark.high else 0
        return answer.status == 200

    def _pass_on(self, request: HttpRequest) -> HttpResponse:
        """Give a request and its answer through, as they are."""
        try:
            if self._may_ask():
                return self._ask(request)
        except _Silent as why:
            return _problem(503, f"The store hub cannot reach the photoservice: {why}.")
        return _problem(503, "The store hub cannot reach the photoservice.")

    def _may_ask(self) -> bool:
        return self.clock.monotonic() >= self._silent_until

    def _ask(self, request: HttpRequest) -> HttpResponse:
        try:
            answer = self.upstream.channel.exchange(request)
        except ChannelDown as why:
            self._silent_until = self.clock.monotonic() + SILENCE_S
            raise _Silent(str(why)) from why
        self._silent_until = float("-inf")
        return answer

    def _ack(self, batch: Batch, kept: Kept) -> Signed:
        ack = Ack(
            level="hub",
            station=batch.station,
            epoch=batch.epoch,
            request=batch.digest,
            verdicts=kept.verdicts,
            high=kept.mark.high,
            need=kept.mark.need,
            server_time=instant(self.clock),
        )
        return sign_ack(ack, self.key)


def _read_batch(station: str, request: HttpRequest) -> Batch:
    """Return the batch in ``request``. Raises EventMalformed when it is none of that station's."""
    events = [line for line in decode_batch(request.body) if isinstance(line, Event)]
    if not events or any((event.station, event.epoch) != (station, events[0].epoch) for event in events):
        raise EventMalformed("a batch holds events of one station and one epoch")
    return Batch(
        station=station,
        epoch=events[0].epoch,
        request=request,
        digest=request_digest(request.body),
        places=tuple(Place(id=event.id, seq=event.seq, hash=event_hash(event)) for event in events),
    )


def _passed_on(station: str) -> frozenset[tuple[str, str]]:
    """Return what the hub does not answer itself: events given back, roster, packages, news."""
    asked = (events_path(station), roster_path(station), packages_path(station))
    return frozenset({("POST", news_path(station)), *(("GET", path) for path in asked)})


def _json(body: bytes) -> HttpResponse:
    return HttpResponse(status=200, headers={"content-type": "application/json"}, body=body)


class _Problem(msgspec.Struct):
    title: str
    status: int


def _problem(status: int, title: str) -> HttpResponse:
    """Return a problem of RFC 9457."""
    body = msgspec.json.encode(_Problem(title=title, status=status))
    return HttpResponse(status=status, headers={"content-type": PROBLEM}, body=body)
