"""Training at this counter: a desk that is thrown away, whose papers come out of the same printer, marked."""

from dataclasses import dataclass

from kiosk.counter_queue import CounterQueue
from sync.desk import Desk
from sync.labels import LabelJobs
from sync.training import TrainingRoom


@dataclass(frozen=True, kw_only=True)
class TrainingHall:
    """A :class:`kiosk.back_room.Training` over a real station. ``queue`` is its printer's, if there is one."""

    room: TrainingRoom
    queue: CounterQueue | None = None

    def begin(self) -> tuple[Desk, LabelJobs]:
        """Return a fresh training desk and its label queue. May raise JournalDown."""
        self.end()
        station = self.room.open()
        if self.queue:
            self.queue.train(station.jobs)
        return station.desk, station.jobs

    def end(self) -> None:
        """Take it away. Twice is harmless."""
        if self.queue:
            self.queue.train(None)
        self.room.close()
