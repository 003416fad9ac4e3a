"""What a place holds, written down by the simulation itself from what that place signed: no word of the product's own.

A place is the photoservice or a hub. Its book is copied with its backup and put back with it; ``ever`` is not.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from photocore.events import Event, event_hash
from photocore.wire import Ack, EpochMark, Verdict
from twincheck.simulate.errors import ClaimBroken

ONCE = "each event is applied once"
CONTIGUOUS = "a high mark never passes a hole"
TRUE_VERDICT = "a verdict says what was done"

Epoch = tuple[str, str]
"""A station's ID, and one of its epochs."""


@dataclass
class Pages:
    """What a backup of the place would have with it: hashes by place, and which of them count."""

    places: dict[Epoch, dict[int, str]] = field(default_factory=dict[Epoch, dict[int, str]])
    contiguous: dict[Epoch, int] = field(default_factory=dict[Epoch, int])
    held: dict[str, Verdict] = field(default_factory=dict[str, Verdict])

    def copy(self) -> "Pages":
        """Return a copy for the backup's drawer."""
        return Pages({epoch: dict(seqs) for epoch, seqs in self.places.items()}, dict(self.contiguous), dict(self.held))


class Book:
    """The book of one place. Events are known by their hash, which covers station, ID, epoch and place."""

    def __init__(self, name: str, now_ms: Callable[[], int] = lambda: 0) -> None:
        self.name = name
        self.pages = Pages()
        self._now_ms = now_ms
        self.ever: set[str] = set()
        self.came_ms: dict[str, int] = {}
        self._seqs_ever: dict[Epoch, set[int]] = {}

    def holds(self, digest: str) -> bool:
        """Say whether the place holds an event now: applied, parked, or kept as a fork."""
        return digest in self.pages.held

    def take(self, station: str, events: Iterable[Event], ack: Ack) -> list[tuple[Event, Verdict]]:
        """Write down what the place did with a batch, by its signed answer; returns what is new.

        Raises:
            ClaimBroken: what it says cannot be.
        """
        verdicts = {verdict.id: verdict.verdict for verdict in ack.verdicts}
        fresh: list[tuple[Event, Verdict]] = []
        for event in events:
            digest, verdict = event_hash(event), verdicts[event.id]
            if self._note(station, event, digest, verdict):
                fresh.append((event, verdict))
        self.check_mark(station, EpochMark(epoch=ack.epoch, high=ack.high, need=ack.need))
        return fresh

    def check_mark(self, station: str, mark: EpochMark) -> None:
        """Check a signed mark against what really came.

        Raises:
            ClaimBroken: it passes a hole, or names another event.
        """
        if mark.high is None:
            return
        key = (station, mark.epoch)
        if mark.high.seq > self.pages.contiguous.get(key, 0):
            seen = f"{self.name} signs for seq {mark.high.seq} of {mark.epoch}, and has no more than"
            raise ClaimBroken(CONTIGUOUS, f"{seen} {self.pages.contiguous.get(key, 0)} without a hole")
        if self.pages.places[key][mark.high.seq] != mark.high.hash:
            raise ClaimBroken(CONTIGUOUS, f"{self.name} signs for another event at seq {mark.high.seq}")

    def note_found(self, station: str, event: Event, held: str, verdict: Verdict) -> None:
        """Write down an event that the place has, and did not live to tell; ``held`` is the hash that it has."""
        digest = event_hash(event)
        if digest == held and digest not in self.pages.held:
            self._note(station, event, digest, verdict)

    def note_held(self, events: Iterable[Event], verdicts: Mapping[str, Verdict]) -> None:
        """Write down what a hub says that it holds: it judges nothing, and passes on what others do."""
        for event in events:
            digest = event_hash(event)
            if verdicts.get(event.id) in (Verdict.APPLIED, Verdict.DUPLICATE):
                self.pages.held[digest] = Verdict.APPLIED
                self.ever.add(digest)

    def seqs_ever(self, station: str, epoch: str) -> set[int]:
        """Return which places of an epoch ever came here."""
        return self._seqs_ever.get((station, epoch), set())

    def forget(self, lost: Iterable[str]) -> None:
        """Strike out what went with a disk."""
        for digest in lost:
            self.pages.held.pop(digest, None)

    def put_back(self, pages: Pages) -> set[str]:
        """Take an older copy into force; returns what the place held and holds no more."""
        lost = self.pages.held.keys() - pages.held.keys()
        self.pages = pages.copy()
        return set(lost)

    def _note(self, station: str, event: Event, digest: str, verdict: Verdict) -> bool:
        known = self.pages.held.get(digest)
        if known is None and verdict is Verdict.DUPLICATE:
            raise ClaimBroken(TRUE_VERDICT, f"{self.name} calls {event.id} a duplicate, and never had it")
        if verdict is Verdict.APPLIED and known is Verdict.APPLIED:
            raise ClaimBroken(ONCE, f"{self.name} applied {event.kind} {event.id} a second time")
        if known is not None:
            if verdict is Verdict.APPLIED:
                self.pages.held[digest] = verdict
            return False
        self.pages.held[digest] = verdict
        self.ever.add(digest)
        self.came_ms[digest] = self._now_ms()
        key = (station, event.epoch)
        self._seqs_ever.setdefault(key, set()).add(event.seq)
        seqs = self.pages.places.setdefault(key, {})
        if event.seq not in seqs:
            seqs[event.seq] = digest
            last = self.pages.contiguous.get(key, 0)
            while last + 1 in seqs:
                last += 1
            self.pages.contiguous[key] = last
        return True
