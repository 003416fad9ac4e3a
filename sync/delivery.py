"""What to send next, and how to take the answer: the courier's rules, without a network, a thread or a clock.

One *round* goes: handshake (only when the last word is in doubt), what a restored station must get back, what the
photoservice asks for again, what is owed, the roster, the news of claims. Nothing an answer says is believed unless the
pinned key signed it; a captive portal's page is an answer like any other wrong one. One event that makes the service
fail cannot hold up those behind it: the batch is halved until the culprit stands alone, and it is passed over for the
round. Only the service itself can make us do so, by a problem of its own form: what a proxy or a network's log-in page
answers speaks of the road.
"""

from collections import deque
from dataclasses import dataclass, field, replace
from typing import Literal

import structlog

from photocore.answers import read_signed_welcome
from photocore.errors import EventError
from photocore.events import Event, Prev
from photocore.jsontext import read_json
from photocore.roster import RosterSnapshot, verify_roster
from photocore.seams import HttpRequest, HttpResponse
from photocore.signed import Signed
from photocore.wire import (
    BATCH_TYPE,
    MAX_BATCH_EVENTS,
    Ack,
    EpochMark,
    NewsRequest,
    ToldNews,
    Welcome,
    decode_answer,
    encode,
    encode_batch,
    events_path,
    hello_path,
    news_path,
    read_news,
    request_digest,
    roster_path,
    take_batch,
)
from sync.answers import OF_THE_EVENTS, Heard, hear_acks, is_of_hub, is_problem, require_json
from sync.errors import AnswerRefused, HistoryForked, ReturnRefused, RosterOlder
from sync.ledger import Ledger
from sync.peer import Peer
from sync.restoring import Owner, Restoring

MAX_PASSED_OVER = 5
"""Single events that may fail in one round; more mean that the service is ill, not the events."""

MAX_NEWS_ASKS = 20
"""Questions for news in one round; the rest waits for the next, so that a service with much to tell holds up nobody."""

_log = structlog.get_logger()


