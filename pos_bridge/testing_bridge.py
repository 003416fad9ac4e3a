"""A bridge without a door, for tests: a ledger on a real disk, a settler, a desk that behaves, a clock that is set."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from pos_bridge.ledger.ledger import Ledger, open_ledger
from pos_bridge.matching.facts import Ruling
from pos_bridge.messages import Adapter
from pos_bridge.sale import SaleObserved
from pos_bridge.settings import TillSettings
from pos_bridge.settling import Settler
from pos_bridge.sighting import Sighting
from pos_bridge.testing_days import BEGIN, CARDS, SETTINGS, SLIDES, STORE, Fact
from pos_bridge.testing_till import FakeCharges, FakeTillDesk, KnownGoods


@dataclass
class SetClock:
    """A clock that stands until it is set."""

    at: datetime = BEGIN

    def now(self) -> datetime:
        """Return what it was set to."""
        return self.at

    def monotonic(self) -> float:
        """Return seconds that go with it."""
        return self.at.timestamp()


def goods_known() -> KnownGoods:
    """Return a roster that knows slides by their serials, and all cards."""
    return KnownGoods(store=STORE, serialized={SLIDES}, cards={card.number: card for card in CARDS})


@dataclass
class TestedBridge:
    """One bridge. Without ``threads`` all of it runs on its caller's."""

    __test__ = False

    folder: Path
    settings: TillSettings = SETTINGS
    adapters: Mapping[str, Adapter] = field(default_factory=dict[str, Adapter])
    threads: bool = False
    clock: SetClock = field(default_factory=SetClock)
    desk: FakeTillDesk = field(default_factory=FakeTillDesk)
    charges: FakeCharges = field(default_factory=FakeCharges)
    known: KnownGoods = field(default_factory=goods_known)

    def __post_init__(self) -> None:
        """Open the ledger."""
        self.ledger = self._open()

    @property
    def settler(self) -> Settler:
        """Return a settler that knows nothing of any before."""
        return Settler(self.ledger, self.adapters, self.desk, clock=self.clock, charges=self.charges)

    def settle(self, at: datetime | None = None) -> int:
        """Settle once, at a time."""
        self.clock.at = at or self.clock.at
        return self.settler.run_once()

    def keep(self, *facts: Fact) -> None:
        """Keep what happened, each by its own verb."""
        for fact in facts:
            if isinstance(fact, SaleObserved):
                self.ledger.keep_sales([fact])
            elif isinstance(fact, Sighting):
                self.ledger.saw(fact)
            elif isinstance(fact, Ruling):
                self.ledger.rule(fact)
            else:
                self.ledger.saw_card(fact)

    def open_again(self) -> None:
        """Close the ledger, and open it as after a restart."""
        self.ledger.close()
        self.ledger = self._open()

    def _open(self) -> Ledger:
        return open_ledger(
            self.folder,
            settings=self.settings,
            knowledge=self.known,
            clock=self.clock,
            card_key=b"k" * 32,
            threads=self.threads,
        )
