"""What was taken of an epoch is owed once more when its first fork shows: a twin may stand in its place (K4)."""

import pytest

from photocore.wire import Ack, EventVerdict, Verdict
from sync import outbox


class Counter:
    """A station whose photoservice's words are spoken by hand."""

    def __init__(self, world, station) -> None:
        self.world, self.journal = world, station.journal
        self.station, self.desk = station, station.desk
        for serial in (1, 2):
            self.desk.register(world.wish(world.package_id(serial)))

    def places(self) -> list[tuple[str, int, str]]:
        query = "select event.id, event.seq, epoch.epoch from event join epoch using (ordinal) order by ordinal, seq"
        return self.journal.read(lambda db: db.execute(query).fetchall())

    def hear(self, verdicts: dict[int, Verdict], take=outbox.settle) -> None:
        """Take an ack with a verdict for each place of :meth:`places`."""
        places = self.places()
        ack = Ack(
            level="photoservice",
            station=self.station.file.station,
            epoch=places[0][2],
            request="0" * 64,
            verdicts=tuple(EventVerdict(id=places[n][0], seq=places[n][1], verdict=v) for n, v in verdicts.items()),
            high=None,
            need=(),
            server_time="2026-11-21T10:00:00.000Z",
        )
        self.journal.write(lambda transaction: take(transaction.connection, ack))

    def owed(self) -> list[int]:
        """Return which of :meth:`places` are owed."""
        owed = {event.id for event in self.station.courier.rounds.delivery.ledger.owed(100, ())}
        return [number for number, (event, _, _) in enumerate(self.places()) if event in owed]


@pytest.fixture
def counter(world, station) -> Counter:
    return Counter(world, station)


@pytest.mark.parametrize("take", [outbox.settle, outbox.settle_late], ids=["at once", "by the hub"])
def test_K4_the_first_fork_of_an_epoch_owes_all_that_was_taken_of_it_once_more(counter, take):
    """A restored service lost ours and took a twin's; its mark stands at a twin's event or above, and shows nothing."""
    counter.hear({0: Verdict.APPLIED})
    assert counter.owed() == [1, 2]

    counter.hear({1: Verdict.FORK}, take)
    assert counter.owed() == [0, 2]

    counter.hear({0: Verdict.FORK, 2: Verdict.FORK})
    assert counter.owed() == []


def test_K4_a_fork_makes_nothing_owed_twice(counter):
    """What the service still has is a duplicate, and no later fork of the epoch begins it anew: it would never end."""
    counter.hear({0: Verdict.APPLIED, 1: Verdict.FORK})
    assert counter.owed() == [0, 2]

    counter.hear({0: Verdict.DUPLICATE, 2: Verdict.FORK})
    assert counter.owed() == []
