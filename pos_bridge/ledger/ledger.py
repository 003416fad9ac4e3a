"""The ledger: the one door to bridge.db. Every verb is durable when it returns; what happens twice happened once.

Messages are kept before anybody understands them. Lines, sightings and rulings are a set (:mod:`pos_bridge.matching`):
keeping one marks what it may bear on, and :class:`pos_bridge.settling.Settler` decides that again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import apsw
import structlog

from photocore.seams import Clock
from pos_bridge.ledger import keeping, letters, looking, pruning
from pos_bridge.ledger.disk import BRIDGE_PRAGMAS, BridgeDisk
from pos_bridge.ledger.keeping import Ground
from pos_bridge.ledger.knowledge import Knowledge
from pos_bridge.ledger.views import BasketView, CaseView, Figures, KeptMessage, LeftOut
from pos_bridge.matching.charging import code_name
from pos_bridge.matching.facts import Ruling
from pos_bridge.messages import RawMessage, Reading, State
from pos_bridge.sale import SaleObserved
from pos_bridge.settings import TillSettings
from pos_bridge.sighting import CardSighting, Sighting
from sync.database import Pragma
from sync.statements import one, run

T = TypeVar("T")

_log = structlog.get_logger(__name__)


def open_ledger(
    folder: Path,
    *,
    settings: TillSettings,
    knowledge: Knowledge,
    clock: Clock,
    card_key: bytes,
    threads: bool = True,
    vfs: str | None = None,
    pragmas: tuple[Pragma, ...] = BRIDGE_PRAGMAS,
) -> "Ledger":
    """Open bridge.db in the station's ``folder``; without ``threads``, for one caller alone (replays, tests).

    ``card_key`` makes marks of cards (the station's own, ``station.desk.counter.card_key``).

    Raises:
        JournalBusy: another process writes it.
        JournalDown: it cannot be opened.
    """
    ground = Ground(settings=settings, knowledge=knowledge, clock=clock, card_key=card_key)
    return Ledger(BridgeDisk(folder, threads=threads, vfs=vfs, pragmas=pragmas), ground)


class Ledger:
    """Thread-safe. Everything may raise JournalDown: then nobody can tell whether it was kept; say it again."""

    def __init__(self, disk: BridgeDisk, ground: Ground) -> None:
        self._disk = disk
        self.ground = ground

    @property
    def is_up(self) -> bool:
        """Whether the last commit was good."""
        return self._disk.is_up

    def close(self) -> None:
        """Finish what was asked, and give the lock back. Doing so twice is harmless."""
        self._disk.close()

    def write(self, work: Callable[[apsw.Connection], T]) -> T:
        """Run ``work`` in a transaction of bridge.db; durable on return. For tables that others keep there."""
        return self._disk.write(work)

    def read(self, work: Callable[[apsw.Connection], T]) -> T:
        """Run ``work`` on one committed state of bridge.db."""
        return self._disk.read(work)

    # -- messages -----------------------------------------------------------------------------------------------------

    def keep_message(self, message: RawMessage) -> bool:
        """Keep a message as its sender told it. False: it was kept before, under the sender's own name of it."""
        return self.keep_told((message,)) == 1

    def keep_told(self, messages: Sequence[RawMessage]) -> int:
        """Keep messages as their senders told them, in one commit, and return how many were new.

        What bears a known name and says something else counts for nothing, and is kept for whoever looks
        (:meth:`left_out`). It is not for messages that were fetched: those bear names of ours, and small changes.
        """
        new, others = self._disk.write(lambda connection: letters.keep_told(connection, messages))
        for other in others:
            _log.warning("till.told_again_with_other_content", source=other.source, key=other.key)
        return new

    def left_out(self, source: str, limit: int = 100) -> tuple[LeftOut, ...]:
        """Return what a source told and what counts for nothing, the newest first."""
        return self._disk.read(lambda connection: letters.left_out(connection, source, limit))

    def count_left_out(self, source: str, since: datetime) -> int:
        """Return how many of a source's messages since an instant hold such a thing."""
        return self._disk.read(lambda connection: letters.count_left_out(connection, source, since))

    def told_again(self) -> dict[str, int]:
        """Return how often each source told a message again with other content."""
        return self._disk.read(letters.count_told_again)

    def keep_messages(self, messages: Sequence[RawMessage]) -> int:
        """Keep messages in one commit, and return how many were new."""
        return self._disk.write(lambda connection: letters.keep(connection, messages))

    def unread(self, limit: int = 100) -> tuple[KeptMessage, ...]:
        """Return the oldest messages that nobody has read."""
        return self._disk.read(lambda connection: letters.unread(connection, limit))

    def note_read(self, readings: Mapping[int, Reading]) -> None:
        """Keep what messages say, by their numbers, and that they were read, in one commit: of all, or of none.

        Raises:
            MessageUnreadable: what one of them says is no line of a sale.
        """
        told = {number: keeping.prepare_sales(self.ground, reading.sales) for number, reading in readings.items()}

        def work(connection: apsw.Connection) -> None:
            for number, reading in readings.items():
                source = letters.source_of(connection, number)
                keeping.keep_sales(connection, self.ground, told[number])
                letters.want(connection, source, reading.wants)
                letters.judged(connection, number, "read", "; ".join(reading.passed_over))

        self._disk.write(work)

    def note_refused(self, number: int, why: str) -> None:
        """Note that a message cannot be understood. It stays, to be read again by a later version."""
        self._disk.write(lambda connection: letters.judged(connection, number, "refused", why))

    def messages(
        self,
        source: str | None = None,
        since: datetime | None = None,
        *,
        state: State | None = None,
        after: int = 0,
        limit: int = 1000,
    ) -> tuple[KeptMessage, ...]:
        """Return kept messages in the order they came; go on with ``after`` as the last one's number."""
        which = letters.Wanted(source=source, since=since, state=state)
        return self._disk.read(lambda connection: letters.messages(connection, which, after=after, limit=limit))

    def read_again(
        self, source: str | None = None, since: datetime | None = None, *, state: State | None = None
    ) -> int:
        """Let kept messages be read once more; return how many. What they say is a set: nothing is doubled."""
        which = letters.Wanted(source=source, since=since, state=state)
        return self._disk.write(lambda connection: letters.read_again(connection, which))

    def wanted(self, source: str, limit: int = 100) -> tuple[str, ...]:
        """Return what messages of a source told of and did not hold (:attr:`Reading.wants`)."""
        return self._disk.read(lambda connection: letters.wanted(connection, source, limit))

    def got(self, source: str, names: Sequence[str]) -> None:
        """Note that it was fetched, or is there no more."""
        self._disk.write(lambda connection: letters.got(connection, source, names))

    def cursor(self, source: str) -> str:
        """Return where polling a source goes on; "" at first."""
        return self.read_note(f"cursor {source}") or ""

    def set_cursor(self, source: str, cursor: str) -> None:
        """Remember where polling goes on."""
        self.note(f"cursor {source}", cursor)

    # -- the set of facts ---------------------------------------------------------------------------------------------

    def keep_sales(self, sales: Iterable[SaleObserved]) -> int:
        """Keep lines of sales in one commit; return how many were news. Customers become marks of cards.

        Raises:
            MessageUnreadable: one of them is no line of a sale; none is kept.
        """
        told = keeping.prepare_sales(self.ground, sales)
        return self._disk.write(lambda connection: keeping.keep_sales(connection, self.ground, told))

    def saw(self, sighting: Sighting) -> bool:
        """Keep that a piece was seen. False: it was kept before."""
        return self.saw_all((sighting,)) == 1

    def saw_all(self, sightings: Iterable[Sighting]) -> int:
        """Keep what was seen in one commit; return how much was news."""
        seen = tuple(sightings)
        return self._disk.write(lambda connection: keeping.keep_sightings(connection, self.ground, seen))

    def saw_card(self, sighting: CardSighting) -> bool:
        """Keep that a card was seen at a lane: by its mark; its number until it is used, a day at most."""
        return self._disk.write(lambda connection: keeping.keep_card(connection, self.ground, sighting))

    def rule(self, ruling: Ruling) -> bool:
        """Keep what a manager decided. False: this ruling was kept before."""
        return self._disk.write(lambda connection: keeping.keep_ruling(connection, ruling))

    def touch_code(self, form: str, reference: str) -> None:
        """Decide again on lines that bear an order code of this reference: it was given out meanwhile."""
        self._disk.write(lambda connection: keeping.touch_name(connection, code_name(form, reference)))

    def learn_roster(self) -> int:
        """Ask the roster again which goods have serials, and decide again on those that now do; return how many."""
        gtins = self._disk.read(keeping.gtins_without_serials)
        found = [gtin for gtin in gtins if self.ground.knowledge.is_serialized(gtin)]
        if found:
            self._disk.write(lambda connection: [keeping.learn_serialized(connection, gtin) for gtin in found])
        return len(found)

    def touch_all(self) -> None:
        """Decide on everything again: settings or the roster are others."""
        self._disk.write(keeping.touch_all)

    # -- what came of it ----------------------------------------------------------------------------------------------

    def cases(self, *, open_only: bool = True, limit: int = 1000) -> tuple[CaseView, ...]:
        """Return the cases for the manager, the newest first."""
        return self._disk.read(lambda connection: looking.cases(connection, open_only=open_only, limit=limit))

    def case(self, key: str) -> CaseView | None:
        """Return one case."""
        return self._disk.read(lambda connection: looking.case(connection, key))

    def baskets(self, lane: str | None = None, limit: int = 20) -> tuple[BasketView, ...]:
        """Return the newest baskets in which there was something of ours; of one lane, or of all."""
        return self._disk.read(lambda connection: looking.baskets(connection, self.ground.settings, lane, limit))

    def figures(self) -> Figures:
        """Return what the light, the doctor and the metrics show."""
        return self._disk.read(looking.figures)

    def digest(self) -> str:
        """Return a hash of the end state: what the facts come to, whatever the order they came in."""
        return self._disk.read(looking.digest)

    # -- the rest -----------------------------------------------------------------------------------------------------

    def note(self, name: str, value: str) -> None:
        """Remember a word."""
        self._disk.write(lambda connection: run(connection, "pos_bridge/bridge.note", {"name": name, "value": value}))

    def read_note(self, name: str) -> str | None:
        """Return a remembered word."""
        row = self._disk.read(lambda connection: one(connection, "pos_bridge/bridge.read_note", {"name": name}))
        return row[0] if row else None

    def prune(self, now: datetime) -> int:
        """Wipe what need not be kept: texts of old messages, numbers of cards that were used or are a day old."""
        return self._disk.write(lambda connection: pruning.prune(connection, self.ground.settings, now))