AskKind = Literal["hello", "back", "events", "roster", "news"]


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One request to make, and what must be known to judge its answer."""

    kind: AskKind
    request: HttpRequest
    events: tuple[Event, ...] = ()
    told: tuple[ToldNews, ...] = ()
    held: Prev | None = None


@dataclass
class Progress:
    """How far a round has come. ``passed_over`` are events the service could not take now; ``at_hub`` the hub took."""

    sent: int = 0
    settled: int = 0
    parked: int = 0
    passed_over: int = 0
    roster: int | None = None
    news: int = 0
    brought_back: int = 0
    at_hub: int = 0


@dataclass
class Delivery:
    """One station's deliveries, round after round.

    Call :meth:`next_ask` until it gives None; hand every answer to :meth:`take`, every lost one to :meth:`lost`.
    ``proven`` says that the photoservice itself answered in this round: signed, or 304 to what we asked;
    ``server_time`` is the newest time it has signed.
    """

    peer: Peer
    ledger: Ledger
    progress: Progress = field(default_factory=Progress)
    proven: bool = False
    server_time: str = ""
    _greeted: bool = False
    _told_older: bool = False
    _roster_asked: bool = False
    _news_asks: int = 0  # questions for news this round may still make
    _tells_no_news: bool = False  # it is an older photoservice: not asked again before the next handshake
    _limit: int = MAX_BATCH_EVENTS
    _wanted: deque[tuple[str, int, int]] = field(default_factory=deque[tuple[str, int, int]])
    _served: set[tuple[str, int, int]] = field(default_factory=set[tuple[str, int, int]])
    _skipped: tuple[str, ...] = ()
    _fork: str = ""
    _is_hub_alone: bool = False  # the store hub answered in this round, and could not reach the photoservice
    _hub_due: Literal["", "look", "doubt"] = "look"
    _hub_asked: set[str] = field(default_factory=set[str])  # epochs of which the hub has asked for more in this round

    def __post_init__(self) -> None:
        """Begin with nothing missing: the first handshake shows what is."""
        self.restoring = Restoring(Owner(station=self.peer.station, public_key=self.peer.own_key))

    def begin_round(self, *, with_roster: bool = True) -> None:
        """Start counting afresh; what was passed over gets another chance."""
        self.progress = Progress()
        self.proven = False
        self._roster_asked = not with_roster
        self._news_asks = MAX_NEWS_ASKS if with_roster else 0
        self._limit = MAX_BATCH_EVENTS
        self._served.clear()
        self._skipped = ()
        self._greeted = self._greeted and not self._is_hub_alone
        self._is_hub_alone = False
        self._hub_due = self._hub_due or "look"
        self._hub_asked.clear()

    def next_ask(self) -> Ask | None:
        """Return the next request of the round, or None when there is nothing left to do.

        Raises:
            JournalDown: the station's own store does not answer.
            AnswerRefused: the store hub has taken what there was, and nobody else can be reached.
        """
        if self.peer.hub_key is not None and self._hub_due:
            self._look_at_hub()
        if not self._greeted:
            return self._ask("hello", "POST", hello_path(self.peer.station), encode(self.ledger.hello()))
        if self.restoring.is_under_way:
            return self._ask_back()
        if events := self._asked_again() or self.ledger.owed(self._limit, self._skipped):
            return self._events(take_batch(events))
        if self._is_hub_alone:
            raise AnswerRefused("the store hub has what was sent; it cannot reach the photoservice now")
        if not self._roster_asked or (self.progress.passed_over and not self.proven):
            return self._ask("roster", "GET", roster_path(self.peer.station), b"")
        return self._ask_news() if self._news_asks and not self._tells_no_news else None

    def take(self, ask: Ask, answer: HttpResponse) -> None:
        """Take the answer to ``ask``.

        Raises:
            AnswerRefused: it must not be believed, or says that we are refused; the round is over.
            JournalDown: the station's own store cannot take it.
        """
        try:
            if ask.kind == "hello":
                self._take_welcome(ask, answer)
            elif ask.kind == "back":
                self._take_back(ask, answer)
            elif ask.kind == "events":
                self._take_acks(ask, answer)
            elif ask.kind == "news":
                self._take_news(ask, answer)
            else:
                self._take_roster(ask, answer)
        except EventError as cause:
            self.lost()
            raise AnswerRefused(f"{ask.kind}: {cause}") from cause
        except AnswerRefused as refusal:
            self._fork = str(refusal) if isinstance(refusal, HistoryForked) else self._fork
            self.lost()
            raise

    def greet_again(self) -> None:
        """Begin the next round with a handshake: whoever else writes in our name shows there and nowhere else."""
        self._greeted = False

    def doubt_hub(self) -> None:
        """Send again, in the next round, what only the store hub has: its disk may have died since."""
        self._hub_due = "doubt"

    def lost(self) -> None:
        """Note that an answer was lost or not to be believed: the next round begins with a handshake."""
        self._greeted = False

    @property
    def trouble(self) -> str:
        """What is wrong between us and the photoservice that a person must look after, as a sentence; else empty."""
        return self._fork or self.restoring.trouble

    def _ask_news(self) -> Ask:
        told = self.ledger.untold()
        ask = self._ask("news", "POST", news_path(self.peer.station), encode(NewsRequest(told=told)))
        return replace(ask, told=told)

    def _ask_back(self) -> Ask:
        """Ask for what is missing; for the roster first, as its words stand on the labels that come back."""
        if not self._roster_asked:
            return self._ask("roster", "GET", roster_path(self.peer.station), b"")
        held = self.ledger.head_of(self.restoring.epoch)
        return replace(self._ask("back", "GET", self.restoring.next_path(held), b""), held=held)

    def _ask(self, kind: AskKind, method: str, path: str, body: bytes) -> Ask:
        headers = {"accept": "application/json"}
        if body:
            headers["content-type"] = "application/json"
        if kind == "roster" and (tag := self.ledger.roster_tag()):
            headers["if-none-match"] = tag
        return Ask(kind=kind, request=HttpRequest(method=method, url=self.peer.url + path, headers=headers, body=body))

    def _events(self, batch: list[Event]) -> Ask:
        headers = {"accept": "application/json", "content-type": BATCH_TYPE, "content-encoding": "gzip"}
        url = self.peer.url + events_path(self.peer.station)
        request = HttpRequest(method="POST", url=url, headers=headers, body=encode_batch(batch))
        return Ask(kind="events", request=request, events=tuple(batch))

    def _asked_again(self) -> list[Event]:
        while self._wanted:
            epoch, first, last = self._wanted[0]
            if events := self.ledger.between(epoch, (first, last), self._limit, self._skipped):
                return events
            self._wanted.popleft()
        return []

    def _look_at_hub(self) -> None:
        """While something is at the hub alone, greet in every round: the photoservice may have it by now."""
        if self._hub_due == "doubt":
            self.ledger.doubt_hub()
        self._hub_due = ""
        if self.ledger.is_at_hub():
            self._greeted = False

    def _take_welcome(self, ask: Ask, answer: HttpResponse) -> None:
        require_json(answer, 200)
        signed, request = read_json(answer.body, Signed), request_digest(ask.request.body)
        if self.peer.hub_key is not None and is_of_hub(signed, self.peer):
            welcome = read_signed_welcome(signed, self.peer.hub_key, station=self.peer.station, request=request)
            self._take_hub_welcome(welcome)
            return
        welcome = read_signed_welcome(signed, self.peer.sign_key, station=self.peer.station, request=request)
        lacking: list[EpochMark] = []
        for mark in welcome.epochs:
            lost = self.ledger.compare(mark)
            if lost is None:
                lacking.append(mark)
            for first, last in lost or ():
                self._want(mark.epoch, first, last)
        self._fork = ""
        self.server_time = welcome.server_time
        self.restoring.greet(welcome.epochs, lacking)
        if self.restoring.is_under_way:
            self.ledger.doubt_old_papers()
            self._roster_asked = False
        self._tells_no_news = False  # it may have been brought up to date
        self._greeted = self.proven = True
        if self.peer.hub_key is not None:  # the hub owes nothing of ours, or it would have answered itself
            self.ledger.doubt_hub()

    def _take_hub_welcome(self, welcome: Welcome) -> None:
        """Take the hub's word for it that it is there. It knows nothing of our past, and cannot give it back."""
        self._greeted = self._is_hub_alone = True
        for mark in welcome.epochs:
            self._hub_lacks(mark.epoch, mark.need)

    def _hub_lacks(self, epoch: str, need: tuple[tuple[int, int], ...]) -> None:
        """Owe again what the hub took and has no more, once a round: it must not keep us busy by asking."""
        if epoch not in self._hub_asked and need:
            self._hub_asked.add(epoch)
            self.ledger.hub_lacks(epoch, need)

    def _take_back(self, ask: Ask, answer: HttpResponse) -> None:
        """Take a page of what was lost with the disk; what cannot be believed is left alone, and the round goes on."""
        require_json(answer, 200)
        try:
            events = self.restoring.take(answer.body, ask.held)
            self.ledger.bring_back(events)
        except ReturnRefused as why:
            self.restoring.give_up(why)
            return
        self.restoring.note_back(events)
        self.progress.brought_back += len(events)

    def _want(self, epoch: str, first: int, last: int) -> None:
        """Remember to send a range again, once a round: a peer that keeps asking must not keep us busy."""
        wish = (epoch, first, last)
        if wish not in self._served:
            self._served.add(wish)
            self._wanted.append(wish)

    def _take_acks(self, ask: Ask, answer: HttpResponse) -> None:
        if answer.status in OF_THE_EVENTS and is_problem(answer):
            self._narrow(ask, answer)
            return
        require_json(answer, 200)
        heard = hear_acks(
            decode_answer(answer.body).acks,
            self.peer,
            epoch=ask.events[0].epoch,
            request=request_digest(ask.request.body),
            sent=frozenset((event.id, event.seq) for event in ask.events),
        )
        self._settle(ask, heard)
        self.progress.sent += len(ask.events)
        self._news_asks = self._news_asks or MAX_NEWS_ASKS
        self._advance(ask)
        self._limit = min(self._limit * 2, MAX_BATCH_EVENTS)

    def _settle(self, ask: Ask, heard: Heard) -> None:
        for ack in heard.late:
            if self.ledger.settle_late(ack):
                self._count(ack)
        for ack in heard.own:
            self.ledger.settle(ack)
            self.proven = True
            self.server_time = ack.server_time
            for first, last in ack.need:
                self._want(ack.epoch, first, last)
        if heard.own:
            self._count(heard.own[-1])
        elif heard.hub is not None:
            self._settle_at_hub(ask, heard.hub)
            self._is_hub_alone = self._is_hub_alone or not heard.late

    def _settle_at_hub(self, ask: Ask, ack: Ack) -> None:
        left = self.ledger.settle_at_hub(ack)
        if len(left) == len(ask.events):
            raise AnswerRefused("the store hub did not take what was sent")
        self.progress.at_hub += len(ask.events) - len(left)
        self.progress.passed_over += len(left)
        self._skipped += left
        self._hub_lacks(ack.epoch, ack.need)

    def _count(self, ack: Ack) -> None:
        parked = sum(verdict.verdict in ("parked", "fork") for verdict in ack.verdicts)
        self.progress.parked += parked
        self.progress.settled += len(ack.verdicts) - parked

    def _advance(self, ask: Ask) -> None:
        """Move the range being sent again past what has just been taken."""
        if self._wanted and self._wanted[0][0] == ask.events[0].epoch:
            epoch, first, last = self._wanted[0]
            if first <= ask.events[0].seq <= last:
                self._wanted[0] = (epoch, ask.events[-1].seq + 1, last)

    def _narrow(self, ask: Ask, answer: HttpResponse) -> None:
        """Look for the one event that makes the service fail, and pass over it."""
        event, *others = ask.events
        if self.peer.hub_key is not None:
            self.ledger.hub_lacks(event.epoch, [(event.seq, ask.events[-1].seq)])
        if others:
            self._limit = max(1, len(ask.events) // 2)
            return
        self.progress.passed_over += 1
        self._skipped += (event.id,)
        self._limit = MAX_BATCH_EVENTS
        _log.error("event_not_taken", event_id=event.id, seq=event.seq, status=answer.status)
        if self.progress.passed_over >= MAX_PASSED_OVER:
            raise AnswerRefused(f"the photoservice answered {answer.status} to every event")

    def _take_roster(self, ask: Ask, answer: HttpResponse) -> None:
        if answer.status != 304 or "if-none-match" not in ask.request.headers:
            require_json(answer, 200)
            self._switch_roster(verify_roster(answer.body, self.peer.sign_key), answer.headers.get("etag", ""))
        self._roster_asked = self.proven = True

    def _take_news(self, ask: Ask, answer: HttpResponse) -> None:
        """Note what is new, and ask again until nothing is: the next question says what has been noted."""
        self._news_asks -= 1
        if answer.status == 404 and is_problem(answer):
            _log.info("no_news_here", why="the photoservice is of an older version")
            self._tells_no_news = True
            return
        require_json(answer, 200)
        request = request_digest(ask.request.body)
        told = read_news(answer.body, self.peer.sign_key, station=self.peer.station, request=request)
        self.ledger.note_news(told, ask.told)
        self.server_time = told.server_time
        self.proven = True
        self.progress.news += len(told.news)
        if not told.news and len(ask.told) < MAX_BATCH_EVENTS:
            self._news_asks = 0

    def _switch_roster(self, snapshot: RosterSnapshot, etag: str) -> None:
        """Take a roster into force, unless a newer one is: a restored service must not stop the station."""
        try:
            self.ledger.switch_roster(snapshot, etag)
        except RosterOlder as why:
            if not self._told_older:
                _log.warning("roster_older", offered=snapshot.version, why=str(why))
            self._told_older = True
            return
        self._told_older = False
        self.progress.roster = snapshot.version
