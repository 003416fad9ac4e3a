"""What a restored station is given back, and why it is believed: without a network, a journal or a clock (DESIGN 5E).

The handshake shows that this journal was put back from an old copy: the photoservice holds an epoch it does not know,
or more of one that it does. What is missing is asked for page by page. Nobody's word is taken for it: every event must
bear this station's own signature, stand without a gap behind the one before, and name that one's hash, up to the hash
the photoservice has signed for. An epoch that does not is left alone, told of, and stops nothing else.

Epochs are begun by starting this station's one process. So what an earlier run wrote shows at the first handshake; what
grows while we run, and is not ours, somebody else is writing with our key: a twin, made by copying this folder.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

import structlog

from photocore.errors import EventError
from photocore.events import Event, Prev, decode_event, event_hash, verify_event
from photocore.wire import EpochMark, events_path
from sync.errors import HistoryForked, ReturnRefused

MAX_PAGE_EVENTS = 1000
"""Events in one page at most; the photoservice gives 200."""

MAX_REFUSALS = 3
"""Handshakes at which an epoch that does not come back as it should is asked for; the road may have spoilt a page."""

TWIN = "another machine writes as this station: its folder was copied. Enrol one of the two afresh"

_log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Owner:
    """Whose events they must be: the station's name, and the public half of its own key."""

    station: str
    public_key: bytes


def read_page(body: bytes, owner: Owner, epoch: str, after: Prev | None) -> list[Event]:
    """Return the events in ``body`` that follow ``after`` (the epoch's beginning for None) without a gap.

    Raises:
        ReturnRefused: one is none, is not this station's, or does not follow; or there is none at all.
        HistoryForked: it is ours, and follows another event than the one held: two have written there with our key.
    """
    lines = [line for line in body.split(b"\n") if line]
    if len(lines) > MAX_PAGE_EVENTS:
        raise ReturnRefused(f"{len(lines)} events in one page, at most {MAX_PAGE_EVENTS}")
    events: list[Event] = []
    for line in lines:
        event = _read(line, owner, epoch)
        seq = after.seq + 1 if after else 1
        if event.seq > seq and events:
            break  # a hole further on: what stands behind it cannot be proven
        _check_place(event, epoch, seq, after)
        after = Prev(epoch=epoch, seq=seq, hash=event_hash(event))
        events.append(event)
    if not events:
        raise ReturnRefused(f"epoch {epoch}: nothing is given back after seq {after.seq if after else 0}")
    return events


def _read(line: bytes, owner: Owner, epoch: str) -> Event:
    try:
        event = decode_event(line)
        verify_event(event, owner.public_key)
    except EventError as cause:
        raise ReturnRefused(f"epoch {epoch}: what is given back is no event of ours: {cause}") from cause
    if (event.station, event.epoch) != (owner.station, epoch):
        raise ReturnRefused(f"event {event.id} is of {event.station}, epoch {event.epoch}")
    return event


def _check_place(event: Event, epoch: str, seq: int, after: Prev | None) -> None:
    if event.seq != seq:
        raise ReturnRefused(f"epoch {epoch}: seq {seq} is missing from what is given back")
    follows = event.prev == after if after else event.prev is None or event.prev.epoch != epoch
    if not follows and after and event.prev and (event.prev.epoch, event.prev.seq) == (after.epoch, after.seq):
        raise HistoryForked(f"another history stands upstream at seq {after.seq}: this station may have a twin")
    if not follows:
        raise ReturnRefused(f"epoch {epoch}: event {event.id} does not follow the one before it")


@dataclass
class Restoring:
    """What is still missing, in the order its epochs began. ``brought`` counts what came back in this process.

    ``trouble`` is a sentence for people while something is wrong: what could not be believed, or that there is a twin.
    """

    owner: Owner
    rewound: bool = False
    brought: int = 0
    trouble: str = ""
    _missing: deque[EpochMark] = field(default_factory=deque[EpochMark])
    _seen: dict[str, int] | None = None
    _refusals: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def is_under_way(self) -> bool:
        """Whether something is still to come back."""
        return bool(self._missing)

    def greet(self, marks: Iterable[EpochMark], lacking: Iterable[EpochMark]) -> None:
        """Take what a handshake shows: every epoch the photoservice holds, and those it holds more of than we do."""
        held = {mark.epoch: mark.high.seq if mark.high else 0 for mark in marks}
        self._missing.clear()
        for mark in lacking:
            if self._seen is not None and held[mark.epoch] > self._seen.get(mark.epoch, 0):
                self._note_twin(mark.epoch)
            elif mark.high is not None and self._refusals.get(mark.epoch, 0) < MAX_REFUSALS:
                self._missing.append(mark)
        if self._seen is None:
            self._seen = held
        self.rewound = self.rewound or self.is_under_way

    def next_path(self, held: Prev | None) -> str:
        """Return where to ask for what comes after ``held`` of the epoch that is coming back now."""
        first = held.seq + 1 if held else 1
        return f"{events_path(self.owner.station)}?epoch={self.epoch}&first={first}"

    @property
    def epoch(self) -> str:
        """The epoch that is coming back now."""
        return self._missing[0].epoch

    def take(self, body: bytes, held: Prev | None) -> list[Event]:
        """Return the believed events of a page that follows ``held``, as far as the photoservice has signed for them.

        Raises:
            ReturnRefused: see :func:`read_page`; or the last of them is not the one the photoservice named.
        """
        high = self._missing[0].high
        assert high is not None  # noqa: S101 - greet() takes no other
        events = [event for event in read_page(body, self.owner, self.epoch, held) if event.seq <= high.seq]
        if events[-1].seq == high.seq and event_hash(events[-1]) != high.hash:
            raise ReturnRefused(f"epoch {self.epoch}: another event stands at seq {high.seq} than was signed for")
        return events

    def note_back(self, events: list[Event]) -> None:
        """Count what is durable here again."""
        self.brought += len(events)
        high = self._missing[0].high
        if high is not None and events[-1].seq >= high.seq:
            self._refusals.pop(self._missing.popleft().epoch, None)
            if self.trouble != TWIN and not self._refusals:
                self.trouble = ""
        if not self._missing:
            _log.error("station_restored", events=self.brought, why="this journal was put back from an old copy")

    def give_up(self, why: ReturnRefused) -> None:
        """Leave an epoch alone that does not come back as it should, until the next handshake asks for it once more.

        After some handshakes the next process does.
        """
        self.trouble = f"not everything came back: {why}"
        _log.error("station_not_restored", epoch=self.epoch, why=str(why))
        epoch = self._missing.popleft().epoch
        self._refusals[epoch] = self._refusals.get(epoch, 0) + 1

    def _note_twin(self, epoch: str) -> None:
        if self.trouble != TWIN:
            _log.error("station_twin", epoch=epoch, why=TWIN)
        self.trouble = TWIN
