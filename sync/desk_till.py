"""The desk's part for the till: sales told, drop-offs, pick-ups (DESIGN 5C, 5E; K5, S1).

Each verb is one commit, and harmless when repeated with the same event ID: whoever watches tills derives it from what
was seen, so that a crash between telling and noting tells nothing twice.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sync.desk_ground import DeskGround
from sync.drop_views import drop_off_views, drop_off_with
from sync.dropping import drop_off, pick_up, prepare_drop_off, read_bag, reprint_papers, withdraw_drop_off
from sync.journal import Transaction
from sync.reissuing import Cause
from sync.selling import correct_sale, find_told, prepare_sale, refund_sale, sell
from sync.till_figures import figures_since
from sync.till_views import (
    CorrectionWish,
    DropOffView,
    Dropped,
    DropWish,
    PickedUp,
    PickUpWish,
    RefundWish,
    SaleWish,
    TillFigures,
    Told,
)
from sync.views import Undone


@dataclass(frozen=True, kw_only=True)
class TillDesk(DeskGround):
    """What a till asks of its station."""

    def sell(self, wish: SaleWish) -> Told:
        """Tell that a unit of a sale was this piece: event and own row in one commit; the card goes out sealed.

        Raises:
            DeskRefusal: another store's; the unit is told of another piece, and not taken back; an event ID that stands
                for something else; or it is no sale.
            NotStored, JournalDown: as :meth:`sync.desk.Desk.register`.
        """
        with self.journal.preparing():
            attempt = prepare_sale(self.counter, wish)
        return self._tell(lambda transaction: sell(transaction, self.counter, attempt))

    def refund_sale(self, wish: RefundWish) -> Told:
        """Tell that a unit was given back. Registrations of this station that are tied to it end, with their papers.

        No ``ClaimWithdrawn`` is written: the owner rule ends them upstream (DESIGN 5C). Raises as :meth:`sell`.
        """
        return self._tell(lambda transaction: refund_sale(transaction, self.counter, wish))

    def correct_sale(self, wish: CorrectionWish) -> Told:
        """Take back what an event of this station told of a sale; a registration that ended by it stands again.

        Raises:
            DeskRefusal: no such event told of this piece, or it was taken back before; else as :meth:`sell`.
        """
        return self._tell(lambda transaction: correct_sale(transaction, self.counter, wish))

    def find_told(self, event_id: str) -> Told | None:
        """Return what this station holds of a sale, refund or correction that was told, None where nothing."""
        return self.journal.read(lambda connection: find_told(connection, event_id))

    def drop_off(self, wish: DropWish) -> Dropped:
        """Take rolls in: a bag number, a twin check for each roll, their papers queued, in one commit.

        Raises:
            DeskRefusal: no rolls or too many; one of them lies in a bag already; the range of numbers is used up; an
                event ID that stands for something else; or the drop-off was withdrawn.
            NotStored, JournalDown: as :meth:`sync.desk.Desk.register`.
        """
        prepare_drop_off(wish)
        done = self.journal.write(lambda transaction: drop_off(transaction, self.counter, wish))
        self.on_change()
        return done

    def withdraw_drop_off(self, dropped: str, *, reason: str = "", staff: str | None = None) -> Undone:
        """Say that a drop-off is none; its papers are void and its numbers are never given again. Twice is harmless.

        Raises:
            DeskRefusal: no such drop-off was made here, or its bag was picked up.
        """
        undone = self.journal.write(
            lambda transaction: withdraw_drop_off(transaction, self.counter, dropped, reason=reason, staff=staff)
        )
        self.on_change()
        return undone

    def reprint_drop_off(
        self, dropped: str, jobs: tuple[int, ...] | None, *, reason: str, staff: str | None = None
    ) -> DropOffView:
        """Queue new copies of a drop-off's papers (all for None), each in its former one's place; numbers stay.

        Raises:
            DeskRefusal: no such drop-off, it was withdrawn, or one of ``jobs`` is no valid paper of it.
        """
        cause = Cause(reason=reason, staff=staff)

        def work(transaction: Transaction) -> DropOffView:
            return reprint_papers(transaction, self.jobs_queue.reissuing, dropped, jobs, cause)

        view = self.journal.write(work)
        self.on_change()
        return view

    def pick_up(self, wish: PickUpWish) -> PickedUp:
        """Write that a bag's order was taken away; of another station's bag too. A second time writes nothing.

        Raises:
            DeskRefusal: it is no bag's number, the drop-off was withdrawn, or an event ID that stands for something
                else.
        """
        done = self.journal.write(lambda transaction: pick_up(transaction, self.counter, wish))
        self.on_change()
        return done

    def find_drop_off(self, bag: str) -> DropOffView | None:
        """Return this station's drop-off with a bag's number, as scanned or typed; None for another's.

        Raises:
            DeskRefusal: it is no bag's number.
        """
        number = read_bag(bag)
        return self.journal.read(lambda connection: drop_off_with(connection, number))

    def drop_offs(self, limit: int = 20) -> tuple[DropOffView, ...]:
        """Return this station's newest drop-offs, withdrawn ones too, the newest first."""
        return self.journal.read(lambda connection: drop_off_views(connection, limit))

    def till_figures(self, since: datetime) -> TillFigures:
        """Return what was told and taken in since an instant."""
        return self.journal.read(lambda connection: figures_since(connection, since))

    def _tell(self, work: Callable[[Transaction], Told]) -> Told:
        told = self.journal.write(work)
        for registration in told.ended:
            self.secrets.forget(registration.claim)
        self.on_change()
        return told
