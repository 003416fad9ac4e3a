"""What the hub's role asks of its store: durable when it returns, and unchanged when it comes out again.

The port stands apart from its SQLite, so that the relay knows of no database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from photocore.seams import HttpRequest
from photocore.signed import Signed
from photocore.wire import EpochMark, EventVerdict


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where an event of a batch stands, and what it is."""

    id: str
    seq: int
    hash: str


@dataclass(frozen=True, kw_only=True)
class Batch:
    """A station's request for events, as it came; ``digest`` is its body's SHA-256."""

    station: str
    epoch: str
    request: HttpRequest
    digest: str
    places: tuple[Place, ...]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What was made of a batch: a verdict on each event, how far its epoch is held, and the request it lies in.

    ``until`` is the number of the last request that holds something of it and is owed upward, 0 for none.
    """

    verdicts: tuple[EventVerdict, ...]
    mark: EpochMark
    until: int


@dataclass(frozen=True, kw_only=True)
class Owed:
    """A request that the photoservice has not answered."""

    number: int
    station: str
    epoch: str
    digest: str
    request: HttpRequest


@dataclass(frozen=True, kw_only=True)
class Word:
    """The photoservice's signed ack of one request."""

    number: int
    ack: Signed


class HubStore(Protocol):
    """The hub's store. Every writing call is durable when it returns; any may raise JournalDown."""

    def keep(self, batch: Batch, taken_at: str, *, known_to: int = 0) -> Kept:
        """Store a batch whole, unless every event of it lies in a request that is owed upward already.

        Or in one that was answered, as long as the photoservice still holds the epoch up to the seq ``known_to``: it
        may have been put back from a backup.
        """
        ...

    def owed(self, *, station: str | None = None, after: int = 0, limit: int = 1) -> list[Owed]:
        """Return the oldest requests owed upward beyond the number ``after``: of one station, or of all."""
        ...

    def count_owed(self) -> int:
        """Return how many requests are owed upward."""
        ...

    def answered(self, number: int, ack: Signed, at: str) -> None:
        """Keep the photoservice's word on a request, in place of what the station sent."""
        ...

    def refused(self, number: int) -> None:
        """Give a request up that the photoservice cannot take: its station still has every event of it."""
        ...

    def words_for(self, station: str, epoch: str, seqs: Sequence[int], limit: int) -> list[Word]:
        """Return the photoservice's words on these events, and those that the station was not told yet."""
        ...

    def told(self, numbers: Sequence[int]) -> None:
        """Note which words are on their way to their station."""
        ...

    def marks(self, station: str) -> tuple[EpochMark, ...]:
        """Return how far each epoch of a station is held."""
        ...

    def prune(self) -> int:
        """Drop what was told long ago, and return how much it was."""
        ...
