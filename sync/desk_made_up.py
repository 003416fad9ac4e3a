"""The desk's part for film without serials: make a package up, print its labels again, undo it (DESIGN 5B; O18)."""

from dataclasses import dataclass

from photocore.ids import ItemId
from sync.desk_ground import DeskGround
from sync.journal import Transaction
from sync.made_up_views import find_made_up, papers_of
from sync.making_up import check_wish, existing_make_up, make_up, mint_manifest, prepare_make_up, secrets_of
from sync.reissuing import Cause
from sync.shelf import reprint_package_label, reprint_shelf_labels
from sync.undoing import undo_make_up
from sync.views import JobView, MadeUp, MadeUpView, MakeUpWish, Undone


@dataclass(frozen=True, kw_only=True)
class MakeUpDesk(DeskGround):
    """What a screen asks about packages that the store makes up."""

    def make_up(self, wish: MakeUpWish) -> MadeUp:
        """Make up a package of film without serials; with a card it is registered in the same commit (DESIGN 5B).

        The same event ID is safe to retry, as in :meth:`register`.

        Raises:
            DeskRefusal: too many rolls, no product code, nobody of the staff, or an event ID that stands for something
                else.
            NotStored: it is surely not stored, by no earlier try of this event ID either.
            JournalDown: nobody can tell; ask again with the same event ID.
        """
        check_wish(wish)

        def attempt() -> MadeUp:
            manifest = self.journal.read(lambda connection: mint_manifest(connection, self.counter, wish))
            with self.journal.preparing():
                prepared = prepare_make_up(self.counter, wish, manifest)

            def work(transaction: Transaction) -> MadeUp:
                done = make_up(transaction, self.counter, prepared)
                if done.already:
                    return done
                if done.registration and prepared.registering:
                    self.hold_receipt(done.registration, prepared.registering)
                else:
                    self.secrets.put(done.event_id, *secrets_of(done, prepared))
                return done

            return self.journal.write(work)

        with self.secrets.held_through(*(event for event in (wish.event_id, wish.claim_id) if event)):
            done = attempt()
        self.on_change()
        return done

    def unmake(self, package: ItemId, *, staff: str, reason: str) -> Undone:
        """Say that a made-up package is none: wrongly counted, or a mistake. Twice is harmless.

        Its labels are void and its IDs refused here from now on. Returns as :meth:`undo`.

        Raises:
            DeskRefusal: no such package was made up here, or it is registered: then its registration is undone.
        """
        event, undone = self.journal.write(
            lambda transaction: undo_make_up(transaction, self.counter, package, staff=staff, reason=reason)
        )
        self.secrets.forget(event)
        self.on_change()
        return undone

    def reprint_presale(
        self,
        package: ItemId,
        rolls: tuple[ItemId, ...] | None,
        *,
        staff: str,
        reason: str,
        package_label: bool = False,
    ) -> tuple[JobView, ...]:
        """Queue new labels of a package for the shelf (all rolls for None), each with a new claim code.

        The old copies and codes are void in the same commit. With ``package_label`` the box's label too. Returns the
        package's valid copies.

        Raises:
            DeskRefusal: no such package or roll, it was undone, is registered, or never had claim codes.
        """
        cause = Cause(reason=reason, staff=staff)

        def work(transaction: Transaction) -> tuple[JobView, ...]:
            made, reissuing = existing_make_up(transaction.connection, package), self.jobs_queue.reissuing
            reprint_shelf_labels(transaction, self.counter, reissuing, made, cause, rolls=rolls)
            if package_label:
                reprint_package_label(transaction, reissuing, made, cause)
            return papers_of(transaction.connection, made)

        jobs = self.journal.write(work)
        self.on_change()
        return jobs

    def find_made_up(self, item: ItemId) -> MadeUpView | None:
        """Return the package made up here that ``item``, its own ID or one of its rolls', belongs to."""
        return self.journal.read(lambda connection: find_made_up(connection, self.counter.roster, item))

    def jobs_of_package(self, package: ItemId) -> tuple[JobView, ...]:
        """Return the valid copies of a made-up package's papers, those of its registration among them.

        Raises:
            DeskRefusal: no such package was made up here.
        """
        return self.journal.read(lambda connection: papers_of(connection, existing_make_up(connection, package)))
