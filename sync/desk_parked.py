"""The desk's part for events that stand aside: what waits for a person, and what a person does about it (DESIGN 5E)."""

from dataclasses import dataclass

from sync.bringing_back import note_restored
from sync.desk_ground import DeskGround
from sync.parked import close_parked, open_parked, write_correction
from sync.views import ParkedView


@dataclass(frozen=True, kw_only=True)
class ParkedDesk(DeskGround):
    """What a screen asks about parked events, and about those that came back to a restored station."""

    def parked(self) -> tuple[ParkedView, ...]:
        """Return what stands aside and is neither corrected nor closed, oldest first."""
        return self.journal.read(open_parked)

    def correct(self, event_id: str, *, staff: str) -> str:
        """Write a parked fact once more, under a new event ID that names the old one, and return it.

        A registration is corrected by :meth:`sync.desk.Desk.register`, with the card scanned again.

        Raises:
            DeskRefusal: it is not parked, its kind cannot be written again by itself, or it was undone since.
        """
        drafter = self.counter.drafter
        fresh = self.journal.write(lambda transaction: write_correction(transaction, drafter, event_id, staff))
        self.on_change()
        return fresh

    def close_parked(self, event_id: str, *, staff: str, reason: str) -> None:
        """Say that a parked event needs nothing more.

        Raises:
            DeskRefusal: it is not parked.
        """
        drafter = self.counter.drafter
        self.journal.write(lambda transaction: close_parked(transaction, drafter, event_id, staff=staff, reason=reason))
        self.on_change()

    def note_restored(self, staff: str) -> None:
        """Write that staff took note of what came back after this journal was restored; twice is harmless."""
        self.journal.write(lambda transaction: note_restored(transaction, self.counter.drafter, staff))
        self.on_change()
